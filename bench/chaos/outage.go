package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/spool"
)

// The outage of scenario "outage", by the clock that the spool is given.
const (
	outageTime  = 24 * time.Hour
	longKeeping = 72 * time.Hour
	shortKeep   = 12 * time.Hour
)

// outageProducers append at once, each every few milliseconds.
const outageProducers = 4

// outage keeps a backend down for a day of a clock that runs faster than real: cycles are the real seconds of that day. Batches are taken all the
// time, before and while the backlog drains. What spool.max_age allows arrives, once; what is older is erased, and nothing else.
func outage(ctx context.Context, s *stand, cycles int) ([]row, error) {
	var rows []row
	for _, keep := range []time.Duration{longKeeping, shortKeep} {
		o := outaging{keep: keep, speed: float64(outageTime) / float64(time.Duration(max(2, cycles))*time.Second), sent: map[spool.ID]time.Time{}, got: map[spool.ID]int{}}
		r, err := o.run(ctx, s)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r...)
	}
	return rows, nil
}

// outaging is one outage.
type outaging struct {
	keep  time.Duration
	speed float64 // of the clock
	began time.Time
	up    atomic.Bool

	mu      sync.Mutex
	sent    map[spool.ID]time.Time // acknowledged, and when they were received
	got     map[spool.ID]int
	overage int // delivered when they were too old
	slowest time.Duration
}

// now is the clock.
func (o *outaging) now() time.Time {
	passed := time.Since(o.began)
	return o.began.Add(time.Duration(float64(passed) * o.speed))
}

// slack is how much of the clock passes between a look at it and what follows, on a busy machine.
func (o *outaging) slack() time.Duration { return time.Duration(o.speed * float64(time.Second)) }

func (o *outaging) deliver(_ context.Context, e *spool.Entry) spool.Outcome {
	if !o.up.Load() {
		return spool.Outcome{Err: errDown, Resting: true, After: 50 * time.Millisecond}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got[e.ID]++
	if o.now().Sub(e.Received) > o.keep+o.slack() {
		o.overage++
	}
	return spool.Outcome{}
}

var errDown = errors.New("the backend is down")

func (o *outaging) run(ctx context.Context, s *stand) ([]row, error) {
	dir, err := os.MkdirTemp(s.dir, "outage-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	o.began = time.Now()
	var meanwhile, draining, expired int64
	var drained time.Time
	_, err = withSpool(ctx, dir, func(so *spool.Options) { so.Now, so.MaxAge = o.now, o.keep }, func(q *spool.Queue) error {
		q.Start(o.deliver)
		down := time.Duration(float64(outageTime) / o.speed)
		if err := o.produce(ctx, q, 0, down); err != nil {
			return err
		}
		meanwhile = q.Ledger().Acked.Batches.Load()
		o.up.Store(true)
		if err := o.produce(ctx, q, 1, down/4); err != nil {
			return err
		}
		draining = q.Ledger().Acked.Batches.Load() - meanwhile
		until(ctx, time.Minute, func() bool { pending, _ := q.Ledger().Pending(); return pending == 0 })
		expired, drained = q.Ledger().Expired.Batches.Load(), o.now()
		return nil
	})
	return o.rows(meanwhile, draining, expired, drained), err
}

// produce appends for a while.
func (o *outaging) produce(ctx context.Context, q *spool.Queue, phase int, d time.Duration) error {
	end := time.Now().Add(d)
	errs := make([]error, outageProducers)
	var all sync.WaitGroup
	for p := range outageProducers {
		all.Go(func() {
			body := make([]byte, 2<<10)
			for n := 0; time.Now().Before(end) && ctx.Err() == nil && errs[p] == nil; n++ {
				e := entryOf(phase*outageProducers+p, n, body)
				e.Received = o.now()
				began := time.Now()
				if errs[p] = q.Append(ctx, e); errs[p] == nil {
					o.taken(e, time.Since(began))
				}
				rest(ctx, 2*time.Millisecond)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (o *outaging) taken(e *spool.Entry, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent[e.ID] = e.Received
	o.slowest = max(o.slowest, took)
}

func (o *outaging) rows(meanwhile, draining, expired int64, drained time.Time) []row {
	o.mu.Lock()
	defer o.mu.Unlock()
	missing, early, twice := 0, 0, 0
	for id, received := range o.sent {
		if o.got[id] > 0 {
			continue
		}
		if missing++; drained.Sub(received) <= o.keep {
			early++
		}
	}
	for _, n := range o.got {
		twice += n - 1
	}
	name := "kept for " + o.keep.String() + ": "
	rows := []row{
		told(name+"taken in the outage", meanwhile),
		atLeast(name+"taken while the backlog drains", float64(draining), 1),
		told(name+"slowest answer, ms", o.slowest.Milliseconds()),
		equal(name+"neither delivered nor erased for its age", missing-int(expired), 0),
		equal(name+"erased before its time", early, 0),
		equal(name+"delivered after its time", o.overage, 0),
		equal(name+"delivered twice", twice, 0),
	}
	if o.keep > outageTime {
		return append(rows, equal(name+"erased", expired, 0))
	}
	return append(rows, atLeast(name+"erased", float64(expired), 1))
}
