package detect

// Whether a generator made a text, or people gave it: a name of a host, a branch, a pod or a file, a date, a version. Digests and UUIDs are made.
//
// What is judged is how often capitals, small letters and digits change; how sure the judgement must be is said by who asks:
//   - mayBeMade, where a key names a secret: anything but words, numbers and handles;
//   - holdsMade, in cookies and paths, where values stand in a row with others that are no secrets: a run of letters and digits must look drawn;
//   - made, in running text, in columns and behind the names of vendors, where little else tells: all of the text must, and no part of it be a word.

// minMadeBytes is the length of the shortest value that made tells, and maxMadeBytes of the longest. holdsMade looks at runs of minMadeRun and more, and of those
// that change often but have no digit, at ones of minDrawnWord: shorter ones are names in programs.
const (
	minMadeBytes = 14
	maxMadeBytes = 512
	minMadeRun   = 12
	minDrawnWord = 20
)

// madeSigns are those that keys and tokens may have between letters and digits.
var madeSigns = setOf("_-.+/=~")

// draw counts what tells letters and digits that a generator has drawn. The zero draw has seen none.
type draw struct {
	n, digits, capitals int
	// changes are between the three kinds, and groups are digits in a row.
	changes, groups int
	// last is the letter or digit before, 0 behind a sign.
	last byte
}

// add counts a letter or a digit.
func (d *draw) add(c byte) {
	kind := kindOf(c)
	if d.last != 0 && kind != kindOf(d.last) {
		d.changes++
	}
	switch kind {
	case kindDigit:
		if d.digits++; !isDigit(d.last) {
			d.groups++
		}
	case kindCapital:
		d.capitals++
	}
	d.n++
	d.last = c
}

// drawn reports whether what was counted changes as what a generator has drawn. In loose text fewer changes do, if there are all three kinds.
func (d *draw) drawn(loose bool) bool {
	switch {
	case d.n-d.digits < 3:
		return false
	case d.groups > 1 && d.changes > 3 && 8*d.changes >= d.n:
		return true
	case d.n >= minDrawnWord && loose && d.changes > 3 && d.digits > 0 && d.capitals > 0:
		return true
	}
	return 3*d.changes >= d.n && (d.digits > 0 || d.n >= minDrawnWord)
}

// made reports whether all of b is letters and digits as a generator draws them, and signs between: none of the parts between signs is a word, see ofWords.
func made(b []byte) bool {
	if len(b) < minMadeBytes || len(b) > maxMadeBytes {
		return false
	}
	var d draw
	for _, c := range b {
		switch {
		case isAlnum(c):
			d.add(c)
		case !madeSigns.has(c):
			return false
		default:
			d.last = 0
		}
	}
	return d.drawn(false) && !ofWords(b)
}

// holdsMade reports whether b holds letters and digits in a row as a generator draws them.
func holdsMade(b []byte, loose bool) bool {
	var d draw
	for _, c := range b {
		if isAlnum(c) {
			d.add(c)
		} else if d.n >= minMadeRun && d.drawn(loose) {
			return true
		} else {
			d = draw{}
		}
	}
	return d.n >= minMadeRun && d.drawn(loose)
}

// mayBeMade reports whether b, of which s was counted, is no word, no number behind 0x, which is a handle, no security identifier of Windows and no name of Amazon's:
// there are digits, or capitals inside.
func mayBeMade(b []byte, s tally) bool {
	if hasFold(b, 0, "0x") || hasFold(b, 0, "s-1-") || hasFold(b, 0, "arn:") {
		return false
	}
	return s.digits > 0 || s.upper > 1 && s.upper < s.letters && len(b) >= minMadeRun
}

// tokenAt reports whether n bytes of a token are at i.
func tokenAt(t []byte, i, n int) bool {
	if i+n > len(t) {
		return false
	}
	for _, c := range t[i : i+n] {
		if !isToken(c) {
			return false
		}
	}
	return true
}

// minOddWord is the length of the shortest value in which chance may make what looks like a word.
const minOddWord = 30

// ofWords reports whether a part of b between signs is a word. A long value may have one that does not begin it.
func ofWords(b []byte) bool {
	words := 0
	for from, i := 0, 0; i <= len(b); i++ {
		if i < len(b) && isAlnum(b[i]) {
			continue
		}
		if isWordPart(b[from:i]) {
			if words++; words > 1 || from == 0 || len(b) < minOddWord {
				return true
			}
		}
		from = i + 1
	}
	return false
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

// Kinds of letters and digits.
const (
	kindDigit = iota
	kindSmall
	kindCapital
)

// kindOf tells digits, small letters and capitals apart.
func kindOf(c byte) int {
	switch {
	case isDigit(c):
		return kindDigit
	case isLower(c):
		return kindSmall
	}
	return kindCapital
}
