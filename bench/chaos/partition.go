package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// partitionHold is how long a cut lasts after batches are taken again.
const partitionHold = 5 * time.Second

// partition cuts, one after the other and under load, the server that leads the lane from the others and from winnow; from the others only, so that
// winnow may ask one that nobody follows; from winnow only; and a server that does not lead from all. Batches are taken meanwhile.
func partition(ctx context.Context, s *stand, cycles int) ([]row, error) {
	net, err := newNetwork()
	if errors.Is(err, errNotHere) && !s.mounts {
		return []row{told("NOT RUN: no network namespace can be made here", "-")}, nil
	}
	if err != nil {
		return nil, err
	}
	defer net.close()
	folders, err := s.clusterFolders()
	if err != nil {
		return nil, err
	}
	h, err := newHittingIn(ctx, s, folders, net)
	if err != nil {
		return nil, err
	}
	defer h.close()
	done := 0
	split := func(ctx context.Context) error {
		kind := done
		done++
		return h.split(ctx, net, kind)
	}
	for done < cycles {
		if err := h.group(ctx, min(len(cuts), cycles-done), split, nil); err != nil {
			return nil, err
		}
	}
	return h.rows(s, "cuts of the network", cycles)
}

// cuts are kinds of them: who is cut from the server.
var cuts = [...]struct {
	servers, winnow bool
	follower        bool // not the server that leads
}{{true, true, false}, {true, false, false}, {false, true, false}, {true, true, true}}

// split cuts one server off, waits until batches are taken without it, and mends the network.
func (h *hitting) split(ctx context.Context, net *network, kind int) error {
	leads, err := h.servers.leader(ctx)
	if err != nil {
		return err
	}
	how, at := cuts[kind%len(cuts)], h.servers.index(leads)
	if how.follower {
		at = (at + 1) % clusterSize
	}
	from := []int{}
	if how.winnow {
		from = append(from, outside)
	}
	if how.servers {
		from = append(from, (at+1)%clusterSize, (at+2)%clusterSize)
	}
	began, before := time.Now(), h.load.sent.Load()
	for _, other := range from {
		err = errors.Join(err, net.cut(at, other))
	}
	if err == nil {
		err = h.taken(ctx, before+clusterProducers) // what was under way may be answered yet
	}
	if err != nil {
		err = fmt.Errorf("cut %d: %w", kind%len(cuts), err)
	}
	took := time.Since(began)
	h.worst, h.sum, h.hits = max(h.worst, took), h.sum+took, h.hits+1
	rest(ctx, partitionHold)
	for _, other := range from {
		err = errors.Join(err, net.mend(at, other))
	}
	if err != nil {
		return err
	}
	return h.servers.sound(ctx)
}
