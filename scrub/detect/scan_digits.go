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

// verifyDigits looks at the candidates of famDigits.
func (s *Scanner) verifyDigits() {
	n := s.keepNumbers(s.places.fillWhere(&s.cands.flags[famDigits], s.cands.where[famDigits]))
	for _, p := range s.places[:n] {
		s.digits(uint(p))
	}
}

// keepNumbers leaves of the first n places those that end a run with as many digits as a number has, and returns how many there are. Most runs
// are counters, dates and versions, in no order that a processor could foresee: so it has no branch.
func (s *Scanner) keepNumbers(n int) (kept int) {
	m, run := &s.maps, &s.cands.run[runDigits]
	for _, p := range s.places[:n] {
		s.places[kept] = p
		at := uint(p)
		size := uint(bits.LeadingZeros64(^bitsBefore(run, at)))
		digits, rest := bitsBefore(&m[laneDigit], at), 64-size
		digit, dash := digits>>(rest&63), bitsBefore(&m[laneDash], at)
		plus := s.plusses(at) >> (rest & 63)
		// What numberRun asks for: something that may belong to the number at one of its ends.
		last, next := int((digits|dash)>>63), int((m[laneAlpha][at/64+1]|m[laneToken][at/64+1])>>(at%64)&1)
		count := bits.OnesCount64(digit)
		many, six := atLeast(count, minNamedDigits), 1-some(digit&(1|1<<3|1<<6))
		kept += atLeast(count, 9) | atLeast(count, 8)&some(plus) | many&last&next | many&six | int(size/64)
	}
	return kept
}

// plusses says where plus signs are among the 64 bytes before bit p of the chunk: token bytes that stand between groups, too, but for dashes.
func (s *Scanner) plusses(p uint) uint64 {
	m := &s.maps
	return bitsBefore(&m[laneToken], p) & bitsBefore(&m[laneSpacer], p) &^ bitsBefore(&m[laneDash], p)
}

// atLeast is 1 if n is at least least, else 0.
func atLeast(n, least int) int { return int(uint64(least-1-n) >> 63) }

// digits looks at the run that ends before bit p of the chunk.
func (s *Scanner) digits(p uint) {
	size := bits.LeadingZeros64(^bitsBefore(&s.cands.run[runDigits], p))
	start, end := s.base+int(p)-size, s.base+int(p)
	var digit, plusses uint64
	var n numberShape
	if size < 64 {
		plusses = s.plusses(p) >> ((64 - size) & 63)
		digit = bitsBefore(&s.maps[laneDigit], p) >> ((64 - size) & 63)
		n.digits = bits.OnesCount64(digit)
		if n.digits == size && start > 0 && isAlnum(s.text[start-1]) && byteAt(s.text, end) != '^' && !s.escapeNear(start) && escapeBefore(s.text, start) == 0 {
			return // the middle of a name or of hex digits
		}
	} else {
		start = s.runStart(runDigits, int(p))
		n = shapeLong(s.text[start:end])
		plusses = uint64(1 + bytes.IndexByte(s.text[start:end], '+'))
	}
	plus := n.digits >= 8 && plusses != 0
	number := numberRun(s.text, start, end, n.digits)
	more := n.digits > 8 || plus
	if !number && !more {
		return
	}
	uses := s.wordsBefore(start, number)
	if !more {
		return
	}
	if size < 64 {
		n = shapeWord(digit)
		n.phone = n.phone || s.zerosIn(start, digit)
	} else {
		n.phone = n.phone || dialledIn(s.text[start:end])
	}
	n.phone = n.phone || plus || hasFold(s.text, start-len(`\u002b`), `\u002b`)
	s.shaped(start, end, &n, uses)
}

// shaped looks for the numbers of a shape in the run [start, end), and for those that words before it name, as uses says. Where an escape may end in
// the run, its groups are not what they seem.
func (s *Scanner) shaped(start, end int, n *numberShape, uses tailUse) {
	escaped := s.escapeNear(start)
	if n.card || escaped {
		s.run(Card, matchCard, start, end)
	}
	if n.resident || escaped {
		s.run(NationalID, matchResidentID, start, end)
	}
	if (n.ssn || escaped) && (uses&useSSN != 0 || bytes.IndexByte(s.text[start:end], '-') >= 0) {
		s.run(SSN, matchSSN, start, end)
	}
	switch {
	case uses&usePhone != 0:
		s.run(Phone, matchPhone, start, end)
	case n.phone || escaped:
		s.run(Phone, matchUnnamedPhone, start, end)
	}
}

// minDialledDigits is how many digits a number behind two zeros has at least, with them.
const minDialledDigits = 11

// zerosIn reports whether a group of digits of the run at start, of which digit says where they are, begins with two zeros and has digits enough
// from there on.
func (s *Scanner) zerosIn(start int, digit uint64) bool {
	for x := digit &^ (digit << 1) & (digit >> 1); x != 0; x &= x - 1 {
		i := bits.TrailingZeros64(x)
		if bits.OnesCount64(digit>>i) < minDialledDigits {
			return false
		}
		if s.text[start+i] == '0' && s.text[start+i+1] == '0' {
			return true
		}
	}
	return false
}

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
