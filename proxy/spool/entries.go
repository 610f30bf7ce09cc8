package spool

import "context"

// Entries shows every batch that waits, in its lane or deferred, and then every one that is parked, opened, until visit is false. What cannot be opened is passed over,
// since Verify tells of it, and so is what is too old and waits to be erased. An entry is valid until visit returns. What is delivered meanwhile may be shown too.
func (q *Queue) Entries(ctx context.Context, visit func(e *Entry, parked bool) bool) error {
	more := true
	show := func(b sealed, parked bool) {
		if e, _, err := q.open(ctx, b); err == nil && !q.erasable(&e) {
			more = visit(&e, parked) && ctx.Err() == nil
		}
	}
	err := q.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		h, rest, _ := readHeader(frame) // of one that cannot be read it says that nothing is in it
		for range h.Batches {
			var b sealed
			var err error
			if b, rest, err = readBatch(rest); err != nil || !more {
				break
			}
			if !q.late.copy(&b) {
				show(b, false)
			}
		}
		return more && ctx.Err() == nil
	})
	if err != nil || !more {
		return err
	}
	err = q.late.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		if _, _, b, err := readLate(frame); err == nil {
			show(b, false)
		}
		return more && ctx.Err() == nil
	})
	if err != nil || !more {
		return err
	}
	err = q.parked.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		if p, b, ok := readParked(frame); ok && (p.Reason == ReasonRefused || p.Reason == ReasonHeld) {
			show(b, true)
		}
		return more && ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	return err
}
