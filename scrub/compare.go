package scrub

import (
	"fmt"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub/detect"
	"winnow/scrub/meta"
	"winnow/scrub/selector"
)

// Effect is what a change does to what leaves.
type Effect uint8

// The effects.
const (
	Neutral   Effect = iota // as much leaves as before
	Withholds               // less
	LetsOut                 // something that did not leave before
	Differs                 // another part of it: neither is known to be less
)

// Outcome is what becomes of a field, a fact or a finding under one policy.
type Outcome struct {
	// Rule that decides; empty if none does.
	Rule string
	// Action taken; its kind is drop where nothing leaves.
	Action config.Action
	// Why, in words, where nothing leaves and no action says so.
	Why string
}

// Change is one difference of two policies.
type Change struct {
	Effect Effect
	// What has changed: "field", "fact", "detector", "custom", "allow" or "policy".
	What string
	// Subject is the path of a field, in which * stands for any segment or any part of one that no rule spells out, or the name of the rest.
	Subject string
	// Ways of a field, as the modes of old and new: "strict" or "strict to scrub".
	Ways     string
	Old, New Outcome
	// Words say what an outcome cannot, as the end of a sentence; empty where outcomes do.
	Words string
}

// AtLeastAsStrict tells whether next lets nothing out that prior withholds, whatever the record (CHANGE-1). It is conservative: false says
// that it may. Two policies of one digest are equally strict.
func AtLeastAsStrict(prior, next *Policy) bool {
	return !slices.ContainsFunc(Compare(prior, next), func(c Change) bool { return c.Effect == LetsOut || c.Effect == Differs })
}

// mostPaths bounds the kinds of paths that a comparison looks at.
const mostPaths = 1 << 19

// Compare lists what is different under next, over all paths that the rules of either can tell apart, in every mode that is in use. The
// result is in a fixed order; none for two policies of one digest.
func Compare(prior, next *Policy) []Change {
	if prior.digest == next.digest {
		return nil
	}
	c := comparison{old: prior, new: next}
	for _, ways := range modes(prior.from, next.from) {
		c.fields(ways[0], ways[1])
	}
	c.facts()
	c.detectors()
	c.custom()
	c.allowed()
	c.persons()
	return c.list
}

type comparison struct {
	old, new *Policy
	list     []Change
}

func (c *comparison) add(effect Effect, what, subject, words string, a ...any) {
	c.list = append(c.list, Change{Effect: effect, What: what, Subject: subject, Words: fmt.Sprintf(words, a...)})
}

// modes are the pairs of an old and a new mode under which a record can come in, the policies' own first.
func modes(prior, next *config.Config) (pairs [][2]config.Mode) {
	add := func(a, b config.Mode) {
		if pair := [2]config.Mode{a, b}; !slices.Contains(pairs, pair) {
			pairs = append(pairs, pair)
		}
	}
	add(prior.Policy.Mode, next.Policy.Mode)
	for _, c := range []*config.Config{prior, next} {
		for _, r := range c.Routes {
			add(modeAt(prior, r.Path), modeAt(next, r.Path))
		}
		for _, l := range c.Listeners {
			add(modeOf(prior, l.Address), modeOf(next, l.Address))
		}
	}
	return pairs
}

// modeAt is the mode of what comes in on a path, or on paths below one that ends in /*.
func modeAt(c *config.Config, path string) config.Mode {
	for _, r := range c.Routes {
		prefix, below := strings.CutSuffix(r.Path, "/*")
		if r.Path == path || below && strings.HasPrefix(path, prefix+"/") {
			return said(r.Mode, c)
		}
	}
	return c.Policy.Mode
}

func modeOf(c *config.Config, address string) config.Mode {
	for _, l := range c.Listeners {
		if l.Address == address {
			return said(l.Mode, c)
		}
	}
	return c.Policy.Mode
}

func said(m config.Mode, c *config.Config) config.Mode {
	if m == "" {
		return c.Policy.Mode
	}
	return m
}

// What stands above a path, told from one path to those below it.
const (
	hidBefore uint64 = 1 << iota // the old policy takes away a field above whole, and the new one does not
	hidesNow                     // and the other way round
)

// fields compares what becomes of every kind of field.
func (c *comparison) fields(old, next config.Mode) {
	all := slices.Concat(c.old.selectors, c.new.selectors)
	ways := string(old)
	if next != old {
		ways += " to " + string(next)
	}
	standIn, searched := selector.Any(all), c.old.dropsFound()
	complete := selector.Explore(all, mostPaths, func(path string, _ []int, above uint64) uint64 {
		o, n := c.old.outcome(path, old), c.new.outcome(path, next)
		effect, words := weigh(o, n, above)
		if searched && above&hidBefore == 0 && o.Action.Kind == config.ActionKeep && effect == Withholds && n.Action.Kind != config.ActionDropRecord {
			effect, words = Differs, "records were dropped for what was found in it, and no longer are"
		}
		if effect != Neutral || o.Action.Kind != n.Action.Kind || words != "" {
			c.list = append(c.list, Change{effect, "field", shown(path, standIn), ways, o, n, words})
		}
		switch {
		case cuts(o) && !cuts(n):
			above |= hidBefore
		case cuts(n) && !cuts(o):
			above |= hidesNow
		}
		return above
	})
	if !complete {
		c.add(Differs, "field", "**", "the rules tell too many paths apart to compare all of them")
	}
}

