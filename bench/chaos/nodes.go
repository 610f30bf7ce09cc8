package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// Bounds on what happens when a winnow of two is gone.
const (
	nodeStop     = 14 * time.Second // longer than its lease, and than the other waits
	nodeLate     = 3 * time.Second  // after a stop, while what it still delivers is counted
	nodeTakeOver = 30 * time.Second // until the other delivers what comes
	nodeInFlight = 8                // deliveries that may have been under way at the stop: spool.concurrency
)

// twin is a winnow of two, with a load of its own, and an address of its own at the backend, so that it is known who delivered.
type twin struct {
	w         *winnow
	l         *load
	server    *http.Server
	delivered atomic.Int64
}

// twins are two winnows on one cluster.
type twins struct {
	servers *natsCluster
	b       *backend
	list    [2]*twin

	took, worst time.Duration
	late        int64 // deliveries of a node that had been stopped
}

// nodes has one of two winnows killed under load, or stopped for longer than its lease, in turn. The other delivers what comes, and who was stopped
// finds that its lane is another's.
func nodes(ctx context.Context, s *stand, cycles int) ([]row, error) {
	t, err := newTwins(ctx, s)
	if err != nil {
		return nil, err
	}
	defer t.close()
	loading, stop := context.WithCancel(ctx)
	defer stop()
	for i, one := range t.list {
		one.l = startLoad(loading, fmt.Sprint("node", i), one.w.listen, t.b, clusterProducers/2)
	}
	for n := range cycles {
		rest(ctx, time.Second)
		victim, other := t.list[n/2%2], t.list[1-n/2%2]
		if n%2 == 0 {
			err = t.kill(ctx, victim, other)
		} else {
			err = t.stop(ctx, victim, other)
		}
		if err != nil {
			stop()
			break
		}
	}
	for _, one := range t.list {
		one.l.end()
	}
	if err != nil {
		return nil, err
	}
	until(ctx, drainPatience, func() bool { return t.b.missing() == 0 })
	alarms := 0
	for _, one := range t.list {
		one.w.end(syscall.SIGTERM)
		n, err := one.w.alarms()
		if err != nil {
			return nil, err
		}
		alarms += n
	}
	acked, lost, copies, torn := t.b.count()
	return []row{
		told("nodes killed or stopped", cycles),
		told("batches acknowledged", acked),
		equal("acknowledged and lost", lost, 0),
		equal("acknowledged and arrived in part", torn, 0),
		told("arrived twice", copies),
		told("until the other delivers, mean, ms", (t.took / time.Duration(cycles)).Milliseconds()),
		atMost("until the other delivers, worst", t.worst.Seconds(), nodeTakeOver.Seconds(), "s"),
		atMost("delivered by one that was stopped, each stop", float64(t.late), nodeInFlight, ""),
		equal("false alarms of a loss", alarms, 0),
		equal("bodies at the backend with a planted value", t.b.leaked, 0),
	}, nil
}

func newTwins(ctx context.Context, s *stand) (*twins, error) {
	folders, err := s.clusterFolders()
	if err != nil {
		return nil, err
	}
	t := &twins{}
	if t.servers, err = s.newCluster(ctx, folders, "always"); err != nil {
		return nil, err
	}
	if t.b, err = newBackend(); err != nil {
		return nil, err
	}
	for i := range t.list {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		one := &twin{}
		one.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			t.b.ServeHTTP(w, r)
			one.delivered.Add(1)
		})}
		go func() { _ = one.server.Serve(l) }() // until close
		if one.w, err = s.newWinnow(l.Addr().String(), t.servers.config("")); err != nil {
			return nil, err
		}
		if err := one.w.start(ctx); err != nil {
			return nil, err
		}
		t.list[i] = one
	}
	return t, nil
}

func (t *twins) close() {
	for _, one := range t.list {
		one.w.close()
		_ = one.server.Close()
	}
	t.b.close()
	t.servers.close()
}

// kill kills a node, waits until the other delivers, and starts it again.
func (t *twins) kill(ctx context.Context, victim, other *twin) error {
	victim.w.end(syscall.SIGKILL)
	if err := t.follows(ctx, other); err != nil {
		return err
	}
	return victim.w.start(ctx)
}

// stop stops a node until the other has long had its lane, and counts what it delivers when it goes on.
func (t *twins) stop(ctx context.Context, victim, other *twin) error {
	began := time.Now()
	victim.w.signal(syscall.SIGSTOP)
	err := t.follows(ctx, other)
	rest(ctx, nodeStop-time.Since(began))
	before := victim.delivered.Load()
	victim.w.signal(syscall.SIGCONT)
	rest(ctx, nodeLate)
	t.late = max(t.late, victim.delivered.Load()-before)
	return err
}

// follows waits until a node delivers what comes.
func (t *twins) follows(ctx context.Context, other *twin) error {
	began, before := time.Now(), other.delivered.Load()
	until(ctx, stallPatience, func() bool { return other.delivered.Load() > before+2*clusterProducers })
	if other.delivered.Load() == before {
		return fmt.Errorf("a node is gone, and the other delivers nothing: %s", other.w.lastWords())
	}
	took := time.Since(began)
	t.took, t.worst = t.took+took, max(t.worst, took)
	return nil
}
