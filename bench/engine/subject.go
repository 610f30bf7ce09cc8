package main

import (
	"fmt"

	"winnow/bench/corpora"
	"winnow/bench/measure"
	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/detect"
)

// detectCase scans the whole corpus at once with the detectors that are on by default.
func detectCase(c *corpora.Corpus) measure.Case {
	scanner := detect.Compile(detect.Defaults()).NewScanner()
	ctx := detect.Context{Shape: detect.Plain}
	if c.JSON {
		ctx.Shape = detect.JSON
	}
	var found []detect.Finding
	return measure.Case{
		Name: name("detect", c.Name), Bytes: len(c.Data), Records: c.Records,
		Run: func() { found = scanner.Append(found[:0], c.Data, ctx) },
	}
}

// bodyBytes is how much of a corpus goes through one Run: what an agent sends at a time.
const bodyBytes = corpora.LargeBody

// scrubCases scrub the corpus in bodies of bodyBytes with the default policy, in both modes.
func scrubCases(c *corpora.Corpus) ([]measure.Case, error) {
	policy, err := scrub.Compile(config.Default())
	if err != nil {
		return nil, err
	}
	var cases []measure.Case
	for _, mode := range []config.Mode{config.ModeStrict, config.ModeScrub} {
		w := scrubber{policy: policy, mode: mode, bodies: split(c.Data, bodyBytes)}
		if err := w.check(c); err != nil {
			return nil, fmt.Errorf("mode %s: %w", mode, err)
		}
		cases = append(cases, measure.Case{
			Name: name("scrub-"+string(mode), c.Name), Bytes: len(c.Data), Records: c.Records,
			Run: func() { _ = w.run(nil) }, // check has seen every body pass
		})
	}
	return cases, nil
}

// scrubber is a policy with the bodies it is to scrub.
type scrubber struct {
	policy *scrub.Policy
	mode   config.Mode
	bodies [][]byte
	req    codec.Request
}

// run scrubs all bodies and shows each result to see, if there is one.
func (w *scrubber) run(see func([]byte)) error {
	for _, body := range w.bodies {
		run := w.policy.Begin(scrub.Request{Mode: w.mode})
		w.req = codec.Request{Method: "POST", Path: "/ingest", Body: body, MaxDecoded: 64 << 20}
		batch, err := codec.JSON{}.Scrub(run, &w.req)
		if err == nil && see != nil {
			see(batch.Bytes())
		}
		run.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// check wants every planted value gone.
func (w *scrubber) check(c *corpora.Corpus) error {
	var out []byte
	if err := w.run(func(b []byte) { out = append(out, b...) }); err != nil {
		return err
	}
	if left := c.Planted.Leaks(out); len(left) > 0 {
		return fmt.Errorf("%d of %d planted values are left, the first a %s: a figure would mean nothing", len(left), len(c.Planted), left[0].Kind)
	}
	return nil
}

// split cuts text into bodies of at least size bytes, behind a newline; the last may be smaller.
func split(text []byte, size int) [][]byte {
	var bodies [][]byte
	start := 0
	for i, c := range text {
		if c == '\n' && i+1-start >= size || i+1 == len(text) {
			bodies = append(bodies, text[start:i+1])
			start = i + 1
		}
	}
	return bodies
}
