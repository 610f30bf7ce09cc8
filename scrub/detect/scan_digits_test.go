package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// plainStarts reads the groups of a run one by one.
func plainStarts(run []byte) (n numberStarts) {
	type group struct{ at, size, gap int } // gap is what stands behind it
	var groups []group
	for i := 0; i < len(run); {
		end := behindDigits(run, i)
		if end == i {
			if len(groups) > 0 {
				groups[len(groups)-1].gap++
			}
			i++
			continue
		}
		groups = append(groups, group{i, end - i, 0})
		i = end
	}
	groups = append(groups, make([]group, 5)...)
	american := func(g []group) bool {
		return g[0].size == 3 && g[1].size == 3 && g[2].size == 4 && g[0].gap < 3 && g[1].gap < 3
	}
	russian := func(g []group) bool {
		return g[0].size == 3 && g[0].gap < 3 && g[1].size == 3 && g[1].gap == 1 && g[2].size == 2 && g[2].gap == 1 && g[3].size == 2
	}
	for i := range groups[:len(groups)-5] {
		g, bit := groups[i:], uint64(1)<<groups[i].at
		if g[0].size >= 13 || g[0].size == 4 && g[0].gap == 1 && (g[1].size == 4 || g[1].size == 6) {
			n.card |= bit
		}
		if g[0].size == 9 || g[0].size == 3 && g[0].gap == 1 && g[1].size == 2 && g[1].gap == 1 && g[2].size == 4 {
			n.ssn |= bit
		}
		if g[0].size >= residentBytes-1 {
			n.resident |= bit
		}
		if american(g) || g[0].size == 1 && g[0].gap < 3 && (american(g[1:]) || russian(g[1:])) {
			n.phone |= bit
		}
	}
	return n
}

func randomRun(r *rand.Rand, groups int) []byte {
	run := []byte{'1'}
	for range r.IntN(groups) {
		for range 1 + r.IntN(4)*r.IntN(6) {
			run = append(run, byte('0'+r.IntN(10)))
		}
		for range 1 + r.IntN(2)*r.IntN(3) {
			run = append(run, " -.+()"[r.IntN(6)])
		}
	}
	return run
}

// The starts of a stretch are those of its groups, and no others.
func TestStartsAreThoseOfTheGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20000 {
		run := randomRun(r, 16)
		if len(run) > 60 {
			continue
		}
		var digit uint64
		for i, c := range run {
			if isDigit(c) {
				digit |= 1 << i
			}
		}
		if got, want := startsIn(digit), plainStarts(run); got != want {
			t.Fatalf("%q: starts %x, want %x", run, got, want)
		}
	}
}

// Digits and signs of a chunk that is gone are told from the text as the bitmaps told them.
func TestStretchIsThatOfTheText(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	s := defaultSet().NewScanner()
	for range 2000 {
		s.text, s.base = append(randomRun(r, 30), 0x80, 0xb0, 0xff, ':', '/', ','), 1<<20
		from, sign := r.IntN(len(s.text)+3)-3, "+."[r.IntN(2)]
		got := s.stretchAt(from, sign)
		for i := range 64 {
			c := byteAt(s.text, from+i)
			if got.digit>>i&1 != 0 != isDigit(c) || got.sign>>i&1 != 0 != (c == sign) {
				t.Fatalf("%q from %d, signs %q: %b", s.text, from, sign, got)
			}
		}
	}
}

// A long run holds the numbers that it has in pieces, wherever its stretches and the chunks end.
func TestLongRunsHoldAllNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 10))
	o := Defaults()
	s := Compile(o).NewScanner()
	numbers := []string{"4111111111111111", "4111 1111 1111 1111", "123-45-6789", "+1 212-555-0142", "1 (212) 555-0142", "0049 30 2312 5000", "+49 (0)30 23125000", "212.555.0142", "192.0.2.17"}
	for range 300 {
		text := make([]byte, 0, 6<<10)
		for len(text) < 5<<10 {
			text = append(text, randomRun(r, 12)...)
			if r.IntN(4) == 0 {
				text = append(append(append(text, "  "...), numbers[r.IntN(len(numbers))]...), "  "...)
			}
		}
		if got, want := s.Append(nil, text, Context{}), Reference(&o, text, Context{}); !slices.Equal(got, want) {
			t.Fatalf("%q: found %v, want %v", text, got, want)
		}
	}
}
