package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// fewFiles leaves the process no descriptor beside those that it has.
func fewFiles(_ context.Context, t *trial) error {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", t.w.pid()))
	if err != nil {
		return err
	}
	var old unix.Rlimit
	if err := unix.Prlimit(t.w.pid(), unix.RLIMIT_NOFILE, nil, &old); err != nil {
		return err
	}
	t.files = old.Cur
	return unix.Prlimit(t.w.pid(), unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(len(open)), Max: old.Max}, nil)
}

func manyFiles(_ context.Context, t *trial) error {
	var now unix.Rlimit
	if err := unix.Prlimit(t.w.pid(), unix.RLIMIT_NOFILE, nil, &now); err != nil {
		return err
	}
	return unix.Prlimit(t.w.pid(), unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: t.files, Max: now.Max}, nil)
}

// memoryGroups are where a control group with a bound on memory can be made: of version 1, and of version 2.
var memoryGroups = []struct{ root, bound string }{
	{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
	{"/sys/fs/cgroup", "memory.max"},
}

// starve moves the process into a control group that has less memory than it needs, until the kernel kills it. Where no group can be made,
// SIGKILL stands for it.
func starve(ctx context.Context, t *trial) error {
	for _, g := range memoryGroups {
		dir := filepath.Join(g.root, fmt.Sprint("winnow-chaos-", t.w.pid()))
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		t.undo = func() error { return os.Remove(dir) }
		if os.WriteFile(filepath.Join(dir, g.bound), []byte(strconv.Itoa(24<<20)), 0o600) == nil &&
			os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(t.w.pid())), 0o600) == nil {
			until(ctx, 30*time.Second, func() bool { return !t.w.alive() })
		} else if err := t.undo(); err != nil {
			return err
		} else {
			t.undo = nil
			continue
		}
		break
	}
	if t.w.alive() {
		t.note = " (SIGKILL stands for it)"
		t.w.end(syscall.SIGKILL)
	}
	return nil
}

// traced are ordeals in which a debugger changes what the kernel answers to fsync and write.
func traced() []ordeal {
	list := []ordeal{
		{name: "every fsync fails with EIO for 3 s", begin: inject("error=EIO"), end: release, hold: 3 * time.Second, stops: true},
		{name: "every write into the lane fails with EIO for 3 s", begin: spoilWrites, end: release, hold: 3 * time.Second, stops: true},
	}
	for _, d := range []time.Duration{5 * time.Millisecond, 50 * time.Millisecond, time.Second} {
		list = append(list, ordeal{
			name: fmt.Sprintf("every fsync takes %v more", d), begin: inject(fmt.Sprint("delay_exit=", d.Microseconds())), end: release,
			hold: 8 * time.Second, goesOn: true,
		})
	}
	return list
}

// inject has strace do something to every fsync of winnow.
func inject(what string) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) (err error) {
		t.undo, err = tamper(ctx, t.w.pid(), syncCalls, what)
		return err
	}
}

// laneBlocks are more blocks than the lane begins during an ordeal.
const laneBlocks = 64

// spoilWrites has every write into the blocks of the lane fail: those that it has, and those that it begins.
func spoilWrites(ctx context.Context, t *trial) error {
	files, err := filepath.Glob(filepath.Join(streamsOf(t.w), laneStream, "msgs/*.blk"))
	if err != nil || len(files) == 0 {
		return errors.Join(err, errors.New("the lane has no block"))
	}
	last := slices.MaxFunc(files, cmpBlock)
	n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(last), ".blk"))
	if err != nil {
		return err
	}
	for more := range laneBlocks {
		files = append(files, filepath.Join(filepath.Dir(last), fmt.Sprint(n+1+more, ".blk")))
	}
	t.undo, err = tamper(ctx, t.w.pid(), writeCalls, "error=EIO", files...)
	return err
}

// What a process asks of the kernel to store.
const (
	syncCalls  = "fsync,fdatasync"
	writeCalls = "write,pwrite64,writev,pwritev,pwritev2"
)

// tamper has strace do something to every one of some calls of a process, those on some files if any are named, until it is let go.
func tamper(ctx context.Context, pid int, calls, what string, files ...string) (letGo func() error, err error) {
	tracer, err := exec.LookPath("strace")
	if err != nil {
		return nil, fmt.Errorf("%w: strace is missing", errNotHere)
	}
	args := []string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + calls, "-e", "inject=" + calls + ":" + what, "-p", strconv.Itoa(pid)}
	for _, file := range files {
		args = append(args, "-P", file)
	}
	cmd := exec.Command(tracer, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // a signal is how it ends
		close(ended)
	}()
	letGo = func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-ended
		return nil
	}
	until(ctx, 10*time.Second, func() bool { return tracedBy(pid) == cmd.Process.Pid })
	if tracedBy(pid) != cmd.Process.Pid {
		return nil, errors.Join(fmt.Errorf("%w: strace cannot attach", errNotHere), letGo())
	}
	return letGo, nil
}

func release(_ context.Context, t *trial) error { return t.undo() }

// tracedBy is the process id of a process's tracer, 0 if it has none.
func tracedBy(pid int) (tracer int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	return statusNumber(text, "TracerPid:")
}
