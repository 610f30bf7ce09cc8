package proxy_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A spool that can take no more says so in each protocol's own words, before anything is accepted, and with the status that makes the client try
// again. A disk can never have as much left as is asked for here.
func TestFullSpoolAnswers(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, `spool: {min_free_bytes: 1000000GiB}
routes:
  - {path: /ingest, protocol: json, delivery: spool}
  - {path: /loki/*, protocol: loki, delivery: spool}
  - {path: /services/*, protocol: splunk, delivery: spool}
  - {path: /v1/*, protocol: otlp, delivery: spool}
  - {path: /clickhouse, protocol: clickhouse, delivery: spool}
  - {path: /api/v2/logs, protocol: datadog, delivery: spool}
  - {path: /api/*, protocol: sentry, delivery: spool}
  - {path: /_bulk, protocol: elasticsearch, delivery: spool}
policy: {mode: scrub}
`)
	for _, c := range []struct {
		path, kind, body string
		status           int
		says             string // in the body
		header           string // that must be there
	}{
		{"/ingest", "application/json", `{"message":"hello"}`, 429, "", "Retry-After"},
		{"/loki/api/v1/push", "application/json", `{"streams":[{"stream":{"app":"a"},"values":[["1","hello"]]}]}`, 429, "", "Retry-After"},
		{"/services/collector/event", "application/json", `{"event":"hello"}`, 503, `"code":9`, "Retry-After"},
		{"/v1/logs", "application/json", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hello"}}]}]}]}`, 503, `"code":14`, "Retry-After"},
		{"/clickhouse?query=INSERT%20INTO%20logs%20FORMAT%20JSONEachRow", "application/json", `{"message":"hello"}`, 503, "", "X-ClickHouse-Exception-Code"},
		{"/api/v2/logs", "application/json", `[{"message":"hello"}]`, 429, "", "Retry-After"},
		{"/api/1/envelope/?sentry_key=0123456789abcdef0123456789abcdef", "application/x-sentry-envelope",
			"{}\n{\"type\":\"event\"}\n{\"message\":\"hello\"}\n", 429, "", "X-Sentry-Rate-Limits"},
		{"/_bulk", "application/x-ndjson", "{\"create\":{\"_index\":\"logs\"}}\n{\"message\":\"hello\"}\n", 429, "es_rejected_execution_exception", "Retry-After"},
	} {
		resp, err := http.Post(r.url+c.path, c.kind, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.says) || resp.Header.Get(c.header) == "" {
			t.Errorf("%s: %d %v\n%s", c.path, resp.StatusCode, resp.Header, body)
		}
	}
	if n := len(b.all()); n != 0 {
		t.Errorf("%d requests reached the backend", n)
	}
	if !strings.Contains(r.get(t, "/metrics"), `winnow_spool_refusals_total{lane="logs",reason="no_space"} 8`) {
		t.Error("the refusals are not counted")
	}
	if !strings.Contains(r.get(t, "/healthz"), "the disk of the spool is nearly full") {
		t.Error("health does not say what is wrong")
	}
}
