package proxy_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"winnow/proxy/certs/certtest"
)

// hashed is a key's hash as the configuration has it.
func hashed(key string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(key))) }

// GUARD-1: a key is good on its routes, for its protocols and in its time only; two that overlap let an application change over. GUARD-2: none
// reaches the upstream.
func TestGUARD1ScopedKeys(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, `tenants:
  - id: shop
    keys: ["`+hashed("any")+`"]
    scoped_keys:
      - {id: old, hash: "`+hashed("old")+`", expires: 2020-01-01}
      - {id: new, hash: "`+hashed("new")+`", not_before: 2020-01-01, expires: 2200-01-01}
      - {id: later, hash: "`+hashed("later")+`", not_before: 2200-01-01}
      - {id: lines, hash: "`+hashed("lines")+`", protocols: [json]}
      - {id: loki, hash: "`+hashed("loki")+`", protocols: [loki]}
      - {id: one, hash: "`+hashed("one")+`", routes: [/one]}
policy: {mode: scrub}
routes:
  - {path: /one, protocol: json, upstream_path: /in}
  - {path: /two, protocol: json, upstream_path: /in}
`)
	for _, test := range []struct {
		path, key string
		want      int
	}{
		{"/one", "any", 204}, {"/one", "new", 204}, {"/one", "lines", 204}, {"/one", "one", 204}, {"/two", "any", 204},
		{"/two", "one", 403}, {"/one", "loki", 403}, {"/one", "old", 401}, {"/one", "later", 401}, {"/one", "none", 401}, {"/one", "", 401},
	} {
		var header []string
		if test.key != "" {
			header = []string{"Authorization", "Bearer " + test.key}
		}
		if status, body := r.post(t, test.path, visit, header...); status != test.want || strings.Contains(body, test.key) && test.key != "" && status != 204 && test.key != "one" {
			t.Errorf("%s with key %q: %d %s, want %d", test.path, test.key, status, body, test.want)
		}
	}
	for _, got := range b.all() {
		if strings.Contains(got, "Bearer") {
			t.Errorf("a key went on: %s", got)
		}
	}
	if health := r.get(t, "/healthz"); !strings.Contains(health, "key old of tenant shop has expired") {
		t.Errorf("health does not speak of the expired key: %s", health)
	}
}

// A tenant that sends too much is told when to come again, in its protocol's words; others do not notice, nothing is lost that was taken, and it is counted.
func TestTenantLimits(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, `tenants:
  - {id: noisy, limits: {bytes_per_second: 1KiB}}
  - {id: daily, limits: {records_per_day: 2}}
  - {id: quiet}
policy: {mode: scrub}
routes:
  - {path: /noisy, protocol: json, upstream_path: /in, tenant: noisy}
  - {path: /daily, protocol: json, upstream_path: /in, tenant: daily}
  - {path: /quiet, protocol: json, upstream_path: /in, tenant: quiet}
  - {path: /loki/api/v1/push, protocol: loki, tenant: noisy}
  - {path: /_bulk, protocol: elasticsearch, tenant: noisy}
`)
	large := strings.Repeat(visit, 300) // more than ten seconds' worth
	if status, body := r.post(t, "/noisy", large); status != 204 {
		t.Fatalf("the first one: %d %s", status, body)
	}
	for _, path := range []string{"/noisy", "/loki/api/v1/push", "/_bulk"} {
		status, body := r.post(t, path, visit, "Content-Type", "application/json")
		if status != 429 || !strings.Contains(body, "sends more than it may") && path != "/loki/api/v1/push" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, _ := r.post(t, "/daily", visit+visit); status != 204 {
		t.Errorf("within the day's quota: %d", status)
	}
	if status, body := r.post(t, "/daily", visit); status != 429 || !strings.Contains(body, "in a day") {
		t.Errorf("above the day's quota: %d %s", status, body)
	}
	for range 20 {
		if status, _ := r.post(t, "/quiet", visit); status != 204 {
			t.Errorf("another tenant: %d", status)
		}
	}
	if n := len(b.all()); n != 22 {
		t.Errorf("%d requests went on, want 22", n)
	}
	metrics := r.get(t, "/metrics")
	for _, line := range []string{
		`winnow_tenant_refused_total{reason="rate",tenant="noisy"} 3`, `winnow_tenant_refused_total{reason="day",tenant="daily"} 1`,
		`winnow_tenant_requests_total{tenant="quiet"} 20`, `winnow_tenant_records_total{tenant="noisy"} 300`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("not in the metrics: %s", line)
		}
	}
}

// GUARD-1: the certificate that a client shows tells its tenant; a key of another tenant contradicts it, and one that names nobody needs a key.
func TestGUARD1CertificatesTellTenants(t *testing.T) {
	a := certtest.New(t)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	a.Issue(t, "127.0.0.1", file("cert.pem"), file("key.pem"))
	b := newBackend(t)
	r := start(t, b, `tls: {cert_file: `+file("cert.pem")+`, key_file: `+file("key.pem")+`, client_ca_file: `+a.File+`}
tenants:
  - {id: bank, keys: ["`+hashed("bank key")+`"]}
  - {id: shop, certificates: ["cn:shop.example.com"], policy: {drop: [message]}, keys: ["`+hashed("shop key")+`"]}
policy: {mode: scrub}
routes: [{path: /ingest, protocol: json, upstream_path: /in}]
`)
	for _, test := range []struct {
		name, key string
		want      int
	}{
		{"shop.example.com", "", 204}, {"shop.example.com", "shop key", 204}, {"shop.example.com", "bank key", 403}, {"shop.example.com", "nobody's", 401},
		{"other.example.com", "", 401}, {"other.example.com", "bank key", 204},
	} {
		client := http.Client{Transport: &http.Transport{TLSClientConfig: a.Client(t, test.name), DisableKeepAlives: true}}
		q, err := http.NewRequest(http.MethodPost, "https://"+r.Listen+"/ingest", strings.NewReader(visit))
		if err != nil {
			t.Fatal(err)
		}
		if test.key != "" {
			q.Header.Set("X-Winnow-Key", test.key)
		}
		resp, err := client.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != test.want {
			t.Errorf("%s with key %q: %d, want %d", test.name, test.key, resp.StatusCode, test.want)
		}
	}
	all := b.all()
	if len(all) != 3 || strings.Contains(all[0], `"message"`) || !strings.Contains(all[2], `"message"`) {
		t.Errorf("the certificate's tenant is not the one whose policy applies: %q", all)
	}
}
