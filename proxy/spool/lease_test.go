package spool_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/proxy/spool"
	"winnow/proxy/spool/natstest"
)

// node is one of several winnows on one cluster.
type node struct {
	*spool.Spool
	queues []*spool.Queue
	log    *lines
}

// openNode opens a spool on a cluster, and delivers what is in lanes.
func openNode(t *testing.T, s *natstest.Servers, deliver spool.Deliver, lanes ...string) *node {
	t.Helper()
	return openNodeOn(t, external(t, s, len(s.URLs)), deliver, lanes...)
}

func openNodeOn(t *testing.T, store spool.Store, deliver spool.Deliver, lanes ...string) *node {
	t.Helper()
	n := &node{log: &lines{}}
	n.Spool = open(t, store, func(o *spool.Options) {
		o.Shared = true
		o.Patience = 10 * time.Second // with a cluster that elects
		o.Log = slog.New(slog.NewTextHandler(n.log, nil))
	})
	for _, name := range lanes {
		q, err := n.Queue(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		q.Start(deliver)
		n.queues = append(n.queues, q)
	}
	return n
}

// end closes a node, whose ledgers must be whole and which must not have raised an alarm.
func (n *node) end(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := n.Health(); err != nil {
		t.Errorf("health: %v", err)
	}
	if err := n.Close(ctx); err != nil {
		t.Error(err)
	}
	for _, q := range n.queues {
		if batches, records := q.Ledger().Pending(); batches != 0 || records != 0 {
			t.Errorf("lane %s: of what is another node's now %d batches and %d records are pending here: %s", q.Name(), batches, records, told(q.Ledger()))
		}
	}
	if text := n.log.String(); strings.Contains(text, "ERROR") {
		t.Errorf("an alarm: %s", text)
	}
}

func told(l *spool.Ledger) string {
	return fmt.Sprintf("found %d, acked %d, delivered %d, parked %d, lost %d, elsewhere %d", l.Found.Batches.Load(), l.Acked.Batches.Load(),
		l.Delivered.Batches.Load(), l.Parked.Batches.Load(), l.Lost.Batches.Load(), l.Elsewhere.Batches.Load())
}

// sums adds up the ledgers of all nodes.
func sums(nodes ...*node) (acked, delivered int64) {
	for _, n := range nodes {
		for _, q := range n.queues {
			acked += q.Ledger().Acked.Batches.Load()
			delivered += q.Ledger().Delivered.Batches.Load()
		}
	}
	return acked, delivered
}

// Two nodes on one cluster take batches for the same lanes at once: each batch is delivered once, by whoever has its lane, the lanes are spread, no
// alarm is raised, and the ledgers agree, each with itself and all with one another. A third that joins and one that leaves change nothing of that.
func TestNodesShareLanes(t *testing.T) {
	t.Parallel() // it waits most of the time
	s := natstest.Start(t, 3, true)
	a := newArrivals()
	deliver := func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) }
	lanes := []string{"one", "two", "three", "four"}
	first := openNode(t, s, deliver, lanes...)
	second := openNode(t, s, deliver, lanes...)
	const each = 200
	var wg sync.WaitGroup
	for at, n := range []*node{first, second} {
		for lane, q := range n.queues {
			wg.Go(func() { fillQueue(t, q, (at*len(lanes)+lane)*each, (at*len(lanes)+lane+1)*each) })
		}
	}
	wg.Wait()
	all := 2 * len(lanes) * each
	within(t, 60*time.Second, "all arrive", func() bool { n, _ := a.count(); return n == all })
	a.once(t, all)
	within(t, 30*time.Second, "the second node has lanes too", func() bool {
		for _, q := range first.queues {
			fillQueue(t, q, all, all+1)
			all++
		}
		_, delivered := sums(second)
		return delivered > 0
	})
	within(t, 20*time.Second, "the ledgers agree", func() bool {
		acked, delivered := sums(first, second)
		return acked == int64(all) && delivered == int64(all)
	})
	first.end(t)
	fillQueue(t, second.queues[0], all, all+each)
	within(t, 10*time.Second, "whoever is left delivers", func() bool { n, _ := a.count(); return n == all+each })
	a.once(t, all+each)
	second.end(t)
}

