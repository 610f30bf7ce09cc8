package format

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"winnow/scrub/unwrap"
)

// loki writes a push request in JSON. A stream is what shares its labels: those of a record that came from Loki, and the members that the
// operator names. The line is the record's message where that, its labels and its structured metadata are all it
// has to say, else the whole record as JSON.
//
// Source: grafana.com/docs/loki, HTTP API, "Ingest logs".
type loki struct {
	path   string
	labels []string
}

func (l loki) Path() string       { return l.path }
func (loki) ContentType() string  { return "application/json" }
func (loki) Judge([]byte) Verdict { return Verdict{} }

// stream is an element of the request while it is made.
type stream struct {
	labels []byte // JSON object
	values []byte // elements of an array
}

// Append implements Format. Entries keep the order of the records within their stream.
func (l loki) Append(dst, lines []byte, received time.Time) ([]byte, error) {
	var streams []stream
	index := map[string]int{}
	var labels []byte
	err := each(lines, func(r *Line) {
		labels = l.appendLabels(labels[:0], r)
		i, ok := index[string(labels)]
		if !ok {
			i = len(streams)
			index[string(labels)] = i
			streams = append(streams, stream{labels: bytes.Clone(labels)})
		}
		s := &streams[i]
		if len(s.values) > 0 {
			s.values = append(s.values, ',')
		}
		s.values = append(s.values, `["`...)
		s.values = strconv.AppendInt(s.values, r.TimeOr(received), 10)
		s.values = append(s.values, `","`...)
		line, metadata := lokiEntry(r)
		s.values = append(unwrap.AppendJSON(s.values, line), '"')
		if len(metadata) > 0 {
			s.values = append(append(s.values, ','), metadata...)
		}
		s.values = append(s.values, ']')
	})
	dst = append(dst, `{"streams":[`...)
	for i := range streams {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, `{"stream":`...), streams[i].labels...), `,"values":[`...)
		dst = append(append(dst, streams[i].values...), "]}"...)
	}
	return append(dst, "]}"...), err
}

// lokiEntry is the text of an entry and its structured metadata, a JSON object or empty.
func lokiEntry(r *Line) (line, metadata []byte) {
	plain := false
	for _, m := range r.Members {
		switch {
		case r.holds(partMessage, m.Value):
			plain = true
		case r.holds(partSeverity, m.Value) && levelKnown(r) || r.holds(partService, m.Value):
		case r.holds(partTime, m.Value) && r.Time() != 0:
		case string(m.Key) == "labels" && m.Value[0] == '{':
		case string(m.Key) == "metadata" && m.Value[0] == '{':
			metadata = m.Value
		default:
			return r.Object, nil
		}
	}
	if !plain {
		return r.Object, nil
	}
	return r.Message(), metadata
}

// label is a name and a value.
type label struct {
	name  string
	value []byte
}

// appendLabels appends the labels of a record as a JSON object, sorted by name.
func (l loki) appendLabels(dst []byte, r *Line) []byte {
	var list []label
	for _, m := range r.Members {
		if string(m.Key) == "labels" {
			eachMember(m.Value, func(key, value []byte) { list = append(list, label{labelName(string(key)), text(value)}) })
		}
	}
	for _, name := range l.labels {
		list = append(list, label{labelName(name), r.labelValue(name)})
	}
	slices.SortStableFunc(list, func(a, b label) int { return strings.Compare(a.name, b.name) })
	list = slices.DeleteFunc(list, func(a label) bool { return a.name == "" || len(a.value) == 0 })
	list = slices.CompactFunc(list, func(a, b label) bool { return a.name == b.name })
	if len(list) == 0 {
		list = append(list, label{"service_name", []byte("unknown_service")}) // as Loki itself has it; a stream needs a label
	}
	dst = append(dst, '{')
	for i, a := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, '"'), a.name...)
		dst = append(unwrap.AppendJSON(append(dst, `":"`...), a.value), '"')
	}
	return append(dst, '}')
}

// labelName is a member's name as a label's: letters, digits and underscores; service is Loki's service_name.
func labelName(name string) string {
	if name == "service" {
		return "service_name"
	}
	return strings.Map(func(c rune) rune {
		if c < 128 && (c|0x20-'a' < 26 || c-'0' < 10) {
			return c
		}
		return '_'
	}, name)
}

// labelValue is what a record has for a label that the operator names.
func (r *Line) labelValue(name string) []byte {
	switch name {
	case "service":
		return r.Service()
	case "host":
		return r.Host()
	case "level":
		level, _ := r.Level()
		return []byte(level)
	}
	for _, m := range r.Members {
		if string(m.Key) == name && len(m.Value) > 0 && m.Value[0] != '{' && m.Value[0] != '[' {
			return text(m.Value)
		}
	}
	return nil
}
