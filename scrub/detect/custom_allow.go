package detect

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"winnow/config"
)

// Allow is what is left alone wherever it is found, compiled: values, e-mail addresses at domains, addresses in networks. Findings of the
// classes payment and secret are never left alone. It is immutable and safe for concurrent use.
type Allow struct {
	values   map[string]struct{} // in lower case
	domains  map[string]struct{}
	networks []netip.Prefix
	guarded  [1 << 8]bool // by ID
}

// maxAllowedBytes bounds what is compared with the values and domains.
const maxAllowedBytes = 256

// CompileAllow compiles what config has checked; nil if nothing is allowed. classes are those of the rules of one's own, in order.
func CompileAllow(in config.Allow, classes []config.Class) (*Allow, error) {
	if len(in.Values)+len(in.Domains)+len(in.Networks) == 0 {
		return nil, nil
	}
	a := &Allow{values: map[string]struct{}{}, domains: map[string]struct{}{}}
	for _, v := range in.Values {
		a.values[lowered(v)] = struct{}{}
	}
	for _, d := range in.Domains {
		a.domains[lowered(d)] = struct{}{}
	}
	for _, n := range in.Networks {
		prefix, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, err
		}
		a.networks = append(a.networks, prefix.Masked())
	}
	for id := range Table {
		a.guarded[id] = isGuarded(Table[id].Class)
	}
	for i, class := range classes {
		a.guarded[Count+i] = isGuarded(class)
	}
	return a, nil
}

func isGuarded(c config.Class) bool { return c == config.ClassPayment || c == config.ClassSecret }

// lowered is s with ASCII letters in lower case.
func lowered(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// permits reports whether a finding is to be left alone.
func (a *Allow) permits(t []byte, f Finding) bool {
	if a.guarded[f.Detector] || f.End-f.Start > maxAllowedBytes {
		return false
	}
	var low [maxAllowedBytes]byte
	b := low[:f.End-f.Start]
	for i, c := range t[f.Start:f.End] {
		b[i] = lower(c)
	}
	if _, ok := a.values[string(b)]; ok {
		return true
	}
	switch f.Detector {
	case Email:
		return a.permitsDomain(b)
	case IPv4, IPv6:
		return a.permitsAddress(b)
	}
	return false
}

// permitsDomain reports whether the address is at one of the domains, or below it.
func (a *Allow) permitsDomain(address []byte) bool {
	at := len(address)
	for at > 0 && (isAlnum(address[at-1]) || address[at-1] == '-' || address[at-1] == '.' || address[at-1] == '_') {
		at--
	}
	domain := address[at:]
	if hasFold(address, at-1, "%") && hasFold(domain, 0, "40") {
		domain = domain[2:]
	} else if hasFold(address, at-1, `\`) && hasFold(domain, 0, "u0040") {
		domain = domain[5:]
	}
	for {
		if _, ok := a.domains[string(domain)]; ok {
			return true
		}
		dot := 0
		for dot < len(domain) && domain[dot] != '.' {
			dot++
		}
		if dot == len(domain) {
			return false
		}
		domain = domain[dot+1:]
	}
}

// permitsAddress reports whether the address, without a zone, is in one of the networks.
func (a *Allow) permitsAddress(b []byte) bool {
	var addr netip.Addr
	if v4, n := parseIPv4(b, 0); n == len(b) {
		addr = netip.AddrFrom4(v4)
	} else if v6 := parseIPv6(b, 0, len(b)); v6.end == len(b) {
		var raw [16]byte
		for i, g := range v6.group {
			binary.BigEndian.PutUint16(raw[2*i:], g)
		}
		addr = netip.AddrFrom16(raw).Unmap()
	}
	for _, n := range a.networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}
