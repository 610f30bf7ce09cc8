package fuzz

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/proxy/codec"
)

var otlpJSON = wire{
	codec: codec.OTLP{}, path: "/v1/logs", contentType: "application/json",
	plant: func(text string) []byte {
		q, e := quote(text), escaped(text)
		attributes := attributesJSON(text)
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
func FuzzOTLPJSON(f *testing.F) { otlpJSON.fuzz(f) }

var otlpProto = wire{
	codec: codec.OTLP{}, path: "/v1/logs", contentType: "application/x-protobuf",
	plant: plantOTLP, check: checkProto,
}

func plantOTLP(text string) []byte {
	record := varint(nil, 2, 9)
	record = message(message(record, 3, []byte(text)), 5, text1(text))
	record = message(attributes(record, 6, text), 12, []byte(text))
	record = message(record, 99, []byte(text))
	nested := message(nil, 5, text1(plantedObject(text)))
	scope := attributes(message(message(nil, 1, []byte(text)), 2, []byte(text)), 3, text)
	scoped := message(message(message(message(nil, 1, scope), 2, record), 2, nested), 3, []byte(text))
	return message(nil, 1, message(message(message(nil, 1, attributes(nil, 1, text)), 2, scoped), 3, []byte(text)))
}

// FuzzOTLPProto: a planted value is in no attribute (text or bytes), body, name, version, severity text, event name or unknown field; what comes
// out is well-formed protobuf and is accepted again; scrubbed twice is scrubbed once.
func FuzzOTLPProto(f *testing.F) { otlpProto.fuzz(f) }

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
