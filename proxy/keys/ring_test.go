package keys_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/proxy/keys"
	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

const month = 30 * 24 * time.Hour

var errAway = errors.New("the state is away")

// clock is handed in.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// bucket is a folder that can be away, and can refuse to destroy.
type bucket struct {
	*values.Folder
	dir string

	mu            sync.Mutex
	away, holding bool
	making        func() // called once, before a key is stored
}

func newBucket(t testing.TB) *bucket {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pseudonyms")
	f, err := values.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &bucket{Folder: f, dir: dir}
}

func (b *bucket) set(away, holding bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away, b.holding = away, holding
}

func (b *bucket) err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return errAway
	}
	return nil
}

func (b *bucket) Get(ctx context.Context, name string) ([]byte, error) {
	if err := b.err(); err != nil {
		return nil, err
	}
	return b.Folder.Get(ctx, name)
}

func (b *bucket) Look(ctx context.Context, name string) ([]byte, uint64, error) {
	if err := b.err(); err != nil {
		return nil, 0, err
	}
	return b.Folder.Look(ctx, name)
}

func (b *bucket) Create(ctx context.Context, name string, value []byte) error {
	if f := b.making; f != nil && strings.HasPrefix(name, "key/") {
		b.making = nil
		f()
	}
	return b.Folder.Create(ctx, name, value)
}

func (b *bucket) Destroy(ctx context.Context, name string) error {
	b.mu.Lock()
	holding := b.holding
	b.mu.Unlock()
	if holding {
		return errAway
	}
	return b.Folder.Destroy(ctx, name)
}

// node is one winnow on a bucket.
type node struct {
	*keys.Ring
	*clock
	mu      sync.Mutex
	told    []string
	refuses error // of the audit log
}

var master = []byte("a master secret of 32 bytes, at least")

func (n *node) options(b values.Bucket) keys.Options {
	return keys.Options{
		Values: b, Master: master, Now: n.now,
		Settings: keys.Settings{Length: month, Keep: 12, MaxStaleness: 5 * time.Minute},
		Tell: func(a keys.Act) error {
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.refuses == nil {
				n.told = append(n.told, a.Actor+" "+a.Name+" "+a.Object)
			}
			return n.refuses
		},
		Head: func() string { return "7:abc" },
	}
}

// start opens a bucket in the middle of epoch 100.
func start(t testing.TB, b values.Bucket) *node {
	t.Helper()
	n := &node{clock: &clock{t: time.Unix(0, 0).Add(100*month + month/2)}}
	return n.open(t, b)
}

func (n *node) open(t testing.TB, b values.Bucket) *node {
	t.Helper()
	var err error
	if n.Ring, err = keys.Open(t.Context(), n.options(b)); err != nil {
		t.Fatal(err)
	}
	return n
}

// token is that of one person in a domain, now.
func (n *node) token(t testing.TB, tenant, purpose string) string {
	t.Helper()
	d, err := n.Domain(tenant, purpose, n.now())
	if err != nil {
		t.Fatalf("%s, %s: %v", tenant, purpose, err)
	}
	return mint(d)
}

func mint(d *pseudonym.Domain) string {
	return string(d.NewMinter(1).Append(nil, "email", []byte("alice@example.com")))
}

// digest is a token without its epoch.
func digest(token string) string { return token[strings.LastIndexByte(token, '_')+1:] }

func epoch(n uint32) string { return fmt.Sprintf("email_e%d_", n) }

// TRAIN-2, KEEP-1: pseudonyms of different purposes, tenants and epochs have nothing in common, nor have those of two states under one secret.
func TestTRAIN2DomainsAreApart(t *testing.T) {
	seen := map[string]string{}
	for _, state := range []string{"first", "second"} {
		n := start(t, newBucket(t))
		for range 2 {
			for _, tenant := range []string{"acme", "other"} {
				for _, purpose := range []string{"operations", "training"} {
					token := n.token(t, tenant, purpose)
					where := state + " " + tenant + " " + purpose + " " + token
					if before, ok := seen[digest(token)]; ok {
						t.Errorf("%s is %s", where, before)
					}
					seen[digest(token)] = where
					if again := n.token(t, tenant, purpose); again != token {
						t.Errorf("%s became %s", where, again)
					}
				}
			}
			n.add(month)
		}
	}
}

