package spool

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Values implements Store. The bucket is a stream as a client makes one for a bucket, but that a message of it may be deleted: a value that is
// destroyed is overwritten on disk.
func (j *JetStream) Values(ctx context.Context, name string) (Values, error) {
	js, err := j.at()
	if err != nil {
		return nil, err
	}
	v := &jetValues{j: j, bucket: "winnow_" + name}
	_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "KV_" + v.bucket, Subjects: []string{"$KV." + v.bucket + ".>"}, MaxMsgsPerSubject: 1, Storage: jetstream.FileStorage,
		Replicas: max(1, j.o.Replicas), AllowRollup: true, AllowDirect: true, Duplicates: window, Discard: jetstream.DiscardNew,
	})
	if err != nil {
		return nil, fmt.Errorf("values %s: %w", name, err)
	}
	return v, nil
}

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

// Get implements Values.
func (v *jetValues) Get(ctx context.Context, name string) ([]byte, error) {
	kv, err := v.kv(ctx)
	if err != nil {
		return nil, err
	}
	e, err := kv.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, ErrNoValue
	}
	if err != nil {
		return nil, err
	}
	return e.Value(), nil
}

// Put implements Values.
func (v *jetValues) Put(ctx context.Context, name string, value []byte) error {
	kv, err := v.kv(ctx)
	if err == nil {
		_, err = kv.Put(ctx, name, value)
	}
	return err
}

// Create implements Values.
func (v *jetValues) Create(ctx context.Context, name string, value []byte) error {
	kv, err := v.kv(ctx)
	if err != nil {
		return err
	}
	if _, err = kv.Create(ctx, name, value); errors.Is(err, jetstream.ErrKeyExists) {
		return ErrValueExists
	}
	return err
}

// Destroy implements Values: the message that holds the value is overwritten, and a marker tells those who watch.
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
	s, err := js.Stream(ctx, "KV_"+v.bucket)
	if err != nil {
		return err
	}
	if err := s.SecureDeleteMsg(ctx, e.Revision()); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return err
	}
	return kv.Delete(ctx, name)
}

// Names implements Values.
func (v *jetValues) Names(ctx context.Context) ([]string, error) {
	kv, err := v.kv(ctx)
	if err != nil {
		return nil, err
	}
	list, err := kv.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil, nil
	}
	return list, err
}

// Watch implements Values.
func (v *jetValues) Watch(ctx context.Context, change func(name string, value []byte), first func()) error {
	kv, err := v.kv(ctx)
	if err != nil {
		return err
	}
	w, err := kv.WatchAll(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, open := <-w.Updates():
			switch {
			case !open:
				return errors.New("the watch ended")
			case e == nil:
				first()
			case e.Operation() == jetstream.KeyValuePut:
				change(strings.Clone(e.Key()), e.Value())
			default:
				change(strings.Clone(e.Key()), nil)
			}
		}
	}
}
