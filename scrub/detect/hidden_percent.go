package detect

// encodedBytes bounds the stretch of percent-encoded text that is decoded around one escape: how much before it, and in all.
const (
	encodedBefore = 48
	encodedBytes  = 160
	// encodedOverlap is more than the longest match: what begins later in the stretch may be cut by its end and is looked at again.
	encodedOverlap = 48
)

// decoded is a stretch of text without its percent escapes.
type decoded struct {
	b    [encodedBytes]byte
	from [encodedBytes + 1]int // offsets in the text
	n    int
	// cut says that a word is cut by the beginning of the stretch.
	cut bool
	// counts are those of decodedKinds, a byte each.
	counts uint64
	// country says that there are two letters and two digits in a row.
	country bool
}

// decodedKinds are the kinds of bytes that a stretch is asked for.
var decodedKinds = [...]string{"0123456789", ":", ":-.", "+%\\"}

// letterOrDigit is where decodedCounts says of a byte that it is a letter, 2, or a digit, 1.
const letterOrDigit = 62

// decodedCounts adds one to the counter of each kind that a byte is of, and to the fifth counter for a letter.
var decodedCounts = func() (counts [0x100]uint64) {
	for i, kind := range decodedKinds {
		for j := range len(kind) {
			counts[kind[j]] += 1 << (8 * i)
		}
	}
	for c := range counts {
		if isLetter(byte(c)) {
			counts[c] += 1<<(8*len(decodedKinds)) | 2<<letterOrDigit
		}
		if isDigit(byte(c)) {
			counts[c] |= 1 << letterOrDigit
		}
	}
	return counts
}()

// may says which detectors can find something in the stretch: none in most.
func (d *decoded) may() (may [Count]bool) {
	count := func(kind int) int { return int(byte(d.counts >> (8 * kind))) }
	digits, colons, signs, odd, letters := count(0), count(1), count(2), count(3), count(4)
	may[IBAN] = d.country
	may[MAC] = signs >= 2
	may[IPv6] = colons >= 2
	if digits >= 8 && d.encodedDigits() {
		n := startsInAll(d.b[:d.n])
		may[Card], may[SSN], may[Phone] = n.card != 0 || odd > 0, n.ssn != 0 || odd > 0, n.phone != 0 || odd > 0 || letters > 0
	}
	return may
}

// encodedDigits reports whether a run of digits and separators holds eight digits and an escape.
func (d *decoded) encodedDigits() bool {
	b := d.b[:d.n]
	for i := 0; i < len(b); i++ {
		start, digits := i, 0
		for ; i < len(b) && isDigitRun(b[i]); i++ {
			if isDigit(b[i]) {
				digits++
			}
		}
		if digits >= 8 && !d.plain(d.sign(start), i) {
			return true
		}
	}
	return false
}

// matchPercent finds what is told by digits and separators where separators are percent-encoded: cards, account numbers, telephone numbers,
// addresses. at is a '%'; one that numericEscape refuses finds nothing.
//
// It decodes a stretch around the escape and looks at all of it, so f.End is the new frontier also when ok is false: escapes before it
// have been looked at. d is scratch. A match without an escape in it is left to its own detector.
func matchPercent(o *Options, t []byte, at, lo int, d *decoded) (f Finding, ok bool) {
	if !numericEscape(t, at) {
		return Finding{End: lo}, false
	}
	d.read(t, encodedStart(t, at, lo))
	d.cut = d.from[0] > 0 && isAlnum(t[d.from[0]-1])
	best := Finding{Start: len(t)}
	may := d.may()
	for i := range percentMatchers {
		m := &percentMatchers[i]
		if !o.On[m.id] || !may[m.id] {
			continue
		}
		if g, ok := d.first(o, m); ok && g.Start < best.Start {
			best = g
		}
	}
	if best.Start < len(t) {
		return best, true
	}
	if d.n < encodedBytes {
		return Finding{End: d.from[d.n]}, false
	}
	return Finding{End: max(at+1, d.from[encodedBytes-encodedOverlap])}, false
}

// encodedStart returns where the stretch begins that is decoded around at: not in the middle of a word, if that can be.
func encodedStart(t []byte, at, lo int) int {
	i := max(at-encodedBefore, lo)
	if i == 0 || !isAlnum(t[i-1]) {
		return i
	}
	for i < at && (isAlnum(t[i]) || t[i] == '%' || t[i] == ':') {
		i++
	}
	return i
}

