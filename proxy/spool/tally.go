package spool

import (
	"context"
	"errors"
	"strconv"
)

// Where nodes share a store, a lane that changes hands may hold more than can be read in good time. So what waits in it is not read but reckoned:
// every frame says what its writer's earlier frames hold, so the first and the last that wait of each writer say what is between them. The store
// keeps frames by their writer, and tells of whom some wait. What is parked is kept by how many records it holds, for the same reason.

// extent is what one writer has in a lane.
type extent struct {
	first Header
	end   Header // of the frame that would come next, whenever it comes
}

// after is the header of the frame that follows one.
func (h Header) after(records int) Header {
	h.BatchesBefore, h.RecordsBefore = h.BatchesBefore+uint64(h.Batches), h.RecordsBefore+uint64(records)
	h.Sequence, h.Batches = h.Sequence+1, 0
	return h
}

// batches and records that are in it, those of frames that are missing included.
func (x *extent) holds() (batches, records int) {
	if x.end.Sequence <= x.first.Sequence {
		return 0, 0
	}
	return int(x.end.BatchesBefore - x.first.BatchesBefore), int(x.end.RecordsBefore - x.first.RecordsBefore)
}

// tally finds what waits and what is parked in a lane of a store that nodes share. What is stored from then on, and what others store, counts as it
// comes.
func (q *Queue) tally(ctx context.Context) error {
	own := q.adoptOwn()
	left, err := q.leftover(ctx)
	if err != nil {
		return err
	}
	q.marks.inside.Store(left)
	before, err := q.statsOfSound(ctx)
	if err != nil {
		return err
	}
	q.from = max(1, before.First, q.letGo+1)
	late, err := q.late.load(ctx)
	if err != nil {
		return err
	}
	extents, err := q.extents(ctx, own)
	if err != nil {
		return err
	}
	batches, records := late.batches, late.records
	for writer, x := range extents {
		b, r := x.holds()
		batches, records = batches+b, records+r
		q.counting.Lock()
		q.adopted[writer] = x.end
		q.counting.Unlock()
	}
	copies, copied, err := q.copies(ctx, late.seals)
	if err != nil {
		return err
	}
	batches, records = batches-copies, records-copied
	if !q.spool.o.Looking {
		if err := q.inspect(ctx, before, before.Frames, left); err != nil {
			return err
		}
	}
	parked, parkedRecords, err := q.tallyParked(ctx)
	if err != nil {
		return err
	}
	q.ledger.Found.add(batches+parked, records+parkedRecords)
	q.ledger.Parked.add(parked, parkedRecords)
	return nil
}

// leftover looks for frames that were let go of, by the last mark, and are there still: the servers may lose the removal of one with the leader that knew
// of it, and carry out those of the next. They are delivered again. What is missing between them and up to the mark is not lost; it tells how many.
func (q *Queue) leftover(ctx context.Context) (gone uint64, err error) {
	q.letGo = 0
	m, _, err := q.readMark(ctx, "settled")
	if err != nil {
		return 0, err
	}
	last := max(m.Number, q.marks.settled.Load()) // what this node let go of when it had the lane before it may not have marked
	s, err := q.lane.Stats(ctx)
	if err != nil || s.First > last || last > s.Last {
		return 0, err
	}
	frames, batches := uint64(0), 0
	err = q.lane.Read(ctx, s.First, func(number uint64, frame []byte) bool {
		if number > last {
			return false
		}
		h, _, _ := readHeader(frame) // of one that cannot be read it says that nothing is in it
		frames, batches = frames+1, batches+int(h.Batches)
		return true
	})
	if err != nil {
		return 0, err
	}
	q.letGo = last
	q.spool.o.Log.Info("frames that were delivered are in the store still, and are delivered again", "lane", q.name, "frames", frames, "batches", batches)
	span := last + 1 - max(1, s.First)
	return span - min(frames, span), nil
}

// adoptOwn begins to count what this node stores as its own to deliver, and returns the end of what it stored before.
func (q *Queue) adoptOwn() Header {
	q.counting.Lock()
	defer q.counting.Unlock()
	q.adopted = map[uint64]Header{q.own: q.wrote}
	return q.wrote
}

