package spool

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"winnow/proxy/pause"
)

// jetLane is a stream.
type jetLane struct {
	j             *JetStream
	name, subject string
	limit         int64

	mu      sync.Mutex
	flow    *flow  // nil: none yet on this connection
	taker   string // the lane's consumer, as this one made it; empty: none yet
	settled settledFrames
}

// create makes the stream, or what it has of this lane's settings, and its consumer.
func (l *jetLane) create(ctx context.Context, js jetstream.JetStream) error {
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: l.name, Subjects: []string{l.subject, l.subject + ".*"}, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage,
		MaxBytes: l.limit, Discard: jetstream.DiscardNew, Replicas: max(1, l.j.o.Replicas), Duplicates: window,
		MaxMsgSize: int32(l.j.o.MaxFrameBytes + maxOverhead), Compression: jetstream.NoCompression,
		AllowDirect: l.j.o.Dir != "", // reads without JSON; of a cluster's copies, one that is behind could answer
	})
	if err == nil && l.j.o.Dir != "" {
		err = l.reclaim(ctx, js)
	}
	return err
}

// ownConsumer is the name of the consumer of a lane that nobody shares, in all versions.
const ownConsumer = "deliver"

// reclaim makes the lane's consumer anew, which has given nothing to anybody yet. In a cluster it has a name of its own, so that what a node that was stopped
// acknowledges late, or asks for, is about a consumer that is gone.
func (l *jetLane) reclaim(ctx context.Context, js jetstream.JetStream) error {
	if err := l.release(ctx, js); err != nil {
		return err
	}
	name := ownConsumer
	if l.j.o.Dir == "" {
		name = rand.Text()
	}
	_, err := js.CreateOrUpdateConsumer(ctx, l.name, jetstream.ConsumerConfig{
		Durable: name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: l.j.o.AckWait, MaxAckPending: l.j.o.MaxPending, MaxDeliver: -1,
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taker = name
	return nil
}

// release removes all consumers of the lane.
func (l *jetLane) release(ctx context.Context, js jetstream.JetStream) error {
	l.mu.Lock()
	l.taker = ""
	l.mu.Unlock()
	s, err := js.Stream(ctx, l.name)
	if err != nil {
		return err
	}
	list := s.ConsumerNames(ctx)
	for name := range list.Name() {
		if err := js.DeleteConsumer(ctx, l.name, name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return err
		}
	}
	return list.Err()
}

// taking is the name of the lane's consumer; it is made if this one has made none.
func (l *jetLane) taking(ctx context.Context) (string, error) {
	l.mu.Lock()
	name := l.taker
	l.mu.Unlock()
	if name != "" {
		return name, nil
	}
	if err := l.Reclaim(ctx); err != nil {
		return "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taker, nil
}

// Reclaim implements Lane.
func (l *jetLane) Reclaim(ctx context.Context) error { return l.anew(ctx, l.reclaim) }

// Release implements Lane.
func (l *jetLane) Release(ctx context.Context) error { return l.anew(ctx, l.release) }

// anew ends what is under way, and does something about the lane's consumers.
func (l *jetLane) anew(ctx context.Context, do func(context.Context, jetstream.JetStream) error) error {
	js, err := l.j.at()
	if err != nil {
		return err
	}
	l.drop()
	return patiently(ctx, func(ctx context.Context) error { return do(ctx, js) })
}

// of is the subject of a source's frames.
func (l *jetLane) of(source string) string {
	if source == "" {
		return l.subject
	}
	return l.subject + "." + source
}

// Append implements Lane.
func (l *jetLane) Append(ctx context.Context, source, id string, frame []byte) (uint64, error) {
	js, err := l.j.at()
	if err != nil {
		return 0, err
	}
	if err := l.j.synced(); err != nil {
		return 0, err
	}
	ack, err := l.publish(ctx, js, l.of(source), id, frame)
	var api *jetstream.APIError
	if errors.As(err, &api) && isFull(api) {
		return 0, errLaneFull
	}
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// publish waits for a leader if there is none at the moment, until ctx is done.
func (l *jetLane) publish(ctx context.Context, js jetstream.JetStream, subject, id string, frame []byte) (ack *jetstream.PubAck, err error) {
	for {
		ack, err = js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: frame}, jetstream.WithMsgID(id), jetstream.WithExpectStream(l.name))
		if !electing(err) && !errors.Is(err, jetstream.ErrNoStreamResponse) || ctx.Err() != nil {
			return ack, err
		}
		pause.For(ctx, electionPause)
	}
}

// isFull tells the refusal for a bound of the stream from others.
func isFull(e *jetstream.APIError) bool {
	switch uint16(e.ErrorCode) {
	case uint16(server.JSStreamStoreFailedF): // of a bound, and of the disk: the text tells
		return strings.Contains(e.Description, "maximum")
	case uint16(server.JSInsufficientResourcesErr), uint16(server.JSAccountResourcesExceededErr), uint16(server.JSStorageResourcesExceededErr):
		return true
	}
	return false
}

// settledFrames remembers the numbers of the last frames that were acknowledged. It is safe for concurrent use.
type settledFrames struct {
	mu    sync.Mutex
	known map[uint64]bool
	ring  [settledMemory]uint64
	next  int
}

// settledMemory is more than can be on the way from a server.
const settledMemory = 4096

func (s *settledFrames) has(number uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[number]
}

// between counts the numbers from first to last.
func (s *settledFrames) between(first, last uint64) (n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for number := range s.known {
		if first <= number && number <= last {
			n++
		}
	}
	return n
}

func (s *settledFrames) add(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[number] {
		return
	}
	delete(s.known, s.ring[s.next])
	s.ring[s.next], s.known[number] = number, true
	s.next = (s.next + 1) % settledMemory
}

// Remove implements Lane.
func (l *jetLane) Remove(ctx context.Context, number uint64) error {
	s, err := l.stream(ctx)
	if err != nil {
		return err
	}
	if err := erase(ctx, s, number); err != nil {
		return err
	}
	l.settled.add(number)
	return nil
}

// erase overwrites a message. One that is gone is no error.
func erase(ctx context.Context, s jetstream.Stream, number uint64) error {
	err := s.SecureDeleteMsg(ctx, number)
	if errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		if _, missing := s.GetMsg(ctx, number); errors.Is(missing, jetstream.ErrMsgNotFound) {
			return nil
		}
	}
	return err
}

// Stats implements Lane.
func (l *jetLane) Stats(ctx context.Context) (LaneStats, error) {
	s, err := l.stream(ctx)
	if err != nil {
		return LaneStats{}, err
	}
	i := s.CachedInfo().State // of this moment: stream has asked for it
	return LaneStats{Frames: i.Msgs, Bytes: i.Bytes, First: i.FirstSeq, Last: i.LastSeq, Settled: l.settled.between(i.FirstSeq, i.LastSeq)}, nil
}

// stream asks for the stream and its state.
func (l *jetLane) stream(ctx context.Context) (s jetstream.Stream, err error) {
	err = patiently(ctx, func(ctx context.Context) error {
		js, err := l.j.at()
		if err == nil {
			s, err = js.Stream(ctx, l.name)
		}
		return err
	})
	return s, err
}
