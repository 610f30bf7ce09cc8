package pseudonym

import (
	"bytes"
	"net/netip"
)

// ParseAddr reads an IP address as logs write it: 192.0.2.1, 192.0.2.1:443, 192.0.2.0/24, 2001:db8::1, [2001:db8::1]:443, fe80::1%eth0.
//
// Port, zone and prefix length are checked and left out; an IPv4-mapped IPv6 address comes back as IPv4. It accepts what
// netip.ParseAddr accepts beyond that, but allocates nothing on any input and keeps nothing of text.
func ParseAddr(text []byte) (netip.Addr, bool) {
	text, ok := host(bytes.TrimSpace(text))
	if !ok {
		return netip.Addr{}, false
	}
	text, length, prefixed := bytes.Cut(text, []byte("/"))
	if bytes.IndexByte(text, ':') < 0 {
		a, ok := parse4(text)
		return netip.AddrFrom4(a), ok && (!prefixed || upTo(length, 32))
	}
	text, zone, zoned := bytes.Cut(text, []byte("%"))
	a, ok := parse6(text)
	ok = ok && (!zoned || len(zone) > 0) && (!prefixed || upTo(length, 128))
	return netip.AddrFrom16(a).Unmap(), ok
}

// host leaves out brackets and port.
func host(text []byte) ([]byte, bool) {
	if len(text) > 0 && text[0] == '[' {
		end := bytes.IndexByte(text, ']')
		if end < 0 || bytes.IndexByte(text[:end], ':') < 0 {
			return nil, false
		}
		rest := text[end+1:]
		return text[1:end], len(rest) == 0 || rest[0] == ':' && upTo(rest[1:], 65535)
	}
	colon := bytes.IndexByte(text, ':')
	if colon < 0 || bytes.IndexByte(text[colon+1:], ':') >= 0 {
		return text, true
	}
	return text[:colon], upTo(text[colon+1:], 65535)
}

// upTo reports whether text is a decimal number without leading zeros, at most limit.
func upTo(text []byte, limit int) bool {
	n := 0
	for _, c := range text {
		if c-'0' >= 10 || n > limit {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return len(text) > 0 && n <= limit && (text[0] != '0' || len(text) == 1)
}

// parse4 reads four octets without leading zeros.
func parse4(s []byte) (a [4]byte, ok bool) {
	for i := range a {
		octet := s
		if i < 3 {
			dot := bytes.IndexByte(s, '.')
			if dot < 0 {
				return a, false
			}
			octet, s = s[:dot], s[dot+1:]
		}
		if !upTo(octet, 255) {
			return a, false
		}
		for _, c := range octet {
			a[i] = a[i]*10 + c - '0'
		}
	}
	return a, true
}

// parse6 reads RFC 4291, 2.2: groups of up to four hex digits, one :: for one or more zero groups, IPv4 in the last two.
func parse6(s []byte) (a [16]byte, ok bool) {
	i, gap := 0, -1
	if bytes.HasPrefix(s, []byte("::")) {
		gap, s = 0, s[2:]
	}
	for i < 16 && len(s) > 0 {
		n, v := hexGroup(s)
		if n < len(s) && s[n] == '.' {
			v4, ok := parse4(s)
			if !ok || i > 12 {
				return a, false
			}
			copy(a[i:], v4[:])
			i, s = i+4, nil
			break
		}
		if n == 0 {
			return a, false
		}
		a[i], a[i+1] = byte(v>>8), byte(v)
		i, s = i+2, s[n:]
		if len(s) == 0 {
			break
		}
		if s[0] != ':' || len(s) == 1 {
			return a, false
		}
		s = s[1:]
		if s[0] == ':' {
			if gap >= 0 {
				return a, false
			}
			gap, s = i, s[1:]
		}
	}
	if len(s) > 0 || (i == 16) != (gap < 0) {
		return a, false
	}
	if gap >= 0 {
		copy(a[16-(i-gap):], a[gap:i])
		clear(a[gap : 16-(i-gap)])
	}
	return a, true
}

// hexGroup reads up to four hex digits: how many, and their value.
func hexGroup(s []byte) (n int, v uint16) {
	for n < len(s) && n < 4 {
		c := s[n]
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return n, v
		}
		v = v<<4 | uint16(c)
		n++
	}
	return n, v
}
