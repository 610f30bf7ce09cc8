package codec

import (
	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
)

// otlpMessage is one kind of message of OTLP: the fields it has. Whatever is not listed is removed.
//
// The lists are opentelemetry-proto v1.11 (logs.proto, trace.proto, metrics.proto, common.proto and resource.proto), and serve both forms:
// protobuf knows a field by its number, JSON by its name in lowerCamelCase.
type otlpMessage []otlpPart

// otlpPart is one field of a message.
type otlpPart struct {
	number protowire.Number
	name   string
	is     otlpKind
	of     otlpMessage // of what is a message
	path   []byte      // of a text, or above attributes, in scope
	scope  scrub.Scope
	words  []string // of an enum in JSON, beside its numbers
}

// otlpKind is what a field is.
type otlpKind uint8

const (
	isText       otlpKind = iota // a string, scrubbed as the field at its path
	isNeeded                     // a text without which what is around it goes
	isName                       // strings that name attributes
	isAttributes                 // KeyValues below path
	isBody                       // the AnyValue that is a record's text
	isOne                        // a message
	isMany                       // messages
	isLoose                      // messages in which every value may differ: exemplars
	isShared                     // messages that share something with the records in them
	isRecord                     // records
	isTraceID                    // 16 bytes, or none
	isSpanID                     // 8 bytes, or none
	isEnum                       // a varint
	isBool                       // a varint
	isUint                       // a varint
	isSint                       // a varint, zigzag
	isUints                      // varints, packed or not
	isFixed32                    // an unsigned number
	isFixed64                    // an unsigned number
	isSfixed64                   // a number
	isFixed64s                   // unsigned numbers, packed or not
	isDouble                     // a number
	isDoubles                    // numbers, packed or not
)

// wireType is how a field of each kind that is a number comes in protobuf.
var wireType = [...]protowire.Type{
	isEnum: protowire.VarintType, isBool: protowire.VarintType, isUint: protowire.VarintType, isSint: protowire.VarintType,
	isUints: protowire.VarintType, isFixed32: protowire.Fixed32Type, isFixed64: protowire.Fixed64Type, isSfixed64: protowire.Fixed64Type,
	isFixed64s: protowire.Fixed64Type, isDouble: protowire.Fixed64Type, isDoubles: protowire.Fixed64Type,
}

// repeated tells whether JSON has an array of them.
func (k otlpKind) repeated() bool {
	switch k {
	case isName, isAttributes, isMany, isLoose, isShared, isRecord, isUints, isFixed64s, isDoubles:
		return true
	}
	return false
}

// message tells whether it is one, or several.
func (k otlpKind) message() bool { return k >= isOne && k <= isRecord }

// numbered returns the field of that number, nil if there is none. Most lists are in the order of numbers, with none or one left out before.
func (m otlpMessage) numbered(n protowire.Number) *otlpPart {
	for i := int(n) - 1; i >= max(0, int(n)-2); i-- {
		if i < len(m) && m[i].number == n {
			return &m[i]
		}
	}
	for i := range m {
		if m[i].number == n {
			return &m[i]
		}
	}
	return nil
}

// named returns the field of that name in JSON, nil if there is none.
func (m otlpMessage) named(name []byte) *otlpPart {
	for i := range m {
		if m[i].name == string(name) {
			return &m[i]
		}
	}
	return nil
}

func otlpText(n protowire.Number, name string, s scrub.Scope, path string) otlpPart {
	return otlpPart{number: n, name: name, is: isText, scope: s, path: []byte(path)}
}

func otlpPlain(n protowire.Number, name string, is otlpKind) otlpPart {
	return otlpPart{number: n, name: name, is: is}
}

func otlpNest(n protowire.Number, name string, is otlpKind, of otlpMessage) otlpPart {
	return otlpPart{number: n, name: name, is: is, of: of}
}

// The messages that all signals have.
var (
	entityRef = otlpMessage{
		otlpText(1, "schemaUrl", scrub.Resource, "entity.schema_url"), otlpText(2, "type", scrub.Resource, "entity.type"),
		otlpPlain(3, "idKeys", isName), otlpPlain(4, "descriptionKeys", isName),
	}
	resource = otlpMessage{
		{number: 1, name: "attributes", is: isAttributes, scope: scrub.Resource}, otlpPlain(2, "droppedAttributesCount", isUint),
		otlpNest(3, "entityRefs", isMany, entityRef),
	}
	instrumentation = otlpMessage{
		otlpText(1, "name", scrub.OTLPScope, "name"), otlpText(2, "version", scrub.OTLPScope, "version"),
		{number: 3, name: "attributes", is: isAttributes, scope: scrub.OTLPScope}, otlpPlain(4, "droppedAttributesCount", isUint),
	}
)

