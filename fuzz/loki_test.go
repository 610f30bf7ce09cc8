package fuzz

import (
	"strconv"
	"testing"

	"github.com/klauspost/compress/snappy"

	"winnow/proxy/codec"
	"winnow/scrub/scrubtest"
)

var lokiJSON = wire{
	codec: codec.Loki{}, path: "/loki/api/v1/push", contentType: "application/json",
	plant: func(text string) []byte {
		return []byte(`{"streams":[{"stream":{"app":` + quote(text) + `,"env":"production"},"values":[["1773480413000000000",` + quote(text) + `],` +
			`["1773480413000000001",` + quote(plantedObject(text)) + `,{"trace_id":` + quote(text) + `,"note":` + escaped(text) + `}]]}]}`)
	},
	check: checkJSON,
}

// FuzzLokiJSON: a planted value is in no label, line or structured metadata; what comes out is JSON and is accepted again; scrubbed twice is
// scrubbed once.
func FuzzLokiJSON(f *testing.F) { lokiJSON.fuzz(f) }

var lokiProto = wire{
	codec: codec.Loki{}, path: "/loki/api/v1/push", contentType: "application/x-protobuf",
	plant: func(text string) []byte {
		at := varint(varint(nil, 1, 1773480413), 2, 5)
		entry := message(message(nil, 1, at), 2, []byte(text))
		entry = message(entry, 3, message(message(nil, 1, []byte("trace_id")), 2, []byte(text)))
		nested := message(message(nil, 1, at), 2, []byte(plantedObject(text)))
		stream := message(nil, 1, []byte(`{app=`+strconv.Quote(text)+`, env="production"}`))
		return message(nil, 1, message(message(stream, 2, entry), 2, nested))
	},
	wrap: func(plain []byte) []byte { return snappy.Encode(nil, plain) },
	unwrap: func(t *testing.T, body []byte) []byte {
		plain, err := snappy.Decode(nil, body)
		if err != nil {
			t.Fatalf("what came out is no snappy block: %v", err)
		}
		return plain
	},
	check: checkProto,
}

// FuzzLokiProto: a planted value is in no label, line or structured metadata; what comes out is well-formed protobuf in a snappy block and is
// accepted again; scrubbed twice is scrubbed once; a body that is no snappy block, or declares itself too large, is refused.
func FuzzLokiProto(f *testing.F) {
	p := scrubtest.Policy(f, "")
	unwrapped := lokiProto
	unwrapped.wrap = nil
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		lokiProto.holds(t, p, raw, before, after, strict)
		got := unwrapped.scrub(t, p, raw, mode(strict), keys)
		if n, err := snappy.DecodedLen(raw); (err != nil || n > maxDecoded) && got.err == nil {
			t.Error("bytes that are no snappy block were taken")
		}
	})
}
