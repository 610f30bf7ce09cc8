package receipts

import (
	"cmp"
	"slices"
	"time"

	"winnow/scrub"
)

// Query asks what left to an upstream between two times.
type Query struct {
	Upstream string
	// From and To are inclusive.
	From, To time.Time
	// Tenant is the only one asked about; empty for all.
	Tenant string
}

// Report answers a Query: what a breach of an upstream concerns.
type Report struct {
	Upstream string    `json:"upstream"`
	Tenant   string    `json:"tenant,omitempty"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	// Whole tells that the log of receipts is proved: no line was changed, removed or moved. Damage says what is wrong otherwise; what stands
	// behind that place is counted and not proved.
	Whole  bool   `json:"whole"`
	Damage string `json:"damage,omitempty"`
	// Lines of the log that are proved, and Head, the last of them; those up to Signed cannot have been changed without the key.
	Lines  uint64 `json:"lines"`
	Head   string `json:"head,omitempty"`
	Signed uint64 `json:"signed"`
	// Unproved receipts are counted below and stand behind the damage.
	Unproved int `json:"unproved,omitempty"`
	// First and Last are the times that the log is about; absent if it is empty. Of other times it tells nothing.
	First *time.Time `json:"first,omitempty"`
	Last  *time.Time `json:"last,omitempty"`
	// Upstreams that the log has receipts of at any time, so that an id that is mistyped shows.
	Upstreams []string `json:"upstreams"`
	// Gaps are times between which winnow ended without a last receipt: what left then, up to a minute's worth, is not counted.
	Gaps []Gap `json:"gaps,omitempty"`
	// Tenants that are concerned, in the order of their ids.
	Tenants []TenantPart `json:"tenants"`
	// Policies under which the records left.
	Policies []PolicyPart `json:"policies"`

	began bool // the last line is of a winnow that has not said its end
}

// Gap is an interval of which receipts may be missing.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Span is the ends of the intervals in which something left.
type Span struct {
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// covers widens a span by an interval; the zero Span becomes it.
func (s *Span) covers(from, to time.Time) {
	if *s == (Span{}) {
		*s = Span{from, to}
	}
	s.First, s.Last = earlier(s.First, from), later(s.Last, to)
}

// TenantPart is what left of one tenant; the tenant is empty for statistics of all.
type TenantPart struct {
	Tenant string `json:"tenant"`
	Span
	Totals
	Unanswered int64    `json:"unanswered"`
	Purposes   []string `json:"purposes"`
	Regions    []string `json:"regions,omitempty"`
	Policies   []string `json:"policies"`
	Data       []Sum    `json:"data"`

	sums sums
}

// PolicyPart is a policy under which records left.
type PolicyPart struct {
	Digest string `json:"digest"`
	Name   string `json:"name,omitempty"`
	Span
	Records int64 `json:"records"`
}

// NewReport begins a report.
func NewReport(q Query) *Report {
	return &Report{Upstream: q.Upstream, Tenant: q.Tenant, From: q.From.UTC(), To: q.To.UTC(), Upstreams: []string{}, Tenants: []TenantPart{}, Policies: []PolicyPart{}}
}

// Add adds a page of the log, in the log's order. Pages that touch the time asked for count as a whole.
func (r *Report) Add(p *Page, proved bool) {
	r.began = true // whether or not the line that says so is kept
	r.covers(p.From, p.To)
	for i := range p.Receipts {
		r.Upstreams = with(r.Upstreams, p.Receipts[i].Upstream)
	}
	if p.To.Before(r.From) || p.From.After(r.To) {
		return
	}
	for i := range p.Receipts {
		if e := &p.Receipts[i]; e.Upstream == r.Upstream && (r.Tenant == "" || e.Tenant == r.Tenant) {
			r.add(p, e)
			if !proved {
				r.Unproved++
			}
		}
	}
}

// Began tells of a winnow that starts, and Ended of one that ends with its last receipt written. Times are those of the lines.
func (r *Report) Began(at time.Time) {
	if r.began && r.Last != nil && !r.Last.After(r.To) && !at.Before(r.From) {
		r.Gaps = append(r.Gaps, Gap{*r.Last, at})
	}
	r.began = true
	r.covers(at, at)
}

// Ended is the other half of Began.
func (r *Report) Ended(at time.Time) {
	r.began = false
	r.covers(at, at)
}

func (r *Report) covers(from, to time.Time) {
	if r.First == nil || from.Before(*r.First) {
		r.First = &from
	}
	if r.Last == nil || to.After(*r.Last) {
		r.Last = &to
	}
}

func (r *Report) add(p *Page, e *Receipt) {
	i, known := slices.BinarySearchFunc(r.Tenants, e.Tenant, func(t TenantPart, id string) int { return cmp.Compare(t.Tenant, id) })
	if !known {
		r.Tenants = slices.Insert(r.Tenants, i, TenantPart{Tenant: e.Tenant, sums: sums{}})
	}
	t := &r.Tenants[i]
	t.covers(p.From, p.To)
	t.Totals.add(e.Totals)
	t.Unanswered += e.Unanswered
	t.Purposes, t.Regions, t.Policies = with(t.Purposes, e.Purpose), with(t.Regions, e.Region), with(t.Policies, e.Policy)
	for name, n := range e.Data {
		if c, ok := columnOf(name); ok {
			t.sums[c] += n
		}
	}
	r.policy(p, e)
}

func (r *Report) policy(p *Page, e *Receipt) {
	if e.Policy == "" {
		return
	}
	i := slices.IndexFunc(r.Policies, func(x PolicyPart) bool { return x.Digest == e.Policy })
	if i < 0 {
		i = len(r.Policies)
		r.Policies = append(r.Policies, PolicyPart{Digest: e.Policy})
	}
	x := &r.Policies[i]
	x.covers(p.From, p.To)
	x.Records += e.Records
	if x.Name == "" {
		x.Name = e.Name
	}
}

// End is called behind the last page.
func (r *Report) End() {
	for i := range r.Tenants {
		t := &r.Tenants[i]
		t.Data = t.sums.list()
	}
	slices.SortStableFunc(r.Policies, func(a, b PolicyPart) int { return a.First.Compare(b.First) })
}

// Sum is how often something was in batches that left, or was taken out of them.
type Sum struct {
	scrub.Column
	N int64 `json:"n"`
}

// sums by what is counted.
type sums map[scrub.Column]int64

// list is in the order of the columns' words.
func (s sums) list() []Sum {
	list := make([]Sum, 0, len(s))
	for c, n := range s {
		list = append(list, Sum{c, n})
	}
	slices.SortFunc(list, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Action, b.Action), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// with is a sorted list that has a text, but for the empty one.
func with(list []string, text string) []string {
	i, known := slices.BinarySearch(list, text)
	if known || text == "" {
		return list
	}
	return slices.Insert(list, i, text)
}
