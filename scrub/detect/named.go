package detect

import (
	"unicode"
	"unicode/utf8"
)

// Numbers that only a word tells from others: numbers of persons, taxes, patients, accounts, passports, devices; codes of cards, dates of
// birth. A word's end is the anchor and the value is looked for behind it, so text without such words costs nothing, however many
// digits it holds. The words, and the numbers they name, are in the tables of numberKinds.

// matchNamed finds the first value at or after from that a word names which ends at at.
//
// Accepted: a value that begins within windowBytes behind the word, on the same line, in the same string or in the value whose key the word
// is, before any placeholder. Behind a number, the next word that names numbers ends that: it has what follows. Words may be written with spaces, signs or capitals between their parts: "date of birth",
// date_of_birth, dateOfBirth. near says that at is before a number, where words count that are no
// anchors; else only those that are do. A value whose own key is another one is not named. Kinds without a check digit are found only where nothing but
// signs and words such as "number" or "is" stand between.
func matchNamed(o *Options, t []byte, at, from int, near bool, b *numberText) (f Finding, ok bool) {
	w := wordNaming(t, at, near, nil)
	if w == nil {
		return f, false
	}
	return matchBehind(o, t, w, at, from, b)
}

// matchBehind is matchNamed for a word that is known to end at at.
func matchBehind(o *Options, t []byte, w *numberWord, at, from int, b *numberText) (Finding, bool) {
	s := search{o: o, t: t, word: w, end: at, from: from, direct: true, b: b}
	return s.run(at)
}

// foreignNaming returns the word whose last letter beyond ASCII ends at at, or before a full-width sign or a particle there, and its end.
func foreignNaming(t []byte, at int) (w *numberWord, end int) {
	if end = beforeWideSign(t, at); end == 0 || end > len(t) || t[end-1] < utf8.RuneSelf {
		return nil, end
	}
	if end -= particleBytes; end > 0 && betweenWords.has(t[end:end+particleBytes]) {
		return wordEnding(t, end), end
	}
	end += particleBytes
	for limit := end + maxForeignEnd; end < limit && isLetter(byteAt(t, end)); {
		end++
	}
	return wordEnding(t, end), end
}

// particleBytes is the length of the words between in Chinese, Japanese and Korean, which stand right behind a word.
const particleBytes = 3

// maxForeignEnd is how many letters of ASCII may end a word that others are in.
const maxForeignEnd = 12

// wordNaming returns the word that ends at at, before a number or anywhere, or nil.
func wordNaming(t []byte, at int, near bool, p *wordPlaces) *numberWord {
	if !behindWord(t, at) {
		return nil
	}
	if w := p.ending(t, at); w != nil && near != w.anchor {
		return w
	}
	return nil
}

// behindWord reports whether a word may end at at: what may follow it is there.
func behindWord(t []byte, at int) bool {
	return at > 0 && at < len(t) && isWordByte(t[at-1]) && (namedAfter.has(t[at]) || isUpper(t[at]))
}

// numberRun reports whether words are looked for before the run of digits and separators t[start:end]: it has nine digits, or six and something
// that may belong to it at one of its ends. It is no date alone, no seconds of a time with their fraction, and nine bytes long at least, as fast scans
// find runs.
func numberRun(t []byte, start, end, digits int) bool {
	if digits < minNamedDigits || end-start < 9 || afterLetter(t, start) || secondsAt(t, start, end, digits) || dateAlone(t, end) {
		return false
	}
	if last := t[end-1]; isDigit(last) || last == '-' {
		if c := byteAt(t, end); isAlnum(c) || c == '/' {
			return true
		}
	}
	sep := t[start]
	return digits >= 9 || digits == 6 && !isDigit(sep) && t[start+3] == sep && t[start+6] == sep && isLetter(byteAt(t, start-1))
}

// dateAlone reports whether the run of digits and separators that ends at end is a day with dashes, or looks like one from its end: fast scans see no more of it.
func dateAlone(t []byte, end int) bool {
	return byteAt(t, end-3) == '-' && byteAt(t, end-6) == '-' && !isDigitRun(byteAt(t, end-11))
}

