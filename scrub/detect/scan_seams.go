package detect

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Where findings overlap the first one wins, and what a later one has beyond it is dropped with it. Mostly that is no value by itself: the host behind
// a password and its at sign. But in "token=ab+1 212-555-0142" the secret takes the number's sign and country, and the rest would stay. And what a
// finding takes may be what kept a value beside it from being one: in "password: kernel 192.0.2.1" the word before the address, in
// "4111 1111 1111 1111 2001:db8::1" the digits with which the card's seem to go on.
//
// There the line is looked at once more as it will leave: with placeholders for what was found. What is found then is found now, so that scrubbing a
// second time finds no more; and what was found so is looked beside in its turn, a few times. A look sees a bounded stretch, and each goes on at least half
// of what it reads behind a seam, so that the whole stays linear.

// endsSeam reports whether a look ends at a byte: with the line, or with what is gathered as one text.
func endsSeam(c byte) bool { return c == '\n' || c == 0 }

// seamStop is how many bytes of t a look goes on for.
func seamStop(t []byte) int {
	t = t[:nextByte(t, 0, '\n')]
	return nextByte(t, 0, 0)
}

// seam is where to look once more: from the start of a winner to the end of what it cut short.
type seam struct{ start, end int }

// Bounds of a stretch.
const (
	seamBefore = 128 // what is read before a winner
	seamBehind = 128 // what is read behind a seam; what is found in the second half of it may be cut
	seamBytes  = 1024
	// minRestBytes is the length of the shortest value that is looked for in what is left of one.
	minRestBytes = 5
)

// seams are those of one text. The zero seams has none.
type seams struct {
	list  []seam
	line  *seamText // nil until there is one
	order merger
}

// add notes that a winner has cut a finding short. A nil seams notes nothing.
func (x *seams) add(winner, loser Finding) {
	if x == nil || loser.End-winner.End < minRestBytes || winner.Detector == URLCredentials && loser.Detector == Email {
		return
	}
	x.list = append(x.list, seam{winner.Start, loser.End})
}

// suspect notes the findings that took what matters to their neighbours: a word, a key, or digits that made a number beside them a part of their own. A
// number that is found itself is none beside them.
func (x *seams) suspect(t []byte, found []Finding) {
	before := 0
	for i, f := range found {
		next := len(t)
		if i+1 < len(found) {
			next = found[i+1].Start
		}
		if n := max(numberBeside(t[before:f.Start]), wordBeside(t, f.Start)); n > 0 {
			x.list = append(x.list, seam{f.Start - n, f.End})
		} else if !endsValue(t, f.End) && (touchesWord(t, f) || numberSoon(t[f.End:next]) || takesContext(t, f)) {
			x.list = append(x.list, seam{f.Start, f.End})
		}
		before = f.End
	}
}

// endsValue reports whether the text, the line or a member of an object ends at i, behind a quote or none.
func endsValue(t []byte, i int) bool {
	if byteAt(t, i) == '"' {
		i++
	}
	switch byteAt(t, i) {
	case 0, '\n', ',', '}':
		return true
	}
	return false
}

// touchesWord reports whether a word, or what may begin an address, follows a finding at once, or behind signs that names have.
func touchesWord(t []byte, f Finding) bool {
	i := f.End
	for i < f.End+numberReach && signsInNames.has(byteAt(t, i)) {
		i++
	}
	switch c := byteAt(t, i); c {
	case '/':
		return i == f.End && f.Detector != IPv4 && f.Detector != IPv6 && f.Detector != Email
	case '\\':
		return i > f.End
	case '&':
		return byteAt(t, i+1) == '[' // a key that looks like a placeholder
	default:
		return wordAt(t, i)
	}
}

var signsInNames = setOf("-+._")

// wordBeside returns how far before i a name begins that may end there at once, or before a quote or a sign that names have, or 0.
func wordBeside(t []byte, i int) (length int) {
	c := byteAt(t, i-1)
	if !isAlnum(c) && !((c == '\'' || signsInNames.has(c)) && isAlnum(byteAt(t, i-2))) {
		return 0
	}
	for length = 1; length < maxKeyBytes && i > length && class[t[i-1-length]]&endsCredentialBit == 0; {
		length++
	}
	return length
}

