package upstream_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/upstream"
)

// backend answers with what reply writes, and keeps the last request and its body.
type backend struct {
	*httptest.Server
	reply func(w http.ResponseWriter)
	mu    sync.Mutex // of what follows: requests may overlap
	last  *http.Request
	body  []byte
}

func newBackend(t *testing.T, reply func(w http.ResponseWriter)) *backend {
	t.Helper()
	b := &backend{reply: reply}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.last, b.body = r, body
		b.mu.Unlock()
		b.reply(w)
	}))
	t.Cleanup(b.Close)
	return b
}

func open(t testing.TB, c *clock, o config.Upstream, enc upstream.Encoder) *upstream.HTTP {
	t.Helper()
	o.ID = "main"
	if o.Timeout == 0 {
		o.Timeout = config.Duration(5 * time.Second)
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = 4
	}
	u, err := upstream.NewHTTP(upstream.HTTPOptions{
		Config: o, UserAgent: "winnow/test", Encoder: enc, MaxAnswerBytes: 1 << 16, Now: c.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	return u
}

func ok(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }

// The backend sees the body, our name, what the configuration adds, and nothing else.
func TestRequest(t *testing.T) {
	b := newBackend(t, ok)
	u := open(t, newClock(), config.Upstream{
		URL:     b.URL + "/prefix/",
		Headers: map[string]config.Secret{"Authorization": config.NewSecret("Bearer upstream"), "X-Scope-OrgID": config.NewSecret("ours")},
	}, nil)
	d := deliveryOf(t, quietLine)
	d.Path, d.Query, d.OrgID = "/insert/jsonline", []byte("_msg_field=msg"), "theirs"
	if _, err := u.Deliver(d); err != nil {
		t.Fatal(err)
	}
	if got := b.last.Method + " " + b.last.URL.String(); got != "POST /prefix/insert/jsonline?_msg_field=msg" || string(b.body) != quietLine {
		t.Errorf("%s with %q", got, b.body)
	}
	want := map[string]string{
		"Authorization": "Bearer upstream", "X-Scope-Orgid": "ours", "User-Agent": "winnow/test", "Content-Type": "application/json",
		"Content-Length": fmt.Sprint(len(quietLine)),
	}
	for name, values := range b.last.Header {
		if want[name] != values[0] || len(values) != 1 {
			t.Errorf("%s: %q", name, values)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if text := fmt.Sprintf("%v %+v", u, u); strings.Contains(text, "Bearer") {
		t.Errorf("printed: %s", text)
	}
}

// An untouched body goes on in the client's own bytes; a changed one is encoded again, in the client's coding or the upstream's.
func TestEncoding(t *testing.T) {
	dirty := `{"msg":"from alice@example.com"}` + "\n"
	original := zip(t, quietLine, "gzip")
	for _, tt := range []struct {
		name, line, coding string
		upstream           *encoding.List
		want               string
		same               bool
	}{
		{"untouched", quietLine, "gzip", nil, "gzip", true},
		{"changed", dirty, "gzip", nil, "gzip", false},
		{"plain upstream", quietLine, "gzip", list(t, ""), "", false},
		{"other upstream", quietLine, "gzip", list(t, "zstd"), "zstd", false},
		{"same upstream", quietLine, "gzip", list(t, "gzip"), "gzip", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend(t, ok)
			var enc upstream.Encoder
			if tt.upstream != nil {
				enc = tt.upstream
			}
			d := deliveryOf(t, tt.line)
			d.Encoding, d.Original = list(t, tt.coding), original
			if _, err := open(t, newClock(), config.Upstream{URL: b.URL}, enc).Deliver(d); err != nil {
				t.Fatal(err)
			}
			if got := b.last.Header.Get("Content-Encoding"); got != tt.want {
				t.Errorf("content-encoding %q, want %q", got, tt.want)
			}
			if same := bytes.Equal(b.body, original); same != tt.same {
				t.Errorf("the client's own bytes: %v", same)
			}
			plain, err := encoding.Decode(nil, b.body, tt.want, 1<<20)
			if want := string(d.Batch.Bytes()); err != nil || string(plain) != want || strings.Contains(want, "alice") {
				t.Errorf("arrived %q, %v", plain, err)
			}
		})
	}
}

// Of an answer the client sees status, body, Retry-After and Elastic's product, and nothing that could be a cookie or a hint.
func TestAnswer(t *testing.T) {
	b := newBackend(t, func(w http.ResponseWriter) {
		for name, value := range map[string]string{
			"Set-Cookie": "s=1", "Server": "secret/1.0", "Retry-After": "7", "X-Elastic-Product": "Elasticsearch", "Location": "http://example.com/",
			"Content-Type": "application/json; owner=alice",
		} {
			w.Header().Set(name, value)
		}
		w.WriteHeader(http.StatusTooManyRequests)
		io.WriteString(w, `{"error":"slow down"}`)
	})
	r, err := open(t, newClock(), config.Upstream{URL: b.URL}, nil).Deliver(deliveryOf(t, quietLine))
	if err != nil {
		t.Fatal(err)
	}
	want := `{429 application/json {"error":"slow down"} 7 [[X-Elastic-Product Elasticsearch]]}`
	if got := fmt.Sprintf("{%d %s %s %d %v}", r.Status, r.ContentType, r.Body, r.RetryAfter, r.Headers); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A client is told in seconds, whichever way the backend says it.
func TestRetryAfter(t *testing.T) {
	now := newClock()
	for header, want := range map[string]int{
		"30": 30, "0": 0, "soon": 0, "-1": 0, "99999999": 86400,
		now.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat): 90,
		now.Now().Add(-time.Hour).UTC().Format(http.TimeFormat):       0,
	} {
		b := newBackend(t, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		r, err := open(t, now, config.Upstream{URL: b.URL}, nil).Deliver(deliveryOf(t, quietLine))
		if err != nil || r.RetryAfter != want {
			t.Errorf("%q: %d, want %d (%v)", header, r.RetryAfter, want, err)
		}
	}
}

func why(err error) codec.Refusal {
	var e *upstream.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Why
}

func TestFailures(t *testing.T) {
	release := make(chan struct{})
	hangs := newBackend(t, func(http.ResponseWriter) { <-release })
	t.Cleanup(func() { close(release) }) // before the backend waits for its handler
	huge := newBackend(t, func(w http.ResponseWriter) { w.Write(make([]byte, 1<<17)) })
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, tt := range []struct {
		name, url string
		patience  time.Duration
		want      codec.Refusal
	}{
		{"hangs", hangs.URL, 50 * time.Millisecond, codec.UpstreamTimeout},
		{"huge answer", huge.URL, time.Minute, codec.UpstreamDown},
		{"nobody there", gone.URL, time.Minute, codec.UpstreamDown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := open(t, newClock(), config.Upstream{URL: tt.url, Timeout: config.Duration(tt.patience)}, nil)
			if _, err := u.Deliver(deliveryOf(t, quietLine)); why(err) != tt.want {
				t.Errorf("%v", err)
			}
		})
	}
}

// stale is a backend that closes every connection after one answer without saying so, as an idle time-out does.
func stale(t *testing.T) (url string, served *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	served = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 4096)
			c.Read(buf)
			served.Add(1)
			io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
			c.Close()
		}
	}()
	return "http://" + l.Addr().String(), served
}

