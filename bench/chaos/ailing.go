package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// slow has a server of the cluster, that which leads the lane or another in turn, stopped for up to three seconds again and again, or take 50, 200 or
// 1,000 ms more for each fsync.
func slow(ctx context.Context, s *stand, cycles int) ([]row, error) {
	h, err := newHitting(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.close()
	done := 0
	for done < cycles {
		err := h.group(ctx, min(clusterCycles, cycles-done), func(ctx context.Context) error {
			kind := done
			done++
			return h.slowDown(ctx, kind)
		}, nil)
		if errors.Is(err, errNotHere) {
			return []row{told("NOT RUN: "+err.Error(), "-")}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return h.rows(s, "servers slowed down", cycles)
}

// delays of an fsync; in every other cycle the server is stopped instead.
var delays = [...]time.Duration{50 * time.Millisecond, time.Second, 200 * time.Millisecond}

// slowTime is how long a server is slow.
const slowTime = 8 * time.Second

func (h *hitting) slowDown(ctx context.Context, kind int) error {
	n, err := h.servers.leader(ctx)
	if err != nil {
		return err
	}
	if kind/2%2 == 1 {
		n = h.servers.nodes[(h.servers.index(n)+1)%clusterSize]
	}
	began, before := time.Now(), h.load.sent.Load()
	if kind%2 == 0 {
		for end := began.Add(slowTime); time.Now().Before(end) && ctx.Err() == nil; {
			n.signal(syscall.SIGSTOP)
			rest(ctx, time.Duration(300+rand.N(2700))*time.Millisecond)
			n.signal(syscall.SIGCONT)
			rest(ctx, 500*time.Millisecond)
		}
	} else {
		letGo, err := tamper(ctx, n.pid(), syncCalls, fmt.Sprint("delay_exit=", delays[kind/2%len(delays)].Microseconds()))
		if err != nil {
			return err
		}
		rest(ctx, slowTime)
		if err := letGo(); err != nil {
			return err
		}
	}
	if err := h.taken(ctx, before); err != nil {
		return err
	}
	took := time.Since(began)
	h.worst, h.sum, h.hits = max(h.worst, took), h.sum+took, h.hits+1
	return h.servers.sound(ctx)
}

// fullDisk is the size of the file system of each server of the cluster in full.
const fullDisk = 1 << 30

// full fills the disk of the server that leads the lane to the last byte, under load, and makes room again.
func full(ctx context.Context, s *stand, cycles int) ([]row, error) {
	disks, err := s.newDisks(clusterSize, fullDisk)
	if err != nil {
		return notMounted(err)
	}
	defer disks.close()
	var folders []string
	for _, d := range disks {
		folders = append(folders, d.at)
	}
	h, err := newHittingIn(ctx, s, folders, nil)
	if err != nil {
		return nil, err
	}
	defer h.close()
	for range cycles {
		if err := h.group(ctx, 1, func(ctx context.Context) error { return h.fill(ctx, disks) }, nil); err != nil {
			return nil, err
		}
	}
	return h.rows(s, "disks of the leader filled", cycles)
}

// fill fills the leader's disk. A server that does not write once there is room again is started anew, as an operator would.
func (h *hitting) fill(ctx context.Context, disks rack) error {
	n, err := h.servers.leader(ctx)
	if err != nil {
		return err
	}
	t := &trial{disk: disks[h.servers.index(n)]}
	began := time.Now()
	if err := fillDisk(fullDisk)(ctx, t); err != nil {
		return err
	}
	rest(ctx, time.Second)
	if err := h.taken(ctx, h.load.sent.Load()); err != nil {
		return err
	}
	took := time.Since(began)
	h.worst, h.sum, h.hits = max(h.worst, took), h.sum+took, h.hits+1
	rest(ctx, partitionHold)
	if err := emptyDisk(ctx, t); err != nil {
		return err
	}
	n.end(syscall.SIGTERM)
	if err := n.start(ctx); err != nil {
		return err
	}
	return h.servers.sound(ctx)
}

// copies flips a byte in one server's copy of the lane while it is stopped, and has that server lead when the backend, which was down, is up again.
func copies(ctx context.Context, s *stand, cycles int) ([]row, error) {
	h, err := newHitting(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.close()
	var hurt *node
	for n := range cycles {
		h.groups = 2 * n // the backend is down: the lane holds what was taken
		if err := h.group(ctx, 1, func(ctx context.Context) (err error) {
			hurt, err = h.damage(ctx)
			return err
		}, func(ctx context.Context) error { return h.servers.lead(ctx, hurt) }); err != nil {
			return nil, err
		}
	}
	asked, err := h.w.wrote("lacks frames")
	if err != nil {
		return nil, err
	}
	rows, err := h.rows(s, "copies damaged by one byte", cycles)
	return append(rows, told("times another copy was asked", asked)), err
}

// damage kills a server that does not lead, changes a byte of what it has of the lane, and starts it.
func (h *hitting) damage(ctx context.Context) (*node, error) {
	began := time.Now()
	leads, err := h.servers.leader(ctx)
	if err != nil {
		return nil, err
	}
	n := h.servers.nodes[(h.servers.index(leads)+1)%clusterSize]
	var list []string // what is torn off the last block is had from the others at once
	until(ctx, stallPatience, func() bool {
		list, err = filepath.Glob(n.path("store/jetstream/$G/streams/" + laneStream + "/msgs/*.blk"))
		return len(list) > 2
	})
	if len(list) < 3 {
		return nil, errors.Join(err, errors.New("the server has too few blocks of the lane"))
	}
	n.end(syscall.SIGKILL)
	oldest := slices.MinFunc(list, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	data, err := os.ReadFile(oldest)
	if err != nil {
		return nil, err
	}
	data[len(data)/2] ^= 0x10
	if err := os.WriteFile(oldest, data, 0o600); err != nil {
		return nil, err
	}
	if err := n.start(ctx); err != nil {
		return nil, err
	}
	took := time.Since(began)
	h.worst, h.sum, h.hits = max(h.worst, took), h.sum+took, h.hits+1
	return n, h.servers.sound(ctx)
}

// lead has a server lead the lane.
func (c *natsCluster) lead(ctx context.Context, n *node) error {
	conn, err := nats.Connect("nats://" + n.client)
	if err != nil {
		return err
	}
	defer conn.Close()
	body, err := json.Marshal(server.JSApiLeaderStepdownRequest{Placement: &server.Placement{Preferred: n.id}})
	if err != nil {
		return err
	}
	is := func() bool {
		now, err := c.leader(ctx)
		if err == nil && now != n {
			_, _ = conn.Request(fmt.Sprintf(server.JSApiStreamLeaderStepDownT, laneStream), body, time.Second) // it is looked at again
			rest(ctx, 200*time.Millisecond)
		}
		return err == nil && now == n
	}
	until(ctx, stallPatience, is)
	if !is() {
		return fmt.Errorf("server %s does not come to lead", n.id)
	}
	return nil
}
