package codec

import (
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
)

// Records whose fields are all known, stay, and hold nothing that is found are not walked: the walk before the walk has seen all there is
// to see. Whatever it does not know it leaves to the walk proper.

// record reads a record, a message of that part, ahead. The texts of fields that it does not know are gathered as those of any message.
func (g *gatherer) record(i, stop int, message part) {
	g.run.Ahead(i)
	for f := (field{}); i < stop; i = f.stop {
		if !g.read(&f, i, stop) {
			g.run.Doubt()
			break
		}
		var known bool
		if message == recordPart {
			known = g.logField(&f)
		} else {
			known = g.entryField(&f)
		}
		if !known {
			g.run.Doubt()
			g.parts(f.start, f.stop, message, 4*maxValues)
		}
	}
	g.run.Until(stop)
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

// logField expects a field of a LogRecord, and tells whether it is one that stays as it is, but for what may be found in it.
func (g *gatherer) logField(f *field) bool {
	switch f.number {
	case 1, 11:
		return f.kind == protowire.Fixed64Type
	case 2, 7:
		return f.kind == protowire.VarintType
	case 8:
		return f.kind == protowire.Fixed32Type
	case 9:
		return f.kind == protowire.BytesType && (f.stop-f.value == 16 || f.stop == f.value)
	case 10:
		return f.kind == protowire.BytesType && (f.stop-f.value == 8 || f.stop == f.value)
	case 3:
		return g.text(f, g.severity, nil)
	case 12:
		return g.text(f, g.event, nil)
	case 5:
		return f.kind == protowire.BytesType && g.value(f.value, f.stop, g.message, nil)
	case 6:
		return f.kind == protowire.BytesType && g.attribute(f)
	}
	return false
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
	var name, value field
	if !g.read(&name, f.value, f.stop) || name.number != 1 || name.kind != protowire.BytesType || name.stop == f.stop {
		return false
	}
	if !g.read(&value, name.stop, f.stop) || value.number != 2 || value.kind != protowire.BytesType || value.stop != f.stop {
		return false
	}
	key := g.in[name.value:name.stop]
	d, quiet := g.run.Member(g.run.Within(scrub.Root), key)
	return quiet && g.value(value.value, value.stop, d, key)
}

// value expects an AnyValue of one plain value.
func (g *gatherer) value(i, stop int, d scrub.Field, key []byte) bool {
	var f field
	if !g.read(&f, i, stop) || f.stop != stop {
		return false
	}
	var b [32]byte
	switch {
	case f.number == 1:
		return g.text(&f, d, key)
	case f.number == 2 && f.kind == protowire.VarintType:
		g.run.ExpectText(f.value, strconv.AppendBool(b[:0], f.varint != 0), d, key)
	case f.number == 3 && f.kind == protowire.VarintType:
		g.run.ExpectText(f.value, strconv.AppendInt(b[:0], int64(f.varint), 10), d, key)
	case f.number == 4 && f.kind == protowire.Fixed64Type:
		g.run.ExpectText(f.value, appendDouble(b[:0], f.varint), d, key)
	default:
		return false
	}
	return true
}

// entryField is logField for a Loki entry.
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