// extents are what each writer has in the lane.
func (q *Queue) extents(ctx context.Context, own Header) (map[uint64]extent, error) {
	sources, err := q.lane.Sources(ctx)
	if err != nil {
		return nil, err
	}
	all := map[uint64]extent{}
	for source := range sources {
		x, err := q.extent(ctx, source)
		switch {
		case errors.Is(err, errNotThere): // all of it was let go meanwhile
			continue
		case errors.Is(err, errFrame):
			return q.readExtents(ctx, own)
		case err != nil:
			return nil, err
		}
		q.note(all, x, own)
	}
	return all, nil
}

// note adds what was seen of a writer. Of this node's own frames only those are counted that it counted as stored before.
func (q *Queue) note(all map[uint64]extent, x extent, own Header) {
	if x.first.Writer == q.own {
		x.end = own
	}
	all[x.first.Writer] = x
}

// extent is what one source has in the lane. The error is errFrame if that cannot be told from its ends.
func (q *Queue) extent(ctx context.Context, source string) (x extent, err error) {
	first, last, err := q.lane.Ends(ctx, source)
	if err != nil {
		return x, err
	}
	if x.first, _, err = readHeader(first); err != nil {
		return x, err
	}
	h, rest, err := readHeader(last)
	if err != nil || h.Writer != x.first.Writer || idName(h.Writer) != source {
		return x, errFrame
	}
	x.end = h.after(countRecords(h, rest))
	return x, nil
}

// readExtents reads the whole lane: an end of it is damaged, or it was written before frames were kept by their writers.
func (q *Queue) readExtents(ctx context.Context, own Header) (map[uint64]extent, error) {
	all := map[uint64]extent{}
	err := q.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		h, rest, err := readHeader(frame)
		if err != nil {
			return true
		}
		x, known := all[h.Writer]
		if !known {
			x.first = h
		}
		x.end = h.after(countRecords(h, rest))
		q.note(all, x, own)
		return ctx.Err() == nil
	})
	return all, errors.Join(err, ctx.Err())
}

// copies counts batches that are deferred and in a frame still: they are in the frames that were at hand when the process ended that had the lane.
func (q *Queue) copies(ctx context.Context, late map[seal]bool) (batches, records int, err error) {
	if len(late) == 0 {
		return 0, 0, nil
	}
	frames := 0
	err = q.lane.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		h, rest, _ := readHeader(frame) // of one that cannot be read it says that nothing is in it
		for b, err := range h.all(rest) {
			if err == nil && late[b.seal()] {
				q.late.copied(b.seal())
				batches, records = batches+1, records+int(b.Records)
			}
		}
		frames++
		return frames < windowFrames
	})
	return batches, records, err
}

// tallyParked counts what is parked.
func (q *Queue) tallyParked(ctx context.Context) (batches, records int, err error) {
	sources, err := q.parked.Sources(ctx)
	if err != nil {
		return 0, 0, err
	}
	for source, n := range sources {
		each, err := strconv.Atoi(source)
		if err != nil { // parked before they were kept by their records
			return q.readParked(ctx)
		}
		batches, records = batches+int(n), records+int(n)*each
	}
	return batches, records, nil
}

func (q *Queue) readParked(ctx context.Context) (batches, records int, err error) {
	err = q.parked.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		p, _, _ := readParked(frame)
		batches, records = batches+1, records+p.Records
		return true
	})
	return batches, records, err
}

// uncounted is how much of a hole before a frame, or of a frame that comes late, was not in the tally.
func (q *Queue) uncounted(h Header, batches, records int) (int, int) {
	end := q.adopted[h.Writer]
	switch {
	case h.Writer == q.own || h.Sequence < end.Sequence:
		return 0, 0
	case batches < 0:
		return batches, records
	}
	return min(batches, int(h.BatchesBefore-end.BatchesBefore)), min(records, int(h.RecordsBefore-end.RecordsBefore))
}

// foreign counts a frame of another node that came after the lane was counted.
func (q *Queue) foreign(h Header, records uint64) {
	if q.spool.leases != nil && h.Writer != q.own && h.Sequence >= q.adopted[h.Writer].Sequence {
		q.ledger.Found.add(int(h.Batches), int(records))
	}
}
