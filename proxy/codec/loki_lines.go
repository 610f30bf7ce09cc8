package codec

import (
	"encoding/json"
	"strconv"

	"github.com/klauspost/compress/s2"
)

// lokiLine is one entry of a stream as a line of JSON.
type lokiLine struct {
	Timestamp string          `json:"timestamp"` // nanoseconds since 1970, as Loki has it
	Labels    json.RawMessage `json:"labels"`
	Message   string          `json:"message"`
	Metadata  any             `json:"metadata,omitempty"`
}

// AppendLines implements Codec: an object an entry, with its stream's labels.
func (Loki) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	var err error
	write := func(l *lokiLine) {
		if err == nil {
			dst, err = appendLine(dst, l)
		}
	}
	read := readPushJSON
	if !isJSON(b.ContentType) {
		read = readPushProtobuf
	}
	if readErr := read(b.Bytes(), write); readErr != nil {
		return dst, errUnreadable
	}
	return dst, err
}

func appendLine(dst []byte, v any) ([]byte, error) {
	line, err := json.Marshal(v)
	if err != nil {
		return dst, errUnreadable
	}
	return append(append(dst, line...), '\n'), nil
}

func readPushJSON(body []byte, write func(*lokiLine)) error {
	var request struct {
		Streams []struct {
			Stream  json.RawMessage     `json:"stream"`
			Values  [][]json.RawMessage `json:"values"`
			Labels  json.RawMessage     `json:"labels"`
			Entries []struct {
				TS        string `json:"ts"`
				Timestamp string `json:"timestamp"`
				Line      string `json:"line"`
			} `json:"entries"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return err
	}
	for _, s := range request.Streams {
		for _, v := range s.Values {
			l := lokiLine{Labels: s.Stream, Timestamp: unquote(v[0])}
			if err := json.Unmarshal(v[1], &l.Message); err != nil {
				return err
			}
			if len(v) > 2 {
				var metadata map[string]json.RawMessage
				if err := json.Unmarshal(v[2], &metadata); err != nil {
					return err
				}
				l.Metadata = metadata
			}
			write(&l)
		}
		for _, e := range s.Entries {
			write(&lokiLine{Labels: s.Labels, Timestamp: e.TS + e.Timestamp, Message: e.Line})
		}
	}
	return nil
}

// readPushProtobuf reads what the messages of loki_protobuf.go hold.
func readPushProtobuf(body []byte, write func(*lokiLine)) error {
	plain, err := s2.Decode(nil, body)
	if err != nil {
		return err
	}
	p := protobuf{in: plain}
	return p.each(field{stop: len(plain)}, func(stream field) error {
		text, _, err := p.find(stream, 1)
		if err != nil {
			return err
		}
		labels, err := json.Marshal(string(text))
		if err != nil {
			return err
		}
		return p.each(stream, func(f field) error {
			if f.number != 2 {
				return nil
			}
			l := lokiLine{Labels: labels}
			err := p.each(f, func(f field) error { return p.lokiPart(&l, f) })
			if err == nil {
				write(&l)
			}
			return err
		})
	})
}

func (p *protobuf) lokiPart(l *lokiLine, f field) error {
	switch f.number {
	case 1:
		var seconds, nanos uint64
		err := p.each(f, func(f field) error {
			if f.number == 1 {
				seconds = f.varint
			} else {
				nanos = f.varint
			}
			return nil
		})
		l.Timestamp = strconv.FormatUint(seconds*1e9+nanos, 10)
		return err
	case 2:
		l.Message = string(p.in[f.value:f.stop])
	case 3:
		key, _, err := p.find(f, 1)
		if err != nil {
			return err
		}
		value, _, err := p.find(f, 2)
		if err != nil {
			return err
		}
		metadata, ok := l.Metadata.(map[string]string)
		if !ok {
			metadata = map[string]string{}
			l.Metadata = metadata
		}
		metadata[string(key)] = string(value)
	}
	return nil
}

// each shows each field of message f to visit. For answers and converted output, not for records on their way.
func (p *protobuf) each(f field, visit func(field) error) error {
	for i := f.value; i < f.stop; {
		part, err := p.next(i, f.stop)
		if err == nil {
			err = visit(part)
		}
		if err != nil {
			return err
		}
		i = part.stop
	}
	return nil
}
