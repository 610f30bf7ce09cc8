package codec_test

import (
	"fmt"
	"testing"

	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

const pb, js = "application/x-protobuf", "application/json"

// partialOf is an Export…ServiceResponse that tells of n records rejected.
func partialOf(n int64, text string) []byte { return msg(1, num(1, n), str(2, text)) }

// Every signal names rejected records in its own word, adds the upstream's to winnow's, and answers in the form that the client speaks, whichever
// the upstream does. What is no success goes through as it is, but for the status that would lose the batch.
func TestOTLPAnswers(t *testing.T) {
	broken := map[string]string{ // one record good, one of the wrong form
		"/v1/logs":    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":1},7]}]}]}`,
		"/v1/traces":  `{"resourceSpans":[{"scopeSpans":[{"spans":[{"flags":1},7]}]}]}`,
		"/v1/metrics": `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":1},7]}}]}]}]}`,
	}
	good := map[string]string{"/v1/traces": `{"resourceSpans":[{"scopeSpans":[{"spans":[{"flags":1}]}]}]}`}
	goodBytes := msg(1, msg(2, msg(2, str(5, "GET"))))
	for _, c := range []struct {
		name, path, media string
		in                []byte
		up                codec.Response
		want              string
	}{
		{"a bad log", "/v1/logs", js, []byte(broken["/v1/logs"]), codec.Response{Status: 200, ContentType: js, Body: []byte("{}")},
			`200 application/json {"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"winnow: record 2: object expected"}}`},
		{"a bad span", "/v1/traces", js, []byte(broken["/v1/traces"]), codec.Response{Status: 200, ContentType: js, Body: []byte("{}")},
			`200 application/json {"partialSuccess":{"rejectedSpans":"1","errorMessage":"winnow: record 2: object expected"}}`},
		{"a bad point, and two that the upstream rejects", "/v1/metrics", js, []byte(broken["/v1/metrics"]),
			codec.Response{Status: 200, ContentType: js, Body: []byte(`{"partialSuccess":{"rejectedDataPoints":"2","errorMessage":"too old"}}`)},
			`200 application/json {"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old; winnow: record 2: object expected"}}`},
		{"a JSON client, an upstream that answers protobuf", "/v1/traces", js, []byte(good["/v1/traces"]),
			codec.Response{Status: 200, ContentType: pb, Body: partialOf(2, "late")},
			`200 application/json {"partialSuccess":{"rejectedSpans":"2","errorMessage":"late; "}}`},
		{"the same, all well", "/v1/traces", js, []byte(good["/v1/traces"]), codec.Response{Status: 200, ContentType: pb}, `200 application/json {}`},
		{"a protobuf client, an upstream that answers text", "/v1/traces", pb, goodBytes, codec.Response{Status: 200, ContentType: js, Body: []byte("{}")},
			`200 application/x-protobuf `},
		{"a backend that answers without a body", "/otlp/v1/traces", pb, goodBytes, codec.Response{Status: 204}, `204  `},
		{"a backend that refuses", "/v1/traces", pb, goodBytes, codec.Response{Status: 400, ContentType: pb, Body: num(1, 3)}, "400 application/x-protobuf \b\x03"},
		{"a backend that fails", "/v1/traces", pb, goodBytes, codec.Response{Status: 500, ContentType: "text/plain"}, `503 text/plain `},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := scrubtest.Policy(t, softly).Begin(scrub.Request{})
			defer run.Close()
			b, err := codec.OTLP{}.Scrub(run, &codec.Request{Path: c.path, ContentType: c.media, Body: c.in, MaxDecoded: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			r := codec.OTLP{}.Relay(&b, &c.up)
			if got := fmt.Sprintf("%d %s %s", r.Status, r.ContentType, r.Body); got != c.want {
				t.Errorf("got:  %q\nwant: %q", got, c.want)
			}
		})
	}
}

// What is refused is told as a google.rpc.Status, with a status that makes an exporter keep the batch where it may be sent again, and drop it where
// not: 429, 502, 503 and 504 are sent again, nothing else is.
func TestOTLPRefusals(t *testing.T) {
	for why, want := range map[codec.Refusal]string{
		codec.Malformed: `400 0 {"code":3,`, codec.TooLarge: `413 0 {"code":8,`, codec.UnsupportedEncoding: `415 0 {"code":3,`,
		codec.Unauthorised: `401 0 {"code":16,`, codec.NotFound: `404 0 {"code":12,`, codec.Busy: `503 1 {"code":14,`,
		codec.NotReady: `503 1 {"code":14,`, codec.UpstreamDown: `503 5 {"code":14,`, codec.UpstreamTimeout: `504 5 {"code":4,`,
	} {
		r := codec.OTLP{}.Refuse(why, "because", js)
		if got := fmt.Sprintf("%d %d %s", r.Status, r.RetryAfter, r.Body); got != want+`"message":"because"}` {
			t.Errorf("%d: %s, want %s", why, got, want)
		}
	}
}

// Profiles are refused for good, on whatever path they come.
func TestOTLPProfilesAreRefused(t *testing.T) {
	for _, path := range []string{"/v1development/profiles", "/otlp/v1development/profiles"} {
		if e := (codec.OTLP{}).Classify("POST", path); e != codec.Health {
			t.Errorf("%s: %d", path, e)
		}
		if r := (codec.OTLP{}).Synthesise("POST", path); r.Status != 404 || r.RetryAfter != 0 {
			t.Errorf("%s: %d, try again after %d", path, r.Status, r.RetryAfter)
		}
	}
}

// Bodies in protobuf made to be misread, in the two signals whose records are no log records.
func TestHostileSignals(t *testing.T) {
	span := func(parts ...[]byte) []byte { return msg(2, parts...) }
	traces := func(spans ...[]byte) []byte { return msg(1, msg(2, spans...)) }
	metrics := func(parts ...[]byte) []byte { return msg(1, msg(2, msg(2, parts...))) }
	mail := "alice@example.com"
	for _, c := range []struct {
		name, path, policy string
		in, want           []byte
		fates              [3]int // kept, dropped, withheld
	}{
		{"text where identifiers belong", "/v1/traces", softly, traces(span(str(1, mail), str(2, mail), str(4, mail), str(5, "a"))), traces(span(str(5, "a"))), [3]int{1}},
		{"text where numbers belong", "/v1/traces", softly, traces(span(str(6, mail), str(7, mail), str(16, mail), str(15, mail[:2]), str(5, "a"))),
			nil, [3]int{0, 0, 1}},
		{"numbers where text belongs", "/v1/traces", softly, traces(span(num(5, 7), fixed(3, 7), num(6, 2))), traces(span(num(6, 2))), [3]int{1}},
		{"unknown fields everywhere", "/v1/traces", softly,
			traces(span(str(5, "a"), str(77, mail), msg(11, str(2, "e"), str(77, mail)), msg(13, str(77, mail)), msg(15, str(1, mail)))),
			traces(span(str(5, "a"), msg(11, str(2, "e")), msg(13), msg(15))), [3]int{1}},
		{"a name twice", "/v1/traces", softly, traces(span(str(5, mail), str(5, mail))), traces(span(str(5, "[email]"), str(5, "[email]"))), [3]int{1}},
		{"an event that drops its span", "/v1/traces", dropping, traces(span(str(5, "a"), msg(11, attr(3, "secret", str(1, "x")))), span(str(5, "b"))),
			traces(span(str(5, "b"))), [3]int{1, 1, 0}},
		{"a span that cannot be read among others", "/v1/traces", softly, traces(span(str(5, "a")), span([]byte{0x0a, 0x7f}), span(str(5, "b"))),
			traces(span(str(5, "a")), span(str(5, "b"))), [3]int{2, 0, 1}},
		{"text for packed numbers", "/v1/metrics", softly, metrics(str(1, "a"), msg(9, msg(1, str(6, mail), str(7, mail), msg(6, make([]byte, 16))))),
			metrics(str(1, "a"), msg(9, msg(1, msg(6, make([]byte, 16))))), [3]int{1}},
		{"numbers not packed", "/v1/metrics", softly, metrics(str(1, "a"), msg(9, msg(1, fixed(6, 1), fixed(6, 2), num(6, 3)))),
			metrics(str(1, "a"), msg(9, msg(1, fixed(6, 1), fixed(6, 2)))), [3]int{1}},
		{"packed varints cut short", "/v1/metrics", softly, metrics(str(1, "a"), msg(10, msg(1, msg(8, msg(2, []byte{1, 0x80}), msg(2, []byte{1, 2}))))),
			metrics(str(1, "a"), msg(10, msg(1, msg(8, msg(2, []byte{1, 2}))))), [3]int{1}},
		{"a metric that drops its points", "/v1/metrics", "policy: {mode: scrub, rules: [{id: gone, fields: [metric.unit], action: drop_record}]}\n",
			metrics(str(1, "a"), msg(5, msg(1, fixed(6, 1)), msg(1, fixed(6, 2))), str(3, "ms")), msg(1, msg(2)), [3]int{0, 2, 0}},
		{"an exemplar that drops its point", "/v1/metrics", dropping, metrics(str(1, "a"), msg(5, msg(1, msg(5, attr(7, "secret", str(1, "x")))), msg(1, fixed(6, 2)))),
			metrics(str(1, "a"), msg(5, msg(1, fixed(6, 2)))), [3]int{1, 1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := scrubtest.Policy(t, c.policy).Begin(scrub.Request{Keys: scrubtest.Keys(t)})
			defer run.Close()
			b, err := codec.OTLP{}.Scrub(run, &codec.Request{Path: c.path, ContentType: pb, Body: c.in, MaxDecoded: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			if c.want != nil && string(b.Bytes()) != string(c.want) {
				t.Errorf("got:  %q\nwant: %q", b.Bytes(), c.want)
			}
			counts := run.Counts()
			if fates := [3]int{counts.Kept, counts.Dropped, counts.Withheld}; fates != c.fates || fates != [3]int{b.Kept, b.Dropped, len(b.Faults)} {
				t.Errorf("kept, dropped, withheld %v, want %v", fates, c.fates)
			}
			if _, err := (codec.OTLP{}).AppendLines(nil, &b); err != nil {
				t.Errorf("lines: %v", err)
			}
		})
	}
}
