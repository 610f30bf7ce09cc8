package receipts

import (
	"cmp"
	"slices"
	"time"
)

// Receipt is what left for one Key in an interval.
type Receipt struct {
	Key
	// Name of the policy, as its file states it.
	Name string `json:"name,omitempty"`
	Totals
	// Unanswered attempts to deliver were not acknowledged: all, some or nothing of what was sent may have arrived.
	Unanswered int64 `json:"unanswered,omitempty"`
	// Data that was in the batches, or was taken out of them: by the name of a scrub.Column, its four words with slashes between.
	Data map[string]int64 `json:"data,omitempty"`
}

// Totals are batches that were acknowledged, with the records and the bytes in them, before compression.
type Totals struct {
	Batches int64 `json:"batches"`
	Records int64 `json:"records"`
	Bytes   int64 `json:"bytes"`
}

func (t *Totals) add(more Totals) {
	t.Batches += more.Batches
	t.Records += more.Records
	t.Bytes += more.Bytes
}

// Page is receipts of one interval, as a line of the log has them.
type Page struct {
	// From and To are the interval: From is the end of the one before.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Receipts in the order of their keys.
	Receipts []Receipt `json:"receipts"`
}

// Take ends the count, and makes receipts of it. A clock that was set meanwhile widens the interval.
func (c *Counter) Take() Page {
	now := c.now().UTC()
	c.mu.Lock()
	cells := c.cells
	c.cells = make(map[Key]*cell, len(cells))
	p := Page{From: earlier(c.from, now), To: later(c.from, now)}
	c.from = now
	c.mu.Unlock()
	for k, e := range cells {
		p.Receipts = append(p.Receipts, e.take(k))
	}
	slices.SortFunc(p.Receipts, func(a, b Receipt) int { return compareKeys(a.Key, b.Key) })
	return p
}

// Put gives back what Take made and nobody could write: the next page has it, too, and covers its interval.
func (c *Counter) Put(p Page) {
	for i := range p.Receipts {
		r := &p.Receipts[i]
		e := c.cell(r.Key)
		e.totals.add(r.Totals)
		e.unanswered += r.Unanswered
		if e.policy == "" {
			e.policy = r.Name
		}
		for name, n := range r.Data {
			e.count([]byte(name), n)
		}
		e.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = earlier(c.from, p.From)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// take makes a receipt of a cell, which counts no more.
func (e *cell) take(k Key) Receipt {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.taken = true
	for i, n := range e.by {
		if n > 0 {
			e.count([]byte(e.sheet.names[i]), n)
		}
	}
	return Receipt{
		Key: k, Name: e.policy, Totals: e.totals, Unanswered: e.unanswered, Data: e.named,
	}
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Upstream, b.Upstream), cmp.Compare(a.Purpose, b.Purpose),
		cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Region, b.Region))
}
