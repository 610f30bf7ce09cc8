package proxy_test

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"winnow/proxy/admin"
)

// routePorts are for the routes between servers, which must know each other's before they start.
func routePorts(t *testing.T, n int) (routes []*url.URL, ports []int) {
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

// startCluster starts three servers that write before they answer, and returns the part of a configuration that names them.
func startCluster(t *testing.T) (servers string) {
	t.Helper()
	routes, ports := routePorts(t, 3)
	var list []*server.Server
	for i, port := range ports {
		s, err := server.NewServer(&server.Options{
			ServerName: "n" + strconv.Itoa(i), Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
			NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 34,
			MaxPayload: 8<<20 + 64<<10, Routes: routes, Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port},
		})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	var urls, monitors []string
	for _, s := range list {
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	}
	for _, s := range list {
		if !s.ReadyForConnections(20 * time.Second) {
			t.Fatal("a server is not ready")
		}
		urls, monitors = append(urls, "'"+s.ClientURL()+"'"), append(monitors, "'http://"+s.MonitorAddr().String()+"'")
	}
	until(t, 30*time.Second, "a leader that knows all three", func() bool {
		for _, s := range list {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	})
	return fmt.Sprintf("nats: [%s], monitor: [%s], max_lane_bytes: 64MiB", strings.Join(urls, ", "), strings.Join(monitors, ", "))
}

var pseudonymOf = regexp.MustCompile(`email_[A-Za-z0-9_-]+`)

// Any node of a cluster serves any tenant: two winnows on one cluster give one person one pseudonym, what is decided on one is in force on the
// other within a second, and what one has taken the other delivers when it is gone.
func TestTwoNodesAreOne(t *testing.T) {
	t.Parallel() // it waits most of the time
	servers := startCluster(t)
	b, up, arrived := newSwitched(t)
	up.Store(true)
	node := func() *running {
		return start(t, b, fmt.Sprintf(`spool: {dir: %q, %s}
master_secret: a-master-secret-made-up-for-this-test
routes:
  - {path: /ingest, protocol: json, delivery: spool}
policy: {mode: scrub, preset: none, detectors: {email: {action: pseudonym}}}
`, t.TempDir(), servers))
	}
	one, two := node(), node()
	send := func(r *running, text string) {
		t.Helper()
		if status, body := r.post(t, "/ingest", `{"message":"`+text+` alice@example.com"}`); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	var pseudonyms []string
	for i, r := range []*running{one, two} {
		send(r, fmt.Sprintf("node %d", i))
		<-arrived
		all := b.all()
		pseudonyms = append(pseudonyms, pseudonymOf.FindString(all[len(all)-1]))
	}
	if pseudonyms[0] == "" || pseudonyms[0] != pseudonyms[1] {
		t.Errorf("pseudonyms of one person: %q\n%q", pseudonyms, b.all())
	}

	one.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "alice@example.com", Why: "ticket 7"})
	took := until(t, time.Second, "a restriction on the other node", func() bool {
		return strings.Contains(two.get(t, "/metrics"), "winnow_restricted_subjects 1")
	})
	t.Logf("a restriction is in force on the other node after %s", took)
	two.subject(t, admin.SubjectRelease, admin.SubjectQuery{Value: "alice@example.com", Why: "ticket 8"})
	took = until(t, time.Second, "its end on the first node", func() bool {
		return strings.Contains(one.get(t, "/metrics"), "winnow_restricted_subjects 0")
	})
	t.Logf("its end is in force on the first node after %s", took)

	up.Store(false)
	send(one, "waits")
	send(two, "waits too")
	if err := one.end(); err != nil {
		t.Error(err)
	}
	up.Store(true)
	for range 2 {
		select {
		case <-arrived:
		case <-time.After(60 * time.Second):
			t.Fatal("what waited does not arrive")
		}
	}
}
