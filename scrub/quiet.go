package scrub

import (
	"encoding/binary"
	"math"

	"winnow/scrub/action"
	"winnow/scrub/record"
)

// quiet passes over members of an object, from the one at i on, as long as each has an expected name and a plain value that goes or stays
// as it is: the rule keeps it, nothing is found in it, nothing in it is escaped. It returns the end of the last of them, 0 if there is
// none, and never goes behind what it is not sure of: that is for member, which does the same for any member at five times the cost.
func (f *frame) quiet(i int, w *walk, l *gaps) (end int) {
	in, limit, rules, members := f.in, f.quietUntil(i), f.r.counts.Rules, &f.r.shape.members
	rules = rules[:len(rules)+1]
	context, mode, after := f.context(w.field), f.r.mode(), f.after
	for i+headBytes <= len(in) {
		text := in[i:]
		place, head, middle := after[0], binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
		m := &members[place]
		if !m.is(context, head, middle, text) {
			place, ok := f.r.shape.peek(text, context, after)
			if !ok {
				break
			}
			m = &members[place]
		}
		plain := m.plain[mode]
		if plain == unsure || f.r.concerns(m.field) {
			break
		}
		stop, ok := f.quietValue(i + int(m.n))
		if !ok || stop > limit || f.apart && plain == stays && !f.quietApart(i+int(m.n), m) {
			break
		}
		m.worth, after = maxWorth, &m.next
		if plain == goes {
			f.r.counts.Unnamed++
			l.drop(i)
		} else {
			f.r.own |= m.meta
			rules[m.count]++
			if l.cut >= 0 {
				l.before(f)
				l.keep(f, i)
			}
			l.kept = true
		}
		if end = stop; stop+2 >= len(in) || in[stop] != ',' {
			break
		}
		l.comma, i = stop, stop+1
		if in[i] == ' ' {
			i++
		}
		if in[i] != '"' {
			break
		}
	}
	f.after = after
	return end
}

// quietUntil is the offset up to which nothing is found from i on.
func (f *frame) quietUntil(i int) int {
	if f.pass(i); f.next < len(f.findings) {
		return f.findings[f.next].Start
	}
	return math.MaxInt
}

// quietValue returns the end of the value at i if it is a string without escapes, a number or a literal.
func (f *frame) quietValue(i int) (end int, ok bool) {
	in := f.in
	if i < len(in) && in[i] == ' ' {
		i++
	}
	if i >= len(in) {
		return i, false
	}
	switch c := in[i]; {
	case c == '"':
		end = f.stringEnd(i + 1)
		return end + 1, end < len(in) && in[end] == '"'
	case c == '-' || c-'0' < 10:
		end, fault := record.Number(in, i)
		return end, fault == nil
	}
	end, fault := record.Literal(in, i)
	return end, fault == nil
}

// quietApart tells that nothing is found in the value at i, a string or a number that was gathered, and that its name does not say what it is.
func (f *frame) quietApart(i int, m *knownMember) bool {
	if f.in[i] == ' ' {
		i++
	}
	if f.in[i] == '"' {
		i++
	}
	p := f.gatheredAt(i)
	return p != nil && !m.says && f.r.texts.quiet(p)
}

// verdict is what decide says of plain values under one rule, as far as it is always the same and needs no more than counting.
type verdict struct {
	plain plain
	count int    // of Counts.Rules; the one behind the last for a rule that has none
	meta  uint64 // of rule
}

// plain is what becomes of a plain value in which nothing is found.
type plain uint8

const (
	unsure plain = iota
	stays
	goes // because no rule names it
)

// mode indexes Policy.verdicts.
func (r *Run) mode() int {
	switch {
	case r.seeker.stripping:
		return 2
	case r.strict:
		return 1
	}
	return 0
}

// decideAhead fills in the verdicts, by rule of the machine and one: the first is that of no rule.
func (p *Policy) decideAhead() {
	none := len(p.RuleIDs())
	for mode, unnamed := range [...]plain{stays, goes, goes} {
		p.verdicts[mode] = append(p.verdicts[mode], verdict{plain: unnamed, count: none})
		for i := range p.rules {
			rule := &p.rules[i]
			v := verdict{count: none, meta: rule.meta}
			if rule.index >= 0 {
				v.count = rule.index
			}
			switch {
			case rule.unnamed:
				v.plain = unnamed
			case rule.kind == action.Keep && rule.leaves && (mode < 2 || !Personal(rule.class)):
				v.plain = stays
			}
			p.verdicts[mode] = append(p.verdicts[mode], v)
		}
	}
}
