package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"winnow/proxy/pause"
)

// JetStreamOptions say where JetStream is: embedded in a folder, or a cluster behind URLs.
type JetStreamOptions struct {
	// Dir of the embedded server. Empty: URLs.
	Dir string
	// URLs of an external cluster, and how to sign in to it.
	URLs    []string
	Connect []nats.Option
	// Monitors are the monitoring pages of all servers of an external cluster, which must say that they write before they acknowledge; see
	// VerifySync. With MemoryAcks a cluster that does not, or is not known to, is used all the same, with a warning.
	Monitors   []string
	MemoryAcks bool
	// Replicas of every stream: 1 embedded, 3 in a cluster.
	Replicas int
	// MaxFrameBytes bounds one message.
	MaxFrameBytes int
	// AckWait is how long a frame that was given may take before it comes again. It is longer than a delivery's time-out.
	AckWait time.Duration
	// MaxPending is how many frames may be given and not acknowledged.
	MaxPending int
	// Log hears of what was found damaged. Nil: nobody.
	Log *slog.Logger
	// Now is the clock. Nil: the system's.
	Now func() time.Time
}

func (o *JetStreamOptions) log() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

// JetStream is a Store on NATS JetStream, with an fsync before every acknowledgement: the embedded server runs with sync_interval
// "always", and of an external one it must be known (VerifySync).
//
// A lane is a stream with work-queue retention, a subject for each source of its frames and one durable pull consumer, a bound in bytes that refuses
// what is new, and no compression (it turns one flipped byte into the loss of a stream). A bucket of values is a JetStream key-value bucket.
type JetStream struct {
	o JetStreamOptions

	mu     sync.RWMutex
	server *server.Server // nil: external
	conn   *nats.Conn
	js     jetstream.JetStream
	lanes  map[string]*jetLane
	// buckets that are open, by their names
	buckets map[string]bool
	closed  bool

	following sync.WaitGroup
	unfollow  context.CancelFunc

	verdict  sync.Mutex
	unsynced error // why acknowledgements may be of memory alone; nil: they are not

	verifying sync.Mutex
	known     map[string]bool // ids of servers that said so

	silence sync.Mutex
	silent  int // restarts without a pause between them
	last    time.Time
}

// window in which an id of a frame is remembered.
const window = 2 * time.Minute

// OpenJetStream starts the embedded server, or connects to the external one.
func OpenJetStream(ctx context.Context, o JetStreamOptions) (*JetStream, error) {
	j := &JetStream{o: o, lanes: map[string]*jetLane{}, buckets: map[string]bool{}, known: map[string]bool{}}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	var following context.Context
	following, j.unfollow = context.WithCancel(context.Background())
	if o.Dir == "" {
		j.following.Go(func() { j.follow(following) })
	}
	return j, nil
}

// A connection whose server is out of reach without a word is given up after pingsLost+1 pings, and another server taken.
const (
	pingEvery = 2 * time.Second
	pingsLost = 2
)

// maxOverhead of a message beside its frame: subject and headers.
const maxOverhead = 64 << 10

func (j *JetStream) open(ctx context.Context) (err error) {
	connect := append([]nats.Option{
		nats.Name("winnow"), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsLost),
	}, j.o.Connect...)
	url := ""
	if j.o.Dir != "" {
		if err = checkMarker(j.o.Dir); err != nil {
			return err
		}
		if j.server, err = startServer(ctx, j.o); err != nil {
			return err
		}
		connect = append(connect, nats.InProcessServer(j.server))
	} else {
		if err = j.verify(ctx); err != nil {
			return err
		}
		url = strings.Join(j.o.URLs, ",")
	}
	if j.conn, err = nats.Connect(url, connect...); err != nil {
		j.stop()
		return fmt.Errorf("nats: %w", err)
	}
	if most := j.conn.MaxPayload(); most < int64(j.o.MaxFrameBytes+maxOverhead) {
		j.stop()
		return fmt.Errorf("nats takes messages of at most %d bytes: write max_payload: %d into its configuration", most, j.o.MaxFrameBytes+maxOverhead)
	}
	if j.js, err = jetstream.New(j.conn); err != nil {
		j.stop()
		return fmt.Errorf("jetstream: %w", err)
	}
	if j.o.Dir == "" {
		return nil
	}
	if err = j.setAside(ctx); err != nil {
		j.stop()
	}
	return err
}

// startServer starts the embedded server, which listens nowhere.
func startServer(ctx context.Context, o JetStreamOptions) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "winnow", DontListen: true, NoSigs: true, NoLog: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: o.Dir, SyncAlways: true, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 62,
		MaxPayload: int32(o.MaxFrameBytes + maxOverhead),
	})
	if err != nil {
		return nil, fmt.Errorf("embedded nats: %w", err)
	}
	go s.Start()
	limit := time.Minute
	if at, ok := ctx.Deadline(); ok {
		limit = time.Until(at)
	}
	if !s.ReadyForConnections(limit) {
		s.Shutdown()
		return nil, errors.New("embedded nats: not ready in time")
	}
	return s, nil
}

