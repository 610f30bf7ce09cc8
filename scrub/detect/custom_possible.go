package detect

import (
	"regexp/syntax"
	"unicode/utf8"
)

// neighbours are a character of each kind that bounds tell apart: the end of the text, a letter, digit or underscore, and any other.
var neighbours = [...]rune{-1, 'a', ' '}

const (
	kindEnd = iota
	kindWord
	kindOther
)

// possible reports whether any text matches. None does where bounds ask for what cannot be (ab\bcd, abc$def), where a class is empty, or where
// the match must go over the end of a line. It follows the program from each instruction for each kind of character before and behind.
func (p *pattern) possible() bool {
	type place struct {
		pc            uint32
		before, after uint8 // kinds
	}
	seen := make([][len(neighbours)][len(neighbours)]bool, len(p.prog.Inst))
	var todo []place
	add := func(pc uint32, before, after uint8) {
		if !seen[pc][before][after] {
			seen[pc][before][after] = true
			todo = append(todo, place{pc, before, after})
		}
	}
	for i := range neighbours {
		for k := range neighbours {
			add(uint32(p.prog.Start), uint8(i), uint8(k))
		}
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch in := &p.prog.Inst[at.pc]; in.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstFail:
		case syntax.InstAlt, syntax.InstAltMatch:
			add(in.Out, at.before, at.after)
			add(in.Arg, at.before, at.after)
		case syntax.InstCapture, syntax.InstNop:
			add(in.Out, at.before, at.after)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^syntax.EmptyOpContext(neighbours[at.before], neighbours[at.after]) == 0 {
				add(in.Out, at.before, at.after)
			}
		default:
			if takesKind(in, at.after) {
				for next := range neighbours {
					add(in.Out, at.after, uint8(next))
				}
			}
		}
	}
	return false
}

// takesKind reports whether an instruction takes a character of a kind.
func takesKind(in *syntax.Inst, kind uint8) bool {
	if kind == kindEnd {
		return false
	}
	for r := rune(0); r < utf8.RuneSelf; r++ {
		if r != '\n' && r != '\r' && syntax.IsWordChar(r) == (kind == kindWord) && matchesRune(in, r) {
			return true
		}
	}
	if kind == kindWord {
		return false
	}
	// Without regard to case, k and s are the Kelvin sign and the long s as well.
	return matchesRune(in, 'K') || matchesRune(in, 'ſ') || len(in.Rune) > 0 && in.Rune[len(in.Rune)-1] >= utf8.RuneSelf
}
