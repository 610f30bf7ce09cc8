package explain

import (
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub"
)

// only names the classes that a way in or a tenant is narrowed to; empty where it is to none.
func only(classes []config.Class) string {
	switch {
	case classes == nil:
		return ""
	case len(classes) == 0:
		return ", no class of data"
	}
	return ", of class " + strings.Join(words(classes), ", ") + " only"
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// withheld says what is withheld of a tenant beyond the policy; empty where nothing is.
func withheld(t config.Tightening) string {
	text := only(t.Classes)
	if t.Mode == config.ModeStrict {
		text += ", named fields only"
	}
	if len(t.Drop) > 0 {
		text += ", without " + strings.Join(t.Drop, ", ")
	}
	return text
}

// narrowed compares the classes that two ways in, or tenants, are narrowed to; what is narrowed to all that a policy lets out is not.
func narrowed(old, now, wasLeft, isLeft []config.Class) scrub.Effect {
	o, n := left(old, wasLeft), left(now, isLeft)
	switch {
	case !contained(n, o) && contained(n, wasLeft):
		return scrub.LetsOut
	case !contained(o, n) && contained(o, isLeft):
		return scrub.Withholds
	}
	return scrub.Neutral
}

func left(list, policy []config.Class) []config.Class {
	if list == nil {
		return policy
	}
	return list
}

// contained tells whether every element of a is one of b.
func contained[T comparable](a, b []T) bool {
	return !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

// tightened compares what is withheld of a tenant.
func (d *Diff) tightened(id string, old, now config.Tightening, prior, next *config.Config) {
	if effect := narrowed(old.Classes, now.Classes, prior.Policy.Classes, next.Policy.Classes); effect != scrub.Neutral {
		d.add(effect, "tenant", id, "lets out"+all(now.Classes)+"; before"+all(old.Classes))
	}
	switch before, is := old.Mode == config.ModeStrict, now.Mode == config.ModeStrict; {
	case before && !is:
		d.add(scrub.LetsOut, "tenant", id, "is no longer strict where a route is of mode scrub")
	case is && !before:
		d.add(scrub.Withholds, "tenant", id, "is strict, also where a route is of mode scrub")
	}
	if !contained(old.Drop, now.Drop) {
		d.add(scrub.LetsOut, "tenant", id, "no longer drops "+strings.Join(lacking(old.Drop, now.Drop), ", "))
	}
	if !contained(now.Drop, old.Drop) {
		d.add(scrub.Withholds, "tenant", id, "drops "+strings.Join(lacking(now.Drop, old.Drop), ", "))
	}
}

// lacking are the elements of a that b has not.
func lacking(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return slices.Contains(b, x) })
}

// all is only, said of what leaves.
func all(classes []config.Class) string {
	if classes == nil {
		return " all that the policy does"
	}
	return strings.TrimPrefix(strings.TrimPrefix(only(classes), ","), " of")
}

// received says what an upstream may receive, where it says so itself; else it is empty.
func received(u config.Upstream) string {
	var parts []string
	if u.Classes != nil {
		parts = append(parts, "class "+strings.Join(words(u.Classes), ", ")+" only")
	}
	if u.Purposes != nil {
		parts = append(parts, "for "+strings.Join(words(u.Purposes), ", "))
	}
	if u.PaymentProcessor {
		parts = append(parts, "as a payment processor")
	}
	return strings.Join(parts, ", ")
}
