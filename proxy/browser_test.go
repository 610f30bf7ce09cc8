package proxy_test

import (
	"net/http"
	"strings"
	"testing"
)

const violation = `[{"type":"csp-violation","age":7,"url":"https://shop.example.com/orders/88213?who=alice","user_agent":"Canary/1.0",` +
	`"body":{"blockedURL":"https://example.net/p?token=s3cr3t","effectiveDirective":"img-src","sample":"Canary"}}]`

// Reports and beacons of any page arrive scrubbed, with an empty answer that the page may read.
func TestBrowser(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, "metadata: {ip: {off: true}, received_at: {off: true}, browser: {off: true}, feature: {off: true}, device_class: {off: true}, policy: {off: true}, exit_url: {name: to}}\n")
	for _, tt := range []struct{ name, media, body, sent, to string }{
		{"report", "application/reports+json", violation,
			`[{"type":"csp-violation","age":7,"url":"https://shop.example.com/orders/:id","body":{"blockedURL":"https://example.net/p","effectiveDirective":"img-src"}}]`, ""},
		{"beacon of text", "text/plain;charset=UTF-8", "alice@example.com left\n", "[email] left\n", ""},
		{"beacon of JSON", "application/json", `{"level":"info","user":"alice"}`, `{"level":"info"}`, ""},
		{"beacon without a type", "", `{"level":"info","user":"alice"}`, `{"level":"info"}`, ""},
		{"form", "application/x-www-form-urlencoded;charset=UTF-8", "level=info&user=alice", `{"level":"info"}`, ""},
		{"ping of a link", "text/ping", "PING", `{"message":"PING","to":"https://partner.example.com/offers"}`,
			"https://bob:s3cr3t@partner.example.com/offers?token=s3cr3t#s3cr3t"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := r.exchange(t, "POST", "/browser", tt.body, "Content-Type", tt.media, "Origin", "https://shop.example.com",
				"Cookie", "id=s3cr3t", "Ping-To", tt.to)
			if resp.StatusCode != 204 || body != "" || resp.Header.Get("Access-Control-Allow-Origin") != "https://shop.example.com" ||
				resp.Header.Get("Access-Control-Allow-Credentials") != "true" {
				t.Errorf("%d %q %v", resp.StatusCode, body, resp.Header)
			}
			all := b.all()
			head, got, _ := strings.Cut(all[len(all)-1], "]\n")
			if got != tt.sent || strings.Contains(head, "s3cr3t") || (tt.name == "form" || tt.media == "text/ping") && !strings.Contains(head, "Content-Type:[application/json]") {
				t.Errorf("sent %s\n%q\nwant %q", head, got, tt.sent)
			}
		})
	}
}

// What cannot be taken is refused with a status after which browsers try again where that helps, and never with 410.
func TestBrowserRefused(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }
	r := start(t, b, "limits: {max_body_bytes: 1KiB}\n")
	for _, tt := range []struct {
		name, method, media, body string
		want                      int
	}{
		{"backend says gone", "POST", "application/reports+json", violation, 503},
		{"malformed", "POST", "application/reports+json", "alice", 400},
		{"nothing readable", "POST", "application/reports+json", `["alice"]`, 400},
		{"ping with more in it", "POST", "text/ping", "PING alice", 400},
		{"empty", "POST", "text/plain", "", 400},
		{"form with files", "POST", "multipart/form-data; boundary=x", "--x\r\n\r\nalice", 415},
		{"oversize", "POST", "text/plain", strings.Repeat("alice ", 1<<10), 413},
		{"other method", "GET", "", "", 404},
	} {
		if status, body := r.do(t, tt.method, "/browser/reports", tt.body, "Content-Type", tt.media); status != tt.want || strings.Contains(body, "alice") {
			t.Errorf("%s: %d %q, want %d", tt.name, status, body, tt.want)
		}
	}
}
