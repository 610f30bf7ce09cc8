package proxy_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
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
