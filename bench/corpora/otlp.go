package corpora

import (
	"encoding/hex"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// otlpRecords is how many records a resource gets before the next one begins.
const otlpRecords = 50

// severities maps our levels to OpenTelemetry's numbers.
var severities = map[string]uint64{"debug": 5, "info": 9, "warn": 13, "error": 17}

// OTLPJSON returns an ExportLogsServiceRequest in JSON: three resource attributes, one scope, the message as body, and route, status and
// duration as attributes of the record.
func OTLPJSON(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.out = append(g.out, `{"resourceLogs":[`...)
	g.fill(size, func(e *event) {
		switch {
		case g.records == 0:
			g.out = appendOTLPHead(g.out, e)
		case g.records%otlpRecords == 0:
			g.out = appendOTLPHead(append(g.out, `]}]},`...), e)
		default:
			g.out = append(g.out, ',')
		}
		g.out = appendOTLPRecord(g.out, e)
	})
	g.out = append(g.out, `]}]}]}`...)
	return g.body("otlp-json", "otlp", "/v1/logs", "application/json")
}

func appendOTLPHead(b []byte, e *event) []byte {
	b = append(append(b, `{"resource":{"attributes":[`...), textAttribute("service.name", e.service)...)
	b = append(append(b, ','), textAttribute("service.version", e.version)...)
	b = append(append(b, ','), textAttribute("host.name", e.host)...)
	return append(b, `]},"scopeLogs":[{"scope":{"name":"app.logger","version":"1.4.0"},"logRecords":[`...)
}

func textAttribute(key, value string) string {
	return `{"key":"` + key + `","value":{"stringValue":"` + value + `"}}`
}

func appendOTLPRecord(b []byte, e *event) []byte {
	b = appendUnixNano(append(b, `{"timeUnixNano":"`...), e)
	b = strconv.AppendUint(append(b, `","severityNumber":`...), severities[e.level], 10)
	b = append(append(b, `,"severityText":"`...), e.level...)
	b = appendQuoted(append(b, `","body":{"stringValue":`...), e.message)
	b = append(append(b, `},"attributes":[`...), textAttribute("http.route", e.route)...)
	b = strconv.AppendInt(append(b, `,{"key":"http.response.status_code","value":{"intValue":"`...), int64(e.status), 10)
	b = strconv.AppendFloat(append(b, `"}},{"key":"duration_ms","value":{"doubleValue":`...), e.ms, 'f', 3, 64)
	b = append(append(b, `}}],"traceId":"`...), e.trace...)
	b = append(append(b, `","spanId":"`...), e.span...)
	return append(b, `"}`...)
}

// OTLPProto returns the same in protobuf.
func OTLPProto(seed uint64, size int) Body {
	return otlpBody(seed, size, "otlp-proto", "/v1/logs", otlpRecord)
}

// otlpHead returns the beginning of a ResourceLogs and of its one ScopeLogs.
func otlpHead(e *event) (resource, scope []byte) {
	attributes := appendMessage(nil, 1, keyValue("service.name", anyText(e.service)))
	attributes = appendMessage(attributes, 1, keyValue("service.version", anyText(e.version)))
	attributes = appendMessage(attributes, 1, keyValue("host.name", anyText(e.host)))
	return appendMessage(nil, 1, attributes), appendMessage(nil, 1, appendText(appendText(nil, 1, "app.logger"), 2, "1.4.0"))
}

// otlpRecord is opentelemetry.proto.logs.v1.LogRecord.
func otlpRecord(e *event) []byte {
	b := protowire.AppendFixed64(protowire.AppendTag(nil, 1, protowire.Fixed64Type), uint64(e.at.UnixNano()))
	b = appendUint(b, 2, severities[e.level])
	b = appendText(b, 3, e.level)
	b = appendMessage(b, 5, anyText(e.message))
	b = appendMessage(b, 6, keyValue("http.route", anyText(e.route)))
	b = appendMessage(b, 6, keyValue("http.response.status_code", appendUint(nil, 3, uint64(e.status))))
	ms := protowire.AppendFixed64(protowire.AppendTag(nil, 4, protowire.Fixed64Type), math.Float64bits(e.ms))
	b = appendMessage(b, 6, keyValue("duration_ms", ms))
	b = appendMessage(b, 9, unhex(e.trace))
	return appendMessage(b, 10, unhex(e.span))
}

func keyValue(key string, value []byte) []byte {
	return appendMessage(appendText(nil, 1, key), 2, value)
}

// anyText is an AnyValue that holds a string.
func anyText(text string) []byte { return appendText(nil, 1, text) }

// unhex decodes an id that this package has made.
func unhex(id string) []byte {
	b, err := hex.DecodeString(id)
	if err != nil {
		panic("corpora: an id is not hex: " + err.Error())
	}
	return b
}
