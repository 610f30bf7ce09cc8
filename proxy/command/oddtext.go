package command

import (
	"unicode/utf8"
)

// oddText lends bytes that are not UTF-8 the form of letters, so that detectors see a word where one stands, and takes it back again.
type oddText struct{ spelled []byte }

// firstOdd is where the letters begin that stand for bytes: within Yi syllables, which are letters to every detector.
const firstOdd = 0xa000

// spell returns line as UTF-8, valid until the next call. ok is false if it holds such a letter of its own.
func (o *oddText) spell(line []byte) (spelled []byte, ok bool) {
	o.spelled = o.spelled[:0]
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		switch {
		case r >= firstOdd && r < firstOdd+0x100:
			return o.spelled, false
		case r == utf8.RuneError && n == 1:
			o.spelled = utf8.AppendRune(o.spelled, firstOdd+rune(line[0]))
		default:
			o.spelled = append(o.spelled, line[:n]...)
		}
		line = line[n:]
	}
	return o.spelled, true
}

// appendBack appends spelled to dst with the bytes as they were.
func (o *oddText) appendBack(dst, spelled []byte) []byte {
	for len(spelled) > 0 {
		r, n := utf8.DecodeRune(spelled)
		if r >= firstOdd && r < firstOdd+0x100 {
			dst = append(dst, byte(r-firstOdd))
		} else {
			dst = append(dst, spelled[:n]...)
		}
		spelled = spelled[n:]
	}
	return dst
}
