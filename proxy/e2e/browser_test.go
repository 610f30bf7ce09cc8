package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"testing"
)

// page sends by every way that a page has, and is refused an image and reported for its script by its own policies.
const page = `<!doctype html><img src="https://tracker.example.com/p?who=%[2]s"><script>
const to = '%[1]s/browser';
navigator.sendBeacon(to, 'beacon: %[2]s left');
navigator.sendBeacon(to, new Blob([JSON.stringify({level: 'info', message: 'blob of %[2]s', name: '%[3]s'})], {type: 'application/json'}));
navigator.sendBeacon(to, new URLSearchParams({level: 'warn', message: 'form of %[2]s', customer: '%[3]s'}));
fetch(to, {method: 'POST', keepalive: true, headers: {'Content-Type': 'application/json'},
  body: JSON.stringify({level: 'error', message: 'fetch of %[2]s', user: {email: '%[2]s'}})})
  .then(r => fetch(to, {method: 'POST', body: 'page read status ' + r.status}));
</script>`

// newPages serves the page on an origin of its own, and newSecure winnow on another: browsers report to https only.
func newPages(t *testing.T, collector string) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Reporting-Endpoints", `main="`+collector+`/browser/reports?key=`+plantedAPIKey+`"`)
		w.Header().Set("Content-Security-Policy", "img-src 'self'; report-to main")
		w.Header().Set("Content-Security-Policy-Report-Only", "script-src 'report-sample'; report-uri "+collector+"/browser/csp")
		fmt.Fprintf(w, page, collector, plantedEmail, plantedName)
	}))
	t.Cleanup(s.Close)
	return s
}

func newSecure(t *testing.T, plain string) *httptest.Server {
	t.Helper()
	target, err := url.Parse(plain)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(target))
	t.Cleanup(s.Close)
	return s
}

// TestBrowser: Chromium opens a page that sends beacons, fetches and is reported, all to winnow on another origin, which hands records to the
// backend. Everything arrives, the page may read its answer, and nothing planted is anywhere.
func TestBrowser(t *testing.T) {
	needTool(t, "chromium")
	for _, m := range []mode{strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			s := &stand{extra: "    format: ndjson\n    path: /insert/jsonline?_time_field=observed_timestamp&_msg_field=message\n"}
			s.startBackend(t)
			s.startWinnow(t, m)
			openPage(t, newPages(t, newSecure(t, s.url).URL).URL+"/orders/88213?token="+plantedAPIKey+"&who="+plantedUserID)
			rows := s.rows(t, 7)
			for field, value := range map[string]string{
				"type": "csp-violation", "body.blockedURL": "https://tracker.example.com/p", "csp-report.violated-directive": "script-src-elem",
				"level": "error", "_msg": "page read status 204", "user_agent.os.name": "Linux",
			} {
				if _, ok := byTrace(rows, field, value); !ok {
					t.Errorf("no record has %s = %q:\n%v", field, value, rows)
				}
			}
			s.checkClean(t, m, rows)
		})
	}
}

// openPage has a browser open a page, until the test ends.
func openPage(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--ignore-certificate-errors", "--short-reporting-delay", "--remote-debugging-port=0", "--user-data-dir="+t.TempDir(), address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was told to end
	})
}
