package meta

import (
	"bytes"
	"net/netip"

	"winnow/scrub/pseudonym"
)

// longestNode bounds one hop's address as spelled in a header, in bytes: an IPv6 address with brackets, a port and spaces.
const longestNode = 64

// clientAddr finds the address of the true client (META-7).
//
// The peer's headers are believed only if it is a trusted proxy. The chain is then walked from its end: an address that is itself a
// trusted proxy vouches for the one before it, and the first that is not is the client. A hop that says "unknown", is obfuscated or
// malformed ends the walk; the client is then the last address that was vouched for. So is it when X-Forwarded-For and Forwarded are
// both there and disagree, since only one of them was written by the proxy. X-Real-IP counts only where there is neither, so a trusted
// proxy must write at least one of the three itself. Source: RFC 7239.
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
		if addr, ok := parseHop(r.realIP); ok {
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
			addr, ok := parseHop(hop)
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

// parseHop reads an address as proxies spell it: IPv4 or IPv6, with or without a port, IPv6 also in brackets. A zone, a prefix, and an
// address that no client can have (unspecified, multicast), is refused.
func parseHop(b []byte) (netip.Addr, bool) {
	if len(b) > longestNode || bytes.ContainsAny(b, "%/") {
		return netip.Addr{}, false
	}
	addr, ok := pseudonym.ParseAddr(b)
	if !ok || addr.IsUnspecified() || addr.IsMulticast() {
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
