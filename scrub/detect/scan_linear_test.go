package detect

import (
	"bytes"
	"testing"
)

// However hostile a text, matchers are called at most three times a byte, all together, and sixteen times as often for sixteen times the
// text. What one call may look at is bounded by its own promises; see anchors.go and TestCostIsLinear.
func TestTriesAreLinear(t *testing.T) {
	s := Compile(*everything()).NewScanner()
	units := []string{}
	for _, unit := range hostileUnits {
		units = append(units, unit)
	}
	for _, unit := range append(units, hostile...) {
		tries := func(size int) int {
			s.Append(nil, bytes.Repeat([]byte(unit), size/len(unit)), Context{})
			return s.tries
		}
		const size = 32 << 10
		small, large := tries(size), tries(16*size)
		if small > 3*size {
			t.Errorf("%q: %d calls for %d bytes", unit, small, size)
		}
		if large > 16*small+16*small/8+100 {
			t.Errorf("%q: %d calls for %d bytes, %d for 16 times as many", unit, small, size, large)
		}
	}
}
