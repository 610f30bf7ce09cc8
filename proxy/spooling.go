package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nats.go"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/ingest"
	"winnow/proxy/spool"
	"winnow/proxy/upstream"
)

// Bounds on the spool that no operator needs to change.
const (
	maxSpooledBytes = 32 << 20               // one batch, sealed
	maxClusterBytes = 8<<20 - 64<<10         // the same in an external cluster, with max_payload: 8MB
	spoolPatience   = 2 * time.Second        // with a store that does not answer
	spoolOpening    = 2 * time.Minute        // at start, and of each lane
	framesPending   = 256                    // given out, not acknowledged
	framesReturn    = 30 * time.Second       // of a deliverer that died, or that a dying server gave to nobody
	storeTimeout    = 25 * time.Second       // of one batch
	spaceEvery      = 500 * time.Millisecond // the disk is asked at most so often
)

// openSpool opens the spool with the first route that uses it, or if there is one already.
func (p *proxy) openSpool(ctx context.Context, c *config.Config, master []byte) error {
	if p.spool != nil {
		return nil
	}
	s, folder, err := openSpool(ctx, c, master, spool.Options{
		Held: p.held, FrameScale: p.frameScale, Log: p.o.Log, Now: p.o.Now,
	})
	if err != nil {
		return err
	}
	p.spool, p.folder = s, folder
	names, err := s.Lanes(ctx)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	for _, name := range names {
		if err := p.openQueue(ctx, name); err != nil {
			return err
		}
	}
	if err := s.Expire(ctx); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	p.spooling.Store(s)
	return nil
}

// openSpool locks the spool's folder and opens what is in it. o has what only one of its users needs.
func openSpool(ctx context.Context, c *config.Config, master []byte, o spool.Options) (s *spool.Spool, folder io.Closer, err error) {
	dir := c.Spool.Dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("spool: %w", err)
	}
	if folder, err = spool.Lock(dir); err != nil {
		return nil, nil, fmt.Errorf("spool: %s: %w", dir, err)
	}
	how := storeOptions(&c.Spool, o.Log, o.Now)
	store, err := spool.OpenJetStream(ctx, how)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("spool: %w", err), folder.Close())
	}
	o.Store, o.Master, o.MaxFrameBytes, o.MaxEntryBytes = store, master, int(c.Spool.MaxFrameBytes), how.MaxFrameBytes
	o.MaxLaneBytes, o.Patience, o.Concurrency = int64(c.Spool.MaxLaneBytes), spoolPatience, c.Spool.Concurrency
	o.MaxAge, o.MaxAges = spoolAges(c)
	o.Shared = len(c.Spool.NATS) > 0
	o.Compression = compressions[c.Spool.Compression]
	if len(c.Spool.NATS) == 0 {
		o.Space = spool.FreeSpace(dir, int64(c.Spool.MinFreeBytes), spaceEvery, o.Now)
	}
	if s, err = spool.Open(ctx, o); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("spool: %w", err), store.Close(), folder.Close())
	}
	return s, folder, nil
}

// spoolAges are for how long what is spooled may be kept, at most and for each purpose.
func spoolAges(c *config.Config) (most time.Duration, byPurpose map[string]time.Duration) {
	return c.LongestAge(), map[string]time.Duration{purpose: c.MaxAge(config.PurposeOperations), training: c.MaxAge(config.PurposeTraining)}
}

// compressions by their words.
var compressions = map[string]spool.Compression{"": spool.Snappy, "snappy": spool.Snappy, "zstd": spool.Zstd, "none": spool.None}

// frameScale makes frames smaller while memory is short: each is written from a copy.
func (p *proxy) frameScale() float64 {
	if p.budget.Stage() >= ingest.StageFair {
		return 0.25
	}
	return 1
}

// storeOptions are of the embedded store, or of an external cluster.
func storeOptions(c *config.Spool, log *slog.Logger, now func() time.Time) spool.JetStreamOptions {
	o := spool.JetStreamOptions{MaxFrameBytes: maxSpooledBytes, AckWait: framesReturn, MaxPending: framesPending, Log: log, Now: now}
	if len(c.NATS) == 0 {
		o.Dir = c.Dir
		return o
	}
	o.MaxFrameBytes = maxClusterBytes
	o.URLs, o.Monitors, o.Replicas, o.MemoryAcks = c.NATS, c.Monitor, c.Replicas, c.MemoryAcks == "accept"
	if c.CredentialsFile != "" {
		o.Connect = append(o.Connect, nats.UserCredentials(c.CredentialsFile))
	}
	if c.CAFile != "" {
		o.Connect = append(o.Connect, nats.RootCAs(c.CAFile))
	}
	return o
}

// spoolExists tells whether something may wait from before.
func spoolExists(c *config.Config) bool {
	_, err := os.Stat(filepath.Join(c.Spool.Dir, "jetstream"))
	return err == nil || len(c.Spool.NATS) > 0
}

