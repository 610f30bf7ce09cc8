package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// laneStream is the stream of the lane that all scenarios use.
const laneStream = "winnow_lane_sink"

// clusterProducers send at once.
const clusterProducers = 16

// clusterCycles are kills between two counts.
const clusterCycles = 3

// stallPatience is more than the servers need to agree on another leader.
const stallPatience = time.Minute

// cluster kills, with SIGKILL and under load, the server that leads the lane, waits until batches are taken again, and starts it anew. At the end
// of every group all servers are killed at once. As with kill, the backend is down in every other group: what arrives twice was stored twice
// then, if no delivery was begun again.
func cluster(ctx context.Context, s *stand, cycles int) ([]row, error) {
	h, err := newHitting(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.close()
	for done := 0; done < cycles; done += clusterCycles {
		if err := h.group(ctx, min(clusterCycles, cycles-done), h.killLeader, h.killAll); err != nil {
			return nil, err
		}
	}
	return h.rows(s, "kills of the leader", cycles)
}

// rolling stops one server after the other as an operator would (lame-duck mode, SIGUSR2), and starts it anew once batches are taken.
func rolling(ctx context.Context, s *stand, cycles int) ([]row, error) {
	h, err := newHitting(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.close()
	next := 0
	err = h.group(ctx, cycles, func(ctx context.Context) error {
		next++
		return h.hit(ctx, h.servers.nodes[next%clusterSize], syscall.SIGUSR2)
	}, nil)
	if err != nil {
		return nil, err
	}
	return h.rows(s, "servers stopped and started", cycles)
}

// hitting is the state of a scenario that hits one server of a cluster after the other.
type hitting struct {
	servers *natsCluster
	b       *backend
	w       *winnow
	groups  int
	load    *load // under way

	acked, lost, torn, stored, delivered int
	again                                int64
	worst, sum                           time.Duration // without a batch taken, after a hit
	hits                                 int
}

// newHitting starts a cluster, a backend, and prepares winnow.
func newHitting(ctx context.Context, s *stand) (*hitting, error) {
	folders, err := s.clusterFolders()
	if err != nil {
		return nil, err
	}
	return newHittingIn(ctx, s, folders, nil)
}

// newHittingIn is newHitting with folders and a network for the servers.
func newHittingIn(ctx context.Context, s *stand, folders []string, net *network) (h *hitting, err error) {
	h = &hitting{}
	if h.servers, err = s.newClusterIn(ctx, folders, "always", net); err != nil {
		return nil, err
	}
	if h.b, err = newBackend(); err != nil {
		return nil, err
	}
	h.w, err = s.newWinnow(h.b.address, h.servers.config(""))
	return h, err
}

func (h *hitting) close() {
	h.w.close()
	h.b.close()
	h.servers.close()
}

// group hits n times under load, and a last time in another way if there is one; then everything is delivered and counted.
func (h *hitting) group(ctx context.Context, n int, hit, last func(context.Context) error) error {
	held := h.groups%2 == 0
	if held {
		h.b.down()
	}
	if err := h.w.start(ctx); err != nil {
		return err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	h.load = startLoad(loading, fmt.Sprint("c", h.groups), h.w.listen, h.b, clusterProducers)
	h.groups++
	var err error
	for i := 0; i < n && err == nil; i++ {
		rest(ctx, 150*time.Millisecond+rand.N(450*time.Millisecond))
		err = hit(ctx)
	}
	if err == nil && last != nil {
		err = last(ctx)
	}
	if err != nil {
		stop()
	}
	h.load.end()
	if err != nil {
		return err
	}
	var before int
	if held {
		h.w.end(syscall.SIGTERM)
		if before, err = h.beganAgain(); err != nil {
			return err
		}
		h.b.up()
		if err := h.w.start(ctx); err != nil {
			return err
		}
	}
	until(ctx, drainPatience, func() bool { return h.b.missing() == 0 })
	h.w.end(syscall.SIGTERM)
	after, err := h.beganAgain()
	if err != nil {
		return err
	}
	acked, lost, copies, torn := h.b.count()
	h.acked, h.lost, h.torn, h.again = acked, lost, torn, h.again+h.load.again.Load()
	if more := copies - h.stored - h.delivered; held && before == after {
		h.stored += more
	} else {
		h.delivered += more
	}
	return nil
}

// beganAgain counts how often winnow's log says that deliveries began again: after a connection that had to be made anew, or of what the servers still had.
func (h *hitting) beganAgain() (int, error) {
	anew, err1 := h.w.wrote("started anew")
	again, err2 := h.w.wrote("are delivered again")
	return anew + again, errors.Join(err1, err2)
}

func (h *hitting) killLeader(ctx context.Context) error {
	n, err := h.servers.leader(ctx)
	if err != nil {
		return err
	}
	return h.hit(ctx, n, syscall.SIGKILL)
}

// killAll kills all servers at once, and starts them.
func (h *hitting) killAll(ctx context.Context) error {
	h.servers.end(syscall.SIGKILL)
	before := h.load.sent.Load()
	if err := h.servers.start(ctx); err != nil {
		return err
	}
	return h.taken(ctx, before)
}

// taken waits until every producer can have had an answer since a number was counted.
func (h *hitting) taken(ctx context.Context, before int64) error {
	until(ctx, stallPatience, func() bool { return h.load.sent.Load() > before+clusterProducers })
	if h.load.sent.Load() <= before {
		return fmt.Errorf("nothing was taken for %v: %s", stallPatience, h.w.lastWords())
	}
	return nil
}

// hit ends a node with a signal, waits until batches are taken without it, and starts it again.
func (h *hitting) hit(ctx context.Context, n *node, sig syscall.Signal) error {
	began, before := time.Now(), h.load.sent.Load()
	if sig == syscall.SIGKILL {
		n.end(sig)
		before = h.load.sent.Load()
	} else {
		n.signal(sig)
	}
	if err := h.taken(ctx, before); err != nil {
		return err
	}
	took := time.Since(began)
	h.worst, h.sum, h.hits = max(h.worst, took), h.sum+took, h.hits+1
	n.end(sig)
	return n.start(ctx)
}

func (h *hitting) rows(s *stand, what string, cycles int) ([]row, error) {
	leaking, files := 0, 0
	for _, dir := range []string{h.w.dir, h.servers.nodes[0].dir, h.servers.nodes[1].dir, h.servers.nodes[2].dir} {
		l, _, f, err := search(dir)
		if err != nil {
			return nil, err
		}
		leaking, files = leaking+l, files+f
	}
	control, err := searchControl(s.dir)
	if err != nil {
		return nil, err
	}
	revived, err := h.w.wrote("started anew")
	if err != nil {
		return nil, err
	}
	alarms, err := h.w.alarms()
	if err != nil {
		return nil, err
	}
	return []row{
		told(what, cycles),
		told("batches acknowledged", h.acked),
		told("sent again, not answered or refused", h.again),
		told("until 16 more are taken, mean, ms", (h.sum / time.Duration(h.hits)).Milliseconds()),
		told("until 16 more are taken, worst, ms", h.worst.Milliseconds()),
		told("connections to the cluster made anew by the watchdog", revived),
		equal("acknowledged and lost", h.lost, 0),
		equal("acknowledged and arrived in part", h.torn, 0),
		equal("stored twice", h.stored, 0),
		told("delivered twice", h.delivered),
		equal("false alarms of a loss", alarms, 0),
		equal("bodies at the backend with a planted value", h.b.leaked, 0),
		told("files searched: servers' and winnow's", files),
		equal("of these with a planted value", leaking, 0),
		equal("control: planted value found by the search", control, 1),
	}, nil
}
