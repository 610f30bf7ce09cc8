package keys_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"winnow/proxy/keys"
	"winnow/proxy/values"
)

// Under another master secret nothing starts and nothing is made.
func TestWrongMaster(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	before := n.token(t, "acme", "operations")
	o := n.options(b)
	o.Master = []byte("another master secret, of 32 bytes too")
	if _, err := keys.Open(t.Context(), o); !errors.Is(err, keys.ErrMaster) || strings.Contains(err.Error(), string(o.Master)) {
		t.Errorf("opened: %v", err)
	}
	if err := n.Check(t.Context(), o.Master); !errors.Is(err, keys.ErrMaster) {
		t.Errorf("checked: %v", err)
	}
	if err := n.Check(t.Context(), master); err != nil {
		t.Error(err)
	}
	if n.open(t, b); n.token(t, "acme", "operations") != before {
		t.Error("the state was changed")
	}
}

// Whatever of the state is lost, damaged or put in another's place: what needs it is refused, now and after a restart, and no key is made anew
// in silence.
func TestFailsClosed(t *testing.T) {
	spoil := func(name string, text []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			at := filepath.Join(dir, name)
			if _, err := os.Stat(at); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			if text != nil {
				if err := os.WriteFile(at, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for name, harm := range map[string]func(*testing.T, string){
		"no list":       spoil("epochs", nil),
		"damaged list":  spoil("epochs", []byte("torn")),
		"no check":      spoil("check", nil),
		"damaged check": spoil("check", []byte("torn")),
		"no key":        spoil("key+acme+operations+100", nil),
		"damaged key":   spoil("key+acme+operations+100", []byte("torn")),
		"damaged made":  spoil("made+acme+operations+100", []byte("torn")),
		"key of another state": func(t *testing.T, dir string) {
			other := newBucket(t)
			start(t, other).token(t, "acme", "operations")
			text, err := os.ReadFile(filepath.Join(other.dir, "key+acme+operations+100"))
			if err != nil {
				t.Fatal(err)
			}
			spoil("key+acme+operations+100", text)(t, dir)
		},
		"another's key": func(t *testing.T, dir string) {
			for _, kind := range []string{"key", "made"} {
				text, err := os.ReadFile(filepath.Join(dir, kind+"+other+operations+100"))
				if err != nil {
					t.Fatal(err)
				}
				spoil(kind+"+acme+operations+100", text)(t, dir)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t)
			n := start(t, b)
			n.token(t, "acme", "operations")
			n.token(t, "other", "operations")
			harm(t, b.dir)
			ring, err := keys.Open(t.Context(), n.options(b))
			if err != nil {
				return // it does not start at all
			}
			for range 2 {
				if d, err := ring.Domain("acme", "operations", n.now()); err == nil {
					t.Fatalf("a key of epoch %d", d.Epoch())
				}
				n.add(time.Minute)
			}
			if p := ring.Problems(); len(p) != 1 || !strings.Contains(p[0], "tenant acme") {
				t.Errorf("problems: %q", p)
			}
			if list, err := ring.Epochs(t.Context(), "acme", "operations"); err == nil || len(list) != 0 {
				t.Errorf("%d keys of before, %v", len(list), err)
			}
			if _, err := ring.Domain("other", "operations", n.now()); err != nil {
				t.Errorf("nothing is wrong with the other's: %v", err)
			}
			if _, err := ring.Rotate(t.Context(), "cli"); err != nil {
				t.Fatal(err)
			}
			if _, err := ring.Domain("acme", "operations", n.now()); err != nil {
				t.Errorf("in a new epoch: %v", err)
			}
		})
	}
}

// A state that is away: the keys at hand serve for max_staleness, new ones are not had, and after it there is none, until the state is back.
func TestStale(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	before := n.token(t, "acme", "operations")
	b.set(true, false)
	if _, err := n.Domain("other", "operations", n.now()); !errors.Is(err, errAway) {
		t.Errorf("a new key: %v", err)
	}
	n.add(5 * time.Minute)
	if n.token(t, "acme", "operations") != before {
		t.Error("another key")
	}
	n.add(time.Second)
	if _, err := n.Domain("acme", "operations", n.now()); !errors.Is(err, keys.ErrStale) {
		t.Errorf("after max_staleness: %v", err)
	}
	if p := n.Problems(); len(p) != 1 || !strings.Contains(p[0], "max_staleness") {
		t.Errorf("problems: %q", p)
	}
	b.set(false, false)
	n.add(time.Second)
	if n.token(t, "acme", "operations") != before || len(n.Problems()) != 0 {
		t.Errorf("back, and %q", n.Problems())
	}
}

// An epoch that ends while the state is away, or while the audit log takes nothing, goes on for max_staleness at most.
func TestOverdue(t *testing.T) {
	for _, hindered := range []string{"state", "audit log"} {
		b := newBucket(t)
		n := start(t, b)
		before := n.token(t, "acme", "operations")
		n.add(month - time.Minute)
		n.open(t, b)
		n.token(t, "acme", "operations")
		if hindered == "state" {
			b.set(true, false)
		} else {
			n.refuses = errAway
		}
		n.add(5 * time.Minute)
		if n.token(t, "acme", "operations") != before {
			t.Errorf("%s: another key", hindered)
		}
		n.add(2 * time.Second)
		if _, err := n.Domain("acme", "operations", n.now()); !errors.Is(err, errAway) || !errors.Is(err, keys.ErrStale) {
			t.Errorf("%s: long overdue: %v", hindered, err)
		}
		b.set(false, false)
		n.refuses = nil
		n.add(2 * time.Second)
		if token := n.token(t, "acme", "operations"); !strings.HasPrefix(token, epoch(101)) {
			t.Errorf("%s: afterwards %s", hindered, token)
		}
	}
}

// What one node does is live on another within moments, without a request there.
func TestLiveOnEveryNode(t *testing.T) {
	b := newBucket(t)
	synctest.Test(t, func(t *testing.T) {
		f, err := values.OpenFolder(b.dir)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		one, two := start(t, f), start(t, f)
		var running sync.WaitGroup
		for _, n := range []*node{one, two} {
			running.Go(func() { n.Run(ctx) })
		}
		synctest.Wait()
		before := two.token(t, "acme", "operations")
		if _, err := one.Rotate(ctx, "cli"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		rotated := two.token(t, "acme", "operations")
		if !strings.HasPrefix(before, epoch(100)) || !strings.HasPrefix(rotated, epoch(101)) {
			t.Errorf("%s, then %s", before, rotated)
		}
		if _, err := one.Destroy(ctx, "cli", keys.Which{Tenant: "acme"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if after := two.token(t, "acme", "operations"); !strings.HasPrefix(after, epoch(102)) {
			t.Errorf("after the destruction %s", after)
		}
		one.add(month)
		<-time.After(6 * time.Second) // of the bubble's clock
		synctest.Wait()
		if list, err := two.List(ctx); err != nil || list[len(list)-1].Number != 103 {
			t.Errorf("no epoch began without a request: %+v, %v", list, err)
		}
		cancel()
		running.Wait()
	})
}

// Requests, rotations and destructions at once: whoever gets a key gets one that exists, and no epoch has two.
func TestConcurrent(t *testing.T) {
	b := newBucket(t)
	one, two := start(t, b), start(t, b)
	var mu sync.Mutex
	seen := map[string]map[uint32]string{"acme": {}, "other": {}}
	var all sync.WaitGroup
	for _, n := range []*node{one, two} {
		for tenant := range seen {
			all.Go(func() {
				for range 100 {
					d, err := n.Domain(tenant, "operations", n.now())
					if err != nil {
						n.add(2 * time.Second)
						continue
					}
					token := mint(d)
					mu.Lock()
					if before := seen[tenant][d.Epoch()]; before != "" && before != token {
						t.Errorf("epoch %d has two keys", d.Epoch())
					}
					seen[tenant][d.Epoch()] = token
					mu.Unlock()
				}
			})
		}
		all.Go(func() {
			for range 5 {
				if _, err := n.Rotate(t.Context(), "cli"); err != nil {
					t.Error(err)
				}
				if _, err := n.Destroy(t.Context(), "cli", keys.Which{Tenant: "acme"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
