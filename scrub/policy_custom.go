package scrub

import (
	"fmt"
	"slices"

	"winnow/config"
	"winnow/scrub/detect"
	"winnow/scrub/selector"
)

// custom compiles the detectors of the operator's own, and what is allowed.
func (b *builder) custom(opt *detect.Options) {
	rules := b.c.Policy.Custom
	classes := make([]config.Class, len(rules))
	for i := range rules {
		r := &rules[i]
		classes[i] = r.Class
		place := fmt.Sprintf("policy.custom[%d]", i)
		if r.Action != nil && kindOf(*r.Action) == config.ActionKeep {
			b.wrong(place+".action", "custom %q: keep would let findings out: name in policy.allow what may leave", r.ID)
		}
		b.detector(place, r.ID, "["+r.ID+"]", r.Action, r.Class)
		b.shared(place, "custom", r.ID, r.Class, r.Action, false)
	}
	lists := b.fieldLists(rules)
	compiled, wrong := detect.CompileCustom(rules, b.replacements(), lists)
	for _, w := range wrong {
		b.wrong(fmt.Sprintf("policy.custom[%d].%s", w.Rule, w.Key), "custom %q: %s: %v", rules[w.Rule].ID, w.Key, w.Err)
	}
	opt.Custom = compiled
	if len(wrong) > 0 {
		return
	}
	allow, err := detect.CompileAllow(b.c.Policy.Allow, classes)
	if err != nil {
		b.wrong("policy.allow", "%v", err)
	}
	opt.Allow = allow
}

// replacements are the texts that findings become.
func (b *builder) replacements() (all []string) {
	for i := range b.p.detectors[1:] {
		all = append(all, b.p.detectors[1+i].placeholder)
	}
	texts := func(a *config.Action) {
		if a != nil && a.Kind == config.ActionReplace && a.Text != "" {
			all = append(all, a.Text)
		}
	}
	for _, id := range b.c.Policy.Detectors {
		texts(id.Action)
	}
	for i := range b.c.Policy.Custom {
		texts(b.c.Policy.Custom[i].Action)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// maxLists is how many lists of fields custom rules can have: two more concern persons.
const maxLists = selector.MaxSets - 2

// fieldLists compiles the lists of fields that rules are restricted to, equal ones once, and returns each rule's bit.
func (b *builder) fieldLists(rules []config.Custom) []uint32 {
	of := make([]uint32, len(rules))
	var known [][]string
	var paths [][]selector.Selector
	for i, r := range rules {
		if len(r.Fields) == 0 {
			continue
		}
		place := fmt.Sprintf("policy.custom[%d].fields", i)
		k := slices.IndexFunc(known, func(fields []string) bool { return slices.Equal(fields, r.Fields) })
		if k < 0 {
			if k = len(known); k == maxLists {
				b.wrong(place, "custom %q: at most %d different lists of fields can be told apart: give rules the same list", r.ID, maxLists)
				return of
			}
			known, paths = append(known, r.Fields), append(paths, b.parsed(place, "custom", r.ID, r.Fields))
		}
		of[i] = 1 << k
	}
	if paths = b.people(paths); len(paths) == 0 {
		return of
	}
	machine, err := selector.CompileSets(paths)
	if err != nil {
		b.wrong("policy.custom", "%v", err)
		return of
	}
	b.p.lists = machine
	return of
}

// parsed are the selectors of an entry of the file.
func (b *builder) parsed(place, what, id string, fields []string) (paths []selector.Selector) {
	for k, field := range fields {
		s, err := selector.Parse(field)
		if err != nil {
			b.wrong(fmt.Sprintf("%s[%d]", place, k), "%s %q: %v", what, id, err)
			continue
		}
		paths = append(paths, s)
	}
	return paths
}
