package dp_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"math"
	chacha "math/rand/v2"
	"testing"

	"winnow/scrub/dp"
)

// seeded is a source whose bytes are always the same.
func seeded(n byte) io.Reader { return chacha.NewChaCha8([32]byte{n}) }

// fits tells by a chi-square test whether samples are of the distribution with these weights for 0, 1, 2, …, alike on both sides. The
// bound is passed by chance once in 100,000 seeds, and the seeds are fixed.
func fits(t *testing.T, samples []int64, weight func(x int64) float64) {
	t.Helper()
	total := weight(0)
	for x := int64(1); x < 100_000; x++ {
		total += 2 * weight(x)
	}
	counts := map[int64]int{}
	for _, x := range samples {
		counts[x]++
	}
	n := float64(len(samples))
	chi, cells, rest, seen := 0.0, 0, 1.0, 0
	for x := int64(-100); x <= 100; x++ {
		p := weight(max(x, -x)) / total
		if n*p < 20 {
			continue
		}
		d := float64(counts[x]) - n*p
		chi += d * d / (n * p)
		cells++
		rest -= p
		seen += counts[x]
	}
	if n*rest > 20 { // the tails together
		d := n - float64(seen) - n*rest
		chi += d * d / (n * rest)
		cells++
	}
	freedom := float64(cells - 1)
	z := 4.265 // of the normal distribution, at 0.00001
	bound := freedom * math.Pow(1-2/(9*freedom)+z*math.Sqrt(2/(9*freedom)), 3)
	if chi > bound {
		t.Errorf("chi-square %.1f over %d cells, at most %.1f", chi, cells, bound)
	}
}

const samples = 60_000

func TestLaplaceDistribution(t *testing.T) {
	for i, scale := range []dp.Ratio{{1, 2}, {1, 1}, {3, 2}, {10, 1}, {7, 3}} {
		random, all := seeded(byte(i)), make([]int64, samples)
		for i := range all {
			var err error
			if all[i], err = dp.Laplace(random, scale); err != nil {
				t.Fatal(err)
			}
		}
		b := float64(scale.N) / float64(scale.D)
		fits(t, all, func(x int64) float64 { return math.Exp(-float64(x) / b) })
	}
}

func TestGaussianDistribution(t *testing.T) {
	for i, variance := range []dp.Ratio{{1, 4}, {1, 1}, {5, 2}, {30, 1}} {
		random, all := seeded(byte(i)), make([]int64, samples/2)
		for i := range all {
			var err error
			if all[i], err = dp.Gaussian(random, variance); err != nil {
				t.Fatal(err)
			}
		}
		v := float64(variance.N) / float64(variance.D)
		fits(t, all, func(x int64) float64 { return math.Exp(-float64(x) * float64(x) / (2 * v)) })
	}
}

// The test itself must be able to fail: samples of a neighbouring distribution do not fit.
func TestDistributionTestSees(t *testing.T) {
	random, all := seeded(1), make([]int64, samples)
	for i := range all {
		all[i], _ = dp.Laplace(random, dp.Ratio{N: 21, D: 20})
	}
	inner := &testing.T{}
	fits(inner, all, func(x int64) float64 { return math.Exp(-float64(x)) })
	if !inner.Failed() {
		t.Error("a scale that is 5 % off passes")
	}
}

// broken fails after some bytes.
type broken struct{ left int }

func (b *broken) Read(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errors.New("no more")
	}
	return rand.Read(p)
}

// A source that fails gives an error and never a number.
func TestSourceFails(t *testing.T) {
	for left := range 200 {
		x, err := dp.Laplace(&broken{left}, dp.Ratio{N: 1000, D: 1})
		if err != nil && x != 0 {
			t.Fatalf("%d with %v", x, err)
		}
	}
	if _, err := dp.Gaussian(bytes.NewReader(nil), dp.Ratio{N: 1000, D: 1}); err == nil {
		t.Error("an empty source gives a number")
	}
	for _, r := range []dp.Ratio{{0, 1}, {1, 0}, {-1, 1}} {
		if _, err := dp.Laplace(rand.Reader, r); err == nil {
			t.Errorf("scale %v is taken", r)
		}
		if _, err := dp.Gaussian(rand.Reader, r); err == nil {
			t.Errorf("variance %v is taken", r)
		}
	}
}

func BenchmarkLaplace(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dp.Laplace(rand.Reader, dp.Ratio{N: 100, D: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
