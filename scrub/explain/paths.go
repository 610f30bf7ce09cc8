package explain

import (
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub/selector"
)

// Address is a path by which policy addresses a part of a protocol's records, and what a policy does there.
type Address struct {
	// Path; <name> stands for a key of the client's choice. Empty: the part has names of its own.
	Path string `json:"path"`
	// Part of a record, in words.
	Part string `json:"part"`
	// Rules that decide: the one for a path that is whole, those that name something for one that is not.
	Rules []string `json:"rules,omitempty"`
	// Says what becomes of it, in words.
	Says string `json:"says"`
}

// Paths lists what policy can address in the records of a protocol, in the order of docs/architecture.md, and what c does there. c must
// have been compiled without a mistake. mode is "" for the policy's.
func Paths(c *config.Config, protocol config.Protocol, mode config.Mode) (list []Address) {
	if mode == "" {
		mode = c.Policy.Mode
	}
	l := newLook(c, mode)
	for _, p := range Places {
		if !p.of(string(protocol)) {
			continue
		}
		part := p.Part
		if of := p.records(); of != "" {
			part = of + ": " + part
		}
		paths := p.paths()
		if strings.HasPrefix(p.Path, "its own") || len(paths) == 0 {
			paths = []string{""}
		}
		for _, path := range paths {
			a := l.address(path)
			a.Part = part
			list = append(list, a)
		}
	}
	return list
}

// look is a policy's rules, to be asked by path.
type look struct {
	c     *config.Config
	mode  config.Mode
	rules []asked
}

type asked struct {
	config.Rule
	fields []selector.Selector
}

func newLook(c *config.Config, mode config.Mode) *look {
	l := &look{c: c, mode: mode}
	for _, r := range c.AllRules() {
		a := asked{Rule: r}
		for _, f := range r.Fields {
			if s, err := selector.Parse(f); err == nil { // the policy is compiled: all of them parse
				a.fields = append(a.fields, s)
			}
		}
		l.rules = append(l.rules, a)
	}
	return l
}

// address says what the policy does at a path.
func (l *look) address(path string) Address {
	prefix, _, open := strings.Cut(path, "<")
	if open || path == "" {
		return l.below(path, prefix)
	}
	for i := range l.rules {
		r := &l.rules[i]
		if slices.ContainsFunc(r.fields, func(s selector.Selector) bool { return s.Match(path) }) {
			return Address{Path: path, Rules: []string{r.ID}, Says: l.fate(&r.Rule)}
		}
	}
	return Address{Path: path, Says: l.unnamed()}
}

// fate is what a rule does to the field.
func (l *look) fate(r *config.Rule) string {
	if !drops(r.Action) && !slices.Contains(l.c.Policy.Classes, r.Class) {
		return "is removed: class " + string(r.Class) + " may not leave"
	}
	return Action(r.Action)
}

func (l *look) unnamed() string {
	return "is " + l.rest() + ": no rule names it"
}

// rest is what becomes of fields that no rule names.
func (l *look) rest() string {
	if l.mode == config.ModeScrub {
		return "kept"
	}
	return "removed"
}

// below says what the policy does at paths that begin with prefix.
func (l *look) below(path, prefix string) Address {
	a := Address{Path: path, Says: "as the rules say that name it, else " + l.rest()}
	if prefix == "" {
		return a
	}
	for i := range l.rules {
		r := &l.rules[i]
		if slices.ContainsFunc(r.fields, func(s selector.Selector) bool { return reaches(s.String(), prefix) }) {
			a.Rules = append(a.Rules, r.ID)
		}
	}
	if len(a.Rules) == 0 {
		a.Says = l.unnamed()
	}
	return a
}

// reaches tells whether a selector can name paths that begin with prefix, which ends in a dot.
func reaches(s, prefix string) bool {
	return len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) || strings.HasPrefix(s, "*")
}
