package cases

import (
	"fmt"
	"strings"
)

// ipv4 returns an address of a network for documentation, benchmarks, private or future use.
func (g *source) ipv4() string {
	host := g.n(1, 254)
	switch g.n(0, 9) {
	case 0, 1:
		return fmt.Sprintf("192.0.2.%d", host)
	case 2:
		return fmt.Sprintf("198.51.100.%d", host)
	case 3:
		return fmt.Sprintf("203.0.113.%d", host)
	case 4:
		return fmt.Sprintf("198.%d.%d.%d", g.n(18, 19), g.n(0, 255), host)
	case 5:
		return fmt.Sprintf("172.%d.%d.%d", g.n(16, 31), g.n(0, 255), host)
	case 6:
		return fmt.Sprintf("192.168.%d.%d", g.n(0, 255), host)
	case 7:
		return fmt.Sprintf("100.%d.%d.%d", g.n(64, 127), g.n(0, 255), host)
	case 8:
		return fmt.Sprintf("%d.%d.%d.%d", g.n(240, 254), g.n(0, 255), g.n(0, 255), host)
	}
	return fmt.Sprintf("10.%d.%d.%d", g.n(0, 255), g.n(0, 255), host)
}

// ipv6 returns an address of the network for documentation, of a site's own or of a link, in one of its spellings.
func (g *source) ipv6() string {
	p, q, r := g.n(1, 0xffff), g.n(1, 0xffff), g.n(1, 0xffff)
	switch g.n(0, 9) {
	case 0:
		return fmt.Sprintf("2001:db8::%x", p)
	case 1:
		return fmt.Sprintf("2001:db8:%x::%x:%x", p, q, r)
	case 2:
		return fmt.Sprintf("2001:0db8:%04x:0000:0000:%04x:%04x:%04x", p, q, r, g.n(0, 0xffff))
	case 3:
		return fmt.Sprintf("2001:db8:%x:%x:%x:%x:%x:%x", p, q, r, g.n(1, 0xffff), g.n(1, 0xffff), g.n(1, 0xffff))
	case 4:
		return strings.ToUpper(fmt.Sprintf("2001:db8:%x:%x::%x", p, q, r))
	case 5:
		return fmt.Sprintf("fe80::%x:%xff:fe%02x:%x", p, g.n(1, 0xff), g.n(0, 0xff), q)
	case 6:
		return fmt.Sprintf("fd%02x:%x:%x::%x", g.n(0, 0xff), p, q, r)
	case 7:
		return "::ffff:" + g.ipv4()
	case 8:
		return fmt.Sprintf("3fff:%x:%x::%x", g.n(0, 0xfff), q, r)
	}
	return fmt.Sprintf("2001:db8:%x:%x:%x:%x::%x", p, q, r, g.n(1, 0xffff), g.n(1, 0xffff))
}

// mac returns an address for documentation or one locally administered, in one of three notations.
func (g *source) mac() string {
	octets := []string{"00", "00", "5e", "00", "53", g.octets(1, "")}
	if !g.chance(4) {
		octets = strings.Split(g.octets(6, ":"), ":")
		octets[0] = g.chars(1, hexLower) + g.chars(1, "26ae")
		octets[3] = g.chars(1, "abcdef") + g.chars(1, hexLower)
	}
	m := one(g, []string{strings.Join(octets, ":"), strings.Join(octets, ":"), strings.Join(octets, "-"), group(strings.Join(octets, ""), ".", 4)})
	if g.chance(3) {
		return strings.ToUpper(m)
	}
	return m
}
