package detect

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// Every key word passes the filter, in any case, behind anything that leaves it a word, and with a sign before its last three letters.
func TestTailFilterMissesNoWord(t *testing.T) {
	chance, words := rand.New(rand.NewPCG(5, 6)), tailWords()
	f := newTailFilter(words)
	before := []string{"", " ", "\"", "my_", "x.", `\n`, `\u00ea`, "\x1b[1m", "%0a", "9", "é"}
	for _, w := range words {
		for range 200 {
			text := []byte("        " + before[chance.IntN(len(before))])
			for i, c := range []byte(w) {
				if i > 0 && i == len(w)-3-chance.IntN(3) {
					text = append(text, "_-.$"[chance.IntN(4)])
				}
				if isLower(c) && chance.IntN(2) == 0 {
					c -= 'a' - 'A'
				}
				text = append(text, c)
			}
			x := binary.LittleEndian.Uint64(text[len(text)-8:])
			if f.has(uint32(x>>32)) == 0 || f.hasLong(x) == 0 {
				t.Fatalf("the end of %q is not let by", text)
			}
		}
	}
}

// The filter takes it that no word of three letters may be glued to a small letter before it.
func TestShortSecretWordsStandAlone(t *testing.T) {
	for _, w := range secretWords {
		if len(w.word) == 3 && w.tail == glued {
			t.Errorf("%q may be glued", w.word)
		}
	}
}

// Most words of running text are passed over, so that they cost nothing more.
func TestTailFilterPassesOrdinaryWordsOver(t *testing.T) {
	f := newTailFilter(tailWords())
	words := []string{"timestamp", "duration", "span_id", "trace_id", "message", "version", "orders", "worker", "checkout", "connection", "thread", "status", "request"}
	passed := 0
	for _, w := range words {
		x := binary.LittleEndian.Uint64([]byte("        " + w)[len(w):])
		if f.has(uint32(x>>32)) == 0 || f.hasLong(x) == 0 {
			passed++
		}
	}
	if passed < len(words)-2 {
		t.Errorf("%d of %d words are passed over", passed, len(words))
	}
}
