package detect

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// A text that is said to be quiet has no findings, whatever is on and however it was put together.
func TestQuietTextsHaveNoFindings(t *testing.T) {
	r, o := rand.New(rand.NewPCG(9, 10)), everything()
	set := Compile(*o)
	plain := Compile(*o)
	plain.classes.level = noVectors
	scanners := []*Scanner{set.NewScanner(), plain.NewScanner()}
	pieces := [][]byte{[]byte("in "), []byte("a-b"), []byte("/api/v1/"), []byte("2026-03-14T09:26:53"), []byte("0af7651916cd43dd8448eb21"), []byte("ms")}
	for _, seed := range seeds {
		pieces = append(pieces, bytes.Fields([]byte(seed))...)
	}
	quiet := 0
	for range 60000 {
		var text []byte
		for range 1 + r.IntN(5) {
			piece := pieces[r.IntN(len(pieces))]
			from := r.IntN(len(piece))
			text = append(text, piece[from:from+1+r.IntN(len(piece)-from)]...)
			text = append(text, " :=/._"[r.IntN(6)])
		}
		for _, s := range scanners {
			if !s.quiet(text) {
				continue
			}
			if quiet++; len(Reference(o, text, Context{})) > 0 {
				t.Fatalf("%q is not quiet: %v", text, Reference(o, text, Context{}))
			}
		}
	}
	if quiet < 10000 {
		t.Errorf("only %d texts were quiet", quiet)
	}
}
