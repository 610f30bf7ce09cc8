package spool

import "context"

// Entries shows every batch that waits, in its lane or deferred, and then every one that is parked, opened, until visit is false. What cannot be
// opened is passed over, since Verify tells of it, and so is what is too old and waits to be erased. An entry is valid until visit returns. What is
// delivered meanwhile may be shown too. A context that ends before all is shown is an error.
func (q *Queue) Entries(ctx context.Context, visit func(e *Entry, parked bool) bool) error {
	more := true
	show := func(b sealed, parked bool) {
		if !more {
			return
		}
		if e, _, err := q.open(ctx, b); err == nil && !q.erasable(&e) {
			more = visit(&e, parked)
		}
	}
	for _, part := range []struct {
		from  Lane
		frame func(frame []byte)
	}{
		{q.lane, func(frame []byte) { q.batches(frame, func(b sealed) { show(b, false) }) }},
		{q.late.lane, func(frame []byte) {
			if _, _, b, err := readLate(frame); err == nil {
				show(b, false)
			}
		}},
		{q.parked, func(frame []byte) {
			if p, b, ok := readParked(frame); ok && (p.Reason == ReasonRefused || p.Reason == ReasonHeld) {
				show(b, true)
			}
		}},
	} {
		err := part.from.Read(ctx, 1, func(_ uint64, frame []byte) bool {
			part.frame(frame)
			return more && ctx.Err() == nil
		})
		if err != nil || !more {
			return err
		}
		if err = ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// batches shows the batches of a frame of the lane, but for those that are deferred and lie beside it as well.
func (q *Queue) batches(frame []byte, show func(b sealed)) {
	h, rest, _ := readHeader(frame) // of one that cannot be read it says that nothing is in it
	for b, err := range h.all(rest) {
		if err == nil && !q.late.copy(&b) {
			show(b)
		}
	}
}
