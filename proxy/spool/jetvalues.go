package spool

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"winnow/proxy/values"
)

// Values implements Store. The bucket is a stream as a client makes one for a bucket, but that a message of it may be deleted: a value that is
// destroyed is overwritten on disk.
func (j *JetStream) Values(ctx context.Context, name string) (values.Bucket, error) {
	js, err := j.at()
	if err != nil {
		return nil, err
	}
	v := &jetValues{j: j, bucket: "winnow_" + name}
	if err = patiently(ctx, func(ctx context.Context) error { return j.createBucket(ctx, js, v.bucket) }); err != nil {
		return nil, fmt.Errorf("values %s: %w", name, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.buckets[v.bucket] = true
	return v, nil
}

func (j *JetStream) createBucket(ctx context.Context, js jetstream.JetStream, bucket string) error {
	c := jetstream.StreamConfig{
		Name: streamOf(bucket), Subjects: []string{"$KV." + bucket + ".>"}, MaxMsgsPerSubject: 1, Storage: jetstream.FileStorage,
		Replicas: max(1, j.o.Replicas), Discard: jetstream.DiscardNew, AllowRollup: true, Duplicates: window,
		AllowDirect: j.o.Dir != "", // of a cluster's copies, one that is behind could answer that there is no such value
	}
	s, err := js.Stream(ctx, c.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = js.CreateOrUpdateStream(ctx, c) // another node may have made it meanwhile
	}
	if err != nil {
		return err
	}
	c.Metadata = map[string]string{identityKey: identityOf(s)}
	_, err = js.UpdateStream(ctx, c)
	return err
}

// identityKey names the identity of a bucket in its stream's metadata.
const identityKey = "winnow_identity"

// identityOf is when the stream of a bucket was made. That is in its metadata from then on: a cluster takes the time at which a stream is restored from a
// copy for that at which it was made, and keeps the copy's metadata.
func identityOf(s jetstream.Stream) string {
	info := s.CachedInfo()
	if id := info.Config.Metadata[identityKey]; id != "" {
		return id
	}
	return info.Created.UTC().Format(time.RFC3339Nano)
}

// streamOf is the stream of a bucket. It is as JetStream's clients make it, except that messages can be deleted: a value is destroyed so.
func streamOf(bucket string) string { return "KV_" + bucket }

// jetValues is a key-value bucket.
type jetValues struct {
	j      *JetStream
	bucket string
}

func (v *jetValues) kv(ctx context.Context) (jetstream.KeyValue, error) {
	js, err := v.j.at()
	if err != nil {
		return nil, err
	}
	return js.KeyValue(ctx, v.bucket)
}

// ask does what can be done twice, as soon as a cluster has a leader.
func (v *jetValues) ask(ctx context.Context, f func(ctx context.Context, kv jetstream.KeyValue) error) error {
	return patiently(ctx, func(ctx context.Context) error {
		kv, err := v.kv(ctx)
		if err == nil {
			err = f(ctx, kv)
		}
		return err
	})
}

// Get implements values.Bucket.
func (v *jetValues) Get(ctx context.Context, name string) ([]byte, error) {
	value, _, err := v.Look(ctx, name)
	return value, err
}

// Look implements values.Bucket.
func (v *jetValues) Look(ctx context.Context, name string) ([]byte, uint64, error) {
	var e jetstream.KeyValueEntry
	err := v.ask(ctx, func(ctx context.Context, kv jetstream.KeyValue) (err error) {
		e, err = kv.Get(ctx, name)
		return err
	})
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, values.ErrNone
	}
	if err != nil {
		return nil, 0, err
	}
	return e.Value(), e.Revision(), nil
}

// Revise implements values.Bucket.
func (v *jetValues) Revise(ctx context.Context, name string, value []byte, last uint64) (uint64, error) {
	kv, err := v.kv(ctx)
	if err != nil {
		return 0, err
	}
	var revision uint64
	if last == 0 {
		revision, err = kv.Create(ctx, name, value)
	} else {
		revision, err = kv.Update(ctx, name, value, last)
	}
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, values.ErrRevised
	}
	return revision, err
}

