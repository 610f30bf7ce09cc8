package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// curlClients are shell scripts' way: newline-delimited JSON and Loki's JSON, plain and gzipped.
func curlClients() []client {
	const jsonline = "/insert/jsonline?_stream_fields=service.name&_msg_field=msg&_time_field=time"
	const loki = "/insert/loki/api/v1/push"
	return []client{
		curlClient("curl-jsonline", jsonline, "application/stream+json", "", jsonlineBody, jsonlineWant),
		curlClient("curl-jsonline-gzip", jsonline, "application/x-ndjson", "gzip", jsonlineBody, jsonlineWant),
		curlClient("curl-loki-gzip", loki, "application/json", "gzip", lokiBody, lokiLineWant),
	}
}

func curlClient(name, path, contentType, encoding string, body func([]line) string, want func(int) row) client {
	ship := func(t *testing.T, base string, lines []line) {
		headers := append([]string{"Content-Type: " + contentType}, plantedHeaders()...)
		data := []byte(body(lines))
		if encoding == "gzip" {
			headers = append(headers, "Content-Encoding: gzip")
			data = zip(t, data)
		}
		curl(t, base+path, headers, data)
	}
	return client{name: name, tool: "curl", ship: ship, want: want, message: "_msg", trace: "trace_id"}
}

// curl posts a body and fails the test unless the answer is a success.
func curl(t *testing.T, url string, headers []string, body []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--silent", "--show-error", "--fail-with-body", "--max-time", "20", "--data-binary", "@" + file}
	for _, h := range headers {
		args = append(args, "--header", h)
	}
	run(t, "", "curl", append(args, url)...)
}

// plantedHeaders are what opens doors, and what browsers and proxies send along: none of it may go further than winnow.
func plantedHeaders() []string {
	return []string{
		"Authorization: Basic " + plantedBasic,
		"Proxy-Authorization: Bearer " + plantedBearer,
		"Cookie: sessionid=" + plantedSession,
		"X-Forwarded-For: " + plantedIPv4,
		"User-Agent: " + plantedEmail + "/1.0 (" + plantedName + ")",
		"Referer: https://shop.example.com/u/" + plantedUserID + "?token=" + plantedAPIKey,
		"Accept-Language: fr-CH-x-" + plantedPathUser + ", en;q=0.5",
		"X-User: " + plantedEmail,
		"VL-Extra-Fields: owner=" + plantedEmail,
	}
}

func zip(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jsonlineBody has numbers spelled as no encoder would spell them twice, and planted values in fields, texts and a key.
func jsonlineBody(lines []line) string {
	var b strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&b, `{"time":"2026-03-14T09:26:53.123456789Z","level":%q,"service":{"name":%q,"version":%q},`, level, service, version)
		fmt.Fprintf(&b, `"http":{"request":{"method":%q},"response":{"status_code":%d}},"duration_ms":1.8325E2,`, method, status)
		fmt.Fprintf(&b, `"trace_id":%q,"span_id":%q,"msg":%s,`, traceID(i), spanID(i), mustJSON(l.text))
		fmt.Fprintf(&b, `"user":%s,"payload":%s,"pan":378282246310005,"email":"mira.planted\u0040example.com",`, mustJSON(person()), mustJSON(payload()))
		fmt.Fprintf(&b, `"seen":{%q:true}}`+"\n", plantedEmail)
	}
	return b.String()
}

func jsonlineWant(i int) row {
	return row{
		"_time":                     "2026-03-14T09:26:53.123456789Z",
		"level":                     level,
		"service.name":              service,
		"service.version":           version,
		"http.request.method":       method,
		"http.response.status_code": strconv.Itoa(status),
		"duration_ms":               "1.8325E2",
		"trace_id":                  traceID(i),
		"span_id":                   spanID(i),
	}
}

// lokiBody ships lines that are JSON objects themselves, as many agents do.
func lokiBody(lines []line) string {
	var values []any
	for i, l := range lines {
		inner := map[string]any{
			"_msg": l.text, "level": level, "trace_id": traceID(i), "duration_ms": millis, "status": status,
			"user": person(), "payload": payload(),
		}
		stamp := strconv.FormatInt(at.UnixNano(), 10)
		values = append(values, []any{stamp, mustJSON(inner), map[string]string{"user_id": plantedUserID, "span_id": spanID(i)}})
	}
	stream := map[string]string{"app": service, "owner": plantedEmail}
	return mustJSON(map[string]any{"streams": []any{map[string]any{"stream": stream, "values": values}}})
}

func lokiLineWant(i int) row {
	return row{
		"_time":       "2026-03-14T09:26:53.123456789Z",
		"app":         service,
		"level":       level,
		"status":      strconv.Itoa(status),
		"duration_ms": fmt.Sprint(millis),
		"trace_id":    traceID(i),
		"span_id":     spanID(i),
	}
}
