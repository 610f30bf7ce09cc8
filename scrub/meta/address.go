package meta

import (
	"bytes"
	"net/netip"
	"unsafe"
)

// longestNode bounds one hop's address as spelled in a header: an IPv6 address with a port, quotes and brackets.
const longestNode = 64

// clientAddr finds the address of the true client (META-7).
//
// The peer's headers are believed only if it is a trusted proxy. The chain is then walked from its end: an address that is itself a
// trusted proxy vouches for the one before it, and the first that is not is the client. A hop that says "unknown", is obfuscated or
// malformed ends the walk; the client is then the last address that was vouched for. So is it when X-Forwarded-For and Forwarded are
// both there and disagree, since only one of them was written by the proxy. X-Real-IP counts only where there is neither. Source: RFC
// 7239.
func (e *Extractor) clientAddr(r *Request) netip.Addr {
	peer := r.RemoteAddr.Unmap().WithZone("")
	if !peer.IsValid() || !e.trusts(peer) {
		return peer
	}
	switch {
	case len(r.xff) > 0 && len(r.forwarded) > 0:
		a, b := e.walkForwardedFor(peer, r.xff), e.walkForwarded(peer, r.forwarded)
		if a != b {
			return peer
		}
		return a
	case len(r.xff) > 0:
		return e.walkForwardedFor(peer, r.xff)
	case len(r.forwarded) > 0:
		return e.walkForwarded(peer, r.forwarded)
	case r.realIPs == 1:
		if addr, ok := parseHop(trim(r.realIP)); ok {
			return addr
		}
	}
	return peer
}

func (e *Extractor) trusts(addr netip.Addr) bool {
	for _, p := range e.trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// walkForwardedFor walks the lines of X-Forwarded-For from the last hop to the first.
func (e *Extractor) walkForwardedFor(last netip.Addr, lines [][]byte) netip.Addr {
	for i := len(lines) - 1; i >= 0; i-- {
		line, more := lines[i], true
		for more {
			var hop []byte
			if at := bytes.LastIndexByte(line, ','); at >= 0 {
				line, hop = line[:at], line[at+1:]
			} else {
				hop, more = line, false
			}
			addr, ok := parseHop(trim(hop))
			if !ok {
				return last
			}
			if last = addr; !e.trusts(addr) {
				return last
			}
		}
	}
	return last
}

// parseHop reads an address as proxies spell it: IPv4 or IPv6, with or without a port, IPv6 also in brackets. A zone, and an address
// that no client can have (unspecified, multicast), is refused.
func parseHop(b []byte) (netip.Addr, bool) {
	if len(b) == 0 || len(b) > longestNode || bytes.IndexByte(b, '%') >= 0 {
		return netip.Addr{}, false
	}
	switch colons := bytes.Count(b, []byte{':'}); {
	case b[0] == '[':
		end := bytes.IndexByte(b, ']')
		if end < 0 || !port(b[end+1:]) {
			return netip.Addr{}, false
		}
		b = b[1:end]
		if bytes.IndexByte(b, ':') < 0 {
			return netip.Addr{}, false
		}
	case colons == 1:
		at := bytes.IndexByte(b, ':')
		if !port(b[at:]) {
			return netip.Addr{}, false
		}
		b = b[:at]
	}
	return parseAddr(b)
}

// port reports whether b is empty or a colon and a port.
func port(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	return b[0] == ':' && len(b) <= 6 && allDigits(b[1:])
}

func parseAddr(b []byte) (netip.Addr, bool) {
	if len(b) == 0 {
		return netip.Addr{}, false
	}
	// The text is not kept: an address has a zone's name only behind a %, which parseHop refuses, and the error is dropped.
	addr, err := netip.ParseAddr(unsafe.String(&b[0], len(b)))
	if err != nil {
		return netip.Addr{}, false
	}
	addr = addr.Unmap()
	if addr.IsUnspecified() || addr.IsMulticast() {
		return netip.Addr{}, false
	}
	return addr, true
}

// unmapPrefix turns a network of IPv4-mapped addresses into its IPv4 form, which is how addresses are compared.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96).Masked()
	}
	return p.Masked()
}
