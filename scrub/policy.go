package scrub

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"winnow/config"
	"winnow/scrub/action"
	"winnow/scrub/detect"
	"winnow/scrub/dp"
	"winnow/scrub/meta"
	"winnow/scrub/selector"
)

// Policy is all rules, compiled. It is immutable and safe for concurrent use.
type Policy struct {
	name, digest string
	mode         config.Mode
	machine      *selector.Machine
	rules        []rule
	verdicts     [3][]verdict // by mode
	scopes       [scopeCount]Field
	classes      []config.Class // that may leave
	facts        *meta.Extractor
	names        []string     // that facts attach, by bit
	stamp        []meta.Field // none or one
	labels       []string     // the same, as labels
	set          *detect.Set
	detectors    []detector        // by detect.ID, the operator's own behind those of the table
	lists        *selector.Machine // of fields that concern persons, or that rules of the operator's own are restricted to; nil if there are none
	people       people
	manySeries   bool // pseudonyms may stand where they make streams and series
	maxDepth     int
	maxRecord    int
	from         *config.Config      // that it was compiled of, for comparing policies
	selectors    []selector.Selector // of all rules
	ways         []way               // routes, then listeners; nil of a variant
	training     *Policy             // of copies; nil: none are made
	runs         sync.Pool
}

// rule is one of the operator's or the preset's rules.
type rule struct {
	index   int // in Policy.Rules; several machine rules may share one
	id      string
	class   config.Class
	leaves  bool // the class may leave
	said    *config.Action
	act     action.Action
	kind    action.Kind // of act
	meta    uint64      // bit of the metadata field of this very path
	unnamed bool        // stands only for a metadata name that no rule covers
}

// detector is what becomes of one detector's findings.
type detector struct {
	name        string
	act         action.Action
	actKind     config.ActionKind // of act
	kind        string            // that pseudonyms and replacements name
	placeholder string
	class       config.Class
	person      bool // what it finds names a person
}

// Compile turns data into a Policy, with its variants. The error lists every mistake with its place in the file.
func Compile(c *config.Config) (*Policy, error) { return compile(c, nil) }

// compile compiles a policy, or a variant of base, with which it shares what is the same.
func compile(c *config.Config, base *Policy) (*Policy, error) {
	preset, err := config.Preset(c.Policy.Preset)
	if err != nil {
		return nil, err
	}
	b := builder{c: c, base: base, p: &Policy{
		name:       c.Policy.Name,
		digest:     c.Digest(),
		mode:       c.Policy.Mode,
		classes:    c.Policy.Classes,
		manySeries: c.Policy.HighCardinality == config.CostAccept,
		from:       c,
		maxDepth:   c.Limits.MaxDepth,
		maxRecord:  int(c.Limits.MaxRecordBytes),
	}}
	b.add(c.Policy.Rules, "policy.rules")
	b.add(preset, "")
	b.detectors()
	b.metadata()
	b.machine()
	b.statistics()
	if len(b.mistakes) > 0 {
		return nil, b.mistakes
	}
	p := b.p
	p.stamped()
	p.decideAhead()
	p.runs.New = func() any { return newRun(p) }
	if base == nil {
		b.variants()
		b.training()
	}
	if len(b.mistakes) > 0 {
		return nil, b.mistakes
	}
	return p, nil
}

// builder gathers a policy and the mistakes on the way.
type builder struct {
	c         *config.Config
	p         *Policy
	base      *Policy        // of a variant
	whole     *config.Config // c with the preset's rules among its own, for variants
	selectors [][]selector.Selector
	mistakes  config.Mistakes
}

func (b *builder) wrong(path, format string, a ...any) {
	b.mistakes = append(b.mistakes, b.c.Mistakef(path, format, a...))
}

