//go:build !race

package codec_test

import (
	"testing"

	"winnow/bench/corpora"
	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/scrubtest"
)

// A small request costs no memory of its own, once there was one like it, or little: what its answer needs, and labels of Loki. Under the race
// detector pools forget at random.
func TestSmallBodiesAllocateLittle(t *testing.T) {
	p, k := scrubtest.Policy(t, "upstreams: [{id: main, type: file, dir: out}]\n"), scrubtest.Keys(t)
	facts := append([]meta.Field{{Name: "client.address", Value: []byte("192.0.2.0"), Class: config.ClassNetwork}}, p.Stamp()...)
	most := map[string]float64{
		"ndjson": 0, "otlp-json": 0, "otlp-proto": 0, "otlp-traces": 0, "otlp-metrics": 0, "loki-json": 1, "loki-proto": 4, "bulk": 3,
		"loki-bare": 1,
	}
	bare := corpora.Body{
		Name: "loki-bare", Protocol: "loki", Path: "/loki/api/v1/push", ContentType: "application/json", Records: 3,
		Data: []byte(`{"streams":[{"stream":{"app":"shop"},"values":[["1","one"],["2","two"],["3","three"]]}]}`),
	}
	for _, body := range append(corpora.Bodies(1, corpora.SmallBody), bare) {
		allowed, tested := most[body.Name]
		if !tested {
			continue
		}
		delete(most, body.Name)
		c := codecOf(t, body.Protocol)
		req := codec.Request{Method: "POST", Path: body.Path, ContentType: body.ContentType, Body: body.Data, MaxDecoded: 1 << 20}
		got := testing.AllocsPerRun(100, func() {
			run := p.Begin(scrub.Request{Keys: k})
			run.Attach(facts)
			if len(run.Attached()) != len(facts) {
				t.Fatal("not all facts are attached")
			}
			if b, err := c.Scrub(run, &req); err != nil || b.Kept != body.Records {
				t.Fatalf("%s: %d of %d records, %v", body.Name, b.Kept, body.Records, err)
			}
			run.Close()
		})
		if got > allowed {
			t.Errorf("%s: %v allocations for a body of %d bytes, want %v at most", body.Name, got, len(req.Body), allowed)
		}
	}
	if len(most) > 0 {
		t.Error("no body of ", most)
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
