package bench_test

import (
	"strconv"
	"testing"

	"winnow/bench/corpora"
	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/scrubtest"
)

const (
	seed      = 1
	textBytes = 1 << 20
)

// BenchmarkDetect scans whole corpora with the detectors that are on by default.
func BenchmarkDetect(b *testing.B) {
	for _, list := range [][]corpora.Corpus{corpora.Texts(seed, textBytes), corpora.Adversarial(textBytes)} {
		for _, c := range list {
			b.Run("corpus="+c.Name, func(b *testing.B) { detectAll(b, &c) })
		}
	}
}

func detectAll(b *testing.B, c *corpora.Corpus) {
	scanner := detect.Compile(detect.Defaults()).NewScanner()
	ctx := detect.Context{Shape: detect.Plain}
	if c.JSON {
		ctx.Shape = detect.JSON
	}
	found := scanner.Append(nil, c.Data, ctx)
	b.SetBytes(int64(len(c.Data)))
	b.ReportAllocs()
	for b.Loop() {
		found = scanner.Append(found[:0], c.Data, ctx)
	}
}

// BenchmarkCodec scrubs one body of each format under the default policy, in both modes.
func BenchmarkCodec(b *testing.B) {
	policy := scrubtest.Policy(b, "")
	for _, size := range []int{corpora.LargeBody, corpora.SmallBody} {
		for _, body := range corpora.Bodies(seed, size) {
			for _, mode := range []config.Mode{config.ModeStrict, config.ModeScrub} {
				name := "codec=" + body.Name + "/corpus=app/body=" + strconv.Itoa(size) + "/mode=" + string(mode)
				b.Run(name, func(b *testing.B) { scrubBody(b, policy, &body, mode) })
			}
		}
	}
}

func scrubBody(b *testing.B, policy *scrub.Policy, body *corpora.Body, mode config.Mode) {
	c := codec.For(config.Protocol(body.Protocol))
	req := codec.Request{Method: "POST", Path: body.Path, ContentType: body.ContentType, Body: body.Data, MaxDecoded: 64 << 20}
	once := func() int {
		run := policy.Begin(scrub.Request{Mode: mode})
		defer run.Close()
		batch, err := c.Scrub(run, &req)
		if err != nil {
			b.Fatal(err)
		}
		return batch.Kept
	}
	if kept := once(); kept != body.Records {
		b.Fatalf("%d of %d records kept: the body is not read as it should be", kept, body.Records)
	}
	b.SetBytes(int64(len(body.Plain)))
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}

// BenchmarkPipeline takes a body the way through the proxy without its sockets: decode, scrub, encode again.
func BenchmarkPipeline(b *testing.B) {
	policy := scrubtest.Policy(b, "")
	body := corpora.NDJSON(seed, corpora.LargeBody)
	for _, name := range []string{"identity", "gzip", "deflate", "zstd", "snappy", "br"} {
		coded, err := encoding.Append(nil, body.Plain, name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("encoding="+name+"/corpus=app", func(b *testing.B) { pipeline(b, policy, coded, name, len(body.Plain)) })
	}
}

func pipeline(b *testing.B, policy *scrub.Policy, coded []byte, header string, size int) {
	var plain, sent []byte
	list, err := encoding.Parse([]byte(header))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if plain, err = list.Decode(plain[:0], coded, 64<<20, nil); err != nil {
			b.Fatal(err)
		}
		run := policy.Begin(scrub.Request{})
		batch, err := codec.JSON{}.Scrub(run, &codec.Request{Method: "POST", Path: "/ingest", ContentType: "application/x-ndjson", Body: plain, MaxDecoded: 64 << 20})
		if err != nil {
			b.Fatal(err)
		}
		if sent, err = list.Append(sent[:0], batch.Bytes()); err != nil {
			b.Fatal(err)
		}
		run.Close()
	}
}
