package detect

// What cards, phones and social security numbers share: digits in groups.

// groups are digits with single separators between, as they stand in the text.
type groups struct {
	digit [24]byte // values 0-9
	n     int      // how many digits
	size  [12]int  // digits in each group
	end   [12]int  // offset behind each group
	count int      // how many groups
	sep   byte     // the one separator; 0 with one group
}

// readGroups reads groups of digits from i, with one kind of separator, until something else or more than fits.
func readGroups(t []byte, i int) (g groups) {
	for g.count < len(g.size) {
		j := i
		for j < len(t) && isDigit(t[j]) && g.n < len(g.digit) {
			g.digit[g.n] = t[j] - '0'
			g.n++
			j++
		}
		if j == i {
			return g
		}
		g.size[g.count], g.end[g.count] = j-i, j
		g.count++
		c := byteAt(t, j)
		if !isGroupSpace(c) || !isDigit(byteAt(t, j+1)) || (g.sep != 0 && g.sep != c) {
			return g
		}
		g.sep = c
		i = j + 1
	}
	return g
}

func isGroupSpace(c byte) bool { return c == ' ' || c == '-' || c == '.' || c == '+' }

// sized reports whether the first groups have these sizes.
func (g *groups) sized(sizes ...int) bool {
	if g.count < len(sizes) {
		return false
	}
	for i, n := range sizes {
		if g.size[i] != n {
			return false
		}
	}
	return true
}

// digitAt reports whether a digit stands at i, or a placeholder that may stand for one.
func digitAt(t []byte, i int) bool {
	c := byteAt(t, i)
	return isDigit(c) || c == '[' && placeholderAt(t[i:])
}

// valueBefore reports whether a digit, or a placeholder that may stand for one, ends at i.
func valueBefore(t []byte, i int) bool { return isDigit(byteAt(t, i-1)) || placeholderBefore(t, i) }

func isDigitRun(c byte) bool { return class[c]&isDigitRunBit != 0 }

// nextGroup returns the start of the first group of digits at or after i in the run there, and whether there is one. A digit that an escape ends
// in begins none.
func nextGroup(t []byte, i int) (int, bool) {
	for i < len(t) && isDigitRun(t[i]) {
		if !isDigit(t[i]) || i > 0 && isDigit(t[i-1]) && escapeBefore(t, i) == 0 {
			i++
			continue
		}
		j := skipEscape(t, i)
		if j == i {
			return i, true
		}
		i = j
	}
	return i, false
}

// behindDigits returns the first offset at or after i without a digit.
func behindDigits(t []byte, i int) int {
	for i < len(t) && isDigit(t[i]) {
		i++
	}
	return i
}
