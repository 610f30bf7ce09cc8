package proxy

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/ingest"
	"winnow/proxy/stats"
	"winnow/proxy/upstream"
)

// statistics are those of one Run, over all reloads.
type statistics struct {
	mu      sync.Mutex     // never held while anything is waited for
	counter *stats.Counter // nil: off
	made    stats.Options  // of counter
	to      string         // the upstream's id
	last    *stats.Release
	unsent  []*stats.Release
	book    *windowBook // nil: there was nothing to count yet

	released, failed, unpaid, lost, cut func() // count
}

const (
	budgetBucket = "budget"         // of what was spent
	maxUnsent    = 64               // releases that wait for their upstream
	booksTimeout = 10 * time.Second // of reading and writing what was spent
)

// countBy makes the counter of a configuration, or goes on with the one there is: another one begins its window anew. The reasons are those of
// refusals.
func (p *proxy) countBy(c *config.Config) *stats.Counter {
	s := &p.statistics
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.Statistics.On() {
		s.counter, s.made = nil, stats.Options{}
		return nil
	}
	o := stats.Options{Config: c.Statistics, Groups: map[string]string{}, Errors: refusals[1:]}
	for _, t := range c.Tenants {
		if o.Groups[t.ID] = t.Group; t.Group == "" {
			o.Groups[t.ID] = " " + t.ID // the name of no group
		}
	}
	for _, r := range c.Routes {
		o.Routes = append(o.Routes, r.Path)
	}
	for _, l := range c.Listeners {
		o.Routes = append(o.Routes, l.Address)
	}
	if s.counter != nil && reflect.DeepEqual(o.Config, s.made.Config) && maps.Equal(o.Groups, s.made.Groups) && slices.Equal(o.Routes, s.made.Routes) {
		return s.counter
	}
	s.made, s.to = o, c.Statistics.Upstream
	o.OptedOut, o.Now = p.optedOut, p.o.Now()
	s.counter = stats.New(o)
	return s.counter
}

// count tells the statistics of a request that has come as far as its facts.
func (s *site) count(r *ingest.Request, x *exchange) {
	failure := ""
	if r.Refusal != 0 {
		failure = refusals[r.Refusal]
	}
	s.stats.Count(&stats.Request{
		Tenant: r.Tenant, Route: r.Route.Template, Status: r.Answer.Status, Error: failure, Facts: x.fields, Records: x.batch.Kept, At: r.Received,
	})
}

// publish ends a window whose time is over, and hands what waits to its upstream. It has one caller at a time, which alone changes what waits;
// nobody else waits for the books or the upstream.
func (p *proxy) publish(ctx context.Context) {
	s := &p.statistics
	if counter := s.counting(); counter != nil {
		p.endWindow(ctx, counter)
		p.noteWindow(ctx, counter)
	}
	for {
		to, r := s.next()
		if r == nil || !p.sendStatistics(to, r) {
			return
		}
		s.sent()
	}
}

func (s *statistics) counting() *stats.Counter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counter
}

// window is the book of the window that is being counted; nil before there was one.
func (s *statistics) window() *windowBook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book
}

// next is the oldest release that waits, nil if none does, and the upstream that gets it.
func (s *statistics) next() (to string, r *stats.Release) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.unsent) == 0 {
		return "", nil
	}
	return s.to, s.unsent[0]
}

// sent forgets what next gave.
func (s *statistics) sent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsent = s.unsent[1:]
}

// add takes a release to be sent.
func (s *statistics) add(r *stats.Release) {
	s.released()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = r
	if s.unsent = append(s.unsent, r); len(s.unsent) > maxUnsent {
		s.unsent = s.unsent[1:]
		s.lost()
	}
}

