package detect

// maxIPv6Bytes is the length of the longest spelling: six groups and an IPv4 tail.
const maxIPv6Bytes = 45

// matchIPv6 finds the first IPv6 address at or after at in the run of hex digits, colons and dots at at.
//
// Accepted: the forms of RFC 4291 section 2.2, a zone behind them included; a port, a prefix and brackets stay. At least three groups, or two
// when the first is one of those in use (2…, 3…, fc…, fd…, fe80) or brackets, a zone or a prefix are there. Not found: unspecified,
// loopback and its IPv4 form, the netmask of one address; eight groups of two digits, which are other identifiers; clock times, C++ names.
func matchIPv6(o *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	for i := max(at, lo); i < len(t) && isColoned(t[i]); {
		stop := i
		for stop < len(t) && stop <= i+maxIPv6Bytes && isColoned(t[stop]) {
			stop++
		}
		if s, e, found := ipv6In(o, t, i, stop); found {
			return s, e, true
		}
		// A run may hold more than one thing: what is not an address ends at a dot or with the run.
		for i < len(t) && isColoned(t[i]) && t[i] != '.' {
			i++
		}
		for i < len(t) && t[i] == '.' {
			i++
		}
	}
	return 0, 0, false
}

func isColoned(c byte) bool { return class[c]&isColonedBit != 0 }

// ipv6In finds an address that begins at i or behind the key that ends in the run there, and ends before stop.
func ipv6In(o *Options, t []byte, i, stop int) (start, end int, ok bool) {
	i = max(i, min(skipEscape(t, i), stop))
	if wordBefore(t, i) {
		for i < stop && t[i] != ':' {
			i++
		}
		i++ // the colon behind a key
	} else if i+1 < stop && t[i] == ':' && t[i+1] != ':' {
		i++
	}
	if i >= stop || t[i] == '.' {
		return 0, 0, false
	}
	p := parseIPv6(t, i, stop)
	if p.end == 0 || !p.alone(t, i) || !p.want(o, t, i) {
		return 0, 0, false
	}
	return i, zoneEnd(t, p.end), true
}

// ipv6 is what parseIPv6 read.
type ipv6 struct {
	group  [8]uint16
	end    int  // behind the address, 0 if there is none
	filled int  // groups written out
	pairs  int  // groups written with exactly two digits
	gap    int  // index of the first group that "::" stands for, -1 if none
	digit  bool // a decimal digit is among the written ones
}

// parseIPv6 reads the longest address at i that ends before stop.
func parseIPv6(t []byte, i, stop int) (p ipv6) {
	p.gap = -1
	n := 0
	j := i
	if j+1 < stop && t[j] == ':' && t[j+1] == ':' {
		p.gap, j = 0, j+2
	}
	for j < stop && n < 8 {
		k := j
		v := uint32(0)
		for k < stop && isHex(t[k]) && k-j < 5 {
			v = v<<4 | uint32(hexValue(t[k]))
			p.digit = p.digit || isDigit(t[k])
			k++
		}
		if k == j || k-j > 4 {
			break
		}
		if k < stop && t[k] == '.' && n <= 6 {
			if a, m := parseIPv4(t, j); m > 0 {
				p.group[n], p.group[n+1] = uint16(a[0])<<8|uint16(a[1]), uint16(a[2])<<8|uint16(a[3])
				n, p.filled, k = n+2, p.filled+2, j+m
				p.end = k
				break
			}
		}
		p.group[n] = uint16(v)
		n++
		p.filled++
		if k-j == 2 {
			p.pairs++
		}
		p.end = k
		if k >= stop || t[k] != ':' {
			break
		}
		j = k + 1
		if j < stop && t[j] == ':' {
			if p.gap >= 0 {
				return ipv6{}
			}
			p.gap = n
			j++
			p.end = j
		}
	}
	if (p.gap < 0 && n != 8) || (p.gap >= 0 && n > 7) {
		return ipv6{}
	}
	p.spread(n)
	return p
}

// spread moves the groups behind the gap to their places.
func (p *ipv6) spread(n int) {
	if p.gap < 0 {
		return
	}
	for i, k := n-1, 7; i >= p.gap; i, k = i-1, k-1 {
		p.group[i], p.group[k] = 0, p.group[i]
	}
}

// alone reports whether the address at start is no part of something longer.
func (p *ipv6) alone(t []byte, start int) bool {
	if c := byteAt(t, start-1); (c == ':' && chainBefore(t, start-1)) || c == '~' || c == '-' && p.filled == 1 && isLetter(byteAt(t, start-2)) { // us-west-2::
		return false
	}
	switch c := byteAt(t, p.end); c {
	case ':':
		// A port behind eight full groups; anything else, such as a ninth group, is another thing.
		next := byteAt(t, p.end+1)
		return !isHex(next) && next != ':' && !(next == '[' && placeholderAt(t[p.end+1:])) || p.gap < 0 && p.pairs < 4 && portAt(t, p.end+1)
	default:
		return !wordAt(t, p.end)
	}
}

func portAt(t []byte, i int) bool {
	j := i
	for j < len(t) && isDigit(t[j]) {
		j++
	}
	return j > i && j-i <= 5 && !isAlnum(byteAt(t, j)) && byteAt(t, j) != ':'
}

// want reports whether the address can belong to a person and is not a name that happens to be hex.
func (p *ipv6) want(o *Options, t []byte, start int) bool {
	g := &p.group
	if g[0]|g[1]|g[2]|g[3]|g[4] == 0 && (g[5] == 0 || g[5] == 0xffff) {
		mapped := g[5] == 0xffff || g[6] > 0
		a := [4]byte{byte(g[6] >> 8), byte(g[6]), byte(g[7] >> 8), byte(g[7])}
		return mapped && p.filled >= 2 && wantIPv4(o, a)
	}
	if p.pairs == 8 || !p.digit && p.filled < 8 || *g == [8]uint16{0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff} {
		return false
	}
	unicast := g[0]&0xe000 == 0x2000 && g[0] > 0xfff
	local := g[0]&0xfe00 == 0xfc00 || g[0]&0xffc0 == 0xfe80
	if local && !o.PrivateIPs {
		return false
	}
	c := byteAt(t, p.end)
	marked := byteAt(t, start-1) == '[' && c == ']' || c == '%' || c == '/'
	return p.filled >= 3 && (p.gap < 0 || unicast || local || marked || p.filled > 3) || unicast || local || marked
}

// zoneEnd returns the end of a zone (%eth0) at i, or i. What can be read as a percent escape is none.
func zoneEnd(t []byte, i int) int {
	if byteAt(t, i) != '%' || !isLetter(byteAt(t, i+1)) || isHex(byteAt(t, i+1)) && isHex(byteAt(t, i+2)) {
		return i
	}
	j := i + 1
	for j < len(t) && j-i < 16 && (isAlnum(t[j]) || t[j] == '.' || t[j] == '-') {
		j++
	}
	if c := t[j-1]; c == '.' || c == '-' {
		j-- // the end of a sentence
	}
	return j
}
