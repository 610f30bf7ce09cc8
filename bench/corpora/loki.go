package corpora

import (
	"strconv"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"
)

// lokiEntries is how many entries a stream gets before the next one begins, as an agent groups them.
const lokiEntries = 20

// LokiJSON returns a push request in JSON: streams with three labels, lines that are by turns JSON objects and plain text, and the trace
// id as structured metadata.
func LokiJSON(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.out = append(g.out, `{"streams":[`...)
	g.fill(size, func(e *event) {
		switch {
		case g.records == 0:
			g.out = appendLokiHead(g.out, e)
		case g.records%lokiEntries == 0:
			g.out = appendLokiHead(append(g.out, `]},`...), e)
		default:
			g.out = append(g.out, ',')
		}
		g.out = append(appendUnixNano(append(g.out, `["`...), e), `",`...)
		g.out = appendQuoted(g.out, string(g.lokiLine(e)))
		g.out = append(append(append(g.out, `,{"trace_id":"`...), e.trace...), `"}]`...)
	})
	g.out = append(g.out, `]}]}`...)
	return g.body("loki-json", "loki", "/loki/api/v1/push", "application/json")
}

// appendLokiHead appends the head of a stream.
func appendLokiHead(b []byte, e *event) []byte {
	b = append(append(b, `{"stream":{"app":"`...), e.service...)
	b = append(append(b, `","env":"production","host":"`...), e.host...)
	return append(b, `"},"values":[`...)
}

func (g *source) lokiLine(e *event) []byte {
	if g.records%2 == 0 {
		return appendJSONEvent(nil, e)
	}
	return appendTextEvent(nil, e)
}

// LokiProto returns the same as logproto.PushRequest in a raw snappy block, which is what agents send.
func LokiProto(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	var stream []byte
	g.fill(size, func(e *event) {
		if g.records%lokiEntries == 0 {
			g.out = appendMessage(g.out, 1, stream)
			stream = appendText(nil, 1, `{app=`+strconv.Quote(e.service)+`, env="production", host=`+strconv.Quote(e.host)+`}`)
		}
		stream = appendMessage(stream, 2, g.lokiEntry(e))
		g.held = len(stream)
	})
	g.out = appendMessage(g.out, 1, stream)
	b := g.body("loki-proto", "loki", "/loki/api/v1/push", "application/x-protobuf")
	b.Data = snappy.Encode(nil, b.Plain)
	return b
}

// lokiEntry is logproto.EntryAdapter: timestamp, line, structured metadata.
func (g *source) lokiEntry(e *event) []byte {
	at := appendUint(nil, 1, uint64(e.at.Unix()))
	at = appendUint(at, 2, uint64(e.at.Nanosecond()))
	entry := appendMessage(nil, 1, at)
	entry = appendText(entry, 2, string(g.lokiLine(e)))
	return appendMessage(entry, 3, appendText(appendText(nil, 1, "trace_id"), 2, e.trace))
}

// appendMessage appends a field that holds bytes; an empty one is left out.
func appendMessage(b []byte, field protowire.Number, message []byte) []byte {
	if len(message) == 0 {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), message)
}

func appendText(b []byte, field protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), text)
}

func appendUint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}
