package spool_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/spool"
)

// latecoming is a store that keeps the first frame of a lane back until another was given and settled, as a cluster does with one that it had
// given to somebody who is gone.
type latecoming struct{ spool.Store }

func (s latecoming) Lane(ctx context.Context, name string, limit int64) (spool.Lane, error) {
	l, err := s.Store.Lane(ctx, name, limit)
	return &latecomingLane{Lane: l}, err
}

type latecomingLane struct {
	spool.Lane
	late    []spool.Pulled
	settled chan struct{}
}

func (l *latecomingLane) Pull(ctx context.Context, count, bytes int) ([]spool.Pulled, error) {
	if l.settled == nil {
		first, err := l.Lane.Pull(ctx, 1, bytes)
		if err != nil {
			return nil, err
		}
		second, err := l.Lane.Pull(ctx, 1, bytes)
		if err != nil {
			return nil, err
		}
		l.late, l.settled = first, make(chan struct{})
		return []spool.Pulled{tellingPulled{second[0], l.settled}}, nil
	}
	if l.late != nil {
		select {
		case <-l.settled:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		list := l.late
		l.late = nil
		return list, nil
	}
	return l.Lane.Pull(ctx, count, bytes)
}

// tellingPulled tells when it is settled.
type tellingPulled struct {
	spool.Pulled
	settled chan struct{}
}

func (p tellingPulled) Ack(ctx context.Context) error {
	err := p.Pulled.Ack(ctx)
	close(p.settled)
	return err
}

// A frame that comes after later ones of its writer are settled is delivered like any other, and is not lost.
func TestLateFrameIsDelivered(t *testing.T) {
	var log lines
	s := open(t, latecoming{embedded(t, t.TempDir())}, func(o *spool.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	const batches = 4
	for n := range batches { // one after the other: a frame each
		if err := q.Append(t.Context(), entry(n)); err != nil {
			t.Fatal(err)
		}
	}
	a := newArrivals()
	q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) })
	eventually(t, "all are delivered, and none counts as lost", func() bool {
		n, _ := a.count()
		return n == batches && q.Ledger().Lost.Batches.Load() == 0
	})
	if text := log.String(); strings.Contains(text, "lost") {
		t.Errorf("a false alarm: %s", text)
	}
}

// outdated is a store whose server knows nothing of the last frame: it has been cut off, and believes for a while that it still leads, or it has just been elected.
type outdated struct {
	spool.Store
	stays       time.Duration // from the first look on
	first       time.Time
	is, learned atomic.Bool
	other       error // of asking another server
}

func (s *outdated) Lane(ctx context.Context, name string, limit int64) (spool.Lane, error) {
	l, err := s.Store.Lane(ctx, name, limit)
	return outdatedLane{l, s}, err
}

type outdatedLane struct {
	spool.Lane
	of *outdated
}

func (l outdatedLane) Stats(ctx context.Context) (spool.LaneStats, error) {
	s, err := l.Lane.Stats(ctx)
	if s.Frames == 0 || !l.of.is.Load() {
		return s, err
	}
	if l.of.first.IsZero() {
		l.of.first = time.Now()
	}
	if time.Since(l.of.first) > l.of.stays {
		l.of.learned.Store(true)
		return s, err
	}
	s.Frames, s.Last = s.Frames-1, s.Last-1
	return s, err
}

func (l outdatedLane) Elsewhere(context.Context) (string, error) {
	if l.of.other == nil {
		l.of.stays = 0
	}
	return "n1", l.of.other
}

// A server that does not know the end of a lane is no loss, and its copy is not damaged.
func TestOutdatedServerIsNoLoss(t *testing.T) {
	for name, test := range map[string]struct {
		stays time.Duration
		other error
	}{
		"it was cut off, and another leads":     {stays: time.Hour},
		"it was elected, and no other is there": {stays: time.Second, other: spool.ErrAlone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits most of the time
			store := &outdated{Store: embedded(t, t.TempDir()), stays: test.stays, other: test.other}
			s := open(t, store)
			q, err := s.Queue(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			if err := q.Append(t.Context(), entry(1)); err != nil {
				t.Fatal(err)
			}
			store.is.Store(true)
			within(t, takeOverPatience, "it knows the end", store.learned.Load)
			closeSpool(t, s)
			if q.Missing() != 0 {
				t.Errorf("%d frames count as lost", q.Missing())
			}
			if w := s.Warnings(); len(w) > 0 {
				t.Errorf("warnings: %q", w)
			}
		})
	}
}
