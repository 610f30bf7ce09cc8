package upstream_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"winnow/proxy/codec"
	"winnow/proxy/upstream"
)

func openFile(t *testing.T, dir string, c *clock, fs upstream.FS) *upstream.File {
	t.Helper()
	f, err := upstream.NewFile(upstream.FileOptions{
		Dir: dir, RotateBytes: 1 << 20, RotateAge: time.Hour, KeepAge: 24 * time.Hour, Now: c.Now, FS: fs,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// segments returns the names and the joined content of a folder's segments, in order.
func segments(t *testing.T, dir string) (names []string, content string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "winnow-*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		content += string(b)
		names[i] = filepath.Base(name)
	}
	return names, content
}

func TestFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	f := openFile(t, dir, newClock(), nil)
	r, err := f.Deliver(deliveryOf(t, quietLine))
	if err != nil || r.Status != 200 {
		t.Fatalf("%+v, %v", r, err)
	}
	names, content := segments(t, dir)
	if !slices.Equal(names, []string{"winnow-20260301T120000Z-000000.ndjson"}) || content != quietLine {
		t.Errorf("%q: %q", names, content)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, names[0]): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if _, err := f.Ask(deliveryOf(t, quietLine)); !errors.Is(err, upstream.ErrSilent) {
		t.Errorf("asked: %v", err)
	}
}

func TestFileRotatesAndForgets(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	f := openFile(t, dir, c, nil)
	f.Set(1, time.Hour, 24*time.Hour) // every batch fills a segment
	for range 3 {
		f.Deliver(deliveryOf(t, quietLine))
	}
	if names, content := segments(t, dir); len(names) != 3 || content != strings.Repeat(quietLine, 3) {
		t.Errorf("by size: %q", names)
	}
	f.Set(1<<20, time.Hour, 24*time.Hour)
	c.now = c.now.Add(time.Hour)
	f.Deliver(deliveryOf(t, quietLine))
	c.now = c.now.Add(time.Hour)
	f.Deliver(deliveryOf(t, quietLine))
	if names, _ := segments(t, dir); len(names) != 5 {
		t.Errorf("by age: %q", names)
	}
	c.now = c.now.Add(23*time.Hour + time.Minute)
	f.Tidy()
	f.Deliver(deliveryOf(t, quietLine))
	if names, _ := segments(t, dir); len(names) != 2 {
		t.Errorf("kept too long: %q", names)
	}
}

// What a crash tore is cut when the folder is opened, and nothing else is.
func TestFileCutsTornEnd(t *testing.T) {
	long := `{"msg":"` + strings.Repeat("x", 10_000) + `"}`
	for _, tt := range []struct{ content, want string }{
		{"", ""},
		{quietLine, quietLine},
		{quietLine + `{"level":"in`, quietLine},
		{quietLine + long, quietLine},
		{`{"level":"in`, ""},
		{long + "\n" + long, long + "\n"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "winnow-20260301T110000Z-000041.ndjson"), []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		f := openFile(t, dir, newClock(), nil)
		if _, content := segments(t, dir); content != tt.want {
			t.Errorf("%.40q became %.40q", tt.content, content)
		}
		if _, err := f.Deliver(deliveryOf(t, quietLine)); err != nil {
			t.Fatal(err)
		}
		if names, _ := segments(t, dir); names[len(names)-1] != "winnow-20260301T120000Z-000042.ndjson" {
			t.Errorf("numbers do not go on: %q", names)
		}
	}
}

func TestFileFolderIsForOne(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, dir, newClock(), nil)
	if _, err := upstream.NewFile(upstream.FileOptions{Dir: dir, Now: newClock().Now}); err == nil {
		t.Error("two in one folder")
	}
	f.Close()
	openFile(t, dir, newClock(), nil)
}

// faultyFS fails one operation, the n-th from when it is armed.
type faultyFS struct {
	upstream.FS
	mu    sync.Mutex
	left  int // operations until the fault; 0 is unarmed
	err   error
	syncs int
	gate  chan struct{} // a sync waits for it
}

