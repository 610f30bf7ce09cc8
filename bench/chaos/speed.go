package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/spool"
)

// producers append at once in scenario "speed", each waiting for its answer.
const producers = 64

// Bars as ratios to a bare append-and-fsync loop, which does 71,591/s of 2 KB and 407 MB/s of 64 KB on the disk on which 20,000/s and 250 MB/s
// are asked for.
const (
	smallBar = 20000.0 / 71591
	largeBar = 250.0 / 407
)

// wholeTurn is the least number of cycles of which the whole bar is asked.
const wholeTurn = 10

// speed measures the spool in this process, in turns with a loop that appends to a file what waits, syncs it and answers: the ratio says what
// sealing, framing and the store cost. cycles are tenths of a second of each turn.
func speed(ctx context.Context, s *stand, cycles int) ([]row, error) {
	var rows []row
	for _, c := range []struct {
		name string
		size int
		bar  float64
	}{{"2 KB", 2 << 10, smallBar}, {"64 KB", 64 << 10, largeBar}} {
		var spooled, bare rate
		for range 3 { // the best of turns: a neighbour on the machine is in some of them
			one, err := measureSpool(ctx, s, c.size, time.Duration(cycles)*100*time.Millisecond)
			if err != nil {
				return nil, err
			}
			two, err := measureBare(s, c.size, time.Duration(cycles)*100*time.Millisecond)
			if err != nil {
				return nil, err
			}
			spooled, bare = spooled.better(one), bare.better(two)
		}
		if cycles < wholeTurn {
			c.bar /= 4 // a short turn says little on a machine with other work
		}
		rows = append(rows,
			told(c.name+", spool, batches/s", int(spooled.perSecond)), told(c.name+", bare append and fsync, batches/s", int(bare.perSecond)),
			told(c.name+", spool, MB/s", int(spooled.perSecond*float64(c.size)/1e6)),
			told(c.name+", spool, answer p99, ms", float64(spooled.p99.Microseconds())/1e3),
			told(c.name+", bare, answer p99, ms", float64(bare.p99.Microseconds())/1e3),
			paced(atLeast(c.name+", spool through bare", spooled.perSecond/bare.perSecond, c.bar)))
	}
	slow, err := slowDisk(ctx, s, time.Duration(cycles)*100*time.Millisecond)
	return append(rows, slow...), err
}

// On a disk whose fsync takes longer, an answer may take that many milliseconds (p99), or twice what it takes of the bare loop.
const (
	slowSync   = 5 * time.Millisecond
	slowAnswer = 60
)

// slowDisk measures with every fsync of this process delayed. The debugger that does it stops all other calls to the system, too.
func slowDisk(ctx context.Context, s *stand, d time.Duration) ([]row, error) {
	letGo, err := tamper(ctx, os.Getpid(), syncCalls, fmt.Sprint("delay_exit=", slowSync.Microseconds()))
	if errors.Is(err, errNotHere) {
		return []row{told("slow fsync: NOT RUN, "+err.Error(), "-")}, nil
	}
	if err != nil {
		return nil, err
	}
	spooled, err1 := measureSpool(ctx, s, 2<<10, d)
	bare, err2 := measureBare(s, 2<<10, d)
	return []row{
		told("fsync 5 ms slower, 2 KB, spool, batches/s", int(spooled.perSecond)), told("fsync 5 ms slower, 2 KB, bare, batches/s", int(bare.perSecond)),
		told("fsync 5 ms slower, 2 KB, bare, answer p99, ms", float64(bare.p99.Microseconds())/1e3),
		paced(atMost("fsync 5 ms slower, 2 KB, spool, answer p99", float64(spooled.p99.Microseconds())/1e3, max(slowAnswer, 2*float64(bare.p99.Microseconds())/1e3), "ms")),
	}, errors.Join(err1, err2, letGo())
}

// rate is what a load reached.
type rate struct {
	perSecond float64
	p99       time.Duration
}

func (r rate) better(o rate) rate {
	if o.perSecond > r.perSecond {
		return o
	}
	return r
}

// drive has producers call append for a while.
func drive(size int, d time.Duration, do func(p, n int, body []byte) error) (rate, error) {
	body := make([]byte, size)
	rand.Read(body) // no compression can help
	took, errs := make([][]time.Duration, producers), make([]error, producers)
	var all sync.WaitGroup
	began := time.Now()
	for p := range producers {
		all.Go(func() {
			for n := 0; time.Since(began) < d && errs[p] == nil; n++ {
				start := time.Now()
				errs[p] = do(p, n, body)
				took[p] = append(took[p], time.Since(start))
			}
		})
	}
	all.Wait()
	times := slices.Sorted(slices.Values(slices.Concat(took...)))
	r := rate{perSecond: float64(len(times)) / time.Since(began).Seconds(), p99: times[len(times)*99/100]}
	return r, errors.Join(errs...)
}

