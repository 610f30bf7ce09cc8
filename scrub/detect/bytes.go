package detect

// Classes of bytes that several matchers share.
const (
	isDigitBit = 1 << iota
	isHexBit
	isLetterBit
	isTokenBit
	isKeyBit
	endsCredentialBit
	isDigitRunBit
	isColonedBit
)

var class = func() (c [256]uint8) {
	for b := '0'; b <= '9'; b++ {
		c[b] |= isDigitBit | isHexBit | isTokenBit
	}
	for b := 'a'; b <= 'z'; b++ {
		c[b] |= isLetterBit | isTokenBit
		c[b-'a'+'A'] |= isLetterBit | isTokenBit
	}
	for b := 'a'; b <= 'f'; b++ {
		c[b] |= isHexBit
		c[b-'a'+'A'] |= isHexBit
	}
	for _, b := range "0123456789 .-+()" {
		c[b] |= isDigitRunBit
	}
	for _, b := range "0123456789abcdefABCDEF:." {
		c[b] |= isColonedBit
	}
	for _, b := range "_.+/=-" {
		c[b] |= isTokenBit
	}
	for _, b := range " \t\n\r,;&)}]<>\"'`\\|" {
		c[b] |= endsCredentialBit
	}
	for b := range c {
		if c[b]&(isLetterBit|isDigitBit) != 0 || b == '_' || b == '-' || b == '.' || b == '$' {
			c[b] |= isKeyBit
		}
	}
	return c
}()

// plainInLocal has what stands for itself in the local part of an address.
var plainInLocal = func() (plain [256]bool) {
	for b := range plain {
		plain[b] = isAlnum(byte(b)) || b == '.' || b == '_' || b == '-' || b == '+'
	}
	return plain
}()

func isDigit(b byte) bool  { return b-'0' < 10 }
func isHex(b byte) bool    { return class[b]&isHexBit != 0 }
func isLetter(b byte) bool { return class[b]&isLetterBit != 0 }
func isAlnum(b byte) bool  { return class[b]&(isLetterBit|isDigitBit) != 0 }
func isToken(b byte) bool  { return class[b]&isTokenBit != 0 }
func isLower(b byte) bool  { return b-'a' < 26 }
func isUpper(b byte) bool  { return b-'A' < 26 }
func isBlank(b byte) bool  { return b == ' ' || b == '\t' }
func isQuote(b byte) bool  { return b == '"' || b == '\'' || b == '`' }

func lower(b byte) byte {
	if isUpper(b) {
		return b + 'a' - 'A'
	}
	return b
}

func upper(b byte) byte {
	if isLower(b) {
		return b - ('a' - 'A')
	}
	return b
}

func hexValue(b byte) byte {
	if isDigit(b) {
		return b - '0'
	}
	return lower(b) - 'a' + 10
}

// byteAt is t[i], or zero outside of t. No boundary rule objects to a zero byte.
func byteAt(t []byte, i int) byte {
	if uint(i) < uint(len(t)) {
		return t[i]
	}
	return 0
}

// hasFold reports whether t at i holds the ASCII word, which is in lower case, in any case.
func hasFold(t []byte, i int, word string) bool {
	if i < 0 || len(t)-i < len(word) {
		return false
	}
	for j := range len(word) {
		if lower(t[i+j]) != word[j] {
			return false
		}
	}
	return true
}

// hexRun reports whether the n bytes before i are hex digits.
func hexRun(t []byte, i, n int) bool {
	if i < n {
		return false
	}
	for _, c := range t[i-n : i] {
		if !isHex(c) {
			return false
		}
	}
	return true
}

