package spool_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/spool"
)

var master = bytes.Repeat([]byte("m"), 32)

func embedded(t testing.TB, dir string) spool.Store {
	t.Helper()
	s, err := spool.OpenJetStream(t.Context(), spool.JetStreamOptions{
		Dir: dir, MaxFrameBytes: 8 << 20, AckWait: time.Minute, MaxPending: 256,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, store spool.Store, change ...func(*spool.Options)) *spool.Spool {
	t.Helper()
	o := spool.Options{
		Store: store, Master: master, MaxFrameBytes: 1 << 20, MaxEntryBytes: 8 << 20, MaxLaneBytes: 1 << 30, Patience: 2 * time.Second,
		Concurrency: 8, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	for _, f := range change {
		f(&o)
	}
	s, err := spool.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start opens the lane "main" and delivers what is in it.
func start(t testing.TB, s *spool.Spool, deliver spool.Deliver) *spool.Queue {
	t.Helper()
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	q.Start(deliver)
	return q
}

// closeSpool ends a spool whose ledger must be whole.
func closeSpool(t testing.TB, s *spool.Spool) {
	t.Helper()
	for _, q := range s.Queues() {
		whole(t, q)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

func entry(n int) *spool.Entry {
	e := &spool.Entry{
		Tenant: "acme", Purpose: "operations", Policy: "digest", Tally: []byte("tally"), Received: time.Now(), Records: 3,
		Request: spool.Request{Protocol: "json", Method: "POST", Path: "/ingest", Query: []byte("a=b"), Headers: [][2]string{{"X-Channel", "c"}}, Text: true, Signal: 2},
		Body:    bytes.Repeat([]byte(`{"level":"info","message":"scrubbed text"}`+"\n"), 3),
	}
	binary.BigEndian.PutUint64(e.ID[:], uint64(n))
	return e
}

func never(context.Context, *spool.Entry) spool.Outcome {
	return spool.Outcome{Err: errors.New("down"), After: time.Hour}
}

// What was acknowledged before the end is delivered after the next start, each batch as it was taken and once.
func TestSurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, embedded(t, dir))
	q := start(t, s, never)
	const producers, each = 16, 50
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			for i := range each {
				if err := q.Append(t.Context(), entry(p*each+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := q.Ledger().Acked.Batches.Load(); got != producers*each {
		t.Fatalf("%d acknowledged", got)
	}
	closeSpool(t, s)

	s = open(t, embedded(t, dir))
	defer closeSpool(t, s)
	var mu sync.Mutex
	seen := map[spool.ID]int{}
	all := make(chan struct{})
	start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		want := entry(0)
		if !bytes.Equal(e.Body, want.Body) || e.Records != 3 || e.Tenant != "acme" || e.Request.Path != "/ingest" || string(e.Request.Query) != "a=b" ||
			len(e.Request.Headers) != 1 || e.Request.Fixed || !e.Request.Text || e.Request.Signal != 2 || e.Policy != "digest" || string(e.Tally) != "tally" {
			t.Errorf("got %+v", e)
		}
		mu.Lock()
		defer mu.Unlock()
		if seen[e.ID]++; len(seen) == producers*each {
			close(all)
		}
		return spool.Outcome{}
	})
	select {
	case <-all:
	case <-time.After(30 * time.Second):
		t.Fatalf("%d of %d delivered", len(seen), producers*each)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%x was delivered %d times", id, n)
		}
	}
}

// A batch that is sent again within the window is acknowledged, and stored once.
func TestRepeatStoredOnce(t *testing.T) {
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	var delivered atomic.Int32
	q := start(t, s, func(context.Context, *spool.Entry) spool.Outcome {
		delivered.Add(1)
		return spool.Outcome{}
	})
	for range 3 {
		if err := q.Append(t.Context(), entry(1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Append(t.Context(), entry(2)); err != nil {
		t.Fatal(err)
	}
	if got := q.Ledger().Acked.Batches.Load(); got != 2 {
		t.Errorf("%d stored", got)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{2 << 10, 64 << 10} {
		b.Run(map[int]string{2 << 10: "size=2KiB", 64 << 10: "size=64KiB"}[size], func(b *testing.B) {
			s := open(b, embedded(b, b.TempDir()))
			defer closeSpool(b, s)
			q := start(b, s, func(context.Context, *spool.Entry) spool.Outcome { return spool.Outcome{} })
			var n atomic.Int64
			body := make([]byte, size)
			for i := range body {
				body[i] = byte(i * i >> 3)
			}
			b.SetBytes(int64(size))
			b.SetParallelism(32)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					e := entry(int(n.Add(1)))
					e.Body = body
					if err := q.Append(context.Background(), e); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// A batch whose client was not answered before the process ended, and sends it again to the next, is stored once.
func TestKnowsAfterRestart(t *testing.T) {
	dir := t.TempDir()
	for start := range 2 {
		s := open(t, embedded(t, dir))
		q, err := s.Queue(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Append(t.Context(), entry(1)); err != nil {
			t.Fatal(err)
		}
		if again := q.Ledger().Repeated.Batches.Load(); again != int64(start) {
			t.Errorf("start %d: %d batches were known already", start, again)
		}
		if pending, _ := q.Ledger().Pending(); pending != 1 {
			t.Errorf("start %d: %d batches wait", start, pending)
		}
		closeSpool(t, s)
	}
}
