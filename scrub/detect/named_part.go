package detect

// Values of the parts of a form, behind the name in quotes that ends a part's first header:
//
//	Content-Disposition: form-data; name="token"␍␊␍␊8f3e2a91c4d5b6e7␍␊--boundary
//
// Further headers may stand between, a blank line must, in any spelling of a line's end. Source: RFC 7578 sections 4.2 and 4.8.

// maxHeaders is how many headers are read behind the first, with the blank line.
const maxHeaders = 3

// endsPartName reports whether a line ends at i, behind the quote that ends the name of a form's part.
func endsPartName(t []byte, i int) bool {
	if i == 0 || !isQuote(t[i-1]) || !breaksLine(t, i) {
		return false
	}
	start, end := keyOf(t, i)
	return start < end && hasFold(t, passQuote(t, start)-len("name="), "name=")
}

// partValue returns where the value begins of the part whose name in quotes ends before i, or 0.
func partValue(t []byte, i int) int {
	for range maxHeaders {
		line, _ := nextLine(t, i)
		if line < 0 {
			return 0
		}
		if breaksLine(t, line) {
			line, _ = nextLine(t, line)
			return max(line, 0)
		}
		if !hasFold(t, line, "content-") {
			return 0
		}
		for i = line; i < len(t) && t[i] != 0 && i-line < maxKeyBytes && !breaksLine(t, i); {
			i++
		}
	}
	return 0
}

// partLineEnd returns the end of the line that is the value at i: of the text, too, and before the quote that ends the string which the form is in.
func partLineEnd(t []byte, i int) int {
	for i < len(t) && t[i] != 0 && !(t[i] == '"' && t[i-1] != '\\') && !breaksLine(t, i) {
		i++
	}
	return i
}