// otlpRequestOf is the Export…ServiceRequest of a signal: resources, in them scopes, in them what record says.
func otlpRequestOf(perResource, perScope string, record otlpPart) otlpMessage {
	record.number = 2
	scoped := otlpMessage{
		otlpNest(1, "scope", isOne, instrumentation), record, otlpText(3, "schemaUrl", scrub.OTLPScope, "schema_url"),
	}
	resourced := otlpMessage{
		otlpNest(1, "resource", isOne, resource), otlpNest(2, perScope, isShared, scoped), otlpText(3, "schemaUrl", scrub.Resource, "schema_url"),
	}
	return otlpMessage{otlpNest(1, perResource, isShared, resourced)}
}

// Logs.
var (
	logRecord = otlpMessage{
		otlpPlain(1, "timeUnixNano", isFixed64), {number: 2, name: "severityNumber", is: isEnum, words: severityWords()},
		otlpText(3, "severityText", scrub.Root, "severity_text"), otlpPlain(5, "body", isBody), otlpPlain(6, "attributes", isAttributes),
		otlpPlain(7, "droppedAttributesCount", isUint), otlpPlain(8, "flags", isFixed32), otlpPlain(9, "traceId", isTraceID),
		otlpPlain(10, "spanId", isSpanID), otlpPlain(11, "observedTimeUnixNano", isFixed64), otlpText(12, "eventName", scrub.Root, "event_name"),
	}
	logsRequest = otlpRequestOf("resourceLogs", "scopeLogs", otlpNest(0, "logRecords", isRecord, logRecord))
)

func severityWords() []string {
	words := []string{"SEVERITY_NUMBER_UNSPECIFIED"}
	for _, level := range []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"} {
		for _, step := range []string{"", "2", "3", "4"} {
			words = append(words, "SEVERITY_NUMBER_"+level+step)
		}
	}
	return words
}

// Traces. Attributes have their own names wherever in a span they stand: a rule for user.id is about events and links too.
var (
	spanEvent = otlpMessage{
		otlpPlain(1, "timeUnixNano", isFixed64), otlpText(2, "name", scrub.Root, "event.name"), otlpPlain(3, "attributes", isAttributes),
		otlpPlain(4, "droppedAttributesCount", isUint),
	}
	spanLink = otlpMessage{
		otlpPlain(1, "traceId", isTraceID), otlpPlain(2, "spanId", isSpanID), otlpText(3, "traceState", scrub.Root, "trace_state"),
		otlpPlain(4, "attributes", isAttributes), otlpPlain(5, "droppedAttributesCount", isUint), otlpPlain(6, "flags", isFixed32),
	}
	spanStatus = otlpMessage{
		otlpText(2, "message", scrub.Root, "status.message"),
		{number: 3, name: "code", is: isEnum, words: []string{"STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"}},
	}
	span = otlpMessage{
		otlpPlain(1, "traceId", isTraceID), otlpPlain(2, "spanId", isSpanID), otlpText(3, "traceState", scrub.Root, "trace_state"),
		otlpPlain(4, "parentSpanId", isSpanID), otlpText(5, "name", scrub.Root, "span.name"),
		{number: 6, name: "kind", is: isEnum, words: []string{"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER",
			"SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"}},
		otlpPlain(7, "startTimeUnixNano", isFixed64), otlpPlain(8, "endTimeUnixNano", isFixed64), otlpPlain(9, "attributes", isAttributes),
		otlpPlain(10, "droppedAttributesCount", isUint), otlpNest(11, "events", isMany, spanEvent), otlpPlain(12, "droppedEventsCount", isUint),
		otlpNest(13, "links", isMany, spanLink), otlpPlain(14, "droppedLinksCount", isUint), otlpNest(15, "status", isOne, spanStatus),
		otlpPlain(16, "flags", isFixed32),
	}
	tracesRequest = otlpRequestOf("resourceSpans", "scopeSpans", otlpNest(0, "spans", isRecord, span))
)

