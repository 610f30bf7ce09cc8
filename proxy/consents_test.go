package proxy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winnow/proxy/admin"
)

// STAT-1: tenants that opted out are counted no more from the next request on, without a restart; those that take part again are.
func TestSTAT1OptOutIsInForceOnTheNextRequest(t *testing.T) {
	t.Parallel() // it waits most of the time
	logs, counts := newBackend(t), newBackend(t)
	tenants := []string{"a", "b", "c", "d", "e"}
	r := counted(t, logs, counts, tenants, "[{id: a}, {id: b}, {id: c}, {id: d}, {id: e}]",
		"tables: [browser], mechanism: laplace, epsilon: 100, budget: 1000, min_groups: 2, max_requests: 5, max_records: 5, max_cells: 1, delta: 0.001")
	window := func(act admin.ConsentAct, released int) {
		t.Helper()
		for _, tenant := range tenants {
			if err := (admin.ConsentsClient{Client: r.local(t)}).Decide(t.Context(), act, "statistics", tenant, &admin.ConsentChange{Why: "letter 5"}, nil); err != nil {
				t.Fatal(err)
			}
			r.visits(t, tenant)
		}
		r.ahead.Add(int64(2 * time.Hour))
		until(t, 30*time.Second, "the end of a window", func() bool {
			return strings.Contains(r.get(t, "/metrics"), fmt.Sprintf(`winnow_statistics_windows_total{fate="released"} %d`, released))
		})
		until(t, 10*time.Second, "the consents are in reach again, for a clock that jumped", func() bool { return !strings.Contains(r.get(t, "/healthz"), "consents") })
	}
	window(admin.ConsentWithdraw, 1)
	if got := counts.all(); len(got) != 0 || strings.Contains(r.get(t, "/metrics"), "winnow_statistics_requests{") {
		t.Errorf("all opted out, and yet it was released: %q", got)
	}
	window(admin.ConsentGrant, 2)
	until(t, 10*time.Second, "statistics of who takes part again", func() bool { return strings.Contains(counts.bodies(), `"browser":"Firefox"`) })
	if n := strings.Count(logs.bodies(), `"level":"info"`); n != 30 {
		t.Errorf("operations got %d records of 30", n)
	}
}
