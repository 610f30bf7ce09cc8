package main

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/spool"
)

// clockBatches are appended before each jump and after it.
const clockBatches = 200

// clockRows jumps the clock of a spool in this process by an hour on and back, while batches wait, are appended and are delivered: none is lost,
// none expires before its time, and each is delivered once.
func clockRows(ctx context.Context, s *stand) (rows []row, err error) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		delivered, twice, expired, err := jumped(ctx, s, jump)
		if err != nil {
			return nil, err
		}
		name := "clock jumps by " + jump.String() + ": "
		rows = append(rows, equal(name+"delivered", delivered, 2*clockBatches), equal(name+"twice", twice, 0), equal(name+"expired", expired, 0))
	}
	return rows, nil
}

func jumped(ctx context.Context, s *stand, jump time.Duration) (delivered, twice int, expired int64, err error) {
	dir, err := os.MkdirTemp(s.dir, "clock-")
	if err != nil {
		return 0, 0, 0, err
	}
	var offset atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	var mu sync.Mutex
	seen := map[spool.ID]int{}
	_, err = withSpool(ctx, dir, func(o *spool.Options) { o.Now, o.MaxAge = now, 2*time.Hour }, func(q *spool.Queue) error {
		add := func(p int) error {
			for n := range clockBatches {
				e := entryOf(p, n, []byte("made up"))
				e.Received = now()
				if err := q.Append(ctx, e); err != nil {
					return err
				}
			}
			return nil
		}
		if err := add(0); err != nil {
			return err
		}
		offset.Store(int64(jump))
		q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome {
			mu.Lock()
			defer mu.Unlock()
			seen[e.ID]++
			return spool.Outcome{}
		})
		if err := add(1); err != nil {
			return err
		}
		until(ctx, time.Minute, func() bool { pending, _ := q.Ledger().Pending(); return pending == 0 })
		expired = q.Ledger().Expired.Batches.Load()
		return nil
	})
	mu.Lock()
	defer mu.Unlock()
	for _, n := range seen {
		twice += n - 1
	}
	return len(seen), twice, expired, err
}
