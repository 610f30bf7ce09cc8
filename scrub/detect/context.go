package detect

// Key words and names around a match: what stands before a value can say what it is.

// windowBytes bounds how far before a match a key word may stand.
const windowBytes = 30

// keyReach is more than may stand between a value and its key, or a word that names it.
const keyReach = windowBytes + 8

// maxKeyBytes bounds the length of a key.
const maxKeyBytes = 64

// isKeyByte reports whether c can be part of a key.
func isKeyByte(c byte) bool { return class[c]&isKeyBit != 0 }

// passQuote returns the offset before one quote and the backslashes in front of it that end at i, or i.
func passQuote(t []byte, i int) int {
	if i == 0 || !isQuote(t[i-1]) {
		return i
	}
	i--
	for low := max(0, i-maxSlashes); i > low && t[i-1] == '\\'; {
		i--
	}
	return i
}

// keyBefore finds the key of the value that begins at i, as in key=value, "key":"value", key: value: bytes [start, end). quoted says that
// the key has quotes or the separator is '='; then no other word can be what the value is called. Where the key is no more than value, it is the name in the member
// before: "name":"phone","value":"…".
func keyBefore(t []byte, i int) (start, end int, quoted bool) {
	low := max(0, i-keyReach)
	j := passQuote(t, i)
	for j > low && (isBlank(t[j-1]) || t[j-1] == '[' || t[j-1] == '(' || t[j-1] == '+') {
		j--
	}
	if j > 0 && t[j-1] == 'm' {
		n := colourBefore(t, j)
		j -= n
		low = max(0, low-n)
	}
	k := passQuote(t, j)
	switch {
	case k < j && k > low && (t[k-1] == '=' || t[k-1] == ':'):
		j = k
	case j > low && (t[j-1] == '=' || t[j-1] == ':' || t[j-1] == '>'):
	case j >= low+3 && t[j-3] == '%' && t[j-2] == '3' && (lower(t[j-1]) == 'd' || lower(t[j-1]) == 'a'):
		return keyEnding(t, j-3, true)
	default:
		return i, i, false
	}
	for j > low && (t[j-1] == '=' || t[j-1] == ':' || t[j-1] == '>') {
		quoted = quoted || t[j-1] != ':'
		j--
	}
	for j > low && isBlank(t[j-1]) {
		j--
	}
	if j > low && t[j-1] == ']' && keyInBrackets(t, j) {
		j--
	}
	if k = passQuote(t, j); k < j {
		quoted, j = true, k
	}
	start, end, quoted = keyEnding(t, j, quoted)
	if quoted && isValueKey(t[start:end]) {
		if nameStart, nameEnd := nameBefore(t, start); nameStart < nameEnd && i-nameStart < nameReach {
			return nameStart, nameEnd, true
		}
	}
	return start, end, quoted
}

// nameReach is how far before a value its name may begin that a member of its own has: fast scans look for words so far before.
const nameReach = 60

// hasKey reports whether the value at i has a key of its own, or a placeholder for one, or the text has a name that is its own.
func hasKey(t []byte, i int, ctx Context) bool {
	start, end, _ := keyBefore(t, i)
	if start < end || len(ctx.Key) > 0 && onlyPunctuation(t, i) {
		return true
	}
	signs := 0
	for low := max(0, i-maxKeyGap); i > low && partsKey.has(t[i-1]); i-- {
		if t[i-1] != ' ' {
			signs++
		}
	}
	return signs > 0 && placeholderBefore(t, i)
}

// partsKey are what may part a key from its value.
var partsKey = setOf(` :=>"'`)

// keyEnding is the key that ends before end, and quoted as it is. What an escape ends in does not belong to it.
func keyEnding(t []byte, end int, quoted bool) (int, int, bool) {
	start := end
	for low := max(0, end-maxKeyBytes); start > low && isKeyByte(t[start-1]); {
		start--
	}
	if start == 0 {
		return start, end, quoted
	}
	switch t[start-1] {
	case '\\', '%', '[', ';': // an escape may begin there
		return behindEscape(t[:end], start), end, quoted
	}
	if isKeyByte(t[start-1]) {
		return keyBehindEscape(t, end, quoted)
	}
	return start, end, quoted
}

// behindEscape returns the offset behind the letter that an escape ends in which begins right before i, or a colour sequence whose last number begins at i; or i.
func behindEscape(t []byte, i int) int {
	if c := t[i-1]; c == '[' || c == ';' {
		if j := behindDigits(t, i); byteAt(t, j) == 'm' && colourBefore(t, j+1) > 0 {
			return j + 1
		}
		return i
	}
	for j := min(len(t), i+escapeBytes); j > i; j-- {
		if isLetter(t[j-1]) && escapeBefore(t, j) > 0 {
			return j
		}
	}
	return i
}

// keyBehindEscape is keyEnding for a key that is cut.
func keyBehindEscape(t []byte, end int, quoted bool) (int, int, bool) {
	start := end
	for start > 0 && end-start < maxKeyBytes && isKeyByte(t[start-1]) && !(isLetter(t[start-1]) && escapeBefore(t, start) > 0) {
		start--
	}
	return start, end, quoted
}

// onlyPunctuation reports whether the few bytes before i, from the start of the text, are no words.
func onlyPunctuation(t []byte, i int) bool {
	if i > 4 {
		return false
	}
	for _, c := range t[:i] {
		if isAlnum(c) || c >= 0x80 {
			return false
		}
	}
	return true
}

// window returns the bytes before i that may hold a key word for what is at i. It ends at a line's end, at another value's place, and at
// a placeholder, so that what was scrubbed once has the same context as before.
func window(t []byte, i int) []byte {
	low := max(0, i-windowBytes)
	j := i
	for ; j > low; j-- {
		c := t[j-1]
		if !mayEndWindow[c] {
			continue
		}
		switch c {
		case ']':
			if placeholderBefore(t, j) {
				return t[j:i]
			}
		case '"':
			if opensValue(t, j-1) {
				return t[j:i]
			}
		case '\\':
			if j < i && t[j] == 'n' {
				return t[j+1 : i]
			}
		default:
			return t[j:i]
		}
	}
	if j < i && t[j] == 'n' && byteAt(t, j-1) == '\\' {
		return t[j+1 : i]
	}
	for j < i && j > 0 && isAlnum(t[j]) && isAlnum(t[j-1]) {
		j++ // half a word is none
	}
	return t[j:i]
}

// mayEndWindow has the bytes that a window ends at, or may by what is beside them.
var mayEndWindow = [0x100]bool{'\n': true, '\r': true, '{': true, '}': true, ';': true, ']': true, '"': true, '\\': true}

// opensValue reports whether the quote at i opens a list's or object's next element.
func opensValue(t []byte, i int) bool {
	for i > 0 && (isBlank(t[i-1]) || t[i-1] == '\\') {
		i--
	}
	return i > 0 && (t[i-1] == ',' || t[i-1] == '{' || t[i-1] == '[')
}
