package spool

import (
	"context"
	"time"
)

// Start delivers what is in the lane by deliver, until the Spool is closed. Only the first call counts.
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
		if q.takeOver(ctx, q.stop) {
			q.run(ctx, q.stop, deliver)
		}
	}()
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
