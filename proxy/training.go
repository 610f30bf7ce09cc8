package proxy

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/consent"
	"winnow/proxy/ingest"
	"winnow/proxy/spool"
	"winnow/proxy/subjects"
	"winnow/scrub"
)

// What becomes of copies for training, by their names in copyOutcomes.
const (
	copyStored = iota
	copyDropped
	copyObjection
	copyRegion
	copyFailed
	copyRefused
	copyWithdrawn
)

var copyOutcomes = []string{"stored", "dropped", "objection", "region", "failed", "refused", "withdrawn"}

// copies are what one Run has on its way to the spool for training, over all reloads.
type copies struct {
	live     *consent.Live
	counters *admin.Training

	mu      sync.RWMutex
	closed  bool
	waiting atomic.Int64 // bytes
	storing sync.WaitGroup
}

// maxCopied bounds what is on its way to the spool. Clients never wait for it.
const (
	maxCopied    = 32 << 20
	copyOverhead = 4 << 10 // of each batch
)

// copying is what a site knows of copies for training; nil: none are made.
type copying struct {
	*copies
	policy *scrub.Policy
	lanes  lanes
	views  map[string]*subjects.View // by tenant
}

// copyingOf is that of a configuration, whose lanes are open.
func (p *proxy) copyingOf(c *config.Config, policy *scrub.Policy) *copying {
	if !c.Training.On() {
		return nil
	}
	t := &copying{p.copies, policy.Training(), p.lanesOf(c, config.DeliverySpool, c.Training.Upstream), map[string]*subjects.View{}}
	for _, tenant := range c.Tenants {
		t.views[tenant.ID] = p.persons.live.View(tenant.ID, training)
	}
	return t
}

// asked tells whether what came is to be copied: the tenant opted in for the stream, and operations have taken it. While nobody opted in it costs
// one atomic load.
func (t *copying) asked(r *ingest.Request, x *exchange) bool {
	return t != nil && t.live.Training(r.Tenant, r.Route.Template) && x.batch.Kept > 0 && r.Refusal == 0 && r.Answer.Status < 300
}

// copy scrubs what came once more, under the policy of copies and the tenant's own key for training (TRAIN-2), and has it stored behind the client's
// back. Whatever fails is counted, and changes nothing of the answer.
func (s *site) copy(r *ingest.Request, x *exchange) {
	records, outcome := x.batch.Kept, copyFailed
	defer func() {
		if recover() != nil {
			s.metrics.Panicked()
		}
		if records > 0 {
			s.copying.counters.Count(outcome, records)
		}
	}()
	q, why := s.aboutCopy(r, x)
	if why != copyStored {
		outcome = why
		return
	}
	var err error
	if q.Keys, err = s.keys.Domain(r.Tenant, training, r.Received); err != nil {
		return
	}
	e, err := s.copyEntry(r, x, q)
	if err != nil {
		return
	}
	if e.Records > 0 {
		if !s.copying.store(s.copying.lanes.of(r.Tenant), e) {
			outcome = copyRefused
			return
		}
		records -= e.Records // which are counted when they are stored
	}
	outcome = copyDropped
}

// aboutCopy says how a copy is scrubbed. Whatever strips a record for operations, or hides its client, keeps it out of training as a whole.
func (s *site) aboutCopy(r *ingest.Request, x *exchange) (q scrub.Request, why int) {
	v := s.copying.policy.Variant(r.Route.Index, r.Tenant)
	q = scrub.Request{Mode: v.Mode, LabelNames: r.Route.Codec.Protocol() == config.ProtocolLoki}
	people := s.people
	switch {
	case x.marked != nil || x.to != &s.routes[r.Route.Index].destination:
		return q, copyRegion
	case !people.live.Ready() || people.shared && people.live.Age(r.Received) > people.maxAge:
		return q, copyFailed
	case people.dnt != config.SignalIgnore && string(r.Header.Peek("DNT")) == "1", people.gpc != config.SignalIgnore && string(r.Header.Peek("Sec-GPC")) == "1":
		return q, copyObjection
	}
	if people.header != "" || people.minor != nil {
		q.Minor, q.SubjectKeys = people.minor, people.keys
	}
	if view := s.copying.views[r.Tenant]; !people.live.Empty() && view != nil {
		q.SubjectKeys, q.Orders = people.keys, view
	}
	return q, copyStored
}

