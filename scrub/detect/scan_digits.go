package detect

import (
	"bytes"
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
	uses := s.wordsBefore(start, number)
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
	if n.ssn && (uses&useSSN != 0 || bytes.IndexByte(s.text[start:end], '-') >= 0) {
		s.run(SSN, matchSSN, start, end)
	}
	if n.phone || plus || uses&usePhone != 0 || n.digits >= minDialledDigits && dialledIn(s.text[start:end]) {
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
