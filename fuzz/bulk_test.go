package fuzz

import (
	"testing"

	"winnow/proxy/codec"
)

var bulk = wire{
	codec: codec.Elasticsearch{}, path: "/_bulk", contentType: "application/x-ndjson",
	plant: func(text string) []byte {
		return []byte(`{"create":{"_index":"logs","routing":` + quote(text) + `}}` + "\n" + plantedObject(text) + "\n" +
			`{"index":{"_index":"logs"}}` + "\n" + plantedObject(text) + "\n" +
			`{"update":{"_index":"logs","_id":` + quote(text) + `}}` + "\n" + `{"doc":` + plantedObject(text) + `}` + "\n" +
			`{"delete":{"_index":"logs","_id":` + quote(text) + `}}` + "\n")
	},
	check: checkJSON,
}

// FuzzBulk: a planted value is in no decoded name or string of action lines and documents; what comes out is JSON and is accepted again; scrubbed
// twice is scrubbed once.
func FuzzBulk(f *testing.F) { bulk.fuzz(f) }
