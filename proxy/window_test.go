package proxy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// STAT-2: a window of statistics outlasts a restart in order, sealed; of one that a crash cuts, or that cannot be read, the rest is told, and that it is cut.
func TestSTAT2WindowOutlastsRestart(t *testing.T) {
	t.Parallel() // it waits most of the time
	for what, c := range map[string]struct {
		change func(t *testing.T, dir, before string)
		whole  bool
	}{
		"a restart": {func(*testing.T, string, string) {}, true},
		"a crash": {func(t *testing.T, dir, before string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
				t.Fatal(err)
			}
		}, false},
		"damage": {func(t *testing.T, dir, _ string) {
			name := filepath.Join(dir, "kept")
			text, err := os.ReadFile(name)
			if err == nil {
				text[len(text)/2] ^= 1
				err = os.WriteFile(name, text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(what, func(t *testing.T) {
			logs, counts := newBackend(t), newBackend(t)
			tenants := []string{"a", "b", "c", "d", "e"}
			r := counted(t, logs, counts, tenants, "[{id: default}, {id: a}, {id: b}, {id: c}, {id: d}, {id: e}]",
				"tables: [browser], mechanism: laplace, epsilon: 100, budget: 150, min_groups: 2, max_requests: 6, max_records: 6, max_cells: 1, delta: 0.001")
			visits := func(r *running) {
				for _, tenant := range tenants {
					r.visits(t, tenant)
				}
			}
			visits(r)
			dir, before := filepath.Join(r.Config.DataDir, "statistics"), filepath.Join(t.TempDir(), "before")
			if err := os.CopyFS(before, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(dir, "kept"))
			if err != nil || bytes.Contains(text, []byte("groups")) || bytes.Contains(text, []byte(`"key"`)) {
				t.Fatalf("what is kept is in clear, or not there: %q, %v", text, err)
			}
			c.change(t, dir, before)
			again := newRunning(r.file)
			again.ahead.Store(r.ahead.Load())
			again.run(t)
			if _, err := os.Stat(filepath.Join(dir, "kept")); err == nil {
				t.Error("what was kept can be used once more")
			}
			if cut := strings.Contains(again.get(t, "/metrics"), `winnow_statistics_windows_total{fate="cut"} 1`); cut == c.whole {
				t.Errorf("the metrics say that it is cut: %v", cut)
			}
			visits(again)
			again.ahead.Add(int64(2 * time.Hour))
			until(t, 30*time.Second, "a release", func() bool { return len(counts.all()) > 0 })
			released := requestsIn(t, counts.all()[0])
			if c.whole && released < 25 || !c.whole && (released < 8 || released > 22) { // of 30 or 15, with noise of deviation 1
				t.Errorf("%d requests are released", released)
			}
		})
	}
}

// requestsIn adds up the requests of a release, as its upstream got it.
func requestsIn(t *testing.T, sent string) (n int) {
	t.Helper()
	_, body, _ := strings.Cut(sent, "]\n")
	for line := range strings.Lines(body) {
		var cell struct {
			Requests int `json:"requests"`
		}
		if err := json.Unmarshal([]byte(line), &cell); err != nil {
			t.Fatal(err)
		}
		n += cell.Requests
	}
	return n
}

// KEEP-1: what was kept of a window does not stay on disk when winnow starts without statistics.
func TestKEEP1WindowGoesWithStatistics(t *testing.T) {
	r := counted(t, newBackend(t), newBackend(t), []string{"a"}, "[{id: default}, {id: a}]", "tables: [browser], epsilon: 1, budget: 2, delta: 0.001")
	r.visits(t, "a")
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(r.Config.DataDir, "statistics", "kept")
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}
	r.change(t, "purposes: [statistics], ", "")
	r.change(t, "statistics: {", "# {")
	r.again(t)
	if _, err := os.Stat(kept); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}
