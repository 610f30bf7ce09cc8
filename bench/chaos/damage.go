package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// damage is something that is done to the files of a stopped spool. blocks are those of the lane's messages, in order.
type damage struct {
	name string
	// whole says that nothing may be missing afterwards.
	whole bool
	do    func(lane string, blocks []string) error
}

func damages() []damage {
	return []damage{
		{"nothing (control)", true, func(string, []string) error { return nil }},
		{"torn tail", false, func(_ string, blocks []string) error { return cut(blocks[len(blocks)-1], 3000) }},
		{"garbage tail", true, func(_ string, blocks []string) error { return extend(blocks[len(blocks)-1]) }},
		{"byte flipped at the front", false, func(_ string, blocks []string) error { return flip(blocks[0], 1, 100) }},
		{"byte flipped in the middle", false, func(_ string, blocks []string) error { return flip(blocks[len(blocks)/2], 1, 2) }},
		{"byte flipped at the end", false, func(_ string, blocks []string) error { return flip(blocks[len(blocks)-1], 99, 100) }},
		{"block missing", false, func(_ string, blocks []string) error { return os.Remove(blocks[len(blocks)/2]) }},
		{"empty meta file", false, func(lane string, _ []string) error { return os.Truncate(filepath.Join(lane, "meta.inf"), 0) }},
	}
}

func cut(file string, n int64) error {
	i, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Truncate(file, max(0, i.Size()-n))
}

func extend(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(slices.Repeat([]byte{0xa5}, 3000))
	return errors.Join(err, f.Close())
}

// flip flips a bit at part/of of the file.
func flip(file string, part, of int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text[len(text)*part/of] ^= 1
	return os.WriteFile(file, text, 0o600)
}

// damageBatches of 64 KB wait in the lane: enough for several blocks.
const damageBatches = 600

// damaged fills a spool whose backend is down, stops winnow, damages the files, and starts it again. It starts, takes what is new, delivers
// all that can be read as it was, and says so if something that was acknowledged is missing.
func damaged(ctx context.Context, s *stand, _ int) ([]row, error) {
	list := damages()
	rows, errs := make([][]row, len(list)), make([]error, len(list))
	var all sync.WaitGroup
	places := make(chan struct{}, 3)
	for i, d := range list {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			rows[i], errs[i] = d.run(ctx, s)
		})
	}
	all.Wait()
	return slices.Concat(rows...), errors.Join(errs...)
}

func (d damage) run(ctx context.Context, s *stand) ([]row, error) {
	b, err := newBackend()
	if err != nil {
		return nil, err
	}
	defer b.close()
	b.down()
	w, err := s.newWinnow(b.address)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	if err := b.send(ctx, w, "d", damageBatches, 32); err != nil {
		return nil, err
	}
	w.end(syscall.SIGTERM)
	lane := filepath.Join(w.spool(), "jetstream/$G/streams/winnow_lane_sink")
	blocks, err := filepath.Glob(lane + "/msgs/*.blk")
	if err != nil || len(blocks) == 0 {
		return nil, fmt.Errorf("no blocks of the lane: %w", err)
	}
	slices.SortFunc(blocks, func(a, b string) int { return cmpBlock(a, b) })
	if err := d.do(lane, blocks); err != nil {
		return nil, err
	}
	b.up()
	return d.outcome(ctx, w, b)
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

func (d damage) outcome(ctx context.Context, w *winnow, b *backend) ([]row, error) {
	if err := w.start(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", d.name, err)
	}
	if err := b.send(ctx, w, "after", 1, 1); err != nil {
		return nil, err
	}
	arrived := func() int { return damageBatches + 1 - b.missing() }
	for last := -1; last != arrived(); rest(ctx, 1500*time.Millisecond) { // until nothing more comes
		last = arrived()
	}
	w.end(syscall.SIGTERM)
	_, lost, copies, torn := b.count()
	parked, err := w.frames(ctx, "sink_Parked")
	if err != nil {
		return nil, err
	}
	var said int
	for _, word := range []string{"has lost", "set aside", "set-aside"} {
		n, err := w.wrote(word)
		if err != nil {
			return nil, err
		}
		said += n
	}
	silent := 0
	if lost > 0 && said+parked == 0 {
		silent = lost
	}
	rows := []row{
		told(d.name+": missing of "+fmt.Sprint(damageBatches), lost),
		equal(d.name+": missing, and nothing said", silent, 0),
		equal(d.name+": arrived altered or twice", torn+copies+b.leaked, 0),
	}
	if d.whole {
		rows = append(rows, equal(d.name+": missing", lost, 0))
	}
	return rows, nil
}
