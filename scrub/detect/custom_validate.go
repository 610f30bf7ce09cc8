package detect

import (
	"math"

	"winnow/config"
)

// validator checks the bytes of a finding.
type validator func(b []byte) bool

// validators are those that a rule can name.
var validators = map[config.Validator]validator{
	config.ValidLuhn: func(b []byte) bool {
		d, ok := digitsOf(b)
		return ok && luhn(d.b[:d.n])
	},
	config.ValidVerhoeff: func(b []byte) bool {
		d, ok := digitsOf(b)
		return ok && verhoeffValid(d.b[:d.n])
	},
	config.ValidMod97: validMod97,
	config.ValidMixed: func(b []byte) bool {
		s := survey(b)
		return s.letters > 0 && s.digits > 0
	},
	config.ValidVaried: func(b []byte) bool { return !isDummy(b) && !allEqual(b) },
	config.ValidEntropy: func(b []byte) bool {
		return len(b) > 0 && bitsPerByte(b) >= minBitsPerByte
	},
}

// maxDigits bounds what has a check digit.
const maxDigits = 64

// digits are the values of the digits in a text.
type digits struct {
	b [maxDigits]byte
	n int
}

// digitsOf takes the digits of b, all else set aside; false if there are less than two or too many.
func digitsOf(b []byte) (d digits, ok bool) {
	for _, c := range b {
		if !isDigit(c) {
			continue
		}
		if d.n == maxDigits {
			return d, false
		}
		d.b[d.n] = c - '0'
		d.n++
	}
	return d, d.n > 1
}

// validMod97 reports whether b, signs set aside, has the check digits of ISO/IEC 7064 MOD 97-10 at its third and fourth place.
func validMod97(b []byte) bool {
	var up [maxDigits]byte
	n := 0
	for _, c := range b {
		switch {
		case !isAlnum(c):
			continue
		case n == maxDigits:
			return false
		}
		up[n] = upper(c)
		n++
	}
	return n > 4 && mod97(up[:n])
}

// minBitsPerByte is less than generated tokens of 16 bytes and more have, and more than words and numbers.
const minBitsPerByte = 3

// bitsPerByte is the entropy of b by the frequencies of its bytes.
func bitsPerByte(b []byte) float64 {
	var count [256]int
	for _, c := range b {
		count[c]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(b))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// verhoeffValid reports whether the last digit is the check digit of those before it (J. Verhoeff, Error Detecting Decimal Codes, 1969). The
// digits, or digits as they are written, act in the dihedral group of order ten: 0 to 4 turn, 5 to 9 turn and flip.
func verhoeffValid(d []byte) bool {
	check := byte(0)
	for i := range d {
		check = dihedral(check, verhoeffPlace(d[len(d)-1-i]&15, i))
	}
	return check == 0
}

func dihedral(a, b byte) byte {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a+5-b)%5
	}
	return (a + 5 - b) % 5
}

// verhoeffPlace permutes a digit once for each place.
func verhoeffPlace(d byte, place int) byte {
	for range place % 8 {
		d = [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[d]
	}
	return d
}
