package proxy_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/admin"
	"winnow/proxy/spool/natstest"
)

func newState(t *testing.T, dir string) *proxy.State {
	t.Helper()
	c := config.Default()
	c.DataDir = dir
	s := proxy.NewState(c, slog.New(slog.DiscardHandler), time.Now)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Nothing is made before it is needed, what is stored is there for the next process, and no two have it at once.
func TestStateInFolder(t *testing.T) {
	dir := t.TempDir()
	first, second := newState(t, dir), newState(t, dir)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Fatalf("%v, %v", entries, err)
	}
	b, err := first.Bucket("things")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := first.Bucket("things"); err != nil || again != b {
		t.Errorf("another bucket of the same name, %v", err)
	}
	if err := b.Put(t.Context(), "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Bucket("things"); !errors.Is(err, proxy.ErrStateInUse) {
		t.Errorf("a second process: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state", "things", "a")); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err = second.Bucket("things"); err != nil {
		t.Fatal(err)
	}
	if value, err := b.Get(t.Context(), "a"); string(value) != "1" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
	if _, err := first.Bucket("things"); err == nil {
		t.Error("a bucket of a closed state")
	}
}

// While a bucket cannot be opened, since the cluster does not answer, those that are open are had at once, and Close gives it up.
func TestStateWaitsForNobody(t *testing.T) {
	servers := natstest.Start(t, 1, true)
	c := config.Default()
	c.DataDir, c.Spool.NATS, c.Spool.Monitor = t.TempDir(), servers.URLs, servers.Monitors
	s := proxy.NewState(c, slog.New(slog.DiscardHandler), time.Now)
	if _, err := s.Bucket("things"); err != nil {
		t.Fatal(err)
	}
	servers.Stop(0)
	began, opened := make(chan struct{}), make(chan error, 1)
	go func() {
		close(began)
		_, err := s.Bucket("others")
		opened <- err
	}()
	<-began
	for range 100 {
		if _, err := s.Bucket("things"); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-opened:
		t.Fatalf("a bucket of a cluster that is down: %v", err)
	default:
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-opened; err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close waited for it: %v", err)
	}
}

// State that is gone, or another's, is not begun anew in silence: who was restricted would be taken again. Put back, it serves; and the operator can
// say that it is meant.
func TestLostState(t *testing.T) {
	for name, harm := range map[string]func(dir string) error{
		"all of it":     func(dir string) error { return os.RemoveAll(filepath.Join(dir, "state")) },
		"a bucket":      func(dir string) error { return os.RemoveAll(filepath.Join(dir, "state", "things")) },
		"what is in it": func(dir string) error { return emptied(filepath.Join(dir, "state", "things")) },
		"another's state": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "state", "things", "bucket.id"), []byte("0"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, copied := t.TempDir(), t.TempDir()
			first := newState(t, dir)
			b, err := first.Bucket("things")
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(b.Put(t.Context(), "a", []byte("1")), first.Close(), os.CopyFS(copied, os.DirFS(filepath.Join(dir, "state"))), harm(dir)); err != nil {
				t.Fatal(err)
			}
			for range 2 { // and it stays lost
				s := newState(t, dir)
				if _, err := s.Bucket("things"); !errors.Is(err, proxy.ErrStateLost) ||
					!strings.Contains(err.Error(), "bucket things in "+filepath.Join(dir, "state")) || !strings.Contains(err.Error(), "remove "+filepath.Join(dir, "state.known")) {
					t.Errorf("%v", err)
				}
				if _, err := s.Bucket("others"); err != nil {
					t.Errorf("a bucket that was never there: %v", err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			meant := filepath.Join(dir, "state.known")
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "state")), os.CopyFS(filepath.Join(dir, "state"), os.DirFS(copied))); err != nil {
				t.Fatal(err)
			}
			s := newState(t, dir)
			if b, err = s.Bucket("things"); err != nil {
				t.Fatalf("put back: %v", err)
			}
			if value, err := b.Get(t.Context(), "a"); string(value) != "1" || err != nil {
				t.Errorf("%q, %v", value, err)
			}
			if err := errors.Join(s.Close(), harm(dir), os.Remove(meant)); err != nil {
				t.Fatal(err)
			}
			if _, err := newState(t, dir).Bucket("things"); err != nil {
				t.Errorf("meant: %v", err)
			}
		})
	}
}

// emptied removes what is in a folder.
func emptied(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// RIGHT-3: winnow does not start on state that is gone. Without the list of restrictions alone it takes nothing until that is put back; nobody who
// was restricted gets through meanwhile.
func TestLostStateLetsNobodyThrough(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, identified)
	r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "u-1"})
	const hers = `{"level":"hers","user_id":"u-1"}` + "\n" + `{"level":"others","user_id":"u-2"}`
	state, away := filepath.Join(r.Config.DataDir, "state"), t.TempDir()
	if err := os.Rename(state, filepath.Join(away, "state")); err != nil {
		t.Fatal(err)
	}
	if status, body := r.post(t, "/ingest", hers); status/100 == 2 && strings.Contains(b.bodies(), `"hers"`) {
		t.Errorf("the state went while winnow ran: %d %s", status, body)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if err := run(t, r.Config); !errors.Is(err, proxy.ErrStateLost) {
		t.Errorf("started on state that is gone: %v", err)
	}
	list := filepath.Join(state, "suppressions")
	if err := errors.Join(os.RemoveAll(state), os.Rename(filepath.Join(away, "state"), state), os.Rename(list, filepath.Join(away, "list"))); err != nil {
		t.Fatal(err)
	}
	r = r.again(t)
	if status, body := r.post(t, "/ingest", hers); status != 503 || !strings.Contains(body, "suppression list") {
		t.Errorf("without the list: %d %s", status, body)
	}
	if health := r.get(t, "/healthz"); !strings.Contains(health, "suppression list: state: bucket suppressions in "+state) {
		t.Errorf("/healthz does not say why: %s", health)
	}
	if err := errors.Join(os.RemoveAll(list), os.Rename(filepath.Join(away, "list"), list)); err != nil {
		t.Fatal(err)
	}
	for status := 0; status/100 != 2; {
		status, _ = r.post(t, "/ingest", hers)
	}
	if n := strings.Count(r.log.String(), "the suppression list cannot be read"); n != 1 {
		t.Errorf("%d lines of the log say that the list cannot be read", n)
	}
	if health := r.get(t, "/healthz"); strings.Contains(health, "suppression list") {
		t.Errorf("/healthz does not say that it can be read again: %s", health)
	}
	if got := b.bodies(); strings.Contains(got, `"hers"`) || !strings.Contains(got, `"others"`) {
		t.Errorf("%s", got)
	}
}
