package scrub

import (
	"errors"
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub/action"
	"winnow/scrub/detect"
)

// Fate is what became of one record.
type Fate uint8

// The fates.
const (
	Kept     Fate = iota // it leaves, scrubbed
	Dropped              // by policy; a success for whoever sent it
	Withheld             // it cannot be read, or is too long
)

// Record scrubs the JSON object at i as one record whose fields are in scope s, and attaches the metadata. A record that does not stay
// leaves no edits: the caller removes its bytes. An error says that the object cannot be read, and so where it ends is not known either.
func (r *Run) Record(i int, s Scope) (end int, fate Fate, err error) {
	f := &r.layers[0]
	if i >= len(f.in) || f.in[i] != '{' {
		r.counts.Withheld++
		return i, Withheld, &Fault{i, "object expected"}
	}
	r.enter()
	m := f.mark()
	r.own = 0
	f.begin()
	end, _, err = f.list(i, &walk{field: r.Within(s), depth: r.p.maxDepth, attach: true})
	r.leave()
	switch {
	case err == nil && end-i <= r.p.maxRecord:
		r.counts.Kept++
		return end, Kept, nil
	case errors.Is(err, ErrDropRecord):
		f.rollback(m)
		end, err = r.Skip(i)
		r.counts.Dropped++
		return end, Dropped, err
	}
	f.rollback(m)
	r.counts.Withheld++
	return end, Withheld, err
}

// Line scrubs in[start:stop], one line of a body loaded by LoadText, as a record that has only the field "message". A line that is a JSON
// object is a record of its own, and the only kind that has a place for metadata. What is found over several lines, such as a private
// key, is withheld from each of them.
func (r *Run) Line(start, stop int) Fate {
	r.enter()
	defer r.leave()
	m := r.Mark()
	stays, err := r.line(start, stop)
	switch {
	case stop-start > r.p.maxRecord:
		r.Rollback(m)
		r.counts.Withheld++
		return Withheld
	case err != nil || !stays:
		r.Rollback(m)
		r.counts.Dropped++
		return Dropped
	}
	r.counts.Kept++
	return Kept
}

func (r *Run) line(start, stop int) (stays bool, err error) {
	f := &r.layers[0]
	child := f.below()
	child.in = f.in[start:stop]
	if child.valid = f.valid || utf8.Valid(child.in); child.valid {
		r.own = 0
		if done, err := child.asRecord(true); done {
			f.lift(child, start)
			f.pass(stop)
			return true, err
		}
	}
	verdict := r.decide(r.Message())
	switch {
	case verdict.drops():
		return false, r.dropped(verdict, start, stop-start, 0)
	case verdict.transforms():
		return r.rewrite(start, stop, verdict), nil
	case !child.valid:
		f.withhold(start, stop, verdict, "not UTF-8")
		return true, nil
	}
	r.kept(verdict, start, stop-start, 0)
	if verdict.lists == 0 || f.spans(start, stop) {
		return true, f.apply(start, stop)
	}
	f.pass(stop)
	child.reset()
	child.in = f.in[start:stop]
	child.scan(detect.Context{Lists: verdict.lists})
	err = child.apply(0, len(child.in))
	f.lift(child, start)
	return true, err
}

var message = []byte("message")

// Message is the field that a record's text is, in protocols that do not name it.
func (r *Run) Message() Field { return r.At(Root, message) }

// Text scrubs in[start:stop], plain text that is the whole value of field d. The only error is ErrDropRecord.
func (r *Run) Text(start, stop int, d Field, key []byte) (stays bool, err error) {
	verdict, open, stays, err := r.outright(start, stop, d)
	if !open {
		return stays, err
	}
	f := &r.layers[0]
	p := f.gatheredAt(start)
	if p != nil && int(p.stop) != stop {
		p = nil
	}
	if p != nil && r.texts.heaps[p.shape].valid && r.nothingAt(p, verdict.lists, key) {
		return true, nil
	}
	child := f.below()
	child.in, child.place = f.in[start:stop], p
	child.valid = f.valid || p != nil && r.texts.heaps[p.shape].valid || utf8.Valid(child.in)
	if !child.valid {
		f.withhold(start, stop, verdict, "not UTF-8")
		return true, nil
	}
	r.kept(verdict, start, stop-start, 0)
	if err := child.scrubText(detect.Context{Key: key, Lists: verdict.lists}); err != nil {
		return false, err
	}
	f.lift(child, start)
	return true, nil
}

// Name scrubs in[start:stop], plain text that is the name of a field, by what detectors find in it. In strict mode one that must not leave
// as it is takes its field along. The only error is ErrDropRecord.
func (r *Run) Name(start, stop int) (stays bool, err error) {
	slot := r.Slot()
	err = r.scrubName(start, stop)
	_, edited := r.Edited(slot)
	return err == nil && !(r.strict && edited), err
}

func (r *Run) scrubName(start, stop int) error {
	f := &r.layers[0]
	child := f.below()
	child.in = f.in[start:stop]
	if !f.valid && !utf8.Valid(child.in) {
		f.withhold(start, stop, decision{rule: -1}, "a name that is not UTF-8")
		return nil
	}
	child.scan(detect.Context{})
	err := child.apply(0, len(child.in))
	f.lift(child, start)
	return err
}

