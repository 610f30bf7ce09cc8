package scrub

import (
	"bytes"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub/pseudonym"
	"winnow/scrub/record"
	"winnow/scrub/selector"
	"winnow/scrub/unwrap"
)

// Order is what was decided about a person's records, by strictness.
type Order uint8

// The orders.
const (
	NoOrder Order = iota
	Strip         // the record stays, without anything personal
	Remove        // the record goes
)

// Orders tells what was decided about persons (RIGHT-3). It is safe for concurrent use, and keeps nothing of what it is asked.
type Orders interface {
	// About is the order about whom a digest under Request.SubjectKeys names.
	About(d pseudonym.Digest) Order
	// AboutToken is the same for whom a pseudonym names: text that came in may have been scrubbed before.
	AboutToken(token []byte) Order
}

// Marked are records of a body about which a pass found something that the whole record must know: it is scrubbed once more, with
// Request.Marked. The zero Marked marks nothing.
type Marked struct {
	// All strips every record, and what they share.
	All bool

	strip, minor map[int]bool // by number of the record
	shared       bool         // something that records share is a minor's
}

// strips tells whether any record is stripped.
func (m *Marked) strips() bool { return m != nil && (m.All || len(m.strip) > 0) }

// Fields that concern persons.
const (
	namesSubject uint8 = 1 << iota // one that policy.subjects names
	marksMinor                     // one that policy.minors.fields names
)

// personal lists the classes of data that say something of a person.
var personal = []config.Class{
	config.ClassDevice, config.ClassNetwork, config.ClassLocation, config.ClassIdentity, config.ClassPayment, config.ClassSecret,
}

// Personal tells whether data of a class says something of a person.
func Personal(c config.Class) bool { return slices.Contains(personal, c) }

// people are the selectors of fields that concern persons, and what is found in text that names one.
type people struct {
	subjects, minors uint32 // bits of Policy.lists
	values           []string
}

// people compiles what concerns persons, as two more lists of fields.
func (b *builder) people(paths [][]selector.Selector) [][]selector.Selector {
	own := &b.c.Policy
	if len(own.Subjects) > 0 {
		b.p.people.subjects = 1 << len(paths)
		paths = append(paths, b.parsed("policy.subjects", "policy", "subjects", own.Subjects))
	}
	if len(own.Minors.Fields) > 0 {
		b.p.people.minors = 1 << len(paths)
		paths = append(paths, b.parsed("policy.minors.fields", "policy", "minors", own.Minors.Fields))
	}
	b.p.people.values = own.Minors.Values
	return paths
}

// sort divides the set of lists that name a path into those of detectors and those that concern persons.
func (p *people) sort(set uint32) (lists uint32, people uint8) {
	if set&p.subjects != 0 {
		people |= namesSubject
	}
	if set&p.minors != 0 {
		people |= marksMinor
	}
	return set &^ (p.subjects | p.minors), people
}

// seeker looks for persons in the records of one body.
type seeker struct {
	wary      bool // fields that concern persons must be looked at
	strict    bool // what Run.strict is for a record that is not stripped
	stripping bool
	inside    bool // a record, not what records share
	record    int  // number of the record at hand, or of the last one
	minter    *pseudonym.Minter
	keys      *pseudonym.Domain // of minter
	said      []pseudonym.Digest
	found     *Marked
}

// beginPeople makes ready for a body.
func (r *Run) beginPeople(req Request) {
	s := &r.seeker
	if req.SubjectKeys != nil && s.keys != req.SubjectKeys {
		s.keys, s.minter = req.SubjectKeys, req.SubjectKeys.NewMinter(uint64(len(r.p.rules)))
	}
	s.strict, s.inside, s.record, s.found, s.said = r.strict, false, 0, nil, s.said[:0]
	s.wary = req.SubjectKeys != nil && (req.Orders != nil || req.Minors) || r.p.people.minors != 0 || req.Marked != nil
	r.settle()
}

// settle says whether what follows is stripped. What records share is, as soon as one of them is.
func (r *Run) settle() {
	s, m := &r.seeker, r.req.Marked
	s.stripping = m.strips() && (m.All || !s.inside || m.strip[s.record])
	r.strict = s.strict || s.stripping
}

// enter begins a record, and leave ends it.
func (r *Run) enter() {
	s := &r.seeker
	s.inside = true
	s.record++
	s.said = s.said[:0]
	if r.req.Marked == nil {
		return
	}
	if r.settle(); s.stripping {
		r.counts.Stripped++
	}
}

func (r *Run) leave() {
	r.seeker.inside = false
	if r.req.Marked != nil {
		r.settle()
	}
}

// Marked is what this pass found beyond Request.Marked, together with that; nil if nothing. Where it is not nil, what the pass made must not
// be used: scrub the body again, with it.
func (r *Run) Marked() *Marked { return r.seeker.found }

// mark notes something about the record at hand, or if it is about what records share, about all of them.
func (r *Run) mark(minor bool) {
	s := &r.seeker
	if s.found == nil {
		s.found = &Marked{strip: map[int]bool{}, minor: map[int]bool{}}
		if m := r.req.Marked; m != nil {
			s.found.All, s.found.shared = m.All, m.shared
			for n := range m.strip {
				s.found.strip[n] = true
			}
			for n := range m.minor {
				s.found.minor[n] = true
			}
		}
	}
	switch {
	case minor && s.inside:
		s.found.minor[s.record] = true
	case minor:
		s.found.shared = true
	case s.inside:
		s.found.strip[s.record] = true
	default:
		s.found.All = true
	}
}

