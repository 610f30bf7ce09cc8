// Package record holds what all log records have in common, whatever their wire format: the lexical ground of JSON, on which every
// walk in document order stands.
//
// It works on raw bytes and offsets, keeps nothing and allocates nothing. It is strict (RFC 8259): what it accepts, every other
// parser accepts and reads in the same way.
package record

import (
	"encoding/binary"
	"math/bits"
)

// A Fault says where and why text is not what it should be. It never holds text.
type Fault struct {
	// Offset in bytes from the start of the text.
	Offset int
	// Reason in words, lower case.
	Reason string
}

// Error returns the reason alone: a caller knows better what the offset counts from.
func (f *Fault) Error() string { return f.Reason }

// TooDeep is the Reason of a fault that is a matter of limits and not of grammar.
const TooDeep = "nested too deep"

func fault(at int, reason string) *Fault { return &Fault{Offset: at, Reason: reason} }

// Begin returns where text begins: behind a byte order mark (RFC 8259 section 8.1 lets a parser ignore it) and white space.
func Begin(b []byte) int {
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		return SkipSpace(b, 3)
	}
	return SkipSpace(b, 0)
}

// SkipSpace returns the first offset at or after i that is not JSON white space; len(b) if there is none.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Stops returns a word whose lowest set high bit marks the first byte of w that ends a quiet stretch of a string: a quote, a backslash
// or a control character. Higher marks may be false.
func Stops(w uint64) uint64 {
	quote := w ^ ones*'"'
	slash := w ^ ones*'\\'
	return ((quote - ones) &^ quote & highs) | ((slash - ones) &^ slash & highs) | ((w - ones*0x20) &^ w & highs)
}

// String finds the end of a string whose content begins at i, behind the opening quote. It returns the offset of the closing quote and
// whether the content has escapes, each of which is checked. UTF-8 is not checked.
func String(b []byte, i int) (end int, escaped bool, err *Fault) {
	for {
		i = Quiet(b, i)
		switch {
		case i >= len(b):
			return i, escaped, fault(i, "string without end")
		case b[i] == '"':
			return i, escaped, nil
		case b[i] != '\\':
			return i, escaped, fault(i, "control character in a string")
		}
		n := Escape(b[i:])
		if n == 0 {
			return i, escaped, fault(i, "bad escape in a string")
		}
		escaped = true
		i += n
	}
}

// quiet is Quiet in plain Go.
func quiet(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if m := Stops(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= 0x20 {
		i++
	}
	return i
}

// Escape returns the length of the escape at the start of b, 0 if it is none: 2, or 6 for \u with its digits.
func Escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) >= 6 && isHex(b[2]) && isHex(b[3]) && isHex(b[4]) && isHex(b[5]) {
			return 6
		}
	}
	return 0
}

func isHex(c byte) bool {
	return c-'0' < 10 || c|0x20-'a' < 6
}

// Number finds the end of the number at i.
func Number(b []byte, i int) (end int, err *Fault) {
	if i+ShortBytes <= len(b) && b[i]-'0' < 10 {
		if end = Short(b, i); IsShort(b, i, end) {
			return end, nil
		}
	}
	return number(b, i)
}

// ShortBytes is how many bytes Short may look at.
const ShortBytes = 18

// Short returns where the number at i ends, if it is one without sign and exponent and with at most eight digits on either side of its point,
// as most are: IsShort tells. ShortBytes must be there, and the first of them be a digit. How many digits come is not asked by a branch, which
// nobody could guess.
func Short(b []byte, i int) (end int) {
	end = i + leading(binary.LittleEndian.Uint64(b[i:]))
	if b[end] == '.' {
		end += 1 + leading(binary.LittleEndian.Uint64(b[end+1:]))
	}
	return end
}

// IsShort reports whether b[i:end] is the number at i, where end is what Short returned.
func IsShort(b []byte, i, end int) bool {
	return b[end-1] != '.' && b[end]-'0' > 9 && b[end]|0x20 != 'e' && (b[i] != '0' || b[i+1]-'0' > 9)
}

