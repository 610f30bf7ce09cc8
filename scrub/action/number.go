package action

import (
	"bytes"
	"cmp"
)

// bucket is one bound that numbers are moved down to.
type bucket struct {
	bound decimal
	text  string // a JSON number
}

// appendBucket appends the largest bound that is not above the number, or "<" and the first one. Numbers are compared as written, digit by
// digit: 0.1 is in the bucket 0.1, and a number of a thousand digits needs no more room than any other.
func (a *Action) appendBucket(dst, value []byte) (out []byte, number, ok bool) {
	if string(value) == a.below {
		return append(dst, value...), false, true
	}
	d, ok := parseDecimal(bytes.TrimSpace(value))
	if !ok {
		return dst, false, false
	}
	for i := len(a.buckets) - 1; i >= 0; i-- {
		if d.compare(a.buckets[i].bound) >= 0 {
			return append(dst, a.buckets[i].text...), true, true
		}
	}
	return append(dst, a.below...), false, true
}

// decimal is a number as it is written: 0.d1d2d3... times ten to the exp. Zero has no digits.
type decimal struct {
	negative bool
	digits   []byte // from the first that is not 0 to the last that is not 0, perhaps with a point between
	exp      int
}

// maxExp bounds exponents, which nobody measures anything in, so that they can be added.
const maxExp = 100_000_000

// parseDecimal reads a JSON number, or one with a plus, leading zeros or nothing on one side of its point. The decimal is a part of s.
func parseDecimal(s []byte) (d decimal, ok bool) {
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	n, first, last, point := 0, -1, 0, -1 // digits so far, of which the first not 0; where the last not 0 ends, in s; digits before the point
	from, i := 0, 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && point < 0 {
			point = n
			continue
		}
		if c-'0' >= 10 {
			break
		}
		if c != '0' {
			if first < 0 {
				first, from = n, i
			}
			last = i + 1
		}
		n++
	}
	exp, ok := parseExponent(s[i:])
	if n == 0 || !ok {
		return decimal{}, false
	}
	if first < 0 {
		return decimal{}, true
	}
	if point < 0 {
		point = n
	}
	d.digits, d.exp = s[from:last], point-first+exp
	return d, true
}

// parseExponent reads what follows the digits: nothing, or e and a number.
func parseExponent(s []byte) (exp int, ok bool) {
	if len(s) == 0 {
		return 0, true
	}
	if s[0]|0x20 != 'e' {
		return 0, false
	}
	s = s[1:]
	sign := 1
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	for _, c := range s {
		if c-'0' >= 10 {
			return 0, false
		}
		exp = min(exp*10+int(c-'0'), maxExp)
	}
	return sign * exp, len(s) > 0
}

// compare is -1, 0 or 1 as d is below, equal to or above e.
func (d decimal) compare(e decimal) int {
	if s := cmp.Compare(d.sign(), e.sign()); s != 0 {
		return s
	}
	size := cmp.Compare(d.exp, e.exp)
	if size == 0 {
		size = compareDigits(d.digits, e.digits)
	}
	if d.negative {
		return -size
	}
	return size
}

func (d decimal) sign() int {
	switch {
	case len(d.digits) == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compareDigits compares digits after a common point, and passes over the points in them.
func compareDigits(a, b []byte) int {
	for {
		a, b = skipPoint(a), skipPoint(b)
		if len(a) == 0 || len(b) == 0 {
			return cmp.Compare(len(a), len(b))
		}
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		a, b = a[1:], b[1:]
	}
}

func skipPoint(s []byte) []byte {
	if len(s) > 0 && s[0] == '.' {
		return s[1:]
	}
	return s
}

// whole is the part of a number before its point, if it is not negative and below 10^19.
func (d decimal) whole() (uint64, bool) {
	if d.negative || d.exp > 19 {
		return 0, false
	}
	n, digits := uint64(0), d.digits
	for range d.exp {
		n *= 10
		if digits = skipPoint(digits); len(digits) > 0 {
			n += uint64(digits[0] - '0')
			digits = digits[1:]
		}
	}
	return n, true
}

// isNumber reports whether s is a JSON number (RFC 8259, section 6).
func isNumber(s []byte) bool {
	s, _ = bytes.CutPrefix(s, []byte("-"))
	whole := digitsLen(s)
	if whole == 0 || s[0] == '0' && whole > 1 {
		return false
	}
	s = s[whole:]
	if len(s) > 0 && s[0] == '.' {
		n := digitsLen(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	_, ok := parseExponent(s)
	return ok
}

// digitsLen is how many digits s begins with.
func digitsLen(s []byte) int {
	n := 0
	for n < len(s) && s[n]-'0' < 10 {
		n++
	}
	return n
}
