package scrub

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub/action"
	"winnow/scrub/detect"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// decision is what becomes of one field.
type decision struct {
	rule int32 // of the machine, -1 for none
	// lists are those of fields that name the field, for detectors that look only there.
	lists uint32
	kind  action.Kind
	why   cause
}

// cause is why a decision is what it is.
type cause uint8

const (
	nobodyAsks cause = iota
	noRule
	noRuleKeeps
	ruleNames
	ruleDropsRecord
	classStays
	objectForValue
	objectUnnamed
	personObjects
)

// String says it in words, for explaining.
func (c cause) String() string {
	return [...]string{
		noRule: "no rule names the field", noRuleKeeps: "no rule names the field, and mode scrub keeps it",
		ruleNames: "the rule names the field", ruleDropsRecord: "the rule drops the record", classStays: "its class may not leave",
		objectForValue: "an object where the rule expects a plain value", objectUnnamed: "an object of which no rule names a field",
		personObjects: "the record is stripped of everything personal",
	}[c]
}

func (d decision) drops() bool { return d.kind == action.Drop || d.kind == action.DropRecord }

// transforms tells whether the whole value becomes another.
func (d decision) transforms() bool { return d.kind > action.DropRecord }

// word is a kind of action as the configuration has it.
func word(k action.Kind) config.ActionKind { return config.ActionKind(k.String()) }

func (d decision) id(p *Policy) string {
	if d.rule < 0 || p.rules[d.rule].unnamed {
		return ""
	}
	return p.rules[d.rule].id
}

// names tells whether a rule names the field.
func (r *Run) names(f Field) bool { return f.rule() >= 0 && !r.p.rules[f.rule()].unnamed }

// decide looks up what the policy says of a field.
func (r *Run) decide(f Field) decision {
	d := r.ruling(f)
	d.lists = f.lists
	if r.seeker.stripping && !d.drops() && r.tellsOfPerson(f, d) {
		d.kind, d.why = action.Drop, personObjects
	}
	return d
}

// tellsOfPerson tells whether a field that stays would say something of a person.
func (r *Run) tellsOfPerson(f Field, d decision) bool {
	return f.people() != 0 || d.kind == action.Pseudonym || d.rule >= 0 && Personal(r.p.rules[d.rule].class)
}

// ruling is the decision by rules. A class that may not leave takes its fields along, whatever their rule.
func (r *Run) ruling(f Field) decision {
	if f.rule() < 0 {
		return r.undecided(-1)
	}
	rule := &r.p.rules[f.rule()]
	if rule.unnamed {
		r.own |= rule.meta
		return r.undecided(f.rule())
	}
	if rule.index >= 0 {
		r.counts.Rules[rule.index]++
	}
	kind := rule.kind
	switch {
	case kind == action.DropRecord:
		return decision{kind: kind, rule: f.rule(), why: ruleDropsRecord}
	case !rule.leaves:
		return decision{kind: action.Drop, rule: f.rule(), why: classStays}
	case kind != action.Drop:
		r.own |= rule.meta
	}
	return decision{kind: kind, rule: f.rule(), why: ruleNames}
}

// undecided is the decision about a field that no rule names.
func (r *Run) undecided(rule int32) decision {
	if r.strict {
		return decision{kind: action.Drop, rule: rule, why: noRule}
	}
	return decision{kind: action.Keep, rule: rule, why: noRuleKeeps}
}

// dropped counts a field that goes, and turns drop_record into its error.
func (r *Run) dropped(d decision, at, n, layer int) error {
	if d.rule < 0 || r.p.rules[d.rule].unnamed {
		r.counts.Unnamed++
	}
	if r.req.Trace != nil {
		r.event(Event{Rule: d.id(r.p), Action: word(d.kind), Why: d.why.String(), Offset: at, Length: n, Layer: layer})
	}
	if d.kind == action.DropRecord {
		return ErrDropRecord
	}
	return nil
}

// scrubText scrubs a layer that holds one text: as a record of its own where it is a JSON object, else by its findings.
func (f *frame) scrubText(ctx detect.Context) error {
	if !f.valid {
		f.valid = utf8.Valid(f.in)
	}
	own := f.r.own
	done, err := f.asRecord(false)
	if f.r.own = own; done {
		return err
	}
	f.scan(ctx)
	return f.apply(0, len(f.in))
}

// asRecord scrubs a layer that is one JSON object, and tells whether it is. attach adds the request's metadata. One too deep to know is
// withheld.
func (f *frame) asRecord(attach bool) (done bool, err error) {
	if f.straight(attach) {
		return true, nil
	}
	i, ok, deep := object(f.in, f.r.p.maxDepth)
	switch {
	case deep:
		f.withhold(0, len(f.in), decision{rule: -1}, record.TooDeep)
		return true, nil
	case !ok:
		return false, nil
	}
	f.begin()
	f.scan(detect.Context{Shape: detect.JSON})
	_, _, err = f.list(i, &walk{field: f.r.Within(Root), depth: f.r.p.maxDepth, attach: attach})
	return true, err
}

