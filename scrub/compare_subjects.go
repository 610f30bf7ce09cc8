package scrub

import (
	"slices"

	"winnow/config"
)

// persons compares by which fields persons are known, what marks minors, and what the signals of browsers mean.
func (c *comparison) persons() {
	o, n := &c.old.from.Policy, &c.new.from.Policy
	c.marks("fields that name a subject", o.Subjects, n.Subjects)
	c.marks("fields that mark a minor", o.Minors.Fields, n.Minors.Fields)
	if o.Minors.On() && n.Minors.On() {
		c.marks("values that mark a minor", o.Minors.Values, n.Minors.Values)
	}
	switch before, now := o.Minors.Header, n.Minors.Header; {
	case before != "" && before != now:
		c.add(LetsOut, "policy", "header that marks a minor", "is no longer looked at")
	case now != before:
		c.add(Withholds, "policy", "header that marks a minor", "is newly looked at")
	}
	c.signal("do_not_track", o.DoNotTrack, n.DoNotTrack)
	c.signal("gpc", o.GPC, n.GPC)
}

func (c *comparison) marks(what string, before, now []string) {
	if fewer := lacking(before, now); fewer > 0 {
		c.add(LetsOut, "policy", what, "%d fewer than before", fewer)
	}
	if more := lacking(now, before); more > 0 {
		c.add(Withholds, "policy", what, "%d more than before", more)
	}
}

func (c *comparison) signal(name string, before, now config.Signal) {
	strict := []config.Signal{config.SignalIgnore, config.SignalDropMetadata, config.SignalObjection}
	switch o, n := slices.Index(strict, before), slices.Index(strict, now); {
	case o > n:
		c.add(LetsOut, "policy", name, "meant %s, and now means %s", before, now)
	case n > o:
		c.add(Withholds, "policy", name, "meant %s, and now means %s", before, now)
	}
}
