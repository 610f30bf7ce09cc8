package detect

// residentBytes is the length of a Chinese resident identity number: place, date of birth, count and check character.
const residentBytes = 18

// matchResidentID finds the first resident identity number of the People's Republic of China at or after at in the run of digits and separators at
// at, without a word beside it.
//
// Accepted: 18 digits, or 17 and an X, in one piece: a province's code, a day of the years 1900 to 2039, and the check character. One number of 18
// digits in 40,000 passes for one by chance. Source: GB 11643-1999, GB/T 2260, ISO/IEC 7064 MOD 11-2.
func matchResidentID(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	i, found := nextGroup(t, max(at, lo))
	for ; found; i, found = nextGroup(t, behindDigits(t, i)) {
		if residentID(t, i) {
			return i, i + residentBytes, true
		}
	}
	return 0, 0, false
}

func residentID(t []byte, i int) bool {
	if len(t)-i < residentBytes || numberBefore(t, i) || numberAfter(t, i+residentBytes) {
		return false
	}
	var b [residentBytes]byte
	copy(b[:], t[i:])
	b[residentBytes-1] = upper(b[residentBytes-1])
	for _, c := range b[:residentBytes-1] {
		if !isDigit(c) {
			return false
		}
	}
	return isProvince(decimal(b[:2])) && decimal(b[6:10]) < 2040 && chineseID(b[:])
}

// isProvince reports whether a province has the code, or foreigners with a permit.
func isProvince(code int) bool {
	switch {
	case code >= 11 && code <= 15, code >= 21 && code <= 23, code >= 31 && code <= 37, code >= 41 && code <= 46, code >= 50 && code <= 54,
		code >= 61 && code <= 65, code == 71, code >= 81 && code <= 83, code == 91:
		return true
	}
	return false
}