// add compiles rules in order; place is their path in the file, empty for a preset's.
func (b *builder) add(rules []config.Rule, place string) {
	for i, r := range rules {
		at := place
		if at != "" {
			at = fmt.Sprintf("%s[%d]", place, i)
		}
		act, err := action.Compile(r.Action)
		if err != nil {
			b.wrong(at+".action", "rule %q: %v", r.ID, err)
			continue
		}
		b.selectors = append(b.selectors, b.parsed(at+".fields", "rule", r.ID, r.Fields))
		b.p.rules = append(b.p.rules, rule{
			index: len(b.p.rules), id: r.ID, class: r.Class, act: act, kind: act.Kind(),
			leaves: slices.Contains(b.c.Policy.Classes, r.Class), said: &rules[i].Action,
		})
	}
}

// kindOf is an action's kind, the default spelled out.
func kindOf(a config.Action) config.ActionKind {
	if a.Kind == "" {
		return config.ActionKeep
	}
	return a.Kind
}

// detectors decides what becomes of findings. Secrets and payment data never stay, whatever the file says (META-8, GUARD-2).
func (b *builder) detectors() {
	if b.base != nil {
		b.p.detectors, b.p.lists, b.p.people, b.p.set = b.base.detectors, b.base.lists, b.base.people, b.base.set
		return
	}
	opt := detect.Options{PrivateIPs: b.c.Policy.DetectPrivateIPs == nil || *b.c.Policy.DetectPrivateIPs}
	b.p.detectors = make([]detector, 1, detect.Count)
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		info := detect.Table[id]
		set := b.c.Policy.Detectors[info.Name]
		opt.On[id] = (info.On || set.On) && !set.Off
		place := "policy.detectors." + info.Name
		guarded := info.Class == config.ClassPayment || info.Class == config.ClassSecret
		if guarded && (set.Off || set.Action != nil && kindOf(*set.Action) == config.ActionKeep) {
			b.wrong(place, "detector %q finds class %q, which never leaves: choose another action, or leave it as it is", info.Name, info.Class)
		}
		b.detector(place, info.Name, info.Placeholder, set.Action, info.Class)
		b.shared(place, "detector", info.Name, info.Class, set.Action, set.Off)
	}
	b.custom(&opt)
	b.p.set = detect.Compile(opt)
}

// detector adds what becomes of a detector's findings: what the file says, or the placeholder.
func (b *builder) detector(place, name, placeholder string, said *config.Action, class config.Class) {
	act := config.Action{Kind: config.ActionReplace, Text: placeholder}
	if said != nil {
		act = *said
	}
	compiled, err := action.Compile(act)
	if err != nil {
		b.wrong(place+".action", "detector %q: %v", name, err)
	}
	kind := strings.ReplaceAll(strings.Trim(placeholder, "[]"), "-", "_")
	b.p.detectors = append(b.p.detectors, detector{name, compiled, kindOf(act), kind, placeholder, class, class == config.ClassIdentity})
}

// metadata puts a rule before all others for every name that metadata is attached under, so that a record which brings such a field
// itself, a report of a browser among them, keeps its own. The rule acts as the first rule that names the path would.
func (b *builder) metadata() {
	facts := b.facts()
	if facts == nil {
		return
	}
	b.p.facts = facts
	names := facts.Names()
	b.p.names = names
	for _, name := range names {
		b.p.labels = append(b.p.labels, strings.ReplaceAll(name, ".", "_"))
	}
	rules := make([]rule, 0, len(names)+len(b.p.rules))
	paths := make([][]selector.Selector, 0, len(names)+len(b.selectors))
	for i, name := range names {
		own := rule{index: -1, unnamed: true}
		for k, candidates := range b.selectors {
			if slices.ContainsFunc(candidates, func(c selector.Selector) bool { return c.Match(name) }) {
				own = b.p.rules[k]
				break
			}
		}
		own.meta = 1 << i
		if name == facts.StampName() {
			own = restamped()
		}
		rules = append(rules, own)
		paths = append(paths, b.metaPaths(name, b.p.labels[i], own.id == stampRule))
	}
	b.p.rules = append(rules, b.p.rules...)
	b.selectors = append(paths, b.selectors...)
}

// metaPaths are where a record may have a field of the name of a fact: in a report of a browser, too, and of a stamp also under its name as a label.
func (b *builder) metaPaths(name, label string, stamp bool) (paths []selector.Selector) {
	spelled := []string{name, scopeNames[Report] + "." + name, label}
	if !stamp {
		spelled = spelled[:2]
	}
	for _, path := range spelled {
		s, err := selector.Parse(path)
		if err != nil {
			b.wrong("metadata", "name %q: %v", name, err)
			return nil
		}
		paths = append(paths, s)
	}
	return paths
}

