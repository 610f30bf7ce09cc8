package codec

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"

	"github.com/tinylib/msgp/msgp"

	"winnow/config"
	"winnow/scrub"
)

// Fluent is the forward protocol of Fluentd and Fluent Bit, version 1: a body is one message or several, in MessagePack:
//
//	[tag, time, record, option?]                   Message
//	[tag, [[time, record], …], option?]            Forward
//	[tag, binary of [time, record] …, option?]     PackedForward; with option compressed: "gzip", CompressedPackedForward
//
// A time is whole seconds, or an EventTime: extension 0 of four bytes each of seconds and nanoseconds, big-endian. In place of a time, Fluent
// Bit has [time, metadata] at will.
//
// A record becomes the JSON object that it is, behind timestamp (RFC 3339) and tag, unless it has members of these names itself; metadata
// that is not empty is the member metadata. Binary that is UTF-8 is text; other binary and extensions are left out, of arrays as null; so are
// members whose name is none of text, number or boolean. An entry that cannot be read costs itself; a message that cannot, the body.
//
// The answer to a message with option chunk is {"ack": chunk}. Source: Fluentd Forward Protocol Specification v1.
type Fluent struct{}

// Protocol is "fluent".
func (Fluent) Protocol() config.Protocol { return config.ProtocolFluent }

// Classify implements Codec: nothing of it comes over HTTP.
func (Fluent) Classify(string, string) Endpoint { return Unknown }

// Scrub implements Codec.
func (Fluent) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolFluent, ContentType: "application/x-ndjson"}
	buffer := run.Buffer(0)
	w := fluentWriter{decoded: decoded{out: (*buffer)[:0]}, packed: run.Buffer(1), limit: req.MaxDecoded}
	var err error
	for rest := req.Body; len(rest) > 0 && err == nil; {
		at := len(req.Body) - len(rest)
		if rest, err = w.message(rest); errors.Is(err, errFluent) {
			err = &scrub.Fault{Offset: at, Reason: errFluent.Error()}
		}
	}
	*buffer = w.out
	if err != nil {
		return Batch{}, err
	}
	if err := b.scrubDecoded(run, &w.decoded); err != nil {
		return Batch{}, err
	}
	b.reply = w.reply
	return b, nil
}

var errFluent = errors.New("a message of the forward protocol expected")

// fluentWriter writes messages as records.
type fluentWriter struct {
	decoded
	packed  *[]byte // what was compressed
	limit   int     // bytes in all
	tag     []byte
	entries int
	reply   []byte
}

// fluentMessage is a message taken apart.
type fluentMessage struct {
	tag     []byte
	entries []byte // and what follows
	kind    msgp.Type
	option  fluentOption
}

// splitFluent takes the message that begins body apart, and returns what follows it.
func splitFluent(body []byte) (m fluentMessage, rest []byte, err error) {
	n, body, err := msgp.ReadArrayHeaderBytes(body)
	if err != nil || n < 2 {
		return m, nil, errFluent
	}
	if m.tag, body, err = readText(body); err != nil {
		return m, nil, errFluent
	}
	m.entries, m.kind = body, msgp.NextType(body)
	parts := uint32(1)
	if m.kind != msgp.ArrayType && m.kind != msgp.BinType && m.kind != msgp.StrType {
		parts = 2 // time and record
	}
	for i := uint32(1); i < max(n, 1+parts); i++ {
		if i == 1+parts {
			m.option, body, err = readOption(body)
		} else {
			body, err = msgp.Skip(body)
		}
		if err != nil {
			return m, nil, errFluent
		}
	}
	return m, body, nil
}

// message writes the records of the message that begins body, and returns what follows it.
func (w *fluentWriter) message(body []byte) (rest []byte, err error) {
	m, rest, err := splitFluent(body)
	if err != nil {
		return nil, err
	}
	w.tag = m.tag
	if len(m.option.chunk) > 0 {
		w.reply = msgp.AppendStringFromBytes(msgp.AppendString(msgp.AppendMapHeader(w.reply, 1), "ack"), m.option.chunk)
	}
	switch m.kind {
	case msgp.ArrayType:
		return rest, w.forward(m.entries)
	case msgp.BinType, msgp.StrType:
		return rest, w.packedForward(m.entries, m.option.compressed)
	}
	_, err = w.entry(m.entries)
	return rest, err
}

