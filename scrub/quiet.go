package scrub

import (
	"encoding/binary"
	"math"
	"math/bits"

	"winnow/scrub/action"
	"winnow/scrub/record"
)

// quiet passes over members of an object, from the one at i on, as long as each has an expected name, in which nothing is found, and a plain
// value that goes, or that stays but for what is found in it, without escapes. Objects that no rule names are walked on the way. It returns
// the end of the last member, 0 if there is none, and never goes behind what it is not sure of: that is for member, which does the same for
// any member at five times the cost.
//
// It takes for granted what list asks: the layer is UTF-8 and scanned, as a whole or each text apart, and nobody traces it.
func (f *frame) quiet(i int, w *walk, l *gaps) (end int, err error) {
	in, limit, rules, members := f.in[:len(f.in):len(f.in)], f.quietUntil(i), f.r.counts.Rules, &f.r.shape.members
	rules = rules[:len(rules)+1]
	context, way, after := f.context(w.field), f.r.way(), f.after
	for i+headBytes <= len(in) {
		text := in[i:]
		head, middle := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
		m := &members[after[0]]
		if !m.is(context, head, middle, text) {
			if text[0] != '"' {
				break
			}
			place, ok := f.r.shape.peek(text, context, after)
			if !ok {
				break
			}
			m = &members[place]
		}
		at := i + int(m.n)
		if at < len(in) && in[at] == ' ' {
			at++
		}
		if at >= len(in) || at > limit {
			break
		}
		var stop int
		if in[at] == '{' {
			f.after = after
			if stop, err = f.into(i, at, m, w.depth, l); err != nil {
				return stop, err
			}
			if stop == 0 {
				break
			}
			after, limit = f.after, f.quietUntil(stop)
		} else {
			stop = f.quietEnd(in, at)
			plain := m.plain[way]
			if stop == 0 || stop > limit && (plain == goes || in[at] != '"' || w.sort != nil) {
				break
			}
			if plain == unsure || f.apart && plain == stays && !f.quietApart(at, m) {
				break
			}
			m.worth, after = maxWorth, &m.next
			if plain == goes {
				f.r.counts.Unnamed++
				l.drop(i)
			} else {
				f.r.own |= m.meta
				rules[m.count]++
				l.before(f)
				if stop > limit {
					if err = f.apply(at+1, stop-1); err != nil {
						return stop, err
					}
					limit = f.quietUntil(stop)
				}
				l.keep(f, i)
			}
		}
		if end = stop; stop+2 >= len(in) || in[stop] != ',' {
			break
		}
		l.comma, i = stop, stop+1
		if in[i] == ' ' {
			i++
		}
	}
	f.after = after
	return end, nil
}

// quietUntil is the offset up to which nothing is found from i on.
func (f *frame) quietUntil(i int) int {
	if f.pass(i); f.next < len(f.findings) {
		return f.findings[f.next].Start
	}
	return math.MaxInt
}

// quietEnd returns the end of the plain value at i, 0 if it is none, or a string with an escape or without an end.
func (f *frame) quietEnd(in []byte, i int) (end int) {
	switch {
	case in[i] == '"':
		if next := f.nextStops(i + 1); next != 0 {
			end = i + 1 + bits.TrailingZeros64(next)
		} else {
			end = f.stringEnd(i + 1)
		}
		if end >= len(in) || in[end] != '"' {
			return 0
		}
		return end + 1
	case in[i]-'0' < 10 && i+record.ShortBytes <= len(in):
		if end = record.Short(in, i); record.IsShort(in, i, end) {
			return end
		}
	}
	return quietBare(in, i)
}

// quietBare returns the end of the number or literal at i, 0 if it is none.
func quietBare(in []byte, i int) (end int) {
	var fault *record.Fault
	if c := in[i]; c == '-' || c-'0' < 10 {
		end, fault = record.Number(in, i)
	} else {
		end, fault = record.Literal(in, i)
	}
	if fault != nil {
		return 0
	}
	return end
}

// into walks the object at, the value of the member m that begins at i, if container would do no more than that. It returns the object's end, 0
// if it has not looked into it.
func (f *frame) into(i, at int, m *knownMember, depth int, l *gaps) (end int, err error) {
	if !m.enters[f.r.mode()] {
		return 0, nil
	}
	m.worth, f.after = maxWorth, &m.next
	mark := f.mark()
	l.before(f)
	end, kept, err := f.list(at, &walk{field: m.field, depth: depth})
	switch {
	case err != nil:
		return end, err
	case kept || !f.r.strict:
		l.keep(f, i)
	default:
		f.takeBack(i, end, &mark, l)
	}
	return end, nil
}

// quietApart tells that nothing is found in the value at i, a string or a number that was gathered, and that its name does not say what it is.
func (f *frame) quietApart(i int, m *knownMember) bool {
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

// ways are the modes, and then the modes where fields that concern persons must be looked at.
const ways = 6

// way indexes knownMember.plain.
func (r *Run) way() int {
	if r.seeker.wary {
		return r.mode() + ways/2
	}
	return r.mode()
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
