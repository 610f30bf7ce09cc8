package bench_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"winnow/bench/corpora"
	"winnow/proxy/spool"
)

// spoolers append at once, each waiting for its answer.
const spoolers = 64

// BenchmarkSpool stores bodies of 113 KB of the corpus app, each with an fsync, and then delivers them to nobody. It tells CPU time of the process
// for 10^9 bytes of bodies, of storing and of delivering, and how many bytes lie in the lane for each byte of a body. docs/scale.md reckons with it.
func BenchmarkSpool(b *testing.B) {
	for name, how := range map[string]spool.Compression{"snappy": spool.Snappy, "zstd": spool.Zstd, "none": spool.None} {
		b.Run("compression="+name, func(b *testing.B) { throughSpool(b, how) })
	}
}

func throughSpool(b *testing.B, how spool.Compression) {
	ctx := context.Background()
	store, err := spool.OpenJetStream(ctx, spool.JetStreamOptions{Dir: b.TempDir(), MaxFrameBytes: 32 << 20, AckWait: time.Minute, MaxPending: 256})
	if err != nil {
		b.Fatal(err)
	}
	s, err := spool.Open(ctx, spool.Options{
		Store: store, Master: make([]byte, 32), MaxFrameBytes: 1 << 20, MaxEntryBytes: 32 << 20, MaxLaneBytes: 8 << 30, Patience: 10 * time.Second,
		Concurrency: 8, Compression: how, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.Close(ctx); err != nil {
			b.Error(err)
		}
	}()
	q, err := s.Queue(ctx, "main")
	if err != nil {
		b.Fatal(err)
	}
	var bodies [spoolers]corpora.Body
	turn := 0
	for i := range bodies {
		bodies[i] = corpora.NDJSON(seed+uint64(i), corpora.LargeBody)
		turn += len(bodies[i].Data)
	}
	b.SetBytes(int64(turn))
	b.ReportAllocs()
	turns, began := 0, cpuTime(b)
	for b.Loop() {
		appendAll(b, q, bodies[:], turns)
		turns++
	}
	stored := cpuTime(b)
	waiting, _, err := q.Stats(ctx)
	if err != nil {
		b.Fatal(err)
	}
	left := atomic.Int64{}
	left.Store(int64(turns * spoolers))
	done := make(chan struct{})
	q.Start(func(context.Context, *spool.Entry) spool.Outcome {
		if left.Add(-1) == 0 {
			close(done)
		}
		return spool.Outcome{}
	})
	<-done
	bytes := float64(turns) * float64(turn)
	b.ReportMetric((stored-began).Seconds()/bytes*1e9, "store-cpu-s/GB")
	b.ReportMetric((cpuTime(b)-stored).Seconds()/bytes*1e9, "deliver-cpu-s/GB")
	b.ReportMetric(float64(waiting.Bytes)/bytes, "stored/body")
}

// appendAll appends all bodies at once, as batches of a turn.
func appendAll(b *testing.B, q *spool.Queue, bodies []corpora.Body, turn int) {
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() {
			e := &spool.Entry{
				Tenant: "acme", Purpose: "operations", Received: time.Now(), Records: bodies[i].Records, Body: bodies[i].Data,
				Request: spool.Request{Protocol: bodies[i].Protocol, Method: "POST", Path: bodies[i].Path, ContentType: bodies[i].ContentType},
			}
			binary.BigEndian.PutUint64(e.ID[:], uint64(turn))
			binary.BigEndian.PutUint64(e.ID[8:], uint64(i))
			if err := q.Append(context.Background(), e); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

// cpuTime is what the process has had of the processors so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
