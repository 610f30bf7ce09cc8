package cases

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// source draws everything a line is made of from one stream of numbers.
type source struct {
	rng *rand.Rand
	now time.Time
}

// newSource returns the stream of that name, so that a new row in a table changes no other row's lines.
func newSource(seed uint64, name string) *source {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return &source{
		rng: rand.New(rand.NewPCG(seed, h.Sum64())), //nolint:gosec // cases must be the same every time
		now: time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC),
	}
}

// n returns a number from low to high, both included.
func (g *source) n(low, high int) int { return low + g.rng.IntN(high-low+1) }

// chance is true once in n times.
func (g *source) chance(n int) bool { return g.rng.IntN(n) == 0 }

// one returns one of list.
func one[T any](g *source, list []T) T { return list[g.rng.IntN(len(list))] }

// pick returns one of the words of list, which are separated by spaces.
func (g *source) pick(list string) string { return one(g, strings.Fields(list)) }

// chars returns n characters of alphabet.
func (g *source) chars(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.rng.IntN(len(alphabet))]
	}
	return string(b)
}

// digits returns n digits.
func (g *source) digits(n int) string { return g.chars(n, decimal) }

// mixed returns n characters of alphabet, at least one digit and one letter among them.
func (g *source) mixed(n int, alphabet string) string {
	b := []byte(g.chars(n, alphabet))
	i := g.rng.IntN(n)
	b[i] = decimal[g.n(2, 9)]
	b[(i+1+g.rng.IntN(n-1))%n] = "abcdef"[g.rng.IntN(6)]
	return string(b)
}

const (
	decimal   = "0123456789"
	hexLower  = "0123456789abcdef"
	hexUpper  = "0123456789ABCDEF"
	lowercase = "abcdefghijklmnopqrstuvwxyz"
	uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base62    = decimal + uppercase + lowercase
	base64Std = base62 + "+/"
	base64URL = base62 + "-_"
	base58    = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	base32    = "abcdefghijklmnopqrstuvwxyz234567"
)

// tick moves the clock on by up to 40 s.
func (g *source) tick() time.Time {
	g.now = g.now.Add(time.Duration(g.n(1, 40_000_000)) * time.Microsecond)
	return g.now
}

// group puts sep behind every size characters of s.
func group(s, sep string, size int) string {
	var b strings.Builder
	for i := 0; i < len(s); i += size {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(s[i:min(i+size, len(s))])
	}
	return b.String()
}

// cut splits s into pieces of these sizes, the rest behind them, joined by sep.
func cut(s, sep string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		parts = append(parts, s[:n])
		s = s[n:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, sep)
}
