package scrub

import (
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub/action"
	"winnow/scrub/detect"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Value scrubs the value of field d at i, by the rule that names it. It returns where the value ends and whether it stays.
func (r *Run) Value(i int, d Field, key []byte) (end int, stays bool, err error) {
	return r.layers[0].value(i, walk{field: d, depth: r.p.maxDepth, keyed: true}, key)
}

// Walk scrubs the object at i by the rules for the fields of scope s, without counting it as a record. attach adds the metadata.
func (r *Run) Walk(i int, s Scope, attach bool) (end int, err error) {
	end, _, err = r.Members(i, s, attach)
	return end, err
}

// Members is Walk, and tells whether any member of the object's own is left.
func (r *Run) Members(i int, s Scope, attach bool) (end int, left bool, err error) {
	f := &r.layers[0]
	if i >= len(f.in) || f.in[i] != '{' {
		return i, false, &Fault{i, "object expected"}
	}
	return f.list(i, &walk{field: r.Within(s), depth: r.p.maxDepth, attach: attach})
}

// Part scrubs in[start:stop], a part of a JSON string without escapes, as the value of field d. A part of which something is found that goes
// on before or behind it does not stay. The only error is ErrDropRecord.
func (r *Run) Part(start, stop int, d Field, key []byte) (stays bool, err error) {
	verdict, open, stays, err := r.outright(start, stop, d)
	if !open {
		return stays, err
	}
	f := &r.layers[0]
	switch {
	case !f.valid && !utf8.Valid(f.in[start:stop]):
		f.withhold(start, stop, verdict, "not UTF-8")
		return true, nil
	case f.spans(start, stop):
		return false, nil
	}
	r.kept(verdict, start, stop-start, 0)
	if verdict.lists != 0 || r.says(key) {
		return true, f.decoded(start, stop, false, detect.Context{Key: key, Lists: verdict.lists})
	}
	return true, f.apply(start, stop)
}

// String scrubs the JSON string at i by what detectors find in it, whatever the rules say: for names in a protocol's envelope.
func (r *Run) String(i int) (end int, err error) {
	f := &r.layers[0]
	if i >= len(f.in) || f.in[i] != '"' {
		return i, &Fault{i, "string expected"}
	}
	end, _, err = f.str(i, decision{rule: -1}, nil, false)
	return end, err
}

// KeyName is String for the name of a field. In strict mode one that must not leave as it is takes its field along, as in an object.
func (r *Run) KeyName(i int) (end int, stays bool, err error) {
	slot := r.Slot()
	end, err = r.String(i)
	_, edited := r.Edited(slot)
	return end, err == nil && !(r.strict && edited), err
}

// Skip passes over the value at i, checking it.
func (r *Run) Skip(i int) (end int, err error) {
	end, fault := record.Skip(r.In(), i, r.p.maxDepth)
	return end, lexical(fault)
}

// walk is the state of a walk that lower levels inherit.
type walk struct {
	field  Field
	depth  int
	attach bool    // metadata belongs at the end of this object
	visit  Visitor // decides instead of the policy, one level deep
	sort   Sorter  // that visit is, if it is one
	key    []byte  // of the array whose elements are walked, if it can say what they are
	keyed  bool    // the key does not stand as it is before the value, where a scan of the layer would see it
}

// list walks the object or array at i, and tells whether anything is left in it. Elements that go take one neighbouring comma along. It
// changes w.
func (f *frame) list(i int, w *walk) (end int, kept bool, err error) {
	if w.visit == nil {
		if w.depth--; w.depth < 0 {
			return i, false, &Fault{i, record.TooDeep}
		}
	}
	in := f.in
	object := in[i] == '{'
	closer := in[i] + 2
	if i = record.SkipSpace(in, i+1); i < len(in) && in[i] == closer {
		if w.attach {
			f.insert(i, true)
		}
		return i + 1, false, nil
	}
	var l gaps
	l.cut = -1
	quiet := object && (w.visit == nil || w.sort != nil) && f.r.req.Trace == nil && f.valid && (f.scanned || f.apart)
	for names := 0; ; {
		end := 0
		if quiet {
			if end, err = f.quiet(i, w, &l); err != nil {
				return end, false, err
			}
		}
		if end == 0 {
			if end, err = f.one(i, object, w, &l, &names); err != nil {
				return end, false, err
			}
		}
		comma := record.SkipSpace(in, end)
		if comma < len(in) && in[comma] == closer {
			l.close(f, comma)
			if w.attach {
				f.insert(comma, !l.kept)
			}
			return comma + 1, l.kept, nil
		}
		_, next, fault := record.Next(in, comma, closer)
		if fault != nil {
			return next, false, lexical(fault)
		}
		l.comma, i = comma, next
	}
}

// one scrubs one member or element at i of a list, whatever it is.
func (f *frame) one(i int, object bool, w *walk, l *gaps, names *int) (end int, err error) {
	m := f.mark()
	l.before(f)
	var stays bool
	if object {
		end, stays, err = f.member(i, *w, names)
	} else {
		end, stays, err = f.element(i, *w)
	}
	if err != nil {
		return end, err
	}
	if stays {
		l.keep(f, i)
	} else {
		f.takeBack(i, end, &m, l)
	}
	return end, nil
}

// takeBack drops the member or element [i, end) of a list, and what was edited in it since m.
func (f *frame) takeBack(i, end int, m *Mark, l *gaps) {
	f.rollback(*m)
	f.pass(end)
	l.drop(i)
}

// gaps joins the elements to remove into edits that leave commas right.
type gaps struct {
	kept  bool
	comma int // before the element at hand
	cut   int // where removal began, -1 when nothing is to remove
	slot  int
}

func (l *gaps) before(f *frame) {
	if l.cut >= 0 {
		l.slot = f.slot()
	}
}

func (l *gaps) keep(f *frame, at int) {
	if l.cut >= 0 {
		if l.kept {
			at = l.comma
		}
		f.fill(l.slot, l.cut, at, nil)
		l.cut = -1
	}
	l.kept = true
}

func (l *gaps) drop(at int) {
	if l.cut >= 0 {
		return
	}
	if l.cut = at; l.kept {
		l.cut = l.comma
	}
}

func (l *gaps) close(f *frame, closer int) {
	if l.cut >= 0 {
		f.remove(l.cut, closer)
	}
}

// element scrubs one element of an array, which has the path of the array.
func (f *frame) element(i int, w walk) (end int, stays bool, err error) {
	if w.visit != nil {
		return f.visited(w.visit, nil, i)
	}
	w.keyed = true
	return f.value(i, w, w.key)
}

// member scrubs the member at i. names counts the names in this object that were changed.
func (f *frame) member(i int, w walk, names *int) (end int, stays bool, err error) {
	if f.r.req.Trace == nil {
		if place, ok := f.r.shape.peek(f.in[i:], f.context(w.field), f.after); ok && !f.foundBefore(i+int(f.r.shape.members[place].n)) {
			f.met(place)
			m := &f.r.shape.members[place]
			n := int(m.n)
			w.field, w.keyed = m.field, f.apart
			key := f.in[i+1 : i+n-2] // quote, colon: a name that is followed by white space is not learned
			if i = record.SkipSpace(f.in, i+n); w.visit != nil {
				return f.visited(w.visit, key, i)
			}
			return f.value(i, w, key)
		}
	}
	return f.newMember(i, w, names)
}

// newMember scrubs a member whose name must be read and looked up.
func (f *frame) newMember(i int, w walk, names *int) (end int, stays bool, err error) {
	start, stop, escaped, fault := record.Name(f.in, i)
	if fault != nil {
		return stop, false, lexical(fault)
	}
	key := f.in[start:stop]
	if escaped {
		key = unwrap.JSONString(nil, key)
	}
	at, fault := record.Colon(f.in, stop)
	if fault != nil {
		return at, false, lexical(fault)
	}
	slot, err := f.name(start, stop, escaped, *names)
	if err != nil {
		return at, false, err
	}
	if slot && f.r.strict { // the name as it would leave is one that no rule has said
		return f.drop(at, walk{depth: f.r.p.maxDepth}, decision{rule: -1, kind: action.Drop, why: noRule})
	}
	above := w.field
	if w.visit == nil {
		w.field, w.keyed = f.r.p.below(above, key), escaped || f.apart
	}
	if !escaped && !slot && f.in[stop+1] == ':' {
		field, asks := f.sorted(&w, key)
		f.learn(f.in[i:], stop+2-i, f.context(above), field, asks)
	}
	if w.visit != nil {
		end, stays, err = f.visited(w.visit, key, at)
	} else {
		pop := f.r.push(key, slot)
		end, stays, err = f.value(at, w, key)
		f.r.pop(pop)
	}
	if stays && slot {
		*names++
	}
	return end, stays, err
}

// name scrubs a member's name: data is found in keys too. Names that become the same are numbered, so that the object keeps distinct ones.
func (f *frame) name(start, stop int, escaped bool, names int) (changed bool, err error) {
	n := len(f.edits)
	switch {
	case !f.valid && !utf8.Valid(f.in[start:stop]):
		f.withhold(start, stop, decision{rule: -1}, "a name that is not UTF-8")
		f.pass(stop)
	case escaped:
		err = f.decoded(start, stop, true, detect.Context{})
	case f.apart:
		if !f.r.quietName(f.in[start:stop]) {
			err = f.decoded(start, stop, false, detect.Context{})
		}
	default:
		err = f.apply(start, stop)
	}
	if len(f.edits) == n || err != nil {
		return false, err
	}
	if names > 0 {
		f.r.value = appendInt(append(f.r.value[:0], '#'), names+1)
		f.replace(stop, stop, f.r.value)
	}
	return true, nil
}

func appendInt(b []byte, n int) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// value scrubs the value at i.
func (f *frame) value(i int, w walk, key []byte) (end int, stays bool, err error) {
	if i >= len(f.in) {
		return i, false, &Fault{i, "value missing"}
	}
	w.attach = false
	c := f.in[i]
	if c == '{' || c == '[' {
		if w.key = nil; c == '[' && f.r.p.set.Named(key) {
			w.key = key
		}
		return f.container(i, w)
	}
	if f.r.concerns(w.field) {
		if err := f.meetAt(i, w.field); err != nil {
			return i, false, err
		}
	}
	d := f.r.decide(w.field)
	if d.drops() {
		return f.drop(i, w, d)
	}
	if c == '"' {
		return f.str(i, d, key, w.keyed)
	}
	var fault *record.Fault
	if c == '-' || c-'0' < 10 {
		end, fault = record.Number(f.in, i)
	} else {
		end, fault = record.Literal(f.in, i)
	}
	if fault != nil {
		return end, false, lexical(fault)
	}
	if d.lists == 0 && (!w.keyed || !f.r.says(key)) {
		key = nil
	}
	stays, err = f.bare(i, end, d, key)
	return end, stays, err
}

// drop passes over a value that leaves under no circumstances.
func (f *frame) drop(i int, w walk, d decision) (end int, stays bool, err error) {
	end, fault := record.Skip(f.in, i, w.depth)
	if fault != nil {
		return end, false, lexical(fault)
	}
	if f.in[i] == '{' || f.in[i] == '[' {
		if err := f.seek(i, w.field, w.depth); err != nil {
			return i, false, err
		}
	}
	f.pass(end)
	return end, false, f.r.dropped(d, i, end-i, f.layer)
}

// container decides about an object or array as a whole. A rule that drops or changes its field takes an object along whole; a rule
// that keeps its field means a plain value, or an array of them, and leaves an object to the rules about what is in it. The elements
// of an array are decided one by one: they have the path of the array. In strict mode a name that no rule has said stays only with
// something that one did.
func (f *frame) container(i int, w walk) (end int, stays bool, err error) {
	object := f.in[i] == '{'
	live := !f.r.strict || f.r.p.machine.Live(w.field.state)
	named := f.r.names(w.field)
	if named {
		d := f.r.decide(w.field)
		switch {
		case d.drops():
			return f.drop(i, w, d)
		case object && d.transforms():
			d.kind, d.why = action.Drop, objectForValue
			return f.drop(i, w, d)
		case object && !live:
			d.kind, d.why = action.Drop, objectUnnamed
			return f.drop(i, w, d)
		}
	} else if !live {
		return f.drop(i, w, f.r.decide(w.field))
	}
	end, kept, err := f.list(i, &w)
	return end, kept || named || !f.r.strict, err
}

// str scrubs the string at i. keyed is that of walk.
func (f *frame) str(i int, d decision, key []byte, keyed bool) (end int, stays bool, err error) {
	var stop int
	var escaped bool
	p := f.gatheredAt(i + 1)
	if p != nil {
		stop, escaped = int(p.stop), p.n != p.stop-p.start
	} else {
		var fault *record.Fault
		if stop, escaped, fault = record.String(f.in, i+1); fault != nil {
			return stop, false, lexical(fault)
		}
	}
	end = stop + 1
	if d.transforms() {
		return end, f.transform(i, end, f.text(i+1, stop, escaped), d, true), nil
	}
	if !f.valid && !utf8.Valid(f.in[i+1:stop]) {
		f.withhold(i+1, stop, d, "not UTF-8")
		f.pass(stop)
		return end, true, nil
	}
	f.r.kept(d, i, end-i, f.layer)
	if p != nil && f.r.nothingAt(p, d.lists, key) {
		return end, true, nil
	}
	if escaped || f.apart || d.lists != 0 || keyed && len(key) > 0 && (f.foundAtHead(i+1, stop) || f.r.says(key)) {
		return end, true, f.decoded(i+1, stop, escaped, detect.Context{Key: key, Lists: d.lists})
	}
	return end, true, f.apply(i+1, stop)
}

// text is the decoded content of a string, valid until the next call.
func (f *frame) text(start, stop int, escaped bool) []byte {
	f.pass(stop)
	if !escaped {
		return f.in[start:stop]
	}
	f.r.out = unwrap.JSONString(f.r.out[:0], f.in[start:stop])
	return f.r.out
}

// bare scrubs a number or literal in[i:end], the value of key if the layer's scan has not seen that. A finding in it makes it a string that
// says so.
func (f *frame) bare(i, end int, d decision, key []byte) (stays bool, err error) {
	if d.transforms() {
		f.pass(end)
		if f.in[i] == 'n' {
			f.r.kept(d, i, end-i, f.layer)
			return true, nil
		}
		return f.transform(i, end, f.in[i:end], d, false), nil
	}
	f.r.kept(d, i, end-i, f.layer)
	in, at := f, i
	id := f.findingIn(i, end)
	if id == detect.None && (f.apart || len(key) > 0 || d.lists != 0) {
		p := f.gatheredAt(i)
		if p != nil && f.r.nothingAt(p, d.lists, key) {
			return true, nil
		}
		child := f.below()
		if child == nil {
			return false, nil
		}
		child.in, child.place = f.in[i:end], p
		child.scan(detect.Context{Key: key, Lists: d.lists})
		in, at, id = child, 0, child.findingIn(0, end-i)
	}
	if id == detect.None {
		in.allowed(at, at+end-i, at+end-i)
		return true, nil
	}
	in.found(detect.Finding{Start: at, End: at + end - i, Detector: id})
	if f.r.p.detectors[id].actKind == config.ActionDropRecord {
		return false, ErrDropRecord
	}
	if err := f.meetFound(f.in[i:end], &f.r.p.detectors[id]); err != nil {
		return false, err
	}
	f.replace(i, end, f.r.quoted(f.r.outcome(f.r.value[:0], f.in[i:end], id)))
	return true, nil
}

// transform applies a field's action to its whole value in[i:end], quotes included. A value unfit for the action goes.
func (f *frame) transform(i, end int, value []byte, d decision, quoted bool) (stays bool) {
	out, number, ok := f.r.act(value, d, i, f.layer)
	if !ok {
		return false
	}
	if number && !quoted {
		f.replace(i, end, out)
		return true
	}
	f.replace(i, end, f.r.quoted(out))
	return true
}

// decoded scrubs the content of a string, one layer down.
func (f *frame) decoded(start, stop int, escaped bool, ctx detect.Context) error {
	f.pass(stop)
	child := f.below()
	if child == nil {
		f.withhold(start, stop, decision{rule: -1}, "text within text too deep")
		return nil
	}
	child.valid = f.valid
	switch p := f.gatheredAt(start); {
	case p != nil:
		child.place, child.in = p, f.r.texts.text(p)
	case escaped:
		child.plain = unwrap.JSONString(child.plain[:0], f.in[start:stop])
		child.in = child.plain
	default:
		child.in = f.in[start:stop]
	}
	if err := child.scrubText(ctx); err != nil {
		return err
	}
	f.liftJSON(child, start, stop)
	return nil
}
