package detect

import (
	"encoding/binary"
	"math/bits"
)

// numberStarts says which groups of digits of a stretch may begin a number, by the sizes of the groups from there on, a bit at the first digit of
// each. Counters, dates and addresses are most of what runs hold, and few of them have the shape of a number that matters.
type numberStarts struct{ card, ssn, phone, resident uint64 }

// startsIn is the starts of a stretch of at most 64 bytes, of which digit says where the digits are, the first byte's in bit 0. It sees too much, and too
// little only of what the stretch cuts. phone is of numbers that need no key word nor a sign.
func startsIn(digit uint64) numberStarts {
	next := digit >> 1
	two, first := digit&next, digit&^(digit<<1)
	four := two & (two >> 2)
	eight := four & (four >> 4)
	// Groups of exactly so many digits, at their first.
	three := first & two & (digit >> 2) &^ (digit >> 3)
	quad := first & four &^ (digit >> 4)
	six := first & four & (two >> 4) &^ (digit >> 6)
	american := three & ((three&(quad>>4|quad>>5))>>4 | (three&(quad>>4|quad>>5))>>5)
	pair := first & two &^ (digit >> 2)
	local := three & ((pair & (pair >> 3)) >> 4)
	russian := three & (local>>4 | local>>5)
	return numberStarts{
		resident: first & eight & (eight >> 8) & (digit >> 16),
		card:     first&eight&(four>>8)&(digit>>12) | quad&((quad|six)>>5),
		ssn:      first&eight&(digit>>8)&^(digit>>9) | three&((first&two&^(digit>>2))>>4)&(quad>>7),
		phone:    american | first&^next&((american|russian)>>2|(american|russian)>>3),
	}
}

// What a stretch of a long run has beside the places of which it says something: so much before them, and more than what tells a number behind each.
const (
	stretchBefore = 2
	stretchBehind = 26
	stretchPlaces = 64 - stretchBefore - stretchBehind
)

// stretch says where digits are among 64 bytes, and one of the signs '+' and '.'.
type stretch struct{ digit, sign uint64 }

// stretchAt returns the stretch that begins at an offset, which may be before the text.
func (s *Scanner) stretchAt(from int, sign byte) stretch {
	m, p := &s.maps, from-s.base
	switch {
	case p >= -64 && sign == '.':
		return stretch{m.bits(laneDigit, p), m.bits(laneDot, p)}
	case p >= -64:
		return stretch{m.bits(laneDigit, p), m.bits(laneToken, p) & m.bits(laneSpacer, p) &^ m.bits(laneDash, p)}
	case from < 0:
		x := s.stretchAt(0, sign)
		return stretch{x.digit << -from, x.sign << -from}
	}
	return newStretch(s.text[from:min(len(s.text), from+64)], sign)
}

// newStretch reads at most 64 bytes.
func newStretch(t []byte, sign byte) (s stretch) {
	for i := 0; i < len(t); i += 8 {
		eight := t[i:]
		if len(eight) < 8 {
			eight = make([]byte, 8)
			copy(eight, t[i:])
		}
		x := binary.LittleEndian.Uint64(eight)
		s.digit |= bytesBelow(x^'0'*everyByte, 10) << i
		s.sign |= bytesBelow(x^uint64(sign)*everyByte, 1) << i
	}
	return s
}

// runStretch returns the stretch whose places begin at from, of the run [start, end): digits outside of the run are left out. Places are those that no other
// stretch of the run has.
func (s *Scanner) runStretch(from, start, end int, sign byte) (x stretch, places uint64) {
	x = s.stretchAt(from-stretchBefore, sign)
	in := ^uint64(0)
	if from == start {
		in <<= stretchBefore
	}
	if left := end - from + stretchBefore; left < 64 {
		in &= 1<<left - 1
	}
	x.digit &= in
	return x, (1<<stretchPlaces - 1) << stretchBefore & in
}

