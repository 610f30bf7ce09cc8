package format

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub/record"
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
	var resource, next []byte
	logs, scope := -1, -1 // where the messages that are being written begin
	end := func() {
		if logs >= 0 {
			dst = endMessage(endMessage(dst, scope), logs)
		}
	}
	err := each(lines, func(r *Line) {
		if next = r.appendResource(next[:0]); logs < 0 || !bytes.Equal(next, resource) {
			end()
			resource = append(resource[:0], next...)
			dst, logs = beginMessage(dst, 1)
			dst = appendMessage(dst, 1, resource)
			dst, scope = beginMessage(dst, 2)
			dst = appendMessage(dst, 1, nil)
		}
		var at int
		dst, at = beginMessage(dst, 2)
		dst = endMessage(r.appendLogRecord(dst, received), at)
	})
	end()
	return dst, err
}

// appendMessage appends a field that is a message or text.
func appendMessage(dst []byte, field protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), body)
}

// beginMessage appends the head of a field that is a message, with room for a length below 128. What is appended next is the message, until
// endMessage with the same at.
func beginMessage(dst []byte, field protowire.Number) (_ []byte, at int) {
	dst = append(protowire.AppendTag(dst, field, protowire.BytesType), 0)
	return dst, len(dst)
}

// endMessage writes the length of the message that begins at at. A longer one moves by what its length needs.
func endMessage(dst []byte, at int) []byte {
	n := len(dst) - at
	if more := protowire.SizeVarint(uint64(n)) - 1; more > 0 {
		dst = append(dst, make([]byte, more)...)
		copy(dst[at+more:], dst[at:at+n])
	}
	binary.PutUvarint(dst[at-1:], uint64(n))
	return dst
}

// appendResource appends the attributes of a Resource (field 1).
func (l *Line) appendResource(dst []byte) []byte {
	known := false
	for _, m := range l.Members {
		if string(m.Key) == "resource" {
			known = eachMember(m.Value, func(key, value []byte) { dst = appendAttribute(dst, 1, key, value) })
		}
	}
	if known {
		return dst
	}
	if s := l.Service(); len(s) > 0 {
		dst = appendAttribute(dst, 1, serviceName, l.values[partService])
	}
	if h := l.Host(); len(h) > 0 {
		dst = appendAttribute(dst, 1, hostName, l.values[partHost])
	}
	return dst
}

// What OpenTelemetry calls them.
var serviceName, hostName = []byte("service.name"), []byte("host.name")

// appendLogRecord appends a LogRecord.
func (l *Line) appendLogRecord(dst []byte, received time.Time) []byte {
	dst = protowire.AppendTag(dst, 1, protowire.Fixed64Type)
	dst = protowire.AppendFixed64(dst, uint64(l.TimeOr(received)))
	dst = protowire.AppendTag(dst, 11, protowire.Fixed64Type)
	dst = protowire.AppendFixed64(dst, uint64(received.UnixNano()))
	if level, n := l.Level(); n > 0 {
		dst = protowire.AppendVarint(protowire.AppendTag(dst, 2, protowire.VarintType), uint64(n))
		if word := text(l.values[partSeverity]); len(word) > 0 && word[0] > '9' {
			dst = appendMessage(dst, 3, word)
		} else {
			dst = protowire.AppendString(protowire.AppendTag(dst, 3, protowire.BytesType), level)
		}
	}
	if m := l.values[partMessage]; m != nil {
		var at int
		dst, at = beginMessage(dst, 5)
		dst = endMessage(appendValue(dst, m), at)
	}
	own := !l.has("resource")
	for _, m := range l.Members {
		l.path = append(l.path[:0], m.Key...)
		dst = l.appendMember(dst, m.Value, own, 0)
	}
	dst = appendID(dst, 9, 16, l.Trace())
	return appendID(dst, 10, 8, l.Span())
}

