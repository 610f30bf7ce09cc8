package meta

import (
	"bytes"
	"net/netip"
)

// maxHops bounds the hops of one Forwarded line that are looked at, from its end.
const maxHops = 32

// walkForwarded walks the lines of Forwarded from the last hop to the first. A line whose quotes do not balance ends the walk whole: a
// client could otherwise open a quote that swallows what the proxy added behind it.
func (e *Extractor) walkForwarded(last netip.Addr, lines [][]byte) netip.Addr {
	var hops [maxHops][]byte
	for i := len(lines) - 1; i >= 0; i-- {
		n, ok := splitForwarded(&hops, lines[i])
		if !ok {
			return last
		}
		for k := 1; k <= min(n, maxHops); k++ {
			addr, ok := forwardedNode(hops[(n-k)%maxHops])
			if !ok {
				return last
			}
			if last = addr; !e.trusts(addr) {
				return last
			}
		}
		if n > maxHops {
			return last
		}
	}
	return last
}

// splitForwarded cuts a line at its commas outside quotes and keeps the last hops, hop k at k%maxHops. It returns how many there are,
// and false if a quote is left open or a backslash ends the line.
func splitForwarded(hops *[maxHops][]byte, line []byte) (n int, ok bool) {
	start, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			hops[n%maxHops] = line[start:i]
			n++
			start = i + 1
		}
	}
	hops[n%maxHops] = line[start:]
	return n + 1, !quoted
}

// forwardedNode finds the address of the one for= pair of a hop.
func forwardedNode(hop []byte) (netip.Addr, bool) {
	var node []byte
	for len(hop) > 0 {
		pair, rest, ok := cutPair(hop)
		if !ok {
			return netip.Addr{}, false
		}
		hop = rest
		name, value, ok := bytes.Cut(trim(pair), []byte{'='})
		if !ok || len(value) == 0 {
			return netip.Addr{}, false
		}
		if equalFold(name, "for") {
			if node != nil {
				return netip.Addr{}, false
			}
			node = value
		}
	}
	return parseNode(node)
}

// cutPair cuts one pair from a hop, at a semicolon outside quotes.
func cutPair(hop []byte) (pair, rest []byte, ok bool) {
	quoted := false
	for i := 0; i < len(hop); i++ {
		switch c := hop[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return hop[:i], hop[i+1:], true
		}
	}
	return hop, nil, !quoted
}

// parseNode reads a node of RFC 7239, section 6: an IPv4 address, or in quotes an IPv6 address in brackets, each with or without a port.
// "unknown" and obfuscated names ("_hidden") are not addresses.
func parseNode(value []byte) (netip.Addr, bool) {
	if n := len(value); n >= 2 && value[0] == '"' {
		if value[n-1] != '"' || bytes.ContainsAny(value[1:n-1], `"\`) {
			return netip.Addr{}, false
		}
		value = value[1 : n-1]
	}
	if len(value) == 0 || value[0] != '[' && bytes.Count(value, []byte{':'}) > 1 {
		return netip.Addr{}, false
	}
	return parseHop(value)
}
