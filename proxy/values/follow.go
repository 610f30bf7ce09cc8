package values

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/pause"
)

// Follower keeps what somebody has in memory of a bucket as the bucket has it: it watches, begins again a second after a watch ended, asks now and
// then whether the bucket is there at all, and knows for how long it was not. Run has one caller; the rest is safe for concurrent use.
type Follower struct {
	o    FollowerOptions
	base time.Time    // seen is counted from it, so that a clock that jumps ages nothing
	seen atomic.Int64 // when the bucket was last in reach, in nanoseconds since base
}

// FollowerOptions are those of a Follower. All must be set but Every.
type FollowerOptions struct {
	// Open opens the bucket. It is called from Run.
	Open func() (Bucket, error)
	// Begin is called as each watch begins, and returns who hears of the bucket's values, and that all which were there were shown: that one calls
	// Saw where anybody asks for the Age. They are called from Run's goroutine until ctx is done.
	Begin func(ctx context.Context) (change func(name string, value []byte), shown func())
	// Every is how long the bucket is left alone before it is asked whether it is there. Nil: it is not asked, and only Saw tells.
	Every func() time.Duration
	// Ended hears why the bucket could not be opened, or a watch ended.
	Ended func(error)
	// Now is the clock.
	Now func() time.Time
}

const (
	followAgain = time.Second     // after a watch that ended
	askAtMost   = 5 * time.Second // whether the bucket is there
	askedName   = "beat"          // no value has this name
)

// NewFollower makes a Follower. Its age is counted from now on.
func NewFollower(o FollowerOptions) *Follower { return &Follower{o: o, base: o.Now()} }

// Saw says that the bucket was in reach at a time.
func (f *Follower) Saw(now time.Time) { f.seen.Store(int64(now.Sub(f.base))) }

// Age is for how long the bucket was not in reach: what was decided meanwhile is not known here.
func (f *Follower) Age(now time.Time) time.Duration {
	return now.Sub(f.base) - time.Duration(f.seen.Load())
}

// Run follows the bucket until ctx is done.
func (f *Follower) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		f.o.Ended(err)
		pause.For(ctx, followAgain)
	}
}

var errEnded = errors.New("the watch of the bucket ended")

// follow is one watch.
func (f *Follower) follow(ctx context.Context) error {
	b, err := f.o.Open()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var asking sync.WaitGroup
	defer asking.Wait()
	defer stop()
	change, shown := f.o.Begin(ctx)
	err = b.Watch(ctx, change, func() {
		shown()
		if f.o.Every != nil {
			asking.Go(func() { f.ask(ctx, b) })
		}
	})
	if err == nil {
		err = errEnded
	}
	return err
}

// ask asks the bucket again and again for a value that is not there: any answer is one.
func (f *Follower) ask(ctx context.Context, b Bucket) {
	for pause.For(ctx, f.o.Every()) {
		now := f.o.Now()
		limit, stop := context.WithTimeout(ctx, askAtMost)
		_, err := b.Get(limit, askedName)
		stop()
		if err == nil || errors.Is(err, ErrNone) {
			f.Saw(now)
		}
	}
}