// weigh compares the outcomes of one field, given what becomes of the fields above it.
func weigh(o, n Outcome, above uint64) (Effect, string) {
	effect := Strictness(o.Action, n.Action, true)
	switch {
	case o.Action.Kind == config.ActionDropRecord && n.Action.Kind == config.ActionDropRecord && above&hidesNow != 0:
		return LetsOut, "the field above it is removed first, so that records with it are no longer dropped"
	case above&hidBefore != 0 && n.Action.Kind != config.ActionDrop && n.Action.Kind != config.ActionDropRecord:
		return LetsOut, "the field above it was removed whole, and no longer is"
	case effect == Neutral && above&hidesNow != 0 && n.Action.Kind != config.ActionDrop:
		return Withholds, "the field above it is removed whole"
	}
	return effect, ""
}

// cuts tells whether an object with this outcome goes as a whole, and the record stays.
func cuts(o Outcome) bool {
	return o.Rule != "" && o.Action.Kind != config.ActionKeep && o.Action.Kind != config.ActionDropRecord
}

// shown is a path as a selector.
func shown(path, standIn string) string {
	path = strings.ReplaceAll(path, standIn, "*")
	for strings.Contains(path, "**") {
		path = strings.ReplaceAll(path, "**", "*")
	}
	return path
}

// outcome is what becomes of a plain value at a path.
func (p *Policy) outcome(path string, mode config.Mode) Outcome {
	f := p.scopes[Root]
	for key := range strings.SplitSeq(path, ".") {
		f = p.below(f, []byte(key))
	}
	if f.rule() < 0 || p.rules[f.rule()].unnamed {
		if mode == config.ModeScrub {
			return Outcome{Action: config.Action{Kind: config.ActionKeep}}
		}
		return Outcome{Action: config.Action{Kind: config.ActionDrop}, Why: "no rule names it"}
	}
	r := &p.rules[f.rule()]
	o := Outcome{Rule: r.id, Action: *r.said}
	o.Action.Kind = kindOf(o.Action)
	if !r.leaves && o.Action.Kind != config.ActionDropRecord && o.Action.Kind != config.ActionDrop {
		o.Action, o.Why = config.Action{Kind: config.ActionDrop}, fmt.Sprintf("class %s may not leave", r.class)
	}
	return o
}

// facts compares what is taken from headers.
func (c *comparison) facts() {
	for i := range meta.Defaults {
		d := &meta.Defaults[i]
		o, n := c.old.fact(d), c.new.fact(d)
		if effect := Strictness(o.Action, n.Action, false); effect != Neutral {
			c.list = append(c.list, Change{Effect: effect, What: "fact", Subject: string(d.Fact), Old: o, New: n})
		}
	}
}

func (p *Policy) fact(d *meta.Default) Outcome {
	gone := config.Action{Kind: config.ActionDrop}
	rule := p.from.Metadata[d.Fact]
	o := Outcome{Action: d.Action}
	if rule.Action != nil {
		o.Action = *rule.Action
	}
	o.Action.Kind = kindOf(o.Action)
	switch {
	case rule.Off:
		return Outcome{Action: gone, Why: "it is switched off"}
	case !slices.Contains(p.classes, d.Class):
		return Outcome{Action: gone, Why: fmt.Sprintf("class %s may not leave", d.Class)}
	case d.NeedsGeo && !p.from.Geo.Tells(d.Fact):
		return Outcome{Action: gone, Why: "no database tells it"}
	}
	return o
}

// detectors compares what becomes of what the built-in detectors find.
func (c *comparison) detectors() {
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		name := detect.Table[id].Name
		o, n := c.old.finding(id), c.new.finding(id)
		if effect := Strictness(o.Action, n.Action, false); effect != Neutral {
			c.list = append(c.list, Change{Effect: effect, What: "detector", Subject: name, Old: o, New: n})
		}
	}
	switch before, now := privateIPs(c.old.from), privateIPs(c.new.from); {
	case before && !now:
		c.add(LetsOut, "detector", "private addresses", "were findings, and now leave")
	case now && !before:
		c.add(Withholds, "detector", "private addresses", "left, and now are findings")
	}
	switch before, now := c.old.manySeries, c.new.manySeries; {
	case now && !before:
		c.add(LetsOut, "policy", "pseudonyms in labels and series", "were removed, and now leave")
	case before && !now:
		c.add(Withholds, "policy", "pseudonyms in labels and series", "left, and now are removed")
	}
}

func privateIPs(c *config.Config) bool {
	return c.Policy.DetectPrivateIPs == nil || *c.Policy.DetectPrivateIPs
}

// finding is what becomes of a detector's findings; what is not looked for is kept.
func (p *Policy) finding(id detect.ID) Outcome {
	info := detect.Table[id]
	set := p.from.Policy.Detectors[info.Name]
	if set.Off || !info.On && !set.On {
		return Outcome{Action: config.Action{Kind: config.ActionKeep}, Why: "it is not looked for"}
	}
	if set.Action != nil {
		return Outcome{Action: *set.Action}
	}
	return Outcome{Action: config.Action{Kind: config.ActionReplace, Text: info.Placeholder}}
}
