package pseudonym

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The kinds whose spelling varies for one and the same thing. Any other word that ValidKind accepts is a kind too, whose values are only
// freed of space around them.
//
// A value that has not the shape of its kind (a phone number with letters, an ip that does not parse) is treated like one of another
// word: it keeps a token of its own and is not merged with others.
const (
	KindEmail = "email" // lower case; the domain as IDNA writes it in ASCII; %40 is @
	KindIP    = "ip"    // the address in RFC 5952's form; no port, zone or prefix length; IPv4-mapped is IPv4
	KindMAC   = "mac"   // 12 or 16 hex digits in lower case
	KindCard  = "card"  // digits
	KindPhone = "phone" // digits
	KindSSN   = "ssn"   // digits
	KindIBAN  = "iban"  // letters and digits, in upper case
	KindID    = "id"    // what a token is called that nobody named
)

// MaxKindBytes is the longest kind.
const MaxKindBytes = 32

// maxCanonical is the longest value that is looked into for its canonical form. No identifier of the kinds above is longer.
const maxCanonical = 512

// ValidKind reports whether a word can name a kind: a-z, 0-9 and _, 1 to 32 of them.
func ValidKind[T string | []byte](kind T) bool {
	for i := range len(kind) {
		if c := kind[i]; c-'a' >= 26 && c-'0' >= 10 && c != '_' {
			return false
		}
	}
	return len(kind) > 0 && len(kind) <= MaxKindBytes
}

// AppendCanonical appends the one spelling of a value of a kind: what its tokens are made of.
func AppendCanonical(dst []byte, kind string, value []byte) []byte {
	return append(dst, canonical(nil, kind, value)...)
}

// canonical is the one spelling of a value of this kind: a part of value, or appended to scratch, which is empty.
func canonical(scratch []byte, kind string, value []byte) []byte {
	value = bytes.TrimSpace(value)
	if len(value) > maxCanonical {
		return value
	}
	out, ok := normal(scratch, kind, value)
	if !ok {
		return value
	}
	return out
}

// HasShape reports whether a value has the shape of its kind, so that its spellings have one token. Values of kinds without spellings have.
func HasShape(kind string, value []byte) bool {
	switch kind {
	case KindEmail, KindIP, KindMAC, KindCard, KindPhone, KindSSN, KindIBAN:
		_, ok := normal(nil, kind, bytes.TrimSpace(value))
		return ok && len(value) <= maxCanonical
	}
	return true
}

// normal appends the one spelling of a value, if its kind has several and it has its shape.
func normal(scratch []byte, kind string, value []byte) (out []byte, ok bool) {
	out = scratch
	switch kind {
	case KindEmail:
		out, ok = appendEmail(out, value), true
	case KindIP:
		out, ok = appendIP(out, value)
	case KindMAC:
		out, ok = appendMAC(out, value)
	case KindCard, KindPhone, KindSSN:
		out, ok = appendAlnum(out, value, false)
	case KindIBAN:
		out, ok = appendAlnum(out, value, true)
	}
	return out, ok
}

// appendEmail lowers an address. Its local part is folded too: no provider in use tells two people apart by it (RFC 5321, 2.4, allows it).
func appendEmail(dst, value []byte) []byte {
	at, skip := bytes.LastIndexByte(value, '@'), 1
	if at < 0 {
		at, skip = bytes.LastIndex(value, []byte("%40")), 3
	}
	if at < 0 {
		return appendLower(dst, value)
	}
	dst = append(appendLower(dst, value[:at]), '@')
	domain := value[at+skip:]
	if !ascii(domain) {
		if name, err := idna.Lookup.ToASCII(string(domain)); err == nil {
			return append(dst, name...)
		}
	}
	return appendLower(dst, domain)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendLower lowers text; bytes that are not UTF-8 stay as they are.
func appendLower(dst, b []byte) []byte {
	for len(b) > 0 {
		c := b[0]
		if c-'A' < 26 {
			c |= 0x20
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRune(b); n > 1 {
				dst, b = utf8.AppendRune(dst, unicode.ToLower(r)), b[n:]
				continue
			}
		}
		dst, b = append(dst, c), b[1:]
	}
	return dst
}

func appendIP(dst, value []byte) ([]byte, bool) {
	addr, ok := ParseAddr(value)
	if !ok {
		return dst, false
	}
	return addr.AppendTo(dst), true
}

func appendMAC(dst, value []byte) ([]byte, bool) {
	start := len(dst)
	for _, c := range value {
		switch {
		case c-'0' < 10 || c-'a' < 6:
			dst = append(dst, c)
		case c-'A' < 6:
			dst = append(dst, c|0x20)
		case c != ':' && c != '-' && c != '.':
			return dst, false
		}
	}
	n := len(dst) - start
	return dst, n == 12 || n == 16
}

// appendAlnum keeps the digits, and letters in upper case where they belong to the value, and leaves separators out.
func appendAlnum(dst, value []byte, letters bool) ([]byte, bool) {
	start := len(dst)
	for len(value) > 0 {
		r, n := utf8.DecodeRune(value)
		value = value[n:]
		switch {
		case '0' <= r && r <= '9', letters && 'A' <= r && r <= 'Z':
			dst = append(dst, byte(r))
		case letters && 'a' <= r && r <= 'z':
			dst = append(dst, byte(r)&^0x20)
		case !separator(r):
			return dst, false
		}
	}
	return dst, len(dst) > start
}

// separator reports whether r only groups digits: a space or dash of any script, or a sign that people write between them.
func separator(r rune) bool {
	switch r {
	case '.', '/', '(', ')', '+', '_', ',':
		return true
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r)
}
