package codec

import (
	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
)

// Records whose fields are all known, stay, and hold nothing that is found are not walked: the walk before the walk has seen all there is
// to see. Whatever it does not know it leaves to the walk proper.

// record reads a record, a message of that part, ahead.
func (g *gatherer) record(i, stop int, message part) {
	g.run.Ahead(i)
	g.fields(i, stop, message)
	g.run.Until(stop)
}

// fields reads the fields of a record, or of a message in it. The texts of those that it does not know are gathered as those of any message.
func (g *gatherer) fields(i, stop int, message part) {
	for f := (field{}); i < stop; i = f.stop {
		if !g.read(&f, i, stop) {
			g.run.Doubt()
			return
		}
		var known bool
		if message == entryPart {
			known = g.entryField(&f)
		} else {
			known = g.otlpField(&f, message)
		}
		if !known {
			g.run.Look(f.value)
			g.parts(f.start, f.stop, message, 4*maxValues)
		}
	}
}

// recordParts are the fields by number of the messages of OTLP that are records, and of those in them.
var recordParts = numberedParts([parts]otlpMessage{
	recordPart: logRecord, spanPart: span, eventPart: spanEvent, linkPart: spanLink, statusPart: spanStatus, numberPointPart: numberPoint,
	histogramPointPart: histogramPoint, exponentialPointPart: exponentialPoint, summaryPointPart: summaryPoint, exemplarPart: exemplar, bucketsPart: buckets, quantilePart: quantile,
})

func numberedParts(messages [parts]otlpMessage) (list [parts][17]*otlpPart) {
	for what, message := range messages {
		for i := range message {
			list[what][message[i].number] = &messages[what][i]
		}
	}
	return list
}

// read reads the field at i.
func (g *gatherer) read(f *field, i, stop int) bool {
	if f.read(g.in, i, stop) {
		return true
	}
	p := protobuf{in: g.in}
	next, err := p.anyNext(i, stop)
	*f = next
	return err == nil
}

// otlpField expects a field of a message of OTLP, and tells whether it is one that stays as it is, but for what may be found in it.
func (g *gatherer) otlpField(f *field, message part) bool {
	var d *otlpPart
	if fields := &recordParts[message]; int(f.number) < len(fields) {
		d = fields[f.number]
	}
	if d == nil {
		return false
	}
	if kind := wireType[d.is]; d.is > isSpanID {
		return f.kind == kind || d.is.repeated() && packed(g.in, f, kind)
	}
	if f.kind != protowire.BytesType {
		return false
	}
	switch n := f.stop - f.value; d.is {
	case isTraceID:
		return n == 16 || n == 0
	case isSpanID:
		return n == 8 || n == 0
	case isText:
		return g.text(f, g.field(d), nil)
	case isAttributes:
		return g.attribute(f)
	case isBody:
		return g.value(f.value, f.stop, g.message, nil)
	case isOne, isMany, isLoose:
		if of := textParts[message][f.number&15]; of != noText {
			g.fields(f.value, f.stop, of)
			return true
		}
	}
	return false
}

// field is the field that a text is.
func (g *gatherer) field(d *otlpPart) scrub.Field {
	for i := range g.known[:g.told] {
		if g.known[i].d == d {
			return g.known[i].field
		}
	}
	field := g.run.At(d.scope, d.path)
	if g.told < len(g.known) {
		g.known[g.told] = knownText{d, field}
		g.told++
	}
	return field
}

// text expects a text.
func (g *gatherer) text(f *field, d scrub.Field, key []byte) bool {
	if f.kind == protowire.BytesType {
		g.run.Expect(f.value, f.stop, d, key)
		return true
	}
	return false
}

// attribute expects a KeyValue of a key, which may stay, and a plain value.
func (g *gatherer) attribute(f *field) bool {
	if from, to, ok := short(g.in, f.value, f.stop, keyTag); ok && to > from {
		if value, stop, ok := short(g.in, to, f.stop, valueTag); ok && stop == f.stop {
			return g.keyed(g.in[from:to], value, stop)
		}
	}
	var name, value field
	if !g.read(&name, f.value, f.stop) || name.number != 1 || name.kind != protowire.BytesType || name.stop == f.stop {
		return false
	}
	if !g.read(&value, name.stop, f.stop) || value.number != 2 || value.kind != protowire.BytesType || value.stop != f.stop {
		return false
	}
	return g.keyed(g.in[name.value:name.stop], value.value, value.stop)
}

// keyed expects the AnyValue in[i:stop] of an attribute of that key.
func (g *gatherer) keyed(key []byte, i, stop int) bool {
	d, quiet := g.run.Member(g.run.Within(scrub.Root), key)
	return quiet && g.value(i, stop, d, key)
}

// The tags of what attributes have.
const (
	keyTag   = 1<<3 | byte(protowire.BytesType)
	valueTag = 2<<3 | byte(protowire.BytesType)
	textTag  = 1<<3 | byte(protowire.BytesType)
)

// short finds the content of the field of that tag at i of in[:stop], if it is there and its length is of one byte: most are. False says nothing.
func short(in []byte, i, stop int, tag byte) (from, to int, ok bool) {
	if i+2 > stop || in[i] != tag || in[i+1] >= 0x80 {
		return 0, 0, false
	}
	from = i + 2
	to = from + int(in[i+1])
	return from, to, to <= stop
}

// value expects an AnyValue of one plain value.
func (g *gatherer) value(i, stop int, d scrub.Field, key []byte) bool {
	if from, to, ok := short(g.in, i, stop, textTag); ok && to == stop {
		g.run.Expect(from, to, d, key)
		return true
	}
	var f field
	if !g.read(&f, i, stop) || f.stop != stop {
		return false
	}
	if f.number == 1 {
		return g.text(&f, d, key)
	}
	n, ok := f.scalar()
	if ok {
		g.run.ExpectNumber(f.value, n, d, key)
	}
	return ok
}

// entryField is otlpField for a Loki entry.
func (g *gatherer) entryField(f *field) bool {
	switch f.number {
	case 1:
		return f.kind == protowire.BytesType && g.isTimestamp(f)
	case 2:
		return g.text(f, g.message, nil)
	case 3, 4:
		return f.kind == protowire.BytesType && g.pair(f)
	}
	return false
}

// isTimestamp tells whether f has seconds and nanos and nothing else.
func (g *gatherer) isTimestamp(f *field) bool {
	var part field
	for i := f.value; i < f.stop; i = part.stop {
		if !g.read(&part, i, f.stop) || part.number > 2 || part.kind != protowire.VarintType {
			return false
		}
	}
	return true
}

// pair expects a LabelPair of a name, which may stay, and a value.
func (g *gatherer) pair(f *field) bool {
	var name, value field
	if !g.read(&name, f.value, f.stop) || name.number != 1 || name.kind != protowire.BytesType || name.stop == f.stop {
		return false
	}
	if !g.read(&value, name.stop, f.stop) || value.number != 2 || value.stop != f.stop {
		return false
	}
	key := g.in[name.value:name.stop]
	d, quiet := g.run.Member(g.run.Within(scrub.Root), key)
	return quiet && g.text(&value, d, key)
}
