package action

import (
	"net/netip"

	"winnow/scrub/pseudonym"
)

// appendPrefix appends the network of an address, without its length: 192.0.2.77:443 becomes 192.0.2.0. What ParseAddr leaves out (port,
// zone, prefix length) goes, and an IPv4-mapped address is truncated as IPv4.
func (a *Action) appendPrefix(dst, value []byte) (out []byte, number, ok bool) {
	addr, ok := pseudonym.ParseAddr(value)
	if !ok {
		return dst, false, false
	}
	network, err := addr.Prefix(a.bits(addr))
	if err != nil {
		return dst, false, false
	}
	return network.Addr().AppendTo(dst), false, true
}

// bits is how much of an address stays. A 6to4 address (RFC 3056) holds an IPv4 address right behind its first 16 bits, of which no more
// may stay than of any other.
func (a *Action) bits(addr netip.Addr) int {
	if addr.Is4() {
		return a.ipv4
	}
	if b := addr.As16(); b[0] == 0x20 && b[1] == 0x02 {
		return min(a.ipv6, 16+a.ipv4)
	}
	return a.ipv6
}
