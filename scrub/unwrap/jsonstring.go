// Package unwrap undoes encodings around text, so that detectors see it plain, and maps offsets in the plain text back to the text as
// it came.
package unwrap

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"winnow/scrub/record"
)

// JSONString appends the decoded form of raw, the content of a JSON string between its quotes, to dst (RFC 8259 section 7). raw must have
// been checked for well-formed escapes; a lone surrogate becomes U+FFFD.
func JSONString(dst, raw []byte) []byte {
	dst, _ = JSONStringAt(dst, raw, 0)
	return dst
}

// JSONStringAt appends the decoded form of the content of the JSON string that goes on at b[i:], and returns where it ends: at the closing
// quote, or at what no string has, or at the end of b.
func JSONStringAt(dst, b []byte, i int) (out []byte, end int) { return decode(dst, b, i, vectors) }

// decode is JSONStringAt, with vectors or without.
func decode(dst, b []byte, i int, vectors bool) (out []byte, end int) {
	for i < len(b) {
		if vectors && i+stepBytes <= len(b) {
			if cap(dst)-len(dst) < stepBytes {
				dst = slices.Grow(dst, 4*stepBytes)
			}
			room := min(len(b)-i, cap(dst)-len(dst))
			read, written := unescapeAVX512(&dst[:len(dst)+1][len(dst)], &b[i], room)
			if dst, i = dst[:len(dst)+written], i+read; i == len(b) {
				break
			}
		}
		if i+8 <= len(b) {
			if cap(dst)-len(dst) < 8 {
				dst = slices.Grow(dst, 256)
			}
			w := binary.LittleEndian.Uint64(b[i:])
			binary.LittleEndian.PutUint64(dst[len(dst):len(dst)+8], w)
			m := record.Stops(w)
			if m == 0 {
				dst, i = dst[:len(dst)+8], i+8
				continue
			}
			n := bits.TrailingZeros64(m) >> 3
			dst, i = dst[:len(dst)+n], i+n
		}
		switch c := b[i]; {
		case c == '"' || c < ' ':
			return dst, i
		case c != '\\':
			dst = append(dst, c)
			i++
			continue
		case i+1 < len(b) && simple[b[i+1]] != 0:
			dst = append(dst, simple[b[i+1]])
			i += 2
			continue
		}
		n := record.Escape(b[i:])
		if n == 0 {
			return dst, i
		}
		raw := b[i : i+n]
		if record.Escape(b[i+n:]) == n { // the other half of a pair, it may be
			raw = b[i : i+2*n]
		}
		dst, n = unescape(dst, raw)
		i += n
	}
	return dst, i
}

// stepBytes is how much is decoded, or passed over, at a step with vectors.
const stepBytes = 64

// simple is what the escapes of one byte stand for.
var simple = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends what the escape at the start of raw stands for and returns the escape's length: 2, 6, or 12 for a pair of surrogates.
func unescape(dst, raw []byte) ([]byte, int) {
	c := raw[1]
	switch c {
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r := hex4(raw[2:])
		if utf16.IsSurrogate(r) {
			if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
				if pair := utf16.DecodeRune(r, hex4(raw[8:])); pair != utf8.RuneError {
					return utf8.AppendRune(dst, pair), 12
				}
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(dst, r), 6
	}
	return append(dst, c), 2
}

func hex4(b []byte) (r rune) {
	for _, c := range b[:4] {
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c | 0x20 - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// JSONStringMap walks raw and its decoded form side by side. The zero value stands at the start of both.
type JSONStringMap struct {
	raw, plain int
	scratch    [utf8.UTFMax]byte
}

// At returns the offset in raw of the byte at offset plain in the decoded text. Calls must not go backwards. An offset inside the decoded
// form of one escape maps to the escape's start, or to its end when end is set.
func (m *JSONStringMap) At(raw []byte, plain int, end bool) int {
	return m.at(raw, plain, end, vectors)
}

// at is At, with vectors or without.
func (m *JSONStringMap) at(raw []byte, plain int, end, vectors bool) int {
	for m.plain < plain {
		if vectors && m.raw+stepBytes <= len(raw) {
			read, written := leapAVX512(&raw[m.raw], len(raw)-m.raw, plain-m.plain)
			m.raw, m.plain = m.raw+read, m.plain+written
		} else {
			m.leap(raw, plain)
		}
		if m.plain == plain {
			break
		}
		next := record.Quiet(raw[:min(len(raw), m.raw+plain-m.plain)], m.raw)
		m.plain += next - m.raw
		if m.raw = next; m.plain == plain {
			break
		}
		if simple[raw[m.raw+1]] != 0 {
			m.raw += 2
			m.plain++
			continue
		}
		out, n := unescape(m.scratch[:0], raw[m.raw:])
		if m.plain+len(out) > plain && !end {
			break
		}
		m.raw += n
		m.plain += len(out)
	}
	return m.raw
}

// leap goes on by eight bytes of raw at a time, as long as plain is not near, over escapes of one byte too, that do not follow each other.
func (m *JSONStringMap) leap(raw []byte, plain int) {
	for m.plain+8 <= plain && m.raw+8 <= len(raw) {
		w := binary.LittleEndian.Uint64(raw[m.raw:])
		slashes, n := bytesOf(w, '\\'), 8
		if slashes<<8&(slashes|bytesOf(w, 'u')) != 0 {
			return
		}
		if slashes>>63 != 0 { // the rest of the escape is in the next eight
			slashes, n = slashes<<1>>1, 7
		}
		m.raw += n
		m.plain += n - bits.OnesCount64(slashes)
	}
}

// bytesOf sets the highest bit of each byte of w that is c.
func bytesOf(w uint64, c byte) uint64 {
	const ones, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	x := w ^ ones*uint64(c)
	return ^(x&low + low | x | low)
}

// plainInJSON are the bytes that a JSON string has as they are.
var plainInJSON = func() (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

const hexDigits = "0123456789abcdef"

// AppendJSON appends text as the content of a JSON string, without quotes. Bytes that are not UTF-8 become U+FFFD.
func AppendJSON(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		quiet := i
		for i < len(text) && plainInJSON[text[i]] {
			i++
		}
		if dst = append(dst, text[quiet:i]...); i == len(text) {
			break
		}
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			r, n := utf8.DecodeRune(text[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		i++
	}
	return dst
}