// secondsAt reports whether the run t[start:end] is the seconds of a time and a fraction of up to nine digits: 26:53.009549. Of one with six, fast scans
// see no more than the three signs that say so.
func secondsAt(t []byte, start, end, digits int) bool {
	n := end - start
	return byteAt(t, start-1) == ':' && isDigit(byteAt(t, start-2)) && byteAt(t, start+2) == '.' && (n == len("53.009549") || digits == n-1 && n <= len("53.009549123"))
}

// numberEscape reports whether words are looked for before the percent sign at i: an escape for a separator after the first group of a number,
// with letters or digits on both sides.
func numberEscape(t []byte, i int) bool {
	if byteAt(t, i) != '%' || gapLen(t, i) == 0 || !isAlnum(byteAt(t, i+3)) || !isDigit(byteAt(t, i-1)) && !isDigit(t[i+3]) {
		return false
	}
	j := i
	for j > 0 && i-j < 6 && isAlnum(t[j-1]) {
		j--
	}
	return j < i && j > 0 && !isAlnum(t[j-1]) && t[j-1] != '%' && escapeBefore(t, j) == 0
}

// afterLetter reports whether the digit at i goes on from a letter of the text.
func afterLetter(t []byte, i int) bool {
	if !isDigit(t[i]) || !isLetter(byteAt(t, i-1)) || escapeBefore(t, i) > 0 {
		return false
	}
	return byteAt(t, i-2) != '\\'
}

// namedLetters reports whether words are looked for before the two letters and two digits at i: no more letters and digits follow than numbers for value
// added tax have.
func namedLetters(t []byte, i int) bool {
	end := min(len(t), i+maxVATBytes+1)
	return wordStop(t, i+4, end) < end || end == len(t)
}

// maxVATBytes is the length of the longest number for value added tax that has no signs in it: Sweden's.
const maxVATBytes = 14

// namedFrom returns where the words begin to end that a number at start may be the value of: windowBytes before it at most, and behind the
// end of a line or of another element.
func namedFrom(t []byte, start int) int {
	at := start
	for low := max(1, start-windowBytes); at > low; at-- {
		switch t[at-1] {
		case '\n', '\r', '}', ';':
			return at
		case '{':
			if innerLen(t, at-1) == 0 {
				return at
			}
		case '"':
			if byteAt(t, at) == ',' && valueLen(t, at-1) == 0 {
				return at
			}
		}
	}
	return at
}

// minNamedDigits is how few digits words are looked for before.
const minNamedDigits = 6

// namedAfterBytes are what may follow a word beside capitals.
const namedAfterBytes = " \t\"'`]=:;<>&%/\\_-.$(),#|0123456789"

var namedAfter = setOf(namedAfterBytes)

// matchNamedKey finds the first value at or after from that the text's name, ctx.Key, names: within windowBytes of its beginning.
func matchNamedKey(o *Options, t []byte, from int, ctx Context, b *numberText) (f Finding, ok bool) {
	for at := 2; at <= len(ctx.Key); at++ {
		if !mayEndWord(ctx.Key, at) {
			continue
		}
		w := wordEnding(ctx.Key, at)
		if w == nil {
			continue
		}
		s := search{o: o, t: t, word: w, from: from, direct: onlyFillers(ctx.Key[at:]), parted: true, keyed: true, b: b}
		if g, found := s.run(0); found && (!ok || g.Start < f.Start) {
			f, ok = g, true
		}
	}
	return f, ok
}

// namesNumber reports whether a word in the key names numbers.
func namesNumber(key []byte) bool {
	for at := 2; at <= len(key); at++ {
		if mayEndWord(key, at) && wordEnding(key, at) != nil {
			return true
		}
	}
	return false
}

func mayEndWord(key []byte, at int) bool { return at == len(key) || !isLower(key[at]) }

