package detect

import (
	"math/rand/v2"
	"strings"
	"testing"

	"winnow/config"
)

// markerOf is the marker of rules, which every vector can use.
func markerOf(t testing.TB, c *Custom) *marker {
	t.Helper()
	if c.marker == nil || c.marker.halves == nil || c.marker.wide == nil {
		t.Fatalf("%d rules have no marker for all vectors", len(c.rules))
	}
	return c.marker
}

func compiledRules(t testing.TB, rules []config.Custom) *Custom {
	t.Helper()
	c, wrong := CompileCustom(rules, nil, make([]uint32, len(rules)))
	if wrong != nil {
		t.Fatal(wrong[0].Err)
	}
	return c
}

// marksByTable are what a kernel says, by the tables, a byte at a time.
func (m *marker) marksByTable(level vectorLevel, t []byte) bool {
	for part := range wholeParts {
		groups := byte(0xff)
		if level == vectors512 {
			for i := range m.wide[part] {
				groups &= m.wide[part][i][t[i]&0x3f]
			}
		} else if part == halfParts {
			break
		} else {
			for i, r := range halfTraits {
				if b := t[r.at]; r.shift > 0 {
					groups &= m.halves[part][i][b>>4]
				} else if b >= 0x80 {
					groups = 0
				} else {
					groups &= m.halves[part][i][b&0x0f]
				}
			}
		}
		if groups != 0 {
			return true
		}
	}
	return false
}

func TestMarksAgreeWithTables(t *testing.T) {
	m, chance := markerOf(t, compiledRules(t, literalRules(100))), rand.New(rand.NewPCG(21, 22))
	text := make([]byte, 64*20+markBytes-1)
	for i := range text {
		if text[i] = byte(chance.Uint32()); i > 640 {
			text[i] &= 0x7f
		}
	}
	copy(text[700:], "ORD10-12345678 cust11_ EMP12 ACCT13:1 Ticket14#")
	for _, level := range levels()[1:] {
		for _, words := range []int{1, 2, 20} {
			marks := make([]uint64, words)
			m.mark(level, marks, text[:64*words+markBytes-1])
			for i := range 64 * words {
				if got, want := marks[i/64]>>(i%64)&1 != 0, m.marksByTable(level, text[i:]); got != want {
					t.Fatalf("level %v, %d words: the mark of %q at %d is %v", level, words, text[i:i+markBytes], i, got)
				}
			}
		}
	}
}

// Every text of a rule is a hit, in any case and wherever it stands, and few other places are looked at.
func TestMarkerMissesNoText(t *testing.T) {
	for _, rules := range [][]config.Custom{
		literalRules(1), literalRules(100), {{ID: "short", Words: []string{"bob", "C++"}}, {ID: "long", Pattern: `a_key-[0-9]`}}, {{ID: "words", Words: []string{"[x] y@z.q", "Zebra"}, MatchCase: true}},
	} {
		m := markerOf(t, compiledRules(t, rules))
		for _, level := range levels()[1:] {
			for i, text := range m.filter.texts {
				spelled := text.folded
				if i%2 == 0 {
					spelled = strings.ToUpper(spelled)
				}
				for _, before := range []int{0, 1, 61, 62, 63, 64, 126, 130} {
					for _, behind := range []int{0, 1, 3, 70} {
						line := []byte(strings.Repeat(".", before) + spelled + strings.Repeat(".", behind))
						found := false
						for _, h := range m.find(new(markSpace), level, nil, line, 0, len(line)) {
							found = found || h == hit{text.rule, before, len(text.folded)}
						}
						if !found {
							t.Fatalf("level %v: %q is not found behind %d bytes, before %d", level, spelled, before, behind)
						}
					}
				}
			}
		}
	}
}

func TestFewPlacesAreMarked(t *testing.T) {
	m, text := markerOf(t, compiledRules(t, literalRules(100))), newCorpus().jsonLogs(1<<16, false)
	for _, level := range levels()[1:] {
		n := 0
		for i := range len(text) - markBytes {
			if m.marksByTable(level, text[i:]) {
				n++
			}
		}
		if n > len(text)/200 {
			t.Errorf("level %v: %d of %d bytes are marked", level, n, len(text))
		}
	}
}
