package spool_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/spool"
)

// whole waits until a lane's ledger agrees with itself and with what the store holds: what is counted as pending and parked is there.
func whole(t testing.TB, q *spool.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		l := q.Ledger()
		r, err := q.Verify(ctx)
		batches, records := l.Pending()
		received := l.Received.Batches.Load() == l.Refused.Batches.Load()+l.Acked.Batches.Load() &&
			l.Received.Records.Load() == l.Refused.Records.Load()+l.Acked.Records.Load()
		if err == nil && received && batches == r.Batches && records == r.Records && l.Parked.Batches.Load() == r.Parked {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Errorf("the ledger is not whole: %d batches and %d records are pending, parked %d; the store has %+v; received %d, refused %d, acked %d; %v", batches, records,
				l.Parked.Batches.Load(), r, l.Received.Batches.Load(), l.Refused.Batches.Load(), l.Acked.Batches.Load(), err)
			return
		}
	}
}

// eventually waits until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	over := time.After(time.Minute) // longer than the longest pause between attempts
	for !ok() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("never: %s", what)
		}
	}
}

// lines is a log. It is safe for concurrent use.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func refuse(context.Context, *spool.Entry) spool.Outcome {
	return spool.Outcome{Err: errors.New("no"), Permanent: true}
}

// What a backend refuses is set aside, outlasts a restart, and is replayed, shown or dropped by its number; the ledger stays whole throughout.
func TestParked(t *testing.T) {
	dir := t.TempDir()
	s := open(t, embedded(t, dir))
	q := start(t, s, refuse)
	for i := range 3 {
		if err := q.Append(t.Context(), entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "three are parked", func() bool { return q.Ledger().Parked.Batches.Load() == 3 })
	closeSpool(t, s)

	s = open(t, embedded(t, dir))
	defer closeSpool(t, s)
	got := make(chan spool.ID, 3)
	q = start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		got <- e.ID
		return spool.Outcome{}
	})
	list, err := q.Parked(t.Context(), 0)
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	if p := list[0]; p.Reason != spool.ReasonRefused || p.Tenant != "acme" || p.Records != 3 {
		t.Errorf("%+v", p)
	}
	_, e, err := q.Show(t.Context(), list[1].Number)
	if err != nil || e == nil || !strings.Contains(string(e.Body), "scrubbed text") || e.Request.Path != "/ingest" {
		t.Errorf("%+v, %v", e, err)
	}
	if err := q.Drop(t.Context(), list[0].Number); err != nil {
		t.Error(err)
	}
	if err := q.Drop(t.Context(), list[0].Number); !errors.Is(err, spool.ErrNotParked) {
		t.Errorf("dropped twice: %v", err)
	}
	if err := q.Replay(t.Context(), list[1].Number); err != nil {
		t.Error(err)
	}
	if id := <-got; id != e.ID {
		t.Errorf("%x was replayed", id)
	}
	l := q.Ledger()
	if l.Dropped.Batches.Load() != 1 || l.Parked.Batches.Load() != 1 || l.Acked.Batches.Load() != 0 {
		t.Errorf("dropped %d, parked %d, acked %d", l.Dropped.Batches.Load(), l.Parked.Batches.Load(), l.Acked.Batches.Load())
	}
}

// A batch that is replayed and refused again is parked again, at once.
func TestParkedAgain(t *testing.T) {
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	q := start(t, s, refuse)
	if err := q.Append(t.Context(), entry(1)); err != nil {
		t.Fatal(err)
	}
	for number := range uint64(3) {
		var list []spool.Parked
		eventually(t, "it is parked", func() bool {
			var err error
			list, err = q.Parked(t.Context(), 0)
			return err == nil && len(list) == 1 && list[0].Number == number+1
		})
		if err := q.Replay(t.Context(), list[0].Number); err != nil {
			t.Fatal(err)
		}
	}
}

