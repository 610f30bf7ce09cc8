package proxy_test

import (
	"net/http"
	"strings"
	"testing"
)

const envelope = `{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc","dsn":"https://s3cr3t@sentry.example.com/42","trace":{"public_key":"s3cr3t"}}` +
	"\n" + `{"type":"event"}` + "\n" + `{"level":"error","message":"of alice@example.com","user":{"email":"alice@example.com"}}` + "\n"

// An envelope goes on below the project's path, scrubbed, and without the key, which stays here.
func TestSentry(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Sentry-Rate-Limits", "60:error;transaction:organization")
		w.Header().Set("X-Sentry-Other", "Canary")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}`))
	}
	r := start(t, b, "")
	resp, body := r.exchange(t, "POST", "/api/42/envelope/?sentry_version=7&sentry_key=s3cr3t&sentry_client=sentry.go/0.50.0&x=alice", envelope,
		"X-Sentry-Auth", "Sentry sentry_key=s3cr3t", "Origin", "https://shop.example.com", "Content-Type", "text/plain;charset=UTF-8")
	if resp.StatusCode != 200 || body != `{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}` || resp.Header.Get("X-Sentry-Other") != "" ||
		resp.Header.Get("X-Sentry-Rate-Limits") != "60:error;transaction:organization" || resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %s %v", resp.StatusCode, body, resp.Header)
	}
	got := b.all()[0]
	if !strings.HasPrefix(got, "POST /api/42/envelope/?sentry_version=7&sentry_client=sentry.go%2F0.50.0\n") ||
		!strings.HasSuffix(got, `{"level":"error","message":"of [email]"}`+"\n") {
		t.Error(got)
	}
	for _, c := range canaries {
		if strings.Contains(got, c) {
			t.Errorf("%q left: %s", c, got)
		}
	}
}

// With credentials: client the SDK's own key goes on, wherever it is.
func TestSentryCredentials(t *testing.T) {
	b := newBackend(t)
	r := start(t, nil, "upstreams: [{id: sentry, url: '"+b.URL+"', credentials: client}]\n")
	r.exchange(t, "POST", "/api/42/envelope/?sentry_key=s3cr3t", envelope, "X-Sentry-Auth", "Sentry sentry_key=s3cr3t")
	got := b.all()[0]
	for _, want := range []string{"?sentry_key=s3cr3t", "X-Sentry-Auth:[Sentry sentry_key=s3cr3t]", "https://s3cr3t@", `"public_key":"s3cr3t"`} {
		if !strings.Contains(got, want) || strings.Contains(got, "alice") {
			t.Errorf("%q is not in %s", want, got)
		}
	}
}

// What SDKs and browsers are told without a backend that speaks Sentry, and of what cannot be taken.
func TestSentryAnswers(t *testing.T) {
	r := start(t, nil, "limits: {max_body_bytes: 4KiB}\n")
	const id = `{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}`
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		answer                   string
	}{
		{"envelope", "POST", "/api/42/envelope/", envelope, 200, id},
		{"path before", "POST", "/api/sentry/api/42/envelope", envelope, 200, id},
		{"stored event", "POST", "/api/42/store/", `{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc","level":"info"}`, 200, id},
		{"only an attachment", "POST", "/api/42/envelope/", "{}\n{\"type\":\"attachment\",\"length\":5}\nalice\n", 200, "{}"},
		{"no envelope", "POST", "/api/42/envelope/", "alice", 400, `{"detail":"object expected"}` + "\n"},
		{"memory dump", "POST", "/api/42/minidump/", "MDMPalice", 403,
			`{"detail":"a memory dump cannot be scrubbed, and is not passed on"}` + "\n"},
		{"oversize", "POST", "/api/42/envelope/", strings.Repeat("alice", 1<<10), 413, `{"detail":"body is larger than the limit"}` + "\n"},
		{"question", "GET", "/api/0/projects/", "", 404, `{"detail":"no such endpoint"}` + "\n"},
	} {
		resp, body := r.exchange(t, tt.method, tt.path, tt.body)
		if resp.StatusCode != tt.status || body != tt.answer || (resp.Header.Get("X-Sentry-Error") != "") != (tt.status >= 400) {
			t.Errorf("%s: %d %q %v", tt.name, resp.StatusCode, body, resp.Header)
		}
	}
}

// SDKs throw away what is refused. With delivery: spool an envelope is taken while the backend is down, and arrives when it is back.
func TestSentryIsKeptForLater(t *testing.T) {
	b := newBackend(t)
	b.answer(503)
	r := start(t, b, "routes: [{path: /api/*, protocol: sentry, delivery: spool}]\n")
	if status, body := r.post(t, "/api/42/envelope/", envelope); status != 200 || body != `{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}` {
		t.Fatalf("%d %s", status, body)
	}
	arrived := make(chan struct{}, 1)
	b.mu.Lock()
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		arrived <- struct{}{}
	}
	b.mu.Unlock()
	<-arrived
	all := b.all()
	if last := all[len(all)-1]; !strings.HasPrefix(last, "POST /api/42/envelope/\n") || !strings.Contains(last, "of [email]") {
		t.Errorf("delivered: %s", last)
	}
}
