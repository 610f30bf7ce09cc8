package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"winnow/proxy/spool"
)

// stand is what all scenarios share: the binaries that users get, and a folder for everything else.
type stand struct {
	dir, binary string
	mounts      bool // where no file system can be mounted, a scenario that needs one fails
}

func newStand(ctx context.Context) (*stand, error) {
	dir, err := os.MkdirTemp("", "winnow-chaos-")
	if err != nil {
		return nil, err
	}
	s := &stand{dir: dir}
	if s.binary, err = s.build(ctx, "winnow", "winnow"); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// build compiles a program of a package.
func (s *stand) build(ctx context.Context, name, pkg string) (string, error) {
	binary := filepath.Join(s.dir, name)
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, pkg).CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return binary, nil
}

func (s *stand) remove() error { return os.RemoveAll(s.dir) }

// winnow is the process under trial.
type winnow struct {
	process
	listen, admin string
}

// configText is what every scenario runs winnow with: address, admin, folder, upstream. What a scenario adds comes behind it.
const configText = `listen: %s
admin: {listen: %s}
data_dir: %s
master_secret: ${WINNOW_SECRET}
upstreams: [%s]
routes: [{path: /ingest, protocol: json, delivery: spool}, {path: /direct, protocol: json}]
policy: {mode: scrub}
%s
`

// newWinnow prepares a folder, with the backend at an address; start starts it. more are lines of its configuration.
func (s *stand) newWinnow(address string, more ...string) (*winnow, error) {
	return s.newWinnowTo(quickSinkAt(address), more...)
}

// newPair is a backend that takes everything, and a winnow that delivers to it, with the upstream that sink makes of the backend. closing ends both.
func (s *stand) newPair(sink func(*backend) string, more ...string) (b *backend, w *winnow, closing func(), err error) {
	if b, err = newBackend(); err != nil {
		return nil, nil, nil, err
	}
	if w, err = s.newWinnowTo(sink(b), more...); err != nil {
		b.close()
		return nil, nil, nil, err
	}
	return b, w, func() { w.close(); b.close() }, nil
}

// quickSink is an upstream whose backend must answer within a second.
func quickSink(b *backend) string { return quickSinkAt(b.address) }

func quickSinkAt(address string) string {
	return fmt.Sprintf("{id: sink, url: 'http://%s', timeout: 1s}", address)
}

// patientSink is an upstream whose backend may take long to answer: what arrives twice was not sent again for that.
func patientSink(b *backend) string {
	return fmt.Sprintf("{id: sink, url: 'http://%s', timeout: 30s}", b.address)
}

// newWinnowTo is newWinnow with the upstream as the configuration tells it.
func (s *stand) newWinnowTo(upstream string, more ...string) (*winnow, error) {
	dir, err := os.MkdirTemp(s.dir, "run-")
	if err != nil {
		return nil, err
	}
	w := &winnow{process: process{dir: dir}}
	w.args = []string{s.binary, "run", "--config", w.path("winnow.yaml")}
	w.env = []string{"WINNOW_SECRET=0123456789abcdef0123456789abcdef", "TMPDIR=" + w.path("tmp"), "GOTRACEBACK=crash"}
	var err1, err2 error
	w.listen, err1 = freeAddress()
	w.admin, err2 = freeAddress()
	w.page = "http://" + w.admin + "/readyz"
	if err := errors.Join(err1, err2, os.Mkdir(w.path("tmp"), 0o700), w.openLog()); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(configText, w.listen, w.admin, w.path("data"), upstream, strings.Join(more, "\n"))
	return w, os.WriteFile(w.path("winnow.yaml"), []byte(text), 0o600)
}

// spool is the folder of its spool.
func (w *winnow) spool() string { return w.path("data/spool") }

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

// Ports for processes that come back at the address they had: below those that the system gives to outgoing connections.
const (
	firstPort = 20000
	lastPort  = 32000
)

// lastGiven is the port that was given last, counted from a random one: what two that start at the same moment are given differs.
var lastGiven = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(lastPort - firstPort))
	return &n
}()

// freeAddress is a port on loopback that nobody listens on at the moment.
func freeAddress() (address string, err error) {
	for range 100 {
		address = fmt.Sprint("127.0.0.1:", firstPort+lastGiven.Add(1)%(lastPort-firstPort))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", err
}