// openQueues opens the lanes of each upstream that a route with delivery spool leads to, and those in which something may wait.
func (p *proxy) openQueues(c *config.Config, master []byte) error {
	ids := spooled(c)
	if len(ids) == 0 && !spoolExists(c) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), spoolOpening)
	defer cancel()
	if err := p.openSpool(ctx, c, master); err != nil {
		return err
	}
	for _, id := range ids {
		for _, name := range laneNames(c, id) {
			if err := p.openQueue(ctx, name); err != nil {
				return err
			}
		}
	}
	for name := range p.queues {
		if id := upstreamOfLane(name); !slices.ContainsFunc(c.Upstreams, func(u config.Upstream) bool { return u.ID == id }) {
			p.o.Log.Warn("the spool has a lane whose upstream is not configured: what waits in it stays, until spool.max_age is over", "lane", name)
		}
	}
	return nil
}

func (p *proxy) openQueue(ctx context.Context, name string) error {
	if p.queues[name] != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), spoolOpening)
	defer cancel()
	q, err := p.spool.Queue(ctx, name)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	p.queues[name] = &queue{q, p.metrics.Lane(name, outcomes[:], spoolRefusals[:])}
	return nil
}

// startQueues delivers what waits, to the upstreams now in use.
func (p *proxy) startQueues() {
	for name, q := range p.queues {
		q.Start(p.deliverEntry(upstreamOfLane(name), q.counters))
	}
}

// closeSpool stores what is being taken and lets go.
func (p *proxy) closeSpool() error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return errors.Join(p.spool.Close(ctx), p.folder.Close())
}

// expireEvery is how often what is too old is looked for, beside each attempt to deliver.
const expireEvery = time.Hour

// expireSpool erases what was kept for too long.
func (p *proxy) expireSpool(ctx context.Context) {
	s := p.spooling.Load()
	if s == nil {
		return
	}
	if err := s.Expire(ctx); err != nil {
		p.o.Log.Error("what is older than it may be could not be erased from the spool", "error", err.Error())
	}
}

// desk is what an administrator sees of the spool.
func (p *proxy) desk() spoolDesk { return spoolDesk{p.spooling.Load, p.o.Now} }

// stateTimeout bounds the asking of a store for metrics.
const stateTimeout = 2 * time.Second

// spoolState is the state of the spool for metrics.
func (p *proxy) spoolState() (admin.SpoolState, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), stateTimeout)
	defer cancel()
	state, err := p.desk().state(ctx, 0)
	if errors.Is(err, admin.ErrNoSpool) {
		return state, false
	}
	if err != nil {
		state.Problems = append(state.Problems, "spool: its store does not answer")
	}
	return state, true
}

// spooled lists the upstreams that routes and listeners with delivery spool lead to, those of regions with them, and the one for training.
func spooled(c *config.Config) (ids []string) {
	if c.Training.On() {
		ids = append(ids, c.Training.Upstream)
	}
	var elsewhere []string
	for _, r := range c.Residency.Regions {
		if r.Upstream != "" {
			elsewhere = append(elsewhere, r.Upstream)
		}
	}
	for _, r := range c.Routes {
		if r.Delivery == config.DeliverySpool {
			ids = append(append(ids, upstreamOf(c, r.Upstream)), elsewhere...)
		}
	}
	for _, l := range c.Listeners {
		if l.Delivery == config.DeliverySpool {
			ids = append(append(ids, upstreamOf(c, l.Upstream)), elsewhere...)
		}
	}
	return ids
}

// upstreamOf is the upstream that a route or listener names, or the first.
func upstreamOf(c *config.Config, id string) string {
	if id == "" {
		return c.Upstreams[0].ID
	}
	return id
}