// leading is how many digits the eight bytes of w begin with.
func leading(w uint64) int {
	w ^= ones * '0'
	// A byte up to 9 stays below 0x80. A carry only reaches bytes behind one that is no digit.
	return bits.TrailingZeros64((w+ones*(0x80-10)|w)&highs) >> 3
}

// number is Number of any kind.
func number(b []byte, i int) (end int, err *Fault) {
	start := i
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case i < len(b) && b[i]-'1' < 9:
		i = digits(b, i)
	default:
		return start, fault(start, "not a JSON value")
	}
	if i < len(b) && b[i] == '.' {
		if i++; i >= len(b) || b[i]-'0' > 9 {
			return start, fault(start, "bad number")
		}
		i = digits(b, i)
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if i >= len(b) || b[i]-'0' > 9 {
			return start, fault(start, "bad number")
		}
		i = digits(b, i)
	}
	return i, nil
}

// digits returns the offset of the first byte at or after i that is no digit.
func digits(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if n := leading(binary.LittleEndian.Uint64(b[i:])); n < 8 {
			return i + n
		}
	}
	for i < len(b) && b[i]-'0' < 10 {
		i++
	}
	return i
}

// Literal finds the end of true, false or null at i.
func Literal(b []byte, i int) (end int, err *Fault) {
	for _, word := range [...]string{"true", "false", "null"} {
		if end := i + len(word); end <= len(b) && string(b[i:end]) == word {
			return end, nil
		}
	}
	return i, fault(i, "not a JSON value")
}

// Skip finds the end of the value at i, checking all of it, at most depth levels deep.
func Skip(b []byte, i, depth int) (end int, err *Fault) {
	if i >= len(b) {
		return i, fault(i, "value missing")
	}
	switch c := b[i]; {
	case c == '"':
		if end, _, err = String(b, i+1); err != nil {
			return end, err
		}
		return end + 1, nil
	case c == '{' || c == '[':
		if depth <= 0 {
			return i, fault(i, TooDeep)
		}
		return skipList(b, i, depth-1)
	case c == '-' || c-'0' < 10:
		return Number(b, i)
	}
	return Literal(b, i)
}

func skipList(b []byte, i, depth int) (end int, err *Fault) {
	closer := b[i] + 2 // '[' and ']', '{' and '}' are two apart
	object := closer == '}'
	if i = SkipSpace(b, i+1); i < len(b) && b[i] == closer {
		return i + 1, nil
	}
	for {
		if object {
			if i, err = skipName(b, i); err != nil {
				return i, err
			}
		}
		if i, err = Skip(b, i, depth); err != nil {
			return i, err
		}
		more, next, err := Next(b, i, closer)
		if !more || err != nil {
			return next, err
		}
		i = next
	}
}

func skipName(b []byte, i int) (value int, err *Fault) {
	_, end, _, err := Name(b, i)
	if err != nil {
		return end, err
	}
	return Colon(b, end)
}

// Name finds the name of a member at i, which must be a string: its content is b[start:end].
func Name(b []byte, i int) (start, end int, escaped bool, err *Fault) {
	if i >= len(b) || b[i] != '"' {
		return i, i, false, fault(i, "name of a member missing")
	}
	end, escaped, err = String(b, i+1)
	return i + 1, end, escaped, err
}

// Colon returns where the value of the member begins whose name's closing quote is at i.
func Colon(b []byte, i int) (value int, err *Fault) {
	if i = SkipSpace(b, i+1); i >= len(b) || b[i] != ':' {
		return i, fault(i, "colon missing after a name")
	}
	return SkipSpace(b, i+1), nil
}

// Next reads what follows an element that ends at i: a comma (more is true, next is where the next element begins) or the closer (next
// is behind it).
func Next(b []byte, i int, closer byte) (more bool, next int, err *Fault) {
	if i = SkipSpace(b, i); i >= len(b) {
		return false, i, fault(i, "object or array without end")
	}
	switch b[i] {
	case ',':
		if next = SkipSpace(b, i+1); next < len(b) && b[next] == closer {
			return false, next, fault(next, "comma before the end of an object or array")
		}
		return true, next, nil
	case closer:
		return false, i + 1, nil
	}
	return false, i, fault(i, "comma or end of an object or array missing")
}
