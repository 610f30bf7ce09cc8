package spool_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/spool"
)

// aging is a spool whose clock and legal hold a test sets: what is for training may wait for an hour, all else for three.
type aging struct {
	*spool.Spool
	q     *spool.Queue
	ahead atomic.Int64
	held  atomic.Bool
}

func ages(t *testing.T, deliver spool.Deliver) *aging {
	t.Helper()
	a := &aging{}
	a.Spool = open(t, embedded(t, t.TempDir()), func(o *spool.Options) {
		o.MaxAge, o.MaxAges = 3*time.Hour, map[string]time.Duration{"training": time.Hour}
		o.Now = func() time.Time { return time.Now().Add(time.Duration(a.ahead.Load())) }
		o.Held = func(tenant string) bool { return a.held.Load() && (tenant == "acme" || tenant == "") }
	})
	t.Cleanup(func() { closeSpool(t, a.Spool) })
	a.q = start(t, a.Spool, deliver)
	return a
}

func (a *aging) add(t *testing.T, n int, tenant, purpose string) {
	t.Helper()
	e := entry(n)
	e.Tenant, e.Purpose = tenant, purpose
	if err := a.q.Append(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func (a *aging) expire(t *testing.T) {
	t.Helper()
	if err := a.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// KEEP-1: what waits and is parked for one purpose is erased at the age that its purpose has.
func TestKEEP1AgesByPurpose(t *testing.T) {
	a := ages(t, func(_ context.Context, e *spool.Entry) spool.Outcome {
		if e.ID == entry(1).ID || e.ID == entry(2).ID {
			return refuse(context.Background(), e)
		}
		return spool.Outcome{Err: errors.New("down")}
	})
	l := a.q.Ledger()
	a.add(t, 1, "acme", "training")
	eventually(t, "the first is parked", func() bool { return l.Parked.Batches.Load() == 1 })
	a.add(t, 2, "acme", "operations")
	eventually(t, "the second is parked", func() bool { return l.Parked.Batches.Load() == 2 })
	a.add(t, 3, "acme", "training")
	a.add(t, 4, "acme", "operations")
	a.ahead.Store(int64(2 * time.Hour))
	if list, err := a.q.Parked(t.Context(), 0); err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	} else if _, _, err := a.q.Show(t.Context(), list[0].Number); !errors.Is(err, spool.ErrNotParked) {
		t.Errorf("what is too old is shown before it is erased: %v", err)
	} else if err := a.q.Replay(t.Context(), list[0].Number); !errors.Is(err, spool.ErrTooOld) {
		t.Errorf("what is too old is replayed: %v", err)
	}
	a.expire(t)
	eventually(t, "what was for training is gone", func() bool { return l.Expired.Batches.Load() == 2 && l.Parked.Batches.Load() == 1 })
	a.ahead.Store(int64(4 * time.Hour))
	a.expire(t)
	eventually(t, "all is gone", func() bool { return l.Expired.Batches.Load() == 4 && l.Parked.Batches.Load() == 0 })
}

// KEEP-1, RIGHT-2: a legal hold on a tenant keeps what is too old from being erased, and it never leaves; when the hold ends, it is erased.
func TestKEEP1LegalHoldDefersExpiry(t *testing.T) {
	var tried atomic.Int64
	a := ages(t, func(_ context.Context, e *spool.Entry) spool.Outcome {
		if e.Tenant == "acme" {
			tried.Add(1)
		}
		return spool.Outcome{Err: errors.New("down"), Resting: true}
	})
	a.held.Store(true)
	a.add(t, 1, "acme", "operations")
	a.add(t, 2, "other", "operations")
	a.ahead.Store(int64(4 * time.Hour))
	l := a.q.Ledger()
	eventually(t, "one is parked and one erased", func() bool { return l.Parked.Batches.Load() == 1 && l.Expired.Batches.Load() == 1 })
	before := tried.Load()
	a.ahead.Store(int64(100 * time.Hour))
	a.expire(t)
	list, err := a.q.Parked(t.Context(), 0)
	if err != nil || len(list) != 1 || list[0].Reason != spool.ReasonHeld || list[0].Tenant != "acme" || a.HeldBack() != 1 {
		t.Fatalf("%+v, %v, held back %d", list, err, a.HeldBack())
	}
	if _, e, err := a.q.Show(t.Context(), list[0].Number); err != nil || e == nil || e.Tenant != "acme" {
		t.Errorf("what is held cannot be read any more: %v, %v", e, err)
	}
	if err := a.q.Replay(t.Context(), list[0].Number); !errors.Is(err, spool.ErrTooOld) || tried.Load() != before {
		t.Errorf("what is held leaves: %v, tried %d times more", err, tried.Load()-before)
	}
	a.held.Store(false)
	a.expire(t)
	if l.Parked.Batches.Load() != 0 || l.Expired.Batches.Load() != 2 || a.HeldBack() != 0 {
		t.Errorf("after the hold %d are parked, %d expired, %d held back", l.Parked.Batches.Load(), l.Expired.Batches.Load(), a.HeldBack())
	}
}

// KEEP-1: what could not be read when the spool was opened, and was set aside, goes when all that can be in it is too old, unless anybody is held.
func TestKEEP1SetAsideIsErased(t *testing.T) {
	dir := t.TempDir()
	var held atomic.Bool
	s := open(t, embedded(t, dir), func(o *spool.Options) {
		o.MaxAge, o.MaxAges = time.Hour, map[string]time.Duration{"training": 2 * time.Hour}
		o.Now = func() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }
		o.Held = func(string) bool { return held.Load() }
	})
	defer closeSpool(t, s)
	old, young := filepath.Join(dir, "set-aside-20260314T095959.000000000"), filepath.Join(dir, "set-aside-20260314T100001.000000000")
	for _, folder := range []string{old, young} {
		if err := os.MkdirAll(filepath.Join(folder, "L_logs"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, hold := range []bool{true, false} {
		held.Store(hold)
		if err := s.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := os.Stat(old)
		if _, err2 := os.Stat(young); err2 != nil || (err == nil) != hold {
			t.Errorf("held %v: the old one: %v, the young one: %v", hold, err, err2)
		}
	}
}
