package detect

// numberKind is one kind of number: what names it, what it looks like, and what checks it.
type numberKind struct {
	name string
	id   ID
	// words that name it, parted by ", "; see newNumberWord. Each is in lower case, in the spelling of its language.
	words string
	// forms it has, the longest first: 9 is a digit, A a letter, X either, S the sign of a century; at a space there may be one separator.
	forms []string
	// valid checks what a form has read, in capitals and without separators; nil checks nothing.
	valid func(b []byte) bool
	// read reads what no form describes: it returns the end of the value at i, or 0.
	read func(t []byte, i int) int
	// direct says that the kind has no check digit that tells it from others, so that it is found only right behind its word.
	direct bool
}

// maxFormBytes is the length of the longest form without separators.
const maxFormBytes = 20

// numberText is what a form has read.
type numberText [maxFormBytes]byte

// at returns the end of the number of this kind at i, or 0. It writes to b.
func (k *numberKind) at(t []byte, i int, b *numberText) int {
	if k.read != nil {
		return k.read(t, i)
	}
	for _, form := range k.forms {
		n, end := readForm(t, i, form, b)
		if n > 0 && !numberGoesOn(t, end) && (k.valid == nil || k.valid(b[:n])) {
			return end
		}
	}
	return 0
}

// readForm copies the characters of a form from i, and returns how many and where they end; 0 when the text has another form.
func readForm(t []byte, i int, form string, b *numberText) (n, end int) {
	for k := range len(form) {
		if form[k] == ' ' {
			i += gapLen(t, i)
			continue
		}
		c := byteAt(t, i)
		if isLower(c) {
			c -= 'a' - 'A'
		}
		if !fitsForm(form[k], c) {
			return 0, 0
		}
		b[n] = c
		n++
		i++
	}
	return n, i
}

func fitsForm(kind, c byte) bool {
	switch kind {
	case '9':
		return isDigit(c)
	case 'A':
		return isUpper(c)
	case 'S':
		return c == '-' || c == '+' || c >= 'A' && c <= 'F' || c >= 'U' && c <= 'Y'
	}
	return isAlnum(c)
}

// gapLen returns the length of the separator at i that may part the groups of a number, or 0.
func gapLen(t []byte, i int) int {
	switch byteAt(t, i) {
	case ' ', '-', '.', '/', '+':
		return 1
	case '\\':
		if byteAt(t, i+1) == '/' {
			return 2
		}
	case '%':
		if i+2 < len(t) && t[i+1] == '2' {
			switch lower(t[i+2]) {
			case '0', 'd', 'e', 'f', 'b':
				return 3
			}
		}
	case 0xc2:
		if byteAt(t, i+1) == 0xa0 {
			return 2
		}
	}
	return 0
}

// numberGoesOn reports whether what is at i makes a number before it part of something longer.
func numberGoesOn(t []byte, i int) bool {
	return numberAfter(t, i) || byteAt(t, i) == '/' && isDigit(byteAt(t, i+1))
}

// decimal is the number that digits spell.
func decimal(b []byte) (n int) {
	for _, c := range b {
		n = n*10 + int(c-'0')
	}
	return n
}

// weigh is the sum of the first digits, each times its weight.
func weigh(b []byte, weights ...int) (sum int) {
	for i, w := range weights {
		sum += int(b[i]-'0') * w
	}
	return sum
}

// luhnText is luhn for digits as they are written.
func luhnText(b []byte) bool {
	var d [maxFormBytes]byte
	for i, c := range b {
		d[i] = c - '0'
	}
	return luhn(d[:len(b)])
}

// isDay reports whether there can be such a day, of any year.
func isDay(month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	return day <= 29 || month != 2 && (day == 30 || month != 4 && month != 6 && month != 9 && month != 11)
}

// ymd reports whether digits at the start of b are a year of two digits, a month and a day.
func ymd(b []byte) bool { return isDay(decimal(b[2:4]), decimal(b[4:6])) }

// dmy is ymd in the other order.
func dmy(b []byte) bool { return isDay(decimal(b[2:4]), decimal(b[:2])) }
