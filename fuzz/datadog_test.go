package fuzz

import (
	"strings"
	"testing"

	"winnow/proxy/codec"
)

var datadog = wire{
	codec: codec.Datadog{}, path: "/api/v2/logs", contentType: "application/json",
	plant: func(text string) []byte {
		tags := strings.ReplaceAll(text, ",", " ") // a comma ends a tag
		return []byte(`[{"message":` + quote("a "+text) + `,"ddsource":` + quote(text) + `,"ddtags":` + quote("env:prod,owner:"+tags+","+tags+","+tags+":1") +
			`,"service":` + escaped(text) + `,"hostname":` + quote(text) + `},{"message":` + plantedObject(text) + `,"ddtags":` + escaped("version:"+tags) + `},` +
			`{"message":` + quote(plantedObject(text)) + `,` + quote(text) + `:` + quote(text) + `}]`)
	},
	check: checkJSON,
}

// FuzzDatadog: a planted value is in no decoded name, string or tag of logs; what comes out is JSON and is accepted again; scrubbed twice is
// scrubbed once.
func FuzzDatadog(f *testing.F) { datadog.fuzz(f) }
