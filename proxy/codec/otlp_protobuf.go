package codec

import (
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
	"winnow/scrub/meta"
)

// The messages, by field number:
//
//	ExportLogsServiceRequest  resource_logs = 1
//	ResourceLogs              resource = 1, scope_logs = 2, schema_url = 3
//	Resource                  attributes = 1, dropped_attributes_count = 2
//	ScopeLogs                 scope = 1, log_records = 2, schema_url = 3
//	InstrumentationScope      name = 1, version = 2, attributes = 3, dropped_attributes_count = 4
//	LogRecord                 time = 1, severity_number = 2, severity_text = 3, body = 5, attributes = 6, dropped = 7, flags = 8,
//	                          trace_id = 9, span_id = 10, observed_time = 11, event_name = 12
//	KeyValue                  key = 1, value = 2
//	AnyValue                  string = 1, bool = 2, int = 3, double = 4, array = 5, kvlist = 6, bytes = 7
//	ArrayValue, KeyValueList  values = 1

// maxValues bounds values within values.
const maxValues = 64

func (p *protobuf) resourceLogs(f field) (stays bool, err error) {
	if f.number != 1 {
		return false, nil
	}
	return p.whole(f, (*protobuf).resourceLog, 2, 2)
}

func (p *protobuf) resourceLog(f field) (stays bool, err error) {
	switch f.number {
	case 1:
		return p.message(f, (*protobuf).resource)
	case 2:
		return p.whole(f, (*protobuf).scopeLogs, 2)
	case 3:
		return p.text(f, p.run.At(scrub.Resource, schemaURL), nil)
	}
	return false, nil
}

var (
	schemaURL    = []byte("schema_url")
	scopeName    = []byte("name")
	scopeVersion = []byte("version")
	severityText = []byte("severity_text")
	eventName    = []byte("event_name")
)

func (p *protobuf) resource(f field) (stays bool, err error) {
	switch f.number {
	case 1:
		return p.attribute(f, p.run.Within(scrub.Resource))
	case 2:
		return f.kind == protowire.VarintType, nil
	}
	return false, nil
}

func (p *protobuf) scopeLogs(f field) (stays bool, err error) {
	switch f.number {
	case 1:
		return p.message(f, (*protobuf).instrumentation)
	case 2:
		return p.record(f, (*protobuf).logRecord)
	case 3:
		return p.text(f, p.run.At(scrub.OTLPScope, schemaURL), nil)
	}
	return false, nil
}

func (p *protobuf) instrumentation(f field) (stays bool, err error) {
	switch f.number {
	case 1:
		return p.text(f, p.run.At(scrub.OTLPScope, scopeName), nil)
	case 2:
		return p.text(f, p.run.At(scrub.OTLPScope, scopeVersion), nil)
	case 3:
		return p.attribute(f, p.run.Within(scrub.OTLPScope))
	case 4:
		return f.kind == protowire.VarintType, nil
	}
	return false, nil
}

func (p *protobuf) logRecord(f field) (stays bool, err error) {
	switch f.number {
	case 1, 11:
		return f.kind == protowire.Fixed64Type, nil
	case 2, 7:
		return f.kind == protowire.VarintType, nil
	case 8:
		return f.kind == protowire.Fixed32Type, nil
	case 9:
		return f.kind == protowire.BytesType && (f.stop-f.value == 16 || f.stop == f.value), nil
	case 10:
		return f.kind == protowire.BytesType && (f.stop-f.value == 8 || f.stop == f.value), nil
	case 3:
		return p.text(f, p.run.At(scrub.Root, severityText), nil)
	case 12:
		return p.text(f, p.run.At(scrub.Root, eventName), nil)
	case 5:
		p.parent, p.target, p.key = p.run.Within(scrub.Root), p.run.Message(), nil
		return p.value(f)
	case 6:
		return p.attribute(f, p.run.Within(scrub.Root))
	}
	return false, nil
}

// attribute scrubs a KeyValue whose path lies below parent. One with two keys is nobody's and goes.
func (p *protobuf) attribute(f field, parent scrub.Field) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	key, n, err := p.find(f, 1)
	if err != nil || n > 1 {
		return false, err
	}
	beforeParent, beforeTarget, beforeKey := p.parent, p.target, p.key
	target, quiet := p.run.Member(parent, key)
	p.parent, p.target, p.key = target, target, key
	slot, before := p.run.Slot(), p.run.Delta()
	stays, err = p.keyValue(f, quiet)
	if err == nil && stays {
		p.mend(slot, f, before)
	}
	p.parent, p.target, p.key = beforeParent, beforeTarget, beforeKey
	return stays, err
}

