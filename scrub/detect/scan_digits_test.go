package detect

import (
	"math/rand/v2"
	"testing"
)

// plainShape reads the groups of a run one by one.
func plainShape(run []byte) (n numberShape) {
	var size, gap [3]int // of this group and the two before; gap is what stands before a group
	for i := 0; i < len(run); {
		end := behindDigits(run, i)
		if end == i {
			gap[0]++
			i++
			continue
		}
		size[0] = end - i
		n.digits += size[0]
		n.resident = n.resident || size[0] >= residentBytes-1
		n.card = n.card || size[0] >= 13 || gap[0] == 1 && size[1] == 4 && (size[0] == 4 || size[0] == 6)
		n.ssn = n.ssn || size[0] == 9 || gap[0] == 1 && gap[1] == 1 && size[2] == 3 && size[1] == 2 && size[0] == 4
		n.phone = n.phone || gap[0] < 3 && gap[1] < 3 && size[2] == 3 && size[1] == 3 && size[0] == 4
		size, gap, i = [3]int{0, size[0], size[1]}, [3]int{0, gap[0], gap[1]}, end
	}
	return n
}

// The shape of a run may see too much, where a stretch cuts a group, and must not see too little.
func TestShapeMissesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20000 {
		run := []byte{'1'}
		for range r.IntN(40) {
			for range 1 + r.IntN(4)*r.IntN(6) {
				run = append(run, byte('0'+r.IntN(10)))
			}
			for range 1 + r.IntN(2)*r.IntN(3) {
				run = append(run, " -.+()"[r.IntN(6)])
			}
		}
		want, got := plainShape(run), shapeLong(run)
		if got.digits != want.digits || want.card && !got.card || want.ssn && !got.ssn || want.phone && !got.phone || want.resident && !got.resident {
			t.Fatalf("%q: shape %+v, want %+v", run, got, want)
		}
		if len(run) > 64 {
			continue
		}
		var digit uint64
		for i, c := range run {
			if isDigit(c) {
				digit |= 1 << i
			}
		}
		if got := shapeWord(digit); got != want {
			t.Fatalf("%q: shape of a word %+v, want %+v", run, got, want)
		}
	}
}
