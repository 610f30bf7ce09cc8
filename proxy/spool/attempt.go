package spool

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"winnow/proxy/pause"
)

// fate is what became of a batch that was at work.
type fate uint8

const (
	fateStopped   fate = iota // nothing: it is to end
	fateDelivered             // it has arrived
	fateParked                // it is set aside
	fateErased                // its key is destroyed
	fateExpired               // it is too old
	fateLost                  // it is not where it was
	fateFailed                // it is to be tried again
	fateResting               // it was not tried, to give the upstream time
	fateDeferred              // it is stored beside the lane
	fateStays                 // it could not be
)

// result of a batch that was at work.
type result struct {
	*item
	fate     fate
	after    time.Duration // asked for by the upstream
	received time.Time     // of the batch; zero: it was not learnt
}

// attempt opens one batch and tries to deliver it. What becomes of it is done when this returns: parked is stored, deferred removed.
func (q *Queue) attempt(ctx context.Context, i item, deliver Deliver) (r result) {
	b := i.b
	if i.line != nil {
		var err error
		if b, err = q.fetch(ctx, i.late.number); errors.Is(err, errNotThere) {
			return result{fate: fateLost}
		} else if err != nil {
			return result{fate: fateStopped}
		}
	}
	r = q.try(ctx, i.reason, b, deliver)
	if i.line != nil && r.fate < fateFailed && r.fate != fateStopped {
		q.removeLate(ctx, i.late.number)
	}
	return r
}

// try is attempt of a batch that is at hand.
func (q *Queue) try(ctx context.Context, unreadable Reason, b sealed, deliver Deliver) result {
	if unreadable != "" {
		return q.setAside(ctx, unreadable, b)
	}
	e, reason, err := q.open(ctx, b)
	switch {
	case errors.Is(err, errGone):
		return result{fate: fateErased}
	case err != nil && reason == "":
		return result{fate: fateStopped}
	case err != nil:
		return q.setAside(ctx, reason, b)
	}
	if _, tooOld := q.ages(e.Purpose, e.Received); tooOld {
		if q.spool.o.held(e.Tenant) {
			return q.setAside(ctx, ReasonHeld, b)
		}
		return result{fate: fateExpired}
	}
	o := deliver(ctx, &e)
	switch {
	case o.Err == nil && o.Erased:
		return result{fate: fateErased}
	case o.Err == nil:
		return result{fate: fateDelivered}
	case o.Permanent:
		return q.setAside(ctx, cmp.Or(o.Reason, ReasonRefused), b)
	case o.Resting:
		return result{fate: fateResting, after: o.After, received: e.Received}
	}
	return result{fate: fateFailed, after: o.After, received: e.Received}
}

// setAside parks what stands for some batches.
func (q *Queue) setAside(ctx context.Context, reason Reason, b sealed) result {
	if !q.park(ctx, reason, b) {
		return result{fate: fateStopped}
	}
	return result{fate: fateParked}
}

// open unseals a batch. Without a reason the error is about the store, which is asked until it answers.
func (q *Queue) open(ctx context.Context, b sealed) (e Entry, reason Reason, err error) {
	for {
		e, reason, err = q.openOnce(ctx, b)
		if err == nil || reason != "" || errors.Is(err, errGone) || ctx.Err() != nil {
			return e, reason, err
		}
		pause.For(ctx, time.Second)
	}
}

// openOnce is open without asking the store again.
func (q *Queue) openOnce(ctx context.Context, b sealed) (e Entry, reason Reason, err error) {
	if b.Damaged {
		return Entry{}, ReasonDamaged, errSealed
	}
	key, err := q.spool.keys.find(ctx, b.Key)
	switch {
	case errors.Is(err, errNoKey):
		return Entry{}, ReasonSealed, err
	case err != nil:
		return Entry{}, "", err
	}
	plain, err := key.open(b.ID, b.Bytes)
	if err == nil {
		plain, err = q.spool.pack.unpack(plain)
	}
	if err == nil {
		e, err = readEntry(plain)
	}
	if err != nil {
		return Entry{}, ReasonSealed, err
	}
	e.ID, e.Tenant = b.ID, key.tenant()
	return e, "", nil
}

// fetch reads a deferred batch; the store is asked until it answers, or ctx is done.
func (q *Queue) fetch(ctx context.Context, number uint64) (b sealed, err error) {
	for asked := 0; ; {
		limit, cancel := context.WithTimeout(ctx, q.spool.o.Patience)
		b, err = q.late.fetch(limit, number)
		cancel()
		if errors.Is(err, errNotThere) && asked < copiesAsked {
			if _, other := q.elsewhereOf(ctx, q.late.lane, 1); other {
				asked++
				continue
			}
		}
		if err == nil || errors.Is(err, errNotThere) || ctx.Err() != nil {
			return b, err
		}
		pause.For(ctx, time.Second)
	}
}

// removeLate removes a deferred batch; the store is asked until it answers, or once more if ctx is done.
func (q *Queue) removeLate(ctx context.Context, number uint64) {
	q.insist(ctx, func(limit context.Context) error { return q.late.lane.Remove(limit, number) })
}

// insist does something that is to be known to the store: it is asked until it answers, as it may be in the middle of a restart, or once more
// if ctx is done. It tells whether that was done.
func (q *Queue) insist(ctx context.Context, do func(context.Context) error) bool {
	for {
		if !q.may(ctx) {
			return false
		}
		last := ctx.Err() != nil
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.spool.o.Patience)
		err := do(limit)
		cancel()
		if err == nil || last {
			return err == nil
		}
		pause.For(ctx, 100*time.Millisecond)
	}
}

// acknowledgeAll removes frames whose batches are all settled, in their order, and tells how many.
func (q *Queue) acknowledgeAll(ctx context.Context, list []Pulled) int {
	n := 0
	if len(list) > 1 && q.may(ctx) {
		raise(&q.marks.settled, list[len(list)-1].Number())
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.spool.o.Patience)
		n = q.lane.AckAll(limit, list)
		cancel()
	}
	for n < len(list) && q.acknowledge(ctx, list[n]) {
		n++
	}
	return n
}

// acknowledge removes a frame whose batches are all settled, and tells whether it did.
func (q *Queue) acknowledge(ctx context.Context, p Pulled) bool {
	raise(&q.marks.settled, p.Number())
	return q.insist(ctx, func(limit context.Context) error {
		if err := p.Ack(limit); err == nil {
			return nil
		}
		return q.lane.Remove(limit, p.Number())
	})
}

// Bounds of the pause between attempts.
const (
	firstPause = 500 * time.Millisecond
	longPause  = 30 * time.Second
	latePause  = 2 * time.Minute // of what is deferred
)

// backoff is a pause with full jitter.
func backoff(attempt int, longest time.Duration) time.Duration {
	return rand.N(min(longest, firstPause<<min(attempt, 10))) + time.Millisecond
}
