package detect

import (
	"bytes"
	"unicode/utf8"
)

// Values that text hides behind an encoding: zero-width characters and full-width disguises inside a value, a query string in a query string,
// base64 of text. A stretch of the text is read into its plain form, and that is scanned once more, in the same way but for what is hidden in
// it. All is linear: stretches of one disguise overlap by a sixth at most.

// disguise is a way to hide values in a stretch. Each has a frontier of its own: the end of its last stretch.
type disguise uint8

const (
	disguiseWide  disguise = iota // zero-width characters, full-width digits and signs
	disguiseTwice                 // percent-encoding of percent-encoding, or of a URL
	disguises
)

// Bounds of a stretch.
const (
	wideBefore   = 160  // what is read before the first such character
	wideBetween  = 96   // what may be between two, and is read behind the last
	twiceBefore  = 256  // what is read before the first escape
	twiceOverlap = 128  // what is read again behind a stretch that is full
	stretchBytes = 1024 // all of a stretch
)

// plainText is a stretch of text in its plain form.
type plainText struct {
	b    [stretchBytes]byte
	from [stretchBytes + 1]int // offset in the text of each byte, and of what follows
	// odd counts, for each byte, what was hidden before it.
	odd [stretchBytes + 1]int
	n   int
	// cut says that the stretch begins inside a word.
	cut bool
}

// hiddenAt reports whether what is hidden in the disguise begins at i: where a stretch is read.
func hiddenAt(f disguise, t []byte, i int) bool {
	if f == disguiseWide {
		return hidesAt(t, i)
	}
	return twiceAt(t, i)
}

// read reads the stretch around i, not before lo, and returns where it ends.
func (p *plainText) read(f disguise, t []byte, i, lo int) (end int) {
	if f == disguiseWide {
		return p.wide(t, i, lo)
	}
	return p.twice(t, i, lo)
}

// context is what is known about the plain form of a stretch.
func (f disguise) context(ctx Context) Context {
	if f == disguiseWide {
		return Context{Shape: ctx.Shape}
	}
	return Context{}
}

// twiceAt reports whether an encoded escape or "://" in percent-encoding begins at i.
func twiceAt(t []byte, i int) bool {
	if byteAt(t, i) != '%' || i+4 >= len(t) {
		return false
	}
	switch t[i+1] {
	case '2':
		return t[i+2] == '5' && isHex(t[i+3]) && isHex(t[i+4])
	case '3':
		return t[i+3] == '%' && hasFold(t, i, "%3a%2f%2f")
	}
	return false
}

// hidesAt reports whether a zero-width character, a full-width digit, a full-width at sign, or a space or dash of typography between digits begins at i.
func hidesAt(t []byte, i int) bool {
	switch byteAt(t, i) {
	case 0xc2, 0xe2:
		return zeroWidth(t, i) > 0 || typographic(t, i) > 0
	case 0xef:
		c := byteAt(t, i+2)
		return byteAt(t, i+1) == 0xbc && (c >= 0x90 && c <= 0x99 || c == 0xa0) || zeroWidth(t, i) > 0
	}
	return false
}

// zeroWidth returns the length of the character of no width at i, or 0: U+00AD (soft hyphen), U+200B to U+200F, U+2060, U+FEFF.
func zeroWidth(t []byte, i int) int {
	switch a, b, c := byteAt(t, i), byteAt(t, i+1), byteAt(t, i+2); {
	case a == 0xc2 && b == 0xad:
		return 2
	case a == 0xe2 && b == 0x80 && c >= 0x8b && c <= 0x8f, a == 0xe2 && b == 0x81 && c == 0xa0, a == 0xef && b == 0xbb && c == 0xbf:
		return 3
	}
	return 0
}

// typographic returns the ASCII sign that the space or dash at i stands for which parts two groups of a number, or 0: U+00A0, U+2007 to U+200A and U+202F;
// U+2010 to U+2015 and U+2212.
func typographic(t []byte, i int) byte {
	a, b, c := byteAt(t, i), byteAt(t, i+1), byteAt(t, i+2)
	sign, n := byte(0), 3
	switch {
	case a == 0xc2 && b == 0xa0:
		sign, n = ' ', 2
	case a == 0xe2 && b == 0x80 && (c >= 0x87 && c <= 0x8a || c == 0xaf):
		sign = ' '
	case a == 0xe2 && b == 0x80 && c >= 0x90 && c <= 0x95, a == 0xe2 && b == 0x88 && c == 0x92:
		sign = '-'
	}
	before, after := byteAt(t, i-1), byteAt(t, i+n)
	if isDigit(before) && (isAlnum(after) || after == '(') || isDigit(after) && (isAlnum(before) || before == ')') {
		return sign
	}
	return 0
}

