package fuzz

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/proxy/codec"
)

// attributesJSON hold text in a value, escaped and not, in a name, in a list and in a map.
func attributesJSON(text string) string {
	q := quote(text)
	return `[{"key":"note","value":{"stringValue":` + q + `}},{"key":"message","value":{"stringValue":` + escaped(text) + `}},{"key":` + q +
		`,"value":{"boolValue":true}},{"key":"http.route","value":{"arrayValue":{"values":[{"stringValue":` + q + `}]}}},` +
		`{"key":"error","value":{"kvlistValue":{"values":[{"key":"stack","value":{"stringValue":` + q + `}}]}}}]`
}

// envelopeJSON is a request: resources, scopes and records go by the names that a signal has for them.
func envelopeJSON(resources, scopes, records, text, record string) []byte {
	q, as := quote(text), attributesJSON(text)
	return []byte(`{"` + resources + `":[{"resource":{"attributes":` + as + `,"entityRefs":[{"type":` + q + `,"schemaUrl":` + q + `,"idKeys":[` + q +
		`],"owner":` + q + `}]},"schemaUrl":` + q + `,"` + scopes + `":[{"scope":{"name":` + q + `,"version":` + q + `,"attributes":` + as +
		`},"schemaUrl":` + q + `,"` + records + `":[` + record + `]}]}]}`)
}

var tracesJSON = wire{
	codec: codec.OTLP{}, path: "/v1/traces", contentType: "application/json",
	plant: func(text string) []byte {
		q, as := quote(text), attributesJSON(text)
		part := `"name":` + q + `,"traceState":` + q + `,"traceId":` + q + `,"spanId":` + q + `,"unknown":` + q + `,"attributes":` + as
		return envelopeJSON("resourceSpans", "scopeSpans", "spans", text, `{`+part+`,"kind":`+q+`,"startTimeUnixNano":`+q+`,"events":[{`+part+
			`}],"links":[{`+part+`}],"status":{"message":`+q+`,"code":`+q+`}}`)
	},
	check: checkJSON,
}

// FuzzTracesJSON: a planted value is in no attribute, name, state, message or identifier of a span, its events and its links; what comes out is
// JSON and is accepted again; scrubbed twice is scrubbed once.
func FuzzTracesJSON(f *testing.F) { tracesJSON.fuzz(f) }

var metricsJSON = wire{
	codec: codec.OTLP{}, path: "/v1/metrics", contentType: "application/json",
	plant: func(text string) []byte {
		q, as := quote(text), attributesJSON(text)
		point := `{"attributes":` + as + `,"timeUnixNano":` + q + `,"asInt":` + q + `,"asDouble":` + q + `,"count":` + q + `,"bucketCounts":[` + q +
			`],"explicitBounds":[` + q + `],"positive":{"offset":` + q + `,"bucketCounts":[` + q + `]},"quantileValues":[{"value":` + q +
			`}],"exemplars":[{"filteredAttributes":` + as + `,"asInt":` + q + `,"traceId":` + q + `}],"unknown":` + q + `}`
		data := `{"dataPoints":[` + point + `],"aggregationTemporality":` + q + `,"isMonotonic":` + q + `}`
		return envelopeJSON("resourceMetrics", "scopeMetrics", "metrics", text, `{"name":`+q+`,"description":`+q+`,"unit":`+q+`,"metadata":`+as+
			`,"gauge":`+data+`,"sum":`+data+`,"histogram":`+data+`,"exponentialHistogram":`+data+`,"summary":`+data+`}`)
	},
	check: checkJSON,
}

// FuzzMetricsJSON: a planted value is in no name, unit, description, attribute or number of a metric, its points and its exemplars; what comes out
// is JSON and is accepted again; scrubbed twice is scrubbed once.
func FuzzMetricsJSON(f *testing.F) { metricsJSON.fuzz(f) }

// attributes appends what attributesJSON has, in protobuf, as field n.
func attributes(b []byte, n protowire.Number, text string) []byte {
	b = message(b, n, pair("note", text1(text)))
	b = message(b, n, pair(text, varint(nil, 2, 1)))
	b = message(b, n, pair("bytes", message(nil, 7, []byte(text))))
	b = message(b, n, pair("http.route", message(nil, 5, message(nil, 1, text1(text)))))
	return message(b, n, pair("error", message(nil, 6, message(nil, 1, pair("stack", text1(text))))))
}

// everywhere appends text as each of the fields that are no attributes.
func everywhere(b []byte, text string, fields ...protowire.Number) []byte {
	for _, n := range fields {
		b = message(b, n, []byte(text))
	}
	return b
}

// envelope is a request around a record.
func envelope(text string, record []byte) []byte {
	entity := everywhere(nil, text, 1, 2, 3, 4, 99)
	resource := message(attributes(nil, 1, text), 3, entity)
	scope := attributes(everywhere(nil, text, 1, 2, 99), 3, text)
	scoped := everywhere(message(message(nil, 1, scope), 2, record), text, 3, 99)
	return message(nil, 1, everywhere(message(message(nil, 1, resource), 2, scoped), text, 3, 99))
}

var tracesProto = wire{
	codec: codec.OTLP{}, path: "/v1/traces", contentType: "application/x-protobuf",
	plant: func(text string) []byte {
		span := attributes(everywhere(nil, text, 3, 5, 6, 7, 99), 9, text)
		span = message(span, 11, attributes(everywhere(nil, text, 1, 2, 4, 99), 3, text))
		span = message(span, 13, attributes(everywhere(nil, text, 3, 6, 99), 4, text))
		span = message(span, 15, everywhere(nil, text, 1, 2, 3, 99))
		return envelope(text, span)
	},
	check: checkProto,
}

// FuzzTracesProto: as FuzzTracesJSON, in protobuf, where sixteen bytes of anything can be an identifier.
func FuzzTracesProto(f *testing.F) { tracesProto.fuzz(f) }

var metricsProto = wire{
	codec: codec.OTLP{}, path: "/v1/metrics", contentType: "application/x-protobuf",
	plant: func(text string) []byte {
		metric := attributes(everywhere(nil, text, 1, 2, 3, 99), 12, text)
		numbers := everywhere(nil, text, 2, 3, 99)
		sample := attributes(numbers, 7, text)
		for _, kind := range []struct{ data, attributes, exemplars protowire.Number }{{5, 7, 5}, {7, 7, 5}, {9, 9, 8}, {10, 1, 11}, {11, 7, 99}} {
			point := message(attributes(numbers, kind.attributes, text), kind.exemplars, sample)
			metric = message(metric, kind.data, everywhere(message(nil, 1, point), text, 2, 3, 99))
		}
		return envelope(text, metric)
	},
	check: checkProto,
}

// FuzzMetricsProto: as FuzzMetricsJSON, in protobuf. Numbers that come packed are as long as their count says, and may spell anything.
func FuzzMetricsProto(f *testing.F) { metricsProto.fuzz(f) }
