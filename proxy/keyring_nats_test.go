package proxy_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/keys"
	"winnow/proxy/spool/natstest"
)

// keyNode is a node's keys in a cluster's state.
type keyNode struct {
	*keys.Ring
	state *proxy.State
}

func newKeyNode(t *testing.T, s *natstest.Servers) keyNode {
	t.Helper()
	c := config.Default()
	c.DataDir, c.Spool.NATS, c.Spool.Monitor = t.TempDir(), s.URLs, s.Monitors
	n := keyNode{state: proxy.NewState(c, slog.New(slog.DiscardHandler), time.Now)}
	t.Cleanup(func() {
		if err := n.state.Close(); err != nil {
			t.Error(err)
		}
	})
	bucket, err := n.state.Bucket("pseudonyms")
	if err != nil {
		t.Fatal(err)
	}
	n.Ring, err = keys.Open(t.Context(), keys.Options{
		Values: bucket, Master: []byte("a master secret made up for this test"), Now: time.Now, Tell: func(keys.Act) error { return nil },
		Settings: keys.Settings{Length: 720 * time.Hour, Keep: 12, MaxStaleness: 2 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return n
}

func (n keyNode) token() (string, error) {
	d, err := n.Domain("acme", "operations", time.Now())
	if err != nil {
		return "", err
	}
	return string(d.NewMinter(1).Append(nil, "email", []byte("alice@example.com"))), nil
}

// until asks again and again, and tells how long it took.
func until(t *testing.T, limit time.Duration, what string, done func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		if time.Since(began) > limit {
			t.Fatalf("not within %s: %s", limit, what)
		}
		<-tick.C
	}
	return time.Since(began)
}

// KEEP-1: the nodes of a cluster have one key for one tenant; a new epoch and a destruction are live on all of them within a second; and a node
// that does not reach the cluster for longer than max_staleness has no keys any more, until it does.
func TestKEEP1KeysInCluster(t *testing.T) {
	s := natstest.Start(t, 1, true)
	one, two := newKeyNode(t, s), newKeyNode(t, s)
	first, err := one.token()
	if other, e := two.token(); err != nil || e != nil || other != first {
		t.Fatalf("%s and %s, %v, %v", first, other, err, e)
	}
	if _, err := one.Rotate(t.Context(), "cli"); err != nil {
		t.Fatal(err)
	}
	var rotated string
	took := until(t, time.Second, "a new epoch on the other node", func() bool {
		rotated, err = two.token()
		return err == nil && rotated != first
	})
	t.Logf("a new epoch is live on another node after %s", took)
	if _, err := two.Destroy(t.Context(), "cli", keys.Which{Tenant: "acme"}); err != nil {
		t.Fatal(err)
	}
	took = until(t, time.Second, "a destruction on the other node", func() bool {
		token, err := one.token()
		return err == nil && token != rotated
	})
	t.Logf("a destruction is live on another node after %s", took)
	if list, err := one.Epochs(t.Context(), "acme", "operations"); err != nil || len(list) != 1 {
		t.Errorf("%d keys are kept, %v", len(list), err)
	}

	before, err := one.token()
	if err != nil {
		t.Fatal(err)
	}
	s.Stop(0)
	if token, err := one.token(); err != nil || token != before {
		t.Errorf("at once there is %s, %v", token, err)
	}
	until(t, 20*time.Second, "a refusal", func() bool {
		_, err = one.token()
		return err != nil
	})
	if !errors.Is(err, keys.ErrStale) || strings.Contains(err.Error(), "master") {
		t.Errorf("refused with %v", err)
	}
	s.Again(t, 0)
	until(t, 20*time.Second, "the key after the cluster is back", func() bool {
		token, err := one.token()
		return err == nil && token == before
	})
}
