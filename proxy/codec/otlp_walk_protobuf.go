package codec

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
)

// part scrubs a field of the message p.of.
func (p *protobuf) part(f field) (stays bool, err error) {
	d := p.of.numbered(f.number)
	switch {
	case d == nil:
		return false, nil
	case d.is.message():
		return p.nested(f, d)
	}
	switch d.is {
	case isText, isNeeded:
		stays, err = p.text(f, p.run.At(d.scope, d.path), nil)
		if err == nil && !stays && d.is == isNeeded {
			err = scrub.ErrDropRecord
		}
		return stays, err
	case isName:
		return p.name(f)
	case isAttributes:
		return p.attribute(f, d.above(p.run))
	case isBody:
		p.parent, p.target, p.key = p.run.Within(scrub.Root), p.run.Message(), nil
		return p.value(f)
	case isTraceID:
		return f.kind == protowire.BytesType && (f.stop-f.value == 16 || f.stop == f.value), nil
	case isSpanID:
		return f.kind == protowire.BytesType && (f.stop-f.value == 8 || f.stop == f.value), nil
	}
	return f.kind == wireType[d.is] || d.is.repeated() && packed(p.in, &f, wireType[d.is]), nil
}

// above is the field that attributes are below.
func (d *otlpPart) above(run *scrub.Run) scrub.Field {
	if d.path == nil {
		return run.Within(d.scope)
	}
	return run.At(d.scope, d.path)
}

// packed tells whether a field holds numbers of a type, one behind the other.
func packed(in []byte, f *field, number protowire.Type) bool {
	if f.kind != protowire.BytesType {
		return false
	}
	if number == protowire.Fixed64Type {
		return (f.stop-f.value)%8 == 0
	}
	for i := f.value; i < f.stop; {
		_, n := protowire.ConsumeVarint(in[i:f.stop])
		if n < 0 {
			return false
		}
		i += n
	}
	return true
}

// nested scrubs a field that is a message.
func (p *protobuf) nested(f field, d *otlpPart) (stays bool, err error) {
	before := p.of
	p.of = d.of
	switch d.is {
	case isRecord:
		stays, err = p.record(f, (*protobuf).part)
	case isShared:
		stays, err = p.sharing(f)
	case isLoose:
		p.run.Coarse(false)
		stays, err = p.message(f, (*protobuf).part)
		p.run.Coarse(p.series)
	default:
		stays, err = p.message(f, (*protobuf).part)
	}
	p.of = before
	return stays, err
}

// sharing walks a message p.of that shares something with the records in it. If that drops its record, all of them are dropped.
func (p *protobuf) sharing(f field) (stays bool, err error) {
	was, records, of := p.b.books(p.run), p.records, p.of
	if stays, err = p.message(f, (*protobuf).part); !errors.Is(err, scrub.ErrDropRecord) {
		return stays, err
	}
	n := p.recordsIn(f, of)
	p.b.dropAll(p.run, was, n)
	p.records = records + n
	return false, nil
}

// recordsIn is how many records are in f, a message of that kind.
func (p *protobuf) recordsIn(f field, of otlpMessage) (n int) {
	_ = p.each(f, func(part field) error {
		d := of.numbered(part.number)
		switch {
		case d == nil || part.kind != protowire.BytesType:
		case d.is == isRecord:
			n++
		case d.is.message():
			n += p.recordsIn(part, d.of)
		}
		return nil
	})
	return n
}