// takeOverPatience is far more than another node needs, on a machine with much other work.
const takeOverPatience = time.Minute

// A node that is killed in the middle of a lane is followed by another: all that was acknowledged arrives, at most what was under
// way twice, and no alarm is raised.
func TestNodeIsKilled(t *testing.T) {
	t.Parallel() // it waits most of the time
	s := natstest.Start(t, 3, true)
	a := newArrivals()
	d := &dying{Store: external(t, s, 3)}
	killed := open(t, d, func(o *spool.Options) { o.Shared = true; o.Patience = time.Second })
	q, err := killed.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	const all, before = 500, 150
	fillQueue(t, q, 0, all)
	dead := make(chan struct{})
	var once sync.Once
	q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome {
		if n, _ := a.count(); n < before {
			return a.add(e)
		}
		once.Do(func() { d.dead.Store(true); d.Store.Close(); close(dead) })
		return spool.Outcome{Err: errors.New("gone")}
	})
	other := openNode(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) }, "main")
	<-dead
	within(t, takeOverPatience, "all arrive", func() bool { n, _ := a.count(); return n == all })
	within(t, takeOverPatience, "the lane is empty", func() bool {
		waiting, _, err := other.queues[0].Stats(t.Context())
		return err == nil && waiting.Frames == 0
	})
	if _, most := a.count(); most > 2 {
		t.Errorf("one arrived %d times", most)
	}
	other.end(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = killed.Close(ctx) // it is gone
}

// Whoever only looks at a shared store sees what waits and what is parked, can have it sent again, and takes no lane from who delivers.
func TestLookingTakesNothing(t *testing.T) {
	s := natstest.Start(t, 1, true)
	a := newArrivals()
	var mu sync.Mutex
	refused := map[uint64]bool{}
	serving := openNode(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		mu.Lock()
		defer mu.Unlock()
		if n := number(e); n == 1 && !refused[n] {
			refused[n] = true
			return spool.Outcome{Err: errBackend, Permanent: true}
		} else if n == 2 {
			return spool.Outcome{Err: errBackend}
		}
		return a.add(e)
	}, "main")
	fillQueue(t, serving.queues[0], 1, 2)
	within(t, 20*time.Second, "one is parked, and out of the lane", func() bool {
		waiting, parked, err := serving.queues[0].Stats(t.Context())
		return err == nil && waiting.Frames == 0 && parked.Frames == 1
	})
	fillQueue(t, serving.queues[0], 2, 3)

	looking := open(t, external(t, s, 1), func(o *spool.Options) { o.Shared, o.Looking = true, true })
	q, err := looking.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if pending, _ := q.Ledger().Pending(); pending != 1 {
		t.Errorf("it sees %d that wait", pending)
	}
	list, err := q.Parked(t.Context(), 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d are parked, %v", len(list), err)
	}
	if r, err := q.Verify(t.Context()); err != nil || !r.Sound() || r.Batches != 1 || r.Parked != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	entries := 0
	if err := q.Entries(t.Context(), func(*spool.Entry, bool) bool { entries++; return true }); err != nil || entries != 2 {
		t.Errorf("%d entries, %v", entries, err)
	}
	if err := q.Replay(t.Context(), list[0].Number); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "who has the lane delivers it", func() bool { n, _ := a.count(); return n == 1 })
	if err := looking.Close(t.Context()); err != nil {
		t.Error(err)
	}
	fillQueue(t, serving.queues[0], 3, 10)
	within(t, 10*time.Second, "it goes on", func() bool { n, _ := a.count(); return n == 8 })
	serving.end(t)
}

