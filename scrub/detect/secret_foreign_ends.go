package detect

import (
	"unicode"
	"unicode/utf8"
)

// What may end with the last two bytes of a run of bytes beyond ASCII.
const (
	endsStem = 1 << iota
	endsJoint
	endsWideSign
)

// foreignEnds tells by the last two bytes of a run what may end there: too much now and then, too little nowhere. Of most letters it is nothing.
type foreignEnds [1 << 14]uint8

// index is the place of the last two bytes before i, both of which are beyond ASCII if the text is valid.
func (*foreignEnds) index(t []byte, i int) int { return int(t[i-2]&0x7f)<<7 | int(t[i-1]&0x7f) }

func (e *foreignEnds) add(end string, what uint8) { e[e.index([]byte(end), len(end))] |= what }

// at is what may end at i.
func (e *foreignEnds) at(t []byte, i int) uint8 {
	if i < 2 {
		return 0
	}
	return e[e.index(t, i)]
}

// addLetter adds a letter in all spellings that are folded to it.
func (e *foreignEnds) addLetter(letter rune) {
	e.addCases(letter)
	for r, plain := range plainLetters {
		if rune(plain) == letter {
			e.addCases(rune(r))
		}
	}
}

// addCases adds a letter and those of its other cases that are beyond ASCII.
func (e *foreignEnds) addCases(letter rune) {
	for r := letter; ; {
		if r >= utf8.RuneSelf {
			e.add(string(r), endsStem)
		}
		if r = unicode.SimpleFold(r); r == letter {
			return
		}
	}
}

var foreignLast = func() (ends foreignEnds) {
	for _, list := range foreignWords {
		for _, w := range list {
			ends.addLetter(w.stem[len(w.stem)-1])
		}
	}
	for _, j := range joints {
		ends.add(j, endsJoint)
	}
	for _, sign := range wideSigns {
		ends.add(sign, endsWideSign)
	}
	return ends
}()
