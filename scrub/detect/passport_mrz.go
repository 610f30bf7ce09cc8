package detect

// Lengths of the lines that machines read on passports, and on cards of their size.
const (
	passportLine = 44
	cardLine     = 36
)

// matchMRZ finds the lines of a passport that machines read, of which the second holds the run of token characters that ends at at.
//
// Accepted: the second of two lines of 44 or of 36 characters, with the check digits of the number, of the birth and of the end, and the first before it with
// the names, on the line before or right before it. Not found: the three lines of cards in the size of a bank's. Source: ICAO Doc 9303-4 and 9303-6.
func matchMRZ(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	if byteAt(t, at) != '<' {
		return 0, 0, false
	}
	end = at
	for end < len(t) && end-at < passportLine && isMRZ(t[end]) {
		end++
	}
	for _, size := range [...]int{passportLine, cardLine} {
		start = end - size
		if start < lo || start+mrzChecked > at || !wholeMRZ(t[start:end]) {
			continue
		}
		if first := firstMRZ(t, start, size); first >= lo {
			start = first
		}
		return start, end, !wordBefore(t, start) && !wordAt(t, end)
	}
	return 0, 0, false
}

// mrzChecked is the length of what wholeMRZ checks.
const mrzChecked = 28

func isMRZ(c byte) bool { return isUpper(c) || isDigit(c) || c == '<' }

// wholeMRZ reports whether line is number, state, birth, sex and end, each but state and sex with its check digit.
func wholeMRZ(line []byte) bool {
	return tallyOf(line, isMRZ) == len(line) && tallyOf(line[10:13], isDigit) == 0 && tallyOf(line[13:20], isDigit) == 7 && contains("MFX<", line[20]) &&
		tallyOf(line[21:mrzChecked], isDigit) == 7 && ymd(line[13:]) && ymd(line[21:]) && mrzCheck(line[:10]) && mrzCheck(line[13:20]) && mrzCheck(line[21:mrzChecked])
}

// mrzCheck reports whether the last character is the check digit of those before, which are weighed by 7, 3 and 1.
func mrzCheck(b []byte) bool {
	sum := 0
	for i, c := range b[:len(b)-1] {
		if c != '<' {
			sum += base36(c) * [...]int{7, 3, 1}[i%3]
		}
	}
	return int(b[len(b)-1]-'0') == sum%10
}

// firstMRZ returns where the first line begins before the second at second, or second: a kind of document, and a filler among the names.
func firstMRZ(t []byte, second, size int) int {
	end := second
	for end > 0 && second-end < len(`\r\n`) && !isMRZ(t[end-1]) {
		end--
	}
	start := end - size
	if start < 0 || !isUpper(t[start]) || tallyOf(t[start:end], isMRZ) < size || tallyOf(t[start+5:end], func(c byte) bool { return c == '<' }) == 0 {
		return second
	}
	return start
}
