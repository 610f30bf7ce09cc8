package proxy_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/config"
	"winnow/proxy/codec"
)

// answerRow is what clients of one protocol are told in each case. An answer is written "status, headers that matter: body", and says how the
// real one begins.
type answerRow struct {
	protocol            config.Protocol
	name                string
	path, media         string
	good, gone, bad     string // bodies: taken, dropped by policy, malformed
	taken, dropped      string
	malformed, oversize string
	full, notReady      string
}

// packed is a field of protobuf that holds bytes.
func packed(field int, content string) string {
	return string(append(protowire.AppendTag(nil, protowire.Number(field), protowire.BytesType), protowire.AppendString(nil, content)...))
}

// otlpLog is a request of one log record with a text for its body.
func otlpLog(text string) string { return packed(1, packed(2, packed(2, packed(5, packed(1, text))))) }

// lokiPush is a push of one line in protobuf, in snappy.
func lokiPush(t *testing.T, line string) string {
	return encoded(t, packed(1, packed(1, `{app="shop"}`)+packed(2, packed(1, "\x08\x80\x94\xeb\xdc\x03")+packed(2, line))), "snappy")
}

// answerRows are those of protocols over HTTP. What a record says is hello, or noise, which a rule drops.
func answerRows(t *testing.T) []answerRow {
	const gone, hello = `{"noise":1}`, `{"message":"hello"}`
	loki := func(line string) string {
		return `{"streams":[{"stream":{"app":"shop"},"values":[["1700000000000000000",` + fmt.Sprintf("%q", line) + `]]}]}`
	}
	otlp := func(key string) string {
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"` + key + `","value":{"intValue":"1"}}]}]}]}]}`
	}
	envelope := func(event string) string { return "{}\n" + `{"type":"event"}` + "\n" + event + "\n" }
	const limits = "X-Sentry-Rate-Limits=1::organization:busy"
	return []answerRow{
		{config.ProtocolJSON, "lines", "/ingest", "application/x-ndjson", hello, gone, "{",
			`200: `, `200: `, `400: {"accepted":0,"rejected":1,"errors":[{"record":1,`, `413: {"error":"`, `429, Retry-After=1: {"error":"`, `503, Retry-After=1: {"error":"`},
		{config.ProtocolLoki, "JSON", "/loki/api/v1/push", "application/json", loki("hello"), loki(gone), "{",
			`204: `, `204: `, `400: `, `413: `, `429, Retry-After=1: `, `503, Retry-After=1: `},
		{config.ProtocolLoki, "protobuf", "/loki/api/v1/push", "application/x-protobuf", lokiPush(t, "hello"), lokiPush(t, gone), "{",
			`204: `, `204: `, `400: `, `413: `, `429, Retry-After=1: `, `503, Retry-After=1: `},
		{config.ProtocolElasticsearch, "bulk", "/_bulk", "application/x-ndjson", `{"create":{"_index":"a"}}` + "\n" + hello + "\n", `{"create":{"_index":"a"}}` + "\n" + gone + "\n", "{",
			`200: {"took":`, `200: {"took":0,"errors":false,"items":[{"create":{"_index":`, `400: {"error":{"root_cause":[],"type":"illegal_argument_exception"`,
			`413: {"error":{`, `429, Retry-After=1: {"error":{"root_cause":[],"type":"es_rejected_execution_exception"`, `503, Retry-After=1: {"error":{`},
		{config.ProtocolSplunk, "event", "/services/collector", "application/json", `{"event":"hello"}`, `{"event":` + gone + `}`, "{",
			`200: {"text":"Success","code":0}`, `200: {"text":"Success","code":0}`, `400: {"text":"Invalid data format","code":6`, `413: {"text":"Request entity too large","code":27`,
			`503, Retry-After=1: {"text":"Server is busy","code":9`, `503, Retry-After=1: {"text":"Server is busy","code":9`},
		{config.ProtocolSplunk, "raw", "/services/collector/raw?channel=18654C34-5F5E-4DC0-8F4B-4F4F6E3C7B1A", "text/plain", "hello", gone, "",
			`200: {"text":"Success","code":0`, `200: {"text":"Success","code":0`, `400: {"text":"No data","code":5}`, `413: {"text":"Request entity too large","code":27`,
			`503, Retry-After=1: {"text":"Server is busy","code":9`, `503, Retry-After=1: {"text":"Server is busy","code":9`},
		{config.ProtocolDatadog, "v2", "/api/v2/logs", "application/json", "[" + hello + "]", "[" + gone + "]", "[{",
			`202: {}`, `202: {}`, `400: {"errors":[{"status":"400"`, `413: {"errors":[{"status":"413"`, `429, Retry-After=1: {"errors":[{"status":"429"`, `503, Retry-After=1: {"errors":[{"status":"503"`},
		{config.ProtocolDatadog, "v1", "/v1/input", "application/json", "[" + hello + "]", "[" + gone + "]", "[{",
			`200: {}`, `200: {}`, `400: {"errors":[{"status":"400"`, `413: {"errors":[{"status":"413"`, `429, Retry-After=1: {"errors":[{"status":"429"`, `503, Retry-After=1: {"errors":[{"status":"503"`},
		{config.ProtocolOTLP, "JSON", "/v1/logs", "application/json", otlp("level"), otlp("noise"), "{",
			`200: {}`, `200: {}`, `400: {"code":3,"message":"`, `413: {"code":8,`, `503, Retry-After=1: {"code":14,`, `503, Retry-After=1: {"code":14,`},
		{config.ProtocolOTLP, "protobuf", "/v1/logs", "application/x-protobuf", otlpLog("hello"), otlpLog(gone), "\x0a\x7f",
			`200: `, `200: `, "400: \x08\x03\x12", "413: \x08\x08\x12", "503, Retry-After=1: \x08\x0e\x12", "503, Retry-After=1: \x08\x0e\x12"},
		{config.ProtocolClickHouse, "insert", "/clickhouse/?query=INSERT+INTO+logs+FORMAT+JSONEachRow", "", hello, gone, "{",
			`200: `, `200: `, `400, X-ClickHouse-Exception-Code=117: Code: 117. `, `413, X-ClickHouse-Exception-Code=307: Code: 307. `,
			`503, Retry-After=1, X-ClickHouse-Exception-Code=202: Code: 202. `, `503, Retry-After=1, X-ClickHouse-Exception-Code=202: Code: 202. `},
		{config.ProtocolSentry, "envelope", "/api/42/envelope/", "", envelope(`{"level":"info"}`), envelope(gone), "{",
			`200: {`, `200: {`, `400: {"detail":"`, `413: {"detail":"`, `429, Retry-After=1, ` + limits + `: {"detail":"`, `503, Retry-After=1: {"detail":"`},
		{config.ProtocolSentry, "store", "/api/42/store/", "application/json", `{"level":"info"}`, gone, "{",
			`200: {`, `200: {`, `400: {"detail":"`, `413: {"detail":"`, `429, Retry-After=1, ` + limits + `: {"detail":"`, `503, Retry-After=1: {"detail":"`},
		{config.ProtocolBrowser, "beacon", "/browser", "application/json", hello, gone, "{",
			`204: `, `204: `, `400: {"accepted":0,"rejected":1,"errors":[{"record":1,`, `413: {"error":"`, `503, Retry-After=1: {"error":"`, `503, Retry-After=1: {"error":"`},
		{config.ProtocolGELF, "HTTP", "/gelf", "application/json", `{"short_message":"hello"}`, `{"short_message":"a","_noise":1}`, "{",
			`202: `, `202: `, `400: `, `413: `, `429, Retry-After=1: `, `503, Retry-After=1: `},
	}
}

// socketProtocols are those whose answers stand in TestSocketAnswers.
var socketProtocols = []config.Protocol{config.ProtocolSyslog, config.ProtocolFluent}

// matters are the headers that clients act on.
var matters = []string{"Retry-After", "X-Sentry-Rate-Limits", "X-ClickHouse-Exception-Code"}

func wrote(status int, header func(string) string, body string) string {
	s := fmt.Sprint(status)
	for _, name := range matters {
		if v := header(name); v != "" {
			s += ", " + name + "=" + v
		}
	}
	return s + ": " + body
}

// answersConfig leaves room for one request at a time, of which the largest fills it but for a byte.
const answersConfig = `limits: {max_body_bytes: 16KiB, max_decoded_bytes: 16KiB, max_inflight_bytes: 16KiB, max_record_bytes: 16KiB}
policy: {mode: scrub, rules: [{id: gone, fields: [noise], action: drop_record}]}
`

const answersRoom = 16 << 10

// Every protocol's client is told in the protocol's own words what became of its request: taken, dropped by policy, malformed, too large, and,
// in a way that has it try again, that there is no room or that winnow is not ready.
func TestEveryAnswer(t *testing.T) {
	r := start(t, nil, answersConfig)
	listed := map[config.Protocol]bool{}
	for _, p := range socketProtocols {
		listed[p] = true
	}
	for _, row := range answerRows(t) {
		listed[row.protocol] = true
		t.Run(string(row.protocol)+"/"+row.name, func(t *testing.T) {
			for _, c := range []struct{ when, body, want string }{
				{"taken", row.good, row.taken},
				{"dropped by policy", row.gone, row.dropped},
				{"malformed", row.bad, row.malformed},
				{"oversize", strings.Repeat("x", answersRoom+1), row.oversize},
			} {
				r.expects(t, row, c.when, c.body, c.want)
			}
			a := codec.For(row.protocol).Refuse(codec.NotReady, "not ready yet", row.media)
			if got := wrote(a.Status, headerOf(a), string(a.Body)); !strings.HasPrefix(got, row.notReady) {
				t.Errorf("not ready: %q, want %q", got, row.notReady)
			}
		})
	}
	for _, c := range codec.All() {
		if !listed[c.Protocol()] {
			t.Errorf("%s has no row", c.Protocol())
		}
	}
}

func (r *running) expects(t *testing.T, row answerRow, when, body, want string) {
	t.Helper()
	resp, answer := r.exchange(t, "POST", row.path, body, "Content-Type", row.media)
	if got := wrote(resp.StatusCode, resp.Header.Get, answer); !strings.HasPrefix(got, want) || strings.HasSuffix(want, ": ") && resp.StatusCode < 300 && got != want && row.protocol != config.ProtocolJSON {
		t.Errorf("%s: %q, want %q", when, got, want)
	}
}

func headerOf(a codec.Response) func(string) string {
	return func(name string) string {
		if name == "Retry-After" && a.RetryAfter > 0 {
			return fmt.Sprint(a.RetryAfter)
		}
		for _, h := range a.Headers {
			if h[0] == name {
				return h[1]
			}
		}
		return ""
	}
}

// fill takes so much of the room for bodies that none is begun any more, and connections are still taken, until the function that it returns is
// called.
func fill(t *testing.T, r *running, b *backend) (release func()) {
	t.Helper()
	arrived, leave := make(chan struct{}), make(chan struct{})
	b.mu.Lock()
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-leave
		w.WriteHeader(204)
	}
	b.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.post(t, "/ingest", strings.Repeat(" ", answersRoom*9/10)+"{}", "Content-Type", "application/x-ndjson")
	}()
	<-arrived
	b.answer(204)
	return func() { close(leave); <-done }
}

// With no room left every client hears that it is to come again, and nothing of what it sent goes on.
func TestEveryAnswerWhenFull(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, answersConfig)
	defer fill(t, r, b)()
	for _, row := range answerRows(t) {
		t.Run(string(row.protocol)+"/"+row.name, func(t *testing.T) { r.expects(t, row, "full", row.good, row.full) })
	}
	if got := b.all(); len(got) != 1 {
		t.Errorf("forwarded: %q", got[1:])
	}
}

