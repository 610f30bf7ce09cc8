//go:build unix

package spool_test

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"winnow/proxy/spool"
)

// A disk that takes no more bytes fails every write of the embedded server, which from then on answers nothing. Once there is room again, the
// watchdog's restart makes it store again; nothing that was acknowledged is lost, and nothing is acknowledged that was not stored. The limit
// holds for a whole process, so that one of its own runs this.
func TestDiskRefusesWrites(t *testing.T) {
	if os.Getenv(limitedProcess) != "" {
		diskRefusesWrites(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDiskRefusesWrites$")
	cmd.Env = append(os.Environ(), limitedProcess+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// limitedProcess tells a test that it runs in a process of its own.
const limitedProcess = "WINNOW_TEST_LIMITED_PROCESS"

func diskRefusesWrites(t *testing.T) {
	signal.Ignore(unix.SIGXFSZ)
	defer signal.Reset(unix.SIGXFSZ)
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	body := make([]byte, 64<<10)
	rand.Read(body)
	next := 0
	add := func() error {
		next++
		e := entry(next)
		e.Body = body
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		return q.Append(ctx, e)
	}
	if err := add(); err != nil {
		t.Fatal(err)
	}
	limited := old
	limited.Cur = 256 << 10
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limited); err != nil {
		t.Fatal(err)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() {
		for range 8 { // more than a file may have: one of them meets the fault
			if err := add(); err != nil {
				t.Error(err)
			}
		}
	})
	within(t, 30*time.Second, "the store is found dead", func() bool { return s.Restarts() > 0 })
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	waiting.Wait()
	a := newArrivals()
	q.Start(func(_ context.Context, e *spool.Entry) spool.Outcome { return a.add(e) })
	within(t, 30*time.Second, "all nine are delivered", func() bool {
		n, _ := a.count()
		return n == next
	})
	if n := q.Missing(); n != 0 {
		t.Errorf("%d frames are missing", n)
	}
}
