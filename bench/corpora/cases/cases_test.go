package cases_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"winnow/bench/corpora/cases"
)

func TestEveryHitHoldsItsValue(t *testing.T) {
	for _, c := range cases.Hits(1, 2) {
		planted := c.Line[c.Start:c.End]
		if planted == "" || c.Value == "" {
			t.Fatalf("%s: nothing planted", c.Template)
		}
		if c.Encoding == cases.Plain && len(c.Value) > len(planted) {
			t.Errorf("%s: %q stands for a longer value", c.Template, planted)
		}
		if c.JSON && !json.Valid([]byte(c.Line)) {
			t.Errorf("%s: not JSON: %s", c.Template, c.Line)
		}
		if strings.ContainsAny(c.Line, "«»\n\x00") {
			t.Errorf("%s: not one finished line: %q", c.Template, c.Line)
		}
	}
}

func TestHarmlessLinesAreFinished(t *testing.T) {
	quiet := cases.Quiet(1, 2000)
	if len(quiet) < 2000 {
		t.Errorf("%d quiet lines, asked for 2000", len(quiet))
	}
	for _, c := range append(cases.Misses(1, 2), quiet...) {
		if c.Value != "" || c.Line == "" || strings.ContainsAny(c.Line, "«»\n") {
			t.Errorf("%s: not one finished line: %q", c.Template, c.Line)
		}
		if c.JSON && !json.Valid([]byte(c.Line)) {
			t.Errorf("%s: not JSON: %s", c.Template, c.Line)
		}
	}
}

func TestEveryTrapFoolsAKnownKind(t *testing.T) {
	var names []string
	for _, k := range cases.Kinds() {
		names = append(names, k.Name)
	}
	for _, c := range cases.Misses(1, 1) {
		if !slices.Contains(names, c.Kind) {
			t.Errorf("%s: no kind is named %q", c.Template, c.Kind)
		}
	}
}

func TestSameSeedSameCases(t *testing.T) {
	for name, lines := range map[string]func(uint64, int) []cases.Case{"hits": cases.Hits, "misses": cases.Misses, "quiet": cases.Quiet} {
		a, b, other := lines(3, 2), lines(3, 2), lines(4, 2)
		if !slices.Equal(a, b) {
			t.Errorf("%s: the same seed gave other lines", name)
		}
		if slices.Equal(a, other) {
			t.Errorf("%s: another seed gave the same lines", name)
		}
	}
}
