package codec

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"
)

// maxFluentDepth bounds nesting here; the limits of the configuration bound it further.
const maxFluentDepth = 1000

// entry writes the record of an entry, [time, record], of which the header was read, and returns what follows it.
func (w *fluentWriter) entry(body []byte) (rest []byte, err error) {
	at, body, err := readTime(body)
	if err != nil {
		return nil, errFluent
	}
	rest, err = msgp.Skip(body)
	if err != nil {
		return nil, errFluent
	}
	if msgp.NextType(body) != msgp.MapType {
		w.lost()
		return rest, nil
	}
	w.entries++
	w.begin()
	timed, tagged := memberNames(body)
	if !at.time.IsZero() && !timed {
		w.key([]byte("timestamp"))
		w.timestamp(at.time)
	}
	if !tagged {
		w.text("tag", w.tag)
	}
	if n, _, err := msgp.ReadMapHeaderBytes(at.metadata); err == nil && n > 0 {
		w.key([]byte("metadata"))
		if _, err = w.value(at.metadata, maxFluentDepth); err != nil {
			return nil, err
		}
	}
	if _, err = w.members(body, maxFluentDepth); err != nil {
		return nil, err
	}
	w.end()
	w.line()
	if len(w.out) > w.limit {
		return nil, &TooLargeError{Bound: w.limit}
	}
	return rest, nil
}

// memberNames tells whether a map has members named as those that are put before it.
func memberNames(body []byte) (timestamp, tag bool) {
	n, body, err := msgp.ReadMapHeaderBytes(body)
	for ; n > 0 && err == nil; n-- {
		if msgp.NextType(body) == msgp.StrType {
			key, _, _ := msgp.ReadStringZC(body)
			timestamp, tag = timestamp || string(key) == "timestamp", tag || string(key) == "tag"
		}
		if body, err = msgp.Skip(body); err == nil {
			body, err = msgp.Skip(body)
		}
	}
	return timestamp, tag
}

// fluentTime is when something happened; zero if that cannot be read.
type fluentTime struct {
	time     time.Time
	metadata []byte
}

// readTime reads a time, or a time with metadata.
func readTime(body []byte) (t fluentTime, rest []byte, err error) {
	if rest, err = msgp.Skip(body); err != nil {
		return t, rest, err
	}
	switch msgp.NextType(body) {
	case msgp.ArrayType:
		n, inner, _ := msgp.ReadArrayHeaderBytes(body)
		if n == 0 {
			return t, rest, nil
		}
		after, err := msgp.Skip(inner)
		if err != nil {
			return t, rest, err
		}
		if msgp.NextType(inner) != msgp.ArrayType {
			t, _, err = readTime(inner)
		}
		if n > 1 && msgp.NextType(after) == msgp.MapType {
			t.metadata = after
		}
		return t, rest, err
	case msgp.IntType, msgp.UintType:
		if seconds, _, err := msgp.ReadInt64Bytes(body); err == nil && seconds > 0 && seconds < maxSeconds {
			t.time = time.Unix(seconds, 0)
		}
	case msgp.Float64Type:
		if seconds, _, err := msgp.ReadFloat64Bytes(body); err == nil && seconds > 0 && seconds < maxSeconds {
			whole, part := math.Modf(seconds)
			t.time = time.Unix(int64(whole), int64(part*1e9))
		}
	default:
		t.time, _ = eventTime(body[:len(body)-len(rest)])
	}
	return t, rest, nil
}

// maxSeconds is the year 9999: later times have no form in RFC 3339.
const maxSeconds = 253402300800

// eventTime reads an EventTime: d7 00 (fixext 8, type 0) or c7 08 00, and then seconds and nanoseconds, uint32 each, big-endian.
func eventTime(ext []byte) (t time.Time, ok bool) {
	switch {
	case len(ext) == 10 && ext[0] == 0xd7 && ext[1] == 0:
		ext = ext[2:]
	case len(ext) == 11 && ext[0] == 0xc7 && ext[1] == 8 && ext[2] == 0:
		ext = ext[3:]
	default:
		return t, false
	}
	return time.Unix(int64(binary.BigEndian.Uint32(ext)), int64(binary.BigEndian.Uint32(ext[4:]))), true
}

func (w *fluentWriter) timestamp(t time.Time) {
	w.out = append(t.UTC().AppendFormat(append(w.out, '"'), time.RFC3339Nano), '"')
}

