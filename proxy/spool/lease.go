package spool

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"winnow/proxy/pause"
	"winnow/proxy/values"
)

// Where several nodes share a store, each lane is delivered by one of them at a time: by whoever holds its lease. A lease is a value in the bucket
// "leases" that its holder revises every second:
//
//	lane/<lane>   {"node": "…", "beat": n}   no node: the lane is free
//	node/<node>   {"node": "…", "beat": n}   the node is alive
//
// Others see the beat change. One that stays as it is for leaseOver, by the clock of who looks, is free: whoever revises it first has the lane. A
// holder that could not revise it for leaseTrust does nothing to the lane until it can, and ends when another has it. So no clocks are
// compared, and two never settle frames of one lane at once. Lanes are spread evenly over the nodes that are alive.
const (
	leaseBeat  = time.Second
	leaseTrust = 6500 * time.Millisecond
	leaseOver  = 8 * time.Second
	leaseLook  = 250 * time.Millisecond // at lanes that another has
	leaseYield = 3 * time.Second        // a free lane is left to nodes that have fewer for so long
	nodeOver   = time.Minute            // after which the value of a node that is gone is removed
)

const (
	lanePath = "lane/"
	nodePath = "node/"
)

// lease is a value of the bucket.
type lease struct {
	Node string `json:"node"`
	Beat uint64 `json:"beat"`
}

// sighting is a value and when it was first seen.
type sighting struct {
	lease
	at time.Time
}

// leases is a node's part in sharing lanes. It is safe for concurrent use.
type leases struct {
	bucket values.Bucket
	node   string

	mu    sync.Mutex
	ready bool // all that was there has been seen
	seen  map[string]sighting
	held  int
	given int // of these: they are being let go of
}

func newLeases(bucket values.Bucket) *leases {
	return &leases{bucket: bucket, node: rand.Text(), seen: map[string]sighting{}}
}

// run follows what others hold, and tells that this node is alive, until ctx is done.
func (l *leases) run(ctx context.Context) {
	var telling sync.WaitGroup
	telling.Go(func() { l.tell(ctx) })
	for ctx.Err() == nil {
		_ = l.bucket.Watch(ctx, l.saw, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.ready = true
		})
		pause.For(ctx, time.Second)
	}
	telling.Wait()
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = l.bucket.Destroy(limit, nodePath+l.node) // others see that it is gone all the same
}

// saw notes a value. One that is as it was keeps its age.
func (l *leases) saw(name string, value []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if value == nil {
		delete(l.seen, name)
		return
	}
	var v lease
	if err := json.Unmarshal(value, &v); err != nil {
		v = lease{Node: name} // it never changes, and is free in time
	}
	if s, known := l.seen[name]; !known || s.lease != v {
		l.seen[name] = sighting{v, time.Now()}
	}
}

// tell revises this node's own value, and removes those of nodes that are gone.
func (l *leases) tell(ctx context.Context) {
	tick := time.NewTicker(leaseBeat)
	defer tick.Stop()
	for beat := uint64(1); ; beat++ {
		limit, cancel := context.WithTimeout(ctx, leaseTrust)
		if data, err := json.Marshal(lease{l.node, beat}); err == nil {
			_ = l.bucket.Put(limit, nodePath+l.node, data) // the next one tells, too
		}
		for _, name := range l.gone() {
			_ = l.bucket.Destroy(limit, name)
		}
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// gone are the values of nodes that are.
func (l *leases) gone() (names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, s := range l.seen {
		if strings.HasPrefix(name, nodePath) && time.Since(s.at) > nodeOver {
			names = append(names, name)
		}
	}
	return names
}

// share is how many lanes a node has if they are spread evenly. It is called with mu held.
func (l *leases) share() int {
	lanes, nodes := 0, 1
	for name, s := range l.seen {
		switch {
		case strings.HasPrefix(name, lanePath):
			lanes++
		case s.Node != l.node && time.Since(s.at) < leaseOver:
			nodes++
		}
	}
	return (lanes + nodes - 1) / nodes
}

// free tells whether a lane may be taken, and what is known of its lease.
func (l *leases) free(name string) (known lease, yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, there := l.seen[name]
	since := time.Since(s.at)
	switch {
	case !l.ready:
		return lease{}, false
	case !there:
		return lease{}, true
	case s.Node == "":
		return s.lease, l.held < l.share() || since > leaseYield
	case since > leaseOver:
		return s.lease, l.held < l.share() || since > leaseOver+leaseYield
	}
	return lease{}, false
}

// crowded tells whether this node has more lanes than its share.
func (l *leases) crowded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held-l.given > l.share()
}

// give tells whether one lane is to be let go of, and notes that it is.
func (l *leases) give() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held-l.given <= l.share() {
		return false
	}
	l.given++
	return true
}

