package proxy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const manyLanes = `upstreams: [{id: logs, url: '%[2]s', lanes: %[3]d}]
master_secret: mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm
tenants: [{id: a}, {id: b}, {id: c}, {id: d}]
spool: {compression: zstd, dir: %[1]q}
routes:
  - {path: /a, protocol: json, delivery: spool, tenant: a}
  - {path: /b, protocol: json, delivery: spool, tenant: b}
  - {path: /c, protocol: json, delivery: spool, tenant: c}
  - {path: /d, protocol: json, delivery: spool, tenant: d}
policy: {mode: scrub}
`

// Tenants are shared out among an upstream's lanes; when there are fewer after a restart, what waits in those that are no longer used is
// delivered all the same.
func TestLanesDrain(t *testing.T) {
	b, up, arrived := newSwitched(t)
	dir := t.TempDir()
	r := start(t, nil, fmt.Sprintf(manyLanes, dir, b.URL, 3))
	paths := []string{"/a", "/b", "/c", "/d"}
	for _, path := range paths {
		if status, body := r.post(t, path, login); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	metrics := r.get(t, "/metrics")
	used := 0
	for _, lane := range []string{"logs", "logs_Lane2", "logs_Lane3"} {
		if !strings.Contains(metrics, fmt.Sprintf(`winnow_spool_batches{lane=%q,state="pending"} 0`, lane)) {
			used++
		}
	}
	if used < 2 {
		t.Errorf("%d lanes are used", used)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	up.Store(true)
	start(t, nil, fmt.Sprintf(manyLanes, dir, b.URL, 1))
	for range paths {
		<-arrived
	}
	if all := b.all(); slices.ContainsFunc(all, func(body string) bool { return strings.Contains(body, "alice@example.com") }) {
		t.Errorf("in clear: %q", all)
	}
}