// Put implements values.Bucket.
func (v *jetValues) Put(ctx context.Context, name string, value []byte) error {
	return v.ask(ctx, func(ctx context.Context, kv jetstream.KeyValue) error {
		_, err := kv.Put(ctx, name, value)
		return err
	})
}

// Create implements values.Bucket.
func (v *jetValues) Create(ctx context.Context, name string, value []byte) error {
	kv, err := v.kv(ctx)
	if err != nil {
		return err
	}
	if _, err = kv.Create(ctx, name, value); errors.Is(err, jetstream.ErrKeyExists) {
		return values.ErrExists
	}
	return err
}

// Destroy implements values.Bucket: the message that holds the value is overwritten, and a marker tells those who watch.
func (v *jetValues) Destroy(ctx context.Context, name string) error {
	js, err := v.j.at()
	if err != nil {
		return err
	}
	kv, err := js.KeyValue(ctx, v.bucket)
	if err != nil {
		return err
	}
	e, err := kv.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := js.Stream(ctx, streamOf(v.bucket))
	if err != nil {
		return err
	}
	if err := erase(ctx, s, e.Revision()); err != nil {
		return err
	}
	return kv.Delete(ctx, name)
}

// Names implements values.Bucket.
func (v *jetValues) Names(ctx context.Context) ([]string, error) {
	names := map[string]bool{}
	err := v.ask(ctx, func(ctx context.Context, kv jetstream.KeyValue) error {
		clear(names)
		all, enough := context.WithCancel(ctx)
		defer enough()
		err := v.follow(all, kv, func(e jetstream.KeyValueEntry) {
			if e.Operation() == jetstream.KeyValuePut {
				names[strings.Clone(e.Key())] = true
			} else {
				delete(names, e.Key())
			}
		}, enough, jetstream.MetaOnly())
		if ctx.Err() == nil && all.Err() != nil {
			return nil
		}
		return err
	})
	return slices.Collect(maps.Keys(names)), err
}

// Watch implements values.Bucket.
func (v *jetValues) Watch(ctx context.Context, change func(name string, value []byte), first func()) error {
	kv, err := v.kv(ctx)
	if err != nil {
		return err
	}
	return v.follow(ctx, kv, func(e jetstream.KeyValueEntry) {
		if e.Operation() == jetstream.KeyValuePut {
			change(strings.Clone(e.Key()), e.Value())
		} else {
			change(strings.Clone(e.Key()), nil)
		}
	}, first)
}

// follow shows what there is and what changes, until ctx is done. Any of a cluster's copies may be asked, and one that is behind has less: first is
// called when what the leader had at the beginning was shown, or maxBehind is over, as what came last may have been removed without a trace.
func (v *jetValues) follow(ctx context.Context, kv jetstream.KeyValue, change func(jetstream.KeyValueEntry), first func(), how ...jetstream.WatchOpt) error {
	last, err := v.last(ctx)
	if err != nil {
		return err
	}
	w, err := kv.WatchAll(ctx, how...)
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	behind := time.NewTimer(maxBehind)
	defer behind.Stop()
	var shown uint64
	for all, late, told := false, false, false; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-behind.C:
			late = true
		case e, open := <-w.Updates():
			switch {
			case !open:
				return errors.New("the watch ended")
			case e == nil:
				all = true
			default:
				shown = e.Revision()
				change(e)
			}
		}
		if !told && all && (shown >= last || late) {
			told = true
			first()
		}
	}
}

// last is the revision of the last value, as the leader has it.
func (v *jetValues) last(ctx context.Context) (uint64, error) {
	js, err := v.j.at()
	if err != nil {
		return 0, err
	}
	s, err := js.Stream(ctx, streamOf(v.bucket))
	if err != nil {
		return 0, err
	}
	return s.CachedInfo().State.LastSeq, nil
}

// Identity tells this bucket from one that is made in its place when it is gone. It is the same for a copy that is restored.
func (v *jetValues) Identity(ctx context.Context) (id string, err error) {
	err = patiently(ctx, func(ctx context.Context) error {
		js, err := v.j.at()
		if err != nil {
			return err
		}
		stream, err := js.Stream(ctx, streamOf(v.bucket))
		if err == nil {
			id = identityOf(stream)
		}
		return err
	})
	return id, err
}
