package proxy_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const spooling = `routes:
  - {path: /ingest, protocol: json, delivery: spool}
policy: {mode: scrub}
`

// newSwitched is a backend that is down until up is set, and tells of what arrives then.
func newSwitched(t *testing.T) (b *backend, up *atomic.Bool, arrived chan struct{}) {
	t.Helper()
	b, up, arrived = newBackend(t), new(atomic.Bool), make(chan struct{}, 1)
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(503)
			return
		}
		w.WriteHeader(204)
		arrived <- struct{}{}
	}
	return b, up, arrived
}

// A client is told that its records are taken while the backend is down; they are delivered, scrubbed, once it is up, and what waited on
// disk is nothing but scrubbed.
func TestSpoolOutlastsBackend(t *testing.T) {
	b, up, arrived := newSwitched(t)
	r := start(t, b, spooling)
	if status, body := r.post(t, "/ingest", login); status != 200 || !strings.Contains(body, `"accepted":1`) {
		t.Fatalf("%d %s", status, body)
	}
	if metrics := r.get(t, "/metrics"); !strings.Contains(metrics, `winnow_spool_batches{lane="logs",state="pending"} 1`) {
		t.Error("what waits is not in the metrics")
	}
	up.Store(true)
	<-arrived
	for delivered := false; !delivered; { // the backend's answer may still be on its way
		delivered = strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches_total{fate="delivered",lane="logs"} 1`)
	}
	metrics := r.get(t, "/metrics")
	for _, want := range []string{
		`winnow_spool_batches_total{fate="acked",lane="logs"} 1`, `winnow_spool_batches_total{fate="received",lane="logs"} 1`,
		`winnow_spool_batches{lane="logs",state="pending"} 0`, `winnow_spool_deliveries_total{lane="logs",outcome="delivered"} 1`, "winnow_spool_problems 0",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%s is missing", want)
		}
	}
	all := b.all()
	if last := all[len(all)-1]; !strings.Contains(last, "[email]") {
		t.Errorf("delivered: %q", last)
	}
	for _, body := range all {
		if strings.Contains(body, "alice@example.com") {
			t.Errorf("in clear: %q", body)
		}
	}
}

// What waits when winnow stops is delivered by the next one that starts on the same folder.
func TestSpoolOutlastsProcess(t *testing.T) {
	r, up, arrived := stopped(t)
	up.Store(true)
	r.again(t)
	<-arrived
}

// stopped is a winnow that has taken a batch and ended, ahead of its backend.
func stopped(t *testing.T) (r *running, up *atomic.Bool, arrived chan struct{}) {
	t.Helper()
	b, up, arrived := newSwitched(t)
	r = start(t, b, "spool: {dir: "+t.TempDir()+"}\nmaster_secret: "+strings.Repeat("m", 32)+"\n"+spooling)
	if status, body := r.post(t, "/ingest", login); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	return r, up, arrived
}