// keep stores the batch, and tells the client that it is taken.
func (s *site) keep(r *ingest.Request, x *exchange, to lanes) {
	queue := to.of(r.Tenant)
	d, b := &x.delivery, &x.batch
	d.Query = appendParameters(d.Query, b.Query)
	x.packed = x.packed[:0]
	if s.receipts != nil {
		x.packed = x.ruling.sheet.AppendTally(x.packed, x.tally)
	}
	e := spool.Entry{
		ID: s.entryID(r, x), Tenant: r.Tenant, Purpose: purpose, Policy: x.ruling.policy.Digest(), Received: r.Received, Records: b.Kept, Body: b.Bytes(), Tally: x.packed,
		Request: spool.Request{
			Protocol: string(b.Protocol()), Method: d.Method, Path: d.Path, Query: d.Query, ContentType: d.ContentType, Accept: d.Accept, OrgID: d.OrgID,
			Coding: d.Encoding.String(), Headers: d.Headers, Fixed: d.Fixed, Text: b.Text(), Signal: b.Signal(), Way: r.Route.Template,
		},
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	err := queue.Append(ctx, &e)
	if err == nil {
		r.Answer = r.Route.Codec.Accept(b)
		return
	}
	for i, known := range refusedBy {
		if errors.Is(err, known.err) {
			queue.counters.Refused(i + 1)
			r.Refuse(known.why, known.err.Error())
			return
		}
	}
	queue.counters.Refused(0)
	r.Refuse(codec.NotReady, "the spool does not take anything at the moment")
}

// refusedBy are the refusals of the spool.
var refusedBy = [...]struct {
	err error
	why codec.Refusal
}{
	{spool.ErrFull, codec.Busy}, {spool.ErrNoSpace, codec.Busy}, {spool.ErrTooBig, codec.TooLarge},
	{spool.ErrKey, codec.NotReady}, {spool.ErrUnknown, codec.UpstreamTimeout}, {spool.ErrClosed, codec.NotReady},
}

// spoolRefusals names them; the first stands for what is none of them.
var spoolRefusals = [...]string{"other", "full", "no_space", "too_big", "no_key", "no_answer", "closed"}

// The outcomes of an attempt, by their names in outcomes.
const (
	triedOther = iota
	triedDelivered
	triedRefused
	triedBusy
	triedUnreachable
	triedTimeout
	triedResting
)

var outcomes = [...]string{"other", "delivered", "refused", "busy", "unreachable", "timeout", "resting"}

// deliverEntry hands what waits in a lane of an upstream to that upstream, as it is configured now.
func (p *proxy) deliverEntry(id string, counters *admin.Lane) spool.Deliver {
	return func(ctx context.Context, e *spool.Entry) spool.Outcome {
		p.holding.Lock()
		to := p.targets[id]
		p.holding.Unlock()
		if to == nil {
			return spool.Outcome{Err: errNoUpstream, Resting: true, After: time.Minute}
		}
		if e.Purpose == training {
			if o, may := p.mayTrain(e, to); !may {
				return o
			}
		}
		r := &e.Request
		speaks := codec.For(config.Protocol(r.Protocol))
		list, err := encoding.Parse([]byte(r.Coding))
		if speaks == nil || err != nil {
			return spool.Outcome{Err: errOtherVersion, Permanent: true}
		}
		now := *e
		e, r = &now, &now.Request
		o, again, done := p.readmit(ctx, e, &to.made)
		defer done()
		if again {
			counters.Rescrubbed()
		}
		if o.Err != nil || e.Records == 0 {
			return o
		}
		o, done = p.current(e)
		defer done()
		if o.Err != nil || e.Records == 0 {
			return o
		}
		batch := codec.UncheckedBatch(speaks.Protocol(), r.ContentType, r.Text, r.Signal, e.Records, e.Body)
		d := upstream.Delivery{
			Method: r.Method, Path: r.Path, Query: r.Query, Headers: r.Headers, ContentType: r.ContentType, Accept: r.Accept, OrgID: r.OrgID,
			Codec: speaks, Batch: &batch, Encoding: &list, Fixed: r.Fixed,
		}
		began := p.o.Now()
		answer, err := to.Deliver(&d)
		var tried int
		o, tried = outcome(speaks.Protocol(), &answer, err)
		counters.Tried(tried)
		p.receipt(e, to.target, batch.Kept, len(batch.Bytes()), &o)
		if !o.Resting {
			to.counters.Delivered(p.o.Now().Sub(began), reasonOf(err))
		}
		return o
	}
}

// reasonOf is the reason of a delivery that failed, 0 of one that did not.
func reasonOf(err error) int {
	var failure *upstream.Error
	if errors.As(err, &failure) {
		return int(failure.Why)
	}
	return 0
}

var (
	errNoUpstream   = errors.New("the upstream of the lane is not configured")
	errOtherVersion = errors.New("the entry is of a protocol or an encoding that this version does not know")
	errAnswered     = errors.New("the upstream did not take the batch")
)

// outcome judges an upstream's answer. What a change of its own configuration can mend is tried again: who may write, and where.
func outcome(p config.Protocol, answer *codec.Response, err error) (o spool.Outcome, tried int) {
	o = spool.Outcome{Err: err, After: time.Duration(answer.RetryAfter) * time.Second}
	var failure *upstream.Error
	switch {
	case errors.Is(err, upstream.ErrResting):
		o.Resting = true
		return o, triedResting
	case errors.As(err, &failure):
		return failed(o, failure.Why)
	case err != nil:
		return o, triedOther
	}
	o.Err = errAnswered
	switch status := answer.Status; {
	case status/100 == 2 && codec.Again(p, answer):
		return o, triedBusy
	case status/100 == 2:
		return spool.Outcome{}, triedDelivered
	case status == 400, status == 413, status == 415, status == 422:
		o.Permanent = true
		return o, triedRefused
	case status == 429, status == 503:
		return o, triedBusy
	}
	return o, triedOther
}

// failed judges a delivery that failed for a reason.
func failed(o spool.Outcome, why codec.Refusal) (spool.Outcome, int) {
	switch why {
	case codec.Malformed, codec.TooLarge, codec.UnsupportedEncoding:
		o.Permanent = true
		return o, triedRefused
	case codec.Busy:
		return o, triedBusy
	case codec.UpstreamDown:
		return o, triedUnreachable
	case codec.UpstreamTimeout:
		return o, triedTimeout
	}
	return o, triedOther
}