// escapeBefore returns the length of an escape that ends right before i, or 0: one of \n \r \t \b \f \v, \u00e9, \x1b, %20, or an ANSI
// colour sequence. What such an escape ends in is no letter of the text.
func escapeBefore(t []byte, i int) int {
	if i < 2 {
		return 0
	}
	c := t[i-1]
	if t[i-2] == '\\' {
		switch c {
		case 'n', 'r', 't', 'b', 'f', 'v':
			return 2
		}
		return 0
	}
	switch {
	case isHex(c) && i >= 3 && t[i-3] == '%' && isHex(t[i-2]):
		return 3
	case isHex(c) && i >= 4 && t[i-4] == '\\' && t[i-3] == 'x' && isHex(t[i-2]):
		return 4
	case isHex(c) && i >= 6 && t[i-6] == '\\' && t[i-5] == 'u' && hexRun(t, i, 4):
		return 6
	case c == 'm':
		return colourBefore(t, i)
	}
	return 0
}

// colourBefore returns the length of an ANSI colour sequence (ESC [ 1 ; 31 m) before i, escaped or raw, or 0.
func colourBefore(t []byte, i int) int {
	for j := i - 2; j > 0 && j > i-14; j-- {
		c := t[j]
		if isDigit(c) || c == ';' {
			continue
		}
		if c != '[' {
			return 0
		}
		if t[j-1] == 0x1b {
			return i - j + 1
		}
		if n := escapeBefore(t, j); n >= 4 {
			return i - j + n
		}
		return 0
	}
	return 0
}

// wordBefore reports whether a letter, digit or underscore of the text stands right before i. So does a placeholder: what touched the value
// that it stands for still touches, and scrubbing again finds nothing new.
func wordBefore(t []byte, i int) bool {
	if i == 0 {
		return false
	}
	switch c := t[i-1]; {
	case isAlnum(c), c == '_':
		return escapeBefore(t, i) == 0
	case c == ']':
		return placeholderBefore(t, i)
	}
	return false
}

// wordAt reports whether a letter, digit or underscore, or a placeholder, stands at i.
func wordAt(t []byte, i int) bool {
	c := byteAt(t, i)
	return isAlnum(c) || c == '_' || c == '[' && placeholderAt(t[i:])
}

// skipEscape returns the first offset at or after i that is not inside an escape that began before i (%20, \x1b, \u0020).
func skipEscape(t []byte, i int) int {
	if i == 0 || i >= len(t) || t[i-1] != '%' && !isAlnum(t[i-1]) {
		return i
	}
	if t[i-1] == '%' {
		if isHex(t[i]) && isHex(byteAt(t, i+1)) {
			return i + 2
		}
		return i
	}
	if i >= 2 && t[i-2] == '%' && isHex(t[i-1]) && isHex(t[i]) {
		return i + 1
	}
	return skipBackslash(t, i)
}

// skipBackslash is skipEscape for the escapes with a backslash.
func skipBackslash(t []byte, i int) int {
	for back := 2; back <= 5 && i-back >= 0; back++ {
		if t[i-back] != '\\' {
			continue
		}
		n := 0
		switch t[i-back+1] {
		case 'u':
			n = 4
		case 'x':
			n = 2
		}
		if end := i - back + 2 + n; end > i && end <= len(t) && hexRun(t, end, n) {
			return end
		}
		return i
	}
	return i
}

// maxSlashes bounds how many backslashes are counted: three levels of escaping make seven.
const maxSlashes = 8

// slashes returns how many backslashes stand at i, at most maxSlashes.
func slashes(t []byte, i int) (n int) {
	for n < maxSlashes && byteAt(t, i+n) == '\\' {
		n++
	}
	return n
}

// numberAfter reports whether what follows i makes a number before it part of something longer: a letter, a digit, an underscore, or a
// dash or dot with one of these behind it.
func numberAfter(t []byte, i int) bool {
	switch c := byteAt(t, i); c {
	case '-', '.':
		return wordAt(t, i+1)
	default:
		return wordAt(t, i)
	}
}

// numberBefore reports whether what stands before i makes a number at i part of something longer.
func numberBefore(t []byte, i int) bool {
	if wordBefore(t, i) {
		return true
	}
	switch byteAt(t, i-1) {
	case '-', '.':
		return true
	}
	return false
}
