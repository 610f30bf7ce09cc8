package detect

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// maxPatternParts bounds a compiled pattern, which takes memory and time by its parts.
const maxPatternParts = 1000

// maxAside is how many bytes of a match may stand before its necessary text, and behind it.
const maxAside = 1024

// pattern is a regular expression of RE2, compiled.
type pattern struct {
	prog  *syntax.Prog
	value int // the group that must not leave, 0 for the whole match
	// literals are texts, of which one stands in every match, with all bits of case set; empty when there are none. At most before bytes of
	// the match stand before it, and after bytes behind.
	literals      []string
	before, after int
	// first are the bytes that a match can begin with.
	first [256]bool
}

func newPattern(text string) (*pattern, error) {
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, unreadable(err)
	}
	value, err := valueGroup(re)
	if err != nil {
		return nil, err
	}
	re = re.Simplify()
	parts := partsOf(re)
	if parts.min == 0 {
		return nil, errors.New("it can match the empty text: let it begin or end with something that must be there")
	}
	if everything := parts.anyText; everything {
		return nil, errors.New("it can match any text: say what it begins with, or name the fields in a rule")
	}
	prog, err := syntax.Compile(re)
	if err != nil || len(prog.Inst) > maxPatternParts {
		return nil, fmt.Errorf("it has more than %d parts: write shorter repetitions", maxPatternParts)
	}
	p := &pattern{prog: prog, value: value, after: min(parts.max, maxAside)}
	if !p.possible() {
		return nil, errors.New("no text matches it: a bound (\\b, ^, $) asks for what cannot stand there, or the match must go over the end of a line")
	}
	if best := parts.best; best.useful() {
		p.literals, p.before, p.after = best.texts, min(best.before, maxAside), min(best.after, maxAside)
	}
	p.findFirst()
	return p, nil
}

// unreadable says what is wrong with a pattern that cannot be parsed, and of what other dialects have and RE2 has not, what to write instead.
func unreadable(err error) error {
	var e *syntax.Error
	switch {
	case !errors.As(err, &e):
		return errors.New("not a pattern in the syntax of RE2")
	case strings.HasPrefix(e.Expr, "(?=") || strings.HasPrefix(e.Expr, "(?!") || strings.HasPrefix(e.Expr, "(?<=") || strings.HasPrefix(e.Expr, "(?<!"):
		return errors.New("RE2 has no look-around: write what stands around into the pattern, and what must not leave into a group")
	case len(e.Expr) == 2 && e.Expr[0] == '\\' && e.Expr[1] >= '1' && e.Expr[1] <= '9':
		return errors.New("RE2 has no back references: write what may stand there")
	}
	return fmt.Errorf("not a pattern in the syntax of RE2: %s", e.Code)
}

// Necessary reports whether a pattern that compiles has a text of three bytes in every match, by which matches are found quickly.
func Necessary(text string) bool {
	p, err := newPattern(text)
	return err == nil && len(p.literals) > 0
}

// valueGroup is the number of the group named value, or of the only group.
func valueGroup(re *syntax.Regexp) (int, error) {
	names := re.CapNames()
	for i, name := range names {
		if name == "value" {
			return i, nil
		}
	}
	switch len(names) {
	case 1:
		return 0, nil
	case 2:
		return 1, nil
	}
	return 0, errors.New("it has several groups and none is named value: write (?P<value>...) for what must not leave and (?:...) for others")
}

// findFirst marks the bytes that a match can begin with.
func (p *pattern) findFirst() {
	seen := make([]bool, len(p.prog.Inst))
	var visit func(pc uint32)
	visit = func(pc uint32) {
		if seen[pc] {
			return
		}
		seen[pc] = true
		switch in := &p.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			visit(in.Out)
			visit(in.Arg)
		case syntax.InstCapture, syntax.InstEmptyWidth, syntax.InstNop:
			visit(in.Out)
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			for b := range 256 {
				p.first[b] = p.first[b] || b >= utf8.RuneSelf || matchesRune(in, rune(b))
			}
		}
	}
	visit(uint32(p.prog.Start))
}

func matchesRune(in *syntax.Inst, r rune) bool {
	switch in.Op {
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	case syntax.InstRune1:
		return r == in.Rune[0]
	}
	return in.MatchRune(r)
}

