package dp_test

import (
	"crypto/rand"
	"io"
	"math"
	"slices"
	"testing"

	"winnow/scrub/dp"
)

// crowd is so many units with one in each of the cells.
func crowd(units int, b dp.Bounds, cells ...uint32) (list []*dp.Contribution) {
	for range units {
		c := dp.NewContribution(b)
		for _, cell := range cells {
			c.Add(cell, dp.Sums{1, 1})
		}
		list = append(list, c)
	}
	return list
}

func release(t *testing.T, random io.Reader, terms dp.Terms, list []*dp.Contribution) []dp.Cell {
	t.Helper()
	cells, err := terms.Release(random, list)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// STAT-2: one unit weighs no more than its bounds, whatever it sends, and nothing is taken back.
func TestSTAT2ContributionsAreBounded(t *testing.T) {
	b := dp.Bounds{Cells: 3, PerCell: dp.Sums{5, 100}}
	terms := dp.Terms{Epsilon: 1e12, Delta: 0.5, MinUnits: 1, Bounds: b, Tables: 1} // hardly any noise
	big := dp.NewContribution(b)
	for cell := range uint32(1000) {
		for range 20 {
			big.Add(cell, dp.Sums{1, 30})
			big.Add(cell, dp.Sums{-1000, -1000})
		}
	}
	big.Add(7, dp.Sums{math.MaxInt64, math.MaxInt64})
	cells := release(t, seeded(1), terms, []*dp.Contribution{big, big, big, big})
	want := []dp.Cell{{Key: 0, Sums: dp.Sums{20, 400}}, {Key: 1, Sums: dp.Sums{20, 400}}, {Key: 2, Sums: dp.Sums{20, 400}}}
	if !slices.Equal(cells, want) {
		t.Errorf("%v, want %v", cells, want)
	}
	if got := release(t, seeded(1), terms, crowd(5, dp.Bounds{Cells: 9, PerCell: dp.Sums{9, 9}}, 1)); got != nil {
		t.Errorf("contributions under other bounds are released: %v", got)
	}
}

// STAT-2: what too few units share is never released, and what just enough share hardly ever: else one unit could bring it about.
func TestSTAT2FewUnitsAreNeverReleased(t *testing.T) {
	b := dp.Bounds{Cells: 2, PerCell: dp.Sums{1, 1}}
	for _, mechanism := range []dp.Mechanism{dp.LaplaceNoise, dp.GaussianNoise} {
		terms := dp.Terms{Mechanism: mechanism, Epsilon: 3_000_000, Delta: 0.2, MinUnits: 5, Bounds: b, Tables: 1}
		random, some := seeded(2), 0
		for range 3000 {
			if got := release(t, random, terms, crowd(4, b, 1, 2)); got != nil {
				t.Fatalf("four units were released: %v", got)
			}
			if got := release(t, random, terms, crowd(5, b, 1, 2)); got != nil {
				some++
			}
		}
		if most := 3000*0.2 + 3*math.Sqrt(3000*0.2*0.8); float64(some) > most {
			t.Errorf("five units were released %d of 3000 times, at most %.0f", some, most)
		}
		_, half := terms.Noise()
		if got := release(t, random, terms, crowd(int(half)*20, b, 1)); len(got) != 1 || got[0].Units != 0 {
			t.Errorf("a crowd: %v", got)
		}
	}
}

// audit estimates from below, at 99.9 %, the epsilon by which releases with and without one unit are told apart.
func audit(t *testing.T, terms dp.Terms, units int) float64 {
	t.Helper()
	const runs = 20_000
	random := seeded(3)
	seen := [2]float64{}
	for with := range 2 {
		list := crowd(units+with, terms.Bounds, 1)
		for range runs {
			cells := release(t, random, terms, list)
			if len(cells) == 1 && cells[0].Sums[0] > int64(units) && cells[0].Sums[1] > int64(units) {
				seen[with]++
			}
		}
	}
	p, q := seen[1]/runs, seen[0]/runs
	const z = 3.3
	low, high := p-z*math.Sqrt(p*(1-p)/runs), q+z*math.Sqrt((q+1.0/runs)*(1-q)/runs)
	return math.Log((low - terms.Delta) / high)
}

// What outputs betray of one unit stays below epsilon, and a release with too little noise is caught.
func TestSTAT2AuditOfEpsilon(t *testing.T) {
	const claimed, units = 3, 60
	b := dp.Bounds{Cells: 1, PerCell: dp.Sums{1, 1}}
	terms := dp.Terms{Epsilon: claimed * 1e6, Delta: 1e-6, MinUnits: 1, Bounds: b, Tables: 1}
	if got := audit(t, terms, units); got > claimed || got < 1.5 {
		t.Errorf("epsilon is %.2f at least; %d is claimed, of which the two sums have 2", got, claimed)
	}
	terms.Epsilon *= 2
	if got := audit(t, terms, units); got < claimed {
		t.Errorf("half of the noise is not noticed: epsilon %.2f", got)
	}
}

// Gaussian noise has the variance that its proof asks for, and releases have that noise.
func TestSTAT2GaussianNoise(t *testing.T) {
	b := dp.Bounds{Cells: 4, PerCell: dp.Sums{3, 50}}
	terms := dp.Terms{Mechanism: dp.GaussianNoise, Epsilon: 2_000_000, Delta: 1e-6, MinUnits: 1, Bounds: b, Tables: 1}
	deviation, _ := terms.Noise()
	for i, each := range b.PerCell {
		rho := 3 * float64(b.Cells) * float64(each*each) / (2 * deviation[i] * deviation[i]) // of three queries
		if epsilon := rho + 2*math.Sqrt(rho*math.Log(2/terms.Delta)); epsilon > 2 || epsilon < 1.98 {
			t.Errorf("sum %d: noise of deviation %.2f is for epsilon %.4f", i, deviation[i], epsilon)
		}
	}
	random, list := seeded(4), crowd(2000, b, 1)
	const runs = 2000
	squares := 0.0
	for range runs {
		d := float64(release(t, random, terms, list)[0].Sums[1] - 2000)
		squares += d * d
	}
	if got := math.Sqrt(squares / runs); math.Abs(got/deviation[1]-1) > 0.07 { // four times the deviation of that estimate
		t.Errorf("noise has deviation %.1f, want %.1f", got, deviation[1])
	}
}

// Terms that ask for no noise, or for more than numbers hold, release nothing.
func TestTermsAreChecked(t *testing.T) {
	good := dp.Terms{Epsilon: 1_000_000, Delta: 1e-9, MinUnits: 10, Bounds: dp.Bounds{Cells: 24, PerCell: dp.Sums{1000, 100_000}}, Tables: 7}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*dp.Terms){
		"epsilon 0": func(t *dp.Terms) { t.Epsilon = 0 }, "delta 0": func(t *dp.Terms) { t.Delta = 0 }, "delta 1": func(t *dp.Terms) { t.Delta = 1 },
		"no units": func(t *dp.Terms) { t.MinUnits = 0 }, "no cells": func(t *dp.Terms) { t.Bounds.Cells = 0 }, "no tables": func(t *dp.Terms) { t.Tables = 0 },
		"nothing in a cell": func(t *dp.Terms) { t.Bounds.PerCell[1] = 0 },
		"too much":          func(t *dp.Terms) { t.Bounds.PerCell[1] = math.MaxInt64 },
		"too much, Gaussian": func(t *dp.Terms) {
			t.Mechanism, t.Epsilon, t.Bounds.PerCell[1] = dp.GaussianNoise, 1, 1e9
		},
	} {
		bad := good
		change(&bad)
		if _, err := bad.Release(rand.Reader, nil); err == nil || bad.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Noise that cannot be drawn releases nothing.
func TestSourceFailsInRelease(t *testing.T) {
	b := dp.Bounds{Cells: 1, PerCell: dp.Sums{1, 1}}
	terms := dp.Terms{Epsilon: 3_000_000, Delta: 0.1, MinUnits: 1, Bounds: b, Tables: 1}
	list := crowd(100, b, 1, 2, 3)
	for left := range 8 {
		if cells, err := terms.Release(&broken{left}, list); err == nil || cells != nil {
			t.Fatalf("%d bytes: %v, %v", left, cells, err)
		}
	}
}

// The budget of a period is spent once, and a clock that goes back gives nothing back.
func TestBudget(t *testing.T) {
	var b dp.Budget
	for i, step := range []struct {
		period int64
		cost   dp.MicroEpsilon
		want   bool
	}{{5, 40, true}, {5, 40, true}, {5, 40, false}, {5, 20, true}, {5, 1, false}, {4, 1, false}, {6, 100, true}, {5, 1, false}, {6, 0, false}, {6, -5, false}, {7, 101, false}} {
		next, ok := b.Spend(step.period, step.cost, 100)
		if b = next; ok != step.want {
			t.Errorf("step %d: %v, budget %+v", i, ok, b)
		}
	}
}
