package spool

import (
	"sync"
	"time"
)

// Bounds on what is out of a lane at once.
const (
	windowFrames = 256      // not acknowledged
	windowBytes  = 64 << 20 // of these frames
	heldBytes    = 16 << 20 // of the batches in them that are not settled
	leastBytes   = 1 << 20  // worth asking for
)

// outstanding is the frames that were pulled and are not acknowledged, in the order of the lane. They are acknowledged in that order, so that what
// is left of them has no hole in its numbering.
type outstanding struct {
	frames   []*given
	byNumber map[uint64]*given
	byName   map[frameName]bool
	handed   int // frames at the front that are on their way to be acknowledged
	bytes    int // of all frames
	held     int // of batches that are not settled
}

// given is one frame that was pulled.
type given struct {
	number uint64
	head   Header // zero: it cannot be read, or is in the window already
	bytes  int
	left   int // batches that are not settled
	done   int // batches that are

	items  []*item // until all are settled
	copies []seal  // of those that were deferred

	mu     sync.Mutex
	pulled Pulled
}

// item is one batch that is to be delivered, of a frame or of what is deferred.
type item struct {
	b     sealed
	frame *given    // nil: deferred
	line  *lateLine // nil: of a frame
	late  lateItem

	batches  int    // that it stands for: those of a frame that cannot be read; else 1
	reason   Reason // why it cannot be read; else empty
	came     time.Time
	received time.Time // zero: not known yet
	looked   bool      // it cannot be learnt without an attempt
	settled  bool

	attempts int       // that failed
	since    time.Time // the first of them
	before   int64     // batches that had arrived at the last of them, or when the first attempt began
	streak   int       // of failures in which it was counted
	due      time.Time // the next is not before
	owned    bool      // b.Bytes is a copy, apart from the frame
}

func (g *given) handle() Pulled {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pulled
}

// again is called when a frame comes that is at work already.
func (g *given) again(p Pulled) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pulled = p
}

// room is how many frames and bytes may be pulled.
func (w *outstanding) room() (frames, bytes int) {
	frames, bytes = min(pullFrames, windowFrames-len(w.frames)), min(pullBytes, heldBytes-w.held, windowBytes-w.bytes)
	if frames <= 0 || bytes < leastBytes && len(w.frames) > 0 {
		return 0, 0
	}
	return frames, max(bytes, leastBytes)
}

// full tells whether nothing can be pulled until something is settled.
func (w *outstanding) full() bool {
	frames, _ := w.room()
	return frames == 0
}

func (w *outstanding) add(g *given) {
	w.frames = append(w.frames, g)
	w.byNumber[g.number] = g
	w.bytes += g.bytes
}

// put adds a batch to the last frame.
func (w *outstanding) put(g *given, i *item) {
	i.frame = g
	g.left++
	g.items = append(g.items, i)
	w.held += len(i.b.Bytes)
}

// settle notes that a batch of a frame has become something.
func (w *outstanding) settle(i *item) {
	g := i.frame
	i.settled = true
	w.held -= len(i.b.Bytes)
	i.b.Bytes = nil
	g.done++
	if g.left--; g.left == 0 {
		g.items = nil
	}
}

// next takes the next frame to acknowledge, nil if it is not settled yet.
func (w *outstanding) next() *given {
	if w.handed == len(w.frames) || w.frames[w.handed].left > 0 {
		return nil
	}
	w.handed++
	return w.frames[w.handed-1]
}

// acknowledged removes the first frame.
func (w *outstanding) acknowledged() (g *given) {
	g = w.frames[0]
	w.frames[0] = nil
	w.frames = w.frames[1:]
	w.handed--
	w.bytes -= g.bytes
	delete(w.byNumber, g.number)
	delete(w.byName, g.head.name())
	return g
}

// working asks for more time for all.
func (w *outstanding) working() {
	for _, g := range w.frames {
		_ = g.handle().Working()
	}
}

// begun is how many frames, from the front, reach to the last of which something is settled: were they given back, it would come again.
func (w *outstanding) begun() int {
	for n := len(w.frames); n > 0; n-- {
		if w.frames[n-1].done > 0 || w.frames[n-1].left == 0 {
			return n
		}
	}
	return 0
}
