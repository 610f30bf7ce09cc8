package explain

import (
	"fmt"
	"strings"

	"winnow/config"
	"winnow/scrub/detect"
)

// custom lists the detectors of the operator's own, and what is allowed.
func (p *page) custom() {
	for i := range p.c.Policy.Custom {
		r := &p.c.Policy.Custom[i]
		action := config.Action{Kind: config.ActionReplace, Text: "[" + r.ID + "]"}
		if r.Action != nil {
			action = *r.Action
		}
		p.item(r.ID, "%s%s %s", looksFor(r), where(r), Action(action))
	}
	allow := p.c.Policy.Allow
	for _, part := range []struct {
		what string
		list []string
	}{{"values", allow.Values}, {"addresses at", allow.Domains}, {"addresses in", allow.Networks}} {
		if len(part.list) > 0 {
			p.item("left alone", "%s %s, unless their class is payment or secret", part.what, strings.Join(part.list, ", "))
		}
	}
}

// looksFor says what a rule finds. Words may be names of people: they are counted, not shown.
func looksFor(r *config.Custom) string {
	switch {
	case r.Pattern != "":
		return "what matches " + r.Pattern
	case len(r.Keys) > 0:
		return "the value of " + strings.Join(r.Keys, ", ")
	}
	return "any of " + plural(len(r.Words), "word")
}

// where says what else must hold of what a rule finds, and what it goes before.
func where(r *config.Custom) string {
	text := ""
	if len(r.Validators) > 0 {
		names := make([]string, len(r.Validators))
		for i, v := range r.Validators {
			names[i] = string(v)
		}
		text += " that passes " + strings.Join(names, ", ")
	}
	if len(r.Context) > 0 {
		text += ", near " + strings.Join(r.Context, ", ") + ","
	}
	if len(r.Fields) > 0 {
		text += " in " + strings.Join(r.Fields, ", ")
	}
	if r.Priority != 0 {
		text += fmt.Sprintf(" (priority %d)", r.Priority)
	}
	return text
}

// costly warns of rules that cost much: those that no text leads to.
func costly(c *config.Config) (list config.Mistakes) {
	for i := range c.Policy.Custom {
		r := &c.Policy.Custom[i]
		if r.Pattern == "" || detect.Necessary(r.Pattern) {
			continue
		}
		where, hint := "all that leaves", "put a text of three bytes into the pattern, or name fields"
		if len(r.Fields) > 0 {
			where, hint = "its fields", "put a text of three bytes into the pattern if the fields are long"
		}
		m := c.Mistakef(fmt.Sprintf("policy.custom[%d].pattern", i),
			"custom %q: no text stands in every match, so that it is tried at every byte of %s, some 5 to 25 times slower than without it", r.ID, where)
		m.Hint = hint
		list = append(list, m)
	}
	return list
}

// checks says what a rule of the operator's own checks, after "checks ".
func checks(r *config.Custom) string {
	text := "its words"
	switch {
	case r.Pattern != "":
		text = "its pattern"
	case len(r.Keys) > 0:
		text = "its keys"
	}
	for _, v := range r.Validators {
		text += ", " + string(v)
	}
	if len(r.Context) > 0 {
		text += ", a word of its context"
	}
	return text
}
