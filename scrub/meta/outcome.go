package meta

import (
	"errors"
	"net/netip"

	"winnow/config"
)

// Minter makes a pseudonym of a value, under the key domain of the request's tenant.
type Minter interface {
	Append(dst []byte, kind string, value []byte) []byte
}

// outcome is what becomes of a fact's value.
type outcome struct{ config.Action }

func compileAction(a config.Action) (outcome, error) {
	if a.Kind == config.ActionTruncate && (a.IPv4Bits < 0 || a.IPv4Bits > 32 || a.IPv6Bits < 0 || a.IPv6Bits > 128) {
		return outcome{}, errors.New("prefix out of range; use 0 to 32 bits for IPv4 and 0 to 128 for IPv6")
	}
	return outcome{a}, nil
}

func (o *outcome) append(dst, value []byte, m Minter) ([]byte, bool) {
	switch o.Kind {
	case "", config.ActionKeep:
		return append(dst, value...), true
	case config.ActionMask:
		return append(dst, "***"...), true
	case config.ActionReplace:
		return append(dst, o.Text...), true
	case config.ActionTruncate:
		addr, err := netip.ParseAddr(string(value))
		if err != nil {
			return dst, false
		}
		bits := o.IPv6Bits
		if addr.Is4() {
			bits = o.IPv4Bits
		}
		p, err := addr.Prefix(bits)
		if err != nil {
			return dst, false
		}
		return p.Addr().AppendTo(dst), true
	case config.ActionPseudonym:
		if m == nil {
			return dst, false
		}
		return m.Append(dst, "ip", value), true
	}
	return dst, false
}
