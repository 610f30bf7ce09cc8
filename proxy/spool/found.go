package spool

import (
	"context"
	"errors"
)

// number looks for a hole in the numbering before a frame, whose number in the lane is at.
func (q *Queue) number(ctx context.Context, at uint64, h Header, records uint64) {
	batches, missing := q.seen.check(h, records)
	if batches > 0 && at > q.letGo+1 {
		late, lateRecords := q.waiting(ctx, h)
		batches, missing = batches-late, missing-lateRecords
	}
	if batches == 0 {
		return
	}
	if at <= q.letGo+1 && batches > 0 { // they were let go of before this node had the lane
		q.ledger.Found.add(-batches, -missing)
		return
	}
	q.ledger.Lost.add(batches, missing)
	switch { // they were lost before they could be found
	case q.spool.leases != nil:
		q.ledger.Found.add(q.uncounted(h, batches, missing))
	case h.Writer != q.own:
		q.ledger.Found.add(batches, missing)
	}
	if batches < 0 {
		q.spool.o.Log.Info("batches that were missing in the numbering came later", "lane", q.name, "batches", -batches, "records", -missing)
		return
	}
	q.spool.o.Log.Error("the spool's store has lost batches that were acknowledged", "lane", q.name, "batches", batches, "records", missing)
}

// count finds what waits and what is parked when a lane is opened that nobody shares, and the ids of it: a client that was not answered before the
// process ended sends its batch again. A batch that was deferred, and has not left its frame, is counted once.
func (q *Queue) count(ctx context.Context) (known []ID, err error) {
	before, err := q.lane.Stats(ctx)
	if err != nil {
		return nil, err
	}
	q.from = max(1, before.First)
	late, err := q.late.load(ctx)
	if err != nil {
		return nil, err
	}
	var found, parked Tally
	found.add(late.batches, late.records)
	known = late.ids
	readable := uint64(0)
	err = q.lane.Read(ctx, 1, func(number uint64, frame []byte) bool {
		if number > before.Last { // it came meanwhile
			return false
		}
		readable++
		ids, batches, records := q.countFrame(frame, late.seals)
		known = append(known, ids...)
		found.add(batches, records)
		return true
	})
	if err == nil {
		err = q.inspect(ctx, before, readable, 0)
	}
	err = errors.Join(err, q.parked.Read(ctx, 1, func(_ uint64, frame []byte) bool {
		p, b, ok := readParked(frame)
		if ok && !b.Damaged {
			known = append(known, b.ID)
		}
		parked.add(1, p.Records)
		return true
	}))
	if err == nil {
		q.ledger.Found.add(int(found.Batches.Load()+parked.Batches.Load()), int(found.Records.Load()+parked.Records.Load()))
		q.ledger.Parked.add(int(parked.Batches.Load()), int(parked.Records.Load()))
	}
	return known, err
}

// recallBytes of the end of a lane are read for ids when a node of a cluster starts: it takes batches for every lane, of which each may hold more
// than can be read before that.
const recallBytes = 256 << 20

// recallFrom is the number of the frame from which on about recallBytes wait.
func recallFrom(s LaneStats) uint64 {
	if s.Bytes <= recallBytes {
		return 1
	}
	frames := max(1, uint64(float64(s.Frames)*recallBytes/float64(s.Bytes)))
	return s.Last - min(frames, s.Last) + 1
}

// recall finds the ids of what came last of all that waits in a lane that another node may have.
func (q *Queue) recall(ctx context.Context) (known []ID, err error) {
	s, err := q.lane.Stats(ctx)
	if err != nil {
		return nil, err
	}
	err = q.lane.Read(ctx, recallFrom(s), func(number uint64, frame []byte) bool {
		ids, _, _ := q.countFrame(frame, nil)
		known = append(known, ids...)
		return number < s.Last
	})
	return known, err
}

// countFrame tells what a frame holds, without batches that were deferred already.
func (q *Queue) countFrame(frame []byte, late map[seal]bool) (ids []ID, batches, records int) {
	h, rest, err := readHeader(frame)
	if err != nil {
		return nil, 1, 0 // a frame that cannot be read is parked as one batch
	}
	batches = int(h.Batches)
	for b, err := range h.all(rest) {
		if err != nil {
			break
		}
		if late[b.seal()] {
			q.late.copied(b.seal())
			batches--
			continue
		}
		records += int(b.Records)
		if !b.Damaged {
			ids = append(ids, b.ID)
		}
	}
	return ids, batches, records
}
