package spool

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Lanes lists the lanes that the store has, whether they are open or not.
func (s *Spool) Lanes(ctx context.Context) ([]string, error) {
	names, err := s.o.Store.Lanes(ctx)
	names = slices.DeleteFunc(names, func(name string) bool {
		return strings.HasSuffix(name, parkedSuffix) || strings.HasSuffix(name, lateSuffix)
	})
	slices.Sort(names)
	return names, err
}

// Oldest is when the oldest batch that waits was received; zero if nothing waits, or if that batch cannot be read.
func (q *Queue) Oldest(ctx context.Context) (time.Time, error) {
	q.aging.Lock()
	defer q.aging.Unlock()
	found := false
	err := q.lane.Read(ctx, max(1, q.first), func(number uint64, frame []byte) bool {
		found = true
		if number != q.first {
			q.first, q.oldest = number, q.receivedFirst(ctx, frame)
		}
		return false
	})
	if err != nil {
		return time.Time{}, err
	}
	q.late.mu.Lock()
	late := q.late.oldest
	q.late.mu.Unlock()
	switch {
	case !found && late == 0:
		return time.Time{}, nil
	case !found, late != 0 && q.oldest.After(time.Unix(0, late)):
		return time.Unix(0, late).UTC(), nil
	}
	return q.oldest, nil
}

// receivedFirst is when the first batch of a frame was received.
func (q *Queue) receivedFirst(ctx context.Context, frame []byte) time.Time {
	b, err := readFirst(frame)
	if err != nil {
		return time.Time{}
	}
	e, _, err := q.open(ctx, b)
	if err != nil {
		return time.Time{}
	}
	return e.Received
}

// Report is what Verify found. Batches are counted with their frames; each that is not sound once, by the first thing that is wrong.
type Report struct {
	// Frames that wait; Batches and Records that wait, in them or deferred; Bytes of all.
	Frames, Batches, Records, Bytes int64
	// Parked batches.
	Parked int64
	// Missing batches: there is a hole in the numbering before a frame.
	Missing int64
	// Unreadable frames, and Torn ones, which end early.
	Unreadable, Torn int64
	// Damaged batches have a wrong checksum; Sealed ones cannot be opened though it is right.
	Damaged, Sealed int64
	// Erased batches wait, or are parked, and their key is destroyed. Nothing is wrong with that.
	Erased int64
}

// Sound tells whether nothing is missing or damaged.
func (r *Report) Sound() bool {
	return r.Missing+r.Unreadable+r.Torn+r.Damaged+r.Sealed == 0
}

// Verify reads all that waits and all that is parked. What is delivered meanwhile is not missed.
func (q *Queue) Verify(ctx context.Context) (r Report, err error) {
	var seen numbering
	err = q.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		r.Frames++
		r.Bytes += int64(len(frame))
		q.verifyFrame(ctx, frame, &seen, &r)
		return ctx.Err() == nil
	})
	if err != nil {
		return r, err
	}
	err = q.late.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		_, _, b, err := readLate(frame)
		r.Batches++
		r.Records += int64(b.Records)
		r.Bytes += int64(len(frame))
		if err != nil {
			r.Unreadable++
		} else {
			q.verifyBatch(ctx, b, &r)
		}
		return ctx.Err() == nil
	})
	if err != nil {
		return r, err
	}
	err = q.parked.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		r.Parked++
		if p, b, ok := readParked(frame); ok && (p.Reason == ReasonRefused || p.Reason == ReasonPolicy) {
			q.verifyBatch(ctx, b, &r)
		}
		return ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	return r, err
}

func (q *Queue) verifyFrame(ctx context.Context, frame []byte, seen *numbering, r *Report) {
	h, rest, err := readHeader(frame)
	if err != nil {
		r.Unreadable++
		return
	}
	total := uint64(0)
	for b, err := range h.all(rest) {
		if err != nil {
			r.Torn++
			break
		}
		total += uint64(b.Records)
		if q.late.copy(&b) {
			continue
		}
		r.Batches++
		r.Records += int64(b.Records)
		q.verifyBatch(ctx, b, r)
	}
	missing, _ := seen.check(h, total)
	r.Missing += int64(missing)
}

func (q *Queue) verifyBatch(ctx context.Context, b sealed, r *Report) {
	_, reason, err := q.open(ctx, b)
	switch {
	case reason == ReasonDamaged:
		r.Damaged++
	case reason == ReasonSealed:
		r.Sealed++
	case err != nil && ctx.Err() == nil:
		r.Erased++
	}
}
