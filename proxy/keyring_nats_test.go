package proxy_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/keys"
)

// keyNode is a node's keys in a cluster's state.
type keyNode struct {
	*keys.Ring
	state *proxy.State
}

func newKeyNode(t *testing.T, url, monitor string) keyNode {
	t.Helper()
	c := config.Default()
	c.DataDir, c.Spool.NATS, c.Spool.Monitor = t.TempDir(), []string{url}, []string{monitor}
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
	o := &server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 34, MaxPayload: 8<<20 + 64<<10,
	}
	s := startNATS(t, o)
	url, monitor := s.ClientURL(), "http://"+s.MonitorAddr().String()
	one, two := newKeyNode(t, url, monitor), newKeyNode(t, url, monitor)
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
	o.Port, o.HTTPPort = s.Addr().(*net.TCPAddr).Port, s.MonitorAddr().Port
	s.Shutdown()
	s.WaitForShutdown()
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
	startNATS(t, o)
	until(t, 20*time.Second, "the key after the cluster is back", func() bool {
		token, err := one.token()
		return err == nil && token == before
	})
}

func startNATS(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server is not ready")
	}
	return s
}