// search is the way from a word to its values.
type search struct {
	o    *Options
	t    []byte
	word *numberWord
	// end is where the word ends; 0 when it is in the text's name, as keyed says.
	end  int
	from int
	// named is where the word's next part ends, which stands behind end.
	named int
	// direct says that nothing but signs and such words stand before the value.
	direct bool
	// parted says that one of the signs that part a value from its name has been passed.
	parted bool
	keyed  bool
	// b is scratch.
	b *numberText
	// places are those of words of t, nil where they are not kept.
	places *wordPlaces
	// at is how far the walk has come, and limit where it ends.
	at, limit int
	// found says that a value has been found at at, which is still to be passed.
	found bool
	// numbered says that a number has been passed.
	numbered bool
}

// run walks from i to the first value.
func (s *search) run(i int) (f Finding, ok bool) {
	if !s.begin(i) {
		return f, false
	}
	return s.next()
}

// begin sets out from i, and reports whether there is a digit in reach.
func (s *search) begin(i int) bool {
	if !s.keyed {
		s.named = i + s.word.nextLen(s.t, i)
	}
	s.at, s.limit = i, min(len(s.t), i+windowBytes+1)
	s.parted = s.parted || s.word.unparted
	if !digitSoon(s.t, i, s.limit-i+monthBytes) {
		return false
	}
	for n := 0; n < 2 && !s.keyed && !s.word.unparted && s.at < s.limit && isDigit(s.t[s.at]); n++ {
		s.at++ // cvv2
	}
	s.numbered = s.at > i
	return true
}

// next walks on to the next value, which begins behind the one before.
func (s *search) next() (f Finding, ok bool) {
	if s.found {
		s.found = false
		s.pass(s.at)
	}
	for s.at < s.limit {
		i := s.at
		c := s.t[i]
		if !isAlnum(c) && c < utf8.RuneSelf {
			n := s.sign(i)
			if n == 0 {
				s.limit = i
			}
			s.at += n
			continue
		}
		if isWordByte(c) && !s.keyed && s.renamed(i) {
			s.limit = i
			break
		}
		if isAlnum(c) && s.parted && i >= s.from && digitSoon(s.t, i, monthBytes) && startsNumber(s.t, i) && !s.fills(i) {
			if f, ok = s.value(i); ok {
				s.from, s.found, s.numbered = f.End, true, true
				return f, true
			}
		}
		s.pass(i)
	}
	return f, false
}

// fills reports whether the letters at i belong to the word, or may stand between it and its value.
func (s *search) fills(i int) bool {
	if !isLetter(s.t[i]) {
		return false
	}
	return i < s.named || betweenWords.has(s.t[i:runEnd(s.t[:min(len(s.t), i+maxFillerBytes)], i)])
}

// renamed reports whether the letters at i end in a word that has what follows: the same one again, or, behind a number, any that names numbers.
func (s *search) renamed(i int) bool {
	end := i
	for end < len(s.t) && isWordByte(s.t[end]) {
		end++
	}
	if behindDigits(s.t[:min(len(s.t), end+4)], end) > end+2 {
		return false // the word begins its value: MRN123456
	}
	w := s.places.ending(s.t, end)
	return w != nil && (s.numbered || w == s.word && behindWord(s.t, end))
}

// pass passes the letters and digits at i, or a sign beyond ASCII.
func (s *search) pass(i int) {
	end := runEnd(s.t[:min(len(s.t), max(s.limit, i+maxFillerBytes))], i)
	if i < s.named {
		end = s.named // the word's next part, as far as it goes: employerIdNumber
	}
	s.numbered = s.numbered || digitSoon(s.t[:end], i, end-i)
	if beforeWideSign(s.t, i+wideSignBytes) == i {
		s.parted = true
	} else if s.direct && end != s.named && !isFiller(s.t, i, end) {
		s.direct = false
	}
	if s.at = end; !s.direct && !s.word.near {
		s.limit = i
	}
}

// maxFillerBytes is more than the longest of betweenWords has.
const maxFillerBytes = 16