// takesContext reports whether the end of a finding could say of what follows that it is something else: no address, no folder, no number of its own, or
// the value of a key.
func takesContext(t []byte, f Finding) bool {
	last := t[f.End-1]
	if last == ':' || last == '=' {
		return true
	}
	if isDigit(last) || last >= 0x80 {
		return (f.Detector == Secret || f.Detector == Authorization || f.Detector == UserPath) && digitSoon(t, f.End, 2)
	}
	tail := t[max(f.Start, f.End-windowBytes):f.End]
	capitals := len(tail)
	for capitals > 0 && isUpper(tail[capitals-1]) {
		capitals--
	}
	return methods.has(tail[capitals:]) || f.Detector != Email && inName(contextWords, tail)
}

// contextWords make of what follows a version or a route.
var contextWords = newWordSet(slices.Concat(versionWords.words, routeWords.words)...)

// Bounds of a number beside a finding that is looked at once more: the shortest that is found without a word, but for four bytes with dots.
const (
	numberReach     = 4  // how far from the finding
	numberBytes     = 40 // how much of it is read
	minNumberDigits = 7
	addressDots     = 3
)

// numberSoon reports whether t may begin with a number, behind a few signs.
func numberSoon(t []byte) bool {
	if numberReach <= len(t) && !anyDigit(t[:numberReach]) {
		return false
	}
	i := 0
	for to := min(len(t), numberReach); i < to; i++ {
		if c := t[i]; isDigit(c) {
			break
		} else if c == '\n' || c == 0 || isLetter(c) {
			return false
		}
	}
	var n numberCount
	for k := i; k < min(len(t), i+numberBytes) && n.goesOn(t[k]); k++ {
	}
	return n.long()
}

// numberBeside returns how far before the end of t the number begins that may stand there, before a few signs, or 0.
func numberBeside(t []byte) (length int) {
	i := len(t)
	if i >= numberReach && !anyDigit(t[i-numberReach:]) {
		return 0
	}
	for to := max(0, i-numberReach); i > to; i-- {
		if c := t[i-1]; isDigit(c) {
			break
		} else if c == '\n' || c == 0 || isLetter(c) {
			return 0
		}
	}
	var n numberCount
	k := i
	for k > max(0, i-numberBytes) && n.goesOn(t[k-1]) {
		k--
	}
	if !n.long() {
		return 0
	}
	return len(t) - k
}

// anyDigit reports whether one of the four bytes of b is a digit.
func anyDigit(b []byte) bool {
	x := binary.LittleEndian.Uint32(b) ^ 0x30303030
	return (x&0x7f7f7f7f+0x76767676|x)&0x80808080 != 0x80808080
}

// numberCount counts what a number is made of.
type numberCount struct{ digits, dots int }

func (n *numberCount) long() bool {
	return n.digits >= minNumberDigits || n.dots >= addressDots && n.digits > n.dots
}

// goesOn counts a byte and reports whether a number may go on there.
func (n *numberCount) goesOn(c byte) bool {
	part := numberParts[c]
	if part == 0 || part == otherPart && n.digits == 0 {
		return false
	}
	n.digits += int(part & digitPart)
	n.dots += int(part & dotPart / dotPart)
	return true
}

// What a byte of a number is.
const (
	digitPart = 1 << iota
	dotPart
	otherPart // what may stand between digits
)

var numberParts = func() (parts [256]uint8) {
	for b := range parts {
		switch c := byte(b); {
		case isDigit(c):
			parts[b] = digitPart
		case c == '.':
			parts[b] = dotPart
		case isDigitRun(c), c == '/', c == '%':
			parts[b] = otherPart
		}
	}
	return parts
}()

// seamText is a stretch of a text with placeholders for findings.
type seamText struct {
	b      [seamBytes]byte
	n      int
	pieces []seamPiece // what b is made of, in order
	end    int         // offset in the text of what follows
}

// seamPiece is a part of a stretch: a placeholder, or text as it is.
type seamPiece struct {
	at, from int // where it begins in the stretch and in the text
	stands   bool
}

