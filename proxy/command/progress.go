package command

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// progress shows how far a file is, on a terminal. The nil progress shows nothing.
type progress struct {
	con         *console
	name        string
	size, done  int64
	began, last time.Time
}

// often is how often progress is drawn.
const often = 100 * time.Millisecond

const barWidth = 30

// newProgress is nil where progress is not wanted or would not be seen.
func (c *console) newProgress(wanted bool) *progress {
	if !wanted || !c.errTerminal || c.outTerminal {
		return nil
	}
	return &progress{con: c}
}

func (p *progress) begin(name string, file *os.File) {
	if p == nil {
		return
	}
	p.name, p.size, p.done, p.began = name, 0, 0, time.Now()
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		p.size = info.Size()
	}
}

func (p *progress) add(n int) {
	if p == nil {
		return
	}
	p.done += int64(n)
	if now := time.Now(); now.Sub(p.last) >= often {
		p.last = now
		fmt.Fprint(p.con.stderr, "\r\x1b[K"+p.line(now.Sub(p.began)))
	}
}

// line is the bar and the speed.
func (p *progress) line(took time.Duration) string {
	speed := float64(p.done) / max(took.Seconds(), 0.001)
	if p.size == 0 {
		return fmt.Sprintf("%s  %s  %s/s", p.name, bytesText(p.done), bytesText(int64(speed)))
	}
	share := min(float64(p.done)/float64(p.size), 1)
	full := int(share * barWidth)
	return fmt.Sprintf("%s  [%s%s] %3.0f %%  %s/s", p.name, strings.Repeat("#", full), strings.Repeat("-", barWidth-full), share*100,
		bytesText(int64(speed)))
}

func (p *progress) end() {
	if p != nil {
		fmt.Fprint(p.con.stderr, "\r\x1b[K")
	}
}

// bytesText is a size for people.
func bytesText(n int64) string {
	size, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for size >= 1000 && len(units) > 1 {
		size, units = size/1000, units[1:]
	}
	if units[0] == "B" {
		return fmt.Sprintf("%.0f B", size)
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

// summary says what was found, and by which rules fields were decided.
func (c *console) summary(t *tally, detectors, rules []string, took time.Duration) {
	fmt.Fprintf(c.stderr, "winnow: %d lines, %s in %s", t.Lines, bytesText(t.Bytes), took.Round(time.Millisecond))
	for _, part := range []struct {
		n    int
		what string
	}{{t.Dropped, "lines dropped by a rule"}, {t.Withheld, "lines withheld"}, {t.Unfit, "values withheld"}} {
		if part.n > 0 {
			fmt.Fprintf(c.stderr, ", %d %s", part.n, part.what)
		}
	}
	fmt.Fprintln(c.stderr)
	w := tabwriter.NewWriter(c.stderr, 0, 8, 2, ' ', tabwriter.AlignRight)
	for id, n := range t.Findings {
		if n > 0 {
			fmt.Fprintf(w, "\tfound\t%d\t %s\n", n, detectors[id])
		}
	}
	for i, n := range t.Rules {
		if n > 0 {
			fmt.Fprintf(w, "\tfields by rule\t%d\t %s\n", n, rules[i])
		}
	}
	_ = w.Flush() // stderr has nobody to tell
}
