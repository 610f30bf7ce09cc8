package detect

// matchSSN finds the first United States social security number at or after at in the run of digits and separators at at.
//
// Accepted: 3-2-4 digits with dashes; with spaces, dots or none where a key word says so. Area not 000, 666 or 9xx, group not 00, serial not
// 0000. Not found: numbers that touch a letter, a digit, a dash or a dot.
func matchSSN(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	i, found := nextGroup(t, max(at, lo))
	for ; found; i, found = nextGroup(t, behindDigits(t, i)) {
		if numberBefore(t, i) {
			continue
		}
		if end = ssnEnd(t, i, ctx); end > 0 {
			return i, end, true
		}
	}
	return 0, 0, false
}

// ssnWords name the number.
var ssnWords = newWordSet("ssn", "ssns", "social", "socialsecurity", "ssnumber", "tin", "itin")

// ssnEnd returns the end of the number at i, or 0.
func ssnEnd(t []byte, i int, ctx Context) int {
	n := behindDigits(t, i) - i
	if n != 3 && n != 9 {
		return 0
	}
	g := readGroups(t, i)
	end := g.end[0]
	if n == 3 {
		if !g.sized(3, 2, 4) {
			return 0
		}
		end = g.end[2]
	}
	if numberAfter(t, end) || !wantSSN(g.digit[:9]) {
		return 0
	}
	if g.sep == '-' && n == 3 || ssnWords.named(t, i, ctx) {
		return end
	}
	return 0
}

func wantSSN(d []byte) bool {
	area := int(d[0])*100 + int(d[1])*10 + int(d[2])
	return area != 0 && area != 666 && area < 900 && d[3]+d[4] > 0 && d[5]+d[6]+d[7]+d[8] > 0
}
