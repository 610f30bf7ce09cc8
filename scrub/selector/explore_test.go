package selector_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/scrub/selector"
)

// Whatever the selectors and the path, Explore has visited a path that the same selectors match, with paths above it matched alike.
func TestExploreMissesNoPath(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for range 100 {
		var all []selector.Selector
		for range 1 + r.IntN(5) {
			parts := make([]string, 1+r.IntN(3))
			for i := range parts {
				parts[i] = pick("a", "b", "ab", "abc", "*", "**", "a*", "ab*", "*c", "*bc", "*b*", "*x*", "…")
			}
			s, err := selector.Parse(strings.Join(parts, "."))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		visited := map[string]bool{}
		histories := []string{""}
		if !selector.Explore(all, 1<<20, func(path string, named []int, above uint64) uint64 {
			if !slices.Equal(named, matching(all, path)) {
				t.Fatalf("%v: %s is said to be named by %v", all, path, named)
			}
			history := histories[above] + "/" + spell(named)
			if strings.Count(history, "/") > 3 { // no path below is longer
				return above
			}
			visited[history] = true
			k := slices.Index(histories, history)
			if k < 0 {
				k, histories = len(histories), append(histories, history)
			}
			return uint64(k)
		}) {
			t.Fatal("gave up")
		}
		for range 50 {
			path, history := "", ""
			for i := range 1 + r.IntN(3) {
				if i > 0 {
					path += "."
				}
				path += pick("", "a", "b", "ab", "ABC", "xyz", "axc", "abxbc", "…", "axb", "bc")
				history += "/" + spell(matching(all, path))
			}
			if !visited[history] {
				t.Fatalf("%v: no visited path is named as %q, %s", all, path, history)
			}
		}
	}
}

func matching(all []selector.Selector, path string) (named []int) {
	for i, s := range all {
		if s.Match(path) {
			named = append(named, i)
		}
	}
	return named
}

func spell(named []int) string {
	var b strings.Builder
	for _, n := range named {
		b.WriteByte(byte('0' + n))
	}
	return b.String()
}

// A list of selectors that would take too long is given up, and says so.
func TestExploreGivesUp(t *testing.T) {
	var all []selector.Selector
	for _, c := range "abcdefghij" {
		s, err := selector.Parse("*" + string(c) + "*.x")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if selector.Explore(all, 1<<20, func(string, []int, uint64) uint64 { return 0 }) {
		t.Error("ten patterns of which any can meet were explored")
	}
	if selector.Explore(all[:3], 4, func(string, []int, uint64) uint64 { return 0 }) {
		t.Error("more paths than wanted were explored")
	}
}