// hold notes that a lane is had, or no more.
func (l *leases) hold(change, given int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held += change
	l.given += given
}

// take waits until this node has a lane. It is nil if stop is closed before.
func (l *leases) take(ctx context.Context, stop <-chan struct{}, lane string) *tenure {
	name := lanePath + lane
	for {
		select {
		case <-stop: // one that was let go of for this is free
			return nil
		default:
		}
		if known, yes := l.free(name); yes {
			if t := l.try(ctx, name, known); t != nil {
				l.hold(1, 0)
				return t
			}
		}
		select {
		case <-time.After(leaseLook):
		case <-stop:
			return nil
		}
	}
}

// try takes a lane whose lease is still as it was seen.
func (l *leases) try(ctx context.Context, name string, known lease) *tenure {
	limit, cancel := context.WithTimeout(ctx, leaseTrust)
	defer cancel()
	value, revision, err := l.bucket.Look(limit, name)
	if err != nil && !errors.Is(err, values.ErrNone) {
		return nil
	}
	if err == nil {
		var now lease
		if l.saw(name, value); json.Unmarshal(value, &now) == nil && now != known {
			return nil
		}
	}
	t := &tenure{l: l, name: name, revision: revision, beat: known.Beat}
	if t.revise(limit, l.node) != nil {
		return nil
	}
	return t
}

// tenure is a lane that this node has.
type tenure struct {
	l        *leases
	name     string
	revision uint64
	beat     uint64
	given    bool // it is being let go of

	mu    sync.Mutex
	until time.Time // it may be trusted
	lost  bool
}

// mine tells whether nobody else can have the lane.
func (t *tenure) mine() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	return !t.lost && now.Before(t.until) && now.Round(0).Before(t.until.Round(0)) // a machine that was suspended may not have counted that time
}

// revise writes the next beat.
func (t *tenure) revise(ctx context.Context, node string) error {
	began := time.Now()
	data, err := json.Marshal(lease{node, t.beat + 1})
	if err != nil {
		return err
	}
	revision, err := t.l.bucket.Revise(ctx, t.name, data, t.revision)
	if err != nil {
		return err
	}
	t.revision, t.beat = revision, t.beat+1
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = began.Add(leaseTrust)
	return nil
}

// keep revises the lease until ctx is done. It calls lost if another has the lane, and crowded if this node should let one go.
func (t *tenure) keep(ctx context.Context, lost, crowded func()) {
	tick := time.NewTicker(leaseBeat)
	defer tick.Stop()
	for many := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		limit, cancel := context.WithTimeout(ctx, leaseTrust/2)
		if errors.Is(t.revise(limit, t.l.node), values.ErrRevised) && !t.still(limit) {
			t.mu.Lock()
			t.lost = true
			t.mu.Unlock()
			lost()
		}
		cancel()
		if many++; !t.l.crowded() {
			many = 0
		} else if many >= int(leaseYield/leaseBeat) && !t.given && t.l.give() {
			t.given = true
			crowded()
		}
	}
}

// still tells whether it was this node that revised the lease: an answer had not come. Where that cannot be known, the next beat tells.
func (t *tenure) still(ctx context.Context) bool {
	value, revision, err := t.l.bucket.Look(ctx, t.name)
	if err != nil {
		return !errors.Is(err, values.ErrNone)
	}
	var now lease
	if json.Unmarshal(value, &now) != nil || now.Node != t.l.node {
		return false
	}
	t.revision, t.beat = revision, now.Beat
	return true
}

// end lets go of the lane.
func (t *tenure) end(ctx context.Context) {
	if t.given {
		t.l.hold(-1, -1)
	} else {
		t.l.hold(-1, 0)
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseBeat)
	defer cancel()
	if t.mine() {
		_ = t.revise(limit, "") // else it is free in time
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = true
}
