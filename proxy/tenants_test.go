package proxy_test

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

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
	metrics := r.get(t, "/metrics")
	for key, n := range map[string]int{"old": 1, "new": 1, "later": 1, "lines": 1, "loki": 1, "one": 2} {
		if want := fmt.Sprintf("winnow_key_requests_total{key=%q,tenant=\"shop\"} %d\n", key, n); !strings.Contains(metrics, want) {
			t.Errorf("%s is missing", strings.TrimSpace(want))
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

// GUARD-1: on every listener that asks for certificates they tell the tenant, to senders that have no key to show. What comes with one that names
// nobody waits until the configuration says whose it is, where the protocol has no answer, unless the listener itself names a tenant.
func TestGUARD1CertificatesTellTenantsOnListeners(t *testing.T) {
	a, dir := certtest.New(t), t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.Issue(t, "localhost", cert, key)
	send := func(text string) func(*testing.T, string, *tls.Config) {
		return func(t *testing.T, address string, secure *tls.Config) { say(t, "tcp", address, secure, text) }
	}
	syslog := send("<14>1 2026-03-14T09:26:53Z web-1 app - - - started\n")
	fluent := send("\x93\xa3app\x01\x81\xa7message\xa7started")
	gelf := send(`{"version":"1.1","host":"web-1","short_message":"started"}` + "\x00")
	call := func(t *testing.T, address string, secure *tls.Config) {
		if _, err := export(t, address, secure, spans("started")); err != nil && status.Code(err) != codes.Unauthenticated {
			t.Error(err)
		}
	}
	for _, tt := range []struct {
		name, listener string
		send           func(*testing.T, string, *tls.Config)
		asIs, mended   int // records of tenant rest, before and after its certificate is configured
	}{
		{"syslog", "address: 'tls://127.0.0.1:0', protocol: syslog", syslog, 0, 1},
		{"fluent", "address: 'tls://127.0.0.1:0', protocol: fluent", fluent, 0, 1},
		{"gelf", "address: 'tls://127.0.0.1:0', protocol: gelf", gelf, 0, 1},
		{"otlp", "address: 'grpcs://127.0.0.1:0', protocol: otlp", call, 0, 0},
		{"syslog of a tenant", "address: 'tls://127.0.0.1:0', protocol: syslog, tenant: rest", syslog, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend(t)
			r := listening(t, b, `tenants:
  - {id: shop, certificates: ["cn:shop.example.com"], policy: {drop: [message, short_message, span.name]}}
  - {id: bank, certificates: ["dns:bank.example.com"], keys: ["`+hashed("bank key")+`"]}
  - {id: rest, certificates: ["cn:later.example.com"]}
policy: {mode: scrub}
`, fmt.Sprintf("{%s, tls: {cert_file: %s, key_file: %s, client_ca_file: %s}}", tt.listener, cert, key, a.File))
			tt.send(t, r.Sockets[0], a.Client(t, "bank.example.com"))
			tt.send(t, r.Sockets[0], a.Client(t, "shop.example.com"))
			tt.send(t, r.Sockets[0], a.Client(t, "other.example.com"))
			r.awaits(t, `winnow_tenant_records_total`, 2+tt.asIs)
			if tt.asIs == 0 {
				r.awaits(t, `winnow_refusals_total{reason="unauthorised"}`, 1)
			}
			r.change(t, "cn:later.example.com", "cn:other.example.com")
			r.awaits(t, `winnow_tenant_records_total`, 2+tt.mended)
			texts := 0
			for _, got := range b.records(t, 2+tt.mended) {
				texts += strings.Count(got, "started")
			}
			if texts != 1+tt.mended {
				t.Errorf("%d records have their text; it is tenant shop's policy alone that drops it", texts)
			}
			for id, n := range map[string]int{"shop": 1, "bank": 1, "rest": tt.mended} {
				if want := fmt.Sprintf("winnow_tenant_records_total{tenant=%q} %d\n", id, n); !strings.Contains(r.get(t, "/metrics"), want) && n > 0 {
					t.Errorf("not in the metrics: %s", want)
				}
			}
		})
	}
}

// A trusted proxy names the tenant of what comes over gRPC, in a header of its choice; from anybody else the header counts for nothing.
func TestTenantFromProxyOverGRPC(t *testing.T) {
	for _, proxies := range []string{"127.0.0.0/8", "192.0.2.0/24"} {
		b := newBackend(t)
		r := start(t, b, `trusted_proxies: [`+proxies+`]
tenants: [{id: shop}, {id: bank}]
listeners: [{address: "grpc://127.0.0.1:0", protocol: otlp, tenant_from: X-Tenant}]
`)
		_, err := export(t, r.Sockets[0], nil, spans("GET"), "x-tenant", "bank")
		if trusted := proxies == "127.0.0.0/8"; trusted != (err == nil) || !trusted && status.Code(err) != codes.Unauthenticated {
			t.Errorf("proxies %s: %v", proxies, err)
		} else if trusted && !strings.Contains(r.get(t, "/metrics"), `winnow_tenant_records_total{tenant="bank"} 1`) {
			t.Error("the record is not tenant bank's")
		}
		if _, err := export(t, r.Sockets[0], nil, spans("GET"), "x-tenant", "nobody"); status.Code(err) != codes.Unauthenticated {
			t.Errorf("a tenant that there is not: %v", err)
		}
	}
}

// The header in which a proxy names the tenant is another with the reload, on a listener as on a route: no restart is asked for.
func TestTenantFromIsReloaded(t *testing.T) {
	r := start(t, newBackend(t), `trusted_proxies: [127.0.0.0/8]
tenants: [{id: shop}, {id: bank}]
listeners: [{address: "grpc://127.0.0.1:0", protocol: otlp, tenant_from: X-Tenant}]
`)
	r.change(t, "X-Tenant", "X-Org")
	r.reload <- syscall.SIGHUP
	r.log.await(t, "configuration reloaded")
	if _, err := export(t, r.Sockets[0], nil, spans("GET"), "x-org", "bank"); err != nil {
		t.Error(err)
	}
	if _, err := export(t, r.Sockets[0], nil, spans("GET"), "x-tenant", "bank"); status.Code(err) != codes.Unauthenticated {
		t.Errorf("by the header of before: %v", err)
	}
	if strings.Contains(r.log.String(), "needs a restart") {
		t.Error("a restart is asked for")
	}
}
