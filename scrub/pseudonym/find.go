package pseudonym

import "bytes"

// NextToken finds the first token, of any kind and epoch, in text at or behind from: text[start:end]. It is false where there is none.
func NextToken(text []byte, from int) (start, end int, ok bool) {
	for at := from; ; {
		n := bytes.Index(text[at:], []byte("_e"))
		if n < 0 {
			return 0, 0, false
		}
		at += n + 2
		digits := at
		for digits < len(text) && text[digits]-'0' < 10 {
			digits++
		}
		end = digits + 1 + digestChars
		if digits == at || end > len(text) || text[digits] != '_' {
			continue
		}
		start = at - 2
		for start > from && at-2-start < MaxKindBytes && ValidKind(text[start-1:start]) {
			start--
		}
		if IsToken(text[start:end], "") {
			return start, end, true
		}
	}
}