func (p *proxy) endWindow(ctx context.Context, counter *stats.Counter) {
	s := &p.statistics
	books, err := p.state(budgetBucket)
	var r *stats.Release
	if err == nil {
		limit, cancel := context.WithTimeout(ctx, booksTimeout)
		defer cancel()
		r, err = counter.End(limit, p.o.Now(), books)
	}
	switch {
	case errors.Is(err, stats.ErrBudget):
		s.unpaid()
		p.o.Log.Warn("statistics were not released: the budget of this period is spent")
	case err != nil:
		s.failed()
		p.o.Log.Error("statistics were not released", "error", err.Error())
	case r != nil:
		s.add(r)
	}
}

// sendStatistics tells whether the upstream has a release.
func (p *proxy) sendStatistics(id string, r *stats.Release) bool {
	p.holding.Lock()
	to := p.targets[id]
	p.holding.Unlock()
	text, err := r.JSON()
	if err != nil || len(r.Lines) == 0 {
		return true
	}
	if to == nil || !to.Up() {
		return false
	}
	speaks := codec.For(config.ProtocolJSON)
	batch := codec.UncheckedBatch(config.ProtocolJSON, ndjson, false, 0, len(r.Lines), text)
	began := p.o.Now()
	answer, err := to.Deliver(&upstream.Delivery{
		Method: fasthttp.MethodPost, Path: "/", ContentType: ndjson, Codec: speaks, Batch: &batch, Encoding: &encoding.List{},
	})
	to.counters.Delivered(p.o.Now().Sub(began), reasonOf(err))
	arrived := err == nil && answer.Status/100 == 2
	p.released(to.target, len(r.Lines), len(text), arrived)
	return arrived
}

const ndjson = "application/x-ndjson"

// Statistics implements admin.Statistics.
func (p *proxy) Statistics(ctx context.Context) (admin.StatisticsState, error) {
	s := &p.statistics
	counter := s.counting()
	if counter == nil {
		return admin.StatisticsState{}, admin.ErrNoStatistics
	}
	books, err := p.state(budgetBucket)
	if err != nil {
		return admin.StatisticsState{}, err
	}
	state, err := counter.State(ctx, p.o.Now(), books)
	if err != nil {
		return admin.StatisticsState{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := admin.StatisticsState{Spent: state.Spent, Budget: state.Total, Until: state.Until, Releases: state.Releases, Unsent: len(s.unsent)}
	if s.last != nil {
		out.From, out.To = &s.last.From, &s.last.To
		for i := range s.last.Lines {
			out.Last = append(out.Last, s.last.Lines[i])
		}
	}
	return out, nil
}

// offlineStatistics are those of a winnow that does not run: what was spent.
type offlineStatistics struct {
	config *config.Config
	state  *State
}

// Statistics implements admin.Statistics.
func (o offlineStatistics) Statistics(ctx context.Context) (admin.StatisticsState, error) {
	if !o.config.Statistics.On() {
		return admin.StatisticsState{}, admin.ErrNoStatistics
	}
	now := time.Now()
	counter := stats.New(stats.Options{Config: o.config.Statistics, Now: now})
	state := stats.State{Total: o.config.Statistics.Budget, Until: counter.PeriodEnd(now)}
	if o.state.Exists() {
		books, err := o.state.Bucket(budgetBucket)
		if err == nil {
			state, err = counter.State(ctx, now, books)
		}
		if err != nil {
			return admin.StatisticsState{}, err
		}
	}
	return admin.StatisticsState{Spent: state.Spent, Budget: state.Total, Until: state.Until, Releases: state.Releases}, nil
}

// statisticCells are the last release, for metrics.
func (p *proxy) statisticCells() (cells []admin.StatisticCell) {
	s := &p.statistics
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return nil
	}
	for _, l := range s.last.Lines {
		cells = append(cells, admin.StatisticCell{
			Labels:   [...]string{l.Table, l.Hour, l.Route, l.Status, l.Browser, l.OS, l.Language, l.Country, l.Error},
			Requests: float64(l.Requests), Records: float64(l.Records),
		})
	}
	return cells
}
