package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Each node of a cluster has a disk of its own.
const nodeDisk = 2 << 30

// lazyEvery is in which cycles the control runs that must lose.
const lazyEvery = 10

// blackout cuts the power of all three servers of a cluster at once, under load. With sync_interval: always nothing that was acknowledged is
// lost; the control keeps it in memory for two minutes, as servers do that nobody configured, and must lose.
func blackout(ctx context.Context, s *stand, cycles int) ([]row, error) {
	disks, err := s.newDisks(clusterSize, nodeDisk)
	if err != nil {
		return notMounted(err)
	}
	defer disks.close()
	var always, lazy cutting
	for n := range cycles {
		if err := always.blackout(ctx, s, disks, "always", ""); err != nil {
			return nil, err
		}
		if n%lazyEvery == 0 {
			if err := lazy.blackout(ctx, s, disks, "2m", ", memory_acks: accept"); err != nil {
				return nil, fmt.Errorf("control: %w", err)
			}
		}
	}
	return []row{
		told("power cuts of all servers", cycles),
		told("batches acknowledged", always.acked),
		equal("acknowledged and lost", always.lost, 0),
		equal("acknowledged and arrived in part", always.torn, 0),
		told("control, synced every 2 minutes: acknowledged", lazy.acked),
		atLeast("control: lost", float64(lazy.lost), 1),
	}, nil
}

// blackout cuts the power of all servers while winnow takes batches for a backend that is down, and counts what arrives afterwards.
func (p *cutting) blackout(ctx context.Context, s *stand, disks rack, sync, accept string) error {
	var folders []string
	for _, d := range disks {
		dir, err := os.MkdirTemp(d.at, "node-")
		if err != nil {
			return err
		}
		folders = append(folders, dir)
	}
	c, err := s.newCluster(ctx, folders, sync)
	if err != nil {
		return err
	}
	defer c.close()
	for _, d := range disks {
		if err := command("sync", "-f", d.at); err != nil { // configurations are not what is tried
			return err
		}
	}
	b, w, closing, err := s.newPair(quickSink, c.config(accept))
	if err != nil {
		return err
	}
	defer closing()
	b.down()
	if err := w.start(ctx); err != nil {
		return err
	}
	loading, stop := context.WithCancel(ctx)
	l := startLoad(loading, "blackout", w.listen, b, 8)
	rest(ctx, time.Second)
	err = c.cut(ctx, disks)
	stop()
	l.end()
	w.end(syscall.SIGKILL)
	if err != nil {
		return err
	}
	return p.relight(ctx, w, b, c, sync == "always")
}

// cut freezes all nodes, drops what their disks have not synced, and mounts what is left.
func (c *natsCluster) cut(ctx context.Context, disks rack) (err error) {
	for _, n := range c.nodes {
		n.signal(syscall.SIGSTOP)
	}
	for _, n := range c.nodes {
		err = errors.Join(err, frozen(ctx, n.pid()))
	}
	for _, d := range disks {
		err = errors.Join(err, d.cut())
	}
	c.close()
	for _, d := range disks {
		err = errors.Join(err, d.unmount(), d.mount())
	}
	return err
}

// relight starts servers and winnow on what is left, counts, and removes all.
func (p *cutting) relight(ctx context.Context, w *winnow, b *backend, c *natsCluster, whole bool) error {
	for _, n := range c.nodes {
		if err := n.openLog(); err != nil {
			return err
		}
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	b.up()
	if !whole { // the state went with the batches: winnow begins it anew only when told
		if err := os.Remove(filepath.Join(w.path("data"), "state.known")); err != nil {
			return err
		}
	}
	if err := w.start(ctx); err != nil {
		return err
	}
	patience := 5 * time.Second // the control's: what is lost does not come
	if whole {
		patience = time.Minute
	}
	until(ctx, patience, func() bool { return b.missing() == 0 })
	w.end(syscall.SIGKILL)
	c.close()
	acked, lost, _, torn := b.count()
	p.acked, p.lost, p.torn = p.acked+acked, p.lost+lost, p.torn+torn
	for _, n := range c.nodes {
		if err := os.RemoveAll(n.dir); err != nil {
			return err
		}
	}
	return nil
}
