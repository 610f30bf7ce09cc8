package spool

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds on what is taken out of a lane at once.
const (
	pullFrames = 32
	pullBytes  = 8 << 20
	pullWait   = 5 * time.Second
)

// count finds what waits and what is parked when the lane is opened, and the ids of it: a client that was not answered before the process
// ended sends its batch again.
func (q *Queue) count(ctx context.Context) (known []ID, err error) {
	before, err := q.lane.Stats(ctx)
	if err != nil {
		return nil, err
	}
	readable := uint64(0)
	err = q.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		readable++
		h, rest, err := readHeader(frame)
		if err != nil {
			q.ledger.Found.add(1, 0) // a frame that cannot be read is parked as one batch
			return true
		}
		records := 0
		for range h.Batches {
			var b sealed
			if b, rest, err = readBatch(rest); err != nil {
				break
			}
			records += int(b.Records)
			if !b.Damaged {
				known = append(known, b.ID)
			}
		}
		q.ledger.Found.add(int(h.Batches), records)
		return true
	})
	if err == nil {
		err = q.inspect(ctx, before, readable)
	}
	return known, errors.Join(err, q.parked.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		p, b, ok := readParked(frame)
		if ok && !b.Damaged {
			known = append(known, b.ID)
		}
		q.ledger.Found.add(1, p.Records)
		q.ledger.Parked.add(1, p.Records)
		return true
	}))
}

// run delivers until ctx is done.
func (q *Queue) run(ctx context.Context, deliver Deliver) {
	defer close(q.stopped)
	slots := make(chan struct{}, max(1, q.spool.o.Concurrency))
	for ctx.Err() == nil {
		wait, cancel := context.WithTimeout(ctx, pullWait)
		list, err := q.lane.Pull(wait, pullFrames, pullBytes)
		cancel()
		switch {
		case len(list) > 0:
			q.deliverAll(ctx, list, slots, deliver)
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			pause(ctx, time.Second)
		}
	}
}

// given is a frame that is being delivered.
type given struct {
	Pulled
	head     Header
	batches  sync.WaitGroup // under way
	deferred atomic.Bool    // some batch of it must come again
}

// deliverAll delivers the batches of frames, several at once, and acknowledges the frames in their order, so that what is left of them has no
// hole in its numbering. When ctx is done, frames with a batch that is not settled are given back, and all behind them.
func (q *Queue) deliverAll(ctx context.Context, list []Pulled, slots chan struct{}, deliver Deliver) {
	working, done := context.WithCancel(ctx)
	defer done()
	go keepWorking(working, list)
	frames := make([]*given, len(list))
	for i, p := range list {
		frames[i] = &given{Pulled: p}
		q.begin(ctx, frames[i], slots, deliver)
	}
	back := false
	for _, f := range frames {
		f.batches.Wait()
		if back = back || f.deferred.Load() || !q.acknowledge(ctx, f); back {
			_ = f.Again() // to whoever delivers next
			continue
		}
		q.seen.settle(f.head)
	}
}

// acknowledge removes a frame whose batches are all settled, and tells whether it did. The store may be in the middle of a restart: it is asked
// until it answers, or once more if ctx is done.
func (q *Queue) acknowledge(ctx context.Context, p Pulled) bool {
	raise(&q.marks.settled, p.Number())
	for {
		last := ctx.Err() != nil
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.spool.o.Patience)
		err := p.Ack(limit)
		if err != nil {
			err = q.lane.Remove(limit, p.Number())
		}
		cancel()
		if err == nil || last {
			return err == nil
		}
		pause(ctx, 100*time.Millisecond)
	}
}

// keepWorking asks for more time for frames whose delivery takes long.
func keepWorking(ctx context.Context, list []Pulled) {
	t := time.NewTicker(workingEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			for _, p := range list {
				_ = p.Working()
			}
		}
	}
}

// workingEvery is a fraction of every sensible AckWait.
const workingEvery = 5 * time.Second

