package scrub

import (
	"strings"

	"winnow/config"
)

// shared refuses what leaves a part of a finding, or all of it, in text for an upstream that may not receive its class (SHARE-1). Of what is
// of class payment the part that a mask leaves, the last digits of a card, is no such data, and no more of it ever stays.
func (b *builder) shared(place, what, id string, class config.Class, said *config.Action, off bool) {
	how := "are not looked for"
	switch {
	case class == config.ClassPayment || class == config.ClassSecret || said == nil && !off:
		return
	case off:
	case level(*said) != partly:
		return
	default:
		how = "leave in part, or as a pseudonym"
	}
	if ids := b.c.Refusers(class); len(ids) > 0 {
		b.wrong(place, "%s %q: its findings %s, and upstream %q may not receive class %q: let them be replaced, or add the class to the upstream's",
			what, id, how, strings.Join(ids, ", "), class)
	}
}
