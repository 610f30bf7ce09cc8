package proxy

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/ingest"
	"winnow/proxy/spool"
	"winnow/proxy/upstream"
)

// Bounds on the spool that no operator needs to change.
const (
	maxSpooledBytes = 32 << 20               // one batch, sealed
	spoolPatience   = 2 * time.Second        // with a store that does not answer
	spoolOpening    = 2 * time.Minute        // at start
	framesPending   = 256                    // given out, not acknowledged
	framesReturn    = 2 * time.Minute        // of a deliverer that died
	storeTimeout    = 25 * time.Second       // of one batch
	spaceEvery      = 500 * time.Millisecond // the disk is asked at most so often
)

// openSpool opens the spool with the first route that uses it.
func (p *proxy) openSpool(ctx context.Context, c *config.Config, master []byte) error {
	if p.spool != nil {
		return nil
	}
	dir := c.Spool.Dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	store, err := spool.OpenJetStream(ctx, spool.JetStreamOptions{
		Dir: dir, MaxFrameBytes: maxSpooledBytes, AckWait: framesReturn, MaxPending: framesPending,
	})
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	p.spool, err = spool.Open(ctx, spool.Options{
		Store: store, Master: master, MaxFrameBytes: int(c.Spool.MaxFrameBytes), MaxEntryBytes: maxSpooledBytes,
		MaxLaneBytes: int64(c.Spool.MaxLaneBytes), Patience: spoolPatience, Concurrency: c.Spool.Concurrency,
		Space: spool.FreeSpace(dir, int64(c.Spool.MinFreeBytes), spaceEvery, p.o.Now), Log: p.o.Log, Now: p.o.Now,
	})
	if err != nil {
		return errors.Join(fmt.Errorf("spool: %w", err), store.Close())
	}
	return nil
}

// openQueues opens a lane for each upstream that a route with delivery spool leads to.
func (p *proxy) openQueues(c *config.Config, master []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), spoolOpening)
	defer cancel()
	for _, id := range spooled(c) {
		if p.queues[id] != nil {
			continue
		}
		if err := p.openSpool(ctx, c, master); err != nil {
			return err
		}
		q, err := p.spool.Queue(ctx, id)
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		p.queues[id] = q
	}
	return nil
}

// startQueues delivers what waits, to the upstreams now in use.
func (p *proxy) startQueues() {
	for id, q := range p.queues {
		q.Start(p.deliverEntry(id))
	}
}

// closeSpool stores what is being taken and lets go.
func (p *proxy) closeSpool() error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return p.spool.Close(ctx)
}

// queueOf is the lane of a way that delivers through the spool, nil of one that does not.
func (p *proxy) queueOf(d config.Delivery, upstream string) *spool.Queue {
	if d != config.DeliverySpool {
		return nil
	}
	return p.queues[upstream]
}

