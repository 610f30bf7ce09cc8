package fuzz

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/proxy/codec"
	"winnow/scrub/scrubtest"
)

var otlpJSON = wire{
	codec: codec.OTLP{}, path: "/v1/logs", contentType: "application/json",
	plant: func(text string) []byte {
		q, e := quote(text), escaped(text)
		attributes := `[{"key":"note","value":{"stringValue":` + q + `}},{"key":"message","value":{"stringValue":` + e + `}},{"key":` + q + `,"value":{"boolValue":true}},` +
			`{"key":"http.route","value":{"arrayValue":{"values":[{"stringValue":` + q + `}]}}},` +
			`{"key":"error","value":{"kvlistValue":{"values":[{"key":"stack","value":{"stringValue":` + q + `}}]}}}]`
		return []byte(`{"resourceLogs":[{"resource":{"attributes":` + attributes + `},"schemaUrl":` + q + `,"scopeLogs":[{"scope":{"name":` + q +
			`,"version":` + q + `,"attributes":` + attributes + `},"schemaUrl":` + q + `,"logRecords":[` +
			`{"timeUnixNano":"1773480413000000000","severityText":` + q + `,"eventName":` + q + `,"body":{"stringValue":` + q + `},"attributes":` + attributes + `,"unknown":` + q + `},` +
			`{"body":{"kvlistValue":{"values":[{"key":"message","value":{"stringValue":` + e + `}}]}}},` +
			`{"body":{"stringValue":` + quote(plantedObject(text)) + `}}]}]}]}`)
	},
	check: checkJSON,
}

// FuzzOTLPJSON: a planted value is in no attribute, body, name, version, severity text or event name; what comes out is JSON and is accepted again;
// scrubbed twice is scrubbed once.
func FuzzOTLPJSON(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		otlpJSON.holds(t, p, raw, before, after, strict)
	})
}

var otlpProto = wire{
	codec: codec.OTLP{}, path: "/v1/logs", contentType: "application/x-protobuf",
	plant: plantOTLP, check: checkProto,
}

func plantOTLP(text string) []byte {
	attributes := func(b []byte, field protowire.Number) []byte {
		b = message(b, field, pair("note", text1(text)))
		b = message(b, field, pair(text, varint(nil, 2, 1)))
		b = message(b, field, pair("bytes", message(nil, 7, []byte(text))))
		b = message(b, field, pair("http.route", message(nil, 5, message(nil, 1, text1(text)))))
		return message(b, field, pair("error", message(nil, 6, message(nil, 1, pair("stack", text1(text))))))
	}
	record := varint(nil, 2, 9)
	record = message(message(record, 3, []byte(text)), 5, text1(text))
	record = message(attributes(record, 6), 12, []byte(text))
	record = message(record, 99, []byte(text))
	nested := message(nil, 5, text1(plantedObject(text)))
	scope := attributes(message(message(nil, 1, []byte(text)), 2, []byte(text)), 3)
	scoped := message(message(message(message(nil, 1, scope), 2, record), 2, nested), 3, []byte(text))
	return message(nil, 1, message(message(message(nil, 1, attributes(nil, 1)), 2, scoped), 3, []byte(text)))
}

// FuzzOTLPProto: a planted value is in no attribute (text or bytes), body, name, version, severity text, event name or unknown field; what comes
// out is well-formed protobuf and is accepted again; scrubbed twice is scrubbed once.
func FuzzOTLPProto(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		otlpProto.holds(t, p, raw, before, after, strict)
	})
}

// message appends a field that holds bytes.
func message(b []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), content)
}

func varint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

// text1 is an AnyValue that holds text.
func text1(text string) []byte { return message(nil, 1, []byte(text)) }

// pair is a KeyValue.
func pair(key string, value []byte) []byte { return message(message(nil, 1, []byte(key)), 2, value) }

// checkProto wants fields one after the other. What is planted in protobuf stands there in clear, and is looked for by the caller.
func checkProto(t *testing.T, out []byte, _ string) {
	t.Helper()
	for len(out) > 0 {
		n := protowire.ConsumeFieldValue(0, 0, nil)
		number, kind, tag := protowire.ConsumeTag(out)
		if tag > 0 {
			n = protowire.ConsumeFieldValue(number, kind, out[tag:])
		}
		if tag < 0 || n < 0 {
			t.Fatalf("not protobuf any more: %q", out)
		}
		out = out[tag+n:]
	}
}
