package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"winnow/bench/corpora"
	"winnow/bench/measure"
)

func TestRunWritesALinePerCase(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-json", "-rounds", "1", "-corpus", "app-clean,quotes"}, &out); err != nil {
		t.Fatal(err)
	}
	seen := map[string]measure.Result{}
	for line := range strings.Lines(out.String()) {
		var r measure.Result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		seen[r.Name] = r
	}
	for name, against := range map[string][]string{
		"engine=memmove/corpus=app-clean": nil, "engine=regexp/corpus=app-clean": nil,
		"engine=detect/corpus=app-clean":       {memmove, regexps},
		"engine=scrub-strict/corpus=app-clean": {memmove, regexps},
		"engine=scrub-scrub/corpus=app-clean":  {memmove, regexps},
		"engine=detect/corpus=quotes":          {clean},
	} {
		r, ok := seen[name]
		if !ok || r.MBPerS <= 0 || r.CPUSecondsPerGB <= 0 {
			t.Errorf("%s: no figure", name)
		}
		for _, word := range against {
			if r.Ratio[word] <= 0 {
				t.Errorf("%s: no ratio to %s", name, word)
			}
		}
	}
}

func TestFlatMeasuresEverySize(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-flat", "-json", "-rounds", "1", "-corpus", "quotes"}, &out); err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(out.String()) {
		var f flatness
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Corpus)
		for i, speed := range f.MBPerS {
			if speed <= 0 || f.Flat <= 0 || f.Clean <= 0 {
				t.Errorf("%s: no figure at %d bytes: %+v", f.Corpus, flatSizes[i], f)
			}
		}
	}
	if strings.Join(names, " ") != "app-clean quotes" {
		t.Errorf("measured: %q", names)
	}
}

func TestUnknownCorpusIsRefused(t *testing.T) {
	if err := run([]string{"-corpus", "aap"}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), `"aap"`) {
		t.Errorf("got %v", err)
	}
}

func TestCheckFindsALeak(t *testing.T) {
	c := corpora.App(seed, 32<<10)
	cases, err := scrubCases(&c)
	if err != nil || len(cases) != 2 {
		t.Fatalf("the default policy does not pass its own check: %v", err)
	}
	c.Planted = append(c.Planted, corpora.Value{Kind: "canary", Text: `"level":"`})
	if _, err := scrubCases(&c); err == nil || !strings.Contains(err.Error(), "canary") {
		t.Errorf("a value that is left was not noticed: %v", err)
	}
}
