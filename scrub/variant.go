package scrub

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub/action"
	"winnow/scrub/meta"
	"winnow/scrub/selector"
)

// Variant is what the records of one tenant meet on one way in: the policy itself, or what it is tightened to there. A variant lets nothing
// out that the policy does not.
type Variant struct {
	Policy *Policy
	// Mode of scrubbing there, for Request.
	Mode config.Mode
}

// way is a route or a listener.
type way struct {
	own     Variant            // of tenants of whom nothing is withheld
	tenants map[string]Variant // of the others
}

// Variant is what the records of a tenant meet on a way in: routes count from 0, and listeners behind them. Those that are equal are one
// Policy.
func (p *Policy) Variant(i int, tenant string) Variant {
	if v, ok := p.ways[i].tenants[tenant]; ok {
		return v
	}
	return p.ways[i].own
}

// Tightened lists the tenants that have a variant of their own on a way in, in the order of their names.
func (p *Policy) Tightened(i int) []string { return slices.Sorted(maps.Keys(p.ways[i].tenants)) }

// Policies lists the policy and its variants, and those of copies for training, each once.
func (p *Policy) Policies() []*Policy {
	list := []*Policy{p}
	if p.training != nil {
		list = append(p.training.Policies(), p)
	}
	for i := range p.ways {
		for _, v := range append(slices.Collect(maps.Values(p.ways[i].tenants)), p.ways[i].own) {
			if !slices.Contains(list, v.Policy) {
				list = append(list, v.Policy)
			}
		}
	}
	return list
}

// Text is what config.FromText and Compile make the same policy of, as far as what leaves is concerned. The caller owns it.
func (p *Policy) Text() []byte { return p.from.Text() }

// Toward is the variant under which what came in on a way is handed on later, when it has waited: that of the way and the tenant, narrowed to the
// classes that may be handed over there. A way of -1 is none that there still is; the policy's own mode is then its mode. Where something is
// narrowed it is compiled anew with each call. The policy must not be a variant.
func (p *Policy) Toward(i int, tenant string, may func(config.Class) bool) (Variant, error) {
	mode, classes := p.mode, []config.Class(nil)
	switch c := p.from; {
	case i < 0:
	case i < len(c.Routes):
		mode, classes = said(c.Routes[i].Mode, c), c.Routes[i].Classes
	default:
		l := c.Listeners[i-len(c.Routes)]
		mode, classes = said(l.Mode, c), l.Classes
	}
	var of config.Tightening
	for _, t := range p.from.Tenants {
		if t.ID == tenant {
			of = t.Policy
		}
	}
	t := tightening{strict: of.Mode == config.ModeStrict && mode == config.ModeScrub, drop: of.Drop}
	for _, list := range [][]config.Class{classes, of.Classes} {
		t.narrow(p.from.Policy.Classes, list)
	}
	own := Variant{p, mode}
	if i >= 0 {
		own = p.Variant(i, tenant)
	}
	before := t.classes
	t.narrow(p.from.Policy.Classes, allowed(p.from.Policy.Classes, may))
	if slices.Equal(before, t.classes) && (before == nil) == (t.classes == nil) && (i >= 0 || t.none()) {
		return own, nil
	}
	if t.strict {
		mode = config.ModeStrict
	}
	v, err := compile(tighten(p.from, t), p)
	return Variant{v, mode}, err
}

// Readmitting is p for what was scrubbed under old, waits with facts of requests in it, and is scrubbed again: those facts of which old left more
// than p leaves are taken away by their names, since p would only see fields of these names. A stamp of another name than p's goes, too. A nil
// old is not known, and all go.
func (p *Policy) Readmitting(old *Policy) (*Policy, error) {
	var drop []string
	for i := range meta.Defaults {
		d := &meta.Defaults[i]
		if old != nil && (d.Fact != config.FactPolicy || p.facts.StampName() == "") {
			if effect := Strictness(p.fact(d).Action, old.fact(d).Action, false); effect == Neutral || effect == Withholds {
				continue
			}
		}
		for _, names := range [][]string{attachedAs(d, config.MetadataRule{}), attachedAs(d, p.from.Metadata[d.Fact]), attachedAs(d, old.metadata(d.Fact))} {
			for _, name := range names {
				if name == p.facts.StampName() {
					continue // p puts its own in place of it
				}
				drop = append(drop, name, strings.ReplaceAll(name, ".", "_"), scopeNames[Report]+"."+name)
			}
		}
	}
	if len(drop) == 0 {
		return p, nil
	}
	slices.Sort(drop)
	return compile(tighten(p.from, tightening{drop: slices.Compact(drop)}), p)
}

func (p *Policy) metadata(f config.Fact) config.MetadataRule {
	if p == nil {
		return config.MetadataRule{}
	}
	return p.from.Metadata[f]
}

// attachedAs are the names under which a fact is attached.
func attachedAs(d *meta.Default, rule config.MetadataRule) []string {
	name, version := d.Name, d.VersionName
	if rule.Name != "" {
		name, version = rule.Name, rule.Name+"_version"
	}
	if d.VersionName == "" {
		return []string{name}
	}
	return []string{name, version}
}

// allowed are the classes that may.
func allowed(classes []config.Class, may func(config.Class) bool) []config.Class {
	left := []config.Class{}
	for _, c := range classes {
		if may(c) {
			left = append(left, c)
		}
	}
	return left
}

// tightening is what is withheld beyond a policy on one way in.
type tightening struct {
	strict  bool
	classes []config.Class // that may still leave, in the policy's order; nil: all
	drop    []string
}

