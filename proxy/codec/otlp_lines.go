package codec

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
)

// The messages of otlp_protobuf.go as Go values, in the shape that OTLP's JSON has.
type (
	otlpRequest struct {
		ResourceLogs []otlpResourceLogs `json:"resourceLogs"`
	}
	otlpResourceLogs struct {
		Resource  otlpScope       `json:"resource"`
		ScopeLogs []otlpScopeLogs `json:"scopeLogs"`
	}
	otlpScopeLogs struct {
		Scope      otlpScope    `json:"scope"`
		LogRecords []otlpRecord `json:"logRecords"`
	}
	otlpScope struct {
		Name       string         `json:"name"`
		Version    string         `json:"version"`
		Attributes otlpAttributes `json:"attributes"`
	}
	otlpRecord struct {
		TimeUnixNano         json.RawMessage `json:"timeUnixNano"`
		ObservedTimeUnixNano json.RawMessage `json:"observedTimeUnixNano"`
		SeverityNumber       json.RawMessage `json:"severityNumber"`
		SeverityText         string          `json:"severityText"`
		EventName            string          `json:"eventName"`
		Body                 otlpValue       `json:"body"`
		Attributes           otlpAttributes  `json:"attributes"`
		TraceID              string          `json:"traceId"`
		SpanID               string          `json:"spanId"`
	}
	otlpAttributes []otlpAttribute
	otlpAttribute  struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	otlpValue struct {
		StringValue *string         `json:"stringValue"`
		BoolValue   *bool           `json:"boolValue"`
		IntValue    json.RawMessage `json:"intValue"`
		DoubleValue json.RawMessage `json:"doubleValue"`
		BytesValue  *string         `json:"bytesValue"`
		ArrayValue  *struct {
			Values []otlpValue `json:"values"`
		} `json:"arrayValue"`
		KVListValue *struct {
			Values otlpAttributes `json:"values"`
		} `json:"kvlistValue"`
	}
)

// otlpLine is one record as a line of JSON.
type otlpLine struct {
	Timestamp    string         `json:"timestamp,omitempty"` // nanoseconds since 1970
	Observed     string         `json:"observed_timestamp,omitempty"`
	Severity     string         `json:"severity_number,omitempty"`
	SeverityText string         `json:"severity_text,omitempty"`
	EventName    string         `json:"event_name,omitempty"`
	Message      any            `json:"message,omitempty"`
	Attributes   map[string]any `json:"attributes,omitempty"`
	TraceID      string         `json:"trace_id,omitempty"`
	SpanID       string         `json:"span_id,omitempty"`
	Scope        map[string]any `json:"scope,omitempty"`
	Resource     map[string]any `json:"resource,omitempty"`
}

// AppendLines implements Codec: an object a record, with its resource and scope. See otlpLine, spanLine and pointLine.
func (OTLP) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	if b.signal != logsSignal {
		return b.appendSignalLines(dst)
	}
	var request otlpRequest
	var err error
	if isJSON(b.ContentType) {
		err = json.Unmarshal(b.Bytes(), &request)
	} else {
		p := protobuf{in: b.Bytes()}
		err = p.each(field{stop: len(p.in)}, func(f field) error { return p.readResourceLogs(&request, f) })
	}
	if err != nil {
		return dst, errUnreadable
	}
	for _, rl := range request.ResourceLogs {
		for _, sl := range rl.ScopeLogs {
			for _, r := range sl.LogRecords {
				if dst, err = appendLine(dst, r.line(&rl.Resource, &sl.Scope)); err != nil {
					return dst, err
				}
			}
		}
	}
	return dst, nil
}

func (r *otlpRecord) line(resource, scope *otlpScope) *otlpLine {
	return &otlpLine{
		Timestamp: unquote(r.TimeUnixNano), Observed: unquote(r.ObservedTimeUnixNano),
		Severity: unquote(r.SeverityNumber), SeverityText: r.SeverityText, EventName: r.EventName,
		Message: r.Body.plain(), Attributes: r.Attributes.plain(), TraceID: r.TraceID, SpanID: r.SpanID,
		Scope: scope.plain(), Resource: resource.plain(),
	}
}

func (s *otlpScope) plain() map[string]any {
	m := s.Attributes.plain()
	for key, value := range map[string]string{"name": s.Name, "version": s.Version} {
		if value != "" {
			m[key] = value
		}
	}
	return m
}

func (as otlpAttributes) plain() map[string]any {
	m := make(map[string]any, len(as))
	for _, a := range as {
		m[a.Key] = a.Value.plain()
	}
	return m
}