// outright does what the policy says of in[start:stop], text without quotes that is the value of field d, as a whole. open tells that this is nothing:
// the text stays, but for what is found in it. The only error is ErrDropRecord.
func (r *Run) outright(start, stop int, d Field) (verdict decision, open, stays bool, err error) {
	if err = r.meet(d, r.layers[0].in[start:stop]); err != nil {
		return verdict, false, false, err
	}
	verdict = r.decide(d)
	switch {
	case verdict.drops():
		return verdict, false, false, r.dropped(verdict, start, stop-start, 0)
	case verdict.transforms():
		return verdict, false, r.rewrite(start, stop, verdict), nil
	}
	return verdict, true, true, nil
}

// rewrite applies a field's action to text that has no quotes around it.
func (r *Run) rewrite(start, stop int, d decision) (stays bool) {
	f := &r.layers[0]
	out, _, ok := r.act(f.in[start:stop], d, start, 0)
	if ok {
		f.replace(start, stop, f.spelled(out))
	}
	return ok
}

// act applies a field's action to its value, and counts and tells it. The result is valid until the next call.
func (r *Run) act(value []byte, d decision, at, layer int) (out []byte, number, ok bool) {
	r.env.Kind = "id"
	out, number, ok = r.p.rules[d.rule].act.Append(r.value[:0], value, &r.env)
	r.value = out
	if !ok {
		r.counts.Unfit++
	}
	if r.req.Trace != nil {
		e := Event{Rule: d.id(r.p), Action: word(d.kind), Why: d.why.String(), Offset: at, Length: len(value), Layer: layer}
		if !ok {
			e.Action, e.Why = config.ActionDrop, "the value has not the shape the action needs"
			if d.kind == action.Pseudonym && r.env.Minter == nil {
				e.Why = "no pseudonym here: none can be made, or each would make a stream or series"
			}
		}
		r.event(e)
	}
	return out, number, ok
}

// Scalar decides about a number, boolean or byte string of a binary protocol, given as text outside the body. changed: out, text valid
// until the next call, takes its place. The only error is ErrDropRecord.
func (r *Run) Scalar(text []byte, d Field, key []byte) (out []byte, changed, stays bool, err error) {
	if err = r.meet(d, text); err != nil {
		return nil, false, false, err
	}
	verdict := r.decide(d)
	switch {
	case verdict.drops():
		return nil, false, false, r.dropped(verdict, 0, len(text), 0)
	case verdict.transforms():
		out, _, ok := r.act(text, verdict, 0, 0)
		return out, true, ok, nil
	}
	if verdict.lists == 0 && !r.says(key) {
		key = nil
	}
	child := r.layers[0].below()
	child.in = text
	if child.valid = utf8.Valid(text); child.valid {
		r.kept(verdict, 0, len(text), 0)
		err = child.scrubText(detect.Context{Key: key, Lists: verdict.lists})
	} else {
		child.withhold(0, len(text), verdict, "not UTF-8")
	}
	if err != nil {
		return nil, false, false, err
	}
	if !child.changed() {
		return text, false, true, nil
	}
	r.out = child.appendTo(r.out[:0])
	return r.out, true, true, nil
}

// Passes tells that the value of field d whose text was gathered for offset at stays as it is, and counts it. False says nothing: ask Scalar, or
// Value.
func (r *Run) Passes(at int, d Field, key []byte) bool {
	v := &r.p.verdicts[r.mode()][d.rule()+1]
	if v.plain != stays || r.concerns(d) {
		return false
	}
	f := &r.layers[0]
	if p := f.gatheredAt(at); p == nil || !r.nothingAt(p, d.lists, key) || !f.valid && !r.texts.heaps[p.shape].valid {
		return false
	}
	r.pass(v)
	return true
}

// pass counts a value that stays.
func (r *Run) pass(v *verdict) {
	r.own |= v.meta
	r.counts.Rules[:v.count+1][v.count]++
}

// Descends tells whether a map at field d is to be walked, member by member. False: it goes as a whole. The only error is
// ErrDropRecord.
func (r *Run) Descends(d Field) (bool, error) {
	live := !r.strict || r.p.machine.Live(d.state) || r.seeker.wary && r.p.lists != nil && r.p.lists.Live(d.listed)
	if !r.names(d) {
		return live, nil
	}
	verdict := r.decide(d)
	switch {
	case verdict.drops():
		return false, r.dropped(verdict, 0, 0, 0)
	case verdict.transforms() || !live:
		return false, nil
	}
	return true, nil
}

// Buffer is scratch of the Run's own for a codec, kept from body to body: which is 0 or 1.
func (r *Run) Buffer(which int) *[]byte { return &r.buffers[which] }

// TooLong tells whether a record of n bytes is longer than the limit.
func (r *Run) TooLong(n int) bool { return n > r.p.maxRecord }

// LongestRecord is the limit on a record, in bytes.
func (r *Run) LongestRecord() int { return r.p.maxRecord }

// Begin notes that a record begins, in protocols whose records are not JSON objects.
func (r *Run) Begin() {
	r.enter()
	r.own = 0
	r.layers[0].begin()
}

// End counts the record.
func (r *Run) End(fate Fate) {
	r.leave()
	switch fate {
	case Kept:
		r.counts.Kept++
	case Dropped:
		r.counts.Dropped++
	case Withheld:
		r.counts.Withheld++
	}
}

// Quiet tells whether text that must stay as it is or go holds nothing that a detector finds.
func (r *Run) Quiet(text []byte) bool {
	child := r.layers[0].below()
	child.in = text
	child.scan(detect.Context{})
	return len(child.findings) == 0
}

// Quiet tells whether text outside any record, such as a query parameter, holds nothing that a detector finds.
func (p *Policy) Quiet(text []byte) bool {
	r := p.Begin(Request{})
	defer r.Close()
	f := &r.layers[0]
	f.in = text
	f.scan(detect.Context{})
	return len(f.findings) == 0
}
