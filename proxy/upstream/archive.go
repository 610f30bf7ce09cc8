package upstream

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"winnow/proxy/codec"
)

// Store keeps objects.
type Store interface {
	// Put stores an object whole or not at all; what was stored under the key before is replaced. The error may be a Failure.
	Put(ctx context.Context, key string, body []byte) error
}

// Failure is an error of a Store that says what it means. Its text never holds what the store said.
type Failure interface {
	error
	// Refusal says why in the protocols' words, and whether the same object may be taken when it is tried again.
	Refusal() (why codec.Refusal, again bool)
}

// ArchiveOptions are what an archive is made of.
type ArchiveOptions struct {
	// ID of the upstream, for the log.
	ID string
	// Store that objects go to.
	Store Store
	// Prefix of every key, without slashes at its ends; may be empty.
	Prefix string
	// ObjectBytes, uncompressed, end an object, or the time FlushInterval since its first batch.
	ObjectBytes   int
	FlushInterval time.Duration
	// Timeout of storing an object, all attempts together.
	Timeout time.Duration
	// Now is the clock.
	Now func() time.Time
	// Log is told of objects that could not be stored: the kind of failure.
	Log *slog.Logger
}

// Archive writes batches into objects of a store: newline-delimited JSON, compressed with zstd.
//
// Batches that come within a short time share an object, and each is acknowledged once that is stored. An object's key is
//
//	<prefix>/dt=<YYYY-MM-DD>/hour=<HH>/<time>-<random>-<number>.ndjson.zst
//
// by the time at which its first batch came, in UTC; random is of this process, and the number counts its objects. An attempt that
// failed is made again with the same key and the same bytes, so that an object whose acknowledgement was lost is there once.
//
// Memory is bounded: batches wait in the buffers of their requests, and puts objects are compressed and on their way at a time.
type Archive struct {
	o       ArchiveOptions
	in      intake
	breaker breaker
	random  string
	work    chan *group
	workers sync.WaitGroup
}

// group is the batches of one object.
type group struct {
	key   string
	list  []*Delivery
	bytes int
	until time.Time // when its clients are told that it was too late
}

// puts is how many objects are on their way at a time.
const puts = 4

// archiveWindow is the compressor's memory of what came before, in bytes: what gzip's 32 KiB find in logs is nearly all there is to find.
const archiveWindow = 1 << 20

// NewArchive starts an archive. The error is about the compressor.
func NewArchive(o ArchiveOptions) (*Archive, error) {
	var id [6]byte
	rand.Read(id[:])
	a := &Archive{
		o: o, in: newIntake(), work: make(chan *group), random: hex.EncodeToString(id[:]),
		breaker: breaker{now: o.Now, random: mathrand.Int64N},
	}
	var writers [puts]*zstd.Encoder
	for i := range writers {
		var err error
		if writers[i], err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(archiveWindow), zstd.WithLowerEncoderMem(true)); err != nil {
			return nil, fmt.Errorf("upstream %q: zstd: %w", o.ID, err)
		}
	}
	for _, w := range writers {
		a.workers.Go(func() { a.putAll(w) })
	}
	a.workers.Go(a.gather)
	return a, nil
}

// Deliver implements Upstream. It returns when the batch is in the store, or cannot be.
func (a *Archive) Deliver(d *Delivery) (codec.Response, error) {
	if a.breaker.resting() {
		return codec.Response{}, ErrResting
	}
	late := time.NewTimer(a.o.Timeout)
	defer late.Stop()
	d.since = a.o.Now()
	if err := a.in.enter(d, late.C); err != nil {
		return codec.Response{}, err
	}
	return d.Codec.Accept(d.Batch), nil
}

// Ask implements Upstream.
func (a *Archive) Ask(*Delivery) (codec.Response, error) { return codec.Response{}, ErrSilent }

// Up implements Upstream.
func (a *Archive) Up() bool { return a.breaker.up() }

