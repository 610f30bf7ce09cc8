package subjects

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// Live keeps a List as its bucket says, and knows how old what it knows is.
type Live struct {
	List
	bucket  func() (values.Bucket, error)
	now     func() time.Time
	problem func(error) // hears when the list cannot be read, and nil when it can be again

	loaded atomic.Bool
	seen   atomic.Int64 // when the bucket was last in reach, in nanoseconds since 1970
}

// NewLive makes a Live of the bucket that open opens. problem may be called from any goroutine.
func NewLive(open func() (values.Bucket, error), now func() time.Time, problem func(error)) *Live {
	return &Live{bucket: open, now: now, problem: problem}
}

const (
	beatEvery = 5 * time.Second // the bucket is asked whether it is there
	beatName  = "beat"          // no value has this name
	again     = time.Second     // after a watch that ended
)

// Ready tells whether the list was read, and all of it can be.
func (l *Live) Ready() bool { return l.loaded.Load() }

// Age is for how long the bucket was not in reach: what was decided meanwhile is not known here.
func (l *Live) Age(now time.Time) time.Duration { return now.Sub(time.Unix(0, l.seen.Load())) }

// Run follows the bucket until ctx is done.
func (l *Live) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		l.problem(err)
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

// follow watches the bucket, and asks it now and then whether it is still there.
func (l *Live) follow(ctx context.Context) error {
	b, err := l.bucket()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go l.beat(ctx, b)
	w := watched{live: l, first: map[pseudonym.Digest]*Entry{}, broken: map[string]bool{}}
	if err = b.Watch(ctx, w.change, w.shown); err == nil {
		err = errors.New("the watch of the suppression list ended")
	}
	return err
}

// beat asks the bucket for a value that is not there: any answer is one.
func (l *Live) beat(ctx context.Context, b values.Bucket) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.ask(ctx, b)
		}
	}
}

func (l *Live) ask(ctx context.Context, b values.Bucket) {
	ctx, stop := context.WithTimeout(ctx, beatEvery)
	defer stop()
	now := l.now()
	if _, err := b.Get(ctx, beatName); err == nil || errors.Is(err, values.ErrNone) {
		l.seen.Store(now.UnixNano())
	}
}

// watched is one watch of the bucket.
type watched struct {
	live   *Live
	first  map[pseudonym.Digest]*Entry // until all that was there is shown
	broken map[string]bool             // values that cannot be read
}

func (w *watched) change(name string, value []byte) {
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

// shown hears that all was shown that was there.
func (w *watched) shown() {
	w.live.Replace(w.first)
	w.first = nil
	w.live.seen.Store(w.live.now().UnixNano())
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