func measureSpool(ctx context.Context, s *stand, size int, d time.Duration) (r rate, err error) {
	dir, err := os.MkdirTemp(s.dir, "speed-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	_, err = withQueue(ctx, dir, func(q *spool.Queue) error {
		if err := q.Append(ctx, entryOf(producers, 0, nil)); err != nil { // the first of a day makes the day's key
			return err
		}
		r, err = drive(size, d, func(p, n int, body []byte) error { return q.Append(ctx, entryOf(p, n, body)) })
		return err
	})
	return r, err
}

// withQueue opens a lane in dir, calls f and closes it; it tells how long the opening took.
func withQueue(ctx context.Context, dir string, f func(q *spool.Queue) error) (opening time.Duration, err error) {
	return withSpool(ctx, dir, func(*spool.Options) {}, f)
}

// withSpool is withQueue with options that differ.
func withSpool(ctx context.Context, dir string, change func(*spool.Options), f func(q *spool.Queue) error) (opening time.Duration, err error) {
	began := time.Now()
	store, err := spool.OpenJetStream(ctx, spool.JetStreamOptions{Dir: dir, MaxFrameBytes: storeFrame, AckWait: time.Minute, MaxPending: 64})
	if err != nil {
		return 0, err
	}
	o := spool.Options{
		Store: store, Master: make([]byte, 32), MaxFrameBytes: 1 << 20, MaxEntryBytes: storeFrame, MaxLaneBytes: 8 << 30,
		Patience: 10 * time.Second, Concurrency: 8, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	change(&o)
	sp, err := spool.Open(ctx, o)
	if err != nil {
		return 0, errors.Join(err, store.Close())
	}
	q, err := sp.Queue(ctx, "main")
	opening = time.Since(began)
	if err == nil {
		err = f(q)
	}
	return opening, errors.Join(err, sp.Close(ctx))
}

func entryOf(p, n int, body []byte) *spool.Entry {
	e := &spool.Entry{Tenant: "acme", Purpose: "operations", Received: time.Now(), Records: 1, Body: body}
	binary.BigEndian.PutUint64(e.ID[:], uint64(p))
	binary.BigEndian.PutUint64(e.ID[8:], uint64(n))
	e.Request = spool.Request{Protocol: "json", Method: "POST", Path: "/ingest", ContentType: "application/x-ndjson"}
	return e
}

// measureBare is the yardstick: one goroutine writes what waits, at most 1 MiB, syncs, and answers.
func measureBare(s *stand, size int, d time.Duration) (rate, error) {
	f, err := os.CreateTemp(s.dir, "bare-")
	if err != nil {
		return rate{}, err
	}
	defer os.Remove(f.Name())
	queue := make(chan *bareBatch, producers)
	go bareLoop(f, queue)
	r, err := drive(size, d, func(_, _ int, body []byte) error {
		b := &bareBatch{body: body, done: make(chan error, 1)}
		queue <- b
		return <-b.done
	})
	close(queue)
	return r, errors.Join(err, f.Close())
}

type bareBatch struct {
	body []byte
	done chan error
}

func bareLoop(f *os.File, queue chan *bareBatch) {
	var buf []byte
	var group []*bareBatch
	for b := range queue {
		buf, group = append(buf[:0], b.body...), append(group[:0], b)
		for more := true; more && len(buf) < 1<<20; {
			select {
			case b, more = <-queue:
				if more {
					buf, group = append(buf, b.body...), append(group, b)
				}
			default:
				more = false
			}
		}
		_, err := f.Write(buf)
		err = errors.Join(err, f.Sync())
		for _, b := range group {
			b.done <- err
		}
	}
}

// recoveryBatch is the size of each batch of the backlog.
const recoveryBatch = 256 << 10

// recovery fills a lane, opens it again as after a crash, and delivers all of it. cycles are 100 MB each.
func recovery(ctx context.Context, s *stand, cycles int) ([]row, error) {
	dir, err := os.MkdirTemp(s.dir, "recovery-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	want := int64(cycles) * 100e6 / recoveryBatch
	var next atomic.Int64
	_, err = withQueue(ctx, dir, func(q *spool.Queue) error {
		_, err := drive(recoveryBatch, time.Minute, func(p, n int, body []byte) error {
			if next.Add(1) > want {
				return errEnough
			}
			return q.Append(ctx, entryOf(p, n, body))
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var got atomic.Int64
	var drain time.Duration
	ready, err := withQueue(ctx, dir, func(q *spool.Queue) error {
		began := time.Now()
		q.Start(func(context.Context, *spool.Entry) spool.Outcome {
			got.Add(1)
			return spool.Outcome{}
		})
		until(ctx, 4*time.Minute, func() bool { return got.Load() >= want })
		drain = time.Since(began)
		return nil
	})
	mb := float64(want) * recoveryBatch / 1e6
	return []row{
		told("backlog, MB", int(mb)),
		paced(atMost("ready after a stop", ready.Seconds(), 2, "s")),
		equal("batches that were delivered", got.Load(), want),
		told("delivered, MB/s", int(mb/drain.Seconds())),
	}, err
}

var errEnough = errors.New("the backlog is as large as it is to be")
