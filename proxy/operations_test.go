package proxy_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"winnow/proxy/admin"
	"winnow/proxy/consent"
)

// SOD-1, META-2: whatever the protocol, fields that no rule names stay behind, and what identifies a person leaves in clear nowhere.
func TestSOD1NamedFieldsOnly(t *testing.T) {
	const record = `{"level":"info","message":"order of alice@example.com from 192.0.2.77","name":"Canary","payload":{"note":"Canary"},"user_id":"Canary-7","email":"alice@example.com"}`
	quoted := strings.ReplaceAll(record, `"`, `\"`)
	for name, tt := range map[string]struct{ path, body string }{
		"json":          {"/ingest", record},
		"text":          {"/ingest", "order of alice@example.com from 192.0.2.77"},
		"loki":          {"/loki/api/v1/push", `{"streams":[{"stream":{"app":"shop","customer":"Canary"},"values":[["1700000000000000000","` + quoted + `"]]}]}`},
		"elasticsearch": {"/_bulk", `{"create":{"_index":"logs"}}` + "\n" + record + "\n"},
		"otlp": {"/v1/logs", `{"resourceLogs":[{"resource":{"attributes":[{"key":"customer","value":{"stringValue":"Canary"}}]},"scopeLogs":[{"logRecords":[` +
			`{"body":{"stringValue":"order of alice@example.com from 192.0.2.77"},"attributes":[{"key":"name","value":{"stringValue":"Canary"}},{"key":"user.id","value":{"stringValue":"Canary-7"}}]}]}]}]}`},
		"splunk":  {"/services/collector/event", `{"event":` + record + `,"fields":{"customer":"Canary"}}`},
		"datadog": {"/api/v2/logs", "[" + record + "]"},
		"gelf":    {"/gelf", `{"version":"1.1","host":"web-1","short_message":"order of alice@example.com from 192.0.2.77","_name":"Canary","_user_id":"Canary-7"}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackend(t)
			r := start(t, b, "")
			contentType := "application/json"
			if name == "text" {
				contentType = "text/plain"
			}
			if status, answer := r.post(t, tt.path, tt.body, "Content-Type", contentType); status/100 != 2 {
				t.Fatalf("%d %s", status, answer)
			}
			got := b.all()
			if len(got) != 1 || !strings.Contains(got[0], "order of [email] from [ip]") {
				t.Fatalf("what serves operations does not leave: %s", got)
			}
			for _, never := range append([]string{"customer", "user_id", "user.id", "192.0.2.77"}, canaries...) {
				if strings.Contains(got[0], never) {
					t.Errorf("%q leaves: %s", never, got[0])
				}
			}
		})
	}
}

// GUARD-2: tokens do not leave in bodies; a client's own credentials do not reach the backend, nor the backend's a client, and winnow says the
// backend's.
func TestGUARD2Credentials(t *testing.T) {
	hash := sha256.Sum256([]byte("s3cr3t-key"))
	b := newBackend(t)
	r := start(t, nil, `tenants: [{id: shop, keys: ['sha256:`+hex.EncodeToString(hash[:])+`']}]
upstreams: [{id: logs, url: '`+b.URL+`', headers: {Authorization: 'Bearer backend-Canary'}}]
`)
	const body = `{"level":"info","message":"called with Authorization: Bearer s3cr3t-of-a-user and password=s3cr3t-of-a-user, https://u:s3cr3t@example.com/"}`
	resp, answer := r.exchange(t, "POST", "/ingest?api_key=s3cr3t", body, "X-Winnow-Key", "s3cr3t-key", "Authorization", "Basic czNjcjN0OnMzY3IzdA==")
	if resp.StatusCode != 204 || strings.Contains(answer, "Canary") || resp.Header.Get("Authorization") != "" {
		t.Fatalf("%d %s %v", resp.StatusCode, answer, resp.Header)
	}
	got := b.all()[0]
	if !strings.Contains(got, "Authorization:[Bearer backend-Canary]") {
		t.Errorf("the backend's credentials are not said: %s", got)
	}
	for _, never := range []string{"s3cr3t", "czNjcjN0"} {
		if strings.Contains(got, never) {
			t.Errorf("%q leaves: %s", never, got)
		}
	}
}

// SOD-2: what a tenant decides about statistics and training does not end operations, and a restriction of a person still does its part.
func TestSOD2OperationsNeedNoConsent(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, "")
	consents := admin.ConsentsClient{Client: r.local(t)}
	for _, purpose := range []string{"statistics", "training"} {
		var answer consent.Answer
		if err := consents.Decide(context.Background(), admin.ConsentWithdraw, purpose, "default", &admin.ConsentChange{Why: "letter 7"}, &answer); err != nil {
			t.Fatal(err)
		}
	}
	r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "u-1", Why: "ticket 7"})
	for !strings.Contains(r.get(t, "/metrics"), "winnow_restricted_subjects 1") {
	}
	if status, answer := r.post(t, "/ingest", `{"level":"hers","user_id":"u-1"}`+"\n"+`{"level":"others","user_id":"u-2"}`+"\n"); status/100 != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	if got := b.bodies(); !strings.Contains(got, `"others"`) || strings.Contains(got, `"hers"`) {
		t.Errorf("left: %s", got)
	}
}
