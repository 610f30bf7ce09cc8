package dp

import (
	"cmp"
	"maps"
	"slices"
)

// SumCount is how many sums a cell has.
const SumCount = 2

// Sums are what is added up in one cell.
type Sums [SumCount]int64

// Bounds are what one unit of privacy may contribute to one release: to at most Cells cells, and to each at most PerCell.
type Bounds struct {
	Cells   int
	PerCell Sums
}

// Contribution is what one unit contributes. It is bounded as it grows, by nothing but the unit's own earlier contributions: the first cells
// it comes to are its cells, and a sum stays at its bound once it is there. It is not safe for concurrent use.
type Contribution struct {
	bounds Bounds
	cells  map[uint32]Sums
}

// NewContribution begins an empty one.
func NewContribution(b Bounds) *Contribution { return &Contribution{b, make(map[uint32]Sums)} }

// Add adds amounts to a cell; what is negative counts as nothing.
func (c *Contribution) Add(cell uint32, amounts Sums) {
	at, ok := c.cells[cell]
	if !ok && len(c.cells) >= c.bounds.Cells {
		return
	}
	for i, bound := range c.bounds.PerCell {
		at[i] += min(max(amounts[i], 0), bound-at[i])
	}
	c.cells[cell] = at
}

// Cell is what all units together contribute to one cell.
type Cell struct {
	Key   uint32
	Units int64
	Sums  Sums
}

// total adds contributions up, in the order of the cells' keys. Those under other bounds are left out: nothing beyond them may ever be released.
func total(contributions []*Contribution, b Bounds) []Cell {
	cells := map[uint32]Cell{}
	for _, c := range contributions {
		if c.bounds != b {
			continue
		}
		for key, sums := range c.cells {
			cell := cells[key]
			cell.Key = key
			cell.Units++
			for i := range sums {
				cell.Sums[i] += sums[i]
			}
			cells[key] = cell
		}
	}
	return slices.SortedFunc(maps.Values(cells), func(a, b Cell) int { return cmp.Compare(a.Key, b.Key) })
}

// Each shows the cells that the unit came to, in no order.
func (c *Contribution) Each(visit func(cell uint32, s Sums)) {
	for cell, sums := range c.cells {
		visit(cell, sums)
	}
}
