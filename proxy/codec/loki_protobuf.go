package codec

import (
	"errors"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
	"winnow/scrub/meta"
)

// The messages of logproto (grafana/loki pkg/push/push.proto):
//
//	PushRequest    streams = 1
//	StreamAdapter  labels = 1 (text), entries = 2, hash = 3
//	EntryAdapter   timestamp = 1, line = 2, structuredMetadata = 3, parsed = 4
//	LabelPair      name = 1, value = 2

func (p *protobuf) pushRequest(f field) (stays bool, err error) {
	if f.number != 1 {
		return false, nil
	}
	return p.whole(f, (*protobuf).pushStream, 2)
}

func (p *protobuf) pushStream(f field) (stays bool, err error) {
	switch f.number {
	case 1:
		return p.labels(f)
	case 2:
		return p.record(f, (*protobuf).pushEntry)
	}
	// The hash is of the labels as they were.
	return false, nil
}

func (p *protobuf) labels(f field) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	out, err := scrubLabels(p.labelling[:0], p.in[f.value:f.stop], p.run)
	if err != nil {
		return false, labelsFault(err, f.value)
	}
	slot, before := p.run.Slot(), p.run.Delta()
	p.run.Replace(f.value, f.stop, out)
	p.labelling = out
	p.mend(slot, f, before)
	return true, nil
}

// record scrubs one record of a batch: what cannot be read in it costs only itself.
func (p *protobuf) record(f field, v visit) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	p.records++
	p.depth = 0 // a record before may have ended amid its values
	p.run.Begin()
	slot, before := p.run.Slot(), p.run.Delta()
	if !p.run.Passed(f.value, f.stop) {
		err = p.recordFields(f, v)
	}
	fate, reason := scrub.Kept, ""
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		fate = scrub.Dropped
	case err != nil:
		fate, reason = scrub.Withheld, reasonOf(err)
	case p.run.TooLong(f.stop - f.value):
		fate, reason = scrub.Withheld, tooLong
	default:
		p.run.Insert(f.stop, false)
		p.mend(slot, f, before)
	}
	p.run.End(fate)
	return p.b.note(p.records, fate, reason), nil
}

// reasonOf says why a record cannot be read.
func reasonOf(err error) string {
	var fault *scrub.Fault
	if errors.As(err, &fault) {
		return fault.Reason
	}
	return "cannot be read"
}

func (p *protobuf) pushEntry(f field) (stays bool, err error) {
	switch f.number {
	case 1:
		return p.message(f, (*protobuf).timestamp)
	case 2:
		if stays, err = p.text(f, p.run.Message(), nil); err == nil && !stays {
			err = scrub.ErrDropRecord
		}
		return stays, err
	case 3, 4:
		return p.labelPair(f)
	}
	return false, nil
}

// timestamp has seconds = 1 and nanos = 2.
func (p *protobuf) timestamp(f field) (stays bool, err error) {
	return f.number <= 2 && f.kind == protowire.VarintType, nil
}

func (p *protobuf) labelPair(f field) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	key, n, err := p.find(f, 1)
	if err != nil || n != 1 {
		return false, err
	}
	d, quiet := p.run.Member(p.run.Within(scrub.Root), key)
	slot, before := p.run.Slot(), p.run.Delta()
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
			stays, err = p.text(part, d, key)
		default:
			stays = false
		}
		if err != nil || !stays {
			return false, err
		}
		i = part.stop
	}
	p.mend(slot, f, before)
	return true, nil
}

// find returns the content of the length-delimited field of that number in message f, and how many there are of it.
func (p *protobuf) find(f field, number protowire.Number) (content []byte, n int, err error) {
	for i := f.value; i < f.stop; {
		part, err := p.next(i, f.stop)
		if err != nil {
			return nil, 0, err
		}
		if part.number == number && part.kind == protowire.BytesType {
			content = p.in[part.value:part.stop]
			n++
		}
		i = part.stop
	}
	return content, n, nil
}

