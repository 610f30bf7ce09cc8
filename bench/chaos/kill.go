package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// killProducers send at once.
const killProducers = 24

// heldCycles are kills while the backend is down: whatever is stored twice waits, and arrives twice.
const heldCycles = 10

// drainPatience is longer than a frame that was given to a deliverer takes to come again.
const drainPatience = 3 * time.Minute

// kill kills winnow with SIGKILL under load. In every other group of cycles the backend is down until the kills are over, so that every copy
// that arrives then was stored twice, and none is a delivery that was begun again; in the others it is up, and deliveries are cut off too.
// The last kill is by SIGABRT, with core files allowed.
func kill(ctx context.Context, s *stand, cycles int) ([]row, error) {
	b, w, closing, err := s.newPair(quickSink)
	if err != nil {
		return nil, err
	}
	defer closing()
	k := killing{w: w, b: b}
	for done := 0; done < cycles && err == nil; k.group++ {
		n := min(heldCycles, cycles-done)
		err = k.cycles(ctx, n)
		done += n
	}
	if err != nil {
		return nil, err
	}
	rows, err := k.rows(s, cycles)
	return rows, err
}

// killing is the state of the scenario.
type killing struct {
	w     *winnow
	b     *backend
	group int

	acked, lost, torn, stored, delivered int
	again, refused, bytes                int64
	slowest, drain                       time.Duration
}

// cycles runs one group: load and kills, then everything is delivered and counted.
func (k *killing) cycles(ctx context.Context, n int) error {
	held := k.group%2 == 0
	if held {
		k.b.down()
	}
	if err := k.w.start(ctx); err != nil {
		return err
	}
	l := startLoad(ctx, fmt.Sprint("g", k.group), k.w.listen, k.b, killProducers)
	err := k.kills(ctx, n)
	l.end()
	if err != nil {
		return err
	}
	if held { // ended before the backend is back: no delivery is cut off
		k.w.end(syscall.SIGTERM)
		k.b.up()
		if err := k.w.start(ctx); err != nil {
			return err
		}
	}
	began := time.Now()
	until(ctx, drainPatience, func() bool { return k.b.missing() == 0 })
	k.drain = max(k.drain, time.Since(began))
	k.w.end(syscall.SIGTERM) // what arrives twice has arrived
	acked, lost, copies, torn := k.b.count()
	k.acked, k.lost, k.torn = acked, lost, torn
	if held {
		k.stored += copies - k.stored - k.delivered
	} else {
		k.delivered += copies - k.stored - k.delivered
	}
	k.again, k.refused, k.bytes = k.again+l.again.Load(), k.refused+l.refused.Load(), k.bytes+l.bytes.Load()
	return nil
}

func (k *killing) kills(ctx context.Context, n int) error {
	for i := range n {
		rest(ctx, 150*time.Millisecond+rand.N(450*time.Millisecond))
		if i == n-1 {
			k.w.end(syscall.SIGABRT)
		} else {
			k.w.end(syscall.SIGKILL)
		}
		began := time.Now()
		if err := k.w.start(ctx); err != nil {
			return err
		}
		k.slowest = max(k.slowest, time.Since(began))
	}
	return nil
}

func (k *killing) rows(s *stand, cycles int) ([]row, error) {
	leaking, cores, files, err := search(k.w.dir)
	if err != nil {
		return nil, err
	}
	revived, err := k.w.wrote("started anew")
	if err != nil {
		return nil, err
	}
	control, err := searchControl(s.dir)
	if err != nil {
		return nil, err
	}
	return []row{
		told("kills", cycles),
		told("batches acknowledged", k.acked),
		told("MB acknowledged", k.bytes/1e6),
		told("sent again, not answered or refused", k.again),
		told("slowest start on what a kill left, ms", k.slowest.Milliseconds()),
		told("longest wait until all was delivered, ms", k.drain.Milliseconds()),
		told("starts of the store anew, for it did not answer", revived),
		equal("acknowledged and lost", k.lost, 0),
		equal("acknowledged and arrived in part", k.torn, 0),
		equal("stored twice", k.stored, 0),
		told("delivered twice (a kill between delivery and its note)", k.delivered),
		equal("bodies at the backend with a planted value", k.b.leaked, 0),
		told("files searched: spool, temporary, log, core", files),
		equal("of these with a planted value", leaking, 0),
		equal("core files", cores, 0),
		equal("control: planted value found by the search", control, 1),
	}, nil
}
