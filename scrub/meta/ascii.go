package meta

func digit(c byte) bool { return c-'0' < 10 }
func lower(c byte) bool { return c-'a' < 26 }
func upper(c byte) bool { return c-'A' < 26 }
func alpha(c byte) bool { return (c|0x20)-'a' < 26 }
func alnum(c byte) bool { return digit(c) || alpha(c) }
func blank(c byte) bool { return c == ' ' || c == '\t' }

func lowerASCII(b []byte) {
	for i, c := range b {
		if upper(c) {
			b[i] = c | 0x20
		}
	}
}

// trim cuts spaces and tabs from both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// equalFold compares b to word, which is lower-case ASCII.
func equalFold(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i, c := range b {
		if upper(c) {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !digit(c) {
			return false
		}
	}
	return len(b) > 0
}

// number reads up to four digits at the start of b. A longer run, or none, is no number.
func number(b []byte) (n uint16, ok bool) {
	i := 0
	for i < len(b) && digit(b[i]) {
		if i == 4 {
			return 0, false
		}
		n = n*10 + uint16(b[i]-'0')
		i++
	}
	return n, i > 0
}

func upperASCII(b []byte) {
	for i, c := range b {
		if lower(c) {
			b[i] = c &^ 0x20
		}
	}
}

func appendLower(dst, b []byte) []byte {
	start := len(dst)
	dst = append(dst, b...)
	lowerASCII(dst[start:])
	return dst
}
