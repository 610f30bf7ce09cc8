package format

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// otlp writes an ExportLogsServiceRequest in protobuf. Records of one resource that follow each other share a ResourceLogs: those of a
// record that came from OTLP, else its service and host. What is not told by itself becomes an attribute.
//
// Sources: opentelemetry-proto logs.proto, common.proto and resource.proto; Logs Data Model.
type otlp struct{ path string }

func (o otlp) Path() string      { return o.path }
func (otlp) ContentType() string { return "application/x-protobuf" }

// Append implements Format.
func (otlp) Append(dst, lines []byte, received time.Time) ([]byte, error) {
	var resource, next, records, scratch []byte
	flush := func() {
		if len(records) == 0 {
			return
		}
		scope := appendMessage(nil, 1, nil)
		logs := appendMessage(nil, 1, resource)
		logs = appendMessage(logs, 2, append(scope, records...))
		dst = appendMessage(dst, 1, logs)
		records = records[:0]
	}
	err := each(lines, func(r *Line) {
		if next = r.appendResource(next[:0]); !bytes.Equal(next, resource) {
			flush()
			resource = append(resource[:0], next...)
		}
		scratch = r.appendLogRecord(scratch[:0], received)
		records = appendMessage(records, 2, scratch)
	})
	flush()
	return dst, err
}

// appendMessage appends a field that is a message or text.
func appendMessage(dst []byte, field protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), body)
}

// appendResource appends the attributes of a Resource (field 1).
func (l *Line) appendResource(dst []byte) []byte {
	known := false
	for _, m := range l.Members {
		if string(m.Key) == "resource" {
			known = eachMember(m.Value, func(key, value []byte) { dst = appendAttribute(dst, 1, string(key), value) })
		}
	}
	if known {
		return dst
	}
	if s := l.Service(); len(s) > 0 {
		dst = appendAttribute(dst, 1, "service.name", l.values[partService])
	}
	if h := l.Host(); len(h) > 0 {
		dst = appendAttribute(dst, 1, "host.name", l.values[partHost])
	}
	return dst
}

// appendLogRecord appends a LogRecord.
func (l *Line) appendLogRecord(dst []byte, received time.Time) []byte {
	dst = protowire.AppendTag(dst, 1, protowire.Fixed64Type)
	dst = protowire.AppendFixed64(dst, uint64(l.TimeOr(received)))
	dst = protowire.AppendTag(dst, 11, protowire.Fixed64Type)
	dst = protowire.AppendFixed64(dst, uint64(received.UnixNano()))
	if level, n := l.Level(); n > 0 {
		dst = protowire.AppendVarint(protowire.AppendTag(dst, 2, protowire.VarintType), uint64(n))
		if word := text(l.values[partSeverity]); len(word) > 0 && word[0] > '9' {
			level = string(word)
		}
		dst = appendMessage(dst, 3, []byte(level))
	}
	if m := l.values[partMessage]; m != nil {
		dst = appendMessage(dst, 5, appendValue(nil, m))
	}
	for i, m := range l.Members {
		dst = l.appendMember(dst, i, m)
	}
	dst = appendID(dst, 9, 16, l.Trace())
	return appendID(dst, 10, 8, l.Span())
}

// appendMember appends a member as attributes, unless it is told already.
func (l *Line) appendMember(dst []byte, i int, m Member) []byte {
	switch {
	case i == l.from[partMessage] || i == l.from[partNumber]:
		return dst
	case i == l.from[partTime] && l.Time() != 0:
		return dst
	case i == l.from[partSeverity] && levelKnown(l):
		return dst
	case i == l.from[partTrace] && isID(l.Trace(), 16) || i == l.from[partSpan] && isID(l.Span(), 8):
		return dst
	case string(m.Key) == "resource":
		return dst
	case (i == l.from[partService] || i == l.from[partHost]) && !l.has("resource"):
		return dst
	case string(m.Key) == "attributes":
		eachMember(m.Value, func(key, value []byte) { dst = appendAttribute(dst, 6, string(key), value) })
		return dst
	}
	return appendAttribute(dst, 6, string(m.Key), m.Value)
}

func levelKnown(l *Line) bool {
	level, _ := l.Level()
	return level != ""
}

func isID(text []byte, n int) bool {
	if len(text) != 2*n {
		return false
	}
	_, err := hex.Decode(make([]byte, n), text)
	return err == nil
}

// appendID appends a trace or span id of n bytes, if text is one.
func appendID(dst []byte, field protowire.Number, n int, text []byte) []byte {
	if !isID(text, n) {
		return dst
	}
	id := make([]byte, n)
	_, _ = hex.Decode(id, text)
	return appendMessage(dst, field, id)
}

// appendAttribute appends a KeyValue.
func appendAttribute(dst []byte, field protowire.Number, key string, value []byte) []byte {
	pair := appendMessage(nil, 1, []byte(key))
	return appendMessage(dst, field, appendMessage(pair, 2, appendValue(nil, value)))
}

// appendValue appends an AnyValue of a JSON value.
func appendValue(dst, value []byte) []byte {
	if len(value) == 0 {
		return dst
	}
	switch value[0] {
	case '"':
		return appendMessage(dst, 1, text(value))
	case 't', 'f':
		return protowire.AppendVarint(protowire.AppendTag(dst, 2, protowire.VarintType), uint64(protowire.EncodeBool(value[0] == 't')))
	case '{':
		var list []byte
		eachMember(value, func(key, value []byte) { list = appendAttribute(list, 1, string(key), value) })
		return appendMessage(dst, 6, list)
	case '[':
		var list []byte
		eachElement(value, func(value []byte) { list = appendMessage(list, 1, appendValue(nil, value)) })
		return appendMessage(dst, 5, list)
	case 'n':
		return dst
	}
	return appendNumber(dst, value)
}

// appendNumber appends an integer as such where it is one, else a double; a number that is neither stays text.
func appendNumber(dst, value []byte) []byte {
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return protowire.AppendVarint(protowire.AppendTag(dst, 3, protowire.VarintType), uint64(n))
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return appendMessage(dst, 1, value)
	}
	dst = protowire.AppendTag(dst, 4, protowire.Fixed64Type)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// Judge implements Format: it reads partial_success.rejected_log_records.
func (otlp) Judge(answer []byte) (v Verdict) {
	for len(answer) > 0 {
		field, kind, n := protowire.ConsumeTag(answer)
		if n < 0 {
			return v
		}
		answer = answer[n:]
		if field != 1 || kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(field, kind, answer); n < 0 {
				return v
			}
			answer = answer[n:]
			continue
		}
		partial, n := protowire.ConsumeBytes(answer)
		if n < 0 {
			return v
		}
		answer = answer[n:]
		if field, kind, n = protowire.ConsumeTag(partial); n > 0 && field == 1 && kind == protowire.VarintType {
			rejected, _ := protowire.ConsumeVarint(partial[n:])
			v.Refused = int(min(rejected, math.MaxInt32))
		}
	}
	return v
}
