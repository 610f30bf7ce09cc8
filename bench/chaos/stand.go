package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"winnow/proxy/spool"
)

// stand is what all scenarios share: the binary that users get, and a folder for everything else.
type stand struct {
	dir, binary string
	mounts      bool // where no file system can be mounted, a scenario that needs one fails
}

func newStand(ctx context.Context) (*stand, error) {
	dir, err := os.MkdirTemp("", "winnow-chaos-")
	if err != nil {
		return nil, err
	}
	s := &stand{dir: dir, binary: filepath.Join(dir, "winnow")}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", s.binary, "winnow")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("building winnow: %w\n%s", err, out), s.remove())
	}
	return s, nil
}

func (s *stand) remove() error { return os.RemoveAll(s.dir) }

// winnow is a process that is started again and again on one folder.
type winnow struct {
	binary, dir   string // dir holds config, data, temporary files, log and core files: all that it may write
	listen, admin string
	cmd           *exec.Cmd
	log           *os.File
	ended         chan struct{}
}

// configText is what every scenario runs winnow with: address, admin, folder, upstream.
const configText = `listen: %s
admin: {listen: %s}
data_dir: %s
master_secret: ${WINNOW_SECRET}
upstreams: [{id: sink, url: 'http://%s', timeout: 1s}]
routes: [{path: /ingest, protocol: json, delivery: spool}]
policy: {mode: scrub}
`

// newWinnow prepares a folder; start starts it.
func (s *stand) newWinnow(upstream string) (*winnow, error) {
	dir, err := os.MkdirTemp(s.dir, "run-")
	if err != nil {
		return nil, err
	}
	w := &winnow{binary: s.binary, dir: dir}
	var err1, err2 error
	w.listen, err1 = freeAddress()
	w.admin, err2 = freeAddress()
	if err := errors.Join(err1, err2, os.Mkdir(w.path("tmp"), 0o700)); err != nil {
		return nil, err
	}
	if w.log, err = os.OpenFile(w.path("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(configText, w.listen, w.admin, w.path("data"), upstream)
	return w, os.WriteFile(w.path("winnow.yaml"), []byte(text), 0o600)
}

func (w *winnow) path(name string) string { return filepath.Join(w.dir, name) }

// spool is the folder of its spool.
func (w *winnow) spool() string { return w.path("data/spool") }

// start starts the process and returns once it is ready.
func (w *winnow) start(ctx context.Context) error {
	if err := allowCores(); err != nil {
		return err
	}
	w.cmd = exec.Command(w.binary, "run", "--config", w.path("winnow.yaml"))
	w.cmd.Dir, w.cmd.Stdout, w.cmd.Stderr = w.dir, w.log, w.log
	w.cmd.Env = append(os.Environ(), "WINNOW_SECRET=0123456789abcdef0123456789abcdef", "TMPDIR="+w.path("tmp"), "GOTRACEBACK=crash")
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := w.cmd.Start(); err != nil {
		return err
	}
	w.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = cmd.Wait() // killed is how most of them end
		close(ended)
	}(w.cmd, w.ended)
	return w.ready(ctx, began.Add(time.Minute))
}

// ready asks until winnow says that it is.
func (w *winnow) ready(ctx context.Context, deadline time.Time) error {
	client := http.Client{Timeout: time.Second}
	for {
		resp, err := client.Get("http://" + w.admin + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.ended:
			return fmt.Errorf("winnow ended before it was ready: %s", w.lastWords())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			w.signal(syscall.SIGKILL)
			return fmt.Errorf("winnow is not ready in time: %s", w.lastWords())
		}
	}
}

// frames counts what is in a lane of its spool, once it has ended.
func (w *winnow) frames(ctx context.Context, lane string) (int, error) {
	store, err := spool.OpenJetStream(ctx, spool.JetStreamOptions{Dir: w.spool(), MaxFrameBytes: storeFrame, AckWait: time.Minute, MaxPending: 64})
	if err != nil {
		return 0, err
	}
	n := 0
	l, err := store.Lane(ctx, lane, 1<<30)
	if err == nil {
		err = l.Read(ctx, 1, func(uint64, []byte) bool { n++; return true })
	}
	return n, errors.Join(err, store.Close())
}

// storeFrame bounds a message of the store, as winnow does.
const storeFrame = 32 << 20

// lastWords are the end of its log.
func (w *winnow) lastWords() []byte {
	text, err := os.ReadFile(w.path("log"))
	if err != nil {
		return []byte(err.Error())
	}
	return text[max(0, len(text)-1000):]
}

func (w *winnow) signal(s syscall.Signal) { _ = w.cmd.Process.Signal(s) }

// end sends a signal and waits for the end.
func (w *winnow) end(s syscall.Signal) {
	if w.cmd == nil || w.cmd.Process == nil {
		return
	}
	w.signal(s)
	patience := time.AfterFunc(40*time.Second, func() { w.signal(syscall.SIGKILL) })
	defer patience.Stop()
	<-w.ended
}

// close kills the process and lets go of its log. The folder goes with that of the stand.
func (w *winnow) close() {
	w.end(syscall.SIGKILL)
	_ = w.log.Close()
}

// wrote counts a word in its log.
func (w *winnow) wrote(word string) (int, error) {
	text, err := os.ReadFile(w.path("log"))
	return bytes.Count(text, []byte(word)), err
}

// allowCores lets the processes that this one starts leave core files: that none is there is winnow's own doing then.
func allowCores() error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	return unix.Setrlimit(unix.RLIMIT_CORE, &l)
}

var addresses sync.Mutex

// freeAddress is a port on loopback that nobody listens on at the moment.
func freeAddress() (string, error) {
	addresses.Lock()
	defer addresses.Unlock()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
