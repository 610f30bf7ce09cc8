package detect

// numberKind is one kind of number: what names it, what it looks like, and what checks it.
type numberKind struct {
	name string
	id   ID
	// words that name it, parted by ", "; see newNumberWord. Each is in lower case, in the spelling of its language.
	words string
	// forms it has, the longest first: 9 is a digit, A a letter, X either; at a space there may be one separator.
	forms []string
	// compiled are the forms; see formed.
	compiled []numberForm
	// valid checks what a form has read, in capitals and without separators; nil checks nothing.
	valid func(b []byte) bool
	// read reads what no form describes: it returns the end of the value at i, or 0.
	read func(t []byte, i int) int
	// direct says that the kind has no check digit that tells it from others, so that it is found only right behind its word.
	direct bool
}

// maxFormBytes is the length of the longest form without separators.
const maxFormBytes = 20

// numberForm is a form, compiled: how many letters and digits it has, one bit each where a digit must be, where a letter must be, and before
// which a separator may be.
type numberForm struct {
	n                     int
	digits, letters, gaps uint32
}

func newNumberForm(spelled string) (f numberForm) {
	for k := range len(spelled) {
		bit := uint32(1) << f.n
		switch spelled[k] {
		case ' ':
			f.gaps |= bit
			continue
		case '9':
			f.digits |= bit
		case 'A':
			f.letters |= bit
		}
		f.n++
	}
	return f
}

// beginning is the bit of a value that begins with a letter or a digit and goes on with one or the other.
func beginning(first, second bool) uint8 {
	bit := uint8(1)
	if first {
		bit <<= 1
	}
	if second {
		bit <<= 2
	}
	return bit
}

// begins are the beginnings that values of the kind may have.
func (k *numberKind) begins() (bits uint8) {
	if k.read != nil {
		return 15
	}
	for _, letters := range [...][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		for i := range k.compiled {
			f := &k.compiled[i]
			if !(letters[0] && f.digits&1 != 0 || !letters[0] && f.letters&1 != 0 || letters[1] && f.digits&2 != 0 || !letters[1] && f.letters&2 != 0) {
				bits |= beginning(letters[0], letters[1])
			}
		}
	}
	return bits
}

// mayBegin reports whether a value that the word names may begin with the letter or digit at i, and the one behind it.
func (w *numberWord) mayBegin(t []byte, i int) bool {
	next := byteAt(t, i+1)
	return !isAlnum(next) || w.begins&beginning(isLetter(t[i]), isLetter(next)) != 0
}

// formed compiles the forms of kinds.
func formed(kinds []numberKind) []numberKind {
	for i := range kinds {
		for _, form := range kinds[i].forms {
			kinds[i].compiled = append(kinds[i].compiled, newNumberForm(form))
		}
	}
	return kinds
}

// numberText is what stands where a number may begin, read once for all forms: letters and digits, with one separator or none between two.
type numberText struct {
	// b are the first n of them, in capitals, and end where each ends, in bytes from the first.
	b   [maxFormBytes]byte
	end [maxFormBytes]uint8
	n   int
	// digits, letters and gaps have a bit for each: it is a digit, it is a letter, a separator stands before it.
	digits, letters, gaps uint32
}

// read reads what is at i.
func (x *numberText) read(t []byte, i int) {
	var digits, letters, gaps uint32
	n, at := 0, i
	for bit := uint32(1); n < maxFormBytes; bit <<= 1 {
		c := byteAt(t, at)
		if !isAlnum(c) {
			gap := gapLen(t, at)
			if c = byteAt(t, at+gap); gap == 0 || n == 0 || !isAlnum(c) {
				break
			}
			at, gaps = at+gap, gaps|bit
		}
		if isDigit(c) {
			digits |= bit
		} else {
			letters |= bit
			c &^= 'a' - 'A'
		}
		at++
		x.b[n], x.end[n] = c, uint8(at-i)
		n++
	}
	x.n, x.digits, x.letters, x.gaps = n, digits, letters, gaps
}

// has reports whether what has been read begins with the form.
func (x *numberText) has(f *numberForm) bool {
	return f.n <= x.n && f.digits&^x.digits|f.letters&^x.letters|x.gaps&(1<<f.n-1)&^f.gaps == 0
}

// at returns the end of the number of this kind at i, or 0; x has read what is there.
func (k *numberKind) at(t []byte, i int, x *numberText) int {
	if k.read != nil {
		return k.read(t, i)
	}
	for j := range k.compiled {
		f := &k.compiled[j]
		if !x.has(f) {
			continue
		}
		if end := i + int(x.end[f.n-1]); !numberGoesOn(t, end) && (k.valid == nil || k.valid(x.b[:f.n])) {
			return end
		}
	}
	return 0
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
	return numberAfter(t, i) || byteAt(t, i) == '/' && digitAt(t, i+1)
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