func (t *tightening) none() bool { return !t.strict && t.classes == nil && len(t.drop) == 0 }

// narrow leaves of the policy's classes those in list too.
func (t *tightening) narrow(policy, list []config.Class) {
	if list == nil {
		return
	}
	left := []config.Class{}
	for _, class := range policy {
		if slices.Contains(list, class) && (t.classes == nil || slices.Contains(t.classes, class)) {
			left = append(left, class)
		}
	}
	if t.classes = left; len(left) == len(policy) {
		t.classes = nil
	}
}

// variants compiles what the policy is tightened to, each distinct variant once.
func (b *builder) variants() {
	known := map[string]*Policy{}
	add := func(place string, mode config.Mode, classes []config.Class) {
		var w way
		w.own = b.variant(known, place+".classes", mode, classes, config.Tightening{})
		for k, t := range b.c.Tenants {
			if !t.Policy.Tightens() {
				continue
			}
			if w.tenants == nil {
				w.tenants = map[string]Variant{}
			}
			w.tenants[t.ID] = b.variant(known, fmt.Sprintf("tenants[%d].policy", k), mode, classes, t.Policy)
		}
		b.p.ways = append(b.p.ways, w)
	}
	for i, r := range b.c.Routes {
		add(fmt.Sprintf("routes[%d]", i), said(r.Mode, b.c), r.Classes)
	}
	for i, l := range b.c.Listeners {
		add(fmt.Sprintf("listeners[%d]", i), said(l.Mode, b.c), l.Classes)
	}
}

// variant is what the policy becomes on a way in of a mode and classes, for a tenant of whom more is withheld.
func (b *builder) variant(known map[string]*Policy, place string, mode config.Mode, classes []config.Class, of config.Tightening) Variant {
	t := tightening{strict: of.Mode == config.ModeStrict && mode == config.ModeScrub, drop: of.Drop}
	t.narrow(b.c.Policy.Classes, classes)
	t.narrow(b.c.Policy.Classes, of.Classes)
	if t.strict {
		mode = config.ModeStrict
	}
	if t.none() {
		return Variant{b.p, mode}
	}
	key := fmt.Sprintf("%v %q %v %q", t.strict, t.classes, t.classes == nil, t.drop)
	v, ok := known[key]
	if !ok {
		v = b.tightened(place, t)
		known[key] = v
	}
	return Variant{v, mode}
}

// tightened compiles one variant, and sees to it that it lets nothing out that the policy does not. Where nothing takes a record away
// whole, less of each field is less of all; else the two are compared.
func (b *builder) tightened(place string, t tightening) *Policy {
	if b.whole == nil {
		whole := *b.c
		whole.Policy.Preset, whole.Policy.Rules = "none", b.c.AllRules() // the same, and the preset is read once
		b.whole = &whole
	}
	v, err := compile(tighten(b.whole, t), b.p)
	if err != nil {
		b.wrong(place, "what is withheld here cannot be compiled: %v", err)
		return b.p
	}
	if b.p.dropsRecords() && !AtLeastAsStrict(b.p, v) {
		b.wrong(place, "with what is withheld here, records could leave that drop_record takes away whole: a field that makes it do so would be "+
			"removed first; let drop_record stand on fields that stay, or withhold less")
	}
	return v
}

// dropsRecords tells whether anything takes a record away whole.
func (p *Policy) dropsRecords() bool {
	return p.dropsFound() || slices.ContainsFunc(p.rules, func(r rule) bool { return r.kind == action.DropRecord })
}

// dropsFound tells whether something that is found in text takes its record away.
func (p *Policy) dropsFound() bool {
	return slices.ContainsFunc(p.detectors, func(d detector) bool { return d.actKind == config.ActionDropRecord })
}

// dropRule is the rule of what tenants drop. No operator's rule can have its id.
const dropRule = "tenant_drop"

// tighten is the configuration of a variant. It shares what it does not change with c.
func tighten(c *config.Config, t tightening) *config.Config {
	v := *c
	v.Tenants = nil
	v.Routes, v.Listeners = slices.Clone(c.Routes), slices.Clone(c.Listeners)
	for i := range v.Routes {
		v.Routes[i].Classes = nil
		if t.strict {
			v.Routes[i].Mode = config.ModeStrict
		}
	}
	for i := range v.Listeners {
		v.Listeners[i].Classes = nil
		if t.strict {
			v.Listeners[i].Mode = config.ModeStrict
		}
	}
	if t.strict {
		v.Policy.Mode = config.ModeStrict
	}
	if t.classes != nil {
		v.Policy.Classes = t.classes
	}
	if len(t.drop) > 0 {
		rule := config.Rule{ID: dropRule, Fields: t.drop, Action: config.Action{Kind: config.ActionDrop}}
		v.Policy.Rules = append([]config.Rule{rule}, v.Policy.Rules...)
		v.Metadata = withoutFacts(c.Metadata, t.drop)
	}
	return &v
}

// withoutFacts switches off the facts that would be attached under a name that is dropped.
func withoutFacts(m config.Metadata, drop []string) config.Metadata {
	m = maps.Clone(m)
	for i := range meta.Defaults {
		d := &meta.Defaults[i]
		rule := m[d.Fact]
		if !slices.ContainsFunc(attachedAs(d, rule), func(name string) bool {
			return slices.ContainsFunc(drop, func(field string) bool { return matches(field, name) })
		}) {
			continue
		}
		if m == nil {
			m = config.Metadata{}
		}
		rule.Off = true
		m[d.Fact] = rule
	}
	return m
}

func matches(field, name string) bool {
	s, err := selector.Parse(field)
	return err == nil && s.Match(name)
}