// copyEntry makes the entry of a copy, with memory of its own. Nothing of the request's query and headers is in it but what the codec scrubs.
func (s *site) copyEntry(r *ingest.Request, x *exchange, q scrub.Request) (*spool.Entry, error) {
	policy := s.copying.policy.Variant(r.Route.Index, r.Tenant).Policy
	x.meta, x.spare = x.spare, x.meta // the facts for operations are still asked for
	defer func() {
		x.meta.Reset()
		x.meta, x.spare = x.spare, x.meta
	}()
	s.headers(r, x)
	first := true
	run, b, err := codec.Passes(r.Route.Codec, &x.request, func(m *scrub.Marked) *scrub.Run {
		if m != nil {
			q.Marked = m
		}
		run := policy.Begin(q)
		if first {
			first = false
			x.meta.Minter = run.Minter()
			x.copied = append(policy.Meta().Append(x.copied[:0], &x.meta, s.geo), policy.Stamp()...)
		}
		run.Attach(x.copied)
		return run
	})
	if err != nil {
		run.Close()
		return nil, err
	}
	d := &x.delivery
	e := &spool.Entry{
		ID: s.entryID(r, x), Tenant: strings.Clone(r.Tenant), Purpose: training, Policy: policy.Digest(), Received: r.Received, Records: b.Kept, Body: bytes.Clone(b.Bytes()),
		Request: spool.Request{
			Protocol: string(b.Protocol()), Method: strings.Clone(d.Method), Path: strings.Clone(d.Path), Query: bytes.Clone(b.Query), ContentType: strings.Clone(d.ContentType),
			Fixed: d.Fixed, Text: b.Text(), Signal: b.Signal(), Way: r.Route.Template,
		},
	}
	run.Close()
	return e, nil
}

// store has a copy stored, and tells whether there is room for it until then.
func (c *copies) store(queue *queue, e *spool.Entry) bool {
	size := int64(len(e.Body)) + copyOverhead
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return false
	}
	if c.waiting.Add(size) > maxCopied {
		c.waiting.Add(-size)
		return false
	}
	c.storing.Go(func() {
		defer c.waiting.Add(-size)
		c.counters.Count(c.append(queue, e), e.Records)
	})
	return true
}

func (c *copies) append(queue *queue, e *spool.Entry) int {
	if !c.live.Training(e.Tenant, e.Request.Way) {
		return copyWithdrawn
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	err := queue.Append(ctx, e)
	if err == nil {
		return copyStored
	}
	for i, known := range refusedBy {
		if errors.Is(err, known.err) {
			queue.counters.Refused(i + 1)
			return copyRefused
		}
	}
	queue.counters.Refused(0)
	return copyRefused
}

// close takes no more, and waits for what is being stored. It is safe on nil.
func (c *copies) close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.storing.Wait()
}

var (
	errConsents   = errors.New("the consents are not known: the batch waits")
	errNoTraining = errors.New("no training is configured, or its upstream is there for something else: the batch waits")
)

// mayTrain asks once more whether a copy that waited may be used, when it is about to leave (TRAIN-3). If not, o says what becomes of it.
func (p *proxy) mayTrain(e *spool.Entry, to *held) (o spool.Outcome, may bool) {
	s := p.site.Load()
	kept, known := p.consents.live.Kept(e.Tenant, e.Request.Way, e.Received)
	switch {
	case s == nil || !known:
		return spool.Outcome{Err: errConsents, Resting: true, After: waitsForList}, false
	case !kept:
		p.copies.counters.Count(copyWithdrawn, e.Records)
		return spool.Outcome{Erased: true}, false
	case s.policy.Training() == nil || !to.made.ReceivesFor(config.PurposeTraining) || len(to.made.Purposes) > 1:
		return spool.Outcome{Err: errNoTraining, Resting: true, After: time.Minute}, false
	}
	return spool.Outcome{}, true
}
