package proxy_test

import (
	"strings"
	"testing"
)

// visit is a record with something of several classes in it.
const visit = `{"level":"info","message":"hello alice@example.com","feature":"cart","extra_thing":"x"}` + "\n"

// SHARE-1: what a route or a tenant withholds beyond the policy does not leave there, and all else does; the digest that a batch is stamped
// with is that of what it was scrubbed under.
func TestTightenedWays(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, `tenants:
  - {id: default}
  - {id: strict, policy: {mode: strict}}
  - {id: narrow, policy: {classes: [telemetry]}}
  - {id: without, policy: {drop: [extra_thing, message]}}
policy: {mode: scrub}
routes:
  - {path: /all, protocol: json, upstream_path: /in}
  - {path: /strict, protocol: json, upstream_path: /in, tenant: strict}
  - {path: /narrow, protocol: json, upstream_path: /in, tenant: narrow}
  - {path: /without, protocol: json, upstream_path: /in, tenant: without}
  - {path: /telemetry, protocol: json, upstream_path: /in, classes: [telemetry], mode: strict}
`)
	for path, want := range map[string]string{
		"/all": "level message feature user_agent.name extra_thing", "/strict": "level message feature user_agent.name", "/narrow": "level extra_thing",
		"/without": "level feature user_agent.name", "/telemetry": "level",
	} {
		if status, body := r.post(t, path, visit); status != 204 {
			t.Fatalf("%s: %d %s", path, status, body)
		}
		all := b.all()
		_, got, _ := strings.Cut(all[len(all)-1], "]\n")
		for _, key := range strings.Fields("level message feature user_agent.name extra_thing") {
			if has := strings.Contains(got, `"`+key+`":`); has != strings.Contains(want, key) {
				t.Errorf("%s: %s leaves: %v in %s", path, key, has, got)
			}
		}
		if strings.Contains(got, "alice") {
			t.Errorf("%s: in clear: %s", path, got)
		}
	}
	if metrics := r.get(t, "/metrics"); !strings.Contains(metrics, `winnow_rule_fields_total{rule="tenant_drop"} 2`) {
		t.Error("what a tenant drops is not counted")
	}
}

// META-8: what rules say is of class payment reaches the payment processor on the route that lets it out, and nobody else; what is found of
// it in text never leaves as it is.
func TestMETA8PaymentReachesProcessorsOnly(t *testing.T) {
	b := newBackend(t)
	r := start(t, nil, `upstreams:
  - {id: logs, url: '`+b.URL+`/logs'}
  - {id: pay, url: '`+b.URL+`/pay', payment_processor: true}
routes:
  - {path: /pay, protocol: json, upstream: pay}
  - {path: /ingest, protocol: json, classes: [telemetry, text]}
policy:
  classes: [telemetry, text, payment]
  rules: [{id: payment, fields: [order.amount, order.card], class: payment}]
`)
	body := `{"level":"info","message":"paid with 4111111111111111","order":{"amount":"1999","card":"4111111111111111"}}` + "\n"
	for _, path := range []string{"/pay", "/ingest"} {
		if status, text := r.post(t, path, body); status != 204 {
			t.Fatalf("%s: %d %s", path, status, text)
		}
	}
	got := b.all()
	if !strings.HasPrefix(got[0], "POST /pay/pay\n") || !strings.Contains(got[0], `"amount":"1999"`) {
		t.Errorf("the processor got %s", got[0])
	}
	if !strings.HasPrefix(got[1], "POST /logs/ingest\n") || strings.Contains(got[1], "1999") || !strings.Contains(got[1], "paid with [card]") {
		t.Errorf("the others got %s", got[1])
	}
	if all := strings.Join(got, ""); strings.Contains(all, "4111111111111111") {
		t.Errorf("a card in clear: %s", all)
	}
}
