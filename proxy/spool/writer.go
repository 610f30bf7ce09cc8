package spool

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"winnow/proxy/pause"
)

// writer is the group commit of one lane: entries that wait while a frame is being stored make up the next frame. There is no timer.
type writer struct {
	lane     Lane
	header   Header // of the next frame
	source   string // under which the lane has its frames
	shared   bool   // other nodes have the lane too
	ids      []byte // told to them
	maxFrame func() int
	patience time.Duration // after which a store that does not answer is taken for dead
	revive   func(ctx context.Context) error
	ledger   *Ledger
	stored   func(number uint64, h Header, records int, count func()) // counts a frame

	queue  chan *append1
	done   chan struct{}
	cancel context.CancelFunc

	mu     sync.Mutex
	recent recentIDs
	closed bool
}

// append1 is one entry on its way into a frame.
type append1 struct {
	batch sealed
	from  origin
	err   error
	done  chan struct{} // closed once err is set
}

// origin tells where an entry comes from.
type origin uint8

const (
	received origin = iota // from a client
	replayed               // from what was parked, which the ledger counts already
)

// queued bounds how many entries wait for a frame; who comes later waits to be queued.
const queued = 1024

func newWriter(q *Queue, revive func(context.Context) error) *writer {
	ctx, cancel := context.WithCancel(context.Background())
	o := &q.spool.o
	w := &writer{
		lane: q.lane, header: Header{Writer: q.own, Sequence: 1}, source: idName(q.own), shared: q.spool.leases != nil && !o.Looking, maxFrame: o.frameBytes, patience: o.Patience,
		revive: revive, ledger: &q.ledger, stored: q.stored, queue: make(chan *append1, queued), done: make(chan struct{}), cancel: cancel,
		recent: recentIDs{window: Remembered, now: o.Now},
	}
	go func() {
		defer cancel()
		w.run(ctx)
	}()
	if w.shared {
		go w.hear(ctx)
	}
	return w
}

// append stores one batch, and returns when it is on stable storage. One whose ID is known from the last minutes is not stored again.
func (w *writer) append(ctx context.Context, b sealed, from origin) error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		w.count(&w.ledger.Received, from, &b)
		w.count(&w.ledger.Refused, from, &b)
		return ErrClosed
	}
	a, again := w.recent.find(b.ID)
	if !again {
		a = &append1{batch: b, from: from, done: make(chan struct{})}
		w.recent.add(b.ID, a)
	}
	w.mu.Unlock()
	if again {
		w.count(&w.ledger.Repeated, from, &b)
	} else {
		w.count(&w.ledger.Received, from, &b)
		select {
		case w.queue <- a:
		case <-ctx.Done():
			w.settle(a, ErrUnknown) // others may wait for this very entry
			return ErrFull
		case <-w.done:
			w.settle(a, ErrClosed)
			return ErrClosed
		}
	}
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		return ErrUnknown
	}
}

// remember takes batches for known that were stored before there was a writer, the last of them if there are many.
func (w *writer) remember(ids []ID) {
	a := &append1{done: make(chan struct{})}
	close(a.done)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids[max(0, len(ids)-maxRecent):] {
		w.recent.add(id, a)
	}
}

// forget lets a batch be stored again that was stored before.
func (w *writer) forget(id ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.recent.forget(id)
}

// count adds a batch to a column of the ledger, if it comes from a client.
func (w *writer) count(to *Tally, from origin, b *sealed) {
	if from == received {
		to.add(1, int(b.Records))
	}
}

// settle tells who waits for an entry what became of it. One that was not stored is forgotten, so that it can be sent again.
func (w *writer) settle(a *append1, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.recent.forget(a.batch.ID)
		w.count(&w.ledger.Refused, a.from, &a.batch)
	}
	a.err = err
	a.batch.Bytes = nil
	close(a.done)
}

// close stores what waits and ends the writer. What it cannot store within ctx is answered with ErrClosed.
func (w *writer) close(ctx context.Context) {
	w.mu.Lock()
	closed := w.closed
	w.closed = true
	w.mu.Unlock()
	if !closed {
		select {
		case w.queue <- nil:
		case <-ctx.Done():
		}
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		w.cancel()
		<-w.done
	}
}

