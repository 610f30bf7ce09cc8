package spool

import (
	"context"
	"sync"
	"time"

	"winnow/proxy/pause"
)

// numbering follows the sequence numbers of the frames of each writer. They come in order as a rule, but a frame that was given to somebody who
// is gone comes after others. It is safe for concurrent use.
type numbering struct {
	mu   sync.Mutex
	next map[uint64]uint64 // by writer: the sequence after the highest seen
	sum  map[uint64]Header // by writer: the highest seen
	done frameSet          // settled
	gaps frameSet          // missing so far
}

// check tells how many batches and records are missing before a frame, less than none if it was missing itself. One that was seen before has
// none.
func (n *numbering) check(h Header, records uint64) (batches, missing int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next, n.sum = map[uint64]uint64{}, map[uint64]Header{}
	}
	next, known := n.next[h.Writer]
	if known && h.Sequence < next {
		if n.gaps.remove(h) {
			return -int(h.Batches), -int(records)
		}
		return 0, 0
	}
	if known && h.Sequence > next {
		last := n.sum[h.Writer]
		batches, missing = int(h.BatchesBefore-last.BatchesBefore), int(h.RecordsBefore-last.RecordsBefore)
		for ; next < h.Sequence; next++ {
			n.gaps.add(Header{Writer: h.Writer, Sequence: next})
		}
	}
	n.next[h.Writer] = h.Sequence + 1
	n.sum[h.Writer] = Header{BatchesBefore: h.BatchesBefore + uint64(h.Batches), RecordsBefore: h.RecordsBefore + records}
	return batches, missing
}

// settle notes that a frame is settled; settled tells whether it is: a store that was started anew may have forgotten that it had a frame already,
// and have it twice. That a later frame of the same writer is settled says nothing: this one may be late.
func (n *numbering) settle(h Header) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.done.add(h)
}

func (n *numbering) settled(h Header) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.done.has(h)
}

// late takes a frame that is in the store out of the gaps, and tells whether it was in one.
func (n *numbering) late(h Header) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.gaps.remove(h)
}

// holePatience is how long a store is asked about a hole before that is told: a cluster elects a leader meanwhile, and a hole is to be told within ten
// seconds.
const holePatience = 8 * time.Second

// waiting counts what is missing before a frame and is in the store all the same: it was given to somebody who is gone, and comes late. A store that
// does not answer is asked again for a while; what cannot be asked for then counts as missing until it comes.
func (q *Queue) waiting(ctx context.Context, h Header) (batches, records int) {
	ctx, cancel := context.WithTimeout(ctx, holePatience)
	defer cancel()
	for {
		limit, end := context.WithTimeout(ctx, q.spool.o.Patience)
		err := q.lane.Read(limit, 1, func(_ uint64, frame []byte) bool {
			other, rest, err := readHeader(frame)
			if err != nil || other.Writer != h.Writer {
				return true
			}
			if q.seen.late(other) {
				batches += int(other.Batches)
				records += countRecords(other, rest)
			}
			return other.Sequence < h.Sequence
		})
		end()
		if err == nil || ctx.Err() != nil {
			return batches, records
		}
		pause.For(ctx, 200*time.Millisecond)
	}
}

// countRecords of the batches of a frame.
func countRecords(h Header, rest []byte) (n int) {
	for b, err := range h.all(rest) {
		if err == nil {
			n += int(b.Records)
		}
	}
	return n
}

// frameSet remembers the last frameMemory frames by writer and sequence.
type frameSet struct {
	known map[frameName]bool
	ring  []frameName
	next  int
}

type frameName struct{ writer, sequence uint64 }

func (h Header) name() frameName { return frameName{h.Writer, h.Sequence} }

// frameMemory is far more than can be under way at once.
const frameMemory = 1 << 14

func (s *frameSet) has(h Header) bool { return s.known[h.name()] }

func (s *frameSet) add(h Header) {
	name := h.name()
	if s.known[name] {
		return
	}
	if s.known == nil {
		s.known = map[frameName]bool{}
	}
	s.known[name] = true
	if len(s.ring) < frameMemory {
		s.ring = append(s.ring, name)
		return
	}
	delete(s.known, s.ring[s.next])
	s.ring[s.next] = name
	s.next = (s.next + 1) % frameMemory
}

// remove tells whether a frame was in the set.
func (s *frameSet) remove(h Header) bool {
	name := h.name()
	was := s.known[name]
	delete(s.known, name)
	return was
}
