package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// damageBatches of 64 KB wait in the lane: enough for several blocks. Before them the backend refuses some for good, which are parked.
const (
	damageBatches = 600
	damageParked  = 5
)

// damageConfig keeps what waits as large as it came.
const damageConfig = "spool: {compression: none}"

// leastBlocks is a front, a middle and an end.
const leastBlocks = 3

// damaged fills a spool whose backend is down, stops winnow, and damages copies of the files. Winnow starts on each, takes what is new, delivers all
// that can be read as it was, and says so if something that was acknowledged is missing.
func damaged(ctx context.Context, s *stand, cycles int) ([]row, error) {
	m, err := fill(ctx, s)
	if err != nil {
		return nil, err
	}
	list := damages()
	if cycles < 2 {
		list = slices.DeleteFunc(list, func(d damage) bool { return d.rare })
	}
	rows, errs := make([][]row, len(list)), make([]error, len(list))
	var all sync.WaitGroup
	places := make(chan struct{}, 3)
	for i, d := range list {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if rows[i], errs[i] = m.trial(ctx, s, d); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", d.name, errs[i])
			}
		})
	}
	all.Wait()
	return slices.Concat(rows...), errors.Join(errs...)
}

// master is what is copied for each damage.
type master struct {
	data     string // winnow's folder
	acked    map[string]int
	oldIndex []byte
}

// fill has a winnow take all batches, park what is refused, and stop.
func fill(ctx context.Context, s *stand) (*master, error) {
	b, w, closing, err := s.newPair(patientSink, damageConfig)
	if err != nil {
		return nil, err
	}
	defer closing()
	if err := w.fill(ctx, b, damageBatches/3); err != nil {
		return nil, err
	}
	w.end(syscall.SIGTERM)
	m := &master{data: w.path("data"), acked: b.acked}
	if m.oldIndex, err = os.ReadFile(filepath.Join(streamsOf(w), laneStream, "msgs/index.db")); err != nil {
		return nil, err
	}
	err = errors.Join(w.start(ctx), b.send(ctx, w, "new", damageBatches-damageBatches/3, 32))
	w.end(syscall.SIGTERM)
	return m, err
}

// fill starts a winnow, has it park what its backend refuses for good, and keep so many batches of 64 KB for a backend that is down.
func (w *winnow) fill(ctx context.Context, b *backend, batches int) error {
	b.refuse()
	if err := errors.Join(w.start(ctx), b.send(ctx, w, "refused", damageParked, 1)); err != nil {
		return err
	}
	until(ctx, time.Minute, func() bool { n, err := w.wrote("a batch was parked"); return n == damageParked || err != nil })
	b.down()
	return b.send(ctx, w, "old", batches, 32)
}

// streamsOf is where a winnow has its streams.
func streamsOf(w *winnow) string { return filepath.Join(w.spool(), "jetstream/$G/streams") }

// trial damages a copy, and starts a winnow on it.
func (m *master) trial(ctx context.Context, s *stand, d damage) ([]row, error) {
	b, w, closing, err := s.newPair(patientSink, damageConfig)
	if err != nil {
		return nil, err
	}
	defer closing()
	b.acked = maps.Clone(m.acked)
	if err := os.CopyFS(w.path("data"), os.DirFS(m.data)); err != nil {
		return nil, err
	}
	f := &filled{streams: streamsOf(w), oldIndex: m.oldIndex}
	if f.blocks, err = filepath.Glob(f.file(laneStream, "msgs/*.blk")); err != nil || len(f.blocks) < leastBlocks {
		return nil, errors.Join(err, fmt.Errorf("the lane has %d blocks, and damage in the middle needs %d", len(f.blocks), leastBlocks))
	}
	slices.SortFunc(f.blocks, cmpBlock)
	if err := d.do(f); err != nil {
		return nil, err
	}
	rows, err := d.outcome(ctx, w, b)
	return rows, errors.Join(err, os.RemoveAll(w.path("data")))
}

// cmpBlock orders files by the number in front of their name.
func cmpBlock(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	return 1
}

// settle waits until all has arrived or is parked, or, if something may be missing, until nothing more comes.
func (d damage) settle(ctx context.Context, w *winnow, b *backend) (err error) {
	open, before := func() int {
		parked, logErr := w.wrote("a batch was parked")
		err = errors.Join(err, logErr)
		return b.missing() - damageParked - parked
	}, -1
	until(ctx, settleTime, func() bool {
		n := open()
		if d.left == leftTold && n == before || n <= 0 || err != nil {
			return true
		}
		before = n
		rest(ctx, stillTime)
		return false
	})
	return err
}

// stillTime is how long nothing comes if nothing more does.
const stillTime = 3 * time.Second

func (d damage) outcome(ctx context.Context, w *winnow, b *backend) ([]row, error) {
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	if err := b.send(ctx, w, "after", 1, 1); err != nil {
		return nil, err
	}
	if err := d.settle(ctx, w, b); err != nil {
		return nil, err
	}
	w.end(syscall.SIGTERM)
	_, lost, copies, torn := b.count()
	parked, err := w.frames(ctx, "sink_Parked")
	if err != nil {
		return nil, err
	}
	said, missing := 0, max(0, lost-parked)
	for _, word := range []string{"has lost", "set aside"} {
		n, err := w.wrote(word)
		if err != nil {
			return nil, err
		}
		said += n
	}
	silent := 0
	if said == 0 {
		silent = missing
	}
	rows := []row{
		told(d.name+": missing, parked", fmt.Sprintf("%d, %d", missing, parked)),
		equal(d.name+": missing, and nothing said", silent, 0),
		equal(d.name+": arrived altered or twice", torn+copies+b.leaked, 0),
	}
	if d.left >= leftKept {
		rows = append(rows, equal(d.name+": missing", missing, 0))
	}
	if d.left == leftWhole {
		rows = append(rows, equal(d.name+": parked", parked, damageParked))
	}
	return rows, nil
}