// KEEP-1: nothing is kept longer than max_age: neither what waits for a backend that is down, nor what is parked, nor the keys.
func TestMaxAge(t *testing.T) {
	var ahead atomic.Int64
	log := &lines{}
	store := embedded(t, t.TempDir())
	s := open(t, store, func(o *spool.Options) {
		o.MaxAge = time.Hour
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	defer closeSpool(t, s)
	q := start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		if e.ID == entry(7).ID {
			return refuse(context.Background(), e)
		}
		return spool.Outcome{Err: errors.New("down")}
	})
	old := entry(1)
	old.Received = old.Received.Add(-2 * time.Hour)
	for _, e := range []*spool.Entry{old, entry(7), entry(2)} {
		if err := q.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	l := q.Ledger()
	eventually(t, "one is expired, one parked", func() bool { return l.Expired.Batches.Load() == 1 && l.Parked.Batches.Load() == 1 })
	if err := s.Expire(t.Context()); err != nil || l.Parked.Batches.Load() != 1 {
		t.Errorf("parked is %d, %v", l.Parked.Batches.Load(), err)
	}
	ahead.Store(int64(2 * time.Hour))
	eventually(t, "what waited is expired", func() bool { return l.Expired.Batches.Load() == 2 })
	if err := s.Expire(t.Context()); err != nil || l.Parked.Batches.Load() != 0 || l.Expired.Batches.Load() != 3 {
		t.Errorf("parked is %d, expired %d, %v", l.Parked.Batches.Load(), l.Expired.Batches.Load(), err)
	}
	values, err := store.Values(t.Context(), "keys")
	if err != nil {
		t.Fatal(err)
	}
	if names, err := values.Names(t.Context()); err != nil || len(names) == 0 {
		t.Errorf("keys: %q, %v", names, err)
	}
	ahead.Store(int64(72 * time.Hour))
	if err := s.Expire(t.Context()); err != nil {
		t.Error(err)
	}
	if names, err := values.Names(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("keys: %q, %v", names, err)
	}
	if !strings.Contains(log.String(), "spool.max_age") {
		t.Error("nothing is said of it")
	}
}

// A lane at its bound refuses what is new, and keeps all that it took.
func TestFullLane(t *testing.T) {
	s := open(t, embedded(t, t.TempDir()), func(o *spool.Options) { o.MaxLaneBytes = 8 << 10 })
	defer closeSpool(t, s)
	q := start(t, s, never)
	taken := 0
	var err error
	for ; err == nil && taken < 1000; taken++ {
		err = q.Append(t.Context(), entry(taken))
	}
	taken--
	if !errors.Is(err, spool.ErrFull) || taken == 0 {
		t.Fatalf("after %d: %v", taken, err)
	}
	r, err := q.Verify(t.Context())
	if err != nil || r.Batches != int64(taken) || q.Ledger().Refused.Batches.Load() != 1 {
		t.Errorf("took %d: %+v, refused %d, %v", taken, r, q.Ledger().Refused.Batches.Load(), err)
	}
}

// A backend that is left alone costs no attempt: it is asked again as soon as it may be, not after a pause that has grown.
func TestRestingIsNoAttempt(t *testing.T) {
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	var asked atomic.Int32
	q := start(t, s, func(context.Context, *spool.Entry) spool.Outcome {
		if asked.Add(1) < 20 { // with growing pauses this would take minutes
			return spool.Outcome{Err: errors.New("resting"), Resting: true, After: time.Millisecond}
		}
		return spool.Outcome{}
	})
	if err := q.Append(t.Context(), entry(1)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is delivered", func() bool { return q.Ledger().Delivered.Batches.Load() == 1 })
}

// Verify tells a key that was destroyed from damage.
func TestVerifyTellsErased(t *testing.T) {
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	other := entry(2)
	other.Tenant = "umbrella"
	for _, e := range []*spool.Entry{entry(1), other} {
		if err := q.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Erase(t.Context(), "acme", ""); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if r, err := q.Verify(t.Context()); err != nil || !r.Sound() || r.Erased != 1 || r.Batches != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if at, err := q.Oldest(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("the oldest, whose key is gone, is of %v, %v", at, err)
	}
	if names, err := s.Lanes(t.Context()); err != nil || strings.Join(names, " ") != "main" {
		t.Errorf("%q, %v", names, err)
	}
}

// Two processes never have one folder.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	held, err := spool.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := spool.Lock(dir); !errors.Is(err, spool.ErrInUse) {
		t.Errorf("taken twice: %v", err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := spool.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
