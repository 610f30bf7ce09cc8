package spool_test

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"winnow/proxy/spool"
)

// natsServers are servers of their own on loopback, as an operator would run them: one, or a cluster.
type natsServers struct {
	list           []*server.Server
	urls, monitors []string
	dirs           []string
}

// startServers starts n servers, with an fsync for every message if always is true.
func startServers(t testing.TB, n int, always bool) *natsServers {
	t.Helper()
	s := &natsServers{}
	routes, ports := freePorts(t, n)
	for i := range n {
		dir := t.TempDir()
		o := &server.Options{
			ServerName: "n" + strconv.Itoa(i), Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
			NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir, SyncAlways: always, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 34,
			MaxPayload: 8<<20 + 64<<10,
		}
		if n > 1 {
			o.Routes, o.Cluster = routes, server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i]}
		}
		one, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		one.Start()
		t.Cleanup(func() { one.Shutdown(); one.WaitForShutdown() })
		s.list, s.dirs = append(s.list, one), append(s.dirs, dir)
	}
	for _, one := range s.list {
		if !one.ReadyForConnections(20 * time.Second) {
			t.Fatal("a server is not ready")
		}
		s.urls, s.monitors = append(s.urls, one.ClientURL()), append(s.monitors, "http://"+one.MonitorAddr().String())
	}
	if n > 1 {
		within(t, 30*time.Second, "the cluster has a leader that knows all", func() bool {
			for _, one := range s.list {
				if one.JetStreamIsLeader() && len(one.JetStreamClusterPeers()) == n {
					return true
				}
			}
			return false
		})
	}
	return s
}

// freePorts are for the routes between servers, which must know each other's before they start.
func freePorts(t testing.TB, n int) (routes []*url.URL, ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		routes, ports = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()}), append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return routes, ports
}

// external connects to servers.
func external(t testing.TB, s *natsServers, replicas int) *spool.JetStream {
	t.Helper()
	store, err := spool.OpenJetStream(t.Context(), spool.JetStreamOptions{
		URLs: s.urls, Monitors: s.monitors, Replicas: replicas, MaxFrameBytes: 8 << 20, AckWait: conformanceAckWait, MaxPending: 256,
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// storeFiles lists the files of what is kept in folders.
func storeFiles(t testing.TB, dirs []string, pattern string) (list []string) {
	t.Helper()
	for _, dir := range dirs {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	return list
}

func laneFiles(name string) string {
	return fmt.Sprintf("jetstream/$G/streams/winnow_lane_%s/msgs/*.blk", name)
}

// within waits for something that has no event to wait for.
func within(t testing.TB, limit time.Duration, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !is(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
