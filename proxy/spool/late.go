package spool

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync"
	"time"
)

// A batch that cannot be delivered while others can is deferred: it goes into a lane of its own beside the first, so that its frame can leave, and
// is tried from there with pauses that grow. What is deferred counts as pending. Of one data key, so of one tenant, the oldest is tried alone until
// it, or one behind it, arrives: then the others follow.
//
// A deferred batch is a frame of one batch with this before it, numbers big endian:
//
//	offset  bytes  what
//	     0      4  attempts until it was deferred
//	     4      8  when it was received, nanoseconds since 1970
//	    12         the frame
//
// It is stored here before it leaves its frame. If the process is killed in between it is in both, which the next start sees by its seal: the
// copy in the frame is then let go.
const lateHead = 12

// lateSuffix makes the name of the lane that holds what is deferred of another.
const lateSuffix = "_Deferred"

// minLateBytes is the least bound on what is deferred of a lane; else it is a quarter of the lane's own.
const minLateBytes = 1 << 20

// seal tells one sealing of a batch from all others: the tag of its encryption.
type seal [16]byte

func (b *sealed) seal() (s seal) {
	copy(s[:], b.Bytes[max(0, len(b.Bytes)-len(s)):])
	return s
}

// lateItem is one deferred batch.
type lateItem struct {
	number   uint64 // in the lane of what is deferred
	received int64  // nanoseconds since 1970
	records  uint32
}

// lateLine is what is deferred of one data key, oldest first. One that fails goes to the end.
type lateLine struct {
	key      uint64
	items    []lateItem
	attempts int // since one arrived
	due      time.Time
	flying   int
}

// deferred is all that is deferred of a lane. The lines belong to the goroutine that delivers, once there is one.
type deferred struct {
	lane Lane

	lines map[uint64]*lateLine

	mu      sync.Mutex
	batches int64 // now
	records int64
	oldest  int64         // when the oldest was received, nanoseconds since 1970; 0 if there is none
	copies  map[seal]bool // deferred, and in a frame still
}

// lateFound is what was deferred when the lane was opened.
type lateFound struct {
	batches, records int
	ids              []ID
	seals            map[seal]bool
}

// load reads what is deferred. What cannot be read is tried like the rest, and parked then.
func (l *deferred) load(ctx context.Context) (f lateFound, err error) {
	f.seals = map[seal]bool{}
	l.mu.Lock()
	l.lines, l.batches, l.records, l.oldest, l.copies = map[uint64]*lateLine{}, 0, 0, 0, map[seal]bool{}
	l.mu.Unlock()
	err = l.lane.Read(ctx, 1, func(number uint64, frame []byte) bool {
		attempts, received, b, _ := readLate(frame)
		l.add(b.Key, lateItem{number: number, received: received, records: b.Records}, attempts)
		f.batches++
		f.records += int(b.Records)
		if len(b.Bytes) > 0 && !b.Damaged {
			f.seals[b.seal()] = true
			f.ids = append(f.ids, b.ID)
		}
		return true
	})
	return f, err
}

// readLate reads a frame of what is deferred.
func readLate(frame []byte) (attempts int, received int64, b sealed, err error) {
	if len(frame) < lateHead {
		return 0, 0, b, errFrame
	}
	attempts, received = int(binary.BigEndian.Uint32(frame)), int64(binary.BigEndian.Uint64(frame[4:]))
	b, err = readFirst(frame[lateHead:])
	return attempts, received, b, err
}

// add puts one at the end of its line.
func (l *deferred) add(key uint64, i lateItem, attempts int) {
	line := l.lines[key]
	if line == nil {
		line = &lateLine{key: key}
		l.lines[key] = line
	}
	line.items = append(line.items, i)
	line.attempts = max(line.attempts, attempts)
	l.mu.Lock()
	l.batches, l.records = l.batches+1, l.records+int64(i.records)
	if l.oldest == 0 || i.received < l.oldest {
		l.oldest = i.received
	}
	l.mu.Unlock()
}

// store puts a batch into the lane, durably, under the same name each time: one that was stored without an answer is kept once.
func (l *deferred) store(ctx context.Context, b *sealed, attempts int, received time.Time) (number uint64, err error) {
	body := binary.BigEndian.AppendUint32(make([]byte, 0, lateHead+frameHead+batchHead+len(b.Bytes)), uint32(attempts))
	body = binary.BigEndian.AppendUint64(body, uint64(received.UnixNano()))
	body = appendBatch(appendHeader(body, Header{Batches: 1}), b)
	id := b.seal()
	return l.lane.Append(ctx, "", hex.EncodeToString(id[:]), body)
}

var errNotThere = errors.New("the lane has no such frame")

// fetch reads a deferred batch by its number; errNotThere if it is not there.
func (l *deferred) fetch(ctx context.Context, number uint64) (b sealed, err error) {
	there := false
	readErr := l.lane.Read(ctx, number, func(n uint64, frame []byte) bool {
		if there = n == number; there {
			frame = append([]byte{}, frame...)
			if _, _, b, err = readLate(frame); err != nil {
				b, err = sealed{Bytes: frame, Damaged: true}, nil
			}
		}
		return false
	})
	switch {
	case readErr != nil:
		return sealed{}, readErr
	case !there:
		return sealed{}, errNotThere
	}
	return b, nil
}

// gone counts one that left.
func (l *deferred) gone(records uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches, l.records = l.batches-1, l.records-int64(records)
}

// copied notes that a deferred batch is in a frame too.
func (l *deferred) copied(s seal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copies[s] = true
}

// left is told that the frames of copies are gone.
func (l *deferred) left(copies []seal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range copies {
		delete(l.copies, s)
	}
}

// age looks for the oldest.
func (l *deferred) age() {
	oldest := int64(0)
	for _, line := range l.lines {
		for _, i := range line.items {
			if oldest == 0 || i.received < oldest {
				oldest = i.received
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.oldest = oldest
}

// copy tells whether a batch of a frame is deferred already.
func (l *deferred) copy(b *sealed) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.copies) > 0 && l.copies[b.seal()]
}

// Deferred is how much waits beside its lane, because it could not be delivered while others could. It counts as pending.
func (q *Queue) Deferred() (batches, records int64) {
	q.late.mu.Lock()
	defer q.late.mu.Unlock()
	return q.late.batches, q.late.records
}