// appendMember appends what stands at l.path as attributes, unless it is told already. An object's members are attributes of their own,
// named by their whole path, as OpenTelemetry's conventions have it.
func (l *Line) appendMember(dst, value []byte, own bool, depth int) []byte {
	switch {
	case l.told(value, own):
		return dst
	case depth == 0 && string(l.path) == "resource":
		return dst
	case depth == 0 && string(l.path) == "attributes" && value[0] == '{':
		eachMember(value, func(key, value []byte) { dst = appendAttribute(dst, 6, key, value) })
		return dst
	case value[0] != '{' || depth >= maxFlat || isEmpty(value):
		return appendAttribute(dst, 6, l.path, value)
	}
	n := len(l.path)
	eachMember(value, func(key, value []byte) {
		l.path = append(append(l.path[:n], '.'), key...)
		dst = l.appendMember(dst, value, own, depth+1)
	})
	l.path = l.path[:n]
	return dst
}

// maxFlat is how deep objects become attributes of their own; deeper ones stay objects.
const maxFlat = 8

func isEmpty(object []byte) bool { return object[record.SkipSpace(object, 1)] == '}' }

// told tells whether a value has a place of its own in a LogRecord. own says that service and host are those of the resource.
func (l *Line) told(value []byte, own bool) bool {
	switch {
	case l.holds(partMessage, value) || l.holds(partNumber, value):
		return true
	case l.holds(partTime, value):
		return l.Time() != 0
	case l.holds(partSeverity, value):
		return levelKnown(l)
	case l.holds(partTrace, value):
		return isID(l.Trace(), 16)
	case l.holds(partSpan, value):
		return isID(l.Span(), 8)
	}
	return own && (l.holds(partService, value) || l.holds(partHost, value))
}

func levelKnown(l *Line) bool {
	level, _ := l.Level()
	return level != ""
}

func isID(text []byte, n int) bool {
	if len(text) != 2*n {
		return false
	}
	var id [16]byte
	_, err := hex.Decode(id[:], text)
	return err == nil
}

// appendID appends a trace or span id of n bytes, if text is one.
func appendID(dst []byte, field protowire.Number, n int, text []byte) []byte {
	if !isID(text, n) {
		return dst
	}
	var id [16]byte
	_, _ = hex.Decode(id[:], text)
	return appendMessage(dst, field, id[:n])
}

// appendAttribute appends a KeyValue.
func appendAttribute(dst []byte, field protowire.Number, key, value []byte) []byte {
	dst, at := beginMessage(dst, field)
	dst = appendMessage(dst, 1, key)
	dst, inner := beginMessage(dst, 2)
	return endMessage(endMessage(appendValue(dst, value), inner), at)
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
		return protowire.AppendVarint(protowire.AppendTag(dst, 2, protowire.VarintType), protowire.EncodeBool(value[0] == 't'))
	case '{':
		dst, at := beginMessage(dst, 6)
		eachMember(value, func(key, value []byte) { dst = appendAttribute(dst, 1, key, value) })
		return endMessage(dst, at)
	case '[':
		dst, at := beginMessage(dst, 5)
		eachElement(value, func(value []byte) {
			var inner int
			dst, inner = beginMessage(dst, 1)
			dst = endMessage(appendValue(dst, value), inner)
		})
		return endMessage(dst, at)
	case 'n':
		return dst
	}
	return appendNumber(dst, value)
}

// appendNumber appends an integer as such where it is one, else a double; a number that is neither stays text.
func appendNumber(dst, value []byte) []byte {
	if n, ok := integer(value); ok {
		return protowire.AppendVarint(protowire.AppendTag(dst, 3, protowire.VarintType), uint64(n))
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return appendMessage(dst, 1, value)
	}
	dst = protowire.AppendTag(dst, 4, protowire.Fixed64Type)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// integer is a value that is written as one.
func integer(value []byte) (n int64, ok bool) {
	if bytes.ContainsAny(value, ".eE") {
		return 0, false
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	return n, err == nil
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
