package upstream_test

import (
	"bufio"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"winnow/config"
	"winnow/proxy/upstream"
)

// Bodies of any length arrive whole, joined to their header or not, one behind the other on one connection, and over TLS alike.
func TestLengths(t *testing.T) {
	for scheme, start := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		t.Run(scheme, func(t *testing.T) {
			w := &witness{}
			b := start(w)
			t.Cleanup(b.Close)
			u := open(t, newClock(), config.Upstream{URL: b.URL, CAFile: authority(t, b), MaxConnections: 1}, nil)
			for _, n := range []int{0, 1, 4000, 16<<10 - 1, 16 << 10, 16<<10 + 1, 1 << 20} {
				sent := bytes.Repeat([]byte("0123456789abcdef!"), n/17+1)[:n]
				d := &upstream.Delivery{Method: "POST", Path: "/_search", ContentType: "application/json", Body: sent}
				r, err := u.Ask(d)
				if length, body, _ := w.seen(); err != nil || r.Status != http.StatusOK || !bytes.Equal(body, sent) || length != fmt.Sprint(n) {
					t.Fatalf("%d bytes: %d arrived, of %s, %+v, %v", n, len(body), length, r, err)
				}
			}
			if _, _, peers := w.seen(); peers != 1 {
				t.Errorf("%d connections for one request after the other", peers)
			}
		})
	}
}

// Of a question without a body no length is told, and the answer to HEAD has none, whatever it says.
func TestQuestionsWithoutABody(t *testing.T) {
	w := &witness{}
	b := httptest.NewServer(w)
	t.Cleanup(b.Close)
	u := open(t, newClock(), config.Upstream{URL: b.URL, MaxConnections: 1}, nil)
	for _, method := range []string{"GET", "HEAD", "HEAD", "GET"} {
		r, err := u.Ask(&upstream.Delivery{Method: method, Path: "/"})
		if length, _, _ := w.seen(); err != nil || (string(r.Body) == "{}") != (method == "GET") || length != "" {
			t.Errorf("%s: %q, %v; Content-Length %q", method, r.Body, err, length)
		}
	}
	if _, _, peers := w.seen(); peers != 1 {
		t.Errorf("%d connections", peers)
	}
}

// A backend that says that it closes the connection is not sent the next request on it.
func TestConnectionThatIsClosed(t *testing.T) {
	w := &witness{closes: true}
	b := httptest.NewServer(w)
	t.Cleanup(b.Close)
	u := open(t, newClock(), config.Upstream{URL: b.URL, MaxConnections: 1}, nil)
	for range 3 {
		if _, err := u.Deliver(deliveryOf(t, quietLine)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, peers := w.seen(); peers != 3 {
		t.Errorf("%d connections", peers)
	}
}

// witness is a backend that remembers how the last request came.
type witness struct {
	closes bool
	mu     sync.Mutex
	length string // as told
	body   []byte
	peers  map[string]bool
}

func (b *witness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	if b.peers == nil {
		b.peers = map[string]bool{}
	}
	b.peers[r.RemoteAddr] = true
	b.length, b.body = r.Header.Get("Content-Length"), body
	b.mu.Unlock()
	if b.closes {
		w.Header().Set("Connection", "close")
	}
	io.WriteString(w, "{}")
}

func (b *witness) seen() (length string, body []byte, peers int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.length, b.body, len(b.peers)
}

// BenchmarkDeliver includes what the backend needs to read a request.
func BenchmarkDeliver(b *testing.B) {
	for _, n := range []int{1 << 10, 5 << 10, 16 << 10, 113 << 10} {
		b.Run(fmt.Sprintf("body=%d", n), func(b *testing.B) {
			u := open(b, newClock(), config.Upstream{URL: swallow(b)}, nil)
			d := deliveryOf(b, strings.Repeat(quietLine, n/len(quietLine)))
			b.SetBytes(int64(len(d.Original)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := u.Deliver(d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// swallow is a backend that takes one request after the other on each connection, and allocates nothing.
func swallow(b *testing.B) (url string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go swallowAll(c)
		}
	}()
	return "http://" + l.Addr().String()
}

func swallowAll(c net.Conn) {
	defer c.Close()
	in, answer := bufio.NewReaderSize(c, 64<<10), []byte("HTTP/1.1 204 No Content\r\n\r\n")
	for {
		length := 0
		for {
			line, err := in.ReadSlice('\n')
			if err != nil {
				return
			}
			if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
				for _, c := range bytes.TrimSpace(value) {
					length = 10*length + int(c-'0')
				}
			}
			if len(line) == 2 {
				break
			}
		}
		if _, err := in.Discard(length); err != nil {
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// authority is a file with the certificate of a server of TLS; empty for another.
func authority(t *testing.T, s *httptest.Server) string {
	t.Helper()
	if s.TLS == nil {
		return ""
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
