package detect

// numberShape says which detectors can find something in a run of digits and separators, by the sizes of its groups. Counters, dates and
// addresses are most of what runs hold, and few of them have the shape of a number that matters.
type numberShape struct {
	digits           int
	plus             bool
	card, ssn, phone bool // phone: one that needs no key word
}

// add takes the next group of digits, the gap before it, and the sizes of the two groups before.
func (n *numberShape) add(size, gap, last, before int) {
	n.digits += size
	n.card = n.card || size >= 13 || gap == 1 && last == 4 && (size == 4 || size == 6)
	n.ssn = n.ssn || size == 9 || gap == 1 && last == 3 && size == 2
	n.phone = n.phone || before == 3 && last == 3 && size == 4
}

// shapeOf reads a run. It sees too much in some runs and too little in none.
func shapeOf(run []byte) (n numberShape) {
	size, gap, last, before := 0, 0, 0, 0
	for _, c := range run {
		if isDigit(c) {
			size++
			continue
		}
		if size > 0 {
			n.add(size, gap, last, before)
			before, last, size, gap = last, size, 0, 0
		}
		gap++
		n.plus = n.plus || c == '+'
	}
	n.add(size, gap, last, before)
	return n
}

// digits looks at the run that ends before bit p of the chunk. Where an escape may end in the run, its groups are not what they seem.
func (s *Scanner) digits(p int) {
	start, end := s.runStart(runDigits, p), s.base+p
	n := shapeOf(s.text[start:end])
	if n.digits < 8 || n.digits == 8 && !n.plus {
		return
	}
	if c := byteAt(s.text, start-1); isAlnum(c) || c == '%' || c == '\\' {
		n.card, n.ssn, n.phone = true, true, true
	}
	if n.card {
		s.run(Card, matchCard, start, end)
	}
	if n.ssn {
		s.run(SSN, matchSSN, start, end)
	}
	if n.phone || n.plus || s.mayBeNamed(start) {
		s.run(Phone, matchPhone, start, end)
	}
}

// mayBeNamed reports whether a key word may say what the run at start is: not where the run begins a line.
func (s *Scanner) mayBeNamed(start int) bool {
	return start > 0 && s.text[start-1] != '\n' || len(s.ctx.Key) != 0
}
