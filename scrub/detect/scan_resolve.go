package detect

import (
	"cmp"
	"slices"
)

// compare orders findings by start, the longer first, then the lower ID.
func compare(a, b Finding) int {
	if a.Start != b.Start {
		return cmp.Compare(a.Start, b.Start)
	}
	if a.End != b.End {
		return cmp.Compare(b.End, a.End)
	}
	return cmp.Compare(a.Detector, b.Detector)
}

// settle puts found[mark:], one chunk's findings in the order of their families, among found[from:mark], which is in order already. A
// finding may begin in an earlier chunk, so the end of that part moves too.
func settle(found []Finding, from, mark int) {
	fresh := found[mark:]
	if len(fresh) == 0 {
		return
	}
	sortFindings(fresh)
	if mark == from || compare(found[mark-1], fresh[0]) <= 0 {
		return
	}
	first, _ := slices.BinarySearchFunc(found[from:mark], fresh[0], compare)
	sortFindings(found[from+first:])
}

// sortFindings is quick for the few findings, nearly in order, of most chunks.
func sortFindings(f []Finding) {
	if len(f) > 24 {
		slices.SortFunc(f, compare)
		return
	}
	for i := 1; i < len(f); i++ {
		for j := i; j > 0 && compare(f[j], f[j-1]) < 0; j-- {
			f[j], f[j-1] = f[j-1], f[j]
		}
	}
}

// dropOverlaps drops from found[from:], which is in order, all that overlaps a finding before it. Built-in detectors know each other: what a
// loser has beyond the winner is none of its (the host behind a password and an @). Of a rule of the operator's own nothing is known, so what
// lies behind the winner is found still.
func dropOverlaps(found []Finding, from int, x *seams) []Finding {
	kept, end := from, 0
	for _, f := range found[from:] {
		if f.Start < end {
			if f.End <= end {
				continue
			}
			if last := found[kept-1]; !f.Detector.own() && !last.Detector.own() {
				x.add(last, f)
				continue
			}
			f.Start = end
		}
		found[kept] = f
		kept++
		end = f.End
	}
	return found[:kept]
}

// own reports whether the detector is a rule of the operator's own.
func (id ID) own() bool { return int(id) >= Count }