// concerns tells whether the value of a field must be looked at for whom it names.
func (r *Run) concerns(f Field) bool { return f.people() != 0 && r.seeker.wary }

// meet looks at the value of a field that concerns a person. The error is ErrDropRecord.
func (r *Run) meet(f Field, value []byte) error {
	if !r.concerns(f) || len(value) == 0 {
		return nil
	}
	if f.people()&marksMinor != 0 && r.p.saysMinor(value) {
		if err := r.meetMinor(); err != nil {
			return err
		}
	}
	if f.people()&namesSubject == 0 {
		return nil
	}
	return r.meetPerson(pseudonym.SubjectKind(value), value)
}

func (p *Policy) saysMinor(value []byte) bool {
	return slices.ContainsFunc(p.people.values, func(v string) bool { return strings.EqualFold(v, string(bytes.TrimSpace(value))) })
}

// SaysMinor tells whether the value of policy.minors.header marks a request.
func (p *Policy) SaysMinor(value []byte) bool { return len(value) > 0 && p.saysMinor(value) }

// meetMinor hears that the record at hand is about a minor. Where somebody hears of whom it names, the first pass gathers them, and in the
// next one the record goes.
func (r *Run) meetMinor() error {
	s, m := &r.seeker, r.req.Marked
	if r.req.Minor == nil || m != nil && (s.inside && m.minor[s.record] || !s.inside && m.shared) {
		return ErrDropRecord
	}
	r.mark(true)
	for _, d := range s.said {
		r.req.Minor(d)
	}
	s.said = s.said[:0]
	return nil
}

// meetPerson does what was decided about whom a value names. The error is ErrDropRecord.
func (r *Run) meetPerson(kind string, value []byte) error {
	s := &r.seeker
	order := NoOrder
	switch {
	case pseudonym.IsToken(value, ""):
		if r.req.Orders != nil {
			order = r.req.Orders.AboutToken(value)
		}
	case s.minter != nil && r.req.SubjectKeys != nil:
		d := s.minter.Digest(kind, value)
		if r.req.Orders != nil {
			order = r.req.Orders.About(d)
		}
		r.remember(d)
	}
	switch {
	case order == Remove:
		r.counts.Suppressed++
		return ErrDropRecord
	case order == Strip && !s.stripping:
		r.mark(false)
	}
	return nil
}

// remember keeps whom the record at hand names, in case that it turns out to be a minor's.
func (r *Run) remember(d pseudonym.Digest) {
	s := &r.seeker
	switch {
	case r.req.Minor == nil:
	case r.req.Minors, s.found != nil && s.inside && s.found.minor[s.record]:
		r.req.Minor(d)
	case len(s.said) < mostSaid && !slices.Contains(s.said, d):
		s.said = append(s.said, d)
	}
}

// mostSaid bounds how many persons of one record are remembered.
const mostSaid = 64

// meetFound looks at what a detector found, which may name a person.
func (f *frame) meetFound(text []byte, d *detector) error {
	if !f.r.seeker.wary || !d.person {
		return nil
	}
	return f.r.meetPerson(d.kind, text)
}

// meetAt looks at the plain value at i of a field that concerns a person.
func (f *frame) meetAt(i int, field Field) error {
	if f.in[i] != '"' {
		end, fault := record.Skip(f.in, i, 0)
		if fault != nil {
			return lexical(fault)
		}
		return f.r.meet(field, f.in[i:end])
	}
	stop, escaped, fault := record.String(f.in, i+1)
	if fault != nil {
		return lexical(fault)
	}
	text := f.in[i+1 : stop]
	if escaped {
		f.r.value = unwrap.JSONString(f.r.value[:0], text)
		text = f.r.value
	}
	return f.r.meet(field, text)
}

// seek looks for persons in an object or array at i that goes as a whole, as deep as fields that concern them can be.
func (f *frame) seek(i int, field Field, depth int) error {
	if !f.r.seeker.wary || f.r.p.people.subjects|f.r.p.people.minors == 0 || depth == 0 {
		return nil
	}
	object := f.in[i] == '{'
	if object && !f.r.p.lists.Live(field.listed) {
		return nil
	}
	closer := f.in[i] + 2
	if i = record.SkipSpace(f.in, i+1); i < len(f.in) && f.in[i] == closer {
		return nil
	}
	for more := true; more; {
		next, err := f.seekOne(i, field, object, depth)
		if err != nil {
			return err
		}
		var fault *record.Fault
		if more, i, fault = record.Next(f.in, record.SkipSpace(f.in, next), closer); fault != nil {
			return lexical(fault)
		}
	}
	return nil
}

// seekOne looks at one member or element at i, and returns where it ends.
func (f *frame) seekOne(i int, field Field, object bool, depth int) (end int, err error) {
	if object {
		start, stop, escaped, fault := record.Name(f.in, i)
		if fault != nil {
			return stop, lexical(fault)
		}
		key := f.in[start:stop]
		if escaped {
			key = unwrap.JSONString(nil, key)
		}
		if i, fault = record.Colon(f.in, stop); fault != nil {
			return i, lexical(fault)
		}
		field = f.r.p.below(field, key)
	}
	end, fault := record.Skip(f.in, i, depth)
	if fault != nil {
		return end, lexical(fault)
	}
	if f.in[i] == '{' || f.in[i] == '[' {
		return end, f.seek(i, field, depth-1)
	}
	if !f.r.concerns(field) {
		return end, nil
	}
	return end, f.meetAt(i, field)
}