// first returns the first match in the stretch that holds an escape. A match of a run is within it, but for a zone.
func (d *decoded) first(o *Options, m *percentMatcher) (f Finding, ok bool) {
	b := d.b[:d.n]
	for i := 0; i < len(b); i++ {
		if class[b[i]]&m.class == 0 {
			continue
		}
		at, from, until := i, max(0, i-m.before), i+m.reach
		if m.run {
			for until = i + 1; until < len(b) && class[b[until]]&m.class != 0; {
				until++
			}
			i, from = until, d.sign(at)
			until++ // the percent sign of a zone
		}
		if d.plain(from, min(until, len(b))) || !m.anchor(b, at) {
			continue
		}
		start, end, ok := m.match(o, b, at, 0, Context{})
		if !ok {
			continue
		}
		if !d.plain(start, end) && !(d.cut && start < 2) {
			return Finding{d.from[start], d.from[end], m.id}, true
		}
		i = max(i, end-1)
	}
	return f, false
}

// sign returns where the plus sign of a telephone number begins whose digits begin at i, if it is written as an escape; else i.
func (d *decoded) sign(i int) int {
	if hasFold(d.b[:d.n], i-6, `\u002b`) {
		return i - 6
	}
	return i
}

// plain reports whether there was no escape in bytes [start, end) of the stretch.
func (d *decoded) plain(start, end int) bool { return d.from[end]-d.from[start] == end-start }

// numericEscape reports whether the escape at i is one that stands beside or between digits: a separator or a sign, with a hex digit, a
// bracket or another escape beside it.
func numericEscape(t []byte, i int) bool {
	if byteAt(t, i) != '%' || i+3 >= len(t) {
		return false
	}
	switch t[i+1] {
	case '2':
		switch lower(t[i+2]) {
		case '0', '8', '9', 'b', 'd', 'e':
		default:
			return false
		}
	case '3':
		if lower(t[i+2]) != 'a' {
			return false
		}
	default:
		return false
	}
	c := t[i+3]
	return isHex(c) || c == '%' || c == '(' || isLetter(c) && i >= 4 && isAlnum(t[i-1]) && isAlnum(t[i-4])
}

// lettersThenDigits is what read has in last behind two letters, 2 each, and two digits, 1 each.
const lettersThenDigits = 0b10100101

// read decodes the stretch that begins at i, or behind the value's beginning that is nearest to the escape.
func (d *decoded) read(t []byte, i int) {
	i = skipEscape(t, i)
	var counts uint64
	n, country, last := 0, false, uint8(0) // last has the kinds of the last four bytes, two bits each
	for ; i < len(t) && n < encodedBytes; n++ {
		d.from[n] = i
		c := t[i]
		if i++; c == '%' && i+1 < len(t) && isHex(t[i]) && isHex(t[i+1]) {
			c = hexValue(t[i])<<4 | hexValue(t[i+1])
			i += 2
		}
		d.b[n] = c
		count := decodedCounts[c]
		counts += count
		if last = last<<2 | uint8(count>>letterOrDigit); last == lettersThenDigits {
			country = true
		}
	}
	d.from[n] = i
	d.n, d.counts, d.country = n, counts, country
}

// percentMatcher is a detector that is tried on decoded text, and where.
type percentMatcher struct {
	id     ID
	anchor func(t []byte, i int) bool
	match  matcher
	// class is that of the anchor's byte; of all bytes of a run, if run.
	class uint8
	run   bool
	// before and reach are how many bytes before the anchor and from it on a match may have, where it is no run.
	before, reach int
}

var percentMatchers = [...]percentMatcher{
	{Card, anchorDigits, matchCard, isDigitRunBit, true, 0, 0},
	{IBAN, anchorCountry, matchIBAN, isLetterBit, false, 0, maxIBANBytes * 5 / 4},
	{SSN, anchorDigits, matchSSN, isDigitRunBit, true, 0, 0},
	{MAC, anchorHexPairs, matchMAC, isDigitRunBit | isColonedBit, false, 4, 18},
	{IPv6, anchorColoned, matchIPv6, isColonedBit, true, 0, 0},
	{Phone, anchorDigits, matchPhone, isDigitRunBit, true, 0, 0},
}
