package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestClassifyAgreesWithSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, tailBytes+64*chunkWords)
	for i := range text {
		text[i] = byte(i)
		if i >= 512 {
			text[i] = byte(r.Uint32())
		}
	}
	copy(text, "enTOKEN secret broken SeCrEt")
	members := laneSets()
	c := newClassifier(members, testWords)
	for _, level := range levels() {
		c.level = level
		for _, words := range []int{1, 2, 3, chunkWords} {
			var m bitmaps
			c.classify(&m, text[:tailBytes+64*words], 0, true)
			for l := range members {
				for i, b := range text[tailBytes : tailBytes+64*words] {
					if got := m[l][1+i/64]>>(i%64)&1 != 0; got != members[l].has(b) {
						t.Fatalf("level=%v words=%d lane %d byte %#x at %d: %v", level, words, l, b, i, got)
					}
				}
			}
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	text := make([]byte, tailBytes+64*chunkWords)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range text {
		text[i] = byte(r.Uint32() & 0x7f)
	}
	c := newClassifier(laneSets(), testWords)
	for _, way := range ways {
		b.Run(way, func(b *testing.B) {
			c.level = levelOf(way)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var m bitmaps
			for b.Loop() {
				c.classify(&m, text, 0, true)
			}
		})
	}
}

var testWords = []string{"token", "secret"}

// Both ways must see the end of every key word; the plain one may see more, the table behind them sees neither too few nor too many.
func TestTailsAreNotMissed(t *testing.T) {
	text := []byte("..token SECRET x-Token tok en secre secret=broken")
	text = append(text, make([]byte, tailBytes+64-len(text))...)
	c, table := newClassifier(laneSets(), testWords), newTailTable(testWords)
	for _, level := range levels() {
		c.level = level
		var m bitmaps
		c.classify(&m, text, 0, true)
		var ends []int
		for i := range 64 {
			if m[laneTail][1]>>i&1 != 0 && table.ends(text[:i+tailBytes+1]) {
				ends = append(ends, i+tailBytes+1)
			}
		}
		if want := []int{7, 14, 22, 42}; !slices.Equal(ends, want) {
			t.Errorf("level=%v: key words end at %v, want %v", level, ends, want)
		}
	}
}
