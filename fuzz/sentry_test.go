package fuzz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"winnow/proxy/codec"
)

var envelopes = wire{
	codec: codec.Sentry{}, path: "/api/42/envelope/", contentType: "application/x-sentry-envelope",
	plant: func(text string) []byte {
		event := plantedObject(text)
		frames := `{"exception":{"values":[{"value":` + quote(text) + `,"stacktrace":{"frames":[{"vars":{"a":` + quote(text) + `},"filename":` +
			escaped(text) + `}]}}]},"user":{"email":` + quote(text) + `},"tags":[[` + quote(text) + `,"b"]],"breadcrumbs":[{"data":{"url":` + quote(text) + `}}]}`
		logs := `{"version":2,"items":[{"body":` + quote(text) + `,"attributes":{` + quote(text) + `:{"value":1,"type":"integer"},"sentry.release":{"value":` +
			escaped(text) + `,"type":` + quote(text) + `}}}]}`
		return fmt.Appendf(nil, "{\"dsn\":%s,\"sdk\":{\"name\":%s},\"trace\":{\"transaction\":%s,\"user_id\":%s}}\n"+
			"{\"type\":\"event\",\"length\":%d}\n%s\n{\"type\":\"attachment\",\"length\":%d,\"filename\":%s}\n%s\n"+
			"{\"type\":\"event\",\"content_type\":%s}\n%s\n{\"type\":\"log\",\"item_count\":1,\"length\":%d}\n%s\n",
			quote(text), quote(text), quote(text), quote(text), len(event), event, len(text), quote(text), text, quote(text), frames, len(logs), logs)
	},
	check: checkEnvelope,
}

// checkEnvelope wants an envelope: JSON throughout, and payloads as long as their headers say.
func checkEnvelope(t *testing.T, out []byte, planted string) {
	checkJSON(t, out, planted)
	_, rest, _ := bytes.Cut(out, []byte("\n"))
	for rest = bytes.TrimLeft(rest, "\r\n"); len(rest) > 0; rest = bytes.TrimLeft(rest, "\r\n") {
		line, payload, _ := bytes.Cut(rest, []byte("\n"))
		var head struct{ Length *int }
		if err := json.Unmarshal(line, &head); err != nil {
			return // a header over several lines, which has been seen to be JSON
		}
		end := bytes.IndexByte(append(payload, '\n'), '\n')
		if head.Length != nil {
			end = *head.Length
		}
		if end > len(payload) || !json.Valid(payload[:end]) {
			t.Fatalf("a payload is not as long as its header says: %q", out)
		}
		rest = payload[end:]
	}
}

// FuzzSentry: a planted value is in no header, event or attribute of an envelope; what comes out is one, its lengths right, and is accepted
// again; scrubbed twice is scrubbed once.
func FuzzSentry(f *testing.F) { envelopes.fuzz(f) }
