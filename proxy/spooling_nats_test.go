package proxy_test

import (
	"fmt"
	"strings"
	"testing"

	"winnow/proxy/spool/natstest"
)

// With servers of their own by configuration alone: what is taken while the backend is down is delivered once it is up, and that the servers
// acknowledge from memory is seen in the metrics.
func TestSpoolInNATS(t *testing.T) {
	for _, always := range []bool{true, false} {
		t.Run(fmt.Sprintf("always=%v", always), func(t *testing.T) {
			s := natstest.Start(t, 1, always)
			b, up, arrived := newSwitched(t)
			r := start(t, b, fmt.Sprintf("spool: {dir: %q, nats: [%q], monitor: [%q], memory_acks: accept, max_lane_bytes: 64MiB}\n%s",
				t.TempDir(), s.URLs[0], s.Monitors[0], spooling))
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
