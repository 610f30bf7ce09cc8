package corpora

import (
	"math/rand/v2"
	"time"
)

// source draws everything a corpus is made of from one stream of numbers.
type source struct {
	rng     *rand.Rand
	share   float64 // part of records with personal data
	now     time.Time
	out     []byte
	held    int // bytes made but not yet in out
	records int
	planted Planted
	known   map[string]bool // texts in planted
}

// start is the time stamp of the first record.
var start = time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)

func newSource(seed uint64, share float64) *source {
	return &source{
		rng:   rand.New(rand.NewPCG(seed, 0x77696e6e6f77)), //nolint:gosec // a corpus must be the same every time
		share: share,
		now:   start,
		known: map[string]bool{},
	}
}

func (g *source) corpus(name string) Corpus {
	return Corpus{Name: name, Data: g.out, Records: g.records, JSON: len(g.out) > 0 && g.out[0] == '{', Planted: g.planted}
}

// plant notes text as personal data and returns it.
func (g *source) plant(kind, text string) string {
	if !g.known[text] {
		g.known[text] = true
		g.planted = append(g.planted, Value{Kind: kind, Text: text})
	}
	return text
}

// tick moves the clock on by up to 40 ms.
func (g *source) tick() time.Time {
	g.now = g.now.Add(time.Duration(1+g.rng.IntN(40_000)) * time.Microsecond)
	return g.now
}

// chars returns n characters of alphabet.
func (g *source) chars(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.rng.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	hexDigits = "0123456789abcdef"
	letters   = "abcdefghijklmnopqrstuvwxyz"
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base64URL = base62 + "-_"
)

// one returns one of list.
func one[T any](g *source, list []T) T { return list[g.rng.IntN(len(list))] }