// Metrics. A record is a data point. Name and unit belong to all points of a metric, and without its name there is none.
var (
	exemplar = otlpMessage{
		otlpPlain(2, "timeUnixNano", isFixed64), otlpPlain(3, "asDouble", isDouble), otlpPlain(4, "spanId", isSpanID), otlpPlain(5, "traceId", isTraceID),
		otlpPlain(6, "asInt", isSfixed64), otlpPlain(7, "filteredAttributes", isAttributes),
	}
	numberPoint = otlpMessage{
		otlpPlain(2, "startTimeUnixNano", isFixed64), otlpPlain(3, "timeUnixNano", isFixed64), otlpPlain(4, "asDouble", isDouble),
		otlpNest(5, "exemplars", isLoose, exemplar), otlpPlain(6, "asInt", isSfixed64), otlpPlain(7, "attributes", isAttributes), otlpPlain(8, "flags", isUint),
	}
	histogramPoint = otlpMessage{
		otlpPlain(2, "startTimeUnixNano", isFixed64), otlpPlain(3, "timeUnixNano", isFixed64), otlpPlain(4, "count", isFixed64), otlpPlain(5, "sum", isDouble),
		otlpPlain(6, "bucketCounts", isFixed64s), otlpPlain(7, "explicitBounds", isDoubles), otlpNest(8, "exemplars", isLoose, exemplar),
		otlpPlain(9, "attributes", isAttributes), otlpPlain(10, "flags", isUint), otlpPlain(11, "min", isDouble), otlpPlain(12, "max", isDouble),
	}
	buckets          = otlpMessage{otlpPlain(1, "offset", isSint), otlpPlain(2, "bucketCounts", isUints)}
	exponentialPoint = otlpMessage{
		otlpPlain(1, "attributes", isAttributes), otlpPlain(2, "startTimeUnixNano", isFixed64), otlpPlain(3, "timeUnixNano", isFixed64),
		otlpPlain(4, "count", isFixed64), otlpPlain(5, "sum", isDouble), otlpPlain(6, "scale", isSint), otlpPlain(7, "zeroCount", isFixed64),
		otlpNest(8, "positive", isOne, buckets), otlpNest(9, "negative", isOne, buckets), otlpPlain(10, "flags", isUint),
		otlpNest(11, "exemplars", isLoose, exemplar), otlpPlain(12, "min", isDouble), otlpPlain(13, "max", isDouble), otlpPlain(14, "zeroThreshold", isDouble),
	}
	quantile     = otlpMessage{otlpPlain(1, "quantile", isDouble), otlpPlain(2, "value", isDouble)}
	summaryPoint = otlpMessage{
		otlpPlain(2, "startTimeUnixNano", isFixed64), otlpPlain(3, "timeUnixNano", isFixed64), otlpPlain(4, "count", isFixed64), otlpPlain(5, "sum", isDouble),
		otlpNest(6, "quantileValues", isMany, quantile), otlpPlain(7, "attributes", isAttributes), otlpPlain(8, "flags", isUint),
	}
	temporality = otlpPart{number: 2, name: "aggregationTemporality", is: isEnum, words: []string{"AGGREGATION_TEMPORALITY_UNSPECIFIED",
		"AGGREGATION_TEMPORALITY_DELTA", "AGGREGATION_TEMPORALITY_CUMULATIVE"}}
	metric = otlpMessage{
		{number: 1, name: "name", is: isNeeded, path: []byte("metric.name")}, otlpText(2, "description", scrub.Root, "metric.description"),
		otlpText(3, "unit", scrub.Root, "metric.unit"),
		otlpNest(5, "gauge", isOne, otlpMessage{otlpNest(1, "dataPoints", isRecord, numberPoint)}),
		otlpNest(7, "sum", isOne, otlpMessage{otlpNest(1, "dataPoints", isRecord, numberPoint), temporality, otlpPlain(3, "isMonotonic", isBool)}),
		otlpNest(9, "histogram", isOne, otlpMessage{otlpNest(1, "dataPoints", isRecord, histogramPoint), temporality}),
		otlpNest(10, "exponentialHistogram", isOne, otlpMessage{otlpNest(1, "dataPoints", isRecord, exponentialPoint), temporality}),
		otlpNest(11, "summary", isOne, otlpMessage{otlpNest(1, "dataPoints", isRecord, summaryPoint)}),
		{number: 12, name: "metadata", is: isAttributes, path: []byte("metric.metadata")},
	}
	metricsRequest = otlpRequestOf("resourceMetrics", "scopeMetrics", otlpNest(0, "metrics", isShared, metric))
)
