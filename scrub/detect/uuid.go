package detect

// matchUUID finds the universally unique identifier whose first dash is at at: 8-4-4-4-12 hex digits that no letter or digit touches. The nil
// and the all-ones one are left alone.
func matchUUID(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	start, end = at-8, at+28
	if start < lo || end > len(t) {
		return 0, 0, false
	}
	same := true
	for i, c := range t[start:end] {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return 0, 0, false
			}
		default:
			if !isHex(c) {
				return 0, 0, false
			}
			same = same && c == t[start]
		}
	}
	if same || wordBefore(t, start) || wordAt(t, end) {
		return 0, 0, false
	}
	return start, end, true
}

// isUUID reports whether b has the form of a UUID.
func isUUID(b []byte) bool {
	if len(b) != 36 {
		return false
	}
	for i, c := range b {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && !isHex(c) {
			return false
		}
	}
	return true
}
