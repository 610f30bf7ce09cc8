package ingest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/ingest"
)

// recorder is a Handler that remembers what it was handed.
type recorder struct {
	mu     sync.Mutex
	bodies []string
	done   []string // tenant, status
	handle func(r *ingest.Request)
}

func (h *recorder) Handle(r *ingest.Request) {
	h.mu.Lock()
	h.bodies = append(h.bodies, string(r.Body))
	h.mu.Unlock()
	if h.handle != nil {
		h.handle(r)
		return
	}
	r.Answer = codec.Response{Status: 200, ContentType: "text/plain", Body: fmt.Appendf(nil, "%s %s %d", r.Tenant, r.Path, len(r.Body))}
}

func (h *recorder) Done(r *ingest.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, fmt.Sprintf("%s %d", r.Tenant, r.Answer.Status))
}

func (h *recorder) handled() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bodies
}

// stand is a server on loopback.
type stand struct {
	*ingest.Server
	addr    string
	handler *recorder
	budget  *ingest.Budget
	log     *logBuffer
}

const maxBody = 64 << 10

func key(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }

func open(t testing.TB, keys ingest.Keys) *stand {
	t.Helper()
	s := &stand{handler: &recorder{}, budget: ingest.NewBudget(100 << 10), log: &logBuffer{}}
	s.Server = ingest.New(ingest.Options{
		MaxHeaderBytes: 4 << 10, MaxConnections: 64, Budget: s.budget, Now: time.Now,
		ReadTimeout: 300 * time.Millisecond, WriteTimeout: time.Second, IdleTimeout: time.Second,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	routes := []config.Route{
		{Path: "/ingest", Protocol: config.ProtocolJSON},
		{Path: "/keyless", Protocol: config.ProtocolJSON, Tenant: "guests"},
		{Path: "/loki/*", Protocol: config.ProtocolLoki},
		{Path: "/v1/logs", Protocol: config.ProtocolOTLP},
		{Path: "/es/*", Protocol: config.ProtocolElasticsearch},
		{Path: "/pages", Protocol: config.ProtocolJSON, Origins: []string{"https://shop.example", "http://localhost:3000"}},
		{Path: "/browser", Protocol: config.ProtocolBrowser},
		{Path: "/quiet", Protocol: config.ProtocolBrowser, Origins: []string{}},
		{Path: "/open", Protocol: config.ProtocolJSON, Origins: []string{"*"}},
	}
	s.Use(ingest.NewSite(ingest.NewTable(codec.All(), routes, nil, keys, "default"), s.handler, maxBody))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(s.Shutdown(ctx), <-served); err != nil {
			t.Error(err)
		}
		if held := s.budget.Held(); held != 0 {
			t.Errorf("%d bytes of the budget were never released", held)
		}
	})
	return s
}

// logBuffer is the server's log. Safe for concurrent use.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// say opens a connection and writes bytes as they are.
func (s *stand) say(t testing.TB, raw string) *bufio.Reader {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(c)
}

// answers reads all answers until the server closes the connection, and returns their statuses and bodies.
func answers(r *bufio.Reader) (list []string) {
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return list
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return list
		}
		list = append(list, fmt.Sprintf("%d %s", resp.StatusCode, body))
	}
}

func post(path, headers, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: example.com\r\n%sContent-Length: %d\r\n\r\n%s", path, headers, len(body), body)
}

const last = "Connection: close\r\n"

