package dp_test

import (
	"math"
	"testing"

	"winnow/config"
	"winnow/scrub/dp"
)

// The default numbers come to what docs/statistics.md says of them.
func TestDefaultTerms(t *testing.T) {
	for epsilon, want := range map[float64]struct {
		units     int64
		deviation float64
	}{1: {298, 45_600}, 4: {86, 11_900}, 10: {44, 5_100}} {
		s := config.Default().Statistics
		s.Epsilon = epsilon
		terms := dp.TermsOf(s)
		deviation, units := terms.Noise()
		if units != want.units || math.Abs(deviation[0]/want.deviation-1) > 0.005 {
			t.Errorf("epsilon %g: %d groups, deviation %.0f", epsilon, units, deviation[0])
		}
	}
}