// keyValue scrubs the two fields of a KeyValue; it goes when its value goes. quiet says that its key stays as it is.
func (p *protobuf) keyValue(f field, quiet bool) (stays bool, err error) {
	for i := f.value; i < f.stop; {
		part, err := p.next(i, f.stop)
		if err != nil {
			return false, err
		}
		switch part.number {
		case 1:
			if stays = quiet && part.kind == protowire.BytesType; !stays {
				stays, err = p.name(part)
			}
		case 2:
			stays, err = p.value(part)
		default:
			p.run.Replace(part.start, part.stop, nil)
			stays = true
		}
		if err != nil || !stays {
			return false, err
		}
		i = part.stop
	}
	return true, nil
}

// value scrubs an AnyValue that is field p.target. It goes when any part of it goes.
func (p *protobuf) value(f field) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	if p.depth++; p.depth > maxValues {
		return false, &scrub.Fault{Offset: f.start, Reason: "nested too deep"}
	}
	slot, before := p.run.Slot(), p.run.Delta()
	for i := f.value; i < f.stop; {
		part, err := p.next(i, f.stop)
		if err != nil {
			return false, err
		}
		if stays, err = p.one(part); err != nil || !stays {
			p.depth--
			return false, err
		}
		i = part.stop
	}
	p.depth--
	p.mend(slot, f, before)
	return true, nil
}

// one scrubs what an AnyValue holds.
func (p *protobuf) one(f field) (stays bool, err error) {
	if n, ok := f.scalar(); ok {
		return p.scalar(f, n)
	}
	switch {
	case f.number == 1:
		return p.text(f, p.target, p.key)
	case f.number == 5:
		return p.message(f, (*protobuf).arrayValue)
	case f.number == 6:
		descends, err := p.run.Descends(p.target)
		if p.key == nil {
			descends, err = true, nil // a record's body: its members are the record's own
		}
		if err != nil || !descends {
			return false, err
		}
		return p.message(f, (*protobuf).listValue)
	case f.number == 7 && f.kind == protowire.BytesType && utf8.Valid(p.in[f.value:f.stop]):
		return p.text(f, p.target, p.key)
	}
	return false, nil // bytes that are no text, which nobody can judge, and kinds not known
}

// scalar is the number or boolean that f, a field of an AnyValue, is, if it is one.
func (f *field) scalar() (n scrub.Number, ok bool) {
	switch {
	case f.number == 2 && f.kind == protowire.VarintType:
		return scrub.Bool(f.varint != 0), true
	case f.number == 3 && f.kind == protowire.VarintType:
		return scrub.Int(int64(f.varint)), true
	case f.number == 4 && f.kind == protowire.Fixed64Type:
		return scrub.Float(f.varint), true
	}
	return n, false
}

// scalar scrubs a value that is not text. One that must not stay as it is becomes text.
func (p *protobuf) scalar(f field, n scrub.Number) (stays bool, err error) {
	if p.run.PassesNumber(f.value, n, p.target, p.key) {
		return true, nil
	}
	out, changed, stays, err := p.run.Scalar(n.AppendTo(p.scratch[:0]), p.target, p.key)
	if err == nil && stays && changed {
		value := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), out)
		p.run.Replace(f.start, f.stop, value)
	}
	return stays, err
}

func (p *protobuf) arrayValue(f field) (stays bool, err error) {
	if f.number != 1 {
		return false, nil
	}
	return p.value(f)
}

func (p *protobuf) listValue(f field) (stays bool, err error) {
	if f.number != 1 {
		return false, nil
	}
	return p.attribute(f, p.parent)
}

// appendAttribute encodes a piece of metadata as an attribute of a LogRecord, and appendSpanAttribute of a Span.
func appendAttribute(dst []byte, f meta.Field) []byte { return appendAttributeAs(dst, 6, f) }

func appendSpanAttribute(dst []byte, f meta.Field) []byte { return appendAttributeAs(dst, 9, f) }

func appendAttributeAs(dst []byte, number protowire.Number, f meta.Field) []byte {
	n, whole := int64(0), false
	if f.Number {
		var err error
		n, err = strconv.ParseInt(string(f.Value), 10, 64)
		whole = err == nil
	}
	value := 1 + protowire.SizeBytes(len(f.Value)) // tags of these fields have one byte
	if whole {
		value = 1 + protowire.SizeVarint(uint64(n))
	}
	dst = protowire.AppendTag(dst, number, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(1+protowire.SizeBytes(len(f.Name))+1+protowire.SizeBytes(value)))
	dst = protowire.AppendString(protowire.AppendTag(dst, 1, protowire.BytesType), f.Name)
	dst = protowire.AppendVarint(protowire.AppendTag(dst, 2, protowire.BytesType), uint64(value))
	if whole {
		return protowire.AppendVarint(protowire.AppendTag(dst, 3, protowire.VarintType), uint64(n))
	}
	return protowire.AppendBytes(protowire.AppendTag(dst, 1, protowire.BytesType), f.Value)
}