// stampRule is the id of what becomes of a stamp that a record brings: it goes, since the record leaves under the policy at hand, whatever it says
// or came from. No operator's rule can have that id.
const stampRule = "policy_stamp"

// restamped is the rule of that id.
func restamped() rule {
	return rule{index: -1, id: stampRule, kind: action.Drop, said: &config.Action{Kind: config.ActionDrop}, leaves: true}
}

// facts compiles what is taken from headers; nil after a mistake.
func (b *builder) facts() *meta.Extractor {
	if b.base != nil && maps.Equal(b.c.Metadata, b.base.from.Metadata) {
		return b.base.facts
	}
	trusted := make([]netip.Prefix, 0, len(b.c.TrustedProxies))
	for i, text := range b.c.TrustedProxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			b.wrong(fmt.Sprintf("trusted_proxies[%d]", i), "not a network in CIDR form")
			continue
		}
		trusted = append(trusted, prefix)
	}
	facts, err := meta.Compile(b.c.Metadata, trusted)
	if err != nil {
		b.wrong("metadata", "%v", err)
		return nil
	}
	return facts
}

func (b *builder) machine() {
	if b.base != nil && b.p.facts == b.base.facts && len(b.p.rules) == len(b.base.rules) {
		b.p.machine, b.p.selectors, b.p.scopes = b.base.machine, b.base.selectors, b.base.scopes // of the same fields in the same order
		return
	}
	m, err := selector.Compile(b.selectors)
	if err != nil {
		b.wrong("policy.rules", "%v", err)
		return
	}
	b.p.machine = m
	b.p.selectors = slices.Concat(b.selectors...)
	for i, name := range scopeNames {
		b.p.scopes[i] = Field{state: m.Root()}
		if b.p.lists != nil {
			b.p.scopes[i].listed = b.p.lists.Root()
		}
		if name != "" {
			b.p.scopes[i] = b.p.below(b.p.scopes[i], []byte(name))
		}
		b.p.scopes[i].name(-1, 0)
		b.p.scopes[i].lists = 0
	}
}

// statistics checks what no single number of theirs shows.
func (b *builder) statistics() {
	terms := dp.TermsOf(b.c.Statistics)
	if err := terms.Check(); b.c.Statistics.On() && err != nil {
		b.wrong("statistics", "%v", err)
	}
}

// stamped prepares the stamp.
func (p *Policy) stamped() {
	if f, ok := p.facts.Stamp(p.digest); ok {
		p.stamp = []meta.Field{f}
	}
}

// Stamp is the field that says which policy a record was scrubbed under: none if that is off, else one. It must not be changed.
func (p *Policy) Stamp() []meta.Field { return p.stamp }

// Meta extracts the metadata that the policy attaches.
func (p *Policy) Meta() *meta.Extractor { return p.facts }

// Name of the policy, as the file states it.
func (p *Policy) Name() string { return p.name }

// Digest is the policy's version: a hexadecimal SHA-256 over all that decides.
func (p *Policy) Digest() string { return p.digest }

// Mode that a route without its own has.
func (p *Policy) Mode() config.Mode { return p.mode }

// RuleIDs lists the rules in the order of Counts.Rules.
func (p *Policy) RuleIDs() []string {
	var ids []string
	for _, r := range p.rules {
		if r.index == len(ids) {
			ids = append(ids, r.id)
		}
	}
	return ids
}

// DetectorNames lists the detectors in the order of Counts.Findings, by detect.ID: the table's, and the operator's own behind them. The first
// is empty.
func (p *Policy) DetectorNames() []string {
	names := make([]string, len(p.detectors))
	for i := range p.detectors {
		names[i] = p.detectors[i].name
	}
	return names
}

// String describes the policy in one line.
func (p *Policy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s, %d rules, %.12s)", p.name, p.mode, len(p.RuleIDs()), p.digest)
	return b.String()
}
