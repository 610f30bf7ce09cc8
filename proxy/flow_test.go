package proxy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"winnow/proxy/encoding"
)

const scrubMode = "policy: {mode: scrub}\n"

func encoded(t testing.TB, text, coding string) string {
	t.Helper()
	b, err := encoding.Append(nil, []byte(text), coding)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whatever the coding, what arrives is scrubbed, and in the client's coding.
func TestCodings(t *testing.T) {
	for _, coding := range []string{"", "gzip", "deflate", "zstd", "snappy", "br", "gzip, zstd"} {
		t.Run(coding, func(t *testing.T) {
			b := newBackend(t)
			r := start(t, b, scrubMode)
			if status, body := r.post(t, "/ingest", encoded(t, login, coding), "Content-Encoding", coding, "Content-Type", "application/json"); status != 204 {
				t.Fatalf("%d %s", status, body)
			}
			head, body, _ := strings.Cut(b.all()[0], "]\n")
			plain, err := encoding.Decode(nil, []byte(body), coding, 1<<20)
			if err != nil || !bytes.Contains(plain, []byte("[email] paid with [card]")) || bytes.Contains(plain, []byte("s3cr3t")) {
				t.Errorf("%s\n%q, %v", head, plain, err)
			}
			if coding != "" && !strings.Contains(head, "Content-Encoding:["+coding) {
				t.Errorf("coding of %s", head)
			}
		})
	}
}

// The client's headers, credentials and query stay here, but for what is listed and quiet.
func TestNothingElseLeaves(t *testing.T) {
	hash := sha256.Sum256([]byte("s3cr3t-key"))
	b := newBackend(t)
	r := start(t, b, scrubMode+"tenants: [{id: acme, keys: ['sha256:"+hex.EncodeToString(hash[:])+"']}]\n")
	status, _ := r.post(t, "/ingest?_msg_field=message&token=s3cr3t&ignore_fields=a,b&_time_field=alice%40example.com&debug=1&x=Canary", login,
		"Authorization", "Bearer s3cr3t-key", "Cookie", "session=Canary", "X-Canary", "Canary", "Content-Type", "application/json; by=Canary",
		"Accept", "Canary/*", "Referer", "https://example.com/?q=Canary", "X-Forwarded-For", "192.0.2.1", "X-Scope-OrgID", "alice@example.com",
		"User-Agent", "Canary/1.0 (alice@example.com)")
	if status != 204 {
		t.Fatal(status)
	}
	got := b.all()[0]
	for _, c := range canaries {
		if strings.Contains(got, c) {
			t.Errorf("%q left: %s", c, got)
		}
	}
	if !strings.HasPrefix(got, "POST /ingest?_msg_field=message&ignore_fields=a,b&debug=1\n") {
		t.Errorf("%s", got)
	}
	if status, _ := r.post(t, "/ingest", login); status != 401 {
		t.Errorf("without a key: %d", status)
	}
}

// Hostile bodies: the protocol's own error, and nothing forwarded.
func TestHostileBodies(t *testing.T) {
	zeros := encoded(t, strings.Repeat("\x00", 1<<20), "gzip")
	deep := strings.Repeat("[", 10_000)
	b := newBackend(t)
	r := start(t, b, "limits: {max_decoded_bytes: 8MiB, max_body_bytes: 1MiB}\n"+scrubMode)
	for name, tt := range map[string]struct {
		path, body, coding, contentType string
		want                            int
	}{
		"bomb":                    {"/ingest", strings.Repeat(zeros, 1000), "gzip", "", 413},
		"bomb to loki":            {"/loki/api/v1/push", strings.Repeat(zeros, 1000), "gzip", "application/json", 413},
		"bomb to otlp":            {"/v1/logs", strings.Repeat(zeros, 1000), "gzip", "application/json", 413},
		"bomb to bulk":            {"/_bulk", strings.Repeat(zeros, 1000), "gzip", "application/json", 413},
		"snappy claims gigabytes": {"/loki/api/v1/push", "\xff\xff\xff\xff\x0faaaa", "", "application/x-protobuf", 413},
		"cut gzip":                {"/ingest", encoded(t, login, "gzip")[:40], "gzip", "", 400},
		"tail behind gzip":        {"/ingest", encoded(t, login, "gzip") + "alice", "gzip", "", 400},
		"not gzip":                {"/ingest", login, "gzip", "", 400},
		"unknown coding":          {"/ingest", login, "lz4", "", 415},
		"three codings":           {"/ingest", login, "gzip, gzip, gzip", "", 415},
		"too large":               {"/ingest", strings.Repeat("x", 1<<20+1), "", "", 413},
		"empty":                   {"/ingest", "", "", "", 400},
		"half an object":          {"/ingest", login[:40], "", "application/json", 400},
		"deep array":              {"/ingest", deep, "", "application/json", 400},
		"deep to loki":            {"/loki/api/v1/push", `{"streams":` + deep, "", "application/json", 400},
		"deep to otlp":            {"/v1/logs", `{"resourceLogs":` + deep, "", "application/json", 400},
		"deep to bulk":            {"/_bulk", `{"index":` + deep, "", "application/json", 400},
		"broken protobuf":         {"/v1/logs", "\x0a\xffalice@example.com", "", "application/x-protobuf", 400},
		"path with an address":    {"/es-alice@example.com/_bulk", `{"index":{}}` + "\n" + login, "", "application/json", 404},
		"nowhere":                 {"/nowhere", login, "", "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := r.post(t, tt.path, tt.body, "Content-Encoding", tt.coding, "Content-Type", tt.contentType)
			if status != tt.want {
				t.Errorf("%d %s, want %d", status, body, tt.want)
			}
			for _, c := range canaries {
				if strings.Contains(body, c) {
					t.Errorf("%q is in the answer: %s", c, body)
				}
			}
		})
	}
	if got := b.all(); len(got) != 0 {
		t.Errorf("forwarded: %.200q", got)
	}
	if m := r.get(t, "/metrics"); !strings.Contains(m, "winnow_inflight_bytes 0") || !strings.Contains(m, `winnow_refusals_total{reason="too_large"} 6`) {
		t.Error("bytes stay in flight, or refusals are not counted")
	}
}

