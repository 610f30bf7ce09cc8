package proxy

import (
	"context"
	"errors"
	"sync"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/ingest"
	"winnow/proxy/subjects"
	"winnow/proxy/values"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
)

// suppressions is the bucket of what was decided about persons.
const suppressions = "suppressions"

// persons is what one Run knows of persons, over all reloads.
type persons struct {
	live     *subjects.Live
	minors   *subjects.Minors
	counters *admin.Persons
	shared   bool // other nodes change the list too
	problem  lastProblem
	stop     func()
	done     sync.WaitGroup
}

// listOpening is how long the start waits for the suppression list. Requests are refused for as long as it is not there.
const listOpening = 5 * time.Second

// followPersons begins to follow the suppression list.
func (p *proxy) followPersons() {
	ctx, stop := context.WithCancel(context.Background())
	bucket := func() (values.Bucket, error) { return p.state(suppressions) }
	first := make(chan struct{}, 1)
	s := &persons{shared: p.states.Shared(), stop: stop}
	s.live = subjects.NewLive(bucket, p.o.Now, func(err error) {
		if s.problem.news(err) {
			p.o.Log.Error("the suppression list cannot be read: requests are refused until it can be", "error", err.Error())
		}
		select {
		case first <- struct{}{}:
		default:
		}
	})
	var age func() float64
	if s.shared {
		age = func() float64 { return s.live.Age(p.o.Now()).Seconds() }
	}
	s.counters = p.metrics.Persons(func() float64 { return float64(s.live.Len()) }, age)
	s.minors = subjects.NewMinors(bucket, p.o.Now, func(d pseudonym.Digest) bool {
		return s.live.View("", "").About(d) == scrub.Remove
	}, s.counters.Listed.Inc, s.counters.Lost.Inc)
	s.done.Go(func() { s.live.Run(ctx) })
	s.done.Go(func() { s.minors.Run(ctx) })
	select {
	case <-first:
	case <-time.After(listOpening):
	}
	p.persons = s
}

// close ends the following. It is safe on nil.
func (s *persons) close() {
	if s != nil {
		s.stop()
		s.done.Wait()
	}
}

// people is what a site knows of persons.
type people struct {
	*persons
	keys     *pseudonym.Domain
	views    map[string]*subjects.View // by tenant
	minor    func(pseudonym.Digest)    // nil: nothing marks a minor
	header   string                    // that marks one
	dnt, gpc config.Signal
	maxAge   time.Duration // of a shared list; beyond it everything is stripped
}

// peopleOf is that of a configuration.
func (p *proxy) peopleOf(c *config.Config, master []byte) (*people, error) {
	keys, err := subjects.Keys(master)
	if err != nil {
		return nil, err
	}
	s := &people{
		persons: p.persons, keys: keys, views: map[string]*subjects.View{}, header: c.Policy.Minors.Header,
		dnt: c.Policy.DoNotTrack, gpc: c.Policy.GPC, maxAge: time.Duration(c.MaxStaleness),
	}
	for _, t := range c.Tenants {
		s.views[t.ID] = p.persons.live.View(t.ID, purpose)
	}
	if c.Policy.Minors.On() {
		s.minor = p.persons.minors.Add
	}
	return s, nil
}

var errList = errors.New("the suppression list is not known")

// about fills in what a request needs to know of persons. hides says that no facts of the client are attached.
func (s *people) about(q *scrub.Request, r *ingest.Request) (hides bool, err error) {
	if !s.live.Ready() {
		return false, errList
	}
	if s.header != "" || s.minor != nil {
		q.Minor, q.SubjectKeys = s.minor, s.keys
	}
	if view := s.views[r.Tenant]; !s.live.Empty() && view != nil {
		q.SubjectKeys, q.Orders = s.keys, view
	}
	if s.shared && s.live.Age(r.Received) > s.maxAge {
		q.Marked = &stripped
	}
	return s.signals(q, r), nil
}

// stripped says that a whole request is stripped.
var stripped = scrub.Marked{All: true}

// signals heeds what a browser says (META-9): DNT of the W3C's Tracking Preference Expression, and Sec-GPC of Global Privacy Control.
func (s *people) signals(q *scrub.Request, r *ingest.Request) (hides bool) {
	for _, signal := range [...]struct {
		header  string
		means   config.Signal
		counted interface{ Inc() }
	}{{"DNT", s.dnt, s.counters.DNT}, {"Sec-GPC", s.gpc, s.counters.GPC}} {
		if signal.means == config.SignalIgnore || string(r.Header.Peek(signal.header)) != "1" {
			continue
		}
		signal.counted.Inc()
		hides = true
		if signal.means == config.SignalObjection {
			q.Marked = &stripped
		}
	}
	return hides
}

// withoutClient leaves the facts that say nothing of the client.
func withoutClient(fields []meta.Field) []meta.Field {
	left := fields[:0]
	for _, f := range fields {
		if f.Class == config.ClassTelemetry {
			left = append(left, f)
		}
	}
	return left
}

// scrub has the request's codec scrub its body, and gives the Run to whoever counts what it did.
func (s *site) scrub(r *ingest.Request, x *exchange, keys *pseudonym.Domain) (run *scrub.Run, ok bool) {
	q := scrub.Request{Mode: x.ruling.mode, Keys: keys, LabelNames: r.Route.Codec.Protocol() == config.ProtocolLoki, Marked: x.marked}
	hides, err := s.people.about(&q, r)
	if err != nil {
		r.Refuse(codec.NotReady, err.Error())
		return nil, false
	}
	q.Minors = s.people.header != "" && s.policy.SaysMinor(r.Header.Peek(s.people.header))
	first := true
	run, x.batch, err = codec.Passes(r.Route.Codec, &x.request, func(m *scrub.Marked) *scrub.Run {
		if m != nil {
			q.Marked = m
		}
		run := x.ruling.policy.Begin(q)
		if first {
			x.meta.Minter = run.Minter()
			s.metadata(x)
			if first = false; hides {
				x.fields = withoutClient(x.fields)
			}
		}
		run.Attach(x.fields)
		return run
	})
	if err != nil {
		refuseBody(r, err)
		return run, false
	}
	if q.Minors {
		x.batch.DropAll()
	}
	return run, true
}

// count counts what a Run did about persons.
func (s *people) count(c *scrub.Counts) {
	if c.Suppressed > 0 {
		s.counters.Removed.Add(float64(c.Suppressed))
	}
	if c.Stripped > 0 {
		s.counters.Stripped.Add(float64(c.Stripped))
	}
}
