package codec

import (
	"encoding/binary"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
)

// protobuf walks a message and edits its fields in place. Fields that a message does not define are removed. The length of a message
// is written anew when something in it changed, from the inside out.
//
// Shapes: a tag is a varint of (number << 3 | type); a length-delimited field is its tag, a varint length, and that many bytes.
// Source: protobuf.dev/programming-guides/encoding.
type protobuf struct {
	run     *scrub.Run
	b       *Batch
	in      []byte
	of      otlpMessage // at hand, in OTLP
	series  bool        // attributes make series
	records int         // seen
	parent  scrub.Field // above the attributes at hand
	target  scrub.Field // that the value at hand is
	key     []byte      // of the value at hand
	depth   int         // of values within values
	scratch [32]byte    // a number as text

	labelling []byte // labels of a stream, scrubbed
}

// field is one field of a message: in[start:stop] with its tag, in[value:stop] without tag and length.
type field struct {
	number        protowire.Number
	kind          protowire.Type
	start, length int // of the tag, of the length
	value, stop   int
	varint        uint64 // of kind varint, fixed32 and fixed64
}

// visit decides about one field of a message; a field that does not stay is removed.
type visit func(p *protobuf, f field) (stays bool, err error)

func broken(at int) error { return &scrub.Fault{Offset: at, Reason: "protobuf message cannot be read"} }

// next reads the field at i.
func (p *protobuf) next(i, stop int) (f field, err error) {
	if f.read(p.in, i, stop) {
		return f, nil
	}
	return p.anyNext(i, stop)
}

// read reads the field at i of in[:stop], if its tag is of one byte, and a length, or a varint, of one or two: most are. False says nothing.
func (f *field) read(in []byte, i, stop int) bool {
	if i+1 >= stop || in[i] < 8 || in[i] >= 0x80 || stop > len(in) {
		return false
	}
	f.number, f.kind, f.start, f.length, f.value = protowire.Number(in[i]>>3), protowire.Type(in[i]&7), i, i+1, i+1
	next := in[i+1]
	switch f.kind {
	case protowire.BytesType:
		n := int(next)
		if f.value = i + 2; next >= 0x80 {
			if i+2 >= stop || in[i+2] >= 0x80 || in[i+2] == 0 {
				return false
			}
			n, f.value = n&0x7f|int(in[i+2])<<7, i+3
		}
		f.stop = f.value + n
		return f.stop <= stop
	case protowire.VarintType:
		if f.varint, f.stop = uint64(next), i+2; next < 0x80 {
			return true
		}
		if f.stop = i + 3; f.stop <= stop && in[i+2] < 0x80 {
			f.varint = uint64(next&0x7f) | uint64(in[i+2])<<7
			return true
		}
	case protowire.Fixed64Type:
		if f.stop = i + 9; f.stop <= stop {
			f.varint = binary.LittleEndian.Uint64(in[i+1:])
			return true
		}
	}
	return false
}

// anyNext is next for every field.
func (p *protobuf) anyNext(i, stop int) (f field, err error) {
	number, kind, n := protowire.ConsumeTag(p.in[i:stop])
	if n < 0 {
		return f, broken(i)
	}
	f = field{number: number, kind: kind, start: i, length: i + n, value: i + n}
	rest := p.in[f.value:stop]
	switch kind {
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(rest)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(rest)
		f.varint = uint64(v)
	case protowire.Fixed64Type:
		f.varint, n = protowire.ConsumeFixed64(rest)
	case protowire.BytesType:
		var size uint64
		if size, n = protowire.ConsumeVarint(rest); n < 0 || size > uint64(len(rest)-n) {
			return f, broken(f.value)
		}
		f.value += n
		f.stop = f.value + int(size)
		return f, nil
	default:
		return f, &scrub.Fault{Offset: i, Reason: "protobuf groups are not supported"}
	}
	if n < 0 {
		return f, broken(f.value)
	}
	f.stop = f.value + n
	return f, nil
}

// fields shows each field of the message in[i:stop] to v.
func (p *protobuf) fields(i, stop int, v visit) (stays bool, err error) {
	for f := (field{}); i < stop; i = f.stop {
		if !f.read(p.in, i, stop) {
			if f, err = p.anyNext(i, stop); err != nil {
				return false, err
			}
		}
		if err := p.show(&f, v); err != nil {
			return false, err
		}
	}
	return true, nil
}

// recordFields shows the fields of a record to v, but for those that are known to stay.
func (p *protobuf) recordFields(record field, v visit) error {
	for f, i := (field{}), record.value; i < record.stop; i = f.stop {
		if !f.read(p.in, i, record.stop) {
			var err error
			if f, err = p.anyNext(i, record.stop); err != nil {
				return err
			}
		}
		if p.run.PassedField(f.start, f.stop) {
			continue
		}
		if err := p.show(&f, v); err != nil {
			return err
		}
	}
	return nil
}

// show has v decide about f.
func (p *protobuf) show(f *field, v visit) error {
	m := p.run.Mark()
	stays, err := v(p, *f)
	if err == nil && !stays {
		p.run.Rollback(m)
		p.run.Replace(f.start, f.stop, nil)
	}
	return err
}

// mend writes the length of f anew if what is in it changed since the slot was taken.
func (p *protobuf) mend(slot int, f field, before int) {
	if change := p.run.Delta() - before; change != 0 {
		var b [10]byte
		p.run.Fill(slot, f.length, f.value, protowire.AppendVarint(b[:0], uint64(f.stop-f.value+change)))
		return
	}
	p.run.Vacate(slot)
}

// message walks a field that is a message; v decides about the fields in it.
func (p *protobuf) message(f field, v visit) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	slot, before := p.run.Slot(), p.run.Delta()
	stays, err = p.fields(f.value, f.stop, v)
	p.mend(slot, f, before)
	return stays, err
}

// whole walks a message that shares something with the records in it, to which the numbers of path lead. If that drops its record, all of
// them are dropped.
func (p *protobuf) whole(f field, v visit, path ...protowire.Number) (stays bool, err error) {
	was, records := p.b.books(p.run), p.records
	if stays, err = p.message(f, v); !errors.Is(err, scrub.ErrDropRecord) {
		return stays, err
	}
	n := p.count(f, path)
	p.b.dropAll(p.run, was, n)
	p.records = records + n
	return false, nil
}

// count is how many fields path leads to from message f.
func (p *protobuf) count(f field, path []protowire.Number) (n int) {
	_ = p.each(f, func(part field) error {
		switch {
		case part.number != path[0] || part.kind != protowire.BytesType:
		case len(path) == 1:
			n++
		default:
			n += p.count(part, path[1:])
		}
		return nil
	})
	return n
}

// text scrubs a string that is field d of the record.
func (p *protobuf) text(f field, d scrub.Field, key []byte) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	slot, before := p.run.Slot(), p.run.Delta()
	stays, err = p.run.Text(f.value, f.stop, d, key)
	p.mend(slot, f, before)
	return stays, err
}

// name scrubs a string that is no field of a record but a name, by what is found in it.
func (p *protobuf) name(f field) (stays bool, err error) {
	if f.kind != protowire.BytesType {
		return false, nil
	}
	slot, before := p.run.Slot(), p.run.Delta()
	stays, err = p.run.Name(f.value, f.stop)
	p.mend(slot, f, before)
	return stays, err
}
