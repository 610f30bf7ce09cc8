package detect

import (
	"cmp"
	"slices"
)

// Explained is one candidate: what a detector finds by itself, chosen or not.
type Explained struct {
	Finding
	// Winner is the finding that was chosen where this one begins: this one itself, another, or the zero Finding if none was since the policy
	// leaves this one alone.
	Winner Finding
	// Why another one was chosen, as the end of "it": starts later, is shorter, has the lower priority. Empty for one that was chosen.
	Why string
	// Kind is the row of the detector's table that found it, where a word names numbers: uk_nhs of health_id. Empty for all else.
	Kind string
}

// Allowed tells whether the candidate is left alone because the policy allows it.
func (e *Explained) Allowed() bool { return e.Winner == Finding{} }

// Won tells whether the candidate is a finding.
func (e *Explained) Won() bool { return e.Winner == e.Finding }

// Explain returns every candidate in text, sorted by start, the longer first, then by ID. It is Reference at work and costs as much twice; it
// keeps no text, and is safe for concurrent use.
func (s *Set) Explain(text []byte, ctx Context) []Explained {
	all := everyMatch(&s.options, text, ctx)
	if len(all) == 0 {
		return nil
	}
	chosen := Reference(&s.options, text, ctx)
	all = append(all, chosen...) // those that a second look has found are none of the candidates
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Detector, b.Detector))
	})
	all = slices.Compact(all)
	list := make([]Explained, 0, len(all))
	for _, f := range all {
		for len(chosen) > 1 && chosen[1].Start <= f.Start {
			chosen = chosen[1:]
		}
		e := explained(f, chosen)
		e.Kind = s.kindOf(text, f, ctx)
		list = append(list, e)
	}
	return list
}

// explained judges a candidate by the findings chosen, of which the first is the last one that begins no later, if any does.
func explained(f Finding, chosen []Finding) Explained {
	if len(chosen) == 0 || chosen[0].Start > f.Start || chosen[0].End <= f.Start {
		return Explained{Finding: f, Why: "is left alone by the policy"}
	}
	e := Explained{Finding: f, Winner: chosen[0]}
	switch {
	case e.Won():
	case f.Start > e.Winner.Start:
		e.Why = "starts later"
	case f.End < e.Winner.End:
		e.Why = "is shorter"
	default:
		e.Why = "has the lower priority"
	}
	return e
}
