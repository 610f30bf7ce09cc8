package proxy_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy/admin"
)

// counted runs winnow with statistics of an hour each, which begins now, and a route for each tenant.
func counted(t *testing.T, logs, counts *backend, tenants []string, list, terms string) *running {
	t.Helper()
	text := "tenants: " + list + "\nupstreams:\n  - {id: logs, url: '" + logs.URL + "'}\n  - {id: counts, url: '" + counts.URL +
		"', format: ndjson, purposes: [statistics], timeout: 5m}\nroutes:\n"
	for _, tenant := range tenants {
		text += "  - {path: /" + tenant + ", protocol: json, upstream_path: /in, tenant: " + tenant + "}\n"
	}
	r := written(t, nil, filepath.Join(t.TempDir(), "data"), text+"statistics: {upstream: counts, window: 1h, "+terms+"}\n")
	now := time.Now()
	r.ahead.Store(int64(now.Truncate(time.Hour).Add(time.Hour).Sub(now)))
	return r.run(t)
}

// visits has a tenant send three records with a browser.
func (r *running) visits(t *testing.T, tenant string) {
	t.Helper()
	for range 3 {
		const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0 alice@example.com"
		if status, body := r.post(t, "/"+tenant, visit, "User-Agent", agent); status != 204 {
			t.Fatalf("%d %s", status, body)
		}
	}
}

// SHARE-2, STAT-2: the upstream for statistics gets noisy counts by words of closed lists and nothing else, when the window is over; the budget shows
// what they cost, and the metrics hold released values only.
func TestSHARE2StatisticsUpstreamGetsCountsOnly(t *testing.T) {
	t.Parallel() // it waits most of the time
	logs, counts := newBackend(t), newBackend(t)
	tenants := []string{"a", "b", "c", "d", "e", "f"}
	r := counted(t, logs, counts, tenants, "[{id: default}, {id: a}, {id: b}, {id: c}, {id: d}, {id: e}, {id: f, group: e}, {id: other, group: e}]",
		"tables: [browser, route], mechanism: laplace, epsilon: 100, budget: 150, min_groups: 2, max_requests: 5, max_records: 5, max_cells: 1, delta: 0.001")
	for _, tenant := range tenants {
		r.visits(t, tenant)
	}
	r.ahead.Add(int64(2 * time.Hour))
	until(t, 30*time.Second, "a release", func() bool { return len(counts.all()) > 0 })
	all := counts.all()
	if len(all) != 1 {
		t.Fatalf("%d requests came for the statistics\n%s", len(all), r.log)
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
	if metrics := r.get(t, "/metrics"); !strings.Contains(metrics, `winnow_statistics_requests{browser="Firefox",country="",error=""`) ||
		!strings.Contains(metrics, `winnow_statistics_windows_total{fate="released"} 1`) {
		t.Error("the release is not in the metrics")
	}
	for _, canary := range canaries {
		if strings.Contains(all[0], canary) {
			t.Errorf("%q is in the statistics", canary)
		}
	}
}

// An upstream that hangs with a release holds up neither metrics, nor who asks about statistics, nor a reload that changes them; the release is sent
// once, and paid once, and the window after it, too.
func TestStatisticsUpstreamThatHangsHoldsUpNobody(t *testing.T) {
	t.Parallel() // it waits most of the time
	logs, counts := newBackend(t), newBackend(t)
	answer, gaveUp := make(chan struct{}), make(chan struct{})
	counts.reply = func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-answer:
			w.WriteHeader(http.StatusNoContent)
		case <-r.Context().Done():
			close(gaveUp)
		}
	}
	tenants := []string{"a", "b", "c", "d", "e"}
	r := counted(t, logs, counts, tenants, "[{id: a}, {id: b}, {id: c}, {id: d}, {id: e}]",
		"tables: [browser], mechanism: laplace, epsilon: 100, budget: 1000, min_groups: 2, max_requests: 5, max_records: 5, max_cells: 1, delta: 0.001")
	window := func(sent int) {
		t.Helper()
		for _, tenant := range tenants {
			r.visits(t, tenant)
		}
		r.ahead.Add(int64(2 * time.Hour))
		until(t, 30*time.Second, "a release", func() bool { return len(counts.all()) >= sent })
	}
	window(1)
	if !strings.Contains(r.get(t, "/metrics"), `winnow_statistics_windows_total{fate="released"} 1`) {
		t.Error("the release is not in the metrics while it is sent")
	}
	r.spent(t, 100, 1, 1)
	r.change(t, "max_records: 5", "max_records: 4")
	r.log.await(t, "configuration reloaded")
	select {
	case <-gaveUp:
		t.Fatal("the request was given up meanwhile: nothing is proved")
	default:
	}
	close(answer)
	until(t, 10*time.Second, "nothing waits any more", func() bool { return r.statistics(t).Unsent == 0 })
	window(2)
	until(t, 10*time.Second, "nothing waits any more", func() bool { return r.statistics(t).Unsent == 0 })
	r.spent(t, 200, 2, 0)
	if n := len(counts.all()); n != 2 {
		t.Errorf("%d releases were sent, want 2", n)
	}
}

func (r *running) statistics(t *testing.T) (s admin.StatisticsState) {
	t.Helper()
	if err := r.local(t).Get(t.Context(), "/api/v1/statistics", &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// spent checks the budget, and how many releases wait.
func (r *running) spent(t *testing.T, epsilon float64, releases, unsent int) {
	t.Helper()
	if s := r.statistics(t); s.Spent != epsilon || s.Releases != releases || s.Unsent != unsent {
		t.Errorf("spent %g for %d releases, of which %d wait; want %g, %d, %d", s.Spent, s.Releases, s.Unsent, epsilon, releases, unsent)
	}
}
