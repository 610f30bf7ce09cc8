package scrub

import (
	"winnow/config"
)

// Column is one thing that a policy counts of a body, and what becomes of it.
type Column struct {
	// Of is "rule" for fields that a rule decides, "finding" for what a detector finds in text, "fact" for metadata that is attached.
	Of string `json:"of"`
	// Class of the data.
	Class config.Class `json:"class"`
	// Action that the policy takes: drop of a field whose class may not leave, keep of a fact.
	Action config.ActionKind `json:"action"`
	// ID of the rule or the detector; empty of facts, which are counted by class.
	ID string `json:"id,omitempty"`
}

// Columns lists what AppendTally counts, in its order.
func (p *Policy) Columns() (list []Column) {
	n := 0
	for i := range p.rules {
		r := &p.rules[i]
		if r.index != n {
			continue
		}
		n++
		c := Column{"rule", r.class, config.ActionDrop, r.id}
		if r.leaves && r.said != nil {
			c.Action = kindOf(*r.said)
		}
		list = append(list, c)
	}
	for i := range p.detectors[1:] {
		d := &p.detectors[1+i]
		list = append(list, Column{"finding", d.class, d.actKind, d.name})
	}
	for _, class := range p.classes {
		list = append(list, Column{"fact", class, config.ActionKeep, ""})
	}
	return list
}

// AppendTally appends what a Run has counted so far, in the order of Columns: how many fields each rule decided, how often each detector found
// something, and how many facts of each class were attached to the kept records. What a record had that was dropped as a whole is among them, and
// a fact counts for a record that has brought it itself.
func (r *Run) AppendTally(dst []int64, kept int) []int64 {
	for _, n := range r.counts.Rules {
		dst = append(dst, int64(n))
	}
	for _, n := range r.counts.Findings[1:] {
		dst = append(dst, int64(n))
	}
	for _, class := range r.p.classes {
		dst = append(dst, 0)
		for i := range r.attach.fields {
			if r.attach.fields[i].Class == class {
				dst[len(dst)-1] += int64(kept)
			}
		}
	}
	return dst
}
