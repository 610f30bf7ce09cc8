package detect

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// What the words before a number are for.
const (
	useNumber tailUse = 1 << iota
	usePhone
	useSSN
)

// newNames makes the table of the words that names are asked for before numbers.
func newNames() *tailTable {
	uses := map[tailUse][]string{useNumber: endsOf(namedWords.words), usePhone: phoneWords.words, useSSN: ssnWords.words}
	t := newTailTable(slices.Concat(uses[useNumber], uses[usePhone], uses[useSSN]))
	t.use(uses)
	return t
}

// wordsBefore says what for words may be that end so near before the run at start that they can be the run's key or stand in the window before it, on
// the same line: too much by a hash, too little nowhere. named says that the values of those that name numbers are looked for, too.
func (s *Scanner) wordsBefore(start int, named bool) (uses tailUse) {
	p := start - s.base
	switch {
	case p < 0, len(s.ctx.Key) != 0, start < 64:
		if named {
			s.namedBefore(start)
		}
		return ^tailUse(0)
	case s.text[start-1] == '\n':
		return 0
	}
	n := &s.names
	s.findNames(p, n.move(start))
	if named {
		s.namedAt(start)
	}
	return n.uses() | s.keyUses(start-64)
}

// findNames notes the names among the places of a bitmap whose last bit is bit p of the chunk.
func (s *Scanner) findNames(p int, places uint64) {
	m, n, filter := &s.maps, &s.names, s.set.nameFilter
	letter := m.bits(laneAlpha, p-64) | m.bits(laneHigh, p-64)
	small := m.bits(laneAlpha, p-63) &^ m.bits(laneAfter, p-63)
	for x := letter &^ small & places; x != 0; x &= x - 1 {
		i := bits.TrailingZeros64(x)
		at := n.until - 63 + i
		if at >= tailLook && filter.has(binary.LittleEndian.Uint32(s.text[at-4:])) == 0 {
			continue // as most do, without a call
		}
		use := s.nameUses(at)
		n.numbers |= uint64(use&useNumber/useNumber) << i
		n.near |= uint64(use&useNumber/useNumber) << i
		n.phones |= uint64(use&usePhone/usePhone) << i
		n.ssns |= uint64(use&useSSN/useSSN) << i
	}
}

// namedAt looks for the values of the words that end in the window before start, where a number begins. An anchor is looked for wherever it stands.
func (s *Scanner) namedAt(start int) {
	first, from := start-63, -1
	for x := s.names.near >> (63 - windowBytes) << (63 - windowBytes); x != 0; x &= x - 1 {
		at := first + bits.TrailingZeros64(x)
		if w := s.words.ending(s.text, at); w == nil || w.anchor {
			s.names.near &^= x & -x
			continue
		}
		if from < 0 {
			from = s.untried(start)
		}
		if at >= from {
			s.namedBy(at, true)
		}
	}
}

// namePlaces are the places behind words that are asked for before numbers, of the 64 up to and with until, whose bit is the last. near are those of
// numbers that may be no anchors.
type namePlaces struct {
	until                       int
	numbers, near, phones, ssns uint64
}

// move moves on to a later place, and returns which of the 64 are new.
func (n *namePlaces) move(until int) (fresh uint64) {
	by := until - n.until
	if by < 0 || by > 63 {
		by = 64
	}
	*n = namePlaces{until, n.numbers >> by, n.near >> by, n.phones >> by, n.ssns >> by}
	return ^uint64(0) << (64 - by)
}

func (n *namePlaces) uses() (uses tailUse) {
	if n.numbers != 0 {
		uses |= useNumber
	}
	if n.phones != 0 {
		uses |= usePhone
	}
	if n.ssns != 0 {
		uses |= useSSN
	}
	return uses
}

// nameUses says what for a word may be that ends at at, and is one of names.
func (s *Scanner) nameUses(at int) tailUse {
	if at < tailLook {
		return ^tailUse(0)
	}
	f, x := s.set.nameFilter, binary.LittleEndian.Uint64(s.text[at-tailLook:])
	if f.has(uint32(x>>32)) == 0 || f.hasLong(x) == 0 {
		return 0
	}
	// A word of two letters stands behind no small letter as small letters, as one of three does.
	c := s.text[at-3]
	if !f.longer(x) && isLower(c) && isLower(s.text[at-2]) && !endsEscape(c) {
		return 0
	}
	uses := s.set.names.usesAt(s.text[:at])
	if uses&usePhone != 0 && !phoneWords.ends(s.text[:at]) {
		uses &^= usePhone
	}
	if uses&useSSN != 0 && !ssnWords.ends(s.text[:at]) {
		uses &^= useSSN
	}
	return uses
}

// keyUses is nameUses for a key that reaches back to before at, and is long enough to be a value's key farther on.
func (s *Scanner) keyUses(at int) (uses tailUse) {
	for i := range minReach {
		if !isKeyByte(s.text[at+i]) {
			return 0
		}
	}
	for low := max(0, at-maxKeyBytes); at > low && isKeyByte(s.text[at-1]); at-- {
		if isWordByte(s.text[at-1]) && !isLower(s.text[at]) {
			uses |= s.nameUses(at)
		}
	}
	return uses
}

// minReach is how many bytes behind the 64th before a value all belong to its key at least, if the key reaches so far back: a key's end may
// stand 38 bytes before its value, and 20 more where a colour is between.
const minReach = 6

// untried returns where the words begin to end that may name the number at start and have not been looked for yet.
func (s *Scanner) untried(start int) int {
	from := namedFrom(s.text, start)
	if from >= s.tried.from && from <= s.tried.to {
		from, s.tried.to = s.tried.to, max(s.tried.to, start)
	} else {
		s.tried.from, s.tried.to = from, start
	}
	return from
}

// namedNear is namedBefore for a number that no run of digits tells.
func (s *Scanner) namedNear(start int) {
	p := start - s.base
	if p < 0 || len(s.ctx.Key) != 0 || start < 64 {
		s.namedBefore(start)
		return
	}
	n := &s.names
	s.findNames(p, n.move(start))
	s.namedAt(start)
}

// namedBefore looks for words before the number at start, and for the values that they name.
func (s *Scanner) namedBefore(start int) {
	for at := s.untried(start); at <= start; at++ {
		s.namedBy(at, true)
	}
}
