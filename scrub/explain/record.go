package explain

import (
	"bytes"
	"errors"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/record"
)

// Part is one field of a record, or one finding in it.
type Part struct {
	// Path of the field; "message" for a text that has no fields.
	Path string `json:"path"`
	// Rule that named the field; empty when none does, and of a finding.
	Rule string `json:"rule,omitempty"`
	// Detector of a finding; empty of a field.
	Detector string `json:"detector,omitempty"`
	// Kind of number that the detector has found, where a word names it: uk_nhs of health_id.
	Kind string `json:"kind,omitempty"`
	// Action taken.
	Action config.ActionKind `json:"action"`
	// Why, in words.
	Why string `json:"why"`
	// Offset and Length, in bytes, of the text concerned. Layer is how many encodings deep that text is; 0 is the record as given.
	Offset int `json:"offset"`
	Length int `json:"length"`
	Layer  int `json:"layer"`
	// Validator says what a finding's detector checks; empty of a field.
	Validator string `json:"validator,omitempty"`
	// RunnersUp are what other detectors would have found in a finding's place.
	RunnersUp []RunnerUp `json:"runners_up,omitempty"`
}

// RunnerUp is a candidate that lost to a finding.
type RunnerUp struct {
	Detector string `json:"detector"`
	// Offset and Length, in bytes, of the text that the finding is in.
	Offset int `json:"offset"`
	Length int `json:"length"`
	// Why it lost, as the end of "it": starts later, is shorter, has the lower priority.
	Why string `json:"why"`
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
	names  []string // of detectors
	custom []string // what the policy's own detectors check
	depth  int
}

// New makes an Explainer of a configuration and the policy compiled from it.
func New(c *config.Config, p *scrub.Policy) *Explainer {
	e := &Explainer{policy: p, names: p.DetectorNames(), depth: c.Limits.MaxDepth}
	for i := range c.Policy.Custom {
		e.custom = append(e.custom, checks(&c.Policy.Custom[i]))
	}
	return e
}

// part is an event in words.
func (e *Explainer) part(ev scrub.Event) Part {
	p := Part{Path: ev.Path, Rule: ev.Rule, Action: ev.Action, Why: ev.Why, Offset: ev.Offset, Length: ev.Length, Layer: ev.Layer}
	if ev.Detector == detect.None {
		return p
	}
	p.Detector, p.Kind = e.names[ev.Detector], ev.Kind
	if id := int(ev.Detector); id < detect.Count {
		p.Validator = detect.Table[id].Validator
	} else {
		p.Validator = e.custom[id-detect.Count]
	}
	for _, lost := range ev.RunnersUp {
		p.RunnersUp = append(p.RunnersUp, RunnerUp{e.names[lost.Detector], lost.Start, lost.End - lost.Start, lost.Why})
	}
	return p
}

// Record scrubs one record, a JSON object or a text, and says what became of each part. The body is not kept. req.Trace is replaced.
func (e *Explainer) Record(body []byte, req scrub.Request) Report {
	var r Report
	req.Trace = func(ev scrub.Event) { r.Parts = append(r.Parts, e.part(ev)) }
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
	r.finish(run)
}

func (r *Report) finish(run *scrub.Run) {
	if r.Fate == scrub.Kept {
		r.Clean = bytes.Clone(run.Finish().Bytes())
	}
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
