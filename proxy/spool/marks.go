package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/pause"
	"winnow/proxy/values"
)

// A lane's frames have numbers without holes, and leave it at the front, in order. So what a lane holds can be checked by arithmetic, if two
// numbers are known: that of the last frame that was acknowledged to a client, and that of the last which was let go. Both are marked in the
// bucket "marks" every second, and when the lane is closed, so that the next start can tell what its store has lost:
//
//	<lane>/appended   {"number": n}                   the lane has had a frame n
//	<lane>/settled    {"number": n, "clean": true}    frames up to n were let go; clean: no others
//
// At the tail a frame is missing if the lane's last number is below the mark; inside, if there are fewer frames than numbers; at the front, if
// numbers are gone that were not let go. After a crash the mark at the front may be a second old: then what is missing there is told, but not
// counted as lost, as it may have been delivered. While the process runs all three are looked at every four seconds. What is missing at the tail is told if
// it was when that was looked at before: a server of a cluster that is cut off, or that has just been elected, may not know the end for a moment.
type mark struct {
	Number uint64 `json:"number"`
	Clean  bool   `json:"clean,omitempty"`
}

const (
	markEvery  = time.Second
	checkEvery = 4 * time.Second
	checkAgain = 250 * time.Millisecond // what looks like a loss is looked at twice
)

// marks of one lane.
type marks struct {
	appended, settled atomic.Uint64
	inside            atomic.Uint64 // frames missing inside, as last seen
	missing           atomic.Int64

	writing                     sync.Mutex
	wroteAppended, wroteSettled uint64
	short                       uint64 // frames missing at the end when check looked last
}

// raise sets n to a number, if that is larger.
func raise(n *atomic.Uint64, to uint64) {
	for old := n.Load(); old < to && !n.CompareAndSwap(old, to); old = n.Load() {
	}
}

func (q *Queue) readMark(ctx context.Context, what string) (m mark, known bool, err error) {
	data, err := q.spool.marks.Get(ctx, q.name+"/"+what)
	if errors.Is(err, values.ErrNone) {
		return mark{}, false, nil
	}
	if err != nil {
		return mark{}, false, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return mark{}, false, fmt.Errorf("lane %s: the mark %q cannot be read", q.name, what)
	}
	return m, true, nil
}

func (q *Queue) writeMark(ctx context.Context, what string, m mark) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return q.spool.marks.Put(ctx, q.name+"/"+what, data)
}

// inspect compares what the lane holds with what was marked. readable is how many of its frames could be read, and gone how many are missing that were
// let go of.
func (q *Queue) inspect(ctx context.Context, s LaneStats, readable, gone uint64) error {
	appended, _, err := q.readMark(ctx, "appended")
	if err != nil {
		return err
	}
	settled, known, err := q.readMark(ctx, "settled")
	if err != nil {
		return err
	}
	if known { // what was let go may be on its way out yet
		q.from = max(q.from, settled.Number+1)
	}
	last := s.Last
	switch {
	case appended.Number <= last:
	case q.spool.leases == nil:
		q.lose(appended.Number-last, "at the end")
	default: // a server that leads for a moment only, or just began to, does not know the end: check tells if it is lost
		last = appended.Number
	}
	first := max(1, s.First)
	if span := s.Last + 1 - first; span > readable {
		q.marks.inside.Store(span - readable)
		if missing := span - readable; missing > gone {
			q.lose(missing-gone, "inside")
		}
	}
	if known && first > settled.Number+1 {
		if gap := first - 1 - settled.Number; settled.Clean {
			q.lose(gap, "at the front")
		} else {
			q.spool.o.Log.Warn("frames left the lane after its last mark, and before a stop that was not clean: they were delivered, or lost", "lane", q.name, "frames", gap)
		}
	}
	q.marks.writing.Lock()
	defer q.marks.writing.Unlock()
	letGo := max(first-1, q.letGo)
	q.marks.appended.Store(last)
	q.marks.settled.Store(letGo)
	q.marks.wroteAppended, q.marks.wroteSettled, q.marks.short = last, letGo, 0
	return errors.Join(q.writeMark(ctx, "appended", mark{Number: last}), q.writeMark(ctx, "settled", mark{Number: letGo}))
}

