package spool_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/proxy/spool"
)

// A folder that a newer version made, or whose marker is damaged, is refused before anything in it is touched.
func TestMarkerRefused(t *testing.T) {
	for _, test := range []struct{ name, marker, says string }{
		{"newer", `{"format": 2, "made_by": "winnow"}`, "format 2"},
		{"empty", "", "cannot be read"},
		{"of another", `{"format": 1, "made_by": "other"}`, "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "winnow-spool.json"), []byte(test.marker), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := spool.OpenJetStream(t.Context(), spool.JetStreamOptions{Dir: dir, MaxFrameBytes: 1 << 20})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v", err)
			}
			if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
				t.Errorf("the folder has %d entries, %v", len(list), err)
			}
		})
	}
}

// Where the keys cannot be read, what they sealed is parked and not taken for erased: it can be replayed once they are back.
func TestLostKeysAreNotErasure(t *testing.T) {
	dir := t.TempDir()
	s := open(t, embedded(t, dir))
	q := start(t, s, never)
	for i := range 3 {
		if err := q.Append(t.Context(), entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	closeSpool(t, s)
	if err := os.Truncate(filepath.Join(dir, "jetstream", "$G", "streams", "KV_winnow_keys", "meta.inf"), 0); err != nil {
		t.Fatal(err)
	}

	s = open(t, embedded(t, dir))
	defer closeSpool(t, s)
	if list := s.Warnings(); len(list) != 1 || !strings.Contains(list[0], "KV_winnow_keys") {
		t.Errorf("warnings: %q", list)
	}
	q = start(t, s, func(context.Context, *spool.Entry) spool.Outcome {
		t.Error("something was delivered")
		return spool.Outcome{}
	})
	eventually(t, "all are parked", func() bool { return q.Ledger().Parked.Batches.Load() == 3 })
	if n := q.Ledger().Erased.Batches.Load(); n != 0 {
		t.Errorf("%d count as erased", n)
	}
}