// runEnd returns the end of the letters and digits at i, or of one sign that is neither. Behind letters of a script without blanks others begin anew.
func runEnd(t []byte, i int) int {
	end := i
	unparted := false
	for end < len(t) {
		if c := t[end]; isAlnum(c) {
			if unparted {
				return end
			}
			end++
			continue
		} else if c < utf8.RuneSelf {
			return max(end, i+1)
		}
		r, n := utf8.DecodeRune(t[end:])
		if !unicode.IsLetter(r) {
			if end == i {
				end += n
			}
			return end
		}
		end, unparted = end+n, r >= leastUnparted
	}
	return end
}

// leastUnparted is the first letter of the scripts of Chinese, Japanese and Korean.
const leastUnparted = 0x2e80

// sign returns how many bytes to pass at i, where no letter or digit is; 0 at the end of what the word can name.
func (s *search) sign(i int) int {
	t := s.t
	switch c := t[i]; c {
	case ' ', '\t', '=', ':', '>', '/', '(', '#', '|':
		s.parted = true
	case ',':
		s.parted, s.direct = true, false
	case ';':
		if i == s.end {
			return parametersLen(t, i)
		}
		return 0
	case '\n', '\r', '}':
		return 0
	case '{':
		return innerLen(t, i)
	case '[':
		if placeholderAt(t[i:]) {
			return 0
		}
	case '"', '\'', '`':
		if j := skipBlanks(t, i+1); byteAt(t, j) == ',' {
			s.parted = true
			return valueLen(t, i)
		}
		if j := partValue(t, i+1); j > 0 {
			s.parted = true
			return j - i
		}
	case '\\':
		return s.escape(i)
	case '%':
		s.parted = true
		return percentSign(t, i)
	case '&':
		return entityLen(t, i)
	case '<', '!':
		n := max(tagLen(t, i), typeLen(t, i))
		if n == 0 {
			s.direct = false
			return 1
		}
		s.parted = true
		return n
	case '*', '?', '@':
		s.direct = false
	case 0x1b:
		return 1 + colourLen(t, i+1)
	}
	return 1
}

// parametersLen returns the length of the parameters of a vCard's property (RFC 6350) at i, up to the colon, or 0: ;VALUE=date:.
func parametersLen(t []byte, i int) int {
	for j := i + 1; j < len(t) && j-i < windowBytes; j++ {
		switch c := t[j]; {
		case c == ':':
			return j - i
		case !isAlnum(c) && c != '=' && c != ',' && c != ';' && c != '-':
			return 0
		}
	}
	return 0
}

// skipBlanks returns the first offset at or after i, at most maxBlanks on, where no blank is.
func skipBlanks(t []byte, i int) int {
	for end := i + maxBlanks; i < end && isBlank(byteAt(t, i)); {
		i++
	}
	return i
}

// escape is sign for a backslash.
func (s *search) escape(i int) int {
	s.parted = true
	switch byteAt(s.t, i+1) {
	case 'n', 'r':
		return 0
	case 't':
		return 2
	case 'u':
		if i+6 <= len(s.t) && hexRun(s.t, i+6, 4) {
			if string(s.t[i+2:i+5]) == "000" {
				return 0
			}
			return 6 + colourLen(s.t, i+6)
		}
	case 'x':
		if i+4 <= len(s.t) && hexRun(s.t, i+4, 2) {
			return 4 + colourLen(s.t, i+4)
		}
	}
	return 1
}

// colourLen returns the length of what follows the escape of an ANSI colour sequence at i, or 0: [1;31m.
func colourLen(t []byte, i int) int {
	if byteAt(t, i) != '[' {
		return 0
	}
	j := i + 1
	for j-i < 12 && (isDigit(byteAt(t, j)) || byteAt(t, j) == ';') {
		j++
	}
	if byteAt(t, j) != 'm' {
		return 0
	}
	return j + 1 - i
}

// percentSign is sign for a percent sign: an escape is passed as one, but for the end of a line or of a parameter.
func percentSign(t []byte, i int) int {
	if !isHex(byteAt(t, i+1)) || !isHex(byteAt(t, i+2)) {
		return 1
	}
	switch hexValue(t[i+1])<<4 | hexValue(t[i+2]) {
	case '\n', '\r', '&', '{', '}', ';':
		return 0
	}
	return 3
}