func (f *faultyFS) fault() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left > 0 {
		if f.left--; f.left == 0 {
			return f.err
		}
	}
	return nil
}

func (f *faultyFS) Create(name string) (upstream.SegmentFile, error) {
	if err := f.fault(); err != nil {
		return nil, err
	}
	s, err := f.FS.Create(name)
	return &faultyFile{s, f}, err
}

func (f *faultyFS) SyncDir(dir string) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.FS.SyncDir(dir)
}

type faultyFile struct {
	upstream.SegmentFile
	fs *faultyFS
}

// Write fails half way, as a full disk does.
func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.fs.fault(); err != nil {
		n, _ := f.SegmentFile.Write(p[:len(p)/2])
		return n, err
	}
	return f.SegmentFile.Write(p)
}

func (f *faultyFile) Sync() error {
	if f.fs.gate != nil {
		<-f.fs.gate
	}
	f.fs.mu.Lock()
	f.fs.syncs++
	f.fs.mu.Unlock()
	if err := f.fs.fault(); err != nil {
		return err
	}
	return f.SegmentFile.Sync()
}

// Whatever fails, at whichever step: the batch is refused, what was acknowledged stays, nothing torn stays, and the next batch finds a
// disk that works again.
func TestFileFaults(t *testing.T) {
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC} {
		for step := 1; step <= 6; step++ {
			t.Run(fmt.Sprintf("%v at step %d", fault, step), func(t *testing.T) {
				dir, fs := t.TempDir(), &faultyFS{FS: upstream.OS, err: fault}
				f := openFile(t, dir, newClock(), fs)
				fs.left = step
				acked, refused := 0, 0
				for i := range 4 {
					_, err := f.Deliver(deliveryOf(t, fmt.Sprintf(`{"msg":"record %d"}`+"\n", i)))
					if err == nil {
						acked++
						continue
					}
					refused++
					if why(err) != codec.UpstreamDown || errors.Is(fault, syscall.ENOSPC) != strings.Contains(err.Error(), "full") {
						t.Errorf("%v", err)
					}
				}
				_, content := segments(t, dir)
				if refused != 1 || strings.Count(content, "\n") != acked || !strings.HasSuffix(content, "}\n") {
					t.Errorf("acknowledged %d, refused %d, on disk: %q", acked, refused, content)
				}
			})
		}
	}
}

// Batches that wait for the disk share its next sync.
func TestFileGroupsSyncs(t *testing.T) {
	fs := &faultyFS{FS: upstream.OS, gate: make(chan struct{})}
	f := openFile(t, t.TempDir(), newClock(), fs)
	const n = 50
	deliveries := make([]*upstream.Delivery, n)
	for i := range deliveries {
		deliveries[i] = deliveryOf(t, quietLine)
	}
	var all sync.WaitGroup
	for _, d := range deliveries {
		all.Go(func() {
			if _, err := f.Deliver(d); err != nil {
				t.Error(err)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for open := true; open; {
		select {
		case fs.gate <- struct{}{}:
		case <-done:
			open = false
		}
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.syncs > n/2 {
		t.Errorf("%d syncs for %d batches at once", fs.syncs, n)
	}
}

func TestFileClosed(t *testing.T) {
	f := openFile(t, t.TempDir(), newClock(), nil)
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	f.Tidy()
	if _, err := f.Deliver(deliveryOf(t, quietLine)); why(err) != codec.NotReady {
		t.Errorf("%v", err)
	}
}

func BenchmarkFile(b *testing.B) {
	f, err := upstream.NewFile(upstream.FileOptions{Dir: b.TempDir(), RotateBytes: 1 << 30, RotateAge: time.Hour, KeepAge: time.Hour, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	d := deliveryOf(b, strings.Repeat(quietLine, 100))
	b.SetBytes(int64(len(quietLine) * 100))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Deliver(d); err != nil {
			b.Fatal(err)
		}
	}
}
