package detect

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// numberShape says which detectors can find something in a run of digits and separators, by the sizes of its groups. Counters, dates and
// addresses are most of what runs hold, and few of them have the shape of a number that matters.
type numberShape struct {
	digits           int
	card, ssn, phone bool // phone: one that needs no key word
	resident         bool
}

// shapeWord is the shape of a run of at most 64 bytes, of which digit says where the digits are, the first byte's in bit 0. It sees too
// much in some runs and too little in none.
func shapeWord(digit uint64) numberShape {
	next := digit >> 1
	two, first := digit&next, digit&^(digit<<1)
	four := two & (two >> 2)
	eight := four & (four >> 4)
	// Groups of exactly so many digits, at their first.
	three := first & two & (digit >> 2) &^ (digit >> 3)
	quad := first & four &^ (digit >> 4)
	six := first & four & (two >> 4) &^ (digit >> 6)
	return numberShape{
		digits:   bits.OnesCount64(digit),
		resident: eight&(eight>>8)&(digit>>16) != 0,
		card:     eight&(four>>8)&(digit>>12) != 0 || quad&((quad|six)>>5) != 0,
		ssn:      first&eight&(digit>>8)&^(digit>>9) != 0 || three&((first&two&^(digit>>2))>>4)&(quad>>7) != 0,
		phone:    three&((three&(quad>>4|quad>>5))>>4|(three&(quad>>4|quad>>5))>>5) != 0,
	}
}

// shapeLong is shapeWord for a run of any length, a stretch after the other; stretches overlap by more than a number in groups that they tell.
func shapeLong(run []byte) (n numberShape) {
	const step = 40
	var digit uint64
	for i, c := range run {
		digit >>= 1
		if isDigit(c) {
			digit |= 1 << 63
			n.digits++
		}
		if i%step == step-1 || i == len(run)-1 {
			w := shapeWord(digit)
			n.card, n.ssn, n.phone, n.resident = n.card || w.card, n.ssn || w.ssn, n.phone || w.phone, n.resident || w.resident
		}
	}
	return n
}

// digits looks at the run that ends before bit p of the chunk. Where an escape may end in the run, its groups are not what they seem.
func (s *Scanner) digits(p int) {
	start, end := s.runStart(runDigits, p), s.base+p
	var n numberShape
	if end-start <= 64 {
		digit := s.maps.bits(laneDigit, p-(end-start)) & (^uint64(0) >> (64 - (end - start)))
		if n.digits = bits.OnesCount64(digit); n.digits < minNamedDigits {
			return
		}
		if n.digits == end-start && start > 0 && isAlnum(s.text[start-1]) && !s.escapeNear(start) && escapeBefore(s.text, start) == 0 {
			return // the middle of a name or of hex digits
		}
		n = shapeWord(digit)
	} else {
		n = shapeLong(s.text[start:end])
	}
	plus := n.digits >= 8 && bytes.IndexByte(s.text[start:end], '+') >= 0
	number := numberRun(s.text, start, end, n.digits)
	more := n.digits > 8 || plus
	if !number && !more {
		return
	}
	named := s.mayBeNamed(start)
	if number && named {
		s.namedBefore(start)
	}
	if !more {
		return
	}
	if s.escapeNear(start) {
		n.card, n.ssn, n.phone, n.resident = true, true, true, true
	}
	if n.card {
		s.run(Card, matchCard, start, end)
	}
	if n.resident {
		s.run(NationalID, matchResidentID, start, end)
	}
	if n.ssn {
		s.run(SSN, matchSSN, start, end)
	}
	if n.phone || plus || named || n.digits >= minDialledDigits && dialledIn(s.text[start:end]) {
		s.run(Phone, matchPhone, start, end)
	}
}

// minDialledDigits is how many digits a number behind two zeros has at least, with them.
const minDialledDigits = 11

// dialledIn reports whether a group of digits of the run begins with two zeros.
func dialledIn(run []byte) bool {
	for i := 0; ; {
		n := bytes.Index(run[i:], dialledZeros)
		if n < 0 {
			return false
		}
		if i += n; i == 0 || !isDigit(run[i-1]) {
			return true
		}
		i = behindDigits(run, i)
	}
}

// escapeNear reports whether an escape may end in the run at start, whose digits then are not what they seem.
func (s *Scanner) escapeNear(start int) bool {
	if start == 0 || !isAlnum(s.text[start-1]) && s.text[start-1] != '%' && s.text[start-1] != '\\' {
		return false
	}
	for _, c := range s.text[max(0, start-escapeBytes):start] {
		if c == '%' || c == '\\' {
			return true
		}
	}
	return false
}

// escapeBytes is the length of the longest escape but one: \u00e9.
const escapeBytes = 5

// mayBeNamed reports whether a word may say what the run at start is: one that names numbers or telephones, and ends so near before it that it can
// be the run's key or stand in the window before it, on the same line.
func (s *Scanner) mayBeNamed(start int) bool {
	p := start - s.base
	switch {
	case p < 0, len(s.ctx.Key) != 0:
		return true
	case start > 0 && s.text[start-1] == '\n':
		return false
	case start < 64:
		return true
	}
	m := &s.maps
	letter := m.bits(laneAlpha, p-64) | m.bits(laneHigh, p-64)
	small := m.bits(laneAlpha, p-63) &^ m.bits(laneAfter, p-63)
	for x := letter &^ small; x != 0; x &= x - 1 {
		if s.nameEnds(start - 63 + bits.TrailingZeros64(x)) {
			return true
		}
	}
	return s.keyNames(start - 64)
}

// nameEnds reports whether a word that names numbers may end at at.
func (s *Scanner) nameEnds(at int) bool {
	if at < tailLook {
		return true
	}
	f, x := s.set.names, binary.LittleEndian.Uint64(s.text[at-tailLook:])
	if f.has(uint32(x>>32)) == 0 || f.hasLong(x) == 0 {
		return false
	}
	// A word of two letters stands behind no small letter as small letters, as one of three does.
	c := s.text[at-3]
	return f.longer(x) || !isLower(c) || !isLower(s.text[at-2]) || endsEscape(c)
}

// keyNames reports whether a key that reaches back to before at, and is long enough to be a value's key farther on, may hold such a word there.
func (s *Scanner) keyNames(at int) bool {
	for i := range minReach {
		if !isKeyByte(s.text[at+i]) {
			return false
		}
	}
	for low := max(0, at-maxKeyBytes); at > low && isKeyByte(s.text[at-1]); at-- {
		if isWordByte(s.text[at-1]) && s.nameEnds(at) {
			return true
		}
	}
	return false
}

// minReach is how many bytes behind the 64th before a value all belong to its key at least, if the key reaches so far back: a key's end may
// stand 38 bytes before its value, and 20 more where a colour is between.
const minReach = 6
