package main

import (
	"cmp"
	"encoding/json"
	"slices"

	"winnow/bench/corpora/cases"
)

// The bar: shares of lines.
const (
	minCore    = 0.995
	minSecrets = 0.95
	minOthers  = 0.98
	minShape   = 0.98
	maxFalse   = 0.003
	maxQuiet   = 0.0005
)

// row is one line of the scorecard.
type row struct {
	// What is judged: kind, shape or quiet.
	What string `json:"what"`
	// Name of the kind, shape or system.
	Name string `json:"name"`
	// Lines with a planted value, and of these: something of it is left; more than it went.
	Planted int `json:"planted"`
	Missed  int `json:"missed"`
	Wide    int `json:"wide"`
	// Harmless lines, and those of them that changed.
	Harmless int `json:"harmless"`
	Changed  int `json:"changed"`
	// Lines of either sort that lost their shape, or change when scrubbed twice.
	Broken   int `json:"broken"`
	Unstable int `json:"unstable"`
	// MinRecall and MaxFalse are the bar; 0 and 1 where there is none.
	MinRecall float64 `json:"min_recall"`
	MaxFalse  float64 `json:"max_false"`
	// OK says that the row is not under the bar.
	OK bool `json:"ok"`
	// RecallShare and FalseShare are what the bar is for, null where there are no such lines.
	RecallShare *float64 `json:"recall"`
	FalseShare  *float64 `json:"false"`
}

// Recall is 1 where nothing was planted.
func (r *row) Recall() float64 { return 1 - share(r.Missed, r.Planted) }

// False is the share of harmless lines that changed.
func (r *row) False() float64 { return share(r.Changed, r.Harmless) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func (r *row) judge() {
	recall, wrong := r.Recall(), r.False()
	r.OK = recall >= r.MinRecall && wrong <= r.MaxFalse && r.Broken == 0 && r.Unstable == 0
	if r.Planted > 0 {
		r.RecallShare = &recall
	}
	if r.Harmless > 0 {
		r.FalseShare = &wrong
	}
}

func (r *row) add(v *verdict, harmless bool) {
	if harmless {
		r.Harmless++
		r.Changed += count(v.changed)
	} else {
		r.Planted++
		r.Missed += count(v.missed)
		r.Wide += count(v.wide)
	}
	r.Broken += count(v.broken)
	r.Unstable += count(v.unstable)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// failing is a template with lines that fail, and the first of them.
type failing struct {
	template      string
	lines, failed int
	why, in, out  string
	rank          rank
}

// rank orders what fails: the lowest first.
type rank uint8

const (
	fails  rank = iota
	hidden      // a value that has to be unwrapped
	wide        // nothing fails, but more went than the value
)

// scorecard gathers verdicts.
type scorecard struct {
	kinds, shapes, quiet []*row
	kind                 map[string]*row
	shape                map[string]*row
	templates            map[string]*failing
	order                []*failing
}

func newScorecard() *scorecard {
	c := &scorecard{kind: map[string]*row{}, shape: map[string]*row{}, templates: map[string]*failing{}}
	for _, k := range cases.Kinds() {
		r := &row{What: "kind", Name: k.Name, MaxFalse: maxFalse}
		switch k.Group {
		case cases.Core:
			r.MinRecall = minCore
		case cases.Secrets:
			r.MinRecall = minSecrets
		default:
			r.MinRecall = minOthers
		}
		c.kinds = append(c.kinds, r)
		c.kind[k.Name] = r
	}
	c.quiet = []*row{{What: "quiet", Name: "quiet lines", MaxFalse: maxQuiet}}
	return c
}

// add counts one line. Hidden values say nothing about their kind, only about their shape.
func (c *scorecard) add(one *cases.Case, v *verdict) {
	harmless := one.Value == ""
	kind := c.kind[one.Kind]
	if kind == nil {
		kind = c.quiet[0]
	}
	if !one.Encoding.Hidden() {
		kind.add(v, harmless)
	}
	if !harmless {
		c.shapeRow(one.Shape).add(v, false)
	}
	c.note(one, v)
}

func (c *scorecard) shapeRow(name string) *row {
	r := c.shape[name]
	if r == nil {
		r = &row{What: "shape", Name: name, MinRecall: minShape, MaxFalse: 1}
		if name == cases.Own {
			r.MinRecall = 0 // many shapes, each of one kind: the kinds have their bar
		}
		c.shape[name] = r
		c.shapes = append(c.shapes, r)
	}
	return r
}

// note keeps what fails by template.
func (c *scorecard) note(one *cases.Case, v *verdict) {
	t := c.templates[one.Template]
	if t == nil {
		t = &failing{template: one.Template, rank: wide}
		c.templates[one.Template] = t
		c.order = append(c.order, t)
	}
	t.lines++
	why, at := v.why(one.Value == "")
	switch {
	case why == "":
		return
	case at == fails && one.Encoding.Hidden():
		at = hidden
	}
	if at < t.rank || t.failed == 0 {
		t.rank, t.failed, t.why, t.in, t.out = at, 0, why, one.Line, string(v.out)
	}
	if at == t.rank {
		t.failed++
	}
}

// why says in a word what is wrong, empty if nothing is.
func (v *verdict) why(harmless bool) (string, rank) {
	switch {
	case v.missed:
		return "missed", fails
	case harmless && v.changed:
		return "changed", fails
	case v.broken:
		return "broken", fails
	case v.unstable:
		return "unstable", fails
	case v.wide:
		return "wide", wide
	}
	return "", wide
}

// rows lists all rows, judged.
func (c *scorecard) rows() []*row {
	list := slices.Concat(c.kinds, c.shapes, c.quiet)
	for _, r := range list {
		r.judge()
	}
	return list
}

func (c *scorecard) failures() (n int) {
	for _, r := range c.rows() {
		n += count(!r.OK)
	}
	return n
}

// worst lists failing templates by rank and by how many of their lines fail.
func (c *scorecard) worst(n int) []*failing {
	var list []*failing
	for _, t := range c.order {
		if t.failed > 0 {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b *failing) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.failed, a.failed))
	})
	return list[:min(n, len(list))]
}

func (c *scorecard) writeJSON(e *json.Encoder) error {
	for _, r := range c.rows() {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