func appendLabelPair(dst []byte, f meta.Field) []byte {
	pair := 1 + protowire.SizeBytes(len(f.Name)) + 1 + protowire.SizeBytes(len(f.Value)) // tags of these fields have one byte
	dst = protowire.AppendVarint(protowire.AppendTag(dst, 3, protowire.BytesType), uint64(pair))
	dst = protowire.AppendString(protowire.AppendTag(dst, 1, protowire.BytesType), f.Name)
	return protowire.AppendBytes(protowire.AppendTag(dst, 2, protowire.BytesType), f.Value)
}

// labelsFault is the error about labels at an offset; a rule that drops their records is none.
func labelsFault(err error, at int) error {
	if errors.Is(err, scrub.ErrDropRecord) {
		return err
	}
	return &scrub.Fault{Offset: at, Reason: err.Error()}
}

var errLabels = errors.New(`labels cannot be read: {name="value", …} expected`)

// appendLabels appends labels, text of the form {name="value", name="value"}, scrubbed. Where none is left it names the stream as Loki
// itself names one without. Labels that need no change stay as they are spelled.
func appendLabels(dst, text []byte, run *scrub.Run) ([]byte, error) {
	i := skipBlank(text, 0)
	if i == len(text) || text[i] != '{' {
		return dst, errLabels
	}
	start, kept, edited, spelled := len(dst), 0, false, string(text)
	dst = append(dst, '{')
	for i = skipBlank(text, i+1); i < len(text) && text[i] != '}'; {
		name, quoted, next, err := nextLabel(text, spelled, i)
		if err != nil {
			return dst, err
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return dst, errLabels
		}
		d, quiet := run.Member(run.Within(scrub.Labels), name)
		out, changed, stays, err := run.Scalar([]byte(value), d, name)
		if err != nil {
			return dst, err
		}
		if changed {
			quoted = strconv.Quote(string(out))
		}
		if stays = stays && quiet; stays {
			dst = appendLabel(dst, name, quoted, kept > 0)
			kept++
		}
		edited = edited || changed || !stays
		i = next
	}
	switch {
	case i == len(text) || skipBlank(text, i+1) < len(text):
		return dst, errLabels
	case !edited:
		return append(dst[:start], text...), nil
	case kept == 0:
		dst = appendLabel(dst, serviceName, `"unknown_service"`, false)
	}
	return append(dst, '}'), nil
}

var serviceName = []byte("service_name")

func appendLabel(dst, name []byte, quoted string, comma bool) []byte {
	if comma {
		dst = append(dst, ", "...)
	}
	return append(append(append(dst, name...), '='), quoted...)
}

// scrubLabels is appendLabels for labels of a stream, of which each spelling makes another.
func scrubLabels(dst, text []byte, run *scrub.Run) ([]byte, error) {
	run.Coarse(true)
	defer run.Coarse(false)
	return appendLabels(dst, text, run)
}

// nextLabel reads name="value" and the comma behind it at i of text, of which spelled is a copy, and returns where the next one begins.
func nextLabel(text []byte, spelled string, i int) (name []byte, quoted string, next int, err error) {
	from := i
	for i < len(text) && labelByte(text[i]) {
		i++
	}
	name = text[from:i]
	if i = skipBlank(text, i); len(name) == 0 || i == len(text) || text[i] != '=' {
		return nil, "", i, errLabels
	}
	i = skipBlank(text, i+1)
	if quoted, err = strconv.QuotedPrefix(spelled[i:]); err != nil {
		return nil, "", i, errLabels
	}
	if i = skipBlank(text, i+len(quoted)); i < len(text) && text[i] == ',' {
		i = skipBlank(text, i+1)
	}
	return name, quoted, i, nil
}

func labelByte(c byte) bool {
	return c == '_' || c == ':' || c == '.' || c-'0' < 10 || c|0x20-'a' < 26
}

func skipBlank(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i
}