// What the backend says is what the client hears.
func TestAnswers(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(429)
		io.WriteString(w, "slow down")
	}
	r := start(t, b, scrubMode)
	if status, body := r.post(t, "/ingest", login); status != 429 || body != "slow down" {
		t.Errorf("%d %s", status, body)
	}
	b.CloseClientConnections()
	b.Close()
	for path, want := range map[string]int{"/ingest": 503, "/v1/logs": 503} {
		body := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hello"}}]}]}]}`
		if status, text := r.post(t, path, body, "Content-Type", "application/json"); status != want {
			t.Errorf("%s with the backend gone: %d %s", path, status, text)
		}
	}
}

// A batch that policy empties has arrived, without a word to the backend.
func TestEmptied(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, "policy: {mode: scrub, rules: [{id: gone, fields: [password], action: drop_record}]}\n")
	if status, body := r.post(t, "/ingest", login); status != 200 || len(b.all()) != 0 {
		t.Errorf("%d %s; forwarded %q", status, body, b.all())
	}
	if m := r.get(t, "/metrics"); !strings.Contains(m, `winnow_records_total{fate="dropped",protocol="json",route="/ingest"} 1`) {
		t.Error("the dropped record is not counted")
	}
}

// Pre-flight calls pass; what shapes the backend passes only without personal data.
func TestPreflight(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Elastic-Product", "Elasticsearch")
		io.WriteString(w, `{"version":{}}`)
	}
	r := start(t, b, scrubMode)
	if status, body := r.do(t, "GET", "/", ""); status != 200 || body != `{"version":{}}` {
		t.Errorf("%d %s", status, body)
	}
	template := `{"index_patterns":["logs-*"]}`
	if status, _ := r.do(t, "PUT", "/_index_template/logs", template, "Content-Type", "application/json"); status != 200 {
		t.Error(status)
	}
	if status, _ := r.do(t, "PUT", "/_index_template/logs", `{"owner":"alice@example.com"}`, "Content-Type", "application/json"); status != 400 {
		t.Error(status)
	}
	if status, _ := r.do(t, "DELETE", "/logs", ""); status != 404 {
		t.Error(status)
	}
	if got := b.all(); len(got) != 2 || !strings.HasSuffix(got[1], template) {
		t.Errorf("%q", got)
	}
}

// Where records go to a path of the operator's, winnow answers the client's questions itself.
func TestPreflightWithUpstreamPath(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, scrubMode+"routes: [{path: /es/*, protocol: elasticsearch, upstream_path: /insert/elasticsearch/_bulk}]\n")
	if status, body := r.do(t, "GET", "/es/_license", ""); status != 200 || !strings.Contains(body, `"active"`) || len(b.all()) != 0 {
		t.Errorf("%d %s; asked %q", status, body, b.all())
	}
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"took":1,"errors":false,"items":[{"index":{"status":201}}]}`)
	}
	status, body := r.post(t, "/es/logs/_bulk", `{"index":{}}`+"\n"+login, "Content-Type", "application/x-ndjson")
	if got := b.all(); status != 200 || len(got) != 1 || !strings.HasPrefix(got[0], "POST /insert/elasticsearch/_bulk\n") {
		t.Errorf("%d %s; sent %q", status, body, got)
	}
}

// Loki's protobuf is a snappy block that its codec undoes and makes, whether or not a header says so.
func TestLokiProtobufIsFixed(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, scrubMode)
	for _, coding := range []string{"", "snappy"} {
		if status, body := r.post(t, "/loki/api/v1/push", lokiPush(t, "hello alice@example.com"), "Content-Type", "application/x-protobuf", "Content-Encoding", coding); status != 204 {
			t.Fatalf("%q: %d %s", coding, status, body)
		}
		all := b.all()
		_, body, _ := strings.Cut(all[len(all)-1], "]\n")
		plain, err := encoding.Decode(nil, []byte(body), "snappy", 1<<20)
		if err != nil || !bytes.Contains(plain, []byte("hello [email]")) || bytes.Contains(plain, []byte("alice")) {
			t.Errorf("%q: %q, %v", coding, plain, err)
		}
	}
	if status, _ := r.post(t, "/loki/api/v1/push", encoded(t, lokiPush(t, "hello alice@example.com"), "gzip"), "Content-Type", "application/x-protobuf", "Content-Encoding", "gzip"); status != 415 {
		t.Errorf("gzip around it: %d", status)
	}
}

func BenchmarkRequest(bench *testing.B) {
	b := newBackend(bench)
	r := start(bench, b, scrubMode)
	body := strings.Repeat(`{"level":"info","msg":"request done","status":200}`+"\n", 2000)
	bench.SetBytes(int64(len(body)))
	bench.ReportAllocs()
	for bench.Loop() {
		if status, _ := r.post(bench, "/ingest", body); status != 204 {
			bench.Fatal(status)
		}
		b.mu.Lock()
		b.requests = b.requests[:0]
		b.mu.Unlock()
	}
}
