package detect

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// spent is the processor time that f takes: other work on the machine does not count.
func spent(t testing.TB, f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begin := threadTime(t)
	f()
	return threadTime(t) - begin
}

func threadTime(t testing.TB) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}
