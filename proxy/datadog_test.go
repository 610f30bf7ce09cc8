package proxy_test

import (
	"bytes"
	"compress/zlib"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// datadog answers as the intake does.
func datadog(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }

const aLog = `[{"message":"login of alice@example.com"}]`

// fromBrowser is the URL that the browser SDK sends to a proxy.
func fromBrowser(target string) string { return "/datadog?ddforward=" + url.QueryEscape(target) }

const browserRoute = "routes: [{path: /datadog, protocol: datadog, origins: ['https://shop.example']}, {path: /api/v2/logs, protocol: datadog}," +
	" {path: /v1/input/*, protocol: datadog}]\n"

// What goes on of a request to Datadog, and what stays: a key only where the upstream wants it, wherever it stands.
func TestDatadogForward(t *testing.T) {
	const sdk = "/api/v2/logs?ddsource=browser&dd-api-key=pub0s3cr3t&dd-evp-origin=browser&dd-evp-origin-version=7.16.2&dd-request-id=" +
		"11111111-2222-4333-8444-555555555555&ddtags=env%3Aprod%2Cmail%3Aalice%40example.com&x=Canary"
	const kept = "dd-evp-origin=browser&dd-evp-origin-version=7.16.2&dd-request-id=11111111-2222-4333-8444-555555555555"
	const data = "ddsource=browser&ddtags=env%3Aprod%2Cmail%3A%5Bemail%5D"
	for _, tt := range []goingOn{
		{"version 2", "none", "/api/v2/logs?api_key=s3cr3t", []string{"DD-API-KEY", "s3cr3t", "DD-PROTOCOL", "agent-json", "Cookie", "Canary"},
			"POST /api/v2/logs\n", "Dd-Protocol:[agent-json]", "s3cr3t"},
		{"version 2, credentials", "client", "/api/v2/logs", []string{"DD-API-KEY", "s3cr3t", "Cookie", "Canary"}, "POST /api/v2/logs\n", "Dd-Api-Key:[s3cr3t]", "Canary"},
		{"key in the path", "none", "/v1/input/0s3cr3t", nil, "POST /v1/input\n", "", "s3cr3t"},
		{"key in the path, credentials", "client", "/v1/input/0s3cr3t?x=Canary", nil, "POST /v1/input/0s3cr3t\n", "", "Canary"},
		{"browser", "none", fromBrowser(sdk), []string{"Cookie", "Canary"}, "POST /api/v2/logs?" + kept + "&" + data + "\n", "", "s3cr3t"},
		{"browser, credentials", "client", fromBrowser(sdk), nil, "POST /api/v2/logs?" + kept + "&dd-api-key=pub0s3cr3t&" + data + "\n", "", "Canary"},
		{"old browser", "none", fromBrowser("https://rum.browser-intake-datadoghq.eu" + sdk), nil, "POST /api/v2/logs?" + kept + "&" + data + "\n", "", "s3cr3t"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.prove(t, datadog, browserRoute, aLog, "{}")
		})
	}
}

