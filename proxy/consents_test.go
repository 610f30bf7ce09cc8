package proxy_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/admin"
)

// STAT-1: tenants that opted out are counted no more from the next request on, without a restart; those that take part again are.
func TestSTAT1OptOutIsInForceOnTheNextRequest(t *testing.T) {
	logs, counts := newBackend(t), newBackend(t)
	tenants := []string{"a", "b", "c", "d", "e"}
	text := fmt.Sprintf("listen: 127.0.0.1:0\nadmin: {listen: 127.0.0.1:0}\ndata_dir: %s\ntenants: [{id: a}, {id: b}, {id: c}, {id: d}, {id: e}]\n",
		filepath.Join(t.TempDir(), "data")) +
		"upstreams:\n  - {id: logs, url: '" + logs.URL + "'}\n  - {id: counts, url: '" + counts.URL + "', format: ndjson, purposes: [statistics]}\nroutes:\n"
	for _, tenant := range tenants {
		text += "  - {path: /" + tenant + ", protocol: json, upstream_path: /in, tenant: " + tenant + "}\n"
	}
	text += "statistics: {upstream: counts, window: 1h, tables: [browser], mechanism: laplace, epsilon: 100, budget: 1000, min_groups: 2, max_requests: 5, max_records: 5, max_cells: 1, delta: 0.001}\n"
	var ahead atomic.Int64
	begun := time.Now()
	log := &logBuffer{seen: make(chan struct{}, 1)}
	ready, done := make(chan proxy.Info, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		done <- proxy.Run(ctx, proxy.Options{
			Load: func() (*config.Config, error) { return config.Parse("winnow.yaml", []byte(text), config.Env{}) },
			Log:  slog.New(slog.NewJSONHandler(log, nil)), Ready: func(i proxy.Info) { ready <- i },
			Now: func() time.Time { return begun.Add(time.Duration(ahead.Load()) + time.Since(begun)) },
		})
	}()
	r := &running{log: log}
	select {
	case r.Info = <-ready:
		r.url, r.admin = "http://"+r.Listen, "http://"+r.Admin
	case err := <-done:
		t.Fatal(err, log)
	}
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	window := func(act admin.ConsentAct, released int) {
		t.Helper()
		for _, tenant := range tenants {
			if err := (admin.ConsentsClient{Client: r.local(t)}).Decide(t.Context(), act, "statistics", tenant, &admin.ConsentChange{Why: "letter 5"}, nil); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if status, body := r.post(t, "/"+tenant, visit, "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"); status != 204 {
					t.Fatalf("%d %s", status, body)
				}
			}
		}
		ahead.Add(int64(2 * time.Hour))
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
