package selector

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// All lists that name a path are told, as Match says of each by itself.
func TestSetsAreWhatMatchSays(t *testing.T) {
	patterns := []string{"a", "a.b", "a.*", "*.b", "**", "a.**", "**.b", "a*", "*b", "*a*", "a*.b", "*.c.**", "b.c.a", "c"}
	keys := []string{"a", "b", "c", "ab", "ba", "xay", "a.b"}
	chance := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var lists [][]Selector
		for range 1 + chance.IntN(6) {
			var list []Selector
			for range 1 + chance.IntN(3) {
				s, err := Parse(patterns[chance.IntN(len(patterns))])
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, s)
			}
			lists = append(lists, list)
		}
		m, err := CompileSets(lists)
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			var path []string
			state, rule := m.Root(), NoRule
			for range 1 + chance.IntN(4) {
				key := keys[chance.IntN(len(keys))]
				path = append(path, key)
				state, rule = m.Step(state, []byte(key))
			}
			want := uint32(0)
			for i, list := range lists {
				for _, s := range list {
					if s.Match(strings.Join(path, ".")) {
						want |= 1 << i
					}
				}
			}
			if got := Set(rule); got != want {
				t.Fatalf("%s under %v: lists %b, want %b", strings.Join(path, "."), lists, got, want)
			}
		}
	}
}

func TestTooManySets(t *testing.T) {
	if _, err := CompileSets(make([][]Selector, MaxSets+1)); err == nil {
		t.Error("more lists than can be told apart are taken")
	}
}
