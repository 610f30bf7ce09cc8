package ingest_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"winnow/proxy/ingest"
)

// preflightOf is the question that a browser asks before a page of origin may send JSON.
func preflightOf(path, origin string) string {
	return "OPTIONS " + path + " HTTP/1.1\r\nHost: x\r\nOrigin: " + origin + "\r\nAccess-Control-Request-Method: POST\r\n" +
		"Access-Control-Request-Headers: content-type, x-secret-of-the-page\r\n\r\n"
}

// cors are the headers of an answer that concern pages, in one line.
func cors(h http.Header) string {
	var said []string
	for _, name := range []string{"Allow-Origin", "Allow-Credentials", "Allow-Methods", "Max-Age"} {
		if v := h.Get("Access-Control-" + name); v != "" {
			said = append(said, name+"="+v)
		}
	}
	if v := h.Get("Vary"); v != "" {
		said = append(said, "Vary="+v)
	}
	return strings.Join(said, " ")
}

func (s *stand) exchange(t *testing.T, raw string) *http.Response {
	t.Helper()
	return response(t, s.say(t, raw))
}

func response(t *testing.T, r *bufio.Reader) *http.Response {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp
}

// TestPreflight: a browser learns whether pages of an origin may send, without a key, and hears nothing of what it asked for.
func TestPreflight(t *testing.T) {
	s := open(t, ingest.Keys{key("k"): {Tenant: "acme"}})
	const may = " Allow-Methods=GET, HEAD, POST, PUT Max-Age=7200"
	for _, c := range []struct {
		name, path, origin string
		status             int
		want               string
	}{
		{"listed", "/pages", "https://shop.example", 204, "Allow-Origin=https://shop.example" + may + " Vary=Origin"},
		{"not listed", "/pages", "https://other.example", 403, "Vary=Origin"},
		{"prefix of a listed one", "/pages", "https://shop.exampl", 403, "Vary=Origin"},
		{"any", "/open", "https://other.example", 204, "Allow-Origin=*" + may},
		{"page without origin", "/open", "null", 204, "Allow-Origin=*" + may},
		{"reports", "/browser", "https://other.example", 204, "Allow-Origin=https://other.example Allow-Credentials=true" + may + " Vary=Origin"},
		{"reports, no origin allowed", "/quiet", "https://other.example", 404, ""},
		{"not an origin", "/open", "a b", 403, ""},
		{"route without origins", "/ingest", "https://shop.example", 404, ""},
		{"no route", "/nowhere", "https://shop.example", 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := s.exchange(t, preflightOf(c.path, c.origin))
			if got := cors(resp.Header); resp.StatusCode != c.status || got != c.want {
				t.Errorf("got %d %q\nwant %d %q", resp.StatusCode, got, c.status, c.want)
			}
			if allowed := resp.Header.Get("Access-Control-Allow-Headers"); strings.Contains(strings.ToLower(allowed), "secret") {
				t.Errorf("the answer repeats what was asked for: %s", allowed)
			}
		})
	}
	if got := s.handler.handled(); len(got) > 0 {
		t.Errorf("%d preflights were handled as requests", len(got))
	}
}

// TestPreflightKeepsConnection: the request that was asked about comes over the same connection.
func TestPreflightKeepsConnection(t *testing.T) {
	s := open(t, nil)
	r := s.say(t, preflightOf("/pages", "https://shop.example")+
		"POST /pages HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: 2\r\n\r\n{}")
	if first := response(t, r); first.StatusCode != 204 || first.Close {
		t.Errorf("preflight: %d, close %v", first.StatusCode, first.Close)
	}
	second := response(t, r)
	if got, want := cors(second.Header), "Allow-Origin=https://shop.example Vary=Origin"; second.StatusCode != 200 || got != want {
		t.Errorf("got %d %q, want 200 %q", second.StatusCode, got, want)
	}
}

// TestPreflightWithBody is answered, and its body is not read: it came without a key.
func TestPreflightWithBody(t *testing.T) {
	s := open(t, nil)
	raw := strings.Replace(preflightOf("/pages", "https://shop.example"), "\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello", 1)
	if resp := s.exchange(t, raw); resp.StatusCode != 400 || !resp.Close {
		t.Errorf("got %d, close %v; want 400 and the connection closed", resp.StatusCode, resp.Close)
	}
}

// TestAnswersForPages: a page reads its answer, a refusal too, if its origin may send.
func TestAnswersForPages(t *testing.T) {
	s := open(t, ingest.Keys{key("k"): {Tenant: "acme"}})
	for _, c := range []struct {
		name, path, origin, key string
		status                  int
		want                    string
	}{
		{"listed", "/pages", "https://shop.example", "k", 200, "Allow-Origin=https://shop.example Vary=Origin"},
		{"listed, wrong key", "/pages", "https://shop.example", "x", 401, "Allow-Origin=https://shop.example Vary=Origin"},
		{"not listed", "/pages", "https://other.example", "k", 200, "Vary=Origin"},
		{"no page", "/pages", "", "k", 200, "Vary=Origin"},
		{"any", "/open", "https://other.example", "k", 200, "Allow-Origin=*"},
		{"beacon", "/browser", "https://other.example", "k", 200, "Allow-Origin=https://other.example Allow-Credentials=true Vary=Origin"},
		{"route without origins", "/ingest", "https://shop.example", "k", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := s.exchange(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nX-Winnow-Key: %s\r\nContent-Length: 2\r\n\r\n{}",
				c.path, c.origin, c.key))
			if got := cors(resp.Header); resp.StatusCode != c.status || got != c.want {
				t.Errorf("got %d %q\nwant %d %q", resp.StatusCode, got, c.status, c.want)
			}
		})
	}
}
