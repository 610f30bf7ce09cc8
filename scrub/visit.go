package scrub

import (
	"math"

	"winnow/scrub/selector"
)

// A Visitor decides about the members of an object, or the elements of an array (key is nil), that belong to a protocol's envelope.
// Member is given the value's offset; it returns where the value ends and whether it stays.
type Visitor interface {
	Member(key []byte, at int) (end int, stays bool, err error)
}

// A Sorter is a Visitor for records, most of whose members are fields like any other, below the scope Root. What the members of a name are is
// remembered: those that it has to decide about are always shown to it, of the others only a few. Of those Member must make what Value makes of the
// field that Sort names.
type Sorter interface {
	Visitor
	// Sort tells by the name of a member which field it is, or that Member decides. It depends on key alone, of which path may be a part.
	Sort(key []byte) (path []byte, asks bool)
	// Order is a number of its own for each Sorter, from 1 on.
	Order() uint32
}

// Object walks the object at i and shows each member to v. The names of members are scrubbed when they stay.
func (r *Run) Object(i int, v Visitor) (end int, err error) {
	end, _, err = r.list(i, '{', v)
	return end, err
}

// Sorted is Object for a Sorter, and tells whether any member is left.
func (r *Run) Sorted(i int, s Sorter) (end int, left bool, err error) { return r.list(i, '{', s) }

// Envelope is Object for one that is a record: the metadata is attached, and it tells whether any member of the object's own is left.
func (r *Run) Envelope(i int, v Visitor) (end int, left bool, err error) {
	f := &r.layers[0]
	if i >= len(f.in) || f.in[i] != '{' {
		return i, false, &Fault{i, "object expected"}
	}
	w := r.visiting(v)
	w.attach = true
	return f.list(i, &w)
}

// Array walks the array at i and shows each element to v.
func (r *Run) Array(i int, v Visitor) (end int, err error) {
	end, _, err = r.list(i, '[', v)
	return end, err
}

func (r *Run) list(i int, opener byte, v Visitor) (end int, left bool, err error) {
	f := &r.layers[0]
	if i >= len(f.in) || f.in[i] != opener {
		want := "array expected"
		if opener == '{' {
			want = "object expected"
		}
		return i, false, &Fault{i, want}
	}
	w := r.visiting(v)
	return f.list(i, &w)
}

// visiting is a walk on which v decides.
func (r *Run) visiting(v Visitor) walk {
	w := walk{visit: v, field: envelope}
	if w.sort, _ = v.(Sorter); w.sort != nil {
		w.field.state -= selector.State(w.sort.Order())
		w.depth = r.p.maxDepth
	}
	return w
}

// visited has v decide about the value at i, of which at least the first byte is there.
func (f *frame) visited(v Visitor, key []byte, i int) (end int, stays bool, err error) {
	if i >= len(f.in) {
		return i, false, &Fault{i, "value missing"}
	}
	return v.Member(key, i)
}

// sorted is the field that a member's name leads to, and whether there is more to ask than what is said of that field.
func (f *frame) sorted(w *walk, key []byte) (field Field, asks bool) {
	if w.sort == nil {
		return w.field, w.visit != nil
	}
	path, asks := w.sort.Sort(key)
	return f.r.At(Root, path), asks || f.r.says(path)
}

// envelope stands for the field above members about which a Visitor decides.
var envelope = Field{state: math.MaxUint32}
