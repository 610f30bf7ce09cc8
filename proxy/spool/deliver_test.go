package spool_test

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/spool"
)

// arrivals counts what a backend gets, by the number of the entry. It is safe for concurrent use.
type arrivals struct {
	mu   sync.Mutex
	seen map[uint64]int
}

func newArrivals() *arrivals { return &arrivals{seen: map[uint64]int{}} }

func number(e *spool.Entry) uint64 { return binary.BigEndian.Uint64(e.ID[:]) }

func (a *arrivals) add(e *spool.Entry) spool.Outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[number(e)]++
	return spool.Outcome{}
}

// count is how many different ones arrived, and how often one did that did so most.
func (a *arrivals) count() (different, most int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, n := range a.seen {
		most = max(most, n)
	}
	return len(a.seen), most
}

// once fails unless n entries arrived, each once.
func (a *arrivals) once(t *testing.T, n int) {
	t.Helper()
	if different, most := a.count(); different != n || most != 1 {
		t.Errorf("%d of %d arrived, one of them %d times", different, n, most)
	}
}

// fillQueue stores entries from several producers at once, so that frames have several.
func fillQueue(t *testing.T, q *spool.Queue, from, to int, change ...func(*spool.Entry)) {
	t.Helper()
	var wg sync.WaitGroup
	var next atomic.Int64
	next.Store(int64(from) - 1)
	for range 16 {
		wg.Go(func() {
			for n := int(next.Add(1)); n < to; n = int(next.Add(1)) {
				e := entry(n)
				for _, f := range change {
					f(e)
				}
				if err := q.Append(t.Context(), e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

var errBackend = errors.New("500")

// One batch that the backend fails on every time, first in the lane, holds up none of a thousand others; it is deferred, waits on disk across a
// restart, and arrives once the backend takes it.
func TestPoisonHoldsUpNobody(t *testing.T) {
	t.Parallel() // it waits most of the time
	dir := t.TempDir()
	const others = 1000
	s := open(t, embedded(t, dir))
	a := newArrivals()
	var mended atomic.Bool
	deliver := func(_ context.Context, e *spool.Entry) spool.Outcome {
		if number(e) == 0 && !mended.Load() {
			return spool.Outcome{Err: errBackend}
		}
		return a.add(e)
	}
	q := start(t, s, deliver)
	fillQueue(t, q, 0, others+1)
	within(t, 10*time.Second, "the others arrive", func() bool { n, _ := a.count(); return n == others })
	more := 0
	within(t, 40*time.Second, "it leaves its frame", func() bool {
		fillQueue(t, q, others+1+more, others+2+more)
		more++
		batches, records := q.Deferred()
		return batches == 1 && records == 3
	})
	within(t, 40*time.Second, "and the lane", func() bool {
		waiting, _, err := q.Stats(t.Context())
		return err == nil && waiting.Frames == 0
	})
	shown := 0
	if err := q.Entries(t.Context(), func(e *spool.Entry, parked bool) bool { shown++; return true }); err != nil || shown != 1 {
		t.Errorf("%d entries are shown, %v", shown, err)
	}
	if at, err := q.Oldest(t.Context()); err != nil || at.IsZero() {
		t.Errorf("the oldest is of %v, %v", at, err)
	}
	if pending, _ := q.Ledger().Pending(); pending != 1 {
		t.Errorf("%d are pending", pending)
	}
	closeSpool(t, s)

	s = open(t, embedded(t, dir))
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if found := q.Ledger().Found.Batches.Load(); found != 1 {
		t.Errorf("%d were found", found)
	}
	if names, err := s.Lanes(t.Context()); err != nil || strings.Join(names, " ") != "main" {
		t.Errorf("lanes %q, %v", names, err)
	}
	mended.Store(true)
	q.Start(deliver)
	within(t, 10*time.Second, "it arrives", func() bool { n, _ := a.count(); return n == others+1+more })
	a.once(t, others+1+more)
}

// While nothing arrives at all, nothing is moved, and what is new is left alone.
func TestOutageMovesNothing(t *testing.T) {
	t.Parallel() // it waits most of the time
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	var up atomic.Bool
	var tried sync.Map
	a := newArrivals()
	q := start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		if up.Load() {
			return a.add(e)
		}
		n, _ := tried.LoadOrStore(number(e), new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		return spool.Outcome{Err: errBackend}
	})
	fillQueue(t, q, 0, 500)
	different := 0
	eventually(t, "some are tried more often than it takes to be deferred", func() bool {
		most := int32(0)
		different = 0
		tried.Range(func(_, n any) bool {
			different++
			most = max(most, n.(*atomic.Int32).Load())
			return true
		})
		return most > 5
	})
	if batches, _ := q.Deferred(); batches != 0 {
		t.Errorf("%d were moved", batches)
	}
	if different > 30 {
		t.Errorf("%d batches were tried on a backend that takes none", different)
	}
	up.Store(true)
	eventually(t, "all arrive", func() bool { n, _ := a.count(); return n == 500 })
	a.once(t, 500)
}

// A tenant whose batches fail for a while, or hang, holds up nobody else's; once they are taken all of them arrive.
func TestOneTenantFails(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		t.Run(map[bool]string{false: "fails", true: "hangs"}[hangs], func(t *testing.T) {
			s := open(t, embedded(t, t.TempDir()))
			defer closeSpool(t, s)
			var mended atomic.Bool
			release := make(chan struct{})
			a := newArrivals()
			q := start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
				if e.Tenant == "acme" || mended.Load() {
					return a.add(e)
				}
				if hangs {
					select {
					case <-release:
					case <-time.After(1500 * time.Millisecond): // the time-out of a backend that hangs
					}
				}
				return spool.Outcome{Err: errBackend}
			})
			const each = 300
			fillQueue(t, q, 0, each, func(e *spool.Entry) { e.Tenant = "umbrella" })
			fillQueue(t, q, each, 2*each)
			within(t, 20*time.Second, "the other tenant's arrive", func() bool { n, _ := a.count(); return n == each })
			mended.Store(true)
			close(release)
			eventually(t, "all arrive", func() bool { n, _ := a.count(); return n == 2*each })
			a.once(t, 2*each)
		})
	}
}

// dying is a store that answers nothing any more from a moment on: as if the process had been killed there.
type dying struct {
	spool.Store
	dead atomic.Bool
	// after is the lane whose next append is the last thing that is stored.
	after string
}

var errDead = errors.New("dead")

func (d *dying) Lane(ctx context.Context, name string, limit int64) (spool.Lane, error) {
	l, err := d.Store.Lane(ctx, name, limit)
	return dyingLane{l, d, name}, err
}

func (d *dying) Restart(context.Context) error { return errDead }

type dyingLane struct {
	spool.Lane
	d    *dying
	name string
}

func (l dyingLane) Append(ctx context.Context, source, id string, frame []byte) (uint64, error) {
	if l.d.dead.Load() {
		return 0, errDead
	}
	n, err := l.Lane.Append(ctx, source, id, frame)
	if l.name == l.d.after {
		l.d.dead.Store(true)
	}
	return n, err
}

func (l dyingLane) Remove(ctx context.Context, number uint64) error {
	if l.d.dead.Load() {
		return errDead
	}
	return l.Lane.Remove(ctx, number)
}

func (l dyingLane) Pull(ctx context.Context, count, bytes int) ([]spool.Pulled, error) {
	list, err := l.Lane.Pull(ctx, count, bytes)
	for i, p := range list {
		list[i] = dyingFrame{p, l.d}
	}
	return list, err
}

type dyingFrame struct {
	spool.Pulled
	d *dying
}

func (f dyingFrame) Ack(ctx context.Context) error {
	if f.d.dead.Load() {
		return errDead
	}
	return f.Pulled.Ack(ctx)
}

// Killed after a batch was stored beside the lane, and before its frame was let go, the batch is in both: the next process counts it once and
// delivers it once.
func TestKilledWhileDeferring(t *testing.T) {
	t.Parallel() // it waits most of the time
	dir := t.TempDir()
	d := &dying{Store: embedded(t, dir), after: "main_Deferred"}
	s := open(t, d, func(o *spool.Options) { o.Patience = 200 * time.Millisecond })
	a := newArrivals()
	q := start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		if number(e) == 0 {
			return spool.Outcome{Err: errBackend}
		}
		return a.add(e)
	})
	for n := 0; !d.dead.Load(); n++ {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a dead store is waited for
		err := q.Append(ctx, entry(n))
		if cancel(); err != nil && !d.dead.Load() {
			t.Fatal(err)
		}
		if n > 0 {
			within(t, 10*time.Second, "it arrives, or the store dies", func() bool { got, _ := a.count(); return got == n || d.dead.Load() })
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = s.Close(ctx) // marks cannot be written any more

	s = open(t, embedded(t, dir))
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if batches, _ := q.Deferred(); batches != 1 {
		t.Fatalf("%d are deferred: the test did not hit the moment", batches)
	}
	whole(t, q)
	again := newArrivals()
	q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome { return again.add(e) })
	within(t, 10*time.Second, "the lane is empty", func() bool {
		waiting, _, err := q.Stats(t.Context())
		batches, _ := q.Deferred()
		return err == nil && waiting.Frames == 0 && batches == 0
	})
	if n := again.seen[0]; n != 1 {
		t.Errorf("it arrived %d times", n)
	}
	if q.Missing() != 0 || q.Ledger().Lost.Batches.Load() != 0 {
		t.Errorf("%d frames are missing, %d batches lost", q.Missing(), q.Ledger().Lost.Batches.Load())
	}
}

// Stopped in the middle of frames, by a deploy say: what is under way may finish, and nothing is lost or comes again afterwards, whether the
// backend goes on taking batches until the end or has begun to fail. Only what hangs beyond the stop comes again.
func TestStopsInTheMiddle(t *testing.T) {
	const all, before, slots = 400, 100, 8
	for name, test := range map[string]struct {
		then  func(a *arrivals, e *spool.Entry, release <-chan struct{}) spool.Outcome
		twice int
	}{
		"takes on": {func(a *arrivals, e *spool.Entry, _ <-chan struct{}) spool.Outcome { return a.add(e) }, 0},
		"fails":    {func(*arrivals, *spool.Entry, <-chan struct{}) spool.Outcome { return spool.Outcome{Err: errBackend} }, 0},
		"hangs": {func(a *arrivals, e *spool.Entry, release <-chan struct{}) spool.Outcome {
			a.add(e)
			<-release
			return spool.Outcome{Err: errBackend}
		}, slots},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, embedded(t, dir))
			q, err := s.Queue(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			fillQueue(t, q, 0, all)
			a := newArrivals()
			middle, release := make(chan struct{}), make(chan struct{})
			var tried atomic.Int32
			q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome {
				switch n := tried.Add(1); {
				case n <= before:
					return a.add(e)
				case n == before+1:
					close(middle)
				}
				return test.then(a, e, release)
			})
			<-middle
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
			defer cancel()
			if err := s.Close(ctx); err != nil {
				t.Error(err)
			}
			close(release)
			if n, _ := a.count(); n == all && name == "takes on" {
				t.Log("all arrived before it stopped")
			}

			s = open(t, embedded(t, dir))
			defer closeSpool(t, s)
			q = start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) })
			within(t, 20*time.Second, "the rest arrives", func() bool { n, _ := a.count(); return n == all })
			within(t, 10*time.Second, "the lane is empty", func() bool {
				waiting, _, err := q.Stats(t.Context())
				batches, _ := q.Deferred()
				return err == nil && waiting.Frames == 0 && batches == 0
			})
			a.mu.Lock()
			defer a.mu.Unlock()
			twice := 0
			for id, n := range a.seen {
				if n > 2 {
					t.Errorf("%d arrived %d times", id, n)
				}
				if n > 1 {
					twice++
				}
			}
			if twice > test.twice {
				t.Errorf("%d arrived twice, at most %d were under way", twice, test.twice)
			}
			if q.Missing() != 0 || q.Ledger().Lost.Batches.Load() != 0 {
				t.Errorf("%d frames are missing, %d batches lost", q.Missing(), q.Ledger().Lost.Batches.Load())
			}
		})
	}
}
