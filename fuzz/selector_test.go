package fuzz

import (
	"errors"
	"strings"
	"testing"

	"winnow/scrub/selector"
)

// FuzzSelector: a selector that parses prints as it was written; the compiled machine names a path by the same rule as the selectors
// asked one by one in order, whether it is given the path key by key or at once.
func FuzzSelector(f *testing.F) {
	f.Fuzz(func(t *testing.T, patterns, path string) {
		rules := parseRules(t, patterns)
		machine, err := selector.Compile(rules)
		if limit := (*selector.LimitError)(nil); errors.As(err, &limit) {
			return
		}
		if err != nil {
			t.Fatalf("parsed selectors do not compile: %v", err)
		}
		want := selector.NoRule
		for i := len(rules) - 1; i >= 0; i-- {
			if rules[i][0].Match(path) {
				want = int32(i)
			}
		}
		if _, got := machine.Step(machine.Root(), []byte(path)); got != want {
			t.Errorf("the path at once is of rule %d, want %d", got, want)
		}
		state, got := machine.Root(), selector.NoRule
		for key := range strings.SplitSeq(path, ".") {
			state, got = machine.Step(state, []byte(key))
		}
		if got != want {
			t.Errorf("the path key by key is of rule %d, want %d", got, want)
		}
	})
}

// parseRules makes a rule of each line that is a selector.
func parseRules(t *testing.T, patterns string) [][]selector.Selector {
	var rules [][]selector.Selector
	for line := range strings.SplitSeq(patterns, "\n") {
		s, err := selector.Parse(line)
		if err != nil {
			continue
		}
		if s.String() != line {
			t.Errorf("selector %q prints as %q", line, s)
		}
		if len(rules) < 20 {
			rules = append(rules, []selector.Selector{s})
		}
	}
	return rules
}
