package detect

// What tells three numbers with blanks between, 571 612 1056, from a telephone number: a word, or that nothing else is there.

// callWords are what people are told to call, and what they are told to do, beside phoneWords.
var callWords = newWordSet("call", "called", "calling", "dial", "dialed", "dialled", "text", "sms", "ring", "reach", "contact", "contacts", "ph", "home", "office", "work", "emergency",
	"hotline", "landline", "helpline", "support", "pager", "callback", "mobiles", "recipient", "tollfree")

// ownNumber are whose number a telephone's is, as people say.
var ownNumber = newWordSet("my", "his", "her", "our", "your", "their", "us", "american", "alternate", "alternative", "new", "old")

// calledPhone reports whether the number at i is called a telephone's, by its key or a word near before it.
func calledPhone(t []byte, i int, ctx Context) bool {
	if phoneWords.named(t, i, ctx) || callWords.named(t, i, ctx) {
		return true
	}
	near := window(t, i)
	for k := len(near) - len("number"); k > 1; k-- {
		if hasFold(near, k, "number") && near[k-1] == ' ' {
			from := k - 1
			for from > 0 && isLetter(near[from-1]) {
				from--
			}
			return ownNumber.has(near[from : k-1])
		}
	}
	return false
}

// alone reports whether what stands at t[start:end] is all of a text, of a line, of a string or of a cell.
func alone(t []byte, start, end int) bool {
	switch c := byteAt(t, start-1); c {
	case 0, '\n':
		d := byteAt(t, end)
		return d == 0 || d == '\n' || d == '\r' || d == ',' || d == '\t' || d == ';'
	case '"', '\'', '`':
		return byteAt(t, end) == c || byteAt(t, end) == '\\'
	case ',', '\t', ';', '|':
		d := byteAt(t, end)
		return d == c || d == 0 || d == '\n' || d == '\r'
	case '>':
		return byteAt(t, end) == '<'
	}
	return false
}

// mayBeRussian reports whether a group of one digit, an 8, begins at i, with one of three behind it.
func mayBeRussian(t []byte, i int) bool {
	if t[i] != '8' || isDigit(byteAt(t, i+1)) {
		return false
	}
	n := phoneGap(t, i+1)
	return n > 0 && behindDigits(t[:min(len(t), i+n+5)], i+1+n) == i+n+4
}

// russian returns the end of the number at i as it is dialled in Russia and Kazakhstan, or 0: 8 (495) 123-45-67, 8-800-555-35-35, with a bracket or a dash.
func (p *phoneGroups) russian(t []byte, i int) int {
	if p.count < 5 || p.digit[0] != 8 || [5]int(p.size[:5]) != [5]int{1, 3, 3, 2, 2} || p.digit[1] < 3 || numberBefore(t, i) || phoneAfter(t, p.end[4]) {
		return 0
	}
	signs := 0
	for _, gap := range p.gap[1:5] {
		if gap[0] == '-' || gap[0] == ')' {
			signs++
		}
	}
	if signs == 0 || p.gap[3] != p.gap[4] {
		return 0
	}
	return p.end[4]
}
