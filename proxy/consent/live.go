package consent

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/values"
)

// Live is what tenants decided, as of now. It is safe for concurrent use; who asks never waits.
type Live struct {
	o        Options
	follower *values.Follower

	view  atomic.Pointer[view]
	stale atomic.Int64 // MaxStaleness

	mu      sync.Mutex // one change at a time
	records map[string]known
}

// Options of a Live. All must be set.
type Options struct {
	// Bucket opens the bucket. It is called from Run.
	Bucket func() (values.Bucket, error)
	// MaxStaleness is for how long a bucket may be out of reach before nothing is granted any more.
	MaxStaleness time.Duration
	// Now is the clock.
	Now func() time.Time
	// Problem hears why the bucket or a value cannot be read, and nil when all can be again. Called from any goroutine.
	Problem func(error)
}

// known is a value of the bucket.
type known struct {
	record Record
	broken bool // it cannot be read, or is gone: its purpose is withheld
}

// view is what is asked. It is immutable.
type view struct {
	optedOut map[string]bool
	training map[string]grant
}

// grant is what a tenant opted in to.
type grant struct {
	since   time.Time
	streams map[string]bool
}

// NewLive makes a Live that knows nothing, and so grants nothing, until it runs.
func NewLive(o Options) *Live {
	l := &Live{o: o, records: map[string]known{}}
	l.SetMaxStaleness(o.MaxStaleness)
	l.follower = values.NewFollower(values.FollowerOptions{
		Open: o.Bucket, Begin: l.begin, Ended: o.Problem, Now: o.Now,
		Every: func() time.Duration { return min(askEvery, time.Duration(l.stale.Load())/4) },
	})
	return l
}

// SetMaxStaleness changes what Options said.
func (l *Live) SetMaxStaleness(d time.Duration) { l.stale.Store(int64(d)) }

// OptedOut tells whether no statistics may be made of a tenant's requests: it opted out, or nobody knows.
func (l *Live) OptedOut(tenant string) bool {
	v := l.view.Load()
	return v == nil || v.optedOut[tenant] || !l.Fresh()
}

// Training tells whether what a tenant sends on a stream, the path of a route or the address of a listener as the configuration has it, may be
// copied for training. While nobody opted in it costs one atomic load.
func (l *Live) Training(tenant, stream string) bool {
	v := l.view.Load()
	if v == nil || v.training == nil {
		return false
	}
	g, ok := v.training[tenant]
	return ok && g.streams[stream] && l.Fresh()
}

// Kept tells whether what was copied of a stream for training when it was received may still be used: the tenant opted in before then, and has not
// withdrawn since. known is false if nobody can tell at the moment.
func (l *Live) Kept(tenant, stream string, received time.Time) (kept, known bool) {
	v := l.view.Load()
	if v == nil || !l.Fresh() {
		return false, false
	}
	g, ok := v.training[tenant]
	return ok && g.streams[stream] && !received.Before(g.since), true
}

// Fresh tells whether what is known was in reach within MaxStaleness.
func (l *Live) Fresh() bool { return l.view.Load() != nil && l.Age() <= time.Duration(l.stale.Load()) }

// Age is for how long the bucket was not in reach.
func (l *Live) Age() time.Duration { return l.follower.Age(l.o.Now()) }

// Run follows the bucket until ctx is done.
func (l *Live) Run(ctx context.Context) { l.follower.Run(ctx) }

// askEvery is how long the bucket is left alone, at most, before it is asked whether it is there.
const askEvery = time.Second

// begin begins a watch.
func (l *Live) begin(context.Context) (change func(name string, value []byte), shown func()) {
	first := map[string]known{}
	change = func(name string, value []byte) {
		if first != nil {
			first[name] = read(name, value)
			return
		}
		l.change(name, read(name, value))
	}
	return change, func() {
		l.replace(first)
		first = nil
	}
}

// read reads a value. Nobody removes one: what is gone was lost.
func read(name string, value []byte) known {
	p, _, _ := parseName(name)
	r, err := readRecord(p, value)
	return known{r, err != nil}
}

// replace takes all that was there when a watch began.
func (l *Live) replace(all map[string]known) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, k := range all { // a decision of this node may be ahead of the watch
		all[name] = newer(l.records[name], k)
	}
	for name := range l.records {
		if _, ok := all[name]; !ok {
			all[name] = known{broken: true}
		}
	}
	l.records = all
	l.follower.Saw(l.o.Now())
	l.show()
}

// change takes one value.
func (l *Live) change(name string, k known) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, _, ok := parseName(name); ok {
		l.records[name] = newer(l.records[name], k)
		l.show()
	}
}

// newer is the one that counts of what is known and what came.
func newer(old, k known) known {
	if !k.broken && !old.broken && k.record.Number < old.record.Number {
		return old
	}
	return k
}

// decided takes a decision that this node has just stored, ahead of the watch: what is answered is in force.
func (l *Live) decided(p Purpose, tenant string, r Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.view.Load() != nil { // else all is withheld, and the watch will show it
		name := nameOf(p, tenant)
		l.records[name] = newer(l.records[name], known{record: r})
		l.show()
	}
}

// show makes the view of the records. mu is held.
func (l *Live) show() {
	v := &view{optedOut: map[string]bool{}}
	broken := false
	for name, k := range l.records {
		p, tenant, ok := parseName(name)
		broken = broken || ok && k.broken
		switch r := &k.record; {
		case !ok:
		case p == Statistics:
			v.optedOut[tenant] = k.broken || r.State != Granted
		case !k.broken && r.State == Granted:
			streams := map[string]bool{}
			for _, s := range r.Streams {
				streams[s] = true
			}
			if v.training == nil {
				v.training = map[string]grant{}
			}
			v.training[tenant] = grant{r.begun(), streams}
		}
	}
	maps.DeleteFunc(v.optedOut, func(_ string, out bool) bool { return !out })
	l.view.Store(v)
	if broken {
		l.o.Problem(errRecord)
	} else {
		l.o.Problem(nil)
	}
}
