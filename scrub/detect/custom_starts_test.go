package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// plainMap is what a map says of 64 bytes, a byte at a time. What is behind the end of t is no word.
func plainMap(firsts *byteSet, t []byte) (m wordMap) {
	for i, c := range t[:min(64, len(t))] {
		for _, is := range []struct {
			so  bool
			set *uint64
		}{{isAlnum(c) || c == '_', &m.word}, {c >= 0x80, &m.high}, {firsts.has(c), &m.first}, {c == '%' || c == '\\', &m.escape}} {
			if is.so {
				*is.set |= 1 << i
			}
		}
	}
	return m
}

func TestMapsOfWords(t *testing.T) {
	if vectorsHere() == noVectors {
		return // words are found letter by letter
	}
	firsts, chance := setOf("abXYZ_7"), rand.New(rand.NewPCG(31, 32))
	for _, size := range []int{0, 1, 63, 64, 65, 640, 700, hitBlock, hitBlock + 1, hitBlock + 64, 3 * hitBlock} {
		text := make([]byte, size)
		for i := range text {
			text[i] = byte(chance.Uint32())
		}
		for i := range min(size, 256) {
			text[i] = byte(i)
		}
		maps, n := new(wordMaps), 0
		for from := 0; from < len(text); from += hitBlock {
			block := maps.read(&firsts, text, from)
			for k := range len(block) + 1 {
				if at := min(from+64*k, size); maps[k] != plainMap(&firsts, text[at:]) {
					t.Fatalf("%d bytes: the map at %d is %v", size, at, maps[k])
				}
			}
			n += 64 * len(block)
		}
		if n < size {
			t.Errorf("%d bytes: %d are mapped", size, n)
		}
	}
}

// Entries of a long list are found wherever they stand, at any length of what stands before.
func TestLongListMissesNoWord(t *testing.T) {
	rules := wordRule(1000)
	c := compiledRules(t, rules)
	for i, word := range rules[0].Words {
		if i%20 != 0 {
			continue
		}
		for _, level := range levels() {
			s := customScan{custom: c, level: level}
			for before := range 70 {
				for _, touches := range []string{" ", "é ", `\n`, "%20"} {
					text := strings.Repeat(".", before) + touches + strings.ToUpper(word) + "."
					from := before + len(touches)
					if found := s.append(nil, []byte(text), Context{}); len(found) != 1 || found[0].Start != from || found[0].End != from+len(word) {
						t.Fatalf("level %v: %q in %q: %v", level, word, text, found)
					}
				}
			}
		}
	}
}
