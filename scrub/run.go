package scrub

import (
	"math"
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub/action"
	"winnow/scrub/detect"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
	"winnow/scrub/record"
	"winnow/scrub/selector"
)

// maxLayers bounds text within text: a string in JSON in a string and so on. What lies deeper is withheld.
const maxLayers = 6

// Run scrubs one body under one Policy. It is not safe for concurrent use; it owns all memory that it hands out, until Close.
type Run struct {
	p       *Policy
	req     Request
	strict  bool
	layers  [maxLayers]frame
	arena   []byte // replacements, referred to by edits
	out     []byte
	value   []byte // one finished replacement
	buffers [2][]byte
	wire    []byte // see Settle
	settled bool
	shape   shape
	known   knownNames
	fields  knownFields
	said    saidNames
	asked   askedName
	texts   gathered
	attach  attachment
	minter  *pseudonym.Minter
	keys    *pseudonym.Domain // of minter
	env     action.Env
	counts  Counts
	seeker  seeker
	own     uint64 // metadata fields that the record at hand brings itself
	path    []byte // of the field at hand, kept only for Trace
}

func newRun(p *Policy) *Run {
	r := &Run{p: p}
	rules := len(p.RuleIDs())
	r.counts.Rules, r.counts.Findings = make([]int, rules+1)[:rules], make([]int, len(p.detectors)) // one more: see verdict
	for i := range r.layers {
		r.layers[i].r = r
		r.layers[i].layer = i
		r.layers[i].begin()
	}
	return r
}

// Begin takes a Run from the pool. Close it.
func (p *Policy) Begin(req Request) *Run {
	r := p.runs.Get().(*Run)
	r.req = req
	mode := req.Mode
	if mode == "" {
		mode = p.mode
	}
	r.strict = mode != config.ModeScrub
	r.beginPeople(req)
	r.env = action.Env{URL: meta.AppendURL}
	if req.Keys != nil {
		if r.keys != req.Keys {
			r.keys, r.minter = req.Keys, req.Keys.NewMinter(uint64(len(p.rules)))
		}
		r.env.Minter = r.minter
	}
	r.Attach(req.Meta)
	return r
}

// Coarse says whether the values that follow make streams or series, as Loki's labels and the attributes of metrics do: each pseudonym would
// make one more. Unless the policy accepts that, a field that would become one goes, and a finding becomes its placeholder. A Run begins
// with false.
func (r *Run) Coarse(on bool) {
	switch {
	case r.req.Keys == nil:
	case on && !r.p.manySeries:
		r.env.Minter = nil
	default:
		r.env.Minter = r.minter
	}
}

// Minter makes pseudonyms under the request's keys; nil without keys.
func (r *Run) Minter() action.Minter { return r.env.Minter }

// Close gives the Run back. Whatever it handed out is no longer valid.
func (r *Run) Close() {
	for i := range r.layers {
		f := &r.layers[i]
		f.reset()
		f.findings, f.edits = shrink(f.findings, keptSpans), shrink(f.edits, keptSpans)
	}
	r.texts.reset()
	r.texts.aside = nil
	for i := range r.buffers {
		r.buffers[i] = shrink(r.buffers[i], keptBytes)
	}
	rules, findings := r.counts.Rules, r.counts.Findings
	clear(rules)
	clear(findings)
	r.counts = Counts{Rules: rules, Findings: findings}
	clear(r.seeker.said)
	r.seeker.found = nil
	r.arena, r.out, r.value = shrink(r.arena, keptBytes), shrink(r.out, keptBytes), shrink(r.value, keptBytes)
	r.wire, r.settled = shrink(r.wire, keptBytes), false
	r.own, r.req, r.path, r.asked = 0, Request{}, r.path[:0], askedName{}
	r.p.runs.Put(r)
}

// Held is memory of results that are needed for longer than their Run. The zero value is ready.
type Held struct {
	out     []byte
	buffers [2][]byte
	wire    []byte
}

// Release is Close, but for what Finish and Buffer, or in their place Settle, handed out: that is valid, and h holds it, until h is given to
// another Run. A batch on its way needs no Run, and the next one finds this one's scratch in the cache.
func (r *Run) Release(h *Held) {
	if r.settled {
		h.wire, r.wire = r.wire, h.wire
	} else {
		h.out, r.out = r.out, h.out
		h.buffers, r.buffers = r.buffers, h.buffers
	}
	r.Close()
}

// Settle copies wire, all that is left to hold of this body: what Finish and Buffer handed out is not valid beyond Release. That is for
// protocols which pack their batches, so that one on its way holds the packed form alone.
func (r *Run) Settle(wire []byte) []byte {
	r.wire, r.settled = append(room(r.wire, len(wire)), wire...), true
	return r.wire
}

// room empties a buffer, or makes one, that takes n bytes and a little more: bodies of a stream are of about one length.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, 0, n+n/16)
	}
	return b[:0]
}

// What a Run keeps of its buffers from one body to the next, at most: bytes of a buffer, edits and findings of a layer.
const (
	keptBytes = 4 << 20
	keptSpans = 1 << 17
)

// shrink empties a buffer, and lets go of one that a rare huge body made.
func shrink[T byte | edit | detect.Finding | place | foreseen | expected](b []T, most int) []T {
	if cap(b) > most {
		return nil
	}
	return b[:0]
}

// Counts of this Run so far. Valid until Close.
func (r *Run) Counts() *Counts { return &r.counts }

// LoadJSON takes body, JSON text of any number of values, and scans it at once.
func (r *Run) LoadJSON(body []byte) error { return r.load(body, detect.JSON) }

