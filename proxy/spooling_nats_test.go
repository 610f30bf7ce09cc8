package proxy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// With servers of their own by configuration alone: what is taken while the backend is down is delivered once it is up, and that the servers
// acknowledge from memory is seen in the metrics.
func TestSpoolInNATS(t *testing.T) {
	for _, always := range []bool{true, false} {
		t.Run(fmt.Sprintf("always=%v", always), func(t *testing.T) {
			s, err := server.NewServer(&server.Options{
				Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT, NoSigs: true, NoLog: true,
				JetStream: true, StoreDir: t.TempDir(), SyncAlways: always, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 34, MaxPayload: 8 << 20,
			})
			if err != nil {
				t.Fatal(err)
			}
			s.Start()
			t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
			if !s.ReadyForConnections(20 * time.Second) {
				t.Fatal("the server is not ready")
			}
			b, up, arrived := newSwitched(t)
			r := start(t, b, fmt.Sprintf("spool: {dir: %q, nats: [%q], monitor: ['http://%s'], memory_acks: accept, max_lane_bytes: 64MiB}\n%s",
				t.TempDir(), s.ClientURL(), s.MonitorAddr(), spooling))
			if status, body := r.post(t, "/ingest", login); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			problems := map[bool]string{true: "winnow_spool_problems 0", false: "winnow_spool_problems 1"}[always]
			if metrics := r.get(t, "/metrics"); !strings.Contains(metrics, problems) {
				t.Errorf("%s is missing", problems)
			}
			up.Store(true)
			<-arrived
			all := b.all()
			if last := all[len(all)-1]; !strings.Contains(last, "[email]") {
				t.Errorf("delivered: %q", last)
			}
		})
	}
}
