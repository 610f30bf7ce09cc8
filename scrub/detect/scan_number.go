package detect

import "math"

// QuietInt reports that a scan of a whole number that is all of a text, in decimal digits and without a key, finds nothing: it has fewer digits than
// what is looked for. False says nothing.
func (s *Set) QuietInt(v int64) bool {
	return s.options.Custom == nil && -mostQuietInt < v && v < mostQuietInt
}

// QuietFloat is QuietInt for a number as it is written with as few digits as tell it, without an exponent. No number that is looked for goes on behind a
// point at which a digit stands, or begins there, and one point parts nothing into groups.
func (s *Set) QuietFloat(x float64) bool {
	size := math.Abs(x)
	if size == math.Trunc(size) {
		return s.options.Custom == nil && size < mostQuietInt
	}
	return s.options.Custom == nil && leastQuietFloat < size && size < mostQuietFloat
}

// mostQuietInt has eight digits, which some numbers have; fractions are quiet with up to nine digits before the point, and five zeros behind it.
const (
	mostQuietInt    = 1e7
	mostQuietFloat  = 1e9
	leastQuietFloat = 1e-6
)