// members writes those of a map into the object at hand.
func (w *fluentWriter) members(body []byte, depth int) (rest []byte, err error) {
	n, body, err := msgp.ReadMapHeaderBytes(body)
	for ; n > 0 && err == nil; n-- {
		name, value, named, wrong := readName(body)
		if wrong != nil {
			return nil, errFluent
		}
		if !named || !writable(value) {
			body, err = msgp.Skip(value)
			continue
		}
		w.key(name)
		body, err = w.value(value, depth-1)
	}
	if err != nil {
		return nil, errFluent
	}
	return body, nil
}

// readName reads the name of a member; named is false if it cannot be one.
func readName(body []byte) (name, rest []byte, named bool, err error) {
	switch msgp.NextType(body) {
	case msgp.StrType, msgp.BinType:
		name, rest, err = readText(body)
		return name, rest, err == nil, err
	case msgp.IntType:
		n, rest, err := msgp.ReadInt64Bytes(body)
		return strconv.AppendInt(nil, n, 10), rest, err == nil, err
	case msgp.UintType:
		n, rest, err := msgp.ReadUint64Bytes(body)
		return strconv.AppendUint(nil, n, 10), rest, err == nil, err
	case msgp.BoolType:
		yes, rest, err := msgp.ReadBoolBytes(body)
		return strconv.AppendBool(nil, yes), rest, err == nil, err
	case msgp.Float64Type, msgp.Float32Type:
		n, rest, err := msgp.ReadFloat64Bytes(body)
		return strconv.AppendFloat(nil, n, 'g', -1, 64), rest, err == nil, err
	}
	rest, err = msgp.Skip(body)
	return nil, rest, false, err
}

// writable tells whether a value has a form in JSON.
func writable(body []byte) bool {
	switch msgp.NextType(body) {
	case msgp.BinType:
		text, _, err := msgp.ReadBytesZC(body)
		return err == nil && utf8.Valid(text)
	case msgp.StrType, msgp.MapType, msgp.ArrayType, msgp.IntType, msgp.UintType, msgp.BoolType, msgp.NilType, msgp.Float64Type, msgp.Float32Type:
		return true
	}
	_, ok := eventTime(firstValue(body))
	return ok
}

// firstValue is the value that begins body.
func firstValue(body []byte) []byte {
	rest, err := msgp.Skip(body)
	if err != nil {
		return nil
	}
	return body[:len(body)-len(rest)]
}

// value writes a value; null if it has no form in JSON.
func (w *fluentWriter) value(body []byte, depth int) (rest []byte, err error) {
	if depth < 0 {
		return nil, errFluent
	}
	switch msgp.NextType(body) {
	case msgp.MapType:
		w.begin()
		rest, err = w.members(body, depth)
		w.end()
	case msgp.ArrayType:
		rest, err = w.array(body, depth)
	default:
		rest, err = msgp.Skip(body)
		if err == nil {
			w.scalar(body)
		}
	}
	if err != nil {
		return nil, errFluent
	}
	return rest, nil
}

func (w *fluentWriter) array(body []byte, depth int) (rest []byte, err error) {
	n, body, err := msgp.ReadArrayHeaderBytes(body)
	w.out = append(w.out, '[')
	for i := uint32(0); i < n && err == nil; i++ {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		body, err = w.value(body, depth-1)
	}
	w.out, w.comma = append(w.out, ']'), true
	return body, err
}

// scalar writes a value that holds no others and is complete.
func (w *fluentWriter) scalar(body []byte) {
	switch kind := msgp.NextType(body); kind {
	case msgp.StrType, msgp.BinType:
		if text, _, _ := readText(body); kind == msgp.StrType || utf8.Valid(text) {
			w.string(text)
			return
		}
		w.out = append(w.out, "null"...)
	case msgp.IntType:
		n, _, _ := msgp.ReadInt64Bytes(body)
		w.out = strconv.AppendInt(w.out, n, 10)
	case msgp.UintType:
		n, _, _ := msgp.ReadUint64Bytes(body)
		w.out = strconv.AppendUint(w.out, n, 10)
	case msgp.BoolType:
		yes, _, _ := msgp.ReadBoolBytes(body)
		w.out = strconv.AppendBool(w.out, yes)
	case msgp.Float32Type:
		n, _, _ := msgp.ReadFloat32Bytes(body)
		w.float(float64(n), 32)
	case msgp.Float64Type:
		n, _, _ := msgp.ReadFloat64Bytes(body)
		w.float(n, 64)
	default:
		if t, ok := eventTime(firstValue(body)); ok {
			w.timestamp(t)
			return
		}
		w.out = append(w.out, "null"...)
	}
}

// float writes a number; JSON has none for NaN and the infinities.
func (w *fluentWriter) float(n float64, bits int) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		w.out = append(w.out, "null"...)
		return
	}
	w.out = strconv.AppendFloat(w.out, n, 'g', -1, bits)
}