// begin starts the delivery of a frame's batches.
func (q *Queue) begin(ctx context.Context, f *given, slots chan struct{}, deliver Deliver) {
	h, rest, err := readHeader(f.Frame())
	if err != nil {
		if !q.setAside(ctx, ReasonFrame, sealed{Bytes: f.Frame()}, 1) {
			f.deferred.Store(true)
		}
		return
	}
	if f.head = h; q.seen.settled(h) {
		return
	}
	total := uint64(0)
	for n := range h.Batches {
		b, after, err := readBatch(rest)
		if err != nil {
			if !q.setAside(ctx, ReasonTorn, sealed{Bytes: rest}, int(h.Batches-n)) {
				f.deferred.Store(true)
			}
			break
		}
		rest = after
		total += uint64(b.Records)
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			f.deferred.Store(true)
			return
		}
		f.batches.Go(func() {
			defer func() { <-slots }()
			if !q.deliverOne(ctx, b, deliver) {
				f.deferred.Store(true)
			}
		})
	}
	q.number(h, total)
}

// number looks for a hole in the numbering before a frame.
func (q *Queue) number(h Header, records uint64) {
	batches, missing := q.seen.check(h, records)
	if batches > 0 {
		late, lateRecords := q.waiting(h)
		batches, missing = batches-late, missing-lateRecords
	}
	if batches == 0 {
		return
	}
	q.ledger.Lost.add(batches, missing)
	if h.Writer != q.own { // they were lost before they could be found
		q.ledger.Found.add(batches, missing)
	}
	if batches < 0 {
		q.spool.o.Log.Info("batches that were missing in the numbering came later", "lane", q.name, "batches", -batches, "records", -missing)
		return
	}
	q.spool.o.Log.Error("the spool's store has lost batches that were acknowledged", "lane", q.name, "batches", batches, "records", missing)
}

// deliverOne settles one batch: delivered, parked, erased or expired. It is false if ctx was done before.
func (q *Queue) deliverOne(ctx context.Context, b sealed, deliver Deliver) (settled bool) {
	e, reason, err := q.open(ctx, b)
	switch {
	case errors.Is(err, errGone):
		q.ledger.Erased.add(1, int(b.Records))
		return true
	case err != nil && reason == "":
		return false // ctx is done
	case err != nil:
		return q.setAside(ctx, reason, b, 1)
	}
	for attempt := 0; ctx.Err() == nil; {
		left, tooOld := q.ages(e.Received)
		if tooOld {
			q.ledger.Expired.add(1, int(b.Records))
			q.spool.o.Log.Warn("a batch was erased: it waited longer than spool.max_age", "lane", q.name, "records", b.Records)
			return true
		}
		o := deliver(ctx, &e)
		switch {
		case o.Err == nil:
			q.ledger.Delivered.add(1, int(b.Records))
			return true
		case o.Permanent:
			return q.setAside(ctx, ReasonRefused, b, 1)
		}
		pause(ctx, min(left, max(o.After, backoff(attempt))))
		if !o.Resting {
			attempt++
		}
	}
	return false
}

// setAside parks what stands for some batches. It is false if ctx was done before.
func (q *Queue) setAside(ctx context.Context, reason Reason, b sealed, batches int) bool {
	if !q.park(ctx, reason, b) {
		return false
	}
	q.ledger.Parked.add(batches, int(b.Records))
	return true
}

// open unseals a batch. Without a reason the error is about the store, which is asked until it answers.
func (q *Queue) open(ctx context.Context, b sealed) (e Entry, reason Reason, err error) {
	if b.Damaged {
		return Entry{}, ReasonDamaged, errSealed
	}
	for {
		key, err := q.spool.keys.find(ctx, b.Key)
		switch {
		case errors.Is(err, errGone) || ctx.Err() != nil:
			return Entry{}, "", errors.Join(err, ctx.Err())
		case errors.Is(err, errNoKey):
			return Entry{}, ReasonSealed, err
		case err != nil:
			pause(ctx, time.Second)
			continue
		}
		plain, err := key.open(b.ID, b.Bytes)
		if err == nil {
			e, err = readEntry(plain)
		}
		if err != nil {
			return Entry{}, ReasonSealed, err
		}
		e.ID, e.Tenant = b.ID, key.tenant()
		return e, "", nil
	}
}

// Bounds of the pause between attempts.
const (
	firstPause = 500 * time.Millisecond
	longPause  = 30 * time.Second
)

// backoff is a pause with full jitter.
func backoff(attempt int) time.Duration {
	return rand.N(min(longPause, firstPause<<min(attempt, 10))) + time.Millisecond
}
