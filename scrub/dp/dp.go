// Package dp adds exact noise to counts before they are released, and keeps the books of what that costs (differential privacy).
//
// Samplers draw from the discrete Laplace and the discrete Gaussian distribution on the integers, by integer arithmetic alone: no floating
// point takes part, so that the low bits of a result give nothing away. The random source is handed in, and must be cryptographic where
// anything is released. Source: C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy" (NeurIPS 2020),
// algorithms 1 to 3.
//
// The unit of privacy is whoever Release is told by: one unit's contributions are bounded before anything else happens.
package dp

import (
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Ratio is a positive rational number, N over D.
type Ratio struct{ N, D int64 }

// String is "N/D".
func (r Ratio) String() string { return fmt.Sprintf("%d/%d", r.N, r.D) }

func (r Ratio) valid() bool { return r.N > 0 && r.D > 0 }

// Errors of the samplers.
var (
	errRatio = errors.New("a scale or variance must be a positive ratio")
	errRange = errors.New("a sample is outside 64 bits: the scale is too large")
)

// Laplace draws an integer x with probability proportional to exp(-|x|/scale). The error is about the scale or the source.
func Laplace(random io.Reader, scale Ratio) (int64, error) {
	if !scale.valid() {
		return 0, errRatio
	}
	s := sampler{random: random}
	x := s.laplace(big.NewInt(scale.N), big.NewInt(scale.D))
	return s.result(x)
}

// Gaussian draws an integer x with probability proportional to exp(-x²/(2·variance)). The error is about the variance or the source.
func Gaussian(random io.Reader, variance Ratio) (int64, error) {
	if !variance.valid() {
		return 0, errRatio
	}
	s := sampler{random: random}
	x := s.gaussian(big.NewInt(variance.N), big.NewInt(variance.D))
	return s.result(x)
}

// sampler draws from distributions until the source fails; what it returns from then on means nothing.
type sampler struct {
	random io.Reader
	err    error
	buffer []byte
}

func (s *sampler) result(x *big.Int) (int64, error) {
	switch {
	case s.err != nil:
		return 0, fmt.Errorf("random source: %w", s.err)
	case !x.IsInt64():
		return 0, errRange
	}
	return x.Int64(), nil
}

// below draws a whole number from 0 to n-1, each as likely as any.
func (s *sampler) below(n *big.Int) *big.Int {
	last := new(big.Int).Sub(n, one)
	bits := last.BitLen()
	if bits == 0 {
		return new(big.Int)
	}
	size := (bits + 7) / 8
	if cap(s.buffer) < size {
		s.buffer = make([]byte, size)
	}
	b := s.buffer[:size]
	for s.err == nil {
		if _, s.err = io.ReadFull(s.random, b); s.err != nil {
			break
		}
		b[0] &= 0xff >> (8*size - bits)
		if x := new(big.Int).SetBytes(b); x.Cmp(n) < 0 {
			return x
		}
	}
	return new(big.Int)
}

var one = big.NewInt(1)

// chance is true with probability n/d, for 0 ≤ n ≤ d.
func (s *sampler) chance(n, d *big.Int) bool { return s.below(d).Cmp(n) < 0 }

// decay is true with probability exp(-n/d), for n ≥ 0.
func (s *sampler) decay(n, d *big.Int) bool {
	whole, rest := new(big.Int).QuoRem(n, d, new(big.Int))
	for i := new(big.Int); i.Cmp(whole) < 0 && s.err == nil; i.Add(i, one) {
		if !s.fraction(one, one) {
			return false
		}
	}
	return s.fraction(rest, d)
}

// fraction is decay for n ≤ d: the alternating series of exp, as a game whose length has the right parity (algorithm 1).
func (s *sampler) fraction(n, d *big.Int) bool {
	divisor := new(big.Int).Set(d)
	for k := int64(1); s.err == nil; k++ {
		if !s.chance(n, divisor) {
			return k%2 == 1
		}
		divisor.Add(divisor, d) // (k+1)·d
	}
	return false
}

// laplace draws with scale t/s (algorithm 2).
func (s *sampler) laplace(t, scale *big.Int) *big.Int {
	for s.err == nil {
		u := s.below(t)
		if !s.decay(u, t) {
			continue
		}
		x := u
		for s.fraction(one, one) && s.err == nil {
			x = x.Add(x, t)
		}
		x.Quo(x, scale)
		negative := s.chance(one, big.NewInt(2))
		if negative && x.Sign() == 0 {
			continue // else zero would be twice as likely
		}
		if negative {
			x.Neg(x)
		}
		return x
	}
	return new(big.Int)
}

// gaussian draws with variance n/d (algorithm 3): from a Laplace distribution, kept with the probability that makes up the difference.
func (s *sampler) gaussian(n, d *big.Int) *big.Int {
	t := new(big.Int).Sqrt(new(big.Int).Quo(n, d))
	t.Add(t, one) // floor of the standard deviation, plus 1
	td := new(big.Int).Mul(t, d)
	bottom := new(big.Int).Mul(big.NewInt(2), n)
	bottom.Mul(bottom, t).Mul(bottom, td) // 2·n·t²·d
	for s.err == nil {
		y := s.laplace(t, one)
		top := new(big.Int).Abs(y)
		top.Mul(top, td).Sub(top, n) // (|y| - variance/t), times t·d
		top.Mul(top, top)
		if s.decay(top, bottom) {
			return y
		}
	}
	return new(big.Int)
}
