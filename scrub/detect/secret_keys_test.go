package detect

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plainKind is secretKind in the plainest way: every word compared with the end of the key without its signs.
func plainKind(key string) want {
	var letters []byte
	var starts []int
	for i := range len(key) {
		if !isAlnum(key[i]) {
			continue
		}
		if beginsWord([]byte(key), i) {
			starts = append(starts, len(letters))
		}
		letters = append(letters, lower(key[i]))
	}
	name := strings.TrimRight(string(letters), "0123456789")
	if slices.Contains(harmlessKeys[:], name) {
		return wantNothing
	}
	found, longest := wantNothing, 0
	for _, w := range secretWords {
		at := len(name) - len(w.word)
		if len(w.word) <= longest || !strings.HasSuffix(name, w.word) {
			continue
		}
		if at == 0 || w.tail == glued || w.tail == words && slices.Contains(starts, at) {
			found, longest = w.want, len(w.word)
		}
	}
	return found
}

func TestSecretKindAgreesWithPlainKind(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	names := slices.Clone(harmlessKeys[:])
	for _, w := range secretWords {
		names = append(names, w.word, strings.ToUpper(w.word), strings.ToUpper(w.word[:1])+w.word[1:])
	}
	pieces := append([]string{"_", "-", ".", "$", "my", "My", "MY", "x", "7", "db", "", "", ""}, names...)
	for range 40000 {
		key := ""
		for range r.IntN(3) {
			key += pieces[r.IntN(len(pieces))]
		}
		key += names[r.IntN(len(names))] + []string{"", "", "_", "2", "_2", "x"}[r.IntN(6)]
		if len(key) > maxKeyBytes {
			continue
		}
		if got, want := secretKind([]byte(key)), plainKind(key); got != want {
			t.Fatalf("%q: kind %d, want %d", key, got, want)
		}
	}
}

func BenchmarkSecretKind(b *testing.B) {
	for _, key := range []string{"http.method", "trace_id", "client_secret", "secretAccessKey"} {
		b.Run("key="+key, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				secretKind([]byte(key))
			}
		})
	}
}