// matcherSpace is what matching needs to remember; it belongs to one goroutine.
type matcherSpace struct {
	seen  []uint64 // by instruction and offset: tried in vain
	jobs  []job
	value [2]int
}

// job is an instruction to try at an offset, or, with undo, the old end of the value to put back.
type job struct {
	pc, slot int32
	at       int
	undo     bool
}

// match finds the first match that begins in [from, last] and ends at limit at most, by the rules of Perl. The value is what the value's group
// holds, or the match. Text around is looked at for its bounds only.
func (m *matcherSpace) match(p *pattern, t []byte, from, last, limit int, shape Shape) (start, end int, value [2]int) {
	width := limit - from + 1
	words := (len(p.prog.Inst)*width + 63) / 64
	if cap(m.seen) < words {
		m.seen = make([]uint64, words)
	}
	m.seen = m.seen[:words]
	clear(m.seen)
	for start = from; start <= last; start++ {
		if start >= len(t) || !p.first[t[start]] {
			continue
		}
		if end = m.try(p, t, from, start, limit, width, shape); end >= 0 {
			value = [2]int{start, end}
			if p.value > 0 && m.value[0] >= 0 && m.value[1] > m.value[0] {
				value = m.value
			}
			return start, end, value
		}
	}
	return 0, -1, value
}

// try matches at start and returns the end, or -1.
func (m *matcherSpace) try(p *pattern, t []byte, from, start, limit, width int, shape Shape) int {
	m.value = [2]int{-1, -1}
	m.jobs = append(m.jobs[:0], job{pc: int32(p.prog.Start), at: start})
	for len(m.jobs) > 0 {
		j := m.jobs[len(m.jobs)-1]
		m.jobs = m.jobs[:len(m.jobs)-1]
		if j.undo {
			m.value[j.slot] = j.at
			continue
		}
		if end := m.follow(p, t, j, from, limit, width, shape); end >= 0 {
			return end
		}
	}
	return -1
}

// follow takes one way through the program until it fails or ends, and leaves other ways as jobs.
func (m *matcherSpace) follow(p *pattern, t []byte, j job, from, limit, width int, shape Shape) int {
	pc, at := uint32(j.pc), j.at
	for {
		bit := int(pc)*width + at - from
		if m.seen[bit/64]>>(bit%64)&1 != 0 {
			return -1
		}
		m.seen[bit/64] |= 1 << (bit % 64)
		in := &p.prog.Inst[pc]
		switch in.Op {
		case syntax.InstMatch:
			return at
		case syntax.InstFail:
			return -1
		case syntax.InstAlt, syntax.InstAltMatch:
			m.jobs = append(m.jobs, job{pc: int32(in.Arg), at: at})
		case syntax.InstCapture:
			if slot := int(in.Arg) - 2*p.value; slot == 0 || slot == 1 {
				m.jobs = append(m.jobs, job{slot: int32(slot), at: m.value[slot], undo: true})
				m.value[slot] = at
			}
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^syntax.EmptyOpContext(runeBefore(t, at, shape), runeAt(t, at, shape)) != 0 {
				return -1
			}
		case syntax.InstNop:
		default:
			r := runeAt(t, at, shape)
			if r < 0 || !matchesRune(in, r) {
				return -1
			}
			if at += runeBytes(t, at); at > limit {
				return -1
			}
		}
		pc = in.Out
	}
}

// cuts reports whether no match goes over a byte: the end of a line, and in JSON a quote.
func cuts(c byte, shape Shape) bool { return c == '\n' || c == '\r' || c == '"' && shape == JSON }

// runeAt is the character at i, -1 where the text ends that a match lies in.
func runeAt(t []byte, i int, shape Shape) rune {
	if i >= len(t) || cuts(t[i], shape) {
		return -1
	}
	if t[i] < utf8.RuneSelf {
		return rune(t[i])
	}
	r, _ := utf8.DecodeRune(t[i:])
	return r
}

func runeBytes(t []byte, i int) int {
	if t[i] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRune(t[i:])
	return n
}

// runeBefore is the character before i, -1 where the text begins that a match lies in.
func runeBefore(t []byte, i int, shape Shape) rune {
	if i == 0 || cuts(t[i-1], shape) {
		return -1
	}
	r, _ := utf8.DecodeLastRune(t[:i])
	return r
}