// read reads the stretch of a seam, and returns where it ends. found are the findings of the text.
func (x *seamText) read(t []byte, s seam, found []Finding) (end int) {
	i := max(0, s.start-seamBefore)
	for k := s.start; k > i; k-- {
		if endsSeam(t[k-1]) {
			i = k
			break
		}
	}
	first, _ := slices.BinarySearchFunc(found, i, func(f Finding, at int) int { return cmp.Compare(f.End, at+1) })
	found = found[first:]
	if len(found) > 0 {
		i = min(i, found[0].Start)
	}
	end = min(len(t), s.end+seamBehind)
	x.n, x.pieces = 0, x.pieces[:0]
	for i < end && x.n < seamBytes-maxPlaceholderBytes {
		if len(found) > 0 && found[0].Start == i {
			x.pieces = append(x.pieces, seamPiece{x.n, i, true})
			x.n += copy(x.b[x.n:], found[0].Detector.placeholder())
			i, found = found[0].End, found[1:]
			continue
		}
		stop := min(end, i+seamBytes-maxPlaceholderBytes-x.n)
		if len(found) > 0 && found[0].Start > i {
			stop = min(stop, found[0].Start)
		}
		n := seamStop(t[i:stop])
		if n > 0 {
			x.pieces = append(x.pieces, seamPiece{x.n, i, false})
			x.n += copy(x.b[x.n:], t[i:i+n])
		}
		if i += n; i < stop {
			break
		}
	}
	x.end = i
	return i
}

// lift returns the finding in the text for one in the stretch. None is kept that touches a placeholder, nor one that may have been cut.
func (x *seamText) lift(t []byte, s seam, f Finding) (Finding, bool) {
	k, end := len(x.pieces)-1, x.n
	for x.pieces[k].at > f.Start {
		k, end = k-1, x.pieces[k].at
	}
	p := x.pieces[k]
	if p.stands || f.End > end || f.Detector.own() {
		return f, false
	}
	g := Finding{p.from + f.Start - p.at, p.from + f.End - p.at, f.Detector}
	return g, g.Start >= s.start && (g.End <= x.end-seamBehind/2 || x.end == len(t) || endsSeam(t[x.end]))
}

// maxLooks bounds how often what was found at a seam makes new ones.
const maxLooks = 4

// lookAgain appends to found what stands at the seams of found[from:], and at the seams of that, and keeps it in order.
func (x *seams) lookAgain(found []Finding, from int, t []byte, shape Shape, l looker) []Finding {
	for range maxLooks {
		fresh := len(found)
		found = x.look(found, from, t, shape, l)
		if len(found) == fresh {
			break
		}
		x.suspect(t, found[fresh:])
		x.order.settle(found, from, fresh)
	}
	x.list = x.list[:0]
	return found
}

// look appends to found what stands at the seams of found[from:], in order, and empties their list.
func (x *seams) look(found []Finding, from int, t []byte, shape Shape, l looker) []Finding {
	if len(x.list) > 1 {
		slices.SortFunc(x.list, func(a, b seam) int { return cmp.Compare(a.start, b.start) })
	}
	done, fresh := 0, len(found)
	if x.line == nil && len(x.list) > 0 {
		x.line = new(seamText)
	}
	for i, s := range x.list {
		if s.end+seamBehind/2 <= done {
			continue
		}
		for _, next := range x.list[i+1:] {
			if next.start > s.end+seamBehind || next.end-s.start > seamBytes/2 {
				break
			}
			s.end = max(s.end, next.end)
		}
		done = x.line.read(t, s, found[from:fresh])
		if n := len(found); n > fresh {
			s.start = max(s.start, found[n-1].End)
		}
		for _, f := range l.look(x.line.b[:x.line.n], Context{Shape: shape}) {
			if f, ok := x.line.lift(t, s, f); ok {
				found = append(found, f)
			}
		}
	}
	x.list = x.list[:0]
	return found
}

// placeholder is what takes the place of a finding where the policy says nothing else.
func (id ID) placeholder() string {
	if id.own() {
		return Table[Secret].Placeholder
	}
	return Table[id].Placeholder
}
