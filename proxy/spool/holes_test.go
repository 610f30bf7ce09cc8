package spool_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/proxy/spool"
)

const (
	holesFrames = 200
	holesBody   = 64 << 10
	holesLimit  = 30 << 20 // so that the store has several blocks
)

func openSmall(t *testing.T, dir string) *spool.Spool {
	t.Helper()
	s, err := spool.Open(t.Context(), spool.Options{
		Store: embedded(t, dir), Master: master, MaxFrameBytes: 1 << 20, MaxEntryBytes: 8 << 20, MaxLaneBytes: holesLimit, Patience: 2 * time.Second,
		Concurrency: 8, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fill stores frames of one batch each, and stops.
func fill(t *testing.T, dir string) {
	t.Helper()
	s := openSmall(t, dir)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range holesFrames {
		e := entry(i)
		e.Body = make([]byte, holesBody)
		for k := range e.Body {
			e.Body[k] = byte(noise.Uint32())
		}
		if err := q.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	closeSpool(t, s)
}

// blocks are the files in which the lane's frames are, oldest first.
func blocks(t *testing.T, dir string) []string {
	t.Helper()
	list := storeFiles(t, []string{dir}, laneFiles("main"))
	if len(list) < 2 {
		t.Fatalf("the lane has %d blocks: the test needs several", len(list))
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return list
}

// flip changes one byte of a file.
func flip(t *testing.T, path string, at func(size int) int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[at(len(data))] ^= 0x10
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever is damaged in a store that was stopped: what is left is delivered once and unchanged, and what is missing is told at the next start,
// frame by frame.
func TestDamage(t *testing.T) {
	const block = 100 // at most so many frames are in one
	tests := []struct {
		name   string
		damage func(t *testing.T, blocks []string)
		// how many frames may be lost
		least, most int
		// aside says that the lane cannot be read as a whole
		aside bool
	}{
		{"none", func(*testing.T, []string) {}, 0, 0, false},
		{"torn tail", func(t *testing.T, b []string) {
			path := b[len(b)-1]
			i, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, i.Size()-3000); err != nil {
				t.Fatal(err)
			}
		}, 1, 1, false},
		{"garbage tail", func(t *testing.T, b []string) {
			f, err := os.OpenFile(b[len(b)-1], os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(strings.Repeat("garbage", 100)); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}, 0, 0, false},
		{"flip at the front", func(t *testing.T, b []string) { flip(t, b[0], func(int) int { return 2000 }) }, 1, block, false},
		{"flip in the middle", func(t *testing.T, b []string) { flip(t, b[0], func(n int) int { return n / 2 }) }, 1, block, false},
		{"flip at the end", func(t *testing.T, b []string) { flip(t, b[len(b)-1], func(n int) int { return n - 2000 }) }, 1, block, false},
		{"flip in the last block", func(t *testing.T, b []string) { flip(t, b[len(b)-1], func(n int) int { return n / 2 }) }, 1, block, false},
		{"missing first block", func(t *testing.T, b []string) { remove(t, b[0]) }, 1, block, false},
		{"missing last block", func(t *testing.T, b []string) { remove(t, b[len(b)-1]) }, 1, block, false},
		{"missing index", func(t *testing.T, b []string) { remove(t, filepath.Join(filepath.Dir(b[0]), "index.db")) }, 0, 0, false},
		{"empty meta file", func(t *testing.T, b []string) {
			if err := os.Truncate(filepath.Join(filepath.Dir(filepath.Dir(b[0])), "meta.inf"), 0); err != nil {
				t.Fatal(err)
			}
		}, holesFrames, holesFrames, true},
	}
	full := t.TempDir()
	fill(t, full)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(full)); err != nil {
				t.Fatal(err)
			}
			test.damage(t, blocks(t, dir))
			s := openSmall(t, dir)
			defer closeSpool(t, s)
			q, err := s.Queue(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			missing := int(q.Missing())
			if missing < test.least || missing > test.most {
				t.Errorf("%d frames are missing, want %d to %d", missing, test.least, test.most)
			}
			if sick := s.Health() != nil; sick != (test.least > 0) {
				t.Errorf("health: %v", s.Health())
			}
			if warned := len(s.Warnings()) > 0; warned != test.aside {
				t.Errorf("warnings: %q", s.Warnings())
			}
			drain(t, q, holesFrames-missing)
			if got := int(q.Missing()); got != missing {
				t.Errorf("%d frames were missing at start, and %d when the rest was delivered", missing, got)
			}
			last := entry(1 << 20)
			last.Body = make([]byte, holesBody)
			if err := q.Append(t.Context(), last); err != nil {
				t.Errorf("nothing can be stored any more: %v", err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// drain delivers n batches, each whole and none twice, and waits until the lane is empty.
func drain(t *testing.T, q *spool.Queue, n int) {
	t.Helper()
	var mu sync.Mutex
	seen := map[uint64]int{}
	q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome {
		mu.Lock()
		defer mu.Unlock()
		if seen[binary.BigEndian.Uint64(e.ID[:])]++; len(e.Body) != holesBody {
			t.Errorf("a body of %d bytes", len(e.Body))
		}
		return spool.Outcome{}
	})
	within(t, 20*time.Second, "all that is left is delivered, and let go", func() bool {
		waiting, _, err := q.Stats(t.Context()) // it may still count what it cannot read
		mu.Lock()
		defer mu.Unlock()
		return err == nil && len(seen) >= n && waiting.Frames <= uint64(holesFrames-n)
	})
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != n {
		t.Errorf("%d batches were delivered of %d", len(seen), n)
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("batch %d was delivered %d times", id, times)
		}
	}
}
