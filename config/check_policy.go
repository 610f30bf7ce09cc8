package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (c *checker) metadata() {
	names := map[string]Fact{}
	for _, fact := range slices.Sorted(maps.Keys(c.Metadata)) {
		rule := c.Metadata[fact]
		path := "metadata." + string(fact)
		if other, again := names[rule.Name]; again && rule.Name != "" && !rule.Off {
			c.wrong(c.stated(path+".name", "metadata."+string(other)+".name"), "choose another name",
				"metadata: %s and %s would both be attached as %s", other, fact, show(rule.Name))
		}
		if !rule.Off {
			names[rule.Name] = fact
		}
		if rule.Action != nil {
			c.factAction(path+".action", fact, *rule.Action)
		}
	}
}

// factActions are the actions that a fact's value can have; the address and the time have one or two more.
func factActions(fact Fact) []ActionKind {
	offered := []ActionKind{ActionKeep, ActionDrop, ActionMask, ActionReplace}
	switch fact {
	case FactIP:
		offered = append(offered, ActionTruncate, ActionPseudonym)
	case FactReceivedAt:
		offered = append(offered, ActionGeneralise)
	}
	return offered
}

func (c *checker) factAction(path string, fact Fact, a Action) {
	if a.Kind == "" {
		return // decoding has refused it
	}
	if offered := factActions(fact); !slices.Contains(offered, a.Kind) {
		c.wrong(path, "use one of "+strings.Join(wordsOf(offered), ", "), "metadata %s: action %q is not for this fact", fact, a.Kind)
	}
	if a.Kind == ActionGeneralise && (a.Buckets != nil || a.URL != "") {
		c.wrong(path, "write generalise: {time: hour}", "metadata %s is a time, and nothing else", fact)
	}
}

func (c *checker) classes() {
	for i, class := range c.Policy.Classes {
		if class == ClassSecret {
			c.wrong(index("policy.classes", i), "remove it; what is found of this class is removed from text as well", "class %q never leaves (GUARD-2)", class)
		}
	}
}

// rules checks ids, and warns of rules that let nothing out although they say so.
func (c *checker) rules() {
	taken := c.presetIDs()
	ids := map[string]int{}
	for i, r := range c.Policy.Rules {
		path := index("policy.rules", i)
		c.unique(path+".id", "rule", r.ID, ids)
		if taken[r.ID] {
			c.wrong(path+".id", "choose another id: yours comes first in any case", "rule %q is the id of a rule in preset %q", r.ID, c.Policy.Preset)
		}
		if len(r.Fields) == 0 && c.Source.Has(path+".fields") {
			c.wrong(path+".fields", "name a field, or remove the rule", "rule %s names no fields", show(r.ID))
		}
		c.cardinality(path, r)
		if !slices.Contains(c.Policy.Classes, r.Class) && r.Action.Kind != ActionDrop && r.Action.Kind != ActionDropRecord {
			c.warn(path, "add the class, or write action: drop", "rule %s: class %q is not in policy.classes, so its fields are dropped",
				show(r.ID), r.Class)
		}
	}
}

// cardinality refuses pseudonyms for what can only be Loki labels: each would make a stream.
func (c *checker) cardinality(path string, r Rule) {
	if r.Action.Kind != ActionPseudonym || c.Policy.HighCardinality == CostAccept {
		return
	}
	for _, field := range r.Fields {
		if first, _, _ := strings.Cut(field, "."); strings.EqualFold(first, "labels") {
			c.wrong(path+".action", "choose another action, or write high_cardinality: accept in the policy",
				"rule %s: each pseudonym in a label makes a stream of its own", show(r.ID))
			return
		}
	}
}

// minors refuses marks that nothing can bear.
func (c *checker) minors() {
	if m := c.Policy.Minors; m.On() && len(m.Values) == 0 && !c.bad["policy.minors.values"] {
		c.wrong(c.stated("policy.minors.values", "policy.minors"), `write values: ["true"], or leave the key out`, "minors: no value marks a record")
	}
}

// directory refuses a list of users of which it is not clear which it is, or that anybody on the way could change.
func (c *checker) directory() {
	d := c.Directory
	switch {
	case d.File != "" && d.URL != "":
		c.wrong("directory.url", "keep one", "directory: there is both a file and a url")
	case d.URL != "" && !strings.HasPrefix(d.URL, "https://") && !(strings.HasPrefix(d.URL, "http://") && isLoopbackURL(d.URL)):
		c.wrong("directory.url", "write https://", "directory: a list that is not encrypted on its way could be changed there")
	case d.Tenant != "" && !slices.ContainsFunc(c.Tenants, func(t Tenant) bool { return t.ID == d.Tenant }):
		c.wrong("directory.tenant", "name one of tenants", "directory: unknown tenant %s", show(d.Tenant))
	}
}

func (c *checker) presetIDs() map[string]bool {
	rules, err := Preset(c.Policy.Preset)
	if err != nil {
		return map[string]bool{} // an unknown word, already refused
	}
	ids := map[string]bool{}
	for _, r := range rules {
		ids[r.ID] = true
	}
	return ids
}

// findings checks what the policy, or another at a path, says about detectors.
func (c *checker) findings(policy string, detectors map[string]Detector) {
	for name, det := range detectors {
		path := policy + ".detectors." + name
		if det.On && det.Off {
			c.wrong(path, "keep one", "detector %q is both on and off", name)
		}
		if det.Action != nil {
			c.findingAction(path+".action", "detector "+strconv.Quote(name), *det.Action, name == "ipv4" || name == "ipv6")
		}
	}
}

// findingAction checks what becomes of findings. address says that they are addresses.
func (c *checker) findingAction(path, subject string, a Action, address bool) {
	switch {
	case a.Kind == ActionKeep:
		c.wrong(path, "write off: true to stop looking for it", "%s: keep would let findings out", subject)
	case a.Kind == ActionGeneralise:
		c.wrong(path, "choose replace, mask, drop or pseudonym", "%s: a finding cannot be generalised", subject)
	case a.Kind == ActionTruncate && !address:
		c.wrong(path, "choose replace, mask, drop or pseudonym", "%s: only addresses can be truncated", subject)
	}
}
