package main

import (
	"bytes"

	"winnow/config"
	"winnow/scrub"
)

// scrubber does to one line, given with its line feed or without, what `winnow scrub` does.
type scrubber func(line []byte) []byte

// withheld stands for a line that does not leave.
var withheld = []byte("[withheld]")

// defaultScrubber scrubs as the command does without a config file: in mode scrub, by detectors alone. A line that is a JSON object is a
// record, any other is text. Unlike the command it keeps nothing from line to line.
func defaultScrubber() (scrubber, error) {
	cfg := config.Default()
	cfg.Policy.Preset = "none"
	policy, err := scrub.Compile(cfg)
	if err != nil {
		return nil, err
	}
	return func(line []byte) []byte { return scrubLine(policy, line) }, nil
}

func scrubLine(p *scrub.Policy, line []byte) []byte {
	run := p.Begin(scrub.Request{Mode: config.ModeScrub})
	defer run.Close()
	fate := scrub.Withheld
	if isObject(line) {
		if err := run.LoadJSON(line); err == nil {
			if _, fate, err = run.Record(0, scrub.Root); err != nil {
				fate = scrub.Withheld
			}
		}
	} else if err := run.LoadText(line); err == nil {
		fate = run.Line(0, len(line))
	}
	if fate != scrub.Kept {
		return withheld
	}
	return bytes.Clone(run.Finish().Bytes())
}