func TestStaleConnectionIsTriedOnceMore(t *testing.T) {
	url, served := stale(t)
	u := open(t, newClock(), config.Upstream{URL: url, MaxConnections: 1}, nil)
	for i := range 5 {
		if r, err := u.Deliver(deliveryOf(t, quietLine)); err != nil || r.Status != 204 {
			t.Fatalf("delivery %d: %v", i, err)
		}
	}
	if served.Load() != 5 {
		t.Errorf("served %d", served.Load())
	}
}

// An upstream that failed five times is left alone until its time has come; one request then finds out.
func TestBreaker(t *testing.T) {
	var down atomic.Bool
	var hits atomic.Int32
	b := newBackend(t, func(w http.ResponseWriter) {
		hits.Add(1)
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		ok(w)
	})
	c := newClock()
	u := open(t, c, config.Upstream{URL: b.URL}, nil)
	down.Store(true)
	for range 5 {
		if _, err := u.Deliver(deliveryOf(t, quietLine)); why(err) != codec.UpstreamDown {
			t.Fatalf("%v", err)
		}
	}
	before := hits.Load()
	c.now = c.now.Add(-time.Second) // whatever the jitter is, its time has not come
	if _, err := u.Deliver(deliveryOf(t, quietLine)); why(err) != codec.UpstreamDown || hits.Load() != before || u.Up() {
		t.Fatalf("%v; asked %d times more", err, hits.Load()-before)
	}
	down.Store(false)
	c.now = c.now.Add(time.Minute)
	if _, err := u.Deliver(deliveryOf(t, quietLine)); err != nil || !u.Up() {
		t.Fatalf("%v", err)
	}
}

// Many requests that fail together make the upstream rest no longer than a few do.
func TestBreakerCountsABurstOnce(t *testing.T) {
	const burst = 32
	var down atomic.Bool
	down.Store(true)
	var arrived atomic.Int32
	together := make(chan struct{})
	b := newBackend(t, func(w http.ResponseWriter) {
		if !down.Load() {
			ok(w)
			return
		}
		if arrived.Add(1) == burst {
			close(together)
		}
		<-together
		panic(http.ErrAbortHandler)
	})
	c := newClock()
	u := open(t, c, config.Upstream{URL: b.URL, MaxConnections: burst, Timeout: config.Duration(time.Minute)}, nil)
	var all sync.WaitGroup
	for range burst {
		all.Go(func() {
			if _, err := u.Deliver(deliveryOf(t, quietLine)); why(err) != codec.UpstreamDown {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	down.Store(false)
	c.now = c.now.Add(500 * time.Millisecond) // the bound of the first rest
	if _, err := u.Deliver(deliveryOf(t, quietLine)); err != nil || !u.Up() {
		t.Errorf("%v", err)
	}
}

func TestProbe(t *testing.T) {
	gone := httptest.NewServer(nil)
	addr := gone.Listener.Addr().String()
	gone.Close()
	u := open(t, newClock(), config.Upstream{URL: "http://" + addr, HealthPath: "/ready"}, nil)
	for range 5 {
		u.Deliver(deliveryOf(t, quietLine))
	}
	if u.Probe(); u.Up() {
		t.Fatal("up without a backend")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 1)
	back := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Method + " " + r.URL.Path })}
	go back.Serve(l)
	defer back.Close()
	if u.Probe(); !u.Up() || <-asked != "GET /ready" {
		t.Error("still down after a good probe")
	}
}

func TestBadConfiguration(t *testing.T) {
	for _, c := range []config.Upstream{{URL: "ftp://example.com"}, {URL: "://"}, {URL: "https://example.com", CAFile: "testdata/none.pem"}} {
		if _, err := upstream.NewHTTP(upstream.HTTPOptions{Config: c, Now: newClock().Now}); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

func TestMediaType(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "application/json": "application/json", "application/json; charset=utf-8": "application/json; charset=utf-8",
		"application/json; user=alice@example.com": "application/json", "alice@example.com": "application/octet-stream",
		"application/vnd.elasticsearch+x-ndjson; compatible-with=9": "application/vnd.elasticsearch+x-ndjson; compatible-with=9",
	} {
		if got := upstream.MediaType([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