// spooled lists the upstreams that routes and listeners with delivery spool lead to.
func spooled(c *config.Config) (ids []string) {
	for _, r := range c.Routes {
		if r.Delivery == config.DeliverySpool {
			ids = append(ids, upstreamOf(c, r.Upstream))
		}
	}
	for _, l := range c.Listeners {
		if l.Delivery == config.DeliverySpool {
			ids = append(ids, upstreamOf(c, l.Upstream))
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
func (s *site) keep(r *ingest.Request, x *exchange, queue *spool.Queue) {
	d, b := &x.delivery, &x.batch
	e := spool.Entry{
		ID: entryID(r), Tenant: r.Tenant, Purpose: purpose, Policy: s.policy.Digest(), Received: r.Received, Records: b.Kept, Body: b.Bytes(),
		Request: spool.Request{
			Protocol: string(b.Protocol()), Method: d.Method, Path: d.Path, Query: d.Query, ContentType: d.ContentType, Accept: d.Accept, OrgID: d.OrgID,
			Coding: d.Encoding.String(), Headers: d.Headers, Fixed: d.Fixed, Text: b.Text(), Signal: b.Signal(),
		},
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	switch err := queue.Append(ctx, &e); {
	case err == nil:
		r.Answer = r.Route.Codec.Accept(b)
	case errors.Is(err, spool.ErrTooBig):
		r.Refuse(codec.TooLarge, spool.ErrTooBig.Error())
	case errors.Is(err, spool.ErrFull), errors.Is(err, spool.ErrNoSpace):
		r.Refuse(codec.Busy, err.Error())
	case errors.Is(err, spool.ErrUnknown):
		r.Refuse(codec.UpstreamTimeout, spool.ErrUnknown.Error())
	case errors.Is(err, spool.ErrKey):
		r.Refuse(codec.NotReady, spool.ErrKey.Error())
	default:
		r.Refuse(codec.NotReady, "the spool does not take anything at the moment")
	}
}

// entryID is made of the client's own key for the request, if it sends one (draft-ietf-httpapi-idempotency-key-header), so that a request
// that is sent again is stored once; else at random: two batches that look alike may be two.
func entryID(r *ingest.Request) (id spool.ID) {
	key := r.Header.Peek("Idempotency-Key")
	if len(key) == 0 {
		rand.Read(id[:])
		return id
	}
	h := sha256.New()
	for _, part := range [...]string{r.Tenant, r.Route.Template, string(key)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	copy(id[:], h.Sum(nil))
	return id
}

// deliverEntry hands what waits in an upstream's lane to that upstream, as it is configured now.
func (p *proxy) deliverEntry(id string) spool.Deliver {
	return func(_ context.Context, e *spool.Entry) spool.Outcome {
		p.holding.Lock()
		to := p.targets[id]
		p.holding.Unlock()
		if to == nil {
			return spool.Outcome{Err: errNoUpstream, After: time.Minute}
		}
		r := &e.Request
		speaks := codec.For(config.Protocol(r.Protocol))
		list, err := encoding.Parse([]byte(r.Coding))
		if speaks == nil || err != nil {
			return spool.Outcome{Err: errOtherVersion, Permanent: true}
		}
		batch := codec.UncheckedBatch(speaks.Protocol(), r.ContentType, r.Text, r.Signal, e.Records, e.Body)
		d := upstream.Delivery{
			Method: r.Method, Path: r.Path, Query: r.Query, Headers: r.Headers, ContentType: r.ContentType, Accept: r.Accept, OrgID: r.OrgID,
			Codec: speaks, Batch: &batch, Encoding: &list, Fixed: r.Fixed,
		}
		began := p.o.Now()
		answer, err := to.Deliver(&d)
		o := outcome(speaks.Protocol(), &answer, err)
		why := 0
		var failure *upstream.Error
		if errors.As(err, &failure) {
			why = int(failure.Why)
		}
		to.counters.Delivered(p.o.Now().Sub(began), why)
		return o
	}
}

var (
	errNoUpstream   = errors.New("the upstream of the lane is not configured")
	errOtherVersion = errors.New("the entry is of a protocol or an encoding that this version does not know")
	errAnswered     = errors.New("the upstream did not take the batch")
)

// outcome judges an upstream's answer. What a change of its own configuration can mend is tried again: who may write, and where.
func outcome(p config.Protocol, answer *codec.Response, err error) spool.Outcome {
	var failure *upstream.Error
	after := time.Duration(answer.RetryAfter) * time.Second
	switch {
	case errors.As(err, &failure):
		permanent := failure.Why == codec.Malformed || failure.Why == codec.TooLarge || failure.Why == codec.UnsupportedEncoding
		return spool.Outcome{Err: err, Permanent: permanent, After: after}
	case err != nil:
		return spool.Outcome{Err: err}
	case answer.Status/100 == 2 && codec.Again(p, answer):
		return spool.Outcome{Err: errAnswered, After: after}
	case answer.Status/100 == 2:
		return spool.Outcome{}
	}
	switch answer.Status {
	case 400, 413, 415, 422:
		return spool.Outcome{Err: errAnswered, Permanent: true}
	}
	return spool.Outcome{Err: errAnswered, After: after}
}