// Every answer that a client of Datadog can get.
func TestDatadogAnswers(t *testing.T) {
	b := newBackend(t)
	b.reply = datadog
	r := start(t, b, keyed("k")+"limits: {max_body_bytes: 64KiB}\npolicy: {mode: scrub, rules: [{id: gone, fields: [probe], action: drop_record}]}\n"+
		"routes: [{path: /datadog, protocol: datadog}, {path: /*, protocol: datadog}]\n")
	said := func(status, title, detail string) string {
		return `{"errors":[{"status":"` + status + `","title":"` + title + `","detail":"` + detail + `"}]}`
	}
	for _, tt := range []struct {
		name, method, path, body, key string
		status                        int
		want                          string
	}{
		{"version 2", "POST", "/api/v2/logs", aLog, "k", 202, "{}"},
		{"version 1", "POST", "/v1/input", aLog, "k", 200, "{}"},
		{"key in the path", "POST", "/v1/input/k", "a\nb\n", "", 200, "{}"},
		{"key in the query", "POST", "/api/v2/logs?dd-api-key=k", aLog, "", 202, "{}"},
		{"key of a browser", "POST", fromBrowser("/api/v2/logs?dd-api-key=k"), `{"message":"a"}`, "", 202, "{}"},
		{"agent's probe", "POST", "/api/v2/logs", "{}", "k", 202, "{}"},
		{"agent's question", "GET", "/api/v1/validate", "", "", 200, `{"valid":true}`},
		{"dropped by policy", "POST", "/api/v2/logs", `[{"probe":1}]`, "k", 202, "{}"},
		{"one of two unreadable", "POST", "/api/v2/logs", `[7,{"message":"a"}]`, "k", 202, "{}"},
		{"no key", "POST", "/api/v2/logs", aLog, "", 401, said("401", "Unauthorized", "ingest key missing")},
		{"wrong key", "POST", "/v1/input/x", aLog, "", 403, said("403", "Forbidden", "ingest key unknown")},
		{"broken", "POST", "/api/v2/logs", `[{"message":"alice@example.com"`, "k", 400, said("400", "Bad Request", "object or array without end")},
		{"nothing readable", "POST", "/api/v2/logs", `["alice@example.com",7]`, "k", 400, said("400", "Bad Request", "object expected")},
		{"too many", "POST", "/api/v2/logs", "[{}" + strings.Repeat(",{}", 1000) + "]", "k", 413,
			said("413", "Request Entity Too Large", "body holds more than 1000 logs in one array")},
		{"too large", "POST", "/api/v2/logs", strings.Repeat("x", 1<<17), "k", 413, said("413", "Request Entity Too Large", "body is larger than the limit")},
		{"another host", "POST", fromBrowser("https://browser-intake-datadoghq.com.example.com/api/v2/logs"), "{}", "k", 404,
			said("404", "Not Found", "ddforward names no intake of Datadog")},
		{"another host, old form", "POST", fromBrowser("https://alice@browser-intake-datadoghq.com/api/v2/logs"), "{}", "k", 404,
			said("404", "Not Found", "ddforward names no intake of Datadog")},
		{"another path", "POST", fromBrowser("/api/v1/users"), "{}", "k", 404, said("404", "Not Found", "ddforward names no track that is known")},
		{"a replay", "POST", fromBrowser("/api/v2/replay?ddsource=browser"), "\x00\x01", "k", 415,
			said("415", "Unsupported Media Type", "replays and profiles are binary, and nobody can judge them: switch them off in the SDK")},
		{"compressed, and not", "POST", fromBrowser("/api/v2/rum?dd-evp-encoding=deflate"), "{}", "k", 400,
			said("400", "Bad Request", "dd-evp-encoding: the body is not deflate")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{"Content-Type", "application/json", "DD-API-KEY", tt.key}
			if strings.HasPrefix(tt.body, "a\n") {
				headers[1] = "text/plain"
			}
			status, answer := r.do(t, tt.method, tt.path, tt.body, headers...)
			if status != tt.status || answer != tt.want {
				t.Errorf("%d %s\nwant %d %s", status, answer, tt.status, tt.want)
			}
		})
	}
	for _, got := range b.all() {
		if strings.Contains(got, "/v1/input/") || strings.Contains(got, "alice") {
			t.Errorf("a key or a person left: %s", got)
		}
	}
}

// The SDK compresses without saying so in a header; what arrives is plain, and does not claim to be anything else.
func TestDatadogDeflated(t *testing.T) {
	b := newBackend(t)
	b.reply = datadog
	r := start(t, b, scrubMode+browserRoute)
	for name, text := range map[string]string{
		"with a finding": `{"type":"view","usr":{"email":"alice@example.com"}}` + "\n", "without": `{"type":"view"}` + "\n",
	} {
		var body bytes.Buffer
		w := zlib.NewWriter(&body)
		w.Write([]byte(text))
		w.Close()
		if status, answer := r.post(t, fromBrowser("/api/v2/rum?ddsource=browser&dd-evp-encoding=deflate"), body.String(),
			"Content-Type", "text/plain;charset=UTF-8"); status != 202 {
			t.Fatalf("%s: %d %s", name, status, answer)
		}
	}
	for _, got := range b.all() {
		if !strings.HasPrefix(got, "POST /api/v2/rum?ddsource=browser\n") || !strings.Contains(got, "\n{\"type\":\"view\"") {
			t.Error(got)
		}
	}
}
