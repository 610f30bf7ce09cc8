package dp

import (
	"errors"
	"io"
	"math"
	"slices"
)

// Mechanism is the distribution of the noise.
type Mechanism uint8

const (
	// LaplaceNoise pays for each number by a share of epsilon.
	LaplaceNoise Mechanism = iota
	// GaussianNoise is zero-concentrated differential privacy, stated as (epsilon, delta). Better where a unit has many cells.
	GaussianNoise
)

// MicroEpsilon is an epsilon in millionths, so that what is spent adds up exactly.
type MicroEpsilon int64

// Terms say what one release may tell of one unit: it is (Epsilon, Delta)-differentially private towards whoever reads it, for the presence
// or absence of all that the unit contributes within Bounds.
type Terms struct {
	Mechanism Mechanism
	Epsilon   MicroEpsilon
	// Delta is the probability of telling more, as a part: 1e-9.
	Delta float64
	// MinUnits is how many units a cell has at least that is released.
	MinUnits int64
	// Bounds of what a unit contributes to each table.
	Bounds Bounds
	// Tables that are released under these terms, all together: at least 1.
	Tables int
}

// queries of one table: the units of each cell, and each of its sums. What the terms allow is parted evenly among those of all tables.
const queries = 1 + SumCount

// plan is how much noise the terms ask for.
type plan struct {
	units  Ratio           // scale of Laplace, or variance of Gaussian
	sums   [SumCount]Ratio // the same
	margin int64           // by which the noisy number of units must exceed MinUnits
}

var errTerms = errors.New("the terms of a release ask for no noise, or for more than 64 bits hold: check epsilon, delta and the bounds on what a group contributes")

// limit of the numbers that a plan multiplies.
const limit = 1 << 62

func (t *Terms) plan() (p plan, err error) {
	b := t.Bounds
	if t.Epsilon <= 0 || t.Delta <= 0 || t.Delta >= 1 || t.MinUnits < 1 || b.Cells < 1 || t.Tables < 1 || slices.Min(b.PerCell[:]) < 1 {
		return p, errTerms
	}
	if t.Mechanism == GaussianNoise {
		return t.gaussian()
	}
	// A unit changes at most Cells cells by at most PerCell each.
	scale := func(each int64) Ratio {
		return Ratio{product(&err, int64(b.Cells), each, queries, int64(t.Tables), 1e6), int64(t.Epsilon)}
	}
	p.units = scale(1)
	for i, each := range b.PerCell {
		p.sums[i] = scale(each)
	}
	// A cell of MinUnits units is one that a single unit has brought about. That its noise exceeds the margin has a probability of less than
	// exp(-margin/scale), and that it does in any of its cells in all tables has one of less than Delta.
	p.margin = margin(float64(p.units.N) / float64(p.units.D) * math.Log(float64(b.Cells*t.Tables)/t.Delta))
	return p, err
}

// gaussian plans noise of which the sum over the queries is rho-zCDP, half of Delta for what that leaves out, and half for the choice of cells. By
// M. Bun, T. Steinke, "Concentrated Differential Privacy" (TCC 2016), proposition 1.3, rho-zCDP is (rho + 2·sqrt(rho·ln(1/delta)), delta)-private;
// noise of variance s² on a query that a unit changes by at most D in the Euclidean norm is D²/(2s²)-zCDP, and has tails below exp(-x²/(2s²)).
func (t *Terms) gaussian() (p plan, err error) {
	b, delta := t.Bounds, t.Delta/2
	log := math.Log(1 / delta)
	root := math.Sqrt(log+float64(t.Epsilon)/1e6) - math.Sqrt(log)
	inverse := math.Ceil(100 / (root * root) * (1 + 1e-9)) // hundredths of 1/rho, no fewer than there are
	if inverse > limit {
		return p, errTerms
	}
	variance := func(each int64) Ratio {
		return Ratio{product(&err, int64(b.Cells), each, each, queries, int64(t.Tables), int64(inverse)), 200}
	}
	p.units = variance(1)
	for i, each := range b.PerCell {
		p.sums[i] = variance(each)
	}
	p.margin = margin(math.Sqrt(2 * float64(p.units.N) / float64(p.units.D) * math.Log(float64(b.Cells*t.Tables)/delta)))
	return p, err
}

// product multiplies, and sets err if the result is out of bounds.
func product(err *error, factors ...int64) int64 {
	all := int64(1)
	for _, f := range factors {
		if all > limit/f {
			*err = errTerms
			return 1
		}
		all *= f
	}
	return all
}

// margin is the next whole number, and one more, so that rounding never makes it smaller.
func margin(x float64) int64 { return int64(math.Ceil(x)) + 1 }

// Check tells whether a release under the terms is possible.
func (t *Terms) Check() error {
	_, err := t.plan()
	return err
}

// Noise tells what the terms come to: the standard deviation of the noise on each sum, and how many units a cell has, to be released with
// probability one half.
func (t *Terms) Noise() (deviation [SumCount]float64, units int64) {
	p, err := t.plan()
	if err != nil {
		return deviation, 0
	}
	for i, s := range p.sums {
		x := float64(s.N) / float64(s.D)
		if deviation[i] = math.Sqrt2 * x; t.Mechanism == GaussianNoise {
			deviation[i] = math.Sqrt(x)
		}
	}
	return deviation, t.MinUnits + p.margin
}

// Release adds the contributions to one table up and releases the cells that enough units share, in the order of their keys: a cell's sums with noise, and 0 for
// what the noise made negative. How many units there are is not released; Units is 0. A cell is released when MinUnits units have it, and their noisy
// number exceeds that by a margin, under which no unit can bring a cell about but with a probability of Delta. The random source must be
// cryptographic. After an error nothing may be released; what was drawn is lost.
func (t *Terms) Release(random io.Reader, contributions []*Contribution) ([]Cell, error) {
	p, err := t.plan()
	if err != nil {
		return nil, err
	}
	draw := Laplace
	if t.Mechanism == GaussianNoise {
		draw = Gaussian
	}
	var released []Cell
	for _, cell := range total(contributions, t.Bounds) {
		if cell.Units < t.MinUnits {
			continue
		}
		noise, err := draw(random, p.units)
		if err != nil {
			return nil, err
		}
		if cell.Units+noise < t.MinUnits+p.margin {
			continue
		}
		out := Cell{Key: cell.Key}
		for i := range out.Sums {
			if noise, err = draw(random, p.sums[i]); err != nil {
				return nil, err
			}
			out.Sums[i] = max(0, cell.Sums[i]+noise)
		}
		released = append(released, out)
	}
	return released, nil
}