// Close stores what was accepted, without waiting for more to come.
func (a *Archive) Close() error {
	a.in.close()
	a.workers.Wait()
	return nil
}

// gather is the one goroutine that makes groups. While all of puts objects are on their way the next group waits with them, and
// deliveries in the intake.
func (a *Archive) gather() {
	defer close(a.work)
	for n := 0; ; n++ {
		first, ok := <-a.in.queue
		if !ok {
			return
		}
		g := a.begin(first, n)
		a.fill(g)
		a.work <- g
	}
}

// begin makes the group of a first batch.
func (a *Archive) begin(first *Delivery, n int) *group {
	at := first.since.UTC()
	key := fmt.Sprintf("dt=%s/hour=%02d/%s-%s-%06d.ndjson.zst", at.Format("2006-01-02"), at.Hour(), at.Format("20060102T150405.000Z"), a.random, n)
	if a.o.Prefix != "" {
		key = a.o.Prefix + "/" + key
	}
	return &group{key: key, list: []*Delivery{first}, bytes: len(first.wire), until: at.Add(a.o.FlushInterval + a.o.Timeout)}
}

// fill takes in what comes until the group is large enough, its time is up, or nothing more will come.
func (a *Archive) fill(g *group) {
	up := time.NewTimer(g.until.Sub(a.o.Now()) - a.o.Timeout)
	defer up.Stop()
	for g.bytes < a.o.ObjectBytes {
		select {
		case d, ok := <-a.in.queue:
			if !ok {
				return
			}
			g.list = append(g.list, d)
			g.bytes += len(d.wire)
		case <-up.C:
			return
		}
	}
}

// putAll stores one group after the other.
func (a *Archive) putAll(w *zstd.Encoder) {
	var body bytes.Buffer
	for g := range a.work {
		err := a.put(g, w, &body)
		for _, d := range g.list {
			d.done <- err
		}
		if body.Cap() > maxKept {
			body = bytes.Buffer{}
		}
	}
}

// put stores one group.
func (a *Archive) put(g *group, w *zstd.Encoder, body *bytes.Buffer) error {
	left := g.until.Sub(a.o.Now())
	switch {
	case g.bytes == 0:
		return nil // policy emptied every batch
	case left <= 0:
		return errBehind
	case !a.breaker.allow():
		return ErrResting
	}
	body.Reset()
	w.Reset(body)
	for _, d := range g.list {
		_, _ = w.Write(d.wire) // into memory, as is what Close has to say
	}
	if w.Close() != nil {
		a.breaker.succeed() // the store has no part in it
		return errEncoding
	}
	ctx, cancel := context.WithTimeout(context.Background(), left)
	defer cancel()
	return a.store(ctx, g.key, body.Bytes())
}

// store tries until the object is stored, the store refuses it, or the time is up.
func (a *Archive) store(ctx context.Context, key string, body []byte) error {
	for attempts := 1; ; attempts++ {
		err := a.o.Store.Put(ctx, key, body)
		if err == nil {
			a.breaker.succeed()
			return nil
		}
		told, kind, may := failure(err)
		if may && again(ctx, attempts) {
			continue
		}
		if told == errUpstreamBusy {
			a.breaker.succeed()
		} else {
			a.breaker.fail()
		}
		a.o.Log.Warn("an object was not stored", "upstream", a.o.ID, "kind", kind, "attempts", attempts)
		return told
	}
}

// failure is an error of the store in the protocols' words, its kind, and whether another attempt may mend it.
func failure(err error) (told *Error, kind string, may bool) {
	var f Failure
	if !errors.As(err, &f) {
		return errDown, "unknown", true
	}
	why, may := f.Refusal()
	switch {
	case why == codec.Busy:
		return errUpstreamBusy, f.Error(), may
	case why == codec.UpstreamTimeout:
		return errTimeout, f.Error(), may
	case may:
		return errDown, f.Error(), true
	}
	return errAnswer, f.Error(), false
}
