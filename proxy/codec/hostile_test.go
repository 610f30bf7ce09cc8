package codec_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

const softly = "policy: {mode: scrub}\n"

// dropping has a rule that drops records for what they share.
const dropping = "policy: {mode: scrub, rules: [{id: gone, fields: [secret, resource.secret, scope.secret, labels.secret, bulk.secret], action: drop_record}]}\n"

// outcomeOf is the body to send, or the error's words.
func outcomeOf(t *testing.T, c codec.Codec, policyText, contentType string, body []byte) (out string, b codec.Batch, counts scrub.Counts) {
	t.Helper()
	run := scrubtest.Policy(t, policyText).Begin(scrub.Request{Keys: scrubtest.Keys(t)})
	defer run.Close()
	b, err := c.Scrub(run, &codec.Request{Method: "POST", ContentType: contentType, Body: body, MaxDecoded: 1 << 20})
	counts = *run.Counts()
	if err != nil {
		return "error: " + err.Error(), b, counts
	}
	if _, err := c.AppendLines(nil, &b); err != nil {
		t.Errorf("lines: %v", err)
	}
	return string(bytes.Clone(b.Bytes())), b, counts
}

func otlpJSON(records string) string {
	return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + records + `]}]}]}`
}

// Bodies made to be misread: whatever policy removes stays removed, one bad record costs itself, every record is counted once, and what
// leaves is still what it was to its reader.
func TestHostileJSON(t *testing.T) {
	const text, js = "text/plain", "application/json"
	for _, c := range []struct {
		name          string
		codec         codec.Codec
		policy, media string
		in, want      string
		fates         [3]int // kept, dropped, withheld
	}{
		{"array without end", codec.JSON{}, "", js, `[`, "error: value missing", [3]int{}},
		{"array without end after an element", codec.JSON{}, "", js, `[{"level":"a"},`, "error: value missing", [3]int{1}},
		{"lines behind a byte order mark", codec.JSON{}, "", js, "\xef\xbb\xbf{\"level\":\"a\",\"customer\":\"Bob\"}\n{\"level\":\"b\"}\n",
			"\xef\xbb\xbf{\"level\":\"a\"}\n{\"level\":\"b\"}\n", [3]int{2}},
		{"text that begins with a finding", codec.JSON{}, "", text, "alice@example.com came\n", "[email] came\n", [3]int{1}},
		{"text whose first line goes", codec.JSON{}, "policy: {rules: [{id: a, fields: [a], action: drop_record}]}\n", text,
			" x\n{\"level\":\"a\"}\nplain\n", " x\n{\"level\":\"a\"}\nplain\n", [3]int{3}},
		{"text in brackets", codec.JSON{}, "", text, "[error] of alice@example.com\n[2026-03-14] b\n", "[error] of [email]\n[2026-03-14] b\n", [3]int{2}},
		{"objects that are none among objects", codec.JSON{}, "", js, "{\"level\":\"a\"}\n7\n[{\"level\":1}]\n{\"level\":\"b\"}{\"level\":\"c\"}\n{\n",
			"{\"level\":\"a\"}\n{\"level\":\"b\"}{\"level\":\"c\"}\n", [3]int{3, 0, 3}},

		{"a record that goes on in the next line, which is one too", codec.JSON{}, "", js,
			"{\"a\":\n{\"message\":\"alice@example.com\"}\n{\"message\":\n{\"message\":\"bob@example.com\"}\n{\"level\":\"c\"}\n",
			"{\"message\":\"[email]\"}\n{\"message\":\"[email]\"}\n{\"level\":\"c\"}\n", [3]int{3, 0, 2}},
		{"a document that goes on in the next action", codec.Elasticsearch{}, softly, js,
			"{\"index\":{}}\n{\"message\":\n{\"index\":{\"_index\":\"to alice@example.com\"}}\n{\"message\":\"bob@example.com\"}\n",
			"{\"index\":{\"_index\":\"to [email]\"}}\n{\"message\":\"[email]\"}\n", [3]int{1, 0, 1}},
		{"an action with nothing in it", codec.Elasticsearch{}, "", js, "{\"index\":{}}\n{\"level\":\"a\"}\n", "{\"index\":{}}\n{\"level\":\"a\"}\n", [3]int{1}},
		{"an action with nothing left in it", codec.Elasticsearch{}, "", js, "{\"index\":{\"x\":\"Bob\"}}\n{\"level\":\"a\"}\n", "{\"index\":{}}\n{\"level\":\"a\"}\n", [3]int{1}},
		{"an update's switch with a value in it", codec.Elasticsearch{}, softly, js,
			"{\"update\":{\"_id\":\"1\"}}\n{\"doc\":{\"a\":1},\"doc_as_upsert\":\"alice@example.com\",\"detect_noop\":{\"a\":\"bob@example.com\"},\"scripted_upsert\":true}\n",
			"{\"update\":{\"_id\":\"id_e7_bwlge3gbwsv3vdxzls2df6dre4\"}}\n{\"doc\":{\"a\":1},\"scripted_upsert\":true}\n", [3]int{1}},
		{"an action that drops its record", codec.Elasticsearch{}, dropping, js,
			"{\"index\":{\"secret\":1}}\n{\"a\":1}\n{\"delete\":{\"secret\":1}}\n{\"update\":{\"secret\":1}}\n{\"doc\":{}}\n{\"index\":{}}\n{\"a\":2}\n",
			"{\"index\":{}}\n{\"a\":2}\n", [3]int{1, 3, 0}},

		{"labels that drop their records", codec.Loki{}, dropping, js,
			`{"streams":[{"values":[["1","a"]],"stream":{"secret":"x"}},{"stream":{"secret":"x"},"values":[["1","a"],["2","b"]]},{"stream":{"a":"b"},"values":[["3","c"]]}]}`,
			`{"streams":[{"stream":{"a":"b"},"values":[["3","c"]]}]}`, [3]int{1, 3, 0}},
		{"old labels that drop their records", codec.Loki{}, dropping, js,
			`{"streams":[{"labels":"{secret=\"x\"}","entries":[{"ts":"2026-03-14T09:26:53Z","line":"a"}]},{"labels":"{a=\"x\"}","entries":[{"ts":"2026-03-14T09:26:53Z","line":"b"}]}]}`,
			`{"streams":[{"labels":"{a=\"x\"}","entries":[{"ts":"2026-03-14T09:26:53Z","line":"b"}]}]}`, [3]int{1, 1, 0}},
		{"text behind old labels", codec.Loki{}, softly, js, `{"streams":[{"labels":"{a=\"b\"} of alice@example.com","entries":[]}]}`,
			`error: labels cannot be read: {name="value", …} expected`, [3]int{}},
		{"names of old labels", codec.Loki{}, softly, js, `{"streams":[{"labels":"{a=\"b\",192.0.2.7=\"c\"}","entries":[]}]}`,
			`{"streams":[{"labels":"{a=\"b\"}","entries":[]}]}`, [3]int{}},
		{"old labels that are not UTF-8", codec.Loki{}, softly, js, `{"streams":[{"labels":"{a=\"\\xc1\\x80\"}","entries":[]}]}`,
			`{"streams":[{"labels":"{a=\"[withheld]\"}","entries":[]}]}`, [3]int{}},
		{"structured metadata that is no text", codec.Loki{}, softly, js, `{"streams":[{"stream":{"a":"b"},"values":[["3","c",{"n":1}]]}]}`,
			`{"streams":[{"stream":{"a":"b"},"values":[["3","c",{"n":1}]]}]}`, [3]int{1}},

		{"a secret by its attribute's name", codec.OTLP{}, softly, js,
			otlpJSON(`{"attributes":[{"key":"password","value":{"stringValue":"hunter2x"}},{"key":"pin","value":{"intValue":"4321"}},{"key":"pin","value":{"intValue":4321}}]}`),
			otlpJSON(`{"attributes":[{"key":"password","value":{"stringValue":"[secret]"}},{"key":"pin","value":{"stringValue":"[secret]"}},{"key":"pin","value":{"stringValue":"[secret]"}}]}`), [3]int{1}},
		{"an escaped kind of value", codec.OTLP{}, softly, js,
			otlpJSON(`{"body":{"intValue":1,"intV\u0061lue":4111111111111111}}`), otlpJSON(`{"body":{"intValue":1}}`), [3]int{1}},
		{"a severity with more in it", codec.OTLP{}, softly, js, otlpJSON(`{"severityNumber":"SEVERITY_NUMBER_a@example.com","flags":1}`), otlpJSON(`{"flags":1}`), [3]int{1}},
		{"a severity by name", codec.OTLP{}, "", js, otlpJSON(`{"severityNumber":"SEVERITY_NUMBER_WARN2"}`), otlpJSON(`{"severityNumber":"SEVERITY_NUMBER_WARN2"}`), [3]int{1}},
		{"values of the wrong kind", codec.OTLP{}, softly, js,
			otlpJSON(`{"severityText":7,"body":{"stringValue":7},"attributes":[{"key":"a","value":{"intValue":[1]}},{"key":"b","value":{"intValue":"007"}},{"key":"c","value":{"boolValue":{}}}]}`),
			otlpJSON(`{"attributes":[{"key":"b","value":{"intValue":"007"}}]}`), [3]int{1}},
		{"nothing where a message may be", codec.OTLP{}, softly, js,
			`{"resourceLogs":[{"resource":null,"scopeLogs":[{"scope":null,"logRecords":[{"body":null,"attributes":null,"flags":1}]}]}]}`,
			`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":1}]}]}]}`, [3]int{1}},
		{"a record of the wrong form among others", codec.OTLP{}, softly, js, otlpJSON(`{"flags":1},{"body":"x"},{"attributes":{}},7,{"flags":2}`), otlpJSON(`{"flags":1},{"flags":2}`), [3]int{2, 0, 3}},
		{"a record too deep among others", codec.OTLP{}, "limits: {max_depth: 1000}\npolicy: {mode: scrub}\n", js,
			otlpJSON(`{"flags":1},{"body":` + strings.Repeat(`{"arrayValue":{"values":[`, 70) + strings.Repeat(`]}}`, 70) + `},{"body":{"stringValue":"x"}}`),
			otlpJSON(`{"flags":1},{"body":{"stringValue":"x"}}`), [3]int{2, 0, 1}},
		{"a resource that drops its records", codec.OTLP{}, dropping, js,
			`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":1},{"flags":2}]}],"resource":{"attributes":[{"key":"secret","value":{"stringValue":"x"}}]}},{"scopeLogs":[{"logRecords":[{"flags":3}]}]}]}`,
			`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":3}]}]}]}`, [3]int{1, 2, 0}},
		{"a scope that drops its records", codec.OTLP{}, dropping, js,
			`{"resourceLogs":[{"scopeLogs":[{"scope":{"attributes":[{"key":"secret","value":{"stringValue":"x"}}]},"logRecords":[{"flags":1},{"flags":2}]},{"logRecords":[{"flags":3}]}]}]}`,
			`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":3}]}]}]}`, [3]int{1, 2, 0}},
		{"an object in bytes", codec.OTLP{}, "", js, otlpJSON(`{"body":{"bytesValue":"eyJsZXZlbCI6ImEiLCJjdXN0b21lciI6IkJvYiJ9"}}`),
			otlpJSON(`{"body":{"bytesValue":"eyJsZXZlbCI6ImEifQ=="}}`), [3]int{1}},
		{"a number that an action makes another", codec.OTLP{}, "policy: {rules: [{id: n, fields: [n], action: {generalise: {buckets: [0, 100]}}}]}\n", js,
			otlpJSON(`{"attributes":[{"key":"n","value":{"intValue":123}},{"key":"n","value":{"doubleValue":99.5}},{"key":"n","value":{"intValue":"123"}}]}`),
			otlpJSON(`{"attributes":[{"key":"n","value":{"intValue":100}},{"key":"n","value":{"doubleValue":0}},{"key":"n","value":{"stringValue":"100"}}]}`), [3]int{1}},
	} {
		t.Run(string(c.codec.Protocol())+"/"+c.name, func(t *testing.T) {
			got, b, counts := outcomeOf(t, c.codec, c.policy, c.media, []byte(c.in))
			if got != c.want {
				t.Errorf("got:  %s\nwant: %s", got, c.want)
			}
			if fates := [3]int{counts.Kept, counts.Dropped, counts.Withheld}; fates != c.fates {
				t.Errorf("kept, dropped, withheld %v, want %v", fates, c.fates)
			}
			if told := [3]int{b.Kept, b.Dropped, len(b.Faults)}; !strings.HasPrefix(got, "error") && told != c.fates {
				t.Errorf("the batch tells %v, want %v", told, c.fates)
			}
			if c.media == js && c.codec.Protocol() != config.ProtocolElasticsearch && c.codec.Protocol() != config.ProtocolJSON && !strings.HasPrefix(got, "error") && !json.Valid([]byte(got)) {
				t.Error("no JSON any more")
			}
		})
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// nested is an AnyValue of arrays, n deep.
func nested(n int) []byte {
	value := str(1, "x")
	for range n {
		value = msg(5, msg(1, value))
	}
	return value
}

func TestHostileProtobuf(t *testing.T) {
	record := func(parts ...[]byte) []byte { return msg(2, parts...) }
	good := record(num(2, 9))
	secret := attr(1, "secret", str(1, "x"))
	deep := bytes.Repeat(record(msg(5, nested(70))), 70)
	cut := bytes.Repeat(record(msg(5, []byte{0x0a, 0x7f})), 70)
	for _, c := range []struct {
		name     string
		policy   string
		in, want []byte
		fates    [3]int // kept, dropped, withheld
	}{
		{"a resource that drops its records", dropping,
			join(msg(1, msg(2, good, good), msg(1, secret), msg(2, good)), msg(1, msg(2, good))), msg(1, msg(2, good)), [3]int{1, 3, 0}},
		{"a scope that drops its records", dropping,
			msg(1, msg(2, good, record(str(1, "no time")), msg(1, attr(3, "secret", str(1, "x")))), msg(2, good)), msg(1, msg(2, good)), [3]int{1, 2, 0}},
		{"values too deep", softly, msg(1, msg(2, deep, record(msg(5, nested(3))))), msg(1, msg(2, record(msg(5, nested(3))))), [3]int{1, 0, 70}},
		{"values cut short", softly, msg(1, msg(2, cut, record(msg(5, nested(3))))), msg(1, msg(2, record(msg(5, nested(3))))), [3]int{1, 0, 70}},
		{"a record that is a number", softly, msg(1, msg(2, num(2, 7), good)), msg(1, msg(2, good)), [3]int{1}},
		{"a list without a key", softly, msg(1, msg(2, record(msg(6, msg(2, msg(6, attr(1, "password", str(1, "hunter2x")))))))),
			msg(1, msg(2, record(msg(6, msg(2, msg(6, attr(1, "password", str(1, "[secret]")))))))), [3]int{1}},
		{"a value twice", softly, msg(1, msg(2, record(msg(6, str(1, "a"), msg(2, str(1, "alice@example.com")), msg(2, str(1, "bob@example.com"), num(3, 4111111111111111)))))),
			msg(1, msg(2, record(msg(6, str(1, "a"), msg(2, str(1, "[email]")), msg(2, str(1, "[email]"), str(1, "[card]")))))), [3]int{1}},
		{"lengths longer than they need be", softly, []byte("\x0a\x9f\x80\x00\x12\x9b\x80\x00\x12\x19\x2a\x95\x80\x00\x0a\x91\x80\x00alice@example.com"),
			msg(1, msg(2, record(msg(5, str(1, "[email]"))))), [3]int{1}},
		{"nothing at all", softly, join(msg(1), msg(1, msg(2)), msg(1, msg(1), msg(2, msg(1), msg(2), msg(2, msg(5))))),
			join(msg(1), msg(1, msg(2)), msg(1, msg(1), msg(2, msg(1), msg(2), msg(2, msg(5))))), [3]int{2}},
		{"text that ends within a character, in a body that is UTF-8", softly, []byte("\x0a\x0d\x12\x0b\x12\x09\x2a\x04\x0a\x02a\xd0\x80\x01\x00"),
			msg(1, msg(2, record(msg(5, str(1, "[withheld]"))))), [3]int{1}},
		{"a name that is not UTF-8", softly, msg(1, msg(2, record(attr(6, "a\xc1\x80", num(2, 1))))), msg(1, msg(2, record(attr(6, "[withheld]", num(2, 1))))), [3]int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, b, counts := outcomeOf(t, codec.OTLP{}, c.policy, "application/x-protobuf", c.in)
			if got != string(c.want) {
				t.Errorf("got:  %q\nwant: %q", got, c.want)
			}
			if fates := [3]int{counts.Kept, counts.Dropped, counts.Withheld}; fates != c.fates || fates != [3]int{b.Kept, b.Dropped, len(b.Faults)} {
				t.Errorf("kept, dropped, withheld %v, want %v", fates, c.fates)
			}
		})
	}
}

func TestHostileLokiProtobuf(t *testing.T) {
	entry := func(line string) []byte { return msg(2, msg(1, num(1, 1773480413)), str(2, line)) }
	stream := func(labels string, parts ...[]byte) []byte { return msg(1, str(1, labels), join(parts...)) }
	in := join(stream(`{secret="x"}`, entry("a"), entry("b")), msg(1, entry("c"), str(1, `{secret="x"}`)), stream(`{a="x"}`, entry("d")))
	got, _, counts := outcomeOf(t, codec.Loki{}, dropping, "application/x-protobuf", s2.EncodeSnappy(nil, in))
	plain, err := s2.Decode(nil, []byte(got))
	if want := stream(`{a="x"}`, entry("d")); err != nil || !bytes.Equal(plain, want) {
		t.Errorf("%v, got %q, want %q", err, plain, want)
	}
	if counts.Kept != 1 || counts.Dropped != 3 || counts.Withheld != 0 {
		t.Errorf("kept, dropped, withheld %d, %d, %d", counts.Kept, counts.Dropped, counts.Withheld)
	}
}

// A push with many labels must not cost the square of their number: this one would take minutes.
func TestManyLabels(t *testing.T) {
	labels := "{" + strings.Repeat(`a="b",`, 200_000) + `c="alice@example.com"}`
	run := scrubtest.Policy(t, softly).Begin(scrub.Request{})
	defer run.Close()
	body := s2.EncodeSnappy(nil, msg(1, str(1, labels), msg(2, str(2, "x"))))
	b, err := codec.Loki{}.Scrub(run, &codec.Request{Body: body, MaxDecoded: 1 << 22})
	if err != nil || b.Kept != 1 || bytes.Contains(b.Bytes(), []byte("alice")) {
		t.Error(b.Kept, err)
	}
}
