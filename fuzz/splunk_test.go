package fuzz

import (
	"testing"

	"winnow/proxy/codec"
)

var splunk = wire{
	codec: codec.Splunk{Acks: new(codec.SplunkAcks)}, path: "/services/collector/event", contentType: "application/json",
	plant: func(text string) []byte {
		return []byte(`{"time":1773480413.123,"host":` + quote(text) + `,"source":` + escaped(text) + `,"sourcetype":` + quote(text) + `,"event":` + quote("a "+text) + `}` +
			`{"fields":{"region":` + quote(text) + `,` + quote(text) + `:1},"event":` + plantedObject(text) + `}` + "\n" +
			`[{"event":` + quote(plantedObject(text)) + `,"index":` + quote(text) + `},{"event":[` + escaped("b "+text) + `],` + quote(text) + `:` + quote(text) + `}]`)
	},
	check: checkJSON,
}

// FuzzSplunk: a planted value is in no decoded name or string of events and their envelopes; what comes out is JSON and is accepted again;
// scrubbed twice is scrubbed once.
func FuzzSplunk(f *testing.F) { splunk.fuzz(f) }
