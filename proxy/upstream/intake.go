package upstream

import (
	"sync"
	"time"

	"winnow/proxy/codec"
)

// intake is where deliveries wait for a group commit: one goroutine takes them out, and answers each on its done channel. Safe for
// concurrent use.
type intake struct {
	queue   chan *Delivery
	closing sync.RWMutex // held for reading by deliveries on their way into the queue
	closed  bool
}

func newIntake() intake { return intake{queue: make(chan *Delivery, maxGroup)} }

// maxGroup bounds the batches that wait, and those that share a sync.
const maxGroup = 256

// enter makes lines of a batch, hands it in and waits for its answer. Nil late: it waits for room as long as it takes; else until late
// says so.
func (q *intake) enter(d *Delivery, late <-chan time.Time) error {
	var err error
	if d.wire, err = d.Codec.AppendLines(d.wire[:0], d.Batch); err != nil {
		return errLines
	}
	if d.done == nil {
		d.done = make(chan error, 1)
	}
	if err := q.wait(d, late); err != nil {
		return err
	}
	return <-d.done
}

func (q *intake) wait(d *Delivery, late <-chan time.Time) error {
	q.closing.RLock()
	defer q.closing.RUnlock()
	if q.closed {
		return errClosed
	}
	select {
	case q.queue <- d:
		return nil
	case <-late:
		return errBehind
	}
}

// nudge wakes the committer with a nil delivery, unless the intake is closed.
func (q *intake) nudge() {
	q.closing.RLock()
	defer q.closing.RUnlock()
	if !q.closed {
		q.queue <- nil
	}
}

// close lets nothing more in. The committer ends when the queue is empty. False: it was closed before.
func (q *intake) close() bool {
	q.closing.Lock()
	defer q.closing.Unlock()
	if q.closed {
		return false
	}
	q.closed = true
	close(q.queue)
	return true
}

var errBehind = &Error{codec.Busy, "batches come faster than they can be stored; try again later"}