// What was made is there after a restart, and for every node.
func TestNodesAgree(t *testing.T) {
	b := newBucket(t)
	nodes := []*node{start(t, b), start(t, b), start(t, b)}
	for range 3 {
		tokens := make([]string, len(nodes))
		var all sync.WaitGroup
		for i, n := range nodes {
			all.Go(func() {
				if d, err := n.Domain("acme", "operations", n.now()); err == nil {
					tokens[i] = mint(d)
				}
			})
		}
		all.Wait()
		if tokens[0] == "" || slices.ContainsFunc(tokens, func(s string) bool { return s != tokens[0] }) {
			t.Errorf("%q", tokens)
		}
		nodes[2].open(t, b)
		for _, n := range nodes {
			n.add(month)
		}
	}
}

// Epochs begin when the one before has lasted its length, counted on from its beginning.
func TestEpochsBegin(t *testing.T) {
	n := start(t, newBucket(t))
	for i, want := range []uint32{100, 100, 101, 101, 102} {
		if token := n.token(t, "acme", "operations"); !strings.HasPrefix(token, epoch(want)) {
			t.Errorf("%d: %s", i, token)
		}
		n.add(month / 2)
	}
	list, err := n.List(t.Context())
	if err != nil || len(list) != 3 || list[2].Began.Sub(list[0].Began) != 2*month || !list[2].Current || list[1].Current {
		t.Errorf("%+v, %v", list, err)
	}
}

// A clock that jumps back leads to no older epoch, and one that jumps ahead makes one epoch, not one for each that it passes.
func TestClockJumps(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	n.token(t, "acme", "operations")
	for i, jump := range []struct {
		by   time.Duration
		want uint32
	}{{month, 101}, {-50 * month, 101}, {100 * month, 102}, {-60 * month, 102}} {
		n.add(jump.by)
		if token := n.token(t, "acme", "operations"); !strings.HasPrefix(token, epoch(jump.want)) {
			t.Errorf("%d: %s, not of epoch %d", i, token, jump.want)
		}
		n.open(t, b)
	}
	if p := n.Problems(); len(p) != 1 || !strings.Contains(p[0], "in the future") {
		t.Errorf("problems: %q", p)
	}
	if _, err := n.Rotate(t.Context(), "cli"); err != nil {
		t.Fatal(err)
	}
	if p := n.Problems(); len(p) != 0 || !strings.HasPrefix(n.token(t, "acme", "operations"), epoch(103)) {
		t.Errorf("after a new epoch: %q", p)
	}
}

func TestSettings(t *testing.T) {
	n := start(t, newBucket(t))
	n.token(t, "acme", "operations")
	n.Set(keys.Settings{Length: time.Hour, Keep: 12, MaxStaleness: time.Minute})
	n.add(time.Hour)
	if token := n.token(t, "acme", "operations"); !strings.HasPrefix(token, epoch(101)) {
		t.Errorf("the new length is not in force: %s", token)
	}
}

// The current key is found without an allocation, and so without a lock that waits for others.
func TestDomainAllocatesNothing(t *testing.T) {
	n := start(t, newBucket(t))
	n.token(t, "acme", "operations")
	now := n.now()
	if count := testing.AllocsPerRun(1000, func() {
		if _, err := n.Domain("acme", "operations", now); err != nil {
			t.Error(err)
		}
	}); count != 0 {
		t.Errorf("%v allocations", count)
	}
}

func BenchmarkDomain(b *testing.B) {
	n := start(b, newBucket(b))
	for i := range 1000 {
		n.token(b, fmt.Sprintf("tenant-%d", i), "operations")
	}
	now := n.now()
	b.ReportAllocs()
	b.Run("workers=1", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := n.Domain("tenant-500", "operations", now); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("workers=all", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := n.Domain("tenant-500", "operations", now); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}
