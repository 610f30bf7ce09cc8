package format

import (
	"slices"
	"strconv"
	"strings"
	"sync"
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

// push is a request while it is made. It is used again, and keeps its buffers.
type push struct {
	streams []stream
	index   map[string]int // by labels
	labels  []byte
	list    []label
}

var pushes = sync.Pool{New: func() any { return &push{index: map[string]int{}} }}

// maxKept is how large the entries of a stream may be for their buffer to be kept, maxStreams how many streams.
const (
	maxKept    = 1 << 20
	maxStreams = 64
)

func (p *push) release() {
	if cap(p.streams) > maxStreams {
		return
	}
	for i := range p.streams {
		s := &p.streams[i]
		if s.labels, s.values = s.labels[:0], s.values[:0]; cap(s.values) > maxKept {
			s.values = nil
		}
	}
	clear(p.index)
	p.streams = p.streams[:0]
	pushes.Put(p)
}

// stream of the labels in p.labels.
func (p *push) stream() *stream {
	i, ok := p.index[string(p.labels)]
	if !ok {
		i = len(p.streams)
		p.index[string(p.labels)] = i
		if i < cap(p.streams) {
			p.streams = p.streams[:i+1]
		} else {
			p.streams = append(p.streams, stream{})
		}
		p.streams[i].labels = append(p.streams[i].labels, p.labels...)
	}
	return &p.streams[i]
}

// Append implements Format. Entries keep the order of the records within their stream.
func (l loki) Append(dst, lines []byte, received time.Time) ([]byte, error) {
	p := pushes.Get().(*push)
	defer p.release()
	err := each(lines, func(r *Line) {
		p.labels, p.list = l.appendLabels(p.labels[:0], p.list[:0], r)
		s := p.stream()
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
	for i := range p.streams {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, `{"stream":`...), p.streams[i].labels...), `,"values":[`...)
		dst = append(append(dst, p.streams[i].values...), "]}"...)
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

// unknownService is the label of a stream without any, as Loki itself has it: a stream needs one.
var unknownService = label{"service_name", []byte("unknown_service")}

// appendLabels appends the labels of a record as a JSON object, sorted by name. list is scratch.
func (l loki) appendLabels(dst []byte, list []label, r *Line) ([]byte, []label) {
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
		list = append(list, unknownService)
	}
	dst = append(dst, '{')
	for i, a := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, '"'), a.name...)
		dst = append(unwrap.AppendJSON(append(dst, `":"`...), a.value), '"')
	}
	return append(dst, '}'), list
}

// labelName is a member's name as a label's: letters, digits and underscores, no digit first; service is Loki's service_name.
func labelName(name string) string {
	if name == "service" {
		return "service_name"
	}
	if name != "" && name[0]-'0' < 10 {
		name = "_" + name
	}
	return strings.Map(func(c rune) rune {
		if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' {
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
		return levelText(level)
	}
	for _, m := range r.Members {
		if string(m.Key) == name && len(m.Value) > 0 && m.Value[0] != '{' && m.Value[0] != '[' {
			return text(m.Value)
		}
	}
	return nil
}
