package detect

// matchSSN finds the first United States social security number at or after at in the run of digits and separators at at.
//
// Accepted: 3-2-4 digits with dashes; with spaces, dots or none where a key word says so. Area not 000, 666 or 9xx, group not 00, serial not
// 0000. Not found: numbers that touch a letter, a digit, a dash or a dot.
func matchSSN(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	i, found := nextGroup(t, max(at, lo))
	for ; found; i, found = nextGroup(t, behindDigits(t, i)) {
		if end = ssnAt(t, i, ctx); end > 0 {
			return i, end, true
		}
	}
	return 0, 0, false
}

// ssnWords name the number.
var ssnWords = newWordSet("ssn", "ssns", "social", "socialsecurity", "ssnumber")

// ssnAt returns the end of the number whose first group is at i, or 0.
func ssnAt(t []byte, i int, ctx Context) int {
	if numberBefore(t, i) {
		return 0
	}
	var d [9]byte
	end := behindDigits(t[:min(len(t), i+len(d)+1)], i)
	n, sep := end-i, byteAt(t, end)
	switch {
	case n == len(d):
		copy(d[:], t[i:])
	case n == 3 && isGroupSpace(sep) && i+11 <= len(t) && t[i+6] == sep:
		copy(d[:], t[i:end])
		copy(d[3:], t[i+4:i+6])
		copy(d[5:], t[i+7:i+11])
		end = i + 11
	default:
		return 0
	}
	if tallyOf(d[:], isDigit) < len(d) || numberAfter(t, end) || !wantSSN(d[:]) {
		return 0
	}
	if n == 3 && sep == '-' || !(n == len(d) && measured(t, end)) && ssnWords.named(t, i, ctx) {
		return end
	}
	return 0
}

// namedSSNKinds are numbers behind words that are too short to name what does not follow at once.
var namedSSNKinds = []numberKind{
	{name: "named_ssn", id: SSN, words: "ss!, ss+no, ss+number, ss+nr, s.s.n, soc sec, socsec, social sec, social security, socialsecurity, *ssn, tin!, itin!", forms: []string{"999 99 9999"},
		valid: wantSSN, direct: true},
}

// wantSSN reports whether area, group and serial are in use.
func wantSSN(b []byte) bool {
	area := decimal(b[:3])
	return area != 0 && area != 666 && area < 900 && decimal(b[3:5]) > 0 && decimal(b[5:]) > 0
}
