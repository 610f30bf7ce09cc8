package detect

import (
	"slices"
	"strings"
	"testing"
)

// Once a scanner has room, no text makes it allocate: each seed holds what some matcher looks for.
func TestSeedsAllocateNothing(t *testing.T) {
	s := Compile(Defaults()).NewScanner()
	var found []Finding
	for _, seed := range seeds {
		text := []byte(seed)
		if n := testing.AllocsPerRun(2, func() { found = s.Append(found[:0], text, Context{}) }); n > 0 {
			t.Errorf("%q: %v allocations", seed, n)
		}
	}
}

// A statement whose rows have no end is read so far as is stated, and what is behind it is found as in other text.
func TestLongStatementsAreReadInPart(t *testing.T) {
	row := "(1, 'hunter22'), "
	text := "insert into t (id, password) values " + strings.Repeat(row, 2*maxInsertBytes/len(row)) + "(1, 'x') ada@example.com"
	o := Defaults()
	got := Compile(o).NewScanner().Append(nil, []byte(text), Context{})
	if n := len(got); n < maxInsertBytes/len(row)-1 || got[n-1].Detector != Email {
		t.Errorf("%d findings, the last is %v", n, got[n-1])
	}
	if want := Reference(&o, []byte(text), Context{}); !slices.Equal(got, want) {
		t.Errorf("%d findings, Reference has %d", len(got), len(want))
	}
}
