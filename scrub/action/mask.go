package action

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// stars stand for a masked value. There are always three, so that its length does not show.
const stars = "***"

// appendMask appends three stars and the last characters of value: letters and digits alone count and are shown, so that 4111-1111-1111-1117
// and 4111111111111117 both become ***1117. If they would be half of the value or more, nothing is shown.
func appendMask(dst, value []byte, keepLast int) []byte {
	if masked(value, keepLast) {
		return append(dst, value...)
	}
	dst = append(dst, stars...)
	if keepLast == 0 || countUpTo(value, 2*keepLast) <= 2*keepLast {
		return dst
	}
	at := len(value)
	for kept := 0; kept < keepLast && at > 0; {
		r, n := utf8.DecodeLastRune(value[:at])
		at -= n
		if counts(r) {
			kept++
		}
	}
	for at < len(value) {
		r, n := utf8.DecodeRune(value[at:])
		if counts(r) {
			dst = append(dst, value[at:at+n]...)
		}
		at += n
	}
	return dst
}

// masked reports whether value looks like our output. Whoever writes such a value shows no more than we would have.
func masked(value []byte, keepLast int) bool {
	shown, ok := bytes.CutPrefix(value, []byte(stars))
	return ok && countUpTo(shown, keepLast) == keepLast && utf8.RuneCount(shown) == keepLast
}

// countUpTo counts characters that count, and stops above limit.
func countUpTo(value []byte, limit int) int {
	count := 0
	for i := 0; i < len(value) && count <= limit; {
		r, n := utf8.DecodeRune(value[i:])
		if counts(r) {
			count++
		}
		i += n
	}
	return count
}

// counts reports whether r says something; separators and signs do not.
func counts(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
