package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/scrub/detect"
)

func newTail(con *console) *cobra.Command {
	var t tail
	var file string
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Show what the file upstream wrote",
		Long: `tail prints the last records in the segments of a file upstream, scrubbed as they are stored. On a terminal, what winnow put in place
of something is coloured: red for secrets, yellow for payment data, blue-green for addresses and devices, magenta for persons.

Exit codes: 0; 1 when there is no such folder or nothing can be read; 2 for a wrong command line. -f runs until it is interrupted.`,
		Example: `  winnow tail
  winnow tail -f -n 100 --dir /var/lib/winnow`,
		Args: atMost(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if t.lines < 0 {
				return usagef("-n %d: use 0 or more", t.lines)
			}
			if !cmd.Flags().Changed("dir") {
				var err error
				if t.dir, err = segmentsDir(file); err != nil {
					return err
				}
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			return con.tail(ctx, t)
		},
	}
	cmd.Flags().BoolVarP(&t.follow, "follow", "f", false, "go on with what is written later")
	cmd.Flags().IntVarP(&t.lines, "lines", "n", 20, "number of records to begin with")
	cmd.Flags().StringVar(&t.dir, "dir", "", "folder of the segments (default: of the config's file upstream)")
	cmd.Flags().StringVar(&file, "config", "", "config file that names the folder (default: the embedded one)")
	return cmd
}

// segmentsDir is the folder of the first file upstream.
func segmentsDir(file string) (string, error) {
	cfg, err := load(file)
	if err != nil {
		return "", err
	}
	for _, u := range cfg.Upstreams {
		if u.Type == config.UpstreamFile {
			return u.Dir, nil
		}
	}
	return "", fmt.Errorf("%s has no file upstream; name a folder with --dir", cfg.Source.Name)
}

// tail is where to look and how much to show.
type tail struct {
	dir    string
	lines  int
	follow bool
}

// pollEvery is how often a followed folder is looked at.
const pollEvery = 200 * time.Millisecond

func (c *console) tail(ctx context.Context, t tail) error {
	names, err := segments(t.dir)
	if err != nil && !(t.follow && errors.Is(err, os.ErrNotExist)) {
		return fmt.Errorf("%w; `winnow run` makes it, or name another with --dir", err)
	}
	if len(names) == 0 && !t.follow {
		return fmt.Errorf("%s holds no records yet", t.dir)
	}
	f := follower{con: c, at: map[string]int64{}}
	if err := f.last(names, t.lines); err != nil {
		return err
	}
	if !t.follow {
		return nil
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := f.more(t.dir); err != nil {
				return err
			}
		}
	}
}

// segments lists the segments in dir, oldest first: their names begin with their time and a number.
func segments(dir string) ([]string, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "winnow-*.ndjson"))
	slices.Sort(names)
	return names, err
}

// follower shows segments from where it left off.
type follower struct {
	con *console
	at  map[string]int64 // bytes shown, by segment
}

// last shows the last n lines of all segments.
func (f *follower) last(names []string, n int) error {
	var kept [][]byte
	for _, name := range slices.Backward(names) {
		lines, end, err := lastLines(name, n-len(kept))
		if errors.Is(err, os.ErrNotExist) {
			continue // too old, and gone since
		}
		if err != nil {
			return err
		}
		f.at[name] = end
		kept = append(lines, kept...)
	}
	for _, line := range kept {
		f.show(line)
	}
	return f.con.out.err
}

// firstWindow is how much of a segment's end is read at first; more, if that holds too few lines.
const firstWindow = 64 << 10

// lastLines returns the last n whole lines of a file, and where they end.
func lastLines(name string, n int) (lines [][]byte, end int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	for window := int64(firstWindow); ; window *= 8 {
		from := max(info.Size()-window, 0)
		text := make([]byte, info.Size()-from)
		if _, err := file.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		whole := text[:bytes.LastIndexByte(text, '\n')+1]
		lines = bytes.SplitAfter(whole, []byte("\n"))
		lines = lines[:len(lines)-1]
		if from > 0 && len(lines) > 0 {
			lines = lines[1:] // perhaps the rest of a line
		}
		if from == 0 || len(lines) > 0 && len(lines) >= n {
			return slices.Clone(lines[max(len(lines)-n, 0):]), from + int64(len(whole)), nil
		}
	}
}

// more shows what was written since.
func (f *follower) more(dir string) error {
	names, err := segments(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, name := range names {
		if err := f.rest(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return f.con.out.err
}

// rest shows the whole lines of one segment that were not shown yet.
func (f *follower) rest(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(f.at[name], io.SeekStart); err != nil {
		return err
	}
	for r := bufio.NewReader(file); ; {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return nil // a line that is not whole comes next time
		}
		f.at[name] += int64(len(line))
		f.show(line)
	}
}

func (f *follower) show(line []byte) {
	fmt.Fprintln(f.con.out, f.con.clean(bytes.TrimSuffix(line, []byte("\n"))))
}

// changed matches what stands in place of something: a word in brackets, a pseudonym, a mask.
var changed = regexp.MustCompile(`\[[a-z][a-z-]*\]|\b[a-z0-9_]+_e[0-9]+_[a-z2-7]{26}\b|\*{3,}`)

// highlight colours what was changed in a scrubbed line.
func (c *console) highlight(line string) string {
	if !c.colour {
		return line
	}
	return changed.ReplaceAllStringFunc(line, func(word string) string { return c.paint(wordColour(word), word) })
}

// wordColour is the colour of a placeholder, a pseudonym or a mask.
func wordColour(word string) string {
	switch {
	case word == withheldText || word == droppedText:
		return yellow
	case !strings.HasPrefix(word, "["):
		return blue
	}
	for _, info := range detect.Table {
		if info.Placeholder == word {
			return classColour(info.Class)
		}
	}
	return "" // brackets of the record's own
}
