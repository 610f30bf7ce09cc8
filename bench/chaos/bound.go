package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The bound of scenario "bound", and what a lane may take of the disk at most: its bound and a tenth.
const (
	boundBytes = 128 << 20
	boundLimit = boundBytes / 10 * 11
)

// boundConfig keeps what waits as large as it came.
var boundConfig = fmt.Sprintf("spool: {compression: none, max_lane_bytes: %d}", boundBytes)

// bound fills a lane to its bound, goes on sending, lets the backend take a little at a time while more is sent, and then all. cycles are half
// seconds of each while.
func bound(ctx context.Context, s *stand, cycles int) ([]row, error) {
	b, w, closing, err := s.newPair(patientSink, boundConfig)
	if err != nil {
		return nil, err
	}
	defer closing()
	b.down()
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	f := &filling{b: b, w: w, client: http.Client{Timeout: 10 * time.Second}, statuses: map[int]int{}}
	defer f.client.CloseIdleConnections()
	end := f.start(ctx)
	until(ctx, 2*time.Minute, func() bool { return f.refused.Load() > 0 })
	while := time.Duration(cycles) * time.Second / 2
	f.watch(ctx, while)
	full := f.most
	var turn atomic.Int64
	trickle := func(w http.ResponseWriter, _ *http.Request) bool { // one of four
		if turn.Add(1)%4 > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return false
		}
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	b.answer.Store(&trickle)
	f.watch(ctx, while)
	b.up()
	f.watch(ctx, while)
	err = errors.Join(end(), f.err)
	until(ctx, drainPatience, func() bool { return b.missing() == 0 })
	again := b.send(ctx, w, "after", 1, 1)
	until(ctx, settleTime, func() bool { return b.missing() == 0 })
	w.end(syscall.SIGTERM)
	if err := errors.Join(err, again); err != nil {
		return nil, err
	}
	return f.rows(full)
}

// filling is many producers that send on whether they are refused or not.
type filling struct {
	b      *backend
	w      *winnow
	client http.Client

	refused  atomic.Int64
	mu       sync.Mutex
	statuses map[int]int // of refusals
	hints    int         // refusals that say when to come again

	most int64 // bytes of the lane on disk
	err  error
}

// start starts producers; end has them finish.
func (f *filling) start(ctx context.Context) (end func() error) {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	errs := make([]error, machineProducers)
	for p := range machineProducers {
		all.Go(func() {
			for n := 0; ctx.Err() == nil && errs[p] == nil; n++ {
				errs[p] = f.send(fmt.Sprintf("b-p%d-n%d", p, n), uint64(p)<<32+uint64(n))
			}
		})
	}
	return func() error {
		stop()
		all.Wait()
		return errors.Join(errs...)
	}
}

func (f *filling) send(id string, seed uint64) error {
	l := &load{url: "http://" + f.w.listen + "/ingest", backend: f.b, client: f.client}
	resp, err := l.post(context.Background(), id, appendBatch(nil, id, largeLines, seed)) // its outcome is to be known
	if err != nil {
		return err
	}
	if resp.status == http.StatusOK {
		f.b.taken(id, largeLines)
		return nil
	}
	f.refused.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.statuses[resp.status]++
	if resp.retryAfter != "" {
		f.hints++
	}
	return nil
}

// watch looks at the disk for a while.
func (f *filling) watch(ctx context.Context, while time.Duration) {
	for end := time.Now().Add(while); time.Now().Before(end) && ctx.Err() == nil; rest(ctx, 20*time.Millisecond) {
		n, err := onDisk(filepath.Join(streamsOf(f.w), laneStream))
		f.most, f.err = max(f.most, n), errors.Join(f.err, err)
	}
}

// onDisk is how many bytes the files of a folder take. Files come and go meanwhile.
func onDisk(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var i fs.FileInfo
			if i, err = d.Info(); err == nil {
				if s, ok := i.Sys().(*syscall.Stat_t); ok {
					bytes += s.Blocks * 512
				}
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return bytes, err
}

func (f *filling) rows(full int64) ([]row, error) {
	lost, err := f.w.alarms()
	if err != nil {
		return nil, err
	}
	acked, missing, copies, torn := f.b.count()
	f.mu.Lock()
	defer f.mu.Unlock()
	return []row{
		told("taken, refused", fmt.Sprintf("%d, %d", acked, f.refused.Load())),
		atLeast("refused", float64(f.refused.Load()), 1),
		equal("refused with 429", f.statuses[http.StatusTooManyRequests], int(f.refused.Load())),
		equal("refused with Retry-After", f.hints, int(f.refused.Load())),
		told("bound, MB", boundBytes/1_000_000),
		atLeast("lane on disk when it is full", float64(full)/1e6, boundBytes/2e6),
		atMost("lane on disk at most", float64(max(full, f.most))/1e6, boundLimit/1e6, "MB"),
		equal("acknowledged and lost, or arrived in part", missing+torn, 0),
		equal("said to be lost", lost, 0),
		equal("arrived twice", copies, 0),
	}, nil
}
