package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// namedTemplates is how many failing templates are named without -show.
const namedTemplates = 10

// visible spells out what a terminal would obey.
var visible = strings.NewReplacer("\x1b", `\x1b`, "\n", `\n`)

// writeTables writes the scorecard for people, with show examples of what fails.
func (c *scorecard) writeTables(w io.Writer, show int) error {
	c.rows()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "kind\tplanted\trecall %\tbar\twide %\tharmless\tfalse %\tbar\tbroken\tunstable\t\t")
	for _, r := range slices.Concat(c.kinds, c.quiet) {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%d\t%s\t%.2f\t%d\t%d\t%s\t\n", r.Name, r.Planted, percent(r.Recall(), r.Planted), bar(r.MinRecall),
			percent(share(r.Wide, r.Planted), r.Planted), r.Harmless, percent(r.False(), r.Harmless), 100*r.MaxFalse, r.Broken, r.Unstable, remark(r))
	}
	c.shapeTable(t)
	if err := t.Flush(); err != nil {
		return err
	}
	return c.writeWorst(w, show)
}

// shapeTable lists the shapes that are not whole, the worst first.
func (c *scorecard) shapeTable(t io.Writer) {
	fmt.Fprintln(t, "\nshape\tplanted\trecall %\tbar\twide %\tbroken\tunstable\t\t")
	whole := 0
	for _, r := range slices.SortedStableFunc(slices.Values(c.shapes), func(a, b *row) int { return cmp.Compare(a.Recall(), b.Recall()) }) {
		if r.Missed+r.Broken+r.Unstable == 0 {
			whole++
			continue
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%d\t%d\t%s\t\n", r.Name, r.Planted, percent(r.Recall(), r.Planted), bar(r.MinRecall), percent(share(r.Wide, r.Planted), r.Planted), r.Broken, r.Unstable, remark(r))
	}
	fmt.Fprintf(t, "%d more\t\t%.2f\t\t\t\t\t\t\n", whole, 100.0)
}

func (c *scorecard) writeWorst(w io.Writer, show int) error {
	list := c.worst(max(show, namedTemplates))
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nworst templates (what went in and came out: -show 20)")
	for _, f := range list {
		fmt.Fprintf(w, "  %3d of %d %s: %s\n", f.failed, f.lines, f.why, visible.Replace(f.template))
		if show == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "        in  %s\n        out %s\n", visible.Replace(f.in), visible.Replace(f.out)); err != nil {
			return err
		}
	}
	return nil
}

func percent(share float64, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", 100*share)
}

func bar(share float64) string {
	if share == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", 100*share)
}

func remark(r *row) string {
	if r.OK {
		return ""
	}
	return "under the bar"
}
