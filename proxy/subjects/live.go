package subjects

import (
	"context"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// Live keeps a List as its bucket says, and knows how old what it knows is.
type Live struct {
	List
	follower *values.Follower
	now      func() time.Time
	problem  func(error) // hears when the list cannot be read, and nil when it can be again

	loaded atomic.Bool
	holds  atomic.Pointer[map[string]bool] // legal holds there are, by the names of their values
}

// NewLive makes a Live of the bucket that open opens. problem may be called from any goroutine.
func NewLive(open func() (values.Bucket, error), now func() time.Time, problem func(error)) *Live {
	l := &Live{now: now, problem: problem}
	l.follower = values.NewFollower(values.FollowerOptions{
		Open: open, Begin: l.begin, Ended: problem, Now: now, Every: func() time.Duration { return askEvery },
	})
	return l
}

// askEvery is how long the bucket is left alone before it is asked whether it is there.
const askEvery = 5 * time.Second

// Ready tells whether the list was read, and all of it can be.
func (l *Live) Ready() bool { return l.loaded.Load() }

// Age is for how long the bucket was not in reach: what was decided meanwhile is not known here.
func (l *Live) Age(now time.Time) time.Duration { return l.follower.Age(now) }

// Held tells whether a tenant is under a legal hold, so that nothing of it is erased for its age; of no tenant, whether anybody is, persons
// included. While the list is not known everybody may be.
func (l *Live) Held(tenant string) bool {
	holds := l.holds.Load()
	if holds == nil || !l.Ready() {
		return true
	}
	if tenant == "" {
		return len(*holds) > 0
	}
	return (*holds)[holdPrefix+tenant]
}

// hold notes whether a value is a hold. It has one caller at a time.
func (l *Live) hold(name string, on bool) {
	next := map[string]bool{}
	if old := l.holds.Load(); old != nil {
		if (*old)[name] == on {
			return
		}
		maps.Copy(next, *old)
	}
	if next[name] = true; !on {
		delete(next, name)
	}
	l.holds.Store(&next)
}

// Run follows the bucket until ctx is done.
func (l *Live) Run(ctx context.Context) { l.follower.Run(ctx) }

func (l *Live) begin(context.Context) (change func(name string, value []byte), shown func()) {
	w := watched{live: l, holds: map[string]bool{}, first: map[pseudonym.Digest]*Entry{}, broken: map[string]bool{}}
	return w.change, w.shown
}

// watched is one watch of the bucket.
type watched struct {
	live   *Live
	first  map[pseudonym.Digest]*Entry // until all that was there is shown
	holds  map[string]bool             // the same, of holds
	broken map[string]bool             // values that cannot be read
}

func (w *watched) change(name string, value []byte) {
	if strings.HasPrefix(name, holdPrefix) {
		w.held(name, value != nil)
		return
	}
	text, ok := strings.CutPrefix(name, subjectPrefix)
	if !ok {
		return
	}
	d, ok := pseudonym.ParseDigest(text)
	if !ok {
		return
	}
	var e *Entry
	var err error
	if value != nil {
		e, err = readEntry(value)
	}
	w.held(name, e != nil && e.Hold != nil)
	switch {
	case err != nil:
		w.broken[name] = true
	case w.first != nil:
		w.first[d] = e
		delete(w.broken, name)
	default:
		w.live.Put(d, e)
		delete(w.broken, name)
	}
	if w.first == nil {
		w.judge()
	}
}

// held notes whether a value is, or has, a legal hold.
func (w *watched) held(name string, on bool) {
	switch {
	case w.first == nil:
		w.live.hold(name, on)
	case on:
		w.holds[name] = true
	default:
		delete(w.holds, name)
	}
}

// shown hears that all was shown that was there.
func (w *watched) shown() {
	w.live.Replace(w.first)
	w.live.holds.Store(&w.holds)
	w.first = nil
	w.live.follower.Saw(w.live.now())
	w.judge()
}

// judge says whether the list can be used. An entry that cannot be read is about somebody: nobody can be told apart from them.
func (w *watched) judge() {
	before := w.live.loaded.Swap(len(w.broken) == 0)
	switch {
	case len(w.broken) > 0:
		w.live.problem(errEntry)
	case !before:
		w.live.problem(nil)
	}
}
