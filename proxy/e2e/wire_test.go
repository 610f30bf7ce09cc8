package e2e

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// wire stands between winnow and the backend and writes down all that winnow sends, headers and bodies: backends keep only part of
// what they are sent. Bodies in gzip are undone; what is in snappy is known by what the backend returns alone.
type wire struct {
	url  string
	seen output
}

func newWire(t *testing.T, backend string) *wire {
	t.Helper()
	target, err := url.Parse(backend)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := w.record(r); err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		proxy.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// record writes the request down and leaves its body to be read again.
func (w *wire) record(r *http.Request) error {
	head, err := httputil.DumpRequest(r, false)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	plain := body
	if r.Header.Get("Content-Encoding") == "gzip" {
		if plain, err = unzip(body); err != nil {
			return err
		}
	}
	_, err = w.seen.Write(append(append(head, plain...), '\n'))
	return err
}

func unzip(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
