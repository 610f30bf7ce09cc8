// Package unwrap undoes encodings around text, so that detectors see it plain, and maps offsets in the plain text back to the text as
// it came.
package unwrap

import (
	"bytes"
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
func JSONStringAt(dst, b []byte, i int) (out []byte, end int) {
	for i < len(b) {
		if i+8 <= len(b) {
			dst = slices.Grow(dst, 8)
			w := binary.LittleEndian.Uint64(b[i:])
			binary.LittleEndian.PutUint64(dst[len(dst):len(dst)+8], w)
			n := 8
			if m := record.Stops(w); m != 0 {
				n = bits.TrailingZeros64(m) >> 3
			}
			dst = dst[:len(dst)+n]
			if i += n; n == 8 {
				continue
			}
		}
		c := b[i]
		if c == '"' || c < ' ' {
			break
		}
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		n := record.Escape(b[i:])
		if n == 0 {
			break
		}
		switch {
		case n == 2:
			dst = append(dst, simple[b[i+1]])
		case record.Escape(b[i+n:]) == n: // the other half of a pair, it may be
			dst, n = unescape(dst, b[i:i+2*n])
		default:
			dst, n = unescape(dst, b[i:i+n])
		}
		i += n
	}
	return dst, i
}

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
	for m.plain < plain {
		quiet := bytes.IndexByte(raw[m.raw:min(len(raw), m.raw+plain-m.plain)], '\\')
		if quiet < 0 {
			m.raw += plain - m.plain
			m.plain = plain
			break
		}
		m.raw += quiet
		m.plain += quiet
		out, n := unescape(m.scratch[:0], raw[m.raw:])
		if m.plain+len(out) > plain && !end {
			break
		}
		m.raw += n
		m.plain += len(out)
	}
	return m.raw
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
