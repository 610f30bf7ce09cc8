package detect

// Values that are told by a member of their own, beside or below the one that the word is in:
//
//	"name": "ssn", "value": "123456789"     "birthDate": {"$date": "1980-03-14"}     "key": "cvv", "value": {"stringValue": "737"}

// isValueKey reports whether the key ends in the word value: value, ParameterValue, stringValue.
func isValueKey(key []byte) bool {
	return endsFold(key, "value") && len(lastWord(key)) == len("value")
}

// valueLen returns the length of what stands from the quote at i, which ends a name, to the colon of a member that has its value, or 0.
func valueLen(t []byte, i int) int {
	j := beforeMember(t, skipBlanks(t, i+1)+1)
	end := keyStop(t, j)
	if !isValueKey(t[j:end]) {
		return 0
	}
	if end = behindQuote(t, end); byteAt(t, end) != ':' {
		return 0
	}
	return end - i
}

// innerLen returns the length of the brace at i if it opens the value of a member, and a member in it has that value: one that says no more than that it is a value,
// a date, a number. Else it is 0.
func innerLen(t []byte, i int) int {
	if start, end, _ := keyBefore(t, i); start == end {
		return 0
	}
	j := beforeMember(t, i+1)
	if byteAt(t, j) == '$' {
		j++
	}
	end := keyStop(t, j)
	if !isValueKey(t[j:end]) && !betweenWords.has(t[j:end]) || byteAt(t, behindQuote(t, end)) != ':' {
		return 0
	}
	return 1
}

// beforeMember returns where the name of the member begins that follows the comma or the brace before i.
func beforeMember(t []byte, i int) int {
	t = t[:min(len(t), i+windowBytes)]
	return min(len(t), behindQuote(t, skipBreaks(t, i)))
}