func (v *otlpValue) plain() any {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.BoolValue != nil:
		return *v.BoolValue
	case v.IntValue != nil:
		text := unquote(v.IntValue)
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		return text
	case v.DoubleValue != nil:
		return v.DoubleValue
	case v.BytesValue != nil:
		return *v.BytesValue
	case v.ArrayValue != nil:
		list := []any{}
		for i := range v.ArrayValue.Values {
			list = append(list, v.ArrayValue.Values[i].plain())
		}
		return list
	case v.KVListValue != nil:
		return v.KVListValue.Values.plain()
	}
	return nil
}

func (p *protobuf) readResourceLogs(request *otlpRequest, f field) error {
	var rl otlpResourceLogs
	err := p.each(f, func(f field) error {
		switch f.number {
		case 1: // a Resource's attributes have number 1, a scope's 3
			return p.each(f, func(f field) error {
				if f.number != 1 {
					return nil
				}
				return p.readAttribute(&rl.Resource.Attributes, f)
			})
		case 2:
			return p.readScopeLogs(&rl, f)
		}
		return nil
	})
	request.ResourceLogs = append(request.ResourceLogs, rl)
	return err
}

func (p *protobuf) readScopeLogs(rl *otlpResourceLogs, f field) error {
	var sl otlpScopeLogs
	err := p.each(f, func(f field) error {
		switch f.number {
		case 1:
			return p.each(f, func(f field) error {
				switch f.number {
				case 1:
					sl.Scope.Name = p.string(f)
				case 2:
					sl.Scope.Version = p.string(f)
				case 3:
					return p.readAttribute(&sl.Scope.Attributes, f)
				}
				return nil
			})
		case 2:
			var r otlpRecord
			sl.LogRecords = append(sl.LogRecords, r)
			last := &sl.LogRecords[len(sl.LogRecords)-1]
			return p.each(f, func(f field) error { return p.readRecord(last, f) })
		}
		return nil
	})
	rl.ScopeLogs = append(rl.ScopeLogs, sl)
	return err
}

func (p *protobuf) string(f field) string { return string(p.in[f.value:f.stop]) }

func decimal(n uint64) json.RawMessage { return strconv.AppendUint(nil, n, 10) }

func (p *protobuf) readRecord(r *otlpRecord, f field) error {
	switch f.number {
	case 1:
		r.TimeUnixNano = decimal(f.varint)
	case 11:
		r.ObservedTimeUnixNano = decimal(f.varint)
	case 2:
		r.SeverityNumber = decimal(f.varint)
	case 3:
		r.SeverityText = p.string(f)
	case 12:
		r.EventName = p.string(f)
	case 5:
		return p.readValue(&r.Body, f)
	case 6:
		return p.readAttribute(&r.Attributes, f)
	case 9:
		r.TraceID = hex.EncodeToString(p.in[f.value:f.stop])
	case 10:
		r.SpanID = hex.EncodeToString(p.in[f.value:f.stop])
	}
	return nil
}

func (p *protobuf) readAttribute(list *otlpAttributes, f field) error {
	var a otlpAttribute
	err := p.each(f, func(f field) error {
		if f.number == 1 {
			a.Key = p.string(f)
			return nil
		}
		return p.readValue(&a.Value, f)
	})
	*list = append(*list, a)
	return err
}

func (p *protobuf) readValue(v *otlpValue, f field) error {
	return p.each(f, func(f field) error {
		switch f.number {
		case 1, 7:
			text := p.string(f)
			v.StringValue = &text
		case 2:
			yes := f.varint != 0
			v.BoolValue = &yes
		case 3:
			v.IntValue = strconv.AppendInt(nil, int64(f.varint), 10)
		case 4:
			number, err := json.Marshal(math.Float64frombits(f.varint))
			if err != nil {
				number = []byte("null") // JSON has no NaN and no infinity
			}
			v.DoubleValue = number
		case 5:
			v.ArrayValue = &struct {
				Values []otlpValue `json:"values"`
			}{}
			return p.each(f, func(f field) error {
				v.ArrayValue.Values = append(v.ArrayValue.Values, otlpValue{})
				return p.readValue(&v.ArrayValue.Values[len(v.ArrayValue.Values)-1], f)
			})
		case 6:
			v.KVListValue = &struct {
				Values otlpAttributes `json:"values"`
			}{}
			return p.each(f, func(f field) error { return p.readAttribute(&v.KVListValue.Values, f) })
		}
		return nil
	})
}