// Listeners have no words for no. With no room Fluent's sender gets no ack, and what nobody acknowledges is neither refused nor read past: it
// arrives, in its order, once there is room again. Syslog cuts what is too long; Fluent ends what it cannot read.
func TestSocketAnswers(t *testing.T) {
	b := newBackend(t)
	r := listening(t, b, strings.Replace(answersConfig, "max_record_bytes: 16KiB", "max_record_bytes: 1KiB", 1)+"routes: [{path: /ingest, protocol: json}]\n",
		"{address: 'tcp://127.0.0.1:0', protocol: syslog}", "{address: 'tcp://127.0.0.1:0', protocol: fluent}", "{address: 'tcp://127.0.0.1:0', protocol: gelf}")
	release := fill(t, r, b)
	const asks, ack = "\x94\xa3app\x01\x81\xa7message\xa6fluent\x81\xa5chunk\xa2c1", "\x81\xa3ack\xa2c1"
	talk := func(text string) string { return ask(t, r.Sockets[1], text, len(ack)) }
	if got := talk(asks); got != "" {
		t.Errorf("full: %q", got)
	}
	const line = "<14>1 2026-03-14T09:26:53Z web-1 shop - - - "
	say(t, "tcp", r.Sockets[0], nil, line+"first\n"+line+"second "+strings.Repeat("x", 2<<10)+"\n"+line+"third\n")
	say(t, "tcp", r.Sockets[2], nil, `{"short_message":"gelf"}`+"\x00nonsense\x00"+`{"short_message":"more"}`+"\x00")
	r.awaits(t, "winnow_listener_retries_total", 2)
	if got := b.all(); len(got) != 1 {
		t.Errorf("forwarded with no room: %q", got[1:])
	}
	release()
	if got := talk(asks); got != ack {
		t.Errorf("room again: %q", got)
	}
	for _, bad := range []string{"\xc1", "\xdb\xff\xff\xff\xff"} {
		if got := talk(bad + asks); got != "" {
			t.Errorf("malformed: %q", got)
		}
	}
	order := map[string]int{}
	for i, got := range b.records(t, 7) {
		for _, word := range []string{"first", "second", "third", "[truncated]", "fluent", "gelf", "more"} {
			if strings.Contains(got, word) {
				order[word] = i + 1
			}
		}
	}
	if len(order) != 7 || order["first"] > order["second"] || order["second"] > order["third"] || order["[truncated]"] != order["second"] || order["gelf"] > order["more"] {
		t.Errorf("arrived %v", order)
	}
}

// awaits waits until the samples of a metric add up to n at least.
func (r *running) awaits(t *testing.T, metric string, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		sum := 0
		for line := range strings.Lines(r.get(t, "/metrics")) {
			if rest, ok := strings.CutPrefix(line, metric); ok {
				var v int
				if _, err := fmt.Sscan(rest[strings.LastIndexByte(rest, ' ')+1:], &v); err == nil {
					sum += v
				}
			}
		}
		if sum >= n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is %d, want %d", metric, sum, n)
		}
		<-time.After(10 * time.Millisecond)
	}
}