// wide reads the stretch around the character at i, not before lo, and returns where it ends.
func (p *plainText) wide(t []byte, i, lo int) (end int) {
	start := max(lo, i-wideBefore)
	start += bytes.LastIndexByte(t[start:i], '\n') + 1
	p.begin(t, start)
	n, odd, last := 0, 0, i
	for start < len(t) && n < stretchBytes && start-last < wideBetween {
		c := t[start]
		if c == '\n' {
			break
		}
		size, hides := 1, 0
		if c >= 0x80 {
			if hidesAt(t, start) {
				last = start
			}
			if size = zeroWidth(t, start); size > 0 {
				odd++
				start += size
				continue
			}
			c, size, hides = narrow(t, start)
		}
		p.b[n], p.from[n], p.odd[n] = c, start, odd
		n, odd, start = n+1, odd+hides, start+size
	}
	p.close(n, odd, start)
	if n == stretchBytes { // what stands at the end may be cut: the next stretch reads it again
		return p.from[n-wideBefore]
	}
	return start
}

// narrow returns the byte at i, or the ASCII character that the full-width or typographic one there stands for, its length in the text, and 1 if it is such a one.
func narrow(t []byte, i int) (c byte, size, hides int) {
	if sign := typographic(t, i); sign > 0 {
		_, n := utf8.DecodeRune(t[i:])
		return sign, n, 1
	}
	if r, n := utf8.DecodeRune(t[i:]); n == 3 && r > 0xff00 && r < 0xff5f && r != '＂' && r != '＇' && r != '＼' {
		return byte(r - 0xfee0), 3, 1
	}
	return t[i], 1, 0
}

// twice reads the stretch around the escape at i, not before lo, without all its percent-encoding, and returns where it ends.
func (p *plainText) twice(t []byte, i, lo int) (end int) {
	start := i
	for start > lo && i-start < twiceBefore && !endsQuery[t[start-1]] {
		start--
	}
	p.begin(t, start)
	n, odd := 0, 0
	for start < len(t) && n < stretchBytes && !endsQuery[t[start]] {
		c, size := t[start], 1
		p.from[n], p.odd[n] = start, odd
		if c == '%' {
			c, size = unescaped(t, start)
			odd += min(size-1, 1)
		}
		p.b[n] = c
		n, start = n+1, start+size
	}
	p.close(n, odd, start)
	if n == stretchBytes {
		return p.from[n-twiceOverlap]
	}
	return start
}

// unescaped returns the byte at i, without all its percent-encoding, and its length in the text.
func unescaped(t []byte, i int) (c byte, n int) {
	c, n = t[i], 1
	for c == '%' && isHex(byteAt(t, i+n)) && isHex(byteAt(t, i+n+1)) {
		c = hexValue(t[i+n])<<4 | hexValue(t[i+n+1])
		n += 2
	}
	return c, n
}

// endsQuery says which bytes cannot be part of a query string.
var endsQuery = func() (ends [0x100]bool) {
	for c := range ends {
		ends[c] = c <= ' ' || isQuote(byte(c)) || c == '<' || c == '>'
	}
	return ends
}()

func (p *plainText) begin(t []byte, i int) {
	p.n = 0
	p.cut = i > 0 && isAlnum(t[i-1])
}

// close notes how many bytes have been read, what was hidden among them and where they end.
func (p *plainText) close(n, odd, end int) { p.n, p.odd[n], p.from[n] = n, odd, end }

// lift returns the finding in the text for one in its plain form. None is kept that may have been cut, nor one that holds nothing hidden and so
// is in the text too.
func (p *plainText) lift(d disguise, f Finding) (Finding, bool) {
	if p.cut && f.Start < 2 || d == disguiseWide && p.odd[f.End] == p.odd[f.Start] {
		return f, false
	}
	return Finding{p.from[f.Start], p.from[f.End], f.Detector}, true
}
