// Package stats counts requests by facts of which each is a word of a closed list, and releases the counts under differential privacy with the
// group of tenants as the unit (STAT-2). What it is told has no part of a body, and nothing of it can name a person. A request of a tenant that opted
// out is not counted (STAT-1).
//
// A window of time is counted in memory, each group's part bounded as it grows. At the window's end its price is taken from the budget, which is
// on stable storage before anything is drawn; then the noisy counts of cells that enough groups share go to one upstream and into the
// metrics. None is released twice. What was counted can be handed to the Counter of the next process (kept.go); a crash loses it. See
// docs/statistics.md.
package stats

import (
	"sync"
	"sync/atomic"
	"time"

	"winnow/config"
	"winnow/scrub/dp"
	"winnow/scrub/meta"
)

// Request is what is counted of one request.
type Request struct {
	Tenant string
	// Route is a template of the configuration.
	Route string
	// Status of the answer, and the kind of error: a word of Options.Errors, or "".
	Status int
	Error  string
	// Facts are those that the policy lets be taken.
	Facts []meta.Field
	// Records that were forwarded.
	Records int
	// At is when it was received.
	At time.Time
}

// Options of a Counter. All must be set.
type Options struct {
	Config config.Statistics
	// Groups are those of the tenants, by tenant: the units of privacy.
	Groups map[string]string
	// Routes and Errors are the closed lists of these dimensions.
	Routes, Errors []string
	// OptedOut tells whether a tenant does not take part, or may not be known to. It is asked for every request.
	OptedOut func(tenant string) bool
	// Now is the time at which counting begins.
	Now time.Time
}

// Counter counts the requests of a window. It is safe for concurrent use.
type Counter struct {
	o      Options
	dims   *dimensions
	tables [][]dimension
	terms  dp.Terms
	groups map[string]*group // by tenant
	units  []*group

	window atomic.Pointer[window]
}

// group is a unit of privacy: a tenant and its affiliates.
type group struct {
	mu    sync.Mutex
	parts []*dp.Contribution // one a table
}

// window is the time that is being counted.
type window struct{ from, to time.Time }

// New makes a Counter. The configuration must have passed its checks.
func New(o Options) *Counter {
	c := &Counter{o: o, dims: newDimensions(o.Routes, o.Errors), groups: map[string]*group{}}
	for _, text := range o.Config.Tables {
		c.tables = append(c.tables, dimensionsOf(text))
	}
	c.terms = dp.TermsOf(o.Config)
	byName := map[string]*group{}
	for tenant, name := range o.Groups {
		if byName[name] == nil {
			byName[name] = &group{parts: c.fresh()}
			c.units = append(c.units, byName[name])
		}
		c.groups[tenant] = byName[name]
	}
	c.begin(o.Now)
	return c
}

// fresh are empty contributions, one a table.
func (c *Counter) fresh() []*dp.Contribution {
	parts := make([]*dp.Contribution, len(c.tables))
	for i := range parts {
		parts[i] = dp.NewContribution(c.terms.Bounds)
	}
	return parts
}

// begin begins the window that t is in.
func (c *Counter) begin(t time.Time) {
	length := time.Duration(c.o.Config.Window)
	from := t.UTC().Truncate(length)
	c.window.Store(&window{from, from.Add(length)})
}

// Count counts a request. One that came before the window began or after its end, when nobody has ended it yet, is not counted.
func (c *Counter) Count(r *Request) {
	g := c.groups[r.Tenant]
	if g == nil || c.o.OptedOut(r.Tenant) {
		return
	}
	var values [dimensionCount]uint32
	c.dims.read(&values, r)
	amounts := dp.Sums{1, int64(r.Records)}
	g.mu.Lock()
	defer g.mu.Unlock()
	if w := c.window.Load(); r.At.Before(w.from) || !r.At.Before(w.to) {
		return
	}
	for i, table := range c.tables {
		g.parts[i].Add(c.dims.key(&values, table), amounts)
	}
}

// take takes what all groups have contributed to the tables, and begins the window that t is in.
func (c *Counter) take(t time.Time) (w window, tables [][]*dp.Contribution) {
	w, tables = *c.window.Load(), make([][]*dp.Contribution, len(c.tables))
	for _, g := range c.units {
		next := c.fresh()
		g.mu.Lock()
		g.parts, next = next, g.parts
		g.mu.Unlock()
		for i, part := range next {
			tables[i] = append(tables[i], part)
		}
	}
	c.begin(t)
	return w, tables
}
