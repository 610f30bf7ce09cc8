package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is a proxy in a process of its own.
type child struct {
	name    string
	address string // that it takes requests on
	metrics string // URL where it tells its metrics, in Prometheus' text form
	cmd     *exec.Cmd
	stderr  *bytes.Buffer
}

// spawn starts a proxy, which ends with ctx or stop.
func spawn(ctx context.Context, name, binary string, args ...string) (*child, error) {
	c := &child{name: name, cmd: exec.CommandContext(ctx, binary, args...), stderr: &bytes.Buffer{}}
	c.cmd.Stderr = c.stderr
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 5 * time.Second
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return c, nil
}

// stop ends the child and waits for it.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	timer := time.AfterFunc(5*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer timer.Stop()
	_ = c.cmd.Wait() // ended by a signal is what was asked for
}

// ready asks until probe is content. The child's own words come with the error.
func (c *child) ready(ctx context.Context, probe func() error) error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		err := probe()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not ready after 10s: %w\n%s", c.name, err, c.stderr)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ticksPerSecond is USER_HZ, the unit of times in /proc; Linux fixes it at 100 for programs on every machine that Go runs on.
const ticksPerSecond = 100

// cpu returns the user and system time the child has used, to 10 ms.
func (c *child) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(c.proc("stat"))
	if err != nil {
		return 0, err
	}
	// proc(5): the second field is the name in brackets and may hold anything; utime and stime are the 14th and 15th.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, errors.New("unexpected form of /proc stat")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticksPerSecond, errors.Join(err1, err2)
}

// peakMemory returns the most resident memory the child has had, in bytes.
func (c *child) peakMemory() (int64, error) {
	status, err := os.ReadFile(c.proc("status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("no VmHWM in /proc status")
}

// mallocsMetric is how Go's collector for Prometheus names the heap objects made since the start.
const mallocsMetric = "go_memstats_mallocs_total "

// mallocs returns how many heap objects the child has made; ok is false if its metrics do not tell.
func (c *child) mallocs(ctx context.Context) (n float64, ok bool, err error) {
	text, err := get(ctx, c.metrics)
	if err != nil {
		return 0, false, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, mallocsMetric); found {
			n, err = strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return n, err == nil, err
		}
	}
	return 0, false, nil
}

// get fetches a page from a child.
func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", url, resp.StatusCode)
	}
	return text, errors.Join(err, resp.Body.Close())
}

func (c *child) proc(file string) string {
	return "/proc/" + strconv.Itoa(c.cmd.Process.Pid) + "/" + file
}