// Two readers of one stream of bytes must see the same requests: whatever could be read in two ways is refused, the connection ends with
// it, and nothing of what follows is ever taken for a request.
func TestSmuggling(t *testing.T) {
	hidden := post("/ingest", "", "hidden")
	head := func(lines ...string) string {
		return "POST /ingest HTTP/1.1\r\nHost: example.com\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
	}
	huge := fmt.Sprint(maxBody + 1)
	for name, raw := range map[string]string{
		"length and coding":       head("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
		"coding and length":       head("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n" + hidden,
		"two lengths":             head("Content-Length: 0", "Content-Length: 5") + hidden,
		"list of lengths":         head("Content-Length: 0, 0") + hidden,
		"signed length":           head("Content-Length: +5") + hidden,
		"negative length":         head("Content-Length: -5") + hidden,
		"length in hex":           head("Content-Length: 0x5") + hidden,
		"length too large":        head("Content-Length: 99999999999999999999") + hidden,
		"space before colon":      head("Content-Length : 0") + hidden,
		"folded line":             head("X-A: b", " Content-Length: 5") + hidden,
		"lines end in LF":         "POST /ingest HTTP/1.1\nHost: example.com\nContent-Length: 0\n\n" + hidden,
		"one line ends in LF":     head("X-A: b\nContent-Length: 0", "X-B: c") + hidden,
		"CR within a line":        head("X-A: b\rContent-Length: 0", "X-B: c") + hidden,
		"unknown coding":          head("Transfer-Encoding: xchunked") + hidden,
		"coding twice":            head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
		"chunked hidden in list":  head("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n" + hidden,
		"identity coding":         head("Transfer-Encoding: identity", "Content-Length: 0") + hidden,
		"coding on 1.0":           strings.Replace(head("Transfer-Encoding: chunked"), "1.1", "1.0", 1) + "0\r\n\r\n" + hidden,
		"bad chunk size":          head("Transfer-Encoding: chunked") + "5 5\r\nhello\r\n0\r\n\r\n" + hidden,
		"chunk size with sign":    head("Transfer-Encoding: chunked") + "+5\r\nhello\r\n0\r\n\r\n" + hidden,
		"chunk ends in LF":        head("Transfer-Encoding: chunked") + "5\nhello\r\n0\r\n\r\n" + hidden,
		"two hosts":               head("Host: example.org", "Content-Length: 0") + hidden,
		"body unread: too large":  head("Content-Length: "+huge) + hidden,
		"body unread: no path":    post("/nowhere", "", hidden),
		"body unread: unknown":    post("/es/thing", "", hidden),
		"body unread: chunked":    strings.Replace(head("Transfer-Encoding: chunked"), "/ingest", "/nowhere", 1) + hidden,
		"body of a GET":           strings.Replace(post("/es/", "", hidden), "POST", "GET", 1) + hidden[:0],
		"escaped line end":        "POST /ingest%0d%0a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n" + hidden,
		"absolute form elsewhere": "POST http://example.org/../ingest HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n" + hidden[:0],
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, nil)
			got := answers(s.say(t, raw))
			if len(got) > 1 {
				t.Errorf("%d answers: %q", len(got), got)
			}
			for _, body := range s.handler.handled() {
				if strings.Contains(body, "hidden") && !strings.Contains(body, "POST") {
					t.Errorf("the hidden request was handled: %q; answers %q", body, got)
				}
			}
			if strings.Contains(s.log.String(), "hidden") {
				t.Errorf("log: %s", s.log)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	chunked := "POST /ingest HTTP/1.1\r\nHost: example.com\r\n" + last + "Transfer-Encoding: chunked\r\n\r\n"
	oneByOne := strings.Repeat("1\r\nx\r\n", 1000) + "0\r\n\r\n"
	long := strings.Repeat("x", 50_000)
	for name, tt := range map[string]struct{ raw, want string }{
		"sized":             {post("/ingest", last, "hello"), "200 default /ingest 5"},
		"empty":             {post("/ingest", last, ""), "200 default /ingest 0"},
		"long":              {post("/ingest", last, long), "200 default /ingest 50000"},
		"at the bound":      {post("/ingest", last, strings.Repeat("x", maxBody)), fmt.Sprintf("200 default /ingest %d", maxBody)},
		"above the bound":   {post("/ingest", last, strings.Repeat("x", maxBody+1)), "413 "},
		"chunked":           {chunked + "5;a=b\r\nhello\r\n0\r\n\r\n", "200 default /ingest 5"},
		"chunked, long":     {chunked + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(long), long), "200 default /ingest 50000"},
		"chunked, by bytes": {chunked + oneByOne, "200 default /ingest 1000"},
		"chunked, endless":  {chunked + strings.Repeat(fmt.Sprintf("%x\r\n%s\r\n", len(long), long), 4), "413 "},
		"version 1.0":       {strings.Replace(post("/ingest", "", "hello"), "1.1", "1.0", 1), "200 default /ingest 5"},
		"other method":      {strings.Replace(post("/ingest", last, "hello"), "POST", "DELETE", 1), "404 "},
		"elsewhere":         {post("/", last, "hello"), "404 no such path"},
		"below a wildcard":  {post("/loki/api/v1/push", last, "hello"), "200 default /loki/api/v1/push 5"},
		"not an endpoint":   {post("/loki/api/v1/query", last, "hello"), "404 "},
	} {
		t.Run(name, func(t *testing.T) {
			got := answers(open(t, nil).say(t, tt.raw))
			if len(got) != 1 || !strings.HasPrefix(got[0], tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A connection is used again when the body was read, and each body is its own.
func TestKeepAlive(t *testing.T) {
	s := open(t, nil)
	got := answers(s.say(t, post("/ingest", "", "one")+post("/ingest", "", "three")+post("/ingest", last, "")))
	if want := []string{"200 default /ingest 3", "200 default /ingest 5", "200 default /ingest 0"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q", got)
	}
}

// Memory of a body that was spent takes another's, never one that is still in use; its length stays known.
func TestSpentBodies(t *testing.T) {
	s := open(t, nil)
	var spent sync.WaitGroup // until all have spent theirs, nobody is answered
	spent.Add(2)
	s.handler.handle = func(r *ingest.Request) {
		kept, n := r.Body, len(r.Body)
		if r.Path == "/keyless" { // it keeps its body until the others were read, and spent
			spent.Wait()
		} else {
			r.Spend()
			spent.Done()
			kept = nil
		}
		r.Answer = codec.Response{Status: 200, Body: fmt.Appendf(nil, "%d %d %t %s", n, r.BodyBytes, r.Body == nil, kept)}
	}
	keeps := s.say(t, post("/keyless", last, "this one is kept"))
	for len(s.handler.handled()) == 0 {
		runtime.Gosched()
	}
	for _, length := range []int{100, 50_000} {
		got := answers(s.say(t, post("/ingest", last, strings.Repeat("x", length))))
		if want := fmt.Sprintf("200 %d %d true ", length, length); len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := answers(keeps); len(got) != 1 || got[0] != "200 16 16 false this one is kept" {
		t.Errorf("%q", got)
	}
}

// A body that ends early, or comes too slowly, reaches nobody.
func TestCutAndSlow(t *testing.T) {
	whole := post("/ingest", "", strings.Repeat("x", 20_000))
	chunked := "POST /ingest HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"
	for name, raw := range map[string]string{
		"header": whole[:30], "first bytes": whole[:100], "body": whole[:15_000], "chunk": chunked, "nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, nil)
			got := answers(s.say(t, raw)) // and then no more: the read time-out ends it
			if n := len(s.handler.handled()); n != 0 || len(got) > 1 || len(got) == 1 && got[0][0] != '4' {
				t.Errorf("handled %d, answered %q", n, got)
			}
		})
	}
}

func TestHeaderFlood(t *testing.T) {
	for name, flood := range map[string]string{
		"one long":  "X-Canary: " + strings.Repeat("canary", 2000) + "\r\n",
		"many":      strings.Repeat("X-Canary: canary\r\n", 1000),
		"long path": "",
	} {
		t.Run(name, func(t *testing.T) {
			s, path := open(t, nil), "/ingest"
			if flood == "" {
				path += strings.Repeat("canary", 2000)
			}
			got := answers(s.say(t, post(path, flood, "hello")))
			if len(got) != 1 || !strings.HasPrefix(got[0], "431 ") || strings.Contains(got[0]+s.log.String(), "canary") {
				t.Errorf("%.80q; log %s", got, s.log)
			}
		})
	}
}

// What is no request is answered without a word of it, and logged without a word of it.
func TestGarbage(t *testing.T) {
	for _, raw := range []string{
		"canary\r\n\r\n", "\x16\x03\x01canary\r\n\r\n", "POST canary HTTP/1.1\r\n\r\n", "POST /ingest HTTP/canary\r\n\r\n",
		"POST /ingest HTTP/1.1\r\ncanary\r\n\r\n", "POST /ingest HTTP/1.1\r\ncanary\x00: a\r\nHost: b\r\n\r\n",
		"POST /ingest HTTP/1.1\r\nHost: b\r\nTrailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: canary\r\n\r\n",
	} {
		s := open(t, nil)
		got := answers(s.say(t, raw))
		if len(got) > 1 || len(got) == 1 && (got[0][0] != '4' || strings.Contains(got[0], "canary")) || strings.Contains(s.log.String(), "canary") {
			t.Errorf("%.40q: %q; log %s", raw, got, s.log)
		}
	}
}

func TestExpectContinue(t *testing.T) {
	s := open(t, ingest.Keys{key("k"): {Tenant: "acme"}})
	refused := s.say(t, "POST /ingest HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
	if got := answers(refused); len(got) != 1 || !strings.HasPrefix(got[0], "401 ") {
		t.Errorf("without a key: %q", got)
	}
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "POST /ingest HTTP/1.1\r\nHost: a\r\nX-Winnow-Key: k\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
	r := bufio.NewReader(c)
	if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q, %v", line, err)
	}
	r.ReadString('\n')
	io.WriteString(c, "hello")
	if got := answers(r); len(got) != 1 || got[0] != "200 acme /ingest 5" {
		t.Errorf("with a key: %q", got)
	}
}

// GUARD-1: nobody without a key is let in where keys are, and a key lets in its own tenant.
func TestTenants(t *testing.T) {
	keys := ingest.Keys{key("one"): {Tenant: "acme"}, key("two"): {Tenant: "globex"}}
	basic := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, tt := range []struct{ path, header, want string }{
		{"/ingest", "", "401"},
		{"/ingest", "Authorization: Bearer one\r\n", "200 acme"},
		{"/ingest", "authorization: bearer two\r\n", "200 globex"},
		{"/ingest", "Authorization: Splunk one\r\n", "200 acme"},
		{"/ingest", "Authorization: Basic " + basic("user:two") + "\r\n", "200 globex"},
		{"/ingest", "Authorization: Basic " + basic("two:user") + "\r\n", "401"},
		{"/ingest", "Authorization: Basic !!\r\n", "401"},
		{"/ingest", "Authorization: APIKey " + basic("id:one") + "\r\n", "200 acme"},
		{"/ingest", "Authorization: ApiKey one\r\n", "200 acme"},
		{"/ingest", "Authorization: Digest one\r\n", "401"},
		{"/ingest", "Authorization: one\r\n", "401"},
		{"/ingest", "Authorization: Bearer " + strings.Repeat("x", 2000) + "\r\n", "401"},
		{"/ingest", "X-API-Key: one\r\n", "200 acme"},
		{"/ingest", "DD-API-KEY: two\r\n", "200 globex"},
		{"/ingest", "X-Winnow-Key: one\r\nAuthorization: Bearer other\r\n", "200 acme"},
		{"/ingest", "X-Winnow-Key: onE\r\n", "401"},
		{"/keyless", "", "200 guests"},
		{"/keyless", "X-Winnow-Key: two\r\n", "200 globex"},
		{"/keyless", "X-Winnow-Key: wrong\r\n", "401"},
		{"/v1/logs", "", "401"},
	} {
		s := open(t, keys)
		if got := answers(s.say(t, post(tt.path, tt.header+last, "{}"))); len(got) != 1 || !strings.HasPrefix(got[0], tt.want) {
			t.Errorf("%s %.60q: %q, want %q", tt.path, tt.header, got, tt.want)
		}
	}
}

// More bodies than memory allows are refused before they are read, and there is room again afterwards.
func TestBusy(t *testing.T) {
	s := open(t, nil)
	entered, release := make(chan struct{}), make(chan struct{})
	s.handler.handle = func(r *ingest.Request) {
		r.Answer.Status = 204
		if r.Path == "/ingest" {
			entered <- struct{}{}
			<-release
		}
	}
	body := strings.Repeat("x", 60_000)
	first := s.say(t, post("/ingest", last, body))
	<-entered
	if got := answers(s.say(t, post("/keyless", last, body))); len(got) != 1 || !strings.HasPrefix(got[0], "429 ") {
		t.Errorf("sized: %q", got)
	}
	chunked := "POST /keyless HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	if got := answers(s.say(t, chunked+fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body))); len(got) != 1 || !strings.HasPrefix(got[0], "429 ") {
		t.Errorf("chunked: %q", got)
	}
	close(release)
	if got := answers(first); len(got) != 1 || !strings.HasPrefix(got[0], "204 ") {
		t.Errorf("first: %q", got)
	}
	if got := answers(s.say(t, post("/keyless", last, body))); len(got) != 1 || !strings.HasPrefix(got[0], "204 ") {
		t.Errorf("afterwards: %q", got)
	}
}

// A failure of the engine is one request's misfortune, and tells nothing.
func TestPanic(t *testing.T) {
	s := open(t, nil)
	s.handler.handle = func(r *ingest.Request) {
		if !r.Hold(1000) || string(r.Body) == "canary" {
			panic("canary")
		}
		r.Answer.Status = 204
	}
	got := answers(s.say(t, post("/v1/logs", "", "canary")+post("/v1/logs", last, "fine")))
	if len(got) != 2 || !strings.HasPrefix(got[0], "400 ") || !strings.HasPrefix(got[1], "204 ") || strings.Contains(got[0]+s.log.String(), "canary") {
		t.Errorf("%q; log %s", got, s.log)
	}
}

// A request ends under the Site it began with, and that is idle only then.
func TestSites(t *testing.T) {
	s := open(t, nil)
	entered, release := make(chan struct{}), make(chan struct{})
	s.handler.handle = func(r *ingest.Request) {
		entered <- struct{}{}
		<-release
		r.Answer.Status = 204
	}
	first := s.say(t, post("/ingest", last, "x"))
	<-entered
	next := &recorder{}
	before := s.Use(ingest.NewSite(ingest.NewTable(codec.All(), []config.Route{{Path: "/new", Protocol: config.ProtocolJSON}}, nil, nil, "later"), next, maxBody))
	if got := answers(s.say(t, post("/new", last, "y"))); len(got) != 1 || got[0] != "200 later /new 1" {
		t.Errorf("under the new: %q", got)
	}
	select {
	case <-before.Idle():
		t.Error("idle with a request in it")
	default:
	}
	close(release)
	if got := answers(first); len(got) != 1 || got[0] != "204 " {
		t.Errorf("under the old: %q", got)
	}
	<-before.Idle()
	s.Use(nil)
	if got := answers(s.say(t, post("/new", last, "y"))); len(got) != 1 || !strings.HasPrefix(got[0], "503 ") {
		t.Errorf("without any: %q", got)
	}
}
