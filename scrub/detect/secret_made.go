package detect

// What generators make, told from names that people give.

// minMadeBytes is the length of the shortest value that made tells, and maxMadeBytes of the longest.
const (
	minMadeBytes = 14
	maxMadeBytes = 512
)

// madeSigns are those that keys and tokens may have between letters and digits.
var madeSigns = setOf("_-.+/=~")

// made reports whether b is letters and digits as a generator makes them: among them are digits, or capitals in the middle, again and again, and none of
// the parts between signs is a word. A name of a host, a branch, a pod or a file is no such value, and neither is a date or a version; a digest and a UUID are.
func made(b []byte) bool {
	if len(b) < minMadeBytes || len(b) > maxMadeBytes {
		return false
	}
	letters, digits, turns, cases, from := 0, 0, 0, 0, 0
	last := byte(0)
	for i, c := range b {
		switch {
		case isDigit(c):
			digits++
			if isLetter(last) {
				turns++
			}
		case isLetter(c):
			letters++
			if isDigit(last) {
				turns++
			} else if isLetter(last) && isUpper(c) != isUpper(last) {
				cases++
			}
		case !madeSigns.has(c) || isWordPart(b[from:i]):
			return false
		default:
			from = i + 1
		}
		last = c
	}
	if isWordPart(b[from:]) || letters < 3 {
		return false
	}
	if digits < 2 {
		return 3*cases >= len(b)
	}
	return 6*(turns+cases) >= len(b)
}

// isWordPart reports whether b is four letters or more, small ones but for the first, or capitals alone.
func isWordPart(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	upper := 0
	for _, c := range b {
		if !isLetter(c) {
			return false
		}
		if isUpper(c) {
			upper++
		}
	}
	return upper == 0 || upper == len(b) || upper == 1 && isUpper(b[0])
}

// isDigest reports whether b is what hashes and generators of identifiers print: hex digits of a hash's length, or a UUID.
func isDigest(b []byte) bool {
	switch len(b) {
	case 32, 40, 64, 96, 128:
		return hexRun(b, len(b), len(b))
	}
	return isUUID(b)
}

// looksGenerated reports whether b holds at least twelve letters and digits in a row that change between capitals, small letters and digits as those do
// that a generator has drawn, and names, dates and versions do not. In loose text fewer changes do, if there are all three.
func looksGenerated(b []byte, loose bool) bool {
	for i := 0; i < len(b); {
		if !isAlnum(b[i]) {
			i++
			continue
		}
		end, groups, changes := i, 0, 0
		for ; end < len(b) && isAlnum(b[end]); end++ {
			if end > i && kindOf(b[end]) != kindOf(b[end-1]) {
				changes++
			}
			if isDigit(b[end]) && (end == i || !isDigit(b[end-1])) {
				groups++
			}
		}
		s := survey(b[i:end])
		if n := end - i; n >= 12 && s.letters > 1 && (groups > 1 && changes > 3 || n >= 20 && (changes > n/3 || loose && changes > 3 && s.digits > 0 && s.upper > 0)) {
			return true
		}
		i = end
	}
	return false
}

// kindOf tells digits, small letters and capitals apart.
func kindOf(c byte) int {
	switch {
	case isDigit(c):
		return 0
	case isLower(c):
		return 1
	}
	return 2
}
