package codec

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/config"
	"winnow/scrub/record"
)

// Services lists the gRPC services of OTLP, each with one method, Export, and the path over HTTP that takes the same message. The caller owns
// the map.
func Services() map[string]string {
	m := map[string]string{}
	for _, s := range signals {
		m[s.service] = s.path
	}
	return m
}

// Service is the gRPC service that takes the batch, empty if it is not of OTLP.
func (b *Batch) Service() string {
	if b.protocol != config.ProtocolOTLP {
		return ""
	}
	return signals[b.signal].service
}

// Protobuf tells whether a batch of OTLP is in protobuf, and not in JSON.
func (b *Batch) Protobuf() bool { return !isJSON(b.ContentType) }

// AppendProtobuf appends the batch of OTLP in protobuf, whichever form it came in. The error is about JSON that cannot be read back.
func (OTLP) AppendProtobuf(dst []byte, b *Batch) ([]byte, error) {
	body := b.Bytes()
	if b.Protobuf() {
		return append(dst, body...), nil
	}
	return appendMessage(dst, body[record.SkipSpace(body, 0):], signals[b.signal].request)
}

// appendMessage appends a message that is given in JSON, without tag and length.
func appendMessage(dst, value []byte, of otlpMessage) ([]byte, error) {
	err := eachMember(value, 0, func(key, value []byte) (err error) {
		d := of.named(key)
		switch {
		case d == nil || value[0] == 'n':
			return nil
		case !d.is.repeated():
			dst, err = d.append(dst, value)
			return err
		}
		return eachElement(value, func(value []byte) (err error) {
			dst, err = d.append(dst, value)
			return err
		})
	})
	return dst, err
}

// append appends one value of the field.
func (d *otlpPart) append(dst, value []byte) ([]byte, error) {
	if d.is.message() {
		inner, err := appendMessage(nil, value, d.of)
		return appendBytes(dst, d.number, inner), err
	}
	switch d.is {
	case isText, isNeeded, isName:
		return appendBytes(dst, d.number, []byte(unquote(value))), nil
	case isTraceID, isSpanID:
		id, err := hex.DecodeString(unquote(value))
		return appendBytes(dst, d.number, id), err
	case isAttributes:
		var a otlpAttribute
		if err := json.Unmarshal(value, &a); err != nil {
			return dst, err
		}
		return a.append(dst, d.number)
	case isBody:
		var v otlpValue
		if err := json.Unmarshal(value, &v); err != nil {
			return dst, err
		}
		inner, err := v.append(nil)
		return appendBytes(dst, d.number, inner), err
	}
	n, err := d.bits(unquote(value))
	dst = protowire.AppendTag(dst, d.number, wireType[d.is])
	switch wireType[d.is] {
	case protowire.Fixed64Type:
		return protowire.AppendFixed64(dst, n), err
	case protowire.Fixed32Type:
		return protowire.AppendFixed32(dst, uint32(n)), err
	}
	return protowire.AppendVarint(dst, n), err
}

// bits are a number's as the field's wire type has them.
func (d *otlpPart) bits(text string) (uint64, error) {
	switch d.is {
	case isBool:
		return protowire.EncodeBool(text == "true"), nil
	case isEnum:
		if i := slices.Index(d.words, text); i >= 0 {
			return uint64(i), nil
		}
	case isSint:
		n, err := strconv.ParseInt(text, 10, 32)
		return protowire.EncodeZigZag(n), err
	case isSfixed64:
		n, err := strconv.ParseInt(text, 10, 64)
		return uint64(n), err
	case isDouble, isDoubles:
		x, err := strconv.ParseFloat(text, 64)
		return math.Float64bits(x), err
	case isFixed32:
		return strconv.ParseUint(text, 10, 32)
	}
	return strconv.ParseUint(text, 10, 64)
}

func appendBytes(dst []byte, n protowire.Number, b []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, n, protowire.BytesType), b)
}

// append appends a KeyValue that is field n.
func (a *otlpAttribute) append(dst []byte, n protowire.Number) ([]byte, error) {
	value, err := a.Value.append(nil)
	pair := appendBytes(appendBytes(nil, 1, []byte(a.Key)), 2, value)
	return appendBytes(dst, n, pair), err
}

// append appends an AnyValue, without tag and length.
func (v *otlpValue) append(dst []byte) ([]byte, error) {
	switch {
	case v.StringValue != nil:
		return appendBytes(dst, 1, []byte(*v.StringValue)), nil
	case v.BoolValue != nil:
		return protowire.AppendVarint(protowire.AppendTag(dst, 2, protowire.VarintType), protowire.EncodeBool(*v.BoolValue)), nil
	case v.IntValue != nil:
		n, err := strconv.ParseInt(unquote(v.IntValue), 10, 64)
		return protowire.AppendVarint(protowire.AppendTag(dst, 3, protowire.VarintType), uint64(n)), err
	case v.DoubleValue != nil:
		x, err := strconv.ParseFloat(unquote(v.DoubleValue), 64)
		return protowire.AppendFixed64(protowire.AppendTag(dst, 4, protowire.Fixed64Type), math.Float64bits(x)), err
	case v.BytesValue != nil:
		b, err := base64.StdEncoding.DecodeString(*v.BytesValue)
		return appendBytes(dst, 7, b), err
	case v.ArrayValue != nil:
		var inner []byte
		for i := range v.ArrayValue.Values {
			one, err := v.ArrayValue.Values[i].append(nil)
			if err != nil {
				return dst, err
			}
			inner = appendBytes(inner, 1, one)
		}
		return appendBytes(dst, 5, inner), nil
	case v.KVListValue != nil:
		var inner []byte
		for i := range v.KVListValue.Values {
			var err error
			if inner, err = v.KVListValue.Values[i].append(inner, 1); err != nil {
				return dst, err
			}
		}
		return appendBytes(dst, 6, inner), nil
	}
	return dst, nil
}