// run makes frames until close.
func (w *writer) run(ctx context.Context) {
	defer close(w.done)
	var frame []byte
	var group []*append1
	var left *append1 // had no room in the last frame
	for {
		a := left
		if a == nil {
			select {
			case a = <-w.queue:
			case <-ctx.Done():
				w.refuseQueued()
				return
			}
		}
		if a == nil {
			w.refuseQueued()
			return
		}
		var last bool
		group, left, last = w.gather(group[:0], a)
		frame = w.frame(frame[:0], group)
		number, err := w.store(ctx, frame)
		if err == nil {
			w.account(number, group)
			w.tell(group)
		}
		for i, a := range group {
			w.settle(a, err)
			group[i] = nil
		}
		if last {
			if left != nil {
				w.settle(left, ErrClosed)
			}
			w.refuseQueued()
			return
		}
	}
}

func (w *writer) refuseQueued() {
	for {
		select {
		case a := <-w.queue:
			if a != nil {
				w.settle(a, ErrClosed)
			}
		default:
			return
		}
	}
}

// gather takes what waits, up to the size of a frame. left is one that has no room; last tells that the writer is to end.
func (w *writer) gather(group []*append1, a *append1) (_ []*append1, left *append1, last bool) {
	size, limit := frameHead, w.maxFrame()
	for {
		size += batchHead + len(a.batch.Bytes)
		group = append(group, a)
		select {
		case a = <-w.queue:
			if a == nil {
				return group, nil, true
			}
			if size+batchHead+len(a.batch.Bytes) > limit {
				return group, a, false
			}
		default:
			return group, nil, false
		}
	}
}

// frame writes the next frame.
func (w *writer) frame(dst []byte, group []*append1) []byte {
	w.header.Batches = uint32(len(group))
	dst = appendHeader(dst, w.header)
	for _, a := range group {
		dst = appendBatch(dst, &a.batch)
	}
	return dst
}

// account moves the header on to the next frame.
func (w *writer) account(number uint64, group []*append1) {
	records := 0
	for _, a := range group {
		records += int(a.batch.Records)
	}
	w.stored(number, w.header, records, func() {
		for _, a := range group {
			w.count(&w.ledger.Acked, a.from, &a.batch)
		}
	})
	w.header.Sequence++
	w.header.BatchesBefore += uint64(len(group))
	w.header.RecordsBefore += uint64(records)
}

// store appends a frame. A store that does not answer in time is started anew, and asked for the same frame again, which it keeps once.
func (w *writer) store(ctx context.Context, frame []byte) (number uint64, err error) {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], w.header.Writer)
	binary.BigEndian.PutUint64(id[8:], w.header.Sequence)
	name := hex.EncodeToString(id[:])
	for {
		attempt, cancel := context.WithTimeout(ctx, w.patience)
		number, err = w.lane.Append(attempt, w.source, name, frame)
		cancel()
		switch {
		case err == nil:
			return number, nil
		case errors.Is(err, errLaneFull):
			return 0, ErrFull
		case ctx.Err() != nil:
			return 0, ErrClosed
		}
		if err := w.revive(ctx); err != nil && ctx.Err() == nil {
			pause.For(ctx, w.patience)
		}
		pause.For(ctx, w.patience/refusedPause) // it may have refused at once, and may again
	}
}

// refusedPause is which part of the patience with a store is between two attempts to append a frame.
const refusedPause = 10

// Remembered is how long a batch is known at least: as long as OpenTelemetry's exporters send one again by default.
const Remembered = 5 * time.Minute

// recentIDs remembers entries for a while, so that a client that sends one again hears what became of the first. It has two generations: an
// entry is known for at least the window, unless maxRecent others come in between, and for at most twice that.
type recentIDs struct {
	window     time.Duration
	now        func() time.Time
	young, old map[ID]*append1
	since      time.Time // the young generation began
}

// maxRecent bounds a generation.
const maxRecent = 1 << 17

func (r *recentIDs) find(id ID) (*append1, bool) {
	a, ok := r.young[id]
	if !ok {
		a, ok = r.old[id]
	}
	return a, ok
}

func (r *recentIDs) add(id ID, a *append1) {
	if now := r.now(); now.Sub(r.since) > r.window || len(r.young) >= maxRecent {
		r.old, r.young, r.since = r.young, map[ID]*append1{}, now
	}
	r.young[id] = a
}

func (r *recentIDs) forget(id ID) {
	delete(r.young, id)
	delete(r.old, id)
}