// startsInAll is startsIn for text of any length, without places: where a stretch begins in a group it sees too much.
func startsInAll(t []byte) (n numberStarts) {
	for ; len(t) > 0; t = t[min(len(t), 64-stretchBehind):] {
		m := startsIn(newStretch(t[:min(len(t), 64)], '+').digit)
		n.card, n.ssn, n.phone = n.card|m.card, n.ssn|m.ssn, n.phone|m.phone
	}
	return n
}

const everyByte = 0x0101010101010101

// bytesBelow has a bit for each byte of x that is less than n, of at most 0x80.
func bytesBelow(x, n uint64) uint64 {
	const highs = 0x80 * everyByte
	return ^(((x &^ highs) + (0x80-n)*everyByte) | x) & highs >> 7 * 0x0102040810204080 >> 56
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
		// What numberRun asks for: something that may belong to the number at one of its ends; and dashedRun, four dashes.
		last, next := int((digits|dash)>>63), int((m[laneAlpha][at/64+1]|m[laneToken][at/64+1])>>(at%64)&1)
		count := bits.OnesCount64(digit)
		many, six := atLeast(count, minNamedDigits), 1-some(digit&(1|1<<3|1<<6))
		dashes := dash >> (rest & 63)
		dashed := atLeast(bits.OnesCount64(dashes), 4) & some(dashes&3)
		kept += atLeast(count, 9) | atLeast(count, 8)&some(plus) | many&last&next | many&six | dashed | int(size/64)
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
	var plus bool
	var digits int
	if size < 64 {
		rest := uint(64-size) & 63
		digits, plus = bits.OnesCount64(bitsBefore(&s.maps[laneDigit], p)>>rest), s.plusses(p)>>rest != 0
		if digits == size && start > 0 && isAlnum(s.text[start-1]) && byteAt(s.text, end) != '^' && (size < minCardDigits || !cardBefore(s.text, start)) && !s.escapeNear(start) && escapeBefore(s.text, start) == 0 {
			return // the middle of a name or of hex digits
		}
	} else {
		start = s.runStart(runDigits, int(p))
		digits, plus = s.countDigits(start, end)
	}
	if dashedRun(s.text, start, end) {
		s.matchAside(asideDashed, IPv4, matchDashedIPv4, start)
	}
	number := numberRun(s.text, start, end, digits)
	more := digits > 8 || digits == 8 && plus
	if !number && !more {
		return
	}
	uses := s.wordsBefore(start, number)
	if !more {
		return
	}
	if s.escapeNear(start) {
		if trackBefore(s.text, start) {
			s.run(Card, matchCard, start, end)
		}
		start = skipEscape(s.text, start)
	}
	s.numbers(start, end, uses)
}

// countDigits counts the digits of the run [start, end), and reports whether there is a plus sign in it.
func (s *Scanner) countDigits(start, end int) (digits int, plus bool) {
	for ; start < end; start += 64 {
		x, in := s.stretchAt(start, '+'), ^uint64(0)
		if end-start < 64 {
			in = 1<<(end-start) - 1
		}
		digits += bits.OnesCount64(x.digit & in)
		plus = plus || x.sign&in != 0
	}
	return digits, plus
}

// numbers looks for numbers in the run [start, end), or what an escape leaves of it, and for those that words before it name, as uses says: at the groups
// that may begin one, a stretch after the other.
func (s *Scanner) numbers(start, end int, uses tailUse) {
	for from := start; from < end; from += stretchPlaces {
		digits, places := s.runStretch(from, start, end, '+')
		n, base := startsIn(digits.digit), from-stretchBefore
		for x := n.card & places; x != 0; x &= x - 1 {
			s.card(base + bits.TrailingZeros64(x))
		}
		for x := n.resident & places; x != 0; x &= x - 1 {
			s.resident(base + bits.TrailingZeros64(x))
		}
		for x := n.ssn & places; x != 0; x &= x - 1 {
			if at := base + bits.TrailingZeros64(x); uses&useSSN != 0 || s.text[at+3] == '-' {
				s.ssn(at)
			}
		}
		first := digits.digit &^ (digits.digit << 1) & places
		phones := n.phone | digits.sign<<1 | digits.sign<<2
		if from == start && hasFold(s.text, start-len(`\u002b`), `\u002b`) {
			phones |= first & -first
		}
		if uses&usePhone == 0 && bits.OnesCount64(digits.digit) < minDialledDigits {
			first &= phones
		}
		for x := first; x != 0; x &= x - 1 {
			bit := bits.TrailingZeros64(x)
			s.phone(base+bit, start, digits.digit>>bit, phones>>bit&1 != 0, uses)
		}
	}
}

