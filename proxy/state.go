package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"winnow/config"
	"winnow/proxy/spool"
	"winnow/proxy/values"
)

// ErrStateInUse is about a data folder whose state another process has.
var ErrStateInUse = errors.New("the state in data_dir is in use by another winnow; give each its own data_dir, or let them share a cluster")

// stateOpening bounds how long a cluster may take to open a bucket.
const stateOpening = 30 * time.Second

// State is what winnow must remember beside the batches that wait: keys, consents, what an administrator decided. It is kept in buckets of small
// values: folders below state in data_dir, which one process at a time has, or JetStream's buckets in the cluster that spool.nats names, which all
// nodes share. Nothing is opened before it is asked for. It is safe for concurrent use.
type State struct {
	data    string // data_dir
	dir     string
	cluster *spool.JetStreamOptions // nil: the folder

	closing context.Context // done when it is closed: nothing is waited for any more
	end     context.CancelFunc

	opening sync.Mutex       // one bucket at a time
	lock    io.Closer        // of the folder
	store   *spool.JetStream // of the cluster

	mu      sync.Mutex // never held while anything is waited for
	buckets map[string]values.Bucket
}

// NewState says where a configuration has its state, and opens nothing.
func NewState(c *config.Config, log *slog.Logger, now func() time.Time) *State {
	s := &State{data: c.DataDir, dir: filepath.Join(c.DataDir, "state"), buckets: map[string]values.Bucket{}}
	s.closing, s.end = context.WithCancel(context.Background())
	if len(c.Spool.NATS) > 0 {
		o := storeOptions(&c.Spool, log, now)
		s.cluster = &o
	}
	return s
}

// Bucket opens the bucket of a name (a-z and _), and makes it if there is none. The same name again is the same bucket. The error is
// ErrStateInUse if another process has the folder, and ErrStateLost if this node had another bucket of that name before. One
// that is open is had at once, whatever is being opened. Who has a bucket must be done with it before Close.
func (s *State) Bucket(name string) (values.Bucket, error) {
	if b := s.opened(name); b != nil {
		return b, nil
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.closing.Err() != nil {
		return nil, errors.New("the state is closed")
	}
	if b := s.opened(name); b != nil {
		return b, nil
	}
	ctx, cancel := context.WithTimeout(s.closing, stateOpening)
	defer cancel()
	b, err := s.open(ctx, name)
	if err == nil {
		err = s.recognise(ctx, name, b)
	}
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[name] = b
	return b, nil
}

// opened is the bucket of a name, nil if it is not open.
func (s *State) opened(name string) values.Bucket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buckets[name]
}

func (s *State) open(ctx context.Context, name string) (values.Bucket, error) {
	if s.cluster == nil {
		if err := s.lockFolder(); err != nil {
			return nil, err
		}
		return values.OpenFolder(filepath.Join(s.dir, name))
	}
	if s.store == nil {
		store, err := spool.OpenJetStream(ctx, *s.cluster)
		if err != nil {
			return nil, err
		}
		s.store = store
	}
	return s.store.Values(ctx, name)
}

func (s *State) lockFolder() error {
	if s.lock != nil {
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	lock, err := spool.Lock(s.dir)
	if errors.Is(err, spool.ErrInUse) {
		return fmt.Errorf("%s: %w", s.dir, ErrStateInUse)
	}
	s.lock = lock
	return err
}

// Exists tells whether there is any state: a cluster's is not looked for.
func (s *State) Exists() bool { return s.cluster != nil || exists(s.dir) }

// Shared tells whether other nodes have the same state.
func (s *State) Shared() bool { return s.cluster != nil }

// Close lets go of the folder or the cluster. A bucket that is being opened is given up.
func (s *State) Close() error {
	if s == nil {
		return nil
	}
	s.end()
	s.opening.Lock()
	defer s.opening.Unlock()
	s.mu.Lock()
	clear(s.buckets)
	s.mu.Unlock()
	var errs []error
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	s.store, s.lock = nil, nil
	return errors.Join(errs...)
}

// state opens a bucket of this proxy's State, which is closed at the end.
func (p *proxy) state(bucket string) (values.Bucket, error) { return p.states.Bucket(bucket) }
