package codec_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
)

const softly = "policy: {mode: scrub}\n"

// dropping has a rule that drops records for what they share.
const dropping = "policy: {mode: scrub, rules: [{id: gone, fields: [secret, resource.secret, scope.secret, labels.secret, bulk.secret], action: drop_record}]}\n"

// outcomeOf is the body to send, or the error's words.
func outcomeOf(t *testing.T, c codec.Codec, policyText, contentType string, body []byte) (out string, b codec.Batch, counts scrub.Counts) {
	t.Helper()
	run := policy(t, policyText).Begin(scrub.Request{Keys: keys(t)})
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

		{"an action with nothing in it", codec.Elasticsearch{}, "", js, "{\"index\":{}}\n{\"level\":\"a\"}\n", "{\"index\":{}}\n{\"level\":\"a\"}\n", [3]int{1}},
		{"an action with nothing left in it", codec.Elasticsearch{}, "", js, "{\"index\":{\"x\":\"Bob\"}}\n{\"level\":\"a\"}\n", "{\"index\":{}}\n{\"level\":\"a\"}\n", [3]int{1}},
		{"an update's switch with a value in it", codec.Elasticsearch{}, softly, js,
			"{\"update\":{\"_id\":\"1\"}}\n{\"doc\":{\"a\":1},\"doc_as_upsert\":\"alice@example.com\",\"detect_noop\":{\"a\":\"bob@example.com\"},\"scripted_upsert\":true}\n",
			"{\"update\":{\"_id\":\"id_e7_bwlge3gbwsv3vdxzls2df6dre4\"}}\n{\"doc\":{\"a\":1},\"scripted_upsert\":true}\n", [3]int{1}},
		{"an action that drops its record", codec.Elasticsearch{}, dropping, js,
			"{\"index\":{\"secret\":1}}\n{\"a\":1}\n{\"delete\":{\"secret\":1}}\n{\"update\":{\"secret\":1}}\n{\"doc\":{}}\n{\"index\":{}}\n{\"a\":2}\n",
			"{\"index\":{}}\n{\"a\":2}\n", [3]int{1, 3, 0}},

		{"a secret by its attribute's name", codec.OTLP{}, softly, js,
			otlpJSON(`{"attributes":[{"key":"password","value":{"stringValue":"hunter2x"}},{"key":"pin","value":{"intValue":"4321"}},{"key":"pin","value":{"intValue":4321}}]}`),
			otlpJSON(`{"attributes":[{"key":"password","value":{"stringValue":"[secret]"}},{"key":"pin","value":{"stringValue":"[secret]"}},{"key":"pin","value":{"stringValue":"[secret]"}}]}`), [3]int{1}},
		{"a severity by name", codec.OTLP{}, "", js, otlpJSON(`{"severityNumber":"SEVERITY_NUMBER_WARN2"}`), otlpJSON(`{"severityNumber":"SEVERITY_NUMBER_WARN2"}`), [3]int{1}},
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
