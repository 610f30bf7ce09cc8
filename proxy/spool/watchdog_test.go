package spool_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/spool"
	"winnow/proxy/values"
)

// hanging is a store whose lanes stop answering until it is started anew. What they are given meanwhile they may have stored.
type hanging struct {
	spool.Store
	hung, late atomic.Bool
	restarts   atomic.Int64
}

func (h *hanging) Lane(ctx context.Context, name string, limit int64) (spool.Lane, error) {
	l, err := h.Store.Lane(ctx, name, limit)
	return hangingLane{l, h}, err
}

func (h *hanging) Restart(ctx context.Context) error {
	h.restarts.Add(1)
	err := h.Store.Restart(ctx)
	h.hung.Store(false)
	return err
}

type hangingLane struct {
	spool.Lane
	h *hanging
}

func (l hangingLane) Append(ctx context.Context, source, id string, frame []byte) (uint64, error) {
	if !l.h.hung.Load() {
		return l.Lane.Append(ctx, source, id, frame)
	}
	if l.h.late.Load() { // it is stored, and nobody is told
		if _, err := l.Lane.Append(ctx, source, id, frame); err != nil {
			return 0, err
		}
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

// A store that no longer answers is started anew while clients wait: each of them hears the truth, and what was taken is delivered once, whether
// the silent store had kept it or not.
func TestWatchdog(t *testing.T) {
	for name, late := range map[string]bool{"not stored": false, "stored": true} {
		t.Run(name, func(t *testing.T) {
			h := &hanging{Store: embedded(t, t.TempDir())}
			s, err := spool.Open(t.Context(), spool.Options{
				Store: h, Master: master, MaxFrameBytes: 1 << 20, MaxEntryBytes: 8 << 20, MaxLaneBytes: 1 << 30, Patience: 200 * time.Millisecond,
				Concurrency: 8, Log: slog.New(slog.DiscardHandler), Now: time.Now,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer closeSpool(t, s)
			var mu sync.Mutex
			seen := map[spool.ID]int{}
			q := start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
				mu.Lock()
				defer mu.Unlock()
				seen[e.ID]++
				return spool.Outcome{}
			})
			h.late.Store(late)
			var acked atomic.Int64
			for round := range 2 {
				h.hung.Store(round == 0)
				var wg sync.WaitGroup
				for i := range 20 {
					wg.Go(func() {
						if err := q.Append(t.Context(), entry(round*20+i)); err != nil {
							t.Error(err)
							return
						}
						acked.Add(1)
					})
				}
				wg.Wait()
			}
			if n := h.restarts.Load(); n != 1 || s.Restarts() != 1 {
				t.Errorf("%d restarts, counted %d", n, s.Restarts())
			}
			within(t, 20*time.Second, "what was taken is delivered", func() bool {
				mu.Lock()
				defer mu.Unlock()
				return len(seen) == int(acked.Load())
			})
			mu.Lock()
			defer mu.Unlock()
			for id, n := range seen {
				if n != 1 {
					t.Errorf("%x was delivered %d times", id, n)
				}
			}
			if s.Health() != nil {
				t.Errorf("health: %v", s.Health())
			}
		})
	}
}

// A client that does not wait for the restart hears that its batch may have been stored.
func TestUnknownWhileHung(t *testing.T) {
	h := &hanging{Store: embedded(t, t.TempDir())}
	s := open(t, h)
	defer closeSpool(t, s)
	q := start(t, s, never)
	h.hung.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := q.Append(ctx, entry(1)); !errors.Is(err, spool.ErrUnknown) {
		t.Errorf("error %v", err)
	}
}

// busy is a store that is in the middle of a restart when the first keys are to be made.
type busy struct{ spool.Store }

func (s busy) Values(ctx context.Context, name string) (values.Bucket, error) {
	b, err := s.Store.Values(ctx, name)
	if name == "keys" {
		b = &busyBucket{Bucket: b}
	}
	return b, err
}

type busyBucket struct {
	values.Bucket
	asked atomic.Int32
}

func (b *busyBucket) Create(ctx context.Context, name string, value []byte) error {
	if b.asked.Add(1) < 3 {
		return errDead
	}
	return b.Bucket.Create(ctx, name, value)
}

// A batch whose tenant's key of the day cannot be made at once waits for it, as it would for the disk.
func TestKeyIsWaitedFor(t *testing.T) {
	s := open(t, busy{embedded(t, t.TempDir())})
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Append(t.Context(), entry(1)); err != nil {
		t.Error(err)
	}
}
