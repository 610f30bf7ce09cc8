package detect

import (
	"testing"
	"unicode/utf8"
)

// What may end behind a run of bytes beyond ASCII is told by its last two bytes, of every letter that is folded to the last one of a stem.
func TestForeignEndsMissNothing(t *testing.T) {
	last := map[rune]bool{}
	for _, list := range foreignWords {
		for _, w := range list {
			last[w.stem[len(w.stem)-1]] = true
		}
	}
	for r := rune(utf8.RuneSelf); r <= utf8.MaxRune; r++ {
		if b := []byte(string(r)); last[foldRune(r)] && foreignLast.at(b, len(b))&endsStem == 0 {
			t.Errorf("%U may not end a stem", r)
		}
	}
	for _, end := range append(joints[:], wideSigns[:]...) {
		if foreignLast.at([]byte(end), len(end)) == 0 {
			t.Errorf("%q may end nothing", end)
		}
	}
	if ends := foreignLast.at([]byte("ж"), len("ж")); ends != 0 {
		t.Errorf("a letter that ends no stem may end %b", ends)
	}
}