// phone looks at the group of digits at an offset of the run at start; likely says that it is one of a number that needs no word, or behind a plus sign. Digit
// says where digits are from there on.
func (s *Scanner) phone(at, start int, digit uint64, likely bool, uses tailUse) {
	named := uses&usePhone != 0 && at-start <= keyReach && !(at-start >= 2 && isGroupSpace(s.text[at-1]) && isDigit(s.text[at-2]))
	if !likely && !named && !(s.text[at] == '0' && byteAt(s.text, at+1) == '0' && bits.OnesCount64(digit&(1<<dialledReach-1)) >= minDialledDigits) {
		return
	}
	if lo := s.frontier[Phone]; at >= lo && s.set.options.On[Phone] {
		s.tries++
		if start, end, ok := phoneAt(s.text, at, lo, s.ctx, named); ok {
			s.keep(Phone, start, end)
			s.frontier[Phone] = end
		}
	}
}

// minDialledDigits is how many digits a number behind two zeros has at least, with them, and dialledReach how many bytes from its first one on they take at most.
const (
	minDialledDigits = 11
	dialledReach     = minDialledDigits + 2*(maxPhoneGroups-1)
)

// card, resident and ssn look for their numbers at the group of digits at an offset.
func (s *Scanner) card(at int) {
	if lo := s.frontier[Card]; at >= lo && s.set.options.On[Card] {
		s.tries++
		if end := cardAt(s.text, at, lo, s.ctx); end > 0 {
			s.keep(Card, at, end)
			s.frontier[Card] = end
		}
	}
}

func (s *Scanner) resident(at int) {
	if at >= s.frontier[NationalID] && s.set.options.On[NationalID] {
		s.tries++
		if residentID(s.text, at) {
			s.keep(NationalID, at, at+residentBytes)
			s.frontier[NationalID] = at + residentBytes
		}
	}
}

func (s *Scanner) ssn(at int) {
	if at >= s.frontier[SSN] && s.set.options.On[SSN] {
		s.tries++
		if end := ssnAt(s.text, at, s.ctx); end > 0 {
			s.keep(SSN, at, end)
			s.frontier[SSN] = end
		}
	}
}

// dotted looks at the run that ends before bit p of the chunk for addresses: where a chain of digits and dots begins.
func (s *Scanner) dotted(p int) {
	start, end := s.runStart(runDotted, p), s.base+p
	if !s.set.options.On[IPv4] || end-start < len("1.2.3.4") {
		return
	}
	start = skipEscape(s.text, start)
	for from := start; from < end; from += stretchPlaces {
		x, places := s.runStretch(from, start, end, '.')
		for y := x.digit &^ (x.digit<<1 | x.digit<<2&(x.sign<<1)) & places; y != 0; y &= y - 1 {
			s.ipv4(from - stretchBefore + bits.TrailingZeros64(y))
		}
	}
}

// ipv4 looks for an address at the digits at an offset. Where there is no letter, nothing is called a version.
func (s *Scanner) ipv4(at int) {
	if at < s.frontier[IPv4] {
		return
	}
	s.tries++
	p := at - s.base
	named := p < 0 || len(s.ctx.Key) != 0 || bitsBefore(&s.maps[laneAlpha], uint(p)) != 0
	if n := ipv4At(&s.set.options, s.text, at, s.ctx, named); n > 0 {
		s.keep(IPv4, at, at+n)
		s.frontier[IPv4] = at + n
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