// fluentOption is what a message says beside its records.
type fluentOption struct {
	chunk      []byte
	compressed bool
}

func readOption(body []byte) (o fluentOption, rest []byte, err error) {
	if msgp.IsNil(body) {
		rest, err = msgp.ReadNilBytes(body)
		return o, rest, err
	}
	n, body, err := msgp.ReadMapHeaderBytes(body)
	for ; n > 0 && err == nil; n-- {
		var key []byte
		if key, body, err = readText(body); err != nil {
			break
		}
		switch string(key) {
		case "chunk":
			o.chunk, body, err = readText(body)
		case "compressed":
			var how []byte
			how, body, err = readText(body)
			o.compressed = string(how) == "gzip"
			if err == nil && !o.compressed && string(how) != "text" {
				err = errFluent
			}
		default:
			body, err = msgp.Skip(body)
		}
	}
	return o, body, err
}

// readText reads a string, or binary in its place.
func readText(body []byte) (text, rest []byte, err error) {
	if msgp.NextType(body) == msgp.BinType {
		return msgp.ReadBytesZC(body)
	}
	return msgp.ReadStringZC(body)
}

// forward writes an array of entries.
func (w *fluentWriter) forward(body []byte) error {
	n, body, err := msgp.ReadArrayHeaderBytes(body)
	for ; n > 0 && err == nil; n-- {
		size, entry, wrong := msgp.ReadArrayHeaderBytes(body)
		if wrong != nil || size != 2 {
			w.lost()
			body, err = msgp.Skip(body)
			continue
		}
		body, err = w.entry(entry)
	}
	return err
}

// packedForward writes a stream of entries.
func (w *fluentWriter) packedForward(body []byte, compressed bool) error {
	packed, _, err := readText(body)
	if err != nil {
		return errFluent
	}
	if compressed {
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return errCompressed
		}
		if packed, err = readBounded(w.packed, r, w.limit); err != nil {
			return err
		}
	}
	for len(packed) > 0 {
		size, entry, wrong := msgp.ReadArrayHeaderBytes(packed)
		if wrong != nil || size != 2 {
			w.lost()
			if packed, err = msgp.Skip(packed); err != nil {
				return errFluent
			}
			continue
		}
		if packed, err = w.entry(entry); err != nil {
			return err
		}
	}
	return nil
}

// lost books an entry that cannot be read.
func (w *fluentWriter) lost() {
	w.entries++
	w.unread = append(w.unread, Fault{w.entries, "an entry is a time and a map"})
}

// FluentAsks tells whether every message of a body, of which each is complete, asks to be acknowledged: its sender will send it again.
func FluentAsks(body []byte) bool {
	for len(body) > 0 {
		m, rest, err := splitFluent(body)
		if err != nil || len(m.option.chunk) == 0 {
			return false
		}
		body = rest
	}
	return true
}

// AppendFluentChunks appends the ids by which the sender of a body knows its messages, each behind its length. ok is false if one has none.
func AppendFluentChunks(dst, body []byte) (_ []byte, ok bool) {
	for len(body) > 0 {
		m, rest, err := splitFluent(body)
		if err != nil || len(m.option.chunk) == 0 {
			return dst, false
		}
		dst = append(binary.AppendUvarint(dst, uint64(len(m.option.chunk))), m.option.chunk...)
		body = rest
	}
	return dst, true
}

// Accept implements Codec: the acknowledgements that were asked for.
func (Fluent) Accept(b *Batch) Response {
	return Response{Status: 200, ContentType: "application/msgpack", Body: b.reply}
}

// Relay implements Codec.
func (c Fluent) Relay(b *Batch, up *Response) Response {
	if up.Status/100 == 2 {
		return c.Accept(b)
	}
	return Response{Status: up.Status}
}

// Refuse implements Codec: there is no word for it but silence.
func (Fluent) Refuse(why Refusal, _, _ string) Response {
	return Response{Status: refusals[why].Status}
}

// Synthesise implements Codec.
func (c Fluent) Synthesise(string, string) Response { return c.Refuse(NotFound, "", "") }

// AppendLines implements Codec: the records as they are.
func (Fluent) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	return append(dst, b.Bytes()...), nil
}
