package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy"
)

// canaries are what no log, metric or file may ever hold.
var canaries = []string{"alice", "4111111111111111", "s3cr3t", "Canary"}

// logBuffer is winnow's log. Safe for concurrent use.
type logBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	seen chan struct{} // gets a value, if there is room, with every line
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.seen <- struct{}{}:
	default:
	}
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// await waits until the log holds text.
func (l *logBuffer) await(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for !strings.Contains(l.String(), text) {
		select {
		case <-l.seen:
		case <-deadline:
			t.Fatalf("%q does not come up in the log:\n%s", text, l.String())
		}
	}
}

// backend is an upstream that remembers what came.
type backend struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string // method, path and query, headers in order, body
	reply    http.HandlerFunc
}

func newBackend(t testing.TB) *backend {
	t.Helper()
	b := &backend{reply: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.requests = append(b.requests, fmt.Sprintf("%s %s\n%v\n%s", r.Method, r.URL, r.Header, body))
		reply := b.reply
		b.mu.Unlock()
		reply(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *backend) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests
}

// running is one winnow in this process.
type running struct {
	proxy.Info
	url, admin string
	log        *logBuffer
	stop       context.CancelFunc
	done       chan error
	reload     chan os.Signal
	file       string
	ahead      atomic.Int64 // nanoseconds, of winnow's clock
}

// start runs winnow with a configuration, to which listeners and a data folder are added, until the test ends. %s stands for the URL of b.
func start(t testing.TB, b *backend, text string) *running {
	t.Helper()
	return startIn(t, b, filepath.Join(t.TempDir(), "data"), text)
}

// startIn is start in a data folder that may have been used before.
func startIn(t testing.TB, b *backend, data, text string) *running {
	t.Helper()
	return written(t, b, data, text).run(t)
}

// written is startIn ahead of the start.
func written(t testing.TB, b *backend, data, text string) *running {
	t.Helper()
	r := newRunning(filepath.Join(t.TempDir(), "winnow.yaml"))
	head := fmt.Sprintf("version: 1\nlisten: 127.0.0.1:0\nadmin: {listen: 127.0.0.1:0}\ndata_dir: %s\nlog: {level: debug}\n", data)
	if b != nil {
		head += "upstreams: [{id: logs, url: '" + b.URL + "', timeout: 5s}]\n"
	}
	r.write(t, head+text)
	return r
}

func newRunning(file string) *running {
	return &running{log: &logBuffer{seen: make(chan struct{}, 1)}, done: make(chan error, 1), reload: make(chan os.Signal), file: file}
}

// again starts winnow on what one that has ended left.
func (r *running) again(t testing.TB) *running {
	t.Helper()
	return newRunning(r.file).run(t)
}

// run runs winnow until the test ends.
func (r *running) run(t testing.TB) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	ready := make(chan proxy.Info, 1)
	go func() {
		r.done <- proxy.Run(ctx, proxy.Options{
			Load: proxy.FileLoader(r.file), File: r.file, Version: "test", Reload: r.reload, Ready: func(i proxy.Info) { ready <- i },
			Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Now: func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) },
		})
	}()
	select {
	case r.Info = <-ready:
	case err := <-r.done:
		t.Fatalf("did not start: %v\n%s", err, r.log)
	}
	r.url, r.admin = "http://"+r.Listen, "http://"+r.Admin
	t.Cleanup(func() {
		metrics := r.get(t, "/metrics")
		if err := r.end(); err != nil {
			t.Errorf("run: %v", err)
		}
		for _, c := range canaries {
			if strings.Contains(r.log.String(), c) || strings.Contains(metrics, c) {
				t.Errorf("%q is in the log or the metrics:\n%s", c, r.log)
			}
		}
	})
	return r
}

// write replaces the configuration file. Its text may refer to what start added as HEAD.
func (r *running) write(t testing.TB, text string) {
	t.Helper()
	if err := os.WriteFile(r.file+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(r.file+".new", r.file); err != nil {
		t.Fatal(err)
	}
}

// end stops winnow and returns what Run did.
func (r *running) end() error {
	r.stop()
	err := <-r.done
	r.done <- err
	return err
}

// get returns a page of the administrators' listener.
func (r *running) get(t testing.TB, path string) string {
	t.Helper()
	resp, err := http.Get(r.admin + path)
	if err != nil {
		return "" // it has ended
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// post sends a body, with headers as pairs, and returns status and answer.
func (r *running) post(t testing.TB, path, body string, headers ...string) (int, string) {
	t.Helper()
	return r.do(t, "POST", path, body, headers...)
}

func (r *running) do(t testing.TB, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	resp, text := r.exchange(t, method, path, body, headers...)
	return resp.StatusCode, text
}

const login = `{"level":"info","message":"alice@example.com paid with 4111111111111111","password":"s3cr3t"}` + "\n"

// The embedded default, as a new user runs it: what is planted is gone from the segment, and what serves operations is there.
func TestDefaultIntoFile(t *testing.T) {
	r := start(t, nil, "")
	if status, body := r.post(t, "/ingest", login, "Content-Type", "application/x-ndjson"); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if r.NewSecret == "" {
		t.Error("a new master secret is not spoken of")
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(r.Config.DataDir, "*.ndjson"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%q, %v", names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range canaries {
		if bytes.Contains(text, []byte(c)) {
			t.Errorf("%q is in the segment: %s", c, text)
		}
	}
	if !bytes.Contains(text, []byte(`"level":"info"`)) {
		t.Errorf("the segment lacks the level: %s", text)
	}
}