// lose raises the alarm.
func (q *Queue) lose(frames uint64, where string) {
	q.marks.missing.Add(int64(frames))
	q.spool.o.Log.Error("the spool's store has lost frames that were acknowledged: see winnow spool verify", "lane", q.name, "frames", frames, "where", where)
}

// Missing is how many frames the lane should hold, or have delivered, and its store does not have.
func (q *Queue) Missing() int64 { return q.marks.missing.Load() }

// watch writes marks, and looks for holes, until ctx is done.
func (s *Spool) watch(ctx context.Context) {
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, q := range s.Queues() {
			limit, cancel := context.WithTimeout(ctx, s.o.Patience)
			q.watch(limit, n%int(checkEvery/markEvery) == 0)
			cancel()
		}
	}
}

// watch writes the marks of a lane, and looks for holes, if it is this node's.
func (q *Queue) watch(ctx context.Context, check bool) {
	if q.spool.leases != nil && (!q.serving.Load() || !q.mine()) {
		return
	}
	q.marks.writing.Lock()
	defer q.marks.writing.Unlock()
	q.writeMarks(ctx)
	if check {
		q.check(ctx)
	}
}

// writeMarks writes what has changed. What fails is written the next time.
func (q *Queue) writeMarks(ctx context.Context) {
	m := &q.marks
	if n := m.appended.Load(); n != m.wroteAppended && q.writeMark(ctx, "appended", mark{Number: n}) == nil {
		m.wroteAppended = n
	}
	if n := m.settled.Load(); n != m.wroteSettled && q.writeMark(ctx, "settled", mark{Number: n}) == nil {
		m.wroteSettled = n
	}
}

// closeMarks says that what was let go is known exactly.
func (q *Queue) closeMarks(ctx context.Context) error {
	return errors.Join(q.writeMark(ctx, "appended", mark{Number: q.marks.appended.Load()}),
		q.writeMark(ctx, "settled", mark{Number: q.marks.settled.Load(), Clean: true}))
}

// check looks for frames that the store no longer has. A store that does not answer is not its matter.
func (q *Queue) check(ctx context.Context) {
	appended := q.marks.appended.Load() // before what is there is asked for
	s, err := q.lane.Stats(ctx)
	if err != nil {
		return
	}
	tail, inside, front := q.holes(appended, &s)
	before := q.marks.short
	if q.marks.short = tail; min(tail, before)+inside+front == 0 {
		return
	}
	pause.For(ctx, checkAgain)
	appended = q.marks.appended.Load()
	if s, err = q.statsOfSound(ctx); err != nil {
		return
	}
	tail, inside, front = q.holes(appended, &s)
	if tail = min(tail, before); tail > 0 {
		q.lose(tail, "at the end")
		q.marks.appended.Store(q.marks.appended.Load() - tail)
		q.marks.short = 0
	}
	if inside > 0 {
		q.lose(inside, "inside")
		q.marks.inside.Add(inside)
	}
	if front > 0 {
		q.lose(front, "at the front")
		raise(&q.marks.settled, q.marks.settled.Load()+front)
	}
}

// holes counts frames that are missing and not known to be, of a lane that has had the frame appended.
func (q *Queue) holes(appended uint64, s *LaneStats) (tail, inside, front uint64) {
	settled := q.marks.settled.Load()
	first := max(1, s.First)
	if appended > s.Last {
		tail = appended - s.Last
	}
	if q.spool.leases != nil {
		raise(&q.marks.appended, s.Last) // other nodes append, too
	}
	known := q.marks.inside.Load()
	if now := s.hole(); now > known {
		inside = now - known
	} else {
		q.marks.inside.Store(now) // what is missing has reached the front
	}
	if first > settled+1 {
		front = first - 1 - settled
	}
	return tail, inside, front
}
