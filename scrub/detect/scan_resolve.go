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

// merger is room for putting findings in order: those of a chunk are a few lists in order, one of each family. The zero merger has none yet.
type merger []Finding

// settle puts found[mark:], one chunk's findings, among found[from:mark], which is in order already. A finding may begin in an earlier chunk, so the
// end of that part moves too.
func (m *merger) settle(found []Finding, from, mark int) {
	fresh := found[mark:]
	m.sort(fresh)
	if len(fresh) == 0 || mark == from || compare(found[mark-1], fresh[0]) <= 0 {
		return
	}
	first, _ := slices.BinarySearchFunc(found[from:mark], fresh[0], compare)
	m.merge(found[from+first:], mark-from-first)
}

// sort puts f in order. The few findings of most chunks are moved one by one; of more, parts that are in order each are merged until there is one.
func (m *merger) sort(f []Finding) {
	if len(f) <= fewFindings {
		for i := 1; i < len(f); i++ {
			for j := i; j > 0 && compare(f[j], f[j-1]) < 0; j-- {
				f[j], f[j-1] = f[j-1], f[j]
			}
		}
		return
	}
	for mid := inOrder(f); mid < len(f); mid = inOrder(f) {
		for from := 0; mid < len(f[from:]); mid = inOrder(f[from:]) {
			end := from + mid + inOrder(f[from+mid:])
			m.merge(f[from:end], mid)
			from = end
		}
	}
}

// fewFindings is up to how many findings are in order sooner without being merged.
const fewFindings = 24

// inOrder returns how many findings f begins with that are in order.
func inOrder(f []Finding) int {
	n := 1
	for n < len(f) && compare(f[n-1], f[n]) <= 0 {
		n++
	}
	return n
}

// merge puts f in order, of which f[:mid] and f[mid:] are.
func (m *merger) merge(f []Finding, mid int) {
	left, right := append((*m)[:0], f[:mid]...), f[mid:]
	*m = left
	for i := 0; len(left) > 0; i++ {
		if len(right) > 0 && compare(right[0], left[0]) < 0 {
			f[i], right = right[0], right[1:]
		} else {
			f[i], left = left[0], left[1:]
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