// entityLen returns the length of the reference to a bracket or quote at i, or 0.
func entityLen(t []byte, i int) int {
	for _, e := range [...]string{"&gt;", "&quot;", "&#34;", "&#39;", "&apos;"} {
		if hasFold(t, i, e) {
			return len(e)
		}
	}
	return 0
}

// value returns the longest value at i of a kind that the word names.
func (s *search) value(i int) (f Finding, ok bool) {
	if !s.word.mayBegin(s.t, i) {
		return f, false
	}
	if s.word.formed {
		s.b.read(s.t, i)
	}
	for _, k := range s.word.kinds {
		kind := &numberKinds[k]
		if !s.o.On[kind.id] || !s.direct && (kind.direct || s.word.direct) {
			continue
		}
		if end := kind.at(s.t, i, s.b); end > f.End {
			f, ok = Finding{i, end, kind.id}, true
		}
	}
	if ok && !s.direct && !s.keyed && s.otherKey(i) {
		return Finding{}, false
	}
	if ok && f.Detector == Phone && i > s.from && s.t[i-1] == '+' {
		f.Start--
	}
	return f, ok
}

// otherKey reports whether the value at i has a key of its own that the word is not part of.
func (s *search) otherKey(i int) bool {
	start, end, quoted := keyBefore(s.t, i)
	return quoted && start < end && start >= s.end && behindDigits(s.t[:end], start) < end // IMEI 1=…
}

// namedReach is how far behind a word the first digit of its value may be.
const namedReach = windowBytes + 1 + monthBytes

// monthBytes is how far behind the start of a value its first digit may be: behind the longest name of a month.
const monthBytes = 12

// digitSoon reports whether a digit is in the next n bytes.
func digitSoon(t []byte, i, n int) bool {
	t = t[i:min(len(t), i+n)]
	for ; len(t) >= 4; t = t[4:] {
		if anyDigit(t) {
			return true
		}
	}
	for _, c := range t {
		if isDigit(c) {
			return true
		}
	}
	return false
}

// startsNumber reports whether what stands before i lets a number begin there.
func startsNumber(t []byte, i int) bool {
	switch c := byteAt(t, i-1); c {
	case '_', '-', '*', '$', '@', '~', '^':
		return false
	case '.':
		return isLetter(byteAt(t, i-2))
	case '/':
		return !isDigit(byteAt(t, i-2))
	case 0xac, 0xa3: // the last byte of a euro's and a pound's sign
		return false
	}
	return true
}

// betweenWords are what may stand between a word and its value.
var betweenWords = newWordSet(
	"number", "numbers", "no", "nr", "num", "nbr", "is", "was", "of", "the", "on", "code", "value", "val", "date", "day", "card", "string", "str", "text",
	"nummer", "n", "numero", "número", "numéro", "numer", "nº", "de", "du", "del", "der", "di", "da", "do", "ist", "lautet", "est", "es", "em", "op", "am", "le", "el", "raw", "hash", "datetime", "isodate", "new", "rejected",
	"é", "è", "は", "が", "是", "为", "為", "는", "은", "이",
)

// isFiller reports whether t[i:end] may stand between: a word, the letter before a quote (Python's b'…') or that of n°, or a sign beyond ASCII.
func isFiller(t []byte, i, end int) bool {
	if end == i+1 {
		c := byteAt(t, end)
		return isQuote(c) || c >= utf8.RuneSelf
	}
	if t[i] >= utf8.RuneSelf {
		if r, _ := utf8.DecodeRune(t[i:]); !unicode.IsLetter(r) {
			return true
		}
	}
	return betweenWords.has(t[i:end])
}

// onlyFillers reports whether what follows a word in a name are such words.
func onlyFillers(rest []byte) bool {
	for i := 0; i < len(rest); {
		end := wordEnd(rest, i)
		if end > i && !betweenWords.has(rest[i:end]) {
			return false
		}
		i = max(end, i+1)
	}
	return true
}
