package ingest

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// framed tells whether everybody on the way reads the same length out of the request's header (RFC 9112 section 6.3): a message with
// both a length and a transfer coding, or with any coding but chunked, is refused. The server itself refuses repeated and malformed
// lengths, and codings on HTTP/1.0.
func framed(h *fasthttp.RequestHeader) bool {
	raw := h.RawHeaders()
	if !plainLines(raw) {
		return false
	}
	length, coding := headerLine(raw, "content-length"), headerLine(raw, "transfer-encoding")
	return !coding || (!length && h.ContentLength() == -1)
}

// plainLines tells whether every line ends in CR LF and none is folded: readers differ about both (RFC 9112 sections 2.2 and 5.2).
func plainLines(raw []byte) bool {
	for at := 0; at < len(raw); {
		i := bytes.IndexByte(raw[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if at < 2 || raw[at-2] != '\r' || at < len(raw) && (raw[at] == ' ' || raw[at] == '\t') {
			return false
		}
	}
	return true
}

// headerLine tells whether a header of that name, in lower case, is in the raw header.
func headerLine(raw []byte, name string) bool {
	for len(raw) > len(name) {
		if raw[len(name)] == ':' && fold(raw[:len(name)], name) {
			return true
		}
		i := bytes.IndexByte(raw, '\n')
		if i < 0 {
			return false
		}
		raw = raw[i+1:]
	}
	return false
}

// fold compares without regard to ASCII case; lower is in lower case.
func fold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// plainPath tells whether a path means the same to everybody who reads it: it is absolute, has no dot segment, no empty segment but
// the last, and nothing encoded that another reader might take for a separator, a dot or a control character.
func plainPath(path []byte) bool {
	if len(path) == 0 || path[0] != '/' || len(path) > maxPath {
		return false
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '%':
			if i+2 >= len(path) || !plainByte(unhex(path[i+1])<<4|unhex(path[i+2])) {
				return false
			}
			i += 2
		case c == '/':
			rest := path[i+1:]
			if bytes.HasPrefix(rest, []byte("/")) || dots(rest) {
				return false
			}
		case c <= ' ' || c >= 0x7f || c == '\\' || c == '#' || c == '?':
			return false
		}
	}
	return true
}

// maxPath is longer than any path of the protocols.
const maxPath = 1024

// plainByte tells whether an encoded byte is harmless; unhex makes 0xff of what is no digit.
func plainByte(c byte) bool {
	return c > ' ' && c < 0x7f && c != '/' && c != '\\' && c != '.' && c != '%'
}

func unhex(c byte) byte {
	switch {
	case c-'0' < 10:
		return c - '0'
	case c|0x20-'a' < 6:
		return c | 0x20 - 'a' + 10
	}
	return 0xff
}

// dots tells whether the next segment is "." or "..".
func dots(rest []byte) bool {
	if i := bytes.IndexByte(rest, '/'); i >= 0 {
		rest = rest[:i]
	}
	return string(rest) == "." || string(rest) == ".."
}
