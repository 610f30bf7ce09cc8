package spool

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Nothing is kept for longer than Options.MaxAge, counted from when its request was seen (KEEP-1). What waits is looked at before every attempt
// to deliver it, oldest first, whether its backend answers or not; what is parked, by Expire. A data key is destroyed a day after the last entry
// that it can have sealed is too old: what is left of it anywhere cannot be read from then on.

// ages tells whether an entry is too old, and else for how long it may still be kept.
func (q *Queue) ages(received time.Time) (left time.Duration, tooOld bool) {
	if q.spool.o.MaxAge <= 0 {
		return longest, false
	}
	left = received.Add(q.spool.o.MaxAge).Sub(q.spool.o.Now())
	return left, left <= 0
}

// longest is as good as for ever.
const longest = 1<<63 - 1

// Expire erases what is parked for too long, and the keys of days that are over for good. It is called at start and every hour, on a cluster by every node.
func (s *Spool) Expire(ctx context.Context) error {
	if s.o.MaxAge <= 0 {
		return nil
	}
	var errs []error
	for _, q := range s.Queues() {
		if s.leases == nil || q.serving.Load() { // else whoever has the lane does it
			errs = append(errs, q.expireParked(ctx))
		}
	}
	return errors.Join(append(errs, s.keys.expire(ctx, s.o.Now().Add(-s.o.MaxAge)))...)
}

// expireParked removes what is parked and too old, or whose key is destroyed.
func (q *Queue) expireParked(ctx context.Context) error {
	q.handling.Lock()
	defer q.handling.Unlock()
	var old, gone Tally
	var err error
	readErr := q.parked.Read(ctx, 1, func(number uint64, frame []byte) bool {
		p, b, ok := readParked(frame)
		received := p.At
		of := &old
		if ok {
			e, _, openErr := q.open(ctx, b)
			switch {
			case openErr == nil:
				received = e.Received
			case errors.Is(openErr, errGone):
				received, of = time.Time{}, &gone
			}
		}
		if _, tooOld := q.ages(received); tooOld && ctx.Err() == nil {
			if err = q.parked.Remove(ctx, number); err == nil {
				of.add(1, p.Records)
			}
		}
		return err == nil && ctx.Err() == nil
	})
	q.unpark(&q.ledger.Expired, int(old.Batches.Load()), int(old.Records.Load()))
	q.unpark(&q.ledger.Erased, int(gone.Batches.Load()), int(gone.Records.Load()))
	if n := old.Batches.Load(); n > 0 {
		q.spool.o.Log.Warn("parked batches were erased: they were kept longer than spool.max_age", "lane", q.name, "batches", n)
	}
	return errors.Join(err, readErr)
}

// unpark moves batches from what is parked to another column of the ledger.
func (q *Queue) unpark(to *Tally, batches, records int) {
	to.add(batches, records)
	q.countsParked().add(-batches, -records)
}

// countsParked is where the ledger has what is parked: elsewhere, if another node has the lane.
func (q *Queue) countsParked() *Tally {
	if q.spool.leases == nil || q.spool.o.Looking || q.serving.Load() {
		return &q.ledger.Parked
	}
	return &q.ledger.Elsewhere
}

// expire destroys the keys of days that ended more than a day before a time.
func (k *keyring) expire(ctx context.Context, before time.Time) error {
	names, err := k.values.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		day, err := time.Parse("20060102", name[strings.LastIndexByte(name, '/')+1:])
		if err != nil || day.AddDate(0, 0, 2).After(before) {
			continue
		}
		if err := k.erase(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
