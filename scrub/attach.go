package scrub

import (
	"slices"

	"winnow/scrub/meta"
	"winnow/scrub/unwrap"
)

// attachment is the request's metadata. It stands in the arena once, as the records of a body have it: as all of them share that text, what is attached
// to one costs an edit, and no copy.
type attachment struct {
	fields []meta.Field
	mine   []uint64 // what each of them is
	at     uint32   // where the first begins in the arena
	ends   []uint32 // and each of them ends
}

// Attach attaches fields to every record, in place of those of Request.Meta. It is called before the first Mark.
func (r *Run) Attach(fields []meta.Field) {
	r.req.Meta = fields
	a := &r.attach
	a.fields, a.mine = a.fields[:0], a.mine[:0]
	for _, f := range fields {
		bit := slices.Index(r.p.names, f.Name)
		if bit < 0 || !slices.Contains(r.p.classes, f.Class) || r.req.Marked.strips() && Personal(f.Class) {
			continue
		}
		if r.req.LabelNames {
			f.Name = r.p.labels[bit]
		}
		a.fields, a.mine = append(a.fields, f), append(a.mine, 1<<bit)
	}
	r.Spell(appendMember)
}

// Spell has appendField spell what is attached, where that is not members of a JSON object: in a list of JSON each with a comma before it. It is called
// before the first Mark.
func (r *Run) Spell(appendField func(dst []byte, f meta.Field) []byte) {
	a := &r.attach
	a.at, a.ends = uint32(len(r.arena)), a.ends[:0]
	for _, f := range a.fields {
		r.arena = appendField(r.arena, f)
		a.ends = append(a.ends, uint32(len(r.arena)))
	}
}

func appendMember(dst []byte, f meta.Field) []byte { return AppendMember(append(dst, ','), "", f) }

// AppendMember appends a field as a member of a JSON object, with prefix before its name.
func AppendMember(dst []byte, prefix string, f meta.Field) []byte {
	dst = append(append(append(append(dst, '"'), prefix...), f.Name...), '"', ':')
	if f.Number {
		return append(dst, f.Value...)
	}
	return append(unwrap.AppendJSON(append(dst, '"'), f.Value), '"')
}

// Attached is the request's metadata, for protocols that have another place for it than records.
func (r *Run) Attached() []meta.Field { return r.attach.fields }

// Insert puts the metadata at i of the body, but for what the record at hand has itself. Where it is the first in its list the comma before it goes.
func (r *Run) Insert(i int, first bool) { r.layers[0].insert(i, first) }

// InsertObject puts all of the metadata, if there is any, at i of the body as a JSON object, behind head.
func (r *Run) InsertObject(i int, head string) {
	if a := &r.attach; len(a.ends) > 0 {
		members := r.arena[a.at+1 : a.ends[len(a.ends)-1]]
		r.value = append(append(append(append(r.value[:0], head...), '{'), members...), '}')
		r.Replace(i, i, r.value)
	}
}

// insert is Insert for any layer.
func (f *frame) insert(i int, first bool) {
	a := &f.r.attach
	from, to := a.at, a.at
	for k, end := range a.ends {
		if f.r.own&a.mine[k] != 0 {
			first = f.share(i, from, to, first)
			from = end
		}
		to = end
	}
	f.share(i, from, to, first)
}

// share puts arena[from:to] at i, if that is not empty, and tells whether what follows is the first still.
func (f *frame) share(i int, from, to uint32, first bool) (still bool) {
	if from == to {
		return first
	}
	if first {
		from++
	}
	f.edits = append(f.edits, edit{uint32(i), uint32(i), from, to - from})
	f.delta += int(to - from)
	return false
}