// A node starts in a bounded time, however much waits in the lanes of the cluster: it reads about the last 256 MiB of each.
func TestStartReadsTheEndOfLanes(t *testing.T) {
	for _, c := range []struct {
		name string
		s    spool.LaneStats
		want uint64
	}{
		{"empty", spool.LaneStats{First: 1}, 1},
		{"little", spool.LaneStats{Frames: 100, Bytes: 100 << 20, First: 901, Last: 1000}, 1},
		{"much", spool.LaneStats{Frames: 4096, Bytes: 4096 << 20, First: 1, Last: 4096}, 3841},
		{"frames that are larger", spool.LaneStats{Frames: 1, Bytes: 1 << 30, First: 7, Last: 7}, 7},
	} {
		if got := spool.RecallFrom(c.s); got != c.want {
			t.Errorf("%s: from %d, not %d", c.name, got, c.want)
		}
	}
}

// A batch that a client sends again to another node is stored once: nodes tell each other what they have stored.
func TestRepeatAtAnotherNode(t *testing.T) {
	t.Parallel() // it waits most of the time
	s := natstest.Start(t, 1, true)
	a := newArrivals()
	deliver := func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) }
	first, second := openNode(t, s, deliver, "main"), openNode(t, s, deliver, "main")
	n, heard := 0, 0
	within(t, takeOverPatience, "the second node hears the first", func() bool { // it may have begun to listen a moment later
		fillQueue(t, first.queues[0], n, n+1)
		n++
		for heard = range n {
			if spool.Knows(second.queues[0], entry(heard).ID) {
				return true
			}
		}
		return false
	})
	if err := second.queues[0].Append(t.Context(), entry(heard)); err != nil {
		t.Fatal(err)
	}
	if l := second.queues[0].Ledger(); l.Repeated.Batches.Load() != 1 || l.Acked.Batches.Load() != 0 {
		t.Errorf("%d repeated, %d stored", l.Repeated.Batches.Load(), l.Acked.Batches.Load())
	}
	within(t, takeOverPatience, "all arrive", func() bool { got, _ := a.count(); return got == n })
	a.once(t, n)
	first.end(t)
	second.end(t)
}

// forgetful is a store that loses the removal of one frame.
type forgetful struct{ spool.Store }

func (s forgetful) Lane(ctx context.Context, name string, limit int64) (spool.Lane, error) {
	l, err := s.Store.Lane(ctx, name, limit)
	return forgetfulLane{l}, err
}

type forgetfulLane struct{ spool.Lane }

// forgotten is the number of the frame.
const forgotten = 3

func (l forgetfulLane) Pull(ctx context.Context, count, bytes int) ([]spool.Pulled, error) {
	list, err := l.Lane.Pull(ctx, count, bytes)
	for i, p := range list {
		if p.Number() == forgotten {
			list[i] = forgottenFrame{p}
		}
	}
	return list, err
}

type forgottenFrame struct{ spool.Pulled }

func (forgottenFrame) Ack(context.Context) error { return nil }

// Where a cluster loses the removal of a frame, with the leader that knew of it, and carries out those of the next ones, whoever has the lane then delivers
// that frame again, and takes the others for what they are.
func TestRemovalIsLost(t *testing.T) {
	t.Parallel() // it waits most of the time
	s := natstest.Start(t, 1, true)
	a := newArrivals()
	deliver := func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) }
	const all = 20
	first := openNodeOn(t, forgetful{external(t, s, 1)}, deliver, "main")
	for n := range all { // one after the other: a frame each
		fillQueue(t, first.queues[0], n, n+1)
	}
	within(t, takeOverPatience, "all but one are gone", func() bool {
		waiting, _, err := first.queues[0].Stats(t.Context())
		got, _ := a.count()
		return err == nil && got == all && waiting.Frames == 1
	})
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := openNode(t, s, deliver, "main")
	fillQueue(t, second.queues[0], all, 2*all)
	within(t, takeOverPatience, "the lane is empty", func() bool {
		waiting, _, err := second.queues[0].Stats(t.Context())
		return err == nil && waiting.Frames == 0
	})
	if got, most := a.count(); got != 2*all || most != 2 {
		t.Errorf("%d arrived, one of them %d times", got, most)
	}
	second.end(t)
}
