package spool

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Bounds on what is taken out of a lane at once.
const (
	pullFrames = 32
	pullBytes  = 8 << 20
	pullWait   = 5 * time.Second
)

// numbering follows the sequence numbers of the frames of each writer, which come in order.
type numbering struct {
	mu   sync.Mutex
	next map[uint64]uint64 // by writer: the sequence after the highest seen
	sum  map[uint64]Header // by writer: the highest seen
}

// check tells how many batches and records are missing before a frame. One that was seen before has none.
func (n *numbering) check(h Header, records uint64) (batches, missing uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.sum == nil {
		n.sum = map[uint64]Header{}
	}
	next, known := n.next[h.Writer]
	if known && h.Sequence < next {
		return 0, 0
	}
	if known && h.Sequence > next {
		last := n.sum[h.Writer]
		batches, missing = h.BatchesBefore-last.BatchesBefore, h.RecordsBefore-last.RecordsBefore
	}
	n.next[h.Writer] = h.Sequence + 1
	n.sum[h.Writer] = Header{BatchesBefore: h.BatchesBefore + uint64(h.Batches), RecordsBefore: h.RecordsBefore + records}
	return batches, missing
}

// count finds what waits when the lane is opened.
func (q *Queue) count(ctx context.Context) error {
	return q.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
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
		}
		q.ledger.Found.add(int(h.Batches), records)
		return true
	})
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

// deliverAll delivers the batches of frames, several at once, and acknowledges the frames in their order.
func (q *Queue) deliverAll(ctx context.Context, list []Pulled, slots chan struct{}, deliver Deliver) {
	working, done := context.WithCancel(ctx)
	defer done()
	go keepWorking(working, list)
	settled := make([]*sync.WaitGroup, len(list))
	for i, p := range list {
		settled[i] = q.begin(ctx, p, slots, deliver)
	}
	for i, p := range list {
		settled[i].Wait()
		if ctx.Err() != nil {
			_ = p.Again() // to whoever delivers next
			continue
		}
		q.acknowledge(ctx, p)
	}
}

// acknowledge removes a frame whose batches are all settled. The store may be in the middle of a restart: it is asked until it answers.
func (q *Queue) acknowledge(ctx context.Context, p Pulled) {
	for ctx.Err() == nil {
		limit, cancel := context.WithTimeout(ctx, q.spool.o.Patience)
		err := p.Ack(limit)
		cancel()
		if err == nil {
			return
		}
		if q.lane.Remove(ctx, p.Number()) == nil {
			return
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
func (q *Queue) begin(ctx context.Context, p Pulled, slots chan struct{}, deliver Deliver) *sync.WaitGroup {
	settled := new(sync.WaitGroup)
	h, rest, err := readHeader(p.Frame())
	if err != nil {
		q.park(ctx, ReasonFrame, sealed{Bytes: p.Frame()})
		q.ledger.Parked.add(1, 0)
		return settled
	}
	total := uint64(0)
	for n := range h.Batches {
		b, after, err := readBatch(rest)
		if err != nil {
			q.park(ctx, ReasonTorn, sealed{Bytes: rest})
			q.ledger.Parked.add(int(h.Batches-n), 0)
			break
		}
		rest = after
		total += uint64(b.Records)
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return settled
		}
		settled.Go(func() {
			defer func() { <-slots }()
			q.deliverOne(ctx, b, deliver)
		})
	}
	if batches, records := q.seen.check(h, total); batches > 0 {
		q.ledger.Lost.add(int(batches), int(records))
		q.ledger.Found.add(int(batches), int(records))
		q.spool.o.Log.Error("the spool's store has lost batches that were acknowledged", "lane", q.name, "batches", batches, "records", records)
	}
	return settled
}

// deliverOne settles one batch: delivered, parked or erased.
func (q *Queue) deliverOne(ctx context.Context, b sealed, deliver Deliver) {
	e, reason, err := q.open(ctx, b)
	switch {
	case errors.Is(err, errGone):
		q.ledger.Erased.add(1, int(b.Records))
		return
	case err != nil && reason == "":
		return // ctx is done
	case err != nil:
		q.setAside(ctx, reason, b)
		return
	}
	for attempt := 0; ctx.Err() == nil; attempt++ {
		o := deliver(ctx, &e)
		switch {
		case o.Err == nil:
			q.ledger.Delivered.add(1, e.Records)
			return
		case o.Permanent:
			q.setAside(ctx, ReasonRefused, b)
			return
		}
		pause(ctx, max(o.After, backoff(attempt)))
	}
}

func (q *Queue) setAside(ctx context.Context, reason Reason, b sealed) {
	q.park(ctx, reason, b)
	if ctx.Err() == nil {
		q.ledger.Parked.add(1, int(b.Records))
	}
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