// flushTime bounds the last words to a server.
const flushTime = 2 * time.Second

// stop lets go of connection and server.
func (j *JetStream) stop() {
	if j.conn != nil {
		_ = j.conn.FlushTimeout(flushTime) // frames given back
		j.conn.Close()
	}
	if j.server != nil {
		j.server.Shutdown()
		j.server.WaitForShutdown()
	}
	j.conn, j.server, j.js = nil, nil, nil
}

// Restart implements Store. After an I/O error JetStream answers nothing until its server is started anew. A cluster that can be reached is
// left to choose its leaders; if that takes too long, it is asked by another of its servers.
func (j *JetStream) Restart(ctx context.Context) error {
	if j.reached() {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return ErrClosed
	}
	j.stop()
	if err := j.open(ctx); err != nil {
		return err
	}
	if j.o.Dir == "" {
		return nil
	}
	for _, l := range j.lanes { // one may have been set aside
		if err := l.create(ctx, j.js); err != nil {
			return err
		}
	}
	for bucket := range j.buckets {
		if err := j.createBucket(ctx, j.js, bucket); err != nil {
			return err
		}
	}
	return nil
}

// What answers nothing, restart after restart, is a server that is cut off from the others: it still takes what nobody can acknowledge.
const (
	silentRestarts = 3
	silentPause    = 10 * time.Second // after which a restart is the first again
)

// reached tells whether the server of a cluster that this is connected to answers.
func (j *JetStream) reached() bool {
	j.mu.RLock()
	conn := j.conn
	j.mu.RUnlock()
	if j.o.Dir != "" || conn == nil || conn.FlushTimeout(flushTime) != nil {
		return false
	}
	j.silence.Lock()
	defer j.silence.Unlock()
	if time.Since(j.last) > silentPause {
		j.silent = 0
	}
	j.silent, j.last = j.silent+1, time.Now()
	if j.silent == silentRestarts {
		j.silent = 0
		_ = conn.ForceReconnect() // of one that is closed there is nothing to mend
	}
	return true
}

// Close implements Store.
func (j *JetStream) Close() error {
	j.unfollow()
	j.following.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	j.stop()
	return nil
}

// Health implements Store.
func (j *JetStream) Health() error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	switch {
	case j.closed || j.conn == nil:
		return ErrClosed
	case !j.conn.IsConnected():
		return errors.New("not connected to nats")
	}
	return j.synced()
}

// at is the JetStream in use now.
func (j *JetStream) at() (jetstream.JetStream, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.js == nil {
		return nil, ErrClosed
	}
	return j.js, nil
}

// Lane implements Store.
func (j *JetStream) Lane(ctx context.Context, name string, limit int64) (Lane, error) {
	js, err := j.at()
	if err != nil {
		return nil, err
	}
	l := &jetLane{j: j, name: lanePrefix + name, subject: "winnow.lane." + name, limit: limit, settled: settledFrames{known: map[uint64]bool{}}}
	if err = patiently(ctx, func(ctx context.Context) error { return l.create(ctx, js) }); err != nil {
		return nil, fmt.Errorf("lane %s: %w", name, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lanes[l.name] = l
	return l, nil
}

// lanePrefix is before a lane's name in that of its stream.
const lanePrefix = "winnow_lane_"

// Lanes implements Store.
func (j *JetStream) Lanes(ctx context.Context) (names []string, err error) {
	err = patiently(ctx, func(ctx context.Context) error {
		js, err := j.at()
		if err != nil {
			return err
		}
		names = names[:0]
		list := js.StreamNames(ctx)
		for stream := range list.Name() {
			if name, is := strings.CutPrefix(stream, lanePrefix); is {
				names = append(names, name)
			}
		}
		return list.Err()
	})
	return names, err
}

// attemptTime bounds one request: what a server had that died is not answered.
const attemptTime = 5 * time.Second

// patiently tries again, until ctx is done, while a cluster has no leader yet, or none that answers. f can be done twice.
func patiently(ctx context.Context, f func(ctx context.Context) error) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, attemptTime)
		err := f(attempt)
		cancel()
		late := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout)
		if !late && !electing(err) || ctx.Err() != nil {
			return err
		}
		pause.For(ctx, electionPause)
	}
}

// electionPause is between two requests to a cluster that chooses a leader.
const electionPause = 250 * time.Millisecond

// electing tells that a cluster has no leader at the moment, or not all the servers that a stream needs: nothing was done.
func electing(err error) bool {
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return errors.Is(err, nats.ErrNoResponders)
	}
	code := uint16(api.ErrorCode)
	return code == uint16(server.JSClusterNotAvailErr) || code == uint16(server.JSClusterNoPeersErrF)
}
