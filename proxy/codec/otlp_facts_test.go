package codec_test

import (
	"bytes"
	"slices"
	"testing"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/scrubtest"
)

// What receipts say of the facts that left is what was attached: to each log record and span, and to no data point, where an attribute more would
// make another series.
func TestFactsOfSignalsAreCounted(t *testing.T) {
	p := scrubtest.Policy(t, "upstreams: [{id: main, type: file, dir: out}]\n")
	facts := []meta.Field{{Name: "client.address", Value: []byte("192.0.2.0"), Class: config.ClassNetwork}}
	network := slices.IndexFunc(p.Columns(), func(c scrub.Column) bool { return c.Of == "fact" && c.Class == config.ClassNetwork })
	for path, tt := range map[string]struct {
		body string
		want int
	}{
		"/v1/logs":    {`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}},{"body":{"stringValue":"b"}}]}]}]}`, 2},
		"/v1/traces":  {`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"},{"name":"b","attributes":[]}]}]}]}`, 2},
		"/v1/metrics": {`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":"1"},{"asInt":"2"}]}}]}]}]}`, 0},
	} {
		run := p.Begin(scrub.Request{Meta: facts})
		b, err := codec.OTLP{}.Scrub(run, &codec.Request{Method: "POST", Path: path, ContentType: "application/json", Body: []byte(tt.body)})
		if err != nil || b.Kept != 2 {
			t.Fatalf("%s: %d records kept, %v", path, b.Kept, err)
		}
		told, there := int(run.AppendTally(nil, b.Kept)[network]), bytes.Count(b.Bytes(), []byte("client.address"))
		if told != tt.want || there != tt.want {
			t.Errorf("%s: %d facts told, want %d, in %s", path, told, tt.want, b.Bytes())
		}
		run.Close()
	}
}
