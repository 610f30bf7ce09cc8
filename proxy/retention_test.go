package proxy_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"winnow/proxy/admin"
	"winnow/proxy/audit"
)

// actsOf are the acts in a log of a data folder, which must verify.
func actsOf(t *testing.T, dir, name string) (acts []string, r audit.Report) {
	t.Helper()
	r, err := audit.Verify(filepath.Join(dir, name), nil, audit.Head{}, func(l *audit.Line) error {
		acts = append(acts, l.Act)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return acts, r
}

// KEEP-1, RIGHT-2: at start all that is too old goes: segments, lines of the audit log, receipts. A legal hold on a tenant keeps them, which metrics and
// the audit log say; and what is left verifies.
func TestKEEP1AllIsTended(t *testing.T) {
	r := start(t, nil, "upstreams: [{id: file, type: file, keep_age: 24h}]\nretention: {audit: 240h, receipts: 240h}\n")
	dir := r.Config.DataDir
	segments := func() int {
		list, err := filepath.Glob(filepath.Join(dir, "winnow-*.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if status, answer := r.post(t, "/ingest", `{"level":"info"}`); status/100 != 2 || segments() != 1 {
		t.Fatalf("%d %s, %d segments", status, answer, segments())
	}
	r.subject(t, admin.SubjectHold, admin.SubjectQuery{Tenant: "default", Why: "case 12"})
	for _, step := range []struct {
		ahead time.Duration
		held  bool
	}{{400 * time.Hour, true}, {401 * time.Hour, false}} {
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		r = newRunning(r.file)
		r.ahead.Store(int64(step.ahead))
		r.run(t)
		acts, told := actsOf(t, dir, audit.FileName)
		_, left := actsOf(t, dir, audit.ReceiptsName)
		metrics := r.get(t, "/metrics")
		for _, what := range []string{"segments", "audit", "receipts"} {
			if got := strings.Contains(metrics, `winnow_retention_held_back{what="`+what+`"} 1`); got != step.held {
				t.Errorf("held %v: %s: the metrics say so: %v", step.held, what, got)
			}
		}
		if (segments() == 1) != step.held || (told.Expired == 0) != step.held || (left.Expired == 0) != step.held {
			t.Errorf("held %v: %d segments, %d lines of the audit log and %d of the receipts are gone", step.held, segments(), told.Expired, left.Expired)
		}
		if n := len(slices.DeleteFunc(acts, func(act string) bool { return act != "retention.deferred" })); step.held && n != 3 {
			t.Errorf("%d acts tell of what is deferred", n)
		}
		if step.held {
			r.subject(t, admin.SubjectUnhold, admin.SubjectQuery{Tenant: "default"})
		}
	}
}

// KEEP-1: what waits for operations is erased at the age that retention has for them, whatever spool.max_age says.
func TestKEEP1TooOldNeverLeaves(t *testing.T) {
	b, _, _ := newSwitched(t)
	r := start(t, b, spooling+"retention: {operations: 10h}\n")
	if status, answer := r.post(t, "/ingest", `{"level":"info"}`); status/100 != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r = newRunning(r.file)
	r.ahead.Store(int64(11 * time.Hour))
	r.run(t)
	for gone := false; !gone; {
		gone = strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches_total{fate="expired",lane="logs"} 1`)
	}
}

// KEEP-1, RIGHT-2: what a legal hold keeps beyond its age can be shown, and whoever would replay it is told that it may not leave any more; of all that is
// parked it is passed over.
func TestHeldBatchIsNotReplayed(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }
	r := start(t, b, spooling)
	r.subject(t, admin.SubjectHold, admin.SubjectQuery{Tenant: "default", Why: "case 12"})
	if status, answer := r.post(t, "/ingest", `{"level":"info"}`); status/100 != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	until(t, 20*time.Second, "the batch is parked", func() bool {
		return strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches{lane="logs",state="parked"} 1`)
	})
	r.ahead.Store(int64(100 * time.Hour))
	desk := admin.SpoolClient{Client: r.local(t)}
	if _, err := desk.Parked(t.Context(), "logs", 1, false); err != nil {
		t.Errorf("it cannot be shown: %v", err)
	}
	if _, err := desk.Replay(t.Context(), "logs", 1); !errors.Is(err, admin.ErrTooOld) {
		t.Errorf("replayed: %v", err)
	}
	if n, err := desk.Replay(t.Context(), "logs", 0); n != 0 || err != nil {
		t.Errorf("all: %d, %v", n, err)
	}
}

// KEEP-1: other ages are in force with the reload, for what waits already too: nothing else that is reckoned from them, as how long an order to erase
// lasts, may be shorter.
func TestKEEP1AgesAreReloaded(t *testing.T) {
	b, _, _ := newSwitched(t)
	r := start(t, b, spooling+"spool: {max_age: 30h}\n")
	if status, answer := r.post(t, "/ingest", `{"level":"info"}`); status/100 != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	r.ahead.Store(int64(11 * time.Hour))
	r.change(t, "max_age: 30h}", "max_age: 40h}\nretention: {operations: 10h}")
	r.reload <- syscall.SIGHUP
	r.log.await(t, "configuration reloaded")
	until(t, 20*time.Second, "what is too old is erased", func() bool {
		return strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches_total{fate="expired",lane="logs"} 1`)
	})
	if strings.Contains(r.log.String(), "needs a restart") {
		t.Error("a restart is asked for")
	}
}
