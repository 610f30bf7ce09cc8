// Package natstest starts NATS servers for tests, as an operator would run them beside winnow: on loopback, with a max_payload of 8MB.
package natstest

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Servers are one server, or a cluster of several. Clients reach them at URLs, and ask at Monitors; their files are in Dirs.
type Servers struct {
	URLs, Monitors, Dirs []string

	list    []*server.Server
	options []*server.Options
}

// ready is how long servers may take to start, and leads how long to elect.
const ready, leads = 20 * time.Second, 30 * time.Second

// Start starts n servers, until the test ends, with an fsync for every message if always is true. A cluster has a leader that knows all.
func Start(t testing.TB, n int, always bool) *Servers {
	t.Helper()
	s := &Servers{}
	routes, ports := routePorts(t, n)
	for i := range n {
		o := &server.Options{
			ServerName: "n" + strconv.Itoa(i), Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
			NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: always, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 34,
			MaxPayload: 8 << 20,
		}
		if n > 1 {
			o.Routes, o.Cluster = routes, server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i]}
		}
		s.options, s.Dirs = append(s.options, o), append(s.Dirs, o.StoreDir)
		s.list = append(s.list, begin(t, o))
	}
	for i, one := range s.list {
		await(t, one)
		s.options[i].Port, s.options[i].HTTPPort = one.Addr().(*net.TCPAddr).Port, one.MonitorAddr().Port
		s.URLs, s.Monitors = append(s.URLs, one.ClientURL()), append(s.Monitors, "http://"+one.MonitorAddr().String())
	}
	if n > 1 {
		s.elect(t)
	}
	return s
}

// Connect is a client of them all, until the test ends.
func (s *Servers) Connect(t testing.TB) (*nats.Conn, jetstream.JetStream) {
	t.Helper()
	conn, err := nats.Connect(strings.Join(s.URLs, ","))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return conn, js
}

func begin(t testing.TB, o *server.Options) *server.Server {
	t.Helper()
	one, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	one.Start()
	t.Cleanup(func() { one.Shutdown(); one.WaitForShutdown() })
	return one
}

func await(t testing.TB, one *server.Server) {
	t.Helper()
	if !one.ReadyForConnections(ready) {
		t.Fatal("a server is not ready")
	}
}

// routePorts are for the routes between servers, which must know each other's before they start.
func routePorts(t testing.TB, n int) (routes []*url.URL, ports []int) {
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

// elect waits for a leader that knows all.
func (s *Servers) elect(t testing.TB) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(leads); ; <-tick.C {
		for _, one := range s.list {
			if one.JetStreamIsLeader() && len(one.JetStreamClusterPeers()) == len(s.list) {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("the cluster has no leader that knows all within %v", leads)
		}
	}
}

// Stop stops the server of a number, from 0.
func (s *Servers) Stop(i int) {
	s.list[i].Shutdown()
	s.list[i].WaitForShutdown()
}

// Again starts a server that was stopped, on its ports and with its files.
func (s *Servers) Again(t testing.TB, i int) {
	t.Helper()
	s.list[i] = begin(t, s.options[i])
	await(t, s.list[i])
}

// Idle has a server of a cluster give up JetStream, as it does when its disk is full.
func (s *Servers) Idle(t testing.TB, i int) {
	t.Helper()
	if err := s.list[i].DisableJetStream(); err != nil {
		t.Fatal(err)
	}
}
