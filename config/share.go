package config

import (
	"slices"
	"strconv"
	"strings"
)

// MayReceive tells whether a class of data may be handed to the upstream (SHARE-1). Payment goes to payment processors only (META-8), and
// secrets to nobody.
func (u *Upstream) MayReceive(class Class) bool {
	switch {
	case class == ClassSecret || class == ClassPayment && !u.PaymentProcessor:
		return false
	}
	return u.Classes == nil || slices.Contains(u.Classes, class)
}

// ReceivesFor tells whether the upstream is there for a purpose.
func (u *Upstream) ReceivesFor(p Purpose) bool {
	if u.Purposes == nil {
		return p == PurposeOperations
	}
	return slices.Contains(u.Purposes, p)
}

// receives checks what an upstream says about itself.
func (c *checker) receives(path string, u Upstream) {
	for i, class := range u.Classes {
		switch at := index(path+".classes", i); {
		case class == ClassSecret:
			c.wrong(at, "remove it", "upstream %s: class %q never leaves", show(u.ID), class)
		case class == ClassPayment && !u.PaymentProcessor:
			c.wrong(at, "write payment_processor: true if it is one, or remove the class",
				"upstream %s: class %q goes to payment processors only (META-8)", show(u.ID), class)
		}
	}
}

// A way is one on which data leaves: from a route or a listener to an upstream.
type way struct {
	path, who string // of the route or listener
	upstream  string // by id
	classes   []Class
	mode      Mode
}

// out lists the ways on which data leaves to upstreams.
func (c *Config) out(upstreams []Upstream) (ways []way) {
	add := func(path, who, upstream string, mode Mode, classes []Class) {
		if upstream == "" && len(upstreams) > 0 {
			upstream = upstreams[0].ID
		}
		if mode == "" {
			mode = c.Policy.Mode
		}
		if classes == nil {
			classes = c.Policy.Classes
		}
		ways = append(ways, way{path, who, upstream, classes, mode})
		for _, r := range c.elsewhere() {
			ways = append(ways, way{path, who + " from region " + show(r.ID), r.Upstream, classes, mode})
		}
	}
	for i, r := range c.Routes {
		add(index("routes", i), "route "+show(r.Path), r.Upstream, r.Mode, r.Classes)
	}
	for i, l := range c.Listeners {
		add(index("listeners", i), "listener "+show(l.Address), l.Upstream, l.Mode, l.Classes)
	}
	return ways
}

// shared refuses every way on which an upstream would get more than it may receive (SHARE-1, META-8). The default's routes all let out the
// same, and count once for each upstream.
func (c *checker) shared() {
	upstreams, of := c.Upstreams, "upstreams[%d]"
	if c.Upstream != "" {
		upstreams, of = []Upstream{{ID: "main"}}, "upstream"
	}
	if c.bad["upstreams"] || c.bad["policy.classes"] {
		return
	}
	seen := map[string]bool{}
	for _, w := range c.out(upstreams) {
		i := slices.IndexFunc(upstreams, func(u Upstream) bool { return u.ID == w.upstream })
		if i < 0 || !c.Source.Has(w.path) && seen[w.upstream] {
			continue // unknown, and refused already
		}
		if !c.Source.Has(w.path) {
			_, from, abroad := strings.Cut(w.who, " from region ")
			if seen[w.upstream], w.who = true, "the default's routes"; abroad {
				w.who += " from region " + from
			}
		}
		c.receiver(w, strings.Replace(of, "%d", strconv.Itoa(i), 1), &upstreams[i])
	}
}

// receiver checks one way to its upstream.
func (c *checker) receiver(w way, place string, u *Upstream) {
	at := func(key string) string { // of a way that only the default has, what the file says is about the upstream
		if c.Source.Has(w.path) {
			return c.stated(w.path+"."+key, w.path)
		}
		return c.stated(place+"."+key, "policy."+key, place)
	}
	without := "write classes without it there"
	if !c.Source.Has(w.path) {
		without = "take it out of policy.classes, write routes with classes of their own"
	}
	if !u.ReceivesFor(PurposeOperations) {
		c.wrong(at("purposes"), "add operations to its purposes, or write another upstream", "%s: upstream %s may not receive for purpose operations", w.who, show(u.ID))
	}
	for _, class := range w.classes {
		if class == "" || class == ClassSecret || u.MayReceive(class) {
			continue
		}
		if class == ClassPayment && !u.PaymentProcessor {
			c.wrong(at("classes"), without+", or payment_processor: true in the upstream if it is one",
				"%s: upstream %s may not receive class %q: it is no payment processor (META-8)", w.who, show(u.ID), class)
			continue
		}
		c.wrong(at("classes"), without+", or add it to the upstream's", "%s: upstream %s may not receive class %q", w.who, show(u.ID), class)
	}
	if w.mode == ModeScrub && !u.MayReceive(ClassText) && !slices.Contains(w.classes, ClassText) {
		c.wrong(at("mode"), "write mode: strict there, or add text to the upstream's classes",
			"%s: in mode scrub fields leave that no rule names, and upstream %s may not receive class %q", w.who, show(u.ID), ClassText)
	}
}

// Receivers lists the upstreams, by id and in their order, that a class of data reaches; empty if nobody gets it.
func (c *Config) Receivers(class Class) (ids []string) {
	ways := c.out(c.Upstreams)
	for _, u := range c.Upstreams {
		if slices.ContainsFunc(ways, func(w way) bool { return w.upstream == u.ID && slices.Contains(w.classes, class) }) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// Reaches tells whether anything is handed to an upstream.
func (c *Config) Reaches(upstream string) bool {
	return slices.ContainsFunc(c.out(c.Upstreams), func(w way) bool { return w.upstream == upstream })
}

// Refusers lists the upstreams, by id and in their order, that something is handed to and that say they may not receive a class of data.
func (c *Config) Refusers(class Class) (ids []string) {
	for _, u := range c.Upstreams {
		if u.Classes != nil && !u.MayReceive(class) && c.Reaches(u.ID) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}
