package explain

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/selector"
	"winnow/scrub/unwrap"
)

// Part is one field of a record, or one finding in it.
type Part struct {
	// Path of the field; "message" for a text that has no fields.
	Path string `json:"path"`
	// Rule that named the field; empty when none does, and of a finding.
	Rule string `json:"rule,omitempty"`
	// Detector of a finding; empty of a field.
	Detector string `json:"detector,omitempty"`
	// Action taken.
	Action config.ActionKind `json:"action"`
	// Why, in words.
	Why string `json:"why"`
	// Offset and Length, in bytes, of the text concerned. Layer is how many encodings deep that text is; 0 is the record as given.
	Offset int `json:"offset"`
	Length int `json:"length"`
	Layer  int `json:"layer"`
}

// Report is what became of one record.
type Report struct {
	Fate  scrub.Fate
	Parts []Part
	// Clean is the record as it leaves; empty if it does not.
	Clean []byte
	// Fault is why it was withheld.
	Fault string
}

// Explainer explains records under one policy. It is safe for concurrent use.
type Explainer struct {
	policy *scrub.Policy
	rules  []namer
	depth  int
}

// namer is a rule and its selectors.
type namer struct {
	id     string
	fields []selector.Selector
}

// New makes an Explainer of a configuration and the policy compiled from it.
func New(c *config.Config, p *scrub.Policy) (*Explainer, error) {
	e := &Explainer{policy: p, depth: c.Limits.MaxDepth}
	for _, r := range c.AllRules() {
		n := namer{id: r.ID}
		for _, field := range r.Fields {
			s, err := selector.Parse(field)
			if err != nil {
				return nil, err
			}
			n.fields = append(n.fields, s)
		}
		e.rules = append(e.rules, n)
	}
	return e, nil
}

// rule is the id of the first rule that names the path, empty if none does.
func (e *Explainer) rule(path string) string {
	for _, n := range e.rules {
		for _, s := range n.fields {
			if s.Match(path) {
				return n.id
			}
		}
	}
	return ""
}

// Record scrubs one record, a JSON object or a text, and says what became of each part. The body is not kept. req.Trace is replaced.
func (e *Explainer) Record(body []byte, req scrub.Request) Report {
	var r Report
	names := e.policy.DetectorNames()
	req.Trace = func(ev scrub.Event) {
		p := Part{Path: ev.Path, Rule: ev.Rule, Action: ev.Action, Why: ev.Why, Offset: ev.Offset, Length: ev.Length, Layer: ev.Layer}
		if ev.Detector != 0 {
			p.Detector = names[ev.Detector]
		}
		r.Parts = append(r.Parts, p)
	}
	run := e.policy.Begin(req)
	defer run.Close()
	start, sound := e.object(body)
	if sound || start < len(body) && body[start] == '{' && e.strict(req) {
		e.json(run, &r, body, start, sound)
		return r
	}
	if err := run.LoadText(body); err != nil {
		r.Fate, r.Fault = scrub.Withheld, err.Error()
		return r
	}
	if r.Fate = run.Line(0, len(body)); r.Fate == scrub.Withheld {
		r.Fault = "longer than the limit for a record"
	}
	for i := range r.Parts {
		if r.Parts[i].Path == "" {
			r.Parts[i].Path = "message"
		}
	}
	whole := leaf{path: "message", end: len(body)}
	e.add(&r, whole)
	order(r.Parts, []leaf{whole})
	r.finish(run)
	return r
}

// strict tells whether what looks like a broken object must not pass for text.
func (e *Explainer) strict(req scrub.Request) bool {
	return req.Mode == config.ModeStrict || req.Mode == "" && e.policy.Mode() != config.ModeScrub
}

// json explains the object at start. Unless it is sound, all there is to tell is why it is withheld.
func (e *Explainer) json(run *scrub.Run, r *Report, body []byte, start int, sound bool) {
	err := run.LoadJSON(body)
	if err == nil {
		_, r.Fate, err = run.Record(start, scrub.Root)
	}
	var fault *scrub.Fault
	switch {
	case errors.As(err, &fault):
		r.Fate, r.Fault = scrub.Withheld, fault.Reason
	case err != nil:
		r.Fate, r.Fault = scrub.Withheld, err.Error()
	case r.Fate == scrub.Withheld:
		r.Fault = "longer than the limit for a record"
	}
	if !sound {
		r.Parts = nil
		return
	}
	var leaves []leaf
	e.leaves(body, start, "", &leaves)
	for _, l := range leaves {
		e.add(r, l)
	}
	order(r.Parts, leaves)
	r.finish(run)
}

// order puts parts in the order of the record; what was found in a text within a text stands behind the field it was in.
func order(parts []Part, leaves []leaf) {
	place := func(p Part) int {
		for _, l := range leaves {
			if p.Layer > 0 && (p.Path == l.path || strings.HasPrefix(p.Path, l.path+".")) {
				return l.end
			}
		}
		return p.Offset
	}
	slices.SortStableFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Offset, b.Offset),
			strings.Compare(a.Detector, b.Detector))
	})
}

func (r *Report) finish(run *scrub.Run) {
	if r.Fate == scrub.Kept {
		r.Clean = bytes.Clone(run.Finish().Bytes())
	}
}

// leaf is a value that is no object or array.
type leaf struct {
	path       string
	start, end int
}

// add adds a field that was kept: of those the engine tells nothing.
func (e *Explainer) add(r *Report, l leaf) {
	for _, p := range r.Parts {
		own := p.Offset == l.start || p.Offset == l.start+1 // behind the quote
		within := p.Offset <= l.start && l.end <= p.Offset+p.Length
		if p.Detector == "" && p.Layer == 0 && (own || within) {
			return
		}
	}
	p := Part{Path: l.path, Rule: e.rule(l.path), Action: config.ActionKeep, Offset: l.start, Length: l.end - l.start}
	p.Why = "the rule names the field"
	if p.Rule == "" {
		p.Why = "no rule names the field, and mode scrub keeps it"
	}
	r.Parts = append(r.Parts, p)
}

// object tells whether body is one JSON object, and where it begins.
func (e *Explainer) object(body []byte) (start int, sound bool) {
	start = record.SkipSpace(body, 0)
	if start == len(body) || body[start] != '{' {
		return start, false
	}
	end, fault := record.Skip(body, start, e.depth)
	return start, fault == nil && record.SkipSpace(body, end) == len(body)
}

// leaves gathers the leaves of the value at i, which is sound, and returns where it ends.
func (e *Explainer) leaves(b []byte, i int, path string, dst *[]leaf) (end int) {
	if b[i] != '{' && b[i] != '[' {
		end, _ = record.Skip(b, i, 0)
		*dst = append(*dst, leaf{path, i, end})
		return end
	}
	object, closer := b[i] == '{', b[i]+2
	if i = record.SkipSpace(b, i+1); b[i] == closer {
		return i + 1
	}
	for more := true; more; {
		at := path
		if object {
			start, stop, _, _ := record.Name(b, i)
			at = join(path, string(unwrap.JSONString(nil, b[start:stop])))
			i, _ = record.Colon(b, stop)
		}
		i = e.leaves(b, i, at, dst)
		more, i, _ = record.Next(b, record.SkipSpace(b, i), closer)
	}
	return i
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