// straight scrubs a layer that looks like one JSON object as a record, and takes it all back if it is none, or if a rule drops it: what is
// one need not be read twice.
func (f *frame) straight(attach bool) (done bool) {
	i, ok := opens(f.in)
	if !ok || f.r.req.Trace != nil || !closes(f.in) {
		return false
	}
	m := f.mark()
	f.before.set(&f.r.counts)
	f.begin()
	f.scan(detect.Context{Shape: detect.JSON})
	end, _, err := f.list(i, &walk{field: f.r.Within(Root), depth: f.r.p.maxDepth, attach: attach})
	if err == nil && record.SkipSpace(f.in, end) == len(f.in) {
		return true
	}
	f.rollback(m)
	f.r.counts.set(&f.before)
	return false
}

// closes tells whether text ends as a JSON object does: with a brace, and white space behind.
func closes(text []byte) bool {
	for i := len(text) - 1; i >= 0; i-- {
		if c := text[i]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c == '}'
		}
	}
	return false
}

// opens tells whether text begins as a JSON object does, and where: with a brace and then a name or the end. Units such as {request} do not.
func opens(text []byte) (start int, ok bool) {
	start = record.Begin(text)
	if start == len(text) || text[start] != '{' {
		return start, false
	}
	next := record.SkipSpace(text, start+1)
	return start, next < len(text) && (text[next] == '"' || text[next] == '}')
}

// object tells whether text as a whole is one JSON object, and where it begins; or that it is too deep to know.
func object(text []byte, depth int) (start int, ok, deep bool) {
	if start, ok = opens(text); !ok {
		return 0, false, false
	}
	end, fault := record.Skip(text, start, depth)
	if fault != nil {
		return start, false, fault.Reason == record.TooDeep
	}
	return start, record.SkipSpace(text, end) == len(text), false
}

// pass leaves behind all findings that end at or before i.
func (f *frame) pass(i int) {
	for f.next < len(f.findings) && f.findings[f.next].End <= i {
		f.next++
	}
}

// foundBefore tells whether a finding not yet passed begins before i.
func (f *frame) foundBefore(i int) bool {
	return f.next < len(f.findings) && f.findings[f.next].Start < i
}

// Still tells that nothing is found in in[start:stop] of the body, which was scanned as a whole, and passes over what is found before. False says
// nothing.
func (r *Run) Still(start, stop int) bool {
	f := &r.layers[0]
	f.pass(start)
	return r.req.Trace == nil && f.scanned && f.valid && !f.foundBefore(stop)
}

// foundAtHead tells whether something is found in in[start:stop] to which nothing but the field's name can say more: it opens the text, or
// began before it. Findings before are passed.
func (f *frame) foundAtHead(start, stop int) bool {
	f.pass(start)
	return f.foundBefore(stop) && detect.Opens(f.in[start:stop], f.findings[f.next].Start-start)
}

// spans tells whether something that is found in in[start:stop] goes on before or behind it.
func (f *frame) spans(start, stop int) bool {
	f.pass(start)
	for _, found := range f.findings[f.next:] {
		if found.Start >= stop {
			return false
		}
		if found.Start < start || found.End > stop {
			return true
		}
	}
	return false
}

// apply turns the findings within in[start:stop] into edits. Of one that reaches beyond on either side, what lies within is withheld.
func (f *frame) apply(start, stop int) error {
	if !f.scanned { // a codec that loaded the body in another way costs time, not secrets
		f.scan(detect.Context{})
	}
	from := start
	for f.pass(start); f.next < len(f.findings) && f.findings[f.next].Start < stop; f.next++ {
		found := f.findings[f.next]
		f.allowed(from, found.Start, stop)
		f.found(found)
		from = found.Start
		if f.r.p.detectors[found.Detector].actKind == config.ActionDropRecord {
			return ErrDropRecord
		}
		if err := f.meetFound(f.in[found.Start:found.End], &f.r.p.detectors[found.Detector]); err != nil {
			return err
		}
		if found.Start < start || found.End > stop {
			f.r.value = append(f.r.value[:0], f.r.p.detectors[found.Detector].placeholder...)
			f.replace(max(start, found.Start), min(stop, found.End), f.r.value)
			if found.End > stop {
				return nil
			}
			continue
		}
		f.r.value = f.r.outcome(f.r.value[:0], f.in[found.Start:found.End], found.Detector)
		if f.unquoted(found, start) {
			f.r.value = append(slices.Insert(f.r.value, 0, '"'), '"')
		}
		f.replace(found.Start, found.End, f.spelled(f.r.value))
	}
	f.allowed(from, stop, stop)
	return nil
}

