package spool

import (
	"context"
	"time"

	"winnow/proxy/pause"
)

// Start delivers what is in the lane by deliver, until the Spool is closed. Where nodes share the store, it does so while this node has the lane.
// Only the first call counts.
func (q *Queue) Start(deliver Deliver) {
	q.spool.mu.Lock()
	defer q.spool.mu.Unlock()
	if q.stop != nil {
		return
	}
	var ctx context.Context
	ctx, q.cut = context.WithCancel(context.Background())
	q.stop = make(chan struct{})
	go func() {
		defer close(q.stopped)
		if q.spool.leases == nil {
			if q.takeOver(ctx, q.stop) {
				q.run(ctx, q.stop, deliver)
			}
			return
		}
		for t := q.spool.leases.take(ctx, q.stop, q.name); t != nil; t = q.spool.leases.take(ctx, q.stop, q.name) {
			q.serve(ctx, t, deliver)
		}
	}()
}

// serve delivers while this node has the lane.
func (q *Queue) serve(ctx context.Context, t *tenure, deliver Deliver) {
	serving, lost := context.WithCancel(ctx)
	defer lost()
	halt, enough := context.WithCancel(serving) // delivery is to end in order
	defer enough()
	kept := make(chan struct{})
	keeping, endKeeping := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(kept)
		t.keep(keeping, lost, enough)
	}()
	go func() {
		select {
		case <-q.stop:
			enough()
		case <-halt.Done():
		}
	}()
	q.tenure.Store(t)
	if q.takeOver(serving, halt.Done()) && q.adopt(serving, halt.Done()) {
		q.run(serving, halt.Done(), deliver)
	}
	q.leave(serving)
	endKeeping()
	<-kept
	t.end(ctx)
	q.tenure.Store(nil)
}

// may waits until nobody else can have the lane, and tells whether that is so; it is not if ctx is done before.
func (q *Queue) may(ctx context.Context) bool {
	if q.spool.leases == nil {
		return true
	}
	for {
		if t := q.tenure.Load(); t != nil && t.mine() {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		pause.For(ctx, leaseLook)
	}
}

// mine tells whether nobody else can have the lane now.
func (q *Queue) mine() bool {
	t := q.tenure.Load()
	return q.spool.leases == nil || t != nil && t.mine()
}

// adopt counts what there is in a lane that this node has from now on. It is asked for until the store answers.
func (q *Queue) adopt(ctx context.Context, stop <-chan struct{}) bool {
	for {
		q.seen = numbering{}
		if err := q.tally(ctx); err == nil {
			q.serving.Store(true)
			return true
		}
		q.disown()
		select {
		case <-time.After(time.Second):
		case <-stop:
			return false
		}
	}
}

// leave hands the lane to whoever has it next: what waits and is parked is no longer this node's to count.
func (q *Queue) leave(ctx context.Context) {
	if q.serving.Swap(false) && q.mine() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.spool.o.Patience)
		_ = q.closeMarks(limit) // else they are as old as the last beat
		cancel()
	}
	q.disown()
}

// disown takes what waits and is parked out of the ledger.
func (q *Queue) disown() {
	q.counting.Lock()
	defer q.counting.Unlock()
	q.adopted = nil
	l := &q.ledger
	parked, parkedRecords := l.Parked.Batches.Load(), l.Parked.Records.Load()
	l.Parked.add(-int(parked), -int(parkedRecords))
	waiting, records := l.Pending()
	l.Elsewhere.add(int(waiting), int(records))
}

// stored counts a frame that was stored: unless this node has the lane, another will deliver it.
func (q *Queue) stored(number uint64, h Header, records int, count func()) {
	raise(&q.marks.appended, number)
	q.counting.Lock()
	defer q.counting.Unlock()
	count()
	q.wrote = h.after(records)
	if q.spool.leases != nil && q.adopted == nil {
		q.ledger.Elsewhere.add(int(h.Batches), records)
	}
}

// takeOver has all frames come again that were given to somebody who is gone, before those behind them. It is false if delivery is to stop before.
func (q *Queue) takeOver(ctx context.Context, stop <-chan struct{}) bool {
	for {
		limit, cancel := context.WithTimeout(ctx, takeOverTime)
		err := q.lane.Reclaim(limit)
		cancel()
		if err == nil {
			return true
		}
		select {
		case <-time.After(time.Second):
		case <-stop:
			return false
		}
	}
}

// takeOverTime bounds one request for that.
const takeOverTime = 10 * time.Second

// end ends delivery: what is under way may take most of the time that ctx has.
func (q *Queue) end(ctx context.Context) {
	if q.stop == nil {
		return
	}
	defer q.cut()
	close(q.stop)
	limit := ctx
	if at, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		limit, cancel = context.WithTimeout(ctx, time.Until(at)*4/5)
		defer cancel()
	}
	select {
	case <-q.stopped:
		return
	case <-limit.Done():
	}
	q.cut()
	select {
	case <-q.stopped:
	case <-ctx.Done(): // what it has comes again
	}
}
