package dp

import "winnow/config"

// TermsOf are those of a configuration.
func TermsOf(s config.Statistics) Terms {
	t := Terms{
		Epsilon: MicroEpsilon(s.Epsilon * 1e6), Delta: s.Delta, MinUnits: int64(s.MinGroups), Tables: len(s.Tables),
		Bounds: Bounds{Cells: s.MaxCells, PerCell: Sums{int64(s.MaxRequests), int64(s.MaxRecords)}},
	}
	if s.Mechanism == config.MechanismGaussian {
		t.Mechanism = GaussianNoise
	}
	return t
}
