package proxy_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// exchange sends a request and returns the whole answer, its body apart. Headers come as pairs.
func (r *running) exchange(t testing.TB, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

// newClickHouse is a backend that takes every insert and answers a question.
func newClickHouse(t testing.TB) *backend {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-ClickHouse-Summary", `{"read_rows":"1","written_rows":"1"}`)
		w.Header().Set("X-ClickHouse-Query-Id", "1f0e2e2c-5b3a-4c0e-9d4e-0a1b2c3d4e5f")
		w.Header().Set("X-ClickHouse-Server-Display-Name", "Canary")
		if strings.Contains(r.URL.RawQuery, "SELECT") {
			io.WriteString(w, "24.8.1\n")
		}
		if strings.HasSuffix(r.URL.Path, "/ping") {
			io.WriteString(w, "Ok.\n")
		}
	}
	return b
}

const insertLogs = "/clickhouse/?query=" + "INSERT+INTO+logs+FORMAT+JSONEachRow"

// Whatever part of a request the statement came in, it goes on in the query, with the settings that are known and plain; rows are in the
// body, scrubbed; credentials stay here.
func TestClickHouse(t *testing.T) {
	const skip = "&input_format_skip_unknown_fields=1"
	for _, tt := range []struct{ name, path, body, want string }{
		{"statement in the query", insertLogs, login, "/?query=INSERT+INTO+logs+FORMAT+JSONEachRow" + skip},
		{"statement in the body", "/clickhouse", "INSERT INTO db.logs (level, message) FORMAT NDJSON\n" + login,
			"/?query=INSERT+INTO+db.logs+%28level%2C+message%29+FORMAT+NDJSON" + skip},
		{"settings", insertLogs + "&user=alice&password=s3cr3t&database=shop&async_insert=1&wait_for_async_insert=1&insert_deduplication_token=batch-7" +
			"&date_time_input_format=best_effort&log_comment=alice&param_user=alice&query_id=1f0e2e2c-5b3a-4c0e-9d4e-0a1b2c3d4e5f", login,
			"/?query=INSERT+INTO+logs+FORMAT+JSONEachRow&database=shop&async_insert=1&wait_for_async_insert=1&insert_deduplication_token=batch-7" +
				"&date_time_input_format=best_effort&query_id=1f0e2e2c-5b3a-4c0e-9d4e-0a1b2c3d4e5f" + skip},
		{"settings with a person", insertLogs + "&insert_deduplication_token=alice%40example.com&query_id=alice&async_insert=1", login,
			"/?query=INSERT+INTO+logs+FORMAT+JSONEachRow&async_insert=1" + skip},
		{"the client's own say", insertLogs + "&input_format_skip_unknown_fields=0", login,
			"/?query=INSERT+INTO+logs+FORMAT+JSONEachRow&input_format_skip_unknown_fields=0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newClickHouse(t)
			r := start(t, b, scrubMode+"metadata: {ip: {off: true}, received_at: {off: true}, browser: {off: true}, feature: {off: true}}\n")
			resp, body := r.exchange(t, "POST", tt.path, tt.body, "X-ClickHouse-User", "alice", "X-ClickHouse-Key", "s3cr3t",
				"X-ClickHouse-Database", "shop", "Authorization", "Basic YWxpY2U6czNjcjN0")
			if resp.StatusCode != 200 || body != "" || resp.Header.Get("X-ClickHouse-Summary") != `{"read_rows":"1","written_rows":"1"}` ||
				resp.Header.Get("X-ClickHouse-Query-Id") == "" || resp.Header.Get("X-ClickHouse-Server-Display-Name") != "" {
				t.Errorf("%d %q %v", resp.StatusCode, body, resp.Header)
			}
			got := b.all()[0]
			line, rest, _ := strings.Cut(got, "\n")
			if line != "POST "+tt.want {
				t.Errorf("got  %s\nwant POST %s", line, tt.want)
			}
			if !strings.Contains(rest, "[email] paid with [card]") || !strings.Contains(rest, "X-Clickhouse-Database:[shop]") {
				t.Error(rest)
			}
			for _, c := range append(canaries, "YWxpY2U6czNjcjN0") {
				if strings.Contains(got, c) {
					t.Errorf("%q left: %s", c, got)
				}
			}
		})
	}
}

