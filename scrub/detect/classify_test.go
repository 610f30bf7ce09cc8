package detect

import (
	"math/rand/v2"
	"testing"
)

// testSets are sets of many shapes, one a lane.
func testSets() (sets [lanes]byteSet) {
	for l, members := range []string{
		"0123456789", "abcdefABCDEF", "azAZ", ".", ":", "_+/=-", " ()", "@", "%\\", "-", "\x01\x7f", "~", "", "\x7e\"'`",
	} {
		sets[l] = setOf(members)
	}
	return sets
}

func TestClassifyAgreesWithSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 64*chunkWords)
	for i := range text {
		text[i] = byte(i)
		if i >= 512 {
			text[i] = byte(r.Uint32())
		}
	}
	c := newClassifier(testSets())
	for _, vector := range []bool{false, hasVector()} {
		c.vector = vector
		for _, words := range []int{1, 2, 3, chunkWords} {
			var m bitmaps
			c.classify(&m, text[:64*words])
			for l := range c.sets {
				for i, b := range text[:64*words] {
					if got := m[l][1+i/64]>>(i%64)&1 != 0; got != c.sets[l].has(b) {
						t.Fatalf("vector=%v words=%d lane %d byte %#x at %d: %v", vector, words, l, b, i, got)
					}
				}
			}
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	text := make([]byte, 64*chunkWords)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range text {
		text[i] = byte(r.Uint32() & 0x7f)
	}
	c := newClassifier(testSets())
	for _, way := range []string{"portable", "vector"} {
		b.Run(way, func(b *testing.B) {
			c.vector = way == "vector" && hasVector()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var m bitmaps
			for b.Loop() {
				c.classify(&m, text)
			}
		})
	}
}
