package proxy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
)

// SHARE-2, STAT-2: the upstream for statistics gets noisy counts by words of closed lists and nothing else, when the window is over; the budget shows
// what they cost, and the metrics hold released values only.
func TestSHARE2StatisticsUpstreamGetsCountsOnly(t *testing.T) {
	logs, counts := newBackend(t), newBackend(t)
	text := `listen: 127.0.0.1:0
admin: {listen: 127.0.0.1:0}
data_dir: ` + filepath.Join(t.TempDir(), "data") + `
tenants: [{id: default}, {id: a}, {id: b}, {id: c}, {id: d}, {id: e}, {id: f, group: e}, {id: other, group: e}]
upstreams:
  - {id: logs, url: '` + logs.URL + `'}
  - {id: counts, url: '` + counts.URL + `', format: ndjson, purposes: [statistics]}
routes:
`
	for _, tenant := range []string{"a", "b", "c", "d", "e", "f"} {
		text += "  - {path: /" + tenant + ", protocol: json, upstream_path: /in, tenant: " + tenant + "}\n"
	}
	text += "statistics: {upstream: counts, window: 1h, tables: [browser, route], mechanism: laplace, epsilon: 100, budget: 150, min_groups: 2, max_requests: 5, max_records: 5, max_cells: 1, delta: 0.001}\n"
	var ahead atomic.Int64
	begun := time.Now()
	log := &logBuffer{seen: make(chan struct{}, 1)}
	ready, done := make(chan proxy.Info, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		done <- proxy.Run(ctx, proxy.Options{
			Load: func() (*config.Config, error) { return config.Parse("winnow.yaml", []byte(text), config.Env{}) },
			Log:  slog.New(slog.NewJSONHandler(log, nil)), Ready: func(i proxy.Info) { ready <- i },
			Now: func() time.Time { return begun.Add(time.Duration(ahead.Load())) },
		})
	}()
	var info proxy.Info
	select {
	case info = <-ready:
	case err := <-done:
		t.Fatal(err, log)
	}
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	for _, tenant := range []string{"a", "b", "c", "d", "e", "f"} {
		for range 3 {
			r, err := http.NewRequest(http.MethodPost, "http://"+info.Listen+"/"+tenant, strings.NewReader(visit))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0 alice@example.com")
			resp, err := http.DefaultClient.Do(r)
			if err != nil || resp.StatusCode != 204 {
				t.Fatal(resp, err)
			}
			resp.Body.Close()
		}
	}
	ahead.Add(int64(2 * time.Hour))
	for deadline := time.Now().Add(30 * time.Second); len(counts.all()) == 0 && time.Now().Before(deadline); {
		<-time.After(50 * time.Millisecond)
	}
	all := counts.all()
	if len(all) != 1 {
		t.Fatalf("%d requests came for the statistics\n%s", len(all), log)
	}
	_, body, _ := strings.Cut(all[0], "]\n")
	lines := bytes.Split(bytes.TrimSpace([]byte(body)), []byte("\n"))
	if len(lines) != 1 {
		t.Fatalf("released: %s", body)
	}
	var line map[string]any
	if err := json.Unmarshal(lines[0], &line); err != nil {
		t.Fatal(err)
	}
	// Five groups, of which one has two tenants and no more weight for it: 5*3 for browsers, with noise of deviation 1.
	if n, _ := line["requests"].(float64); line["browser"] != "Firefox" || line["table"] != "browser" || n < 5 || n > 30 || len(line) != 6 {
		t.Errorf("released: %s", body)
	}
	if metrics := (&running{admin: "http://" + info.Admin}).get(t, "/metrics"); !strings.Contains(metrics, `winnow_statistics_requests{browser="Firefox",country="",error=""`) ||
		!strings.Contains(metrics, `winnow_statistics_windows_total{fate="released"} 1`) {
		t.Error("the release is not in the metrics")
	}
	for _, canary := range canaries {
		if strings.Contains(all[0], canary) || strings.Contains(log.String(), canary) {
			t.Errorf("%q is in the statistics or the log", canary)
		}
	}
}
