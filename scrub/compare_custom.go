package scrub

import (
	"net/netip"
	"slices"

	"winnow/config"
)

// custom compares the detectors of the operator's own, by id. One that is not known to find all it found before lets something out.
func (c *comparison) custom() {
	for _, o := range c.old.from.Policy.Custom {
		k := slices.IndexFunc(c.new.from.Policy.Custom, func(n config.Custom) bool { return n.ID == o.ID })
		if k < 0 {
			c.add(LetsOut, "custom", o.ID, "was looked for, and no longer is")
			continue
		}
		n := c.new.from.Policy.Custom[k]
		switch narrower, wider := !findsAll(&o, &n), !findsAll(&n, &o); {
		case narrower:
			c.add(Differs, "custom", o.ID, "is looked for in another way, which may find less")
		case wider:
			c.add(Withholds, "custom", o.ID, "finds more than before")
		}
		if effect := Strictness(becomes(&o), becomes(&n), false); effect != Neutral {
			c.list = append(c.list, Change{Effect: effect, What: "custom", Subject: o.ID, Old: Outcome{Action: becomes(&o)}, New: Outcome{Action: becomes(&n)}})
		}
	}
	for _, n := range c.new.from.Policy.Custom {
		if slices.ContainsFunc(c.old.from.Policy.Custom, func(o config.Custom) bool { return n.ID == o.ID }) {
			continue
		}
		effect := Withholds
		if a := becomes(&n); level(a) == partly && a.Kind != config.ActionPseudonym {
			effect = Differs // it can win over a detector that leaves less
		}
		c.add(effect, "custom", n.ID, "is newly looked for")
	}
}

// becomes is what becomes of a rule's findings.
func becomes(r *config.Custom) config.Action {
	if r.Action != nil {
		return *r.Action
	}
	return config.Action{Kind: config.ActionReplace, Text: "[" + r.ID + "]"}
}

// findsAll tells whether b is known to find whatever a finds, with the same rank among detectors.
func findsAll(a, b *config.Custom) bool {
	return a.Pattern == b.Pattern && a.Priority == b.Priority && a.Class == b.Class && (a.MatchCase || !b.MatchCase) &&
		within(a.Words, b.Words) && within(a.Keys, b.Keys) && within(b.Validators, a.Validators) &&
		(len(b.Context) == 0 || len(a.Context) > 0 && within(a.Context, b.Context)) &&
		(len(b.Fields) == 0 || len(a.Fields) > 0 && within(a.Fields, b.Fields))
}

// allowed compares what is left alone. Values may be names of people: they are counted, not shown.
func (c *comparison) allowed() {
	o, n := c.old.from.Policy.Allow, c.new.from.Policy.Allow
	c.allow("values", lacking(n.Values, o.Values), lacking(o.Values, n.Values))
	c.allow("domains of e-mail addresses", lacking(n.Domains, o.Domains), lacking(o.Domains, n.Domains))
	c.allow("networks", uncovered(n.Networks, o.Networks), uncovered(o.Networks, n.Networks))
}

func (c *comparison) allow(what string, more, fewer int) {
	if more > 0 {
		c.add(LetsOut, "allow", what, "%d more are left alone where they are found", more)
	}
	if fewer > 0 {
		c.add(Withholds, "allow", what, "%d fewer are left alone where they are found", fewer)
	}
}

// lacking counts the elements of a that are not in b.
func lacking(a, b []string) (n int) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// uncovered counts the networks of a that lie in none of b.
func uncovered(a, b []string) (n int) {
	for _, text := range a {
		inner, err := netip.ParsePrefix(text)
		if err != nil || !slices.ContainsFunc(b, func(other string) bool {
			outer, err := netip.ParsePrefix(other)
			return err == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
		}) {
			n++
		}
	}
	return n
}
