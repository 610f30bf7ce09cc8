package spool

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/values"
)

// Options are what a Spool is made of. Sizes are bytes.
type Options struct {
	// Store keeps the lanes. The Spool closes it.
	Store Store
	// Master is the secret under which data keys are wrapped.
	Master []byte
	// MaxFrameBytes is how large a frame grows before the next is begun; a larger entry is a frame of its own, up to MaxEntryBytes.
	MaxFrameBytes, MaxEntryBytes int
	// MaxLaneBytes bounds what waits in a lane; above it Append refuses.
	MaxLaneBytes int64
	// MaxAge bounds how long anything is kept, from when its request was seen; what is older is erased. 0: for ever.
	MaxAge time.Duration
	// MaxAges are those of single purposes, in place of MaxAge.
	MaxAges map[string]time.Duration
	// Held tells whether what is too old of a tenant stays, for a legal hold, or because nobody knows; of no tenant, whether that is so for any. It
	// is parked then, and never delivered. Nil: never.
	Held func(tenant string) bool
	// Shared says that other nodes have the store too.
	Shared bool
	// Looking says that nothing is delivered here: of a shared store no lane is taken, and no mark is written.
	Looking bool
	// Compression of what is stored from now on.
	Compression Compression
	// Patience with a store that does not answer, before it is started anew.
	Patience time.Duration
	// Concurrency is how many deliveries of one lane are under way at once.
	Concurrency int
	// Space refuses with an error while the disk is nearly full. Nil: never.
	Space func() error
	// FrameScale shrinks frames under pressure: 1 is full size. Nil: 1.
	FrameScale func() float64
	// Log hears of what an operator should know. Never of what is in a batch.
	Log *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// frameBytes is how large a frame may grow now.
func (o *Options) frameBytes() int {
	if o.FrameScale == nil {
		return o.MaxFrameBytes
	}
	return int(float64(o.MaxFrameBytes) * o.FrameScale())
}

// Spool keeps batches until they are delivered. It is safe for concurrent use.
type Spool struct {
	o    Options
	keys *keyring
	pack *packer

	leases *leases // nil: nobody else has the store
	marks  values.Bucket

	end        context.CancelFunc // of what runs in the background
	background sync.WaitGroup
	endSharing context.CancelFunc // of leases
	sharing    sync.WaitGroup

	ages     atomic.Pointer[maxAges]
	heldBack atomic.Int64 // batches, by the last Expire

	reviving sync.Mutex
	revived  time.Time
	restarts atomic.Int64

	mu    sync.Mutex
	lanes map[string]*Queue
}

// Open opens a spool on a store. Lanes are opened as they are named.
func Open(ctx context.Context, o Options) (*Spool, error) {
	values, err := o.Store.Values(ctx, "keys")
	if err != nil {
		return nil, err
	}
	erased, err := o.Store.Values(ctx, "erased")
	if err != nil {
		return nil, err
	}
	marks, err := o.Store.Values(ctx, "marks")
	if err != nil {
		return nil, err
	}
	behind := time.Duration(0)
	if o.Shared {
		behind = maxBehind
	}
	keys, err := newKeyring(ctx, values, erased, o.Master, behind)
	if err != nil {
		return nil, err
	}
	pack, err := newPacker(o.Compression)
	if err != nil {
		return nil, err
	}
	s := &Spool{o: o, keys: keys, pack: pack, marks: marks, lanes: map[string]*Queue{}}
	s.SetAges(o.MaxAge, o.MaxAges)
	var background context.Context
	background, s.end = context.WithCancel(context.Background())
	s.background.Go(func() { keys.follow(background) })
	s.background.Go(func() { s.watch(background) })
	if o.Shared {
		bucket, err := o.Store.Values(ctx, "leases")
		if err != nil {
			s.end()
			s.background.Wait()
			return nil, err
		}
		s.leases = newLeases(bucket)
		var held context.Context
		if held, s.endSharing = context.WithCancel(context.Background()); !o.Looking {
			s.sharing.Go(func() { s.leases.run(held) })
		}
	}
	return s, nil
}

// Queue is one lane at work: it takes entries and delivers them.
type Queue struct {
	spool  *Spool
	name   string
	lane   Lane
	parked Lane
	late   deferred
	writer *writer
	ledger Ledger
	seen   numbering
	marks  marks
	own    uint64 // the writer's id

	tenure   atomic.Pointer[tenure] // nil: another node has the lane; never used where nobody shares the store
	counting sync.Mutex
	serving  atomic.Bool            // the lane is this node's, and counted
	adopted  map[uint64]Header      // by writer: the end of what was counted when the lane became this node's; nil: it is not
	wrote    Header                 // the end of what this node stored
	letGo    uint64                 // frames up to this number were, before this node had the lane, though some are there still
	from     uint64                 // the number of the first frame that waited when the lane was counted
	damaged  atomic.Pointer[string] // the server whose copy of the lane lacked frames that another had; nil: none

	handling sync.Mutex // what is parked

	aging  sync.Mutex
	first  uint64    // the oldest frame that was looked at
	oldest time.Time // when its first batch was received

	stop    chan struct{} // nil until Start
	cut     context.CancelFunc
	stopped chan struct{}
}

// parkedSuffix makes the name of the lane that holds what is parked of another. It has a capital, which no lane of an upstream can have.
const parkedSuffix = "_Parked"

// maxParkedBytes bounds what is set aside of a lane.
const maxParkedBytes = 1 << 30

// Queue opens a lane by name. It takes entries at once, and delivers from Start on.
func (s *Spool) Queue(ctx context.Context, name string) (*Queue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.lanes[name]; q != nil {
		return nil, fmt.Errorf("lane %s is open already", name)
	}
	lane, err := s.o.Store.Lane(ctx, name, s.o.MaxLaneBytes)
	if err != nil {
		return nil, err
	}
	parked, err := s.o.Store.Lane(ctx, name+parkedSuffix, maxParkedBytes)
	if err != nil {
		return nil, err
	}
	q := &Queue{spool: s, name: name, lane: lane, parked: parked, stopped: make(chan struct{})}
	q.late.lane, err = s.o.Store.Lane(ctx, name+lateSuffix, max(minLateBytes, s.o.MaxLaneBytes/4))
	if err != nil {
		return nil, err
	}
	var id [8]byte
	rand.Read(id[:])
	q.own = binary.BigEndian.Uint64(id[:])
	var known []ID
	switch {
	case s.leases == nil:
		known, err = q.count(ctx)
	case s.o.Looking:
		err = q.tally(ctx)
	default:
		known, err = q.recall(ctx)
	}
	if err != nil {
		return nil, err
	}
	q.writer = newWriter(q, s.revive)
	q.writer.remember(known)
	s.lanes[name] = q
	return q, nil
}

// Append seals an entry and returns when it is on stable storage. The body is the caller's again then.
func (q *Queue) Append(ctx context.Context, e *Entry) error {
	b, err := q.sealed(ctx, e)
	if err != nil {
		q.ledger.Received.add(1, e.Records)
		q.ledger.Refused.add(1, e.Records)
		return err
	}
	return q.writer.append(ctx, b, received)
}

// sealed is an entry as it goes into a frame.
func (q *Queue) sealed(ctx context.Context, e *Entry) (b sealed, err error) {
	if space := q.spool.o.Space; space != nil {
		if err := space(); err != nil {
			return sealed{}, err
		}
	}
	key, err := q.spool.keys.current(ctx, e.Tenant, e.Purpose, e.Received)
	if err != nil {
		return sealed{}, err
	}
	b = sealed{ID: e.ID, Key: key.id, Records: uint32(e.Records)}
	b.Bytes = key.seal(nil, e.ID, q.spool.pack.pack(appendEntry(make([]byte, 0, len(e.Body)+256), e), e.Request.Fixed))
	if len(b.Bytes)+frameHead+batchHead > q.spool.o.MaxEntryBytes {
		return sealed{}, ErrTooBig
	}
	return b, nil
}

// Ledger of the lane. Not to be changed.
func (q *Queue) Ledger() *Ledger { return &q.ledger }

// Name of the lane.
func (q *Queue) Name() string { return q.name }

// Stats of what the lane holds, the bytes of what is deferred included, and of what is parked.
func (q *Queue) Stats(ctx context.Context) (waiting, parked LaneStats, err error) {
	if waiting, err = q.lane.Stats(ctx); err != nil {
		return waiting, parked, err
	}
	late, err := q.late.lane.Stats(ctx)
	if err != nil {
		return waiting, parked, err
	}
	waiting.Bytes += late.Bytes
	parked, err = q.parked.Stats(ctx)
	return waiting, parked, err
}

// Erase destroys the keys of all that waits and is parked for a tenant, and of one purpose only if that is not empty. It returns how many
// keys there were. What was sealed with them can never be read again; it leaves the lanes as it comes up for delivery.
func (s *Spool) Erase(ctx context.Context, tenant, purpose string) (keys int, err error) {
	return s.keys.destroy(ctx, tenant, purpose)
}

// revive starts the store anew, at most once for all who find it dead at the same time.
func (s *Spool) revive(ctx context.Context) error {
	began := s.o.Now()
	s.reviving.Lock()
	defer s.reviving.Unlock()
	if s.revived.After(began) || ctx.Err() != nil {
		return ctx.Err()
	}
	s.o.Log.Error("the spool's store does not answer: it is started anew")
	limit, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	s.restarts.Add(1)
	err := s.o.Store.Restart(limit)
	s.revived = s.o.Now()
	if err != nil {
		s.o.Log.Error("the spool's store did not start", "error", err.Error())
	}
	return err
}

// Close stores what is being taken, stops delivering, and closes the store. What waits, waits.
func (s *Spool) Close(ctx context.Context) error {
	s.end()
	s.background.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.lanes {
		q.writer.close(ctx)
	}
	var ending sync.WaitGroup
	for _, q := range s.lanes {
		ending.Go(func() { q.end(ctx) })
	}
	ending.Wait()
	if s.leases != nil {
		s.endSharing()
		s.sharing.Wait()
	}
	var errs []error
	for _, q := range s.lanes {
		if s.leases == nil { // else done as each was left
			errs = append(errs, q.closeMarks(ctx))
		}
	}
	s.lanes = map[string]*Queue{}
	return errors.Join(append(errs, s.o.Store.Close())...)
}

// Queues that are open.
func (s *Spool) Queues() []*Queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.lanes), func(a, b *Queue) int { return strings.Compare(a.name, b.name) })
}

// Warnings are what an operator should mend or know of, though batches are taken.
func (s *Spool) Warnings() []string {
	list := s.o.Store.Warnings()
	for _, q := range s.Queues() {
		list = append(list, q.warnings()...)
	}
	return list
}

// Restarts is how often the store did not answer and was started anew.
func (s *Spool) Restarts() int64 { return s.restarts.Load() }

// Down is nil as long as the store can be reached.
func (s *Spool) Down() error { return s.o.Store.Health() }

// Health is nil as long as batches can be taken, and none was lost.
func (s *Spool) Health() error {
	errs := []error{s.o.Store.Health()}
	if s.o.Space != nil {
		errs = append(errs, s.o.Space())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.lanes {
		if n := q.Missing(); n > 0 {
			errs = append(errs, fmt.Errorf("lane %s: the store has lost %d frames", q.name, n))
		}
		if n := q.ledger.Lost.Batches.Load(); n > 0 {
			errs = append(errs, fmt.Errorf("lane %s: %d batches are missing in the numbering", q.name, n))
		}
	}
	return errors.Join(errs...)
}