// Checks and questions reach the backend wherever they come; nothing else does.
func TestClickHouseQuestions(t *testing.T) {
	b := newClickHouse(t)
	r := start(t, b, "")
	for _, tt := range []struct{ method, path, body, answer, sent string }{
		{"GET", "/clickhouse/ping", "", "Ok.\n", "GET /ping"},
		{"GET", "/clickhouse/", "", "", "GET /"},
		{"GET", "/clickhouse?query=SELECT%201&user=alice", "", "24.8.1\n", "GET /?query=SELECT+1"},
		{"POST", "/clickhouse/?default_format=Native&client_protocol_version=54460&query=SELECT+displayName(),+version(),+revision(),+timezone()", "",
			"24.8.1\n", "POST /?query=SELECT+displayName%28%29%2C+version%28%29%2C+revision%28%29%2C+timezone%28%29&default_format=Native&client_protocol_version=54460"},
		{"POST", "/clickhouse/", "SELECT version() \nFORMAT JSON", "", "POST /"},
	} {
		resp, body := r.exchange(t, tt.method, tt.path, tt.body)
		all := b.all()
		if sent, _, _ := strings.Cut(all[len(all)-1], "\n"); resp.StatusCode != 200 || body != tt.answer || sent != tt.sent {
			t.Errorf("%s %s: %d %q; sent %q, want %q", tt.method, tt.path, resp.StatusCode, body, sent, tt.sent)
		}
	}
	before := len(b.all())
	for _, tt := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/clickhouse/", "SELECT * FROM users WHERE name = 'alice'", 403, "164"},
		{"POST", "/clickhouse/", "DROP TABLE alice", 403, "164"},
		{"POST", "/clickhouse/", `SELECT version() {"a":"alice"}`, 403, "164"},
		{"GET", insertLogs, "", 403, "164"},
		{"POST", "/clickhouse/?query=SELECT+1", "alice", 403, "164"},
		{"GET", "/clickhouse/?query=SHOW+USERS", "", 403, "164"},
		{"POST", strings.ReplaceAll(insertLogs, "JSONEachRow", "Native"), login, 400, "73"},
		{"POST", insertLogs + "&decompress=1", login, 400, "73"},
		{"POST", insertLogs + "&database=a'b", login, 400, "117"},
		{"POST", strings.ReplaceAll(insertLogs, "logs", "%60alice@example.com%60"), login, 400, "117"},
		{"POST", insertLogs, `{"level":"alice`, 400, "117"},
		{"POST", insertLogs, login + "{alice}\n" + login, 400, "117"},
		{"POST", insertLogs, "\x1f\x8balice", 400, "117"},
		{"POST", "/clickhouse/play", "", 404, "48"},
	} {
		resp, body := r.exchange(t, tt.method, tt.path, tt.body)
		if resp.StatusCode != tt.status || resp.Header.Get("X-ClickHouse-Exception-Code") != tt.code ||
			!strings.HasPrefix(body, "Code: "+tt.code+". DB::Exception: winnow: ") || strings.Contains(body, "alice") {
			t.Errorf("%s %s: %d %q", tt.method, tt.path, resp.StatusCode, body)
		}
	}
	if n := len(b.all()); n != before {
		t.Errorf("%d of them reached the backend", n-before)
	}
}

// With an upstream of another kind winnow answers for it, and rows are kept as lines.
func TestClickHouseIntoFile(t *testing.T) {
	r := start(t, nil, "")
	for _, tt := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/clickhouse/ping", "", 200, "Ok.\n"},
		{"POST", insertLogs, login, 200, ""},
		{"POST", insertLogs, "", 200, ""},
		{"POST", "/clickhouse/", "SELECT version()", 403, "Code: 164. DB::Exception: winnow: the upstream is of another kind and answers no queries. (READONLY)\n"},
	} {
		if resp, body := r.exchange(t, tt.method, tt.path, tt.body); resp.StatusCode != tt.status || body != tt.answer {
			t.Errorf("%s %s: %d %q", tt.method, tt.path, resp.StatusCode, body)
		}
	}
}

// What a client is told when nothing can be taken: the backend's own words, and statuses that clients send again.
func TestClickHouseUnavailable(t *testing.T) {
	b := newClickHouse(t)
	r := start(t, b, "limits: {max_body_bytes: 1KiB, max_decoded_bytes: 4KiB, max_record_bytes: 1KiB}\n")
	b.CloseClientConnections()
	b.Close()
	for _, tt := range []struct {
		name, body, coding string
		status             int
		code               string
	}{
		{"backend gone", login, "", 503, "210"},
		{"too large", strings.Repeat(login, 20), "", 413, "307"},
		{"too large when decoded", encoded(t, strings.Repeat(" ", 5<<10)+login, "zstd"), "zstd", 413, "307"},
		{"a row too large", encoded(t, `{"message":"`+strings.Repeat("x ", 1<<10)+`"}`, "zstd"), "zstd", 400, "117"},
		{"unknown coding", login, "xz", 400, "73"},
	} {
		resp, body := r.exchange(t, "POST", insertLogs, tt.body, "Content-Encoding", tt.coding)
		if resp.StatusCode != tt.status || resp.Header.Get("X-ClickHouse-Exception-Code") != tt.code {
			t.Errorf("%s: %d %q", tt.name, resp.StatusCode, body)
		}
	}
}

// Credentials go on where the upstream decides about them, wherever the client has put them.
func TestClickHouseCredentials(t *testing.T) {
	b := newClickHouse(t)
	r := start(t, nil, "upstreams: [{id: ch, url: '"+b.URL+"', credentials: client}]\n")
	path := insertLogs + "&" + url.Values{"user": {"writer"}, "password": {"s3cr3t"}, "role": {"alice"}}.Encode()
	resp, body := r.exchange(t, "POST", path, login, "X-ClickHouse-User", "writer", "X-ClickHouse-Key", "s3cr3t", "Cookie", "alice")
	got := b.all()[0]
	for _, want := range []string{"&password=s3cr3t&user=writer", "X-Clickhouse-User:[writer]", "X-Clickhouse-Key:[s3cr3t]"} {
		if resp.StatusCode != 200 || !strings.Contains(got, want) || strings.Contains(got, "alice") {
			t.Errorf("%d %q; sent %s; want %s", resp.StatusCode, body, got, want)
		}
	}
}