// LoadText takes body, plain text of any number of lines, and scans it at once.
func (r *Run) LoadText(body []byte) error { return r.load(body, detect.Plain) }

func (r *Run) load(body []byte, shape detect.Shape) error {
	if err := r.LoadBinary(body); err != nil {
		return err
	}
	f := &r.layers[0]
	f.scan(detect.Context{Shape: shape})
	f.valid = f.scanner.ASCII() || utf8.Valid(body)
	return nil
}

// LoadBinary takes body without scanning it: each text in it is scanned as the codec comes to it.
func (r *Run) LoadBinary(body []byte) error {
	if len(body) > math.MaxInt32 {
		return &Fault{Reason: "body larger than 2 GiB"}
	}
	r.asked = askedName{}
	r.texts.reset()
	r.texts.most = len(body)/textBytes + leastNoted
	f := &r.layers[0]
	f.in, f.stops, f.json, f.scanned, f.apart, f.valid = body, nil, false, false, false, false // a text in it may end within a character, even if the whole is UTF-8
	return nil
}

// LoadValues takes body, JSON text of an envelope, without scanning it: each string and number in it is scanned for itself, not with what
// stands around it, as the codec comes to it. The values of members named aside are rarely asked for, and not read ahead.
func (r *Run) LoadValues(body []byte, aside ...string) error {
	if err := r.LoadBinary(body); err != nil {
		return err
	}
	f := &r.layers[0]
	f.valid, f.apart, r.texts.aside = utf8.Valid(body), true, aside
	return nil
}

// In is the body as loaded.
func (r *Run) In() []byte { return r.layers[0].in }

// Finish applies all edits. The result is the body itself where nothing changed.
func (r *Run) Finish() Clean {
	f := &r.layers[0]
	if !f.changed() {
		return Clean{bytes: f.in}
	}
	r.out = f.appendTo(room(r.out, len(f.in)+f.delta))
	return Clean{r.out, true}
}

// Changed tells whether anything was edited so far.
func (r *Run) Changed() bool { return r.layers[0].changed() }

// Delta is by how many bytes the result so far is longer than the body up to the same place.
func (r *Run) Delta() int { return r.layers[0].delta }

// Mark is a place to go back to.
type Mark struct {
	edits, arena, delta int
	next                int  // finding: text that is walked once more must meet its findings again
	last                edit // the edit before, which a removal may widen
	own                 uint64
}

// Mark notes the state of the edits.
func (r *Run) Mark() Mark { return r.layers[0].mark() }

// Rollback forgets all edits made since m. What was walked since may be walked again.
func (r *Run) Rollback(m Mark) { r.layers[0].rollback(m) }

// Replace puts b, which must be clean, in place of bytes [start, end) of the body. Edits come in ascending order.
func (r *Run) Replace(start, end int, b []byte) { r.layers[0].replace(start, end, b) }

// Cut puts b, which must be clean, in place of bytes [start, end) of the body, whatever was edited there. What an edit has replaced is
// not split: one that begins before start stays, and what is cut begins behind it. No slot may be open.
func (r *Run) Cut(start, end int, b []byte) { r.layers[0].cut(start, end, b) }

// Slot keeps a place among the edits for one whose extent is known only after later ones are made.
func (r *Run) Slot() int { return r.layers[0].slot() }

// Vacate gives the slot back, if nothing was edited since it was taken.
func (r *Run) Vacate(slot int) {
	if f := &r.layers[0]; slot == len(f.edits)-1 {
		f.edits = f.edits[:slot]
	}
}

// Edited is what was put in first since the slot was taken, if anything was.
func (r *Run) Edited(slot int) (text []byte, ok bool) {
	for _, e := range r.layers[0].edits[slot+1:] {
		if e.start != unfilled {
			return r.arena[e.off : e.off+e.n], true
		}
	}
	return nil, false
}

// Fill makes the slot a replacement of [start, end) by b.
func (r *Run) Fill(slot, start, end int, b []byte) { r.layers[0].fill(slot, start, end, b) }

// Field is what the policy says of one path.
type Field struct {
	state  selector.State
	listed selector.State // of the lists of fields
	lists  uint32         // that name the path, a bit each
	says   int32          // rule and persons: fields are handed from call to call, and more than 16 bytes of them cost a tenth of OTLP's walk
}

// personBits are the lowest bits of Field.says.
const personBits = 2

// rule is the one that names the field, -1 for none.
func (f *Field) rule() int32 { return f.says >> personBits }

// people says whether the field concerns a person.
func (f *Field) people() uint8 { return uint8(f.says) & (1<<personBits - 1) }

// name is the field with the rule and the persons that name it.
func (f *Field) name(rule int32, people uint8) { f.says = rule<<personBits | int32(people) }

// below is the field named key below another.
func (p *Policy) below(f Field, key []byte) (next Field) {
	var rule, list int32
	var people uint8
	next.state, rule = p.machine.Step(f.state, key)
	if p.lists != nil {
		next.listed, list = p.lists.Step(f.listed, key)
		next.lists, people = p.people.sort(selector.Set(list))
	}
	next.name(rule, people)
	return next
}

// At is the field named key below a scope.
func (r *Run) At(s Scope, key []byte) Field { return r.below(r.p.scopes[s], key) }

// Below is the field named key below another.
func (r *Run) Below(f Field, key []byte) Field { return r.below(f, key) }

// Within is a scope seen as the field above all its fields.
func (r *Run) Within(s Scope) Field { return r.p.scopes[s] }

// Fault makes an error of a lexical fault in the body.
func lexical(f *record.Fault) error {
	if f == nil {
		return nil
	}
	return &Fault{Offset: f.Offset, Reason: f.Reason}
}
