package codec_test

import (
	"testing"

	"winnow/bench/corpora"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
)

// A small request of these formats costs no memory of its own, once there was one like it.
func TestSmallBodiesAllocateNothing(t *testing.T) {
	p, k := policy(t, "upstreams: [{id: main, type: file, dir: out}]\n"), keys(t)
	facts := []meta.Field{{Name: "received_at", Value: []byte("2026-03-01T12:00:00Z")}, {Name: "client.asn", Value: []byte("64496"), Number: true}}
	tested := map[string]bool{"ndjson": true, "otlp-json": true, "otlp-proto": true, "otlp-traces": true, "otlp-metrics": true}
	for _, body := range corpora.Bodies(1, corpora.SmallBody) {
		if !tested[body.Name] {
			continue
		}
		delete(tested, body.Name)
		c := codecOf(t, body.Protocol)
		req := codec.Request{Method: "POST", Path: body.Path, ContentType: body.ContentType, Body: body.Data}
		got := testing.AllocsPerRun(100, func() {
			run := p.Begin(scrub.Request{Keys: k})
			run.Attach(facts)
			if b, err := c.Scrub(run, &req); err != nil || b.Kept != body.Records {
				t.Fatalf("%s: %d of %d records, %v", body.Name, b.Kept, body.Records, err)
			}
			run.Close()
		})
		if got > 0 {
			t.Errorf("%s: %v allocations for a body of %d bytes", body.Name, got, len(req.Body))
		}
	}
	if len(tested) > 0 {
		t.Error("no body of ", tested)
	}
}

func codecOf(t *testing.T, protocol string) codec.Codec {
	t.Helper()
	for _, c := range codec.All() {
		if string(c.Protocol()) == protocol {
			return c
		}
	}
	t.Fatal("no codec for " + protocol)
	return nil
}
