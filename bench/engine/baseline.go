package main

import (
	"bytes"
	"regexp"

	"winnow/bench/corpora"
	"winnow/bench/measure"
)

// The words for baselines, in results and as columns.
const (
	memmove = "memmove"
	regexps = "regexp"
	clean   = "app-clean"
)

// memmoveCase copies the corpus.
func memmoveCase(c *corpora.Corpus) measure.Case {
	to := make([]byte, len(c.Data))
	return measure.Case{
		Name: name(memmove, c.Name), Bytes: len(c.Data), Records: c.Records,
		Run: func() { copy(to, c.Data) },
	}
}

// patterns are what one would write down first for ten of the families; no check digits, no context.
var patterns = []string{
	`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24}`,
	`\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b`,
	`\b(?:[0-9A-Fa-f]{1,4}:){2,7}:?(?:[0-9A-Fa-f]{1,4}:?){1,6}\b`,
	`\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b`,
	`\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}\b`,
	`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`,
	`\b\d{3}-\d{2}-\d{4}\b`,
	`(?:\+\d{1,3}[ -]?)?(?:\(\d{3}\) |\b\d{3}[ -])\d{3}-\d{4}\b`,
	`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`,
	`(?i)\b(?:password|passwd|secret|token|api_key|authorization)"?\s*[:=]\s*"?(?:bearer )?[^\s"&,;]{4,}`,
}

// regexpBytes bounds the text the patterns get: they need a third of a second for a MiB.
const regexpBytes = 64 << 10

// regexpCase replaces the patterns one after the other.
func regexpCase(c *corpora.Corpus) measure.Case {
	text := c.Data[:bytes.LastIndexByte(c.Data[:regexpBytes], '\n')+1]
	compiled := make([]*regexp.Regexp, len(patterns))
	for i, p := range patterns {
		compiled[i] = regexp.MustCompile(p)
	}
	return measure.Case{
		Name: name(regexps, c.Name), Bytes: len(text), Records: bytes.Count(text, []byte("\n")),
		Run: func() {
			out := text
			for _, p := range compiled {
				out = p.ReplaceAll(out, []byte("[gone]"))
			}
		},
	}
}