// unquoted tells whether a finding in plain text, which begins at start, is a bare value of JSON inside it, which must be quoted to stay
// JSON.
func (f *frame) unquoted(found detect.Finding, start int) bool {
	before := bytes.TrimRight(f.in[max(start, found.Start-8):found.Start], " \t")
	if len(before) < 2 || before[len(before)-1] != ':' || before[len(before)-2] != '"' {
		return false
	}
	after := bytes.TrimLeft(f.in[found.End:min(len(f.in), found.End+8)], " \t\r\n")
	return len(after) > 0 && (after[0] == ',' || after[0] == '}')
}

// spelled is text as it is written in this layer, valid until the next value is made.
func (f *frame) spelled(text []byte) []byte {
	if !f.json {
		return text
	}
	f.r.value = unwrap.AppendJSON(text, text)
	return f.r.value[len(text):]
}

// quoted is text as a JSON string, valid until the next value is made.
func (r *Run) quoted(text []byte) []byte {
	r.value = append(unwrap.AppendJSON(append(text, '"'), text), '"')
	return r.value[len(text):]
}

// findingIn returns the first detector that found something in in[start:end], and passes over it.
func (f *frame) findingIn(start, end int) detect.ID {
	f.pass(start)
	if f.next == len(f.findings) || f.findings[f.next].Start >= end {
		return detect.None
	}
	id := f.findings[f.next].Detector
	f.pass(end)
	return id
}

// outcome appends what becomes of a finding. An action that cannot be done gives way to the placeholder.
func (r *Run) outcome(dst, text []byte, id detect.ID) []byte {
	n := len(dst)
	d := &r.p.detectors[id]
	if d.actKind == config.ActionDrop {
		return dst
	}
	if r.seeker.stripping {
		return append(dst, d.placeholder...)
	}
	r.env.Kind = d.kind
	out, _, ok := d.act.Append(dst, text, &r.env)
	if !ok {
		return append(out[:n], d.placeholder...)
	}
	return out
}

// withhold puts a placeholder in place of a value that cannot be judged.
func (f *frame) withhold(start, stop int, d decision, why string) {
	f.r.counts.Unfit++
	f.r.event(Event{Rule: d.id(f.r.p), Action: config.ActionMask, Why: why, Offset: start, Length: stop - start, Layer: f.layer})
	f.r.value = append(f.r.value[:0], "[withheld]"...)
	f.replace(start, stop, f.r.value)
}

// found counts a finding, and tells it with what lost to it.
func (f *frame) found(found detect.Finding) {
	r := f.r
	r.counts.Findings[found.Detector]++
	if r.req.Trace == nil {
		return
	}
	e := Event{
		Detector: found.Detector, Action: r.p.detectors[found.Detector].actKind, Why: "found in text",
		Offset: found.Start, Length: found.End - found.Start, Layer: f.layer,
	}
	for _, lost := range f.told {
		if lost.Won() {
			if lost.Detector == found.Detector && lost.Start < found.End && lost.End > found.Start {
				e.Kind = lost.Kind
			}
			continue
		}
		if lost.Winner.Detector == found.Detector && lost.Winner.Start < found.End && lost.Winner.End > found.Start {
			e.RunnersUp = append(e.RunnersUp, lost)
		}
	}
	r.event(e)
}

// allowed tells of what would have been found from start on, and before end, did policy.allow not leave it alone. It ends at stop at the
// latest.
func (f *frame) allowed(start, end, stop int) {
	for _, e := range f.told {
		if e.Allowed() && e.Start >= start && e.Start < end && e.End <= stop {
			f.r.event(Event{
				Detector: e.Detector, Kind: e.Kind, Action: config.ActionKeep, Why: "allowed by policy.allow",
				Offset: e.Start, Length: e.End - e.Start, Layer: f.layer,
			})
		}
	}
}

// kept tells of a field that stays as it is, but for what is found in it. What belongs to a protocol's envelope is no field.
func (r *Run) kept(d decision, at, n, layer int) {
	if r.req.Trace != nil && d.why != nobodyAsks {
		r.tellKept(&d, at, n, layer)
	}
}

func (r *Run) tellKept(d *decision, at, n, layer int) {
	r.event(Event{Rule: d.id(r.p), Action: config.ActionKeep, Why: d.why.String(), Offset: at, Length: n, Layer: layer})
}

func (r *Run) event(e Event) {
	if r.req.Trace != nil {
		e.Path = string(r.path)
		r.req.Trace(e)
	}
}

// push adds key to the path that events tell, or # for one that does not leave as it came; pop takes it away.
func (r *Run) push(key []byte, changed bool) (n int) {
	n = len(r.path)
	if r.req.Trace == nil {
		return n
	}
	if n > 0 {
		r.path = append(r.path, '.')
	}
	if changed {
		key = append(key[:0:0], '#')
	}
	r.path = append(r.path, key...)
	return n
}

func (r *Run) pop(n int) { r.path = r.path[:n] }
