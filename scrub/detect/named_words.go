package detect

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// numberWord is a word, or several in a row, that names kinds of numbers.
type numberWord struct {
	// runes are its letters, folded, without what parts them.
	runes []rune
	// joints has bit k where the letter k begins a further word.
	joints uint64
	// next must follow the word where the end of the whole would be too short to be found by.
	next string
	// anchor says that it is looked for in all text, not only before numbers.
	anchor bool
	// direct says that the word means other things too: it names only what follows at once.
	direct bool
	// ends are the last bytes by which it is found: those of its last word as it is spelled, in capitals, and folded.
	ends  []string
	kinds []uint8 // indexes of numberKinds
	// begins has a bit for each way in which a value of the kinds may begin; see beginning.
	begins uint8
	// formed says that some of the kinds have forms.
	formed bool
	// near says that it names what does not follow at once, too.
	near bool
	// unparted says that it is of a script without blanks, so that its value may follow without a sign.
	unparted bool
	// rank is the word's place in the order in which words are tried, and entries are those of numberWords.tails that find it.
	rank    int
	entries []uint16
}

// newNumberWord reads a word of the table: parts with spaces between them, '+' before a part that must follow, '!' behind a direct one, '*' before
// one that is an anchor.
func newNumberWord(spelled string) *numberWord {
	w := &numberWord{}
	spelled, w.anchor = strings.CutPrefix(spelled, "*")
	spelled, w.direct = strings.CutSuffix(spelled, "!")
	spelled, w.next, _ = strings.Cut(spelled, "+")
	for _, part := range strings.Fields(spelled) {
		w.joints |= 1 << len(w.runes)
		for _, r := range part {
			w.runes = append(w.runes, foldRune(r))
		}
	}
	w.unparted = w.runes[len(w.runes)-1] >= leastUnparted
	last := spelled[strings.LastIndexByte(spelled, ' ')+1:]
	folded := strings.Map(foldRune, last)
	w.ends = slices.Compact([]string{last, folded})
	if len(last) > utf8.RuneCountInString(last) {
		w.ends = append(w.ends, strings.ToUpper(last)) // the tables know the cases of ASCII only
	}
	return w
}

// numberWords are the words of all kinds, found by the three bytes at their end.
type numberWords struct {
	words []*numberWord
	tails *tailTable
	// anchors are the tails of words that are anchors.
	anchors *tailTable
	// three says of an entry of anchors that all its words have three letters.
	three []bool
	tree  wordTree
}

var namedWords = newNumberWords()

func newNumberWords() (n numberWords) {
	n.words = wordsOfKinds()
	n.tails, n.anchors = newTailTable(endsOf(n.words)), newTailTable(n.anchorEnds())
	n.tree = newWordTree(n.words)
	n.three = make([]bool, len(n.anchors.before))
	for i := range n.three {
		n.three[i] = true
	}
	for _, w := range n.words {
		if w.anchor && len(w.runes) > 3 {
			n.lengthen(w)
		}
		for _, end := range w.ends {
			for _, i := range tailIndexes(end) {
				if entry := n.tails.index[i]; !slices.Contains(w.entries, entry) {
					w.entries = append(w.entries, entry)
				}
			}
		}
	}
	return n
}

func (n *numberWords) lengthen(w *numberWord) {
	for _, end := range w.ends {
		for _, i := range tailIndexes(end) {
			n.three[n.anchors.index[i]] = false
		}
	}
}

// mayAnchor reports whether a word that is an anchor may end at the end of b: no word of three letters with a small one before them.
func (n *numberWords) mayAnchor(b []byte) bool {
	entry := n.anchors.entry(b)
	if entry == 0 {
		return false
	}
	return !n.three[entry] || len(b) < 4 || !isLower(b[len(b)-4]) || !isLower(b[len(b)-3]) || escapeBefore(b, len(b)-3) > 0
}

// join takes what another spelling of the same word says: with an accent or without, an anchor in one row of the table only.
func (w *numberWord) join(other *numberWord) {
	w.anchor, w.direct = w.anchor || other.anchor, w.direct && other.direct
	for _, end := range other.ends {
		if !slices.Contains(w.ends, end) {
			w.ends = append(w.ends, end)
		}
	}
}

// wordsOfKinds returns the words of numberKinds, each once, the longer before the shorter.
func wordsOfKinds() (words []*numberWord) {
	type letters struct {
		runes, next string
		joints      uint64
	}
	known := map[letters]*numberWord{}
	for k := range numberKinds {
		for spelled := range strings.SplitSeq(numberKinds[k].words, ", ") {
			made := newNumberWord(spelled)
			key := letters{string(made.runes), made.next, made.joints}
			w := known[key]
			if w == nil {
				w = made
				known[key] = w
				words = append(words, w)
			} else {
				w.join(made)
			}
			if n := len(w.kinds); n == 0 || w.kinds[n-1] != uint8(k) {
				w.kinds = append(w.kinds, uint8(k))
			}
			w.begins |= numberKinds[k].begins()
			w.formed = w.formed || len(numberKinds[k].forms) > 0
			w.near = w.near || !w.direct && !numberKinds[k].direct
		}
	}
	for _, w := range words {
		w.anchor = w.anchor || endsInAnchor(w, words)
	}
	slices.SortStableFunc(words, func(a, b *numberWord) int {
		return cmp.Compare(len(b.runes)+len(b.next), len(a.runes)+len(a.next))
	})
	for i, w := range words {
		w.rank = i
	}
	return words
}

// endsInAnchor reports whether one of the words that are looked for in all text stands at the end of w: there the longer one is found.
func endsInAnchor(w *numberWord, words []*numberWord) bool {
	return slices.ContainsFunc(words, func(a *numberWord) bool {
		n := len(w.runes) - len(a.runes)
		return a.anchor && a.next == "" && n >= 0 && slices.Equal(w.runes[n:], a.runes) && w.joints>>n&1 != 0
	})
}

// anchorEnds are the ends of the words that are looked for in all text.
func (n *numberWords) anchorEnds() (ends []string) {
	for _, w := range n.words {
		if w.anchor {
			ends = append(ends, w.ends...)
		}
	}
	return ends
}

func endsOf(words []*numberWord) (ends []string) {
	for _, w := range words {
		ends = append(ends, w.ends...)
	}
	return ends
}

// wordEnding returns the longest word of the table that ends at at, or nil.
func wordEnding(t []byte, at int) *numberWord {
	w, _ := wordLooking(t, at)
	return w
}

// wordLooking is wordEnding, and says how far back it has followed letters.
func wordLooking(t []byte, at int) (w *numberWord, low int) {
	low = at
	entry := namedWords.tails.entry(t[:at])
	if entry == 0 || !endsWord(t, at) {
		return nil, low
	}
	return namedWords.tree.find(0, t, at, at, entry, nil, &low), low
}

// What wordEnding looks at of a word that begins at most wordReach bytes before its end: so much before it for the escapes that may end there, and
// so much behind its end for its next part and for placeholders.
const (
	wordAhead = 80
	wordReach = wordAhead - 24
	wordRest  = 24
)

// wordPlaces remembers which words end at places of one text that have been asked for lately: also at others where all that is looked at is the same, as
// logs name the same things again and again. The zero wordPlaces remembers none.
type wordPlaces [32]struct {
	// behind is one more than the place, and before how far before it is looked at most.
	behind, before int
	word           *numberWord
}

// ending is wordEnding. A nil wordPlaces does not remember.
func (p *wordPlaces) ending(t []byte, at int) *numberWord {
	if p == nil || at < wordAhead || at+wordRest > len(t) {
		return wordEnding(t, at)
	}
	place := &p[binary.LittleEndian.Uint64(t[at-8:])*0x9e3779b97f4a7c15>>59]
	last := place.behind - 1
	if last == at || last > 0 && string(t[last-place.before:last+wordRest]) == string(t[at-place.before:at+wordRest]) {
		return place.word
	}
	w, low := wordLooking(t, at)
	if at-low <= wordReach {
		place.behind, place.before, place.word = at+1, at-low+wordAhead-wordReach, w
	}
	return w
}

// endsWord reports whether a word can end at at: no letter follows, or a capital that begins the next word of a name.
func endsWord(t []byte, at int) bool {
	c := byteAt(t, at)
	if !isLetter(c) {
		return true
	}
	return isUpper(c) && (isLower(t[at-1]) || isLower(byteAt(t, at+1)))
}

// passJoint returns the offset before what may part two words of a name that end and begin at i.
func passJoint(t []byte, i int) int {
	for low := max(0, i-2); i > low; i-- {
		switch t[i-1] {
		case ' ', '_', '-', '.', '\'', '+':
		default:
			return i
		}
	}
	return i
}

// startsWord reports whether a word that begins with r and ends at at can begin at i: behind no letter or digit, or as a capital behind a small letter. Words
// of scripts without spaces can begin anywhere. What a placeholder says names nothing, but a key of PHP that
// looks like one does.
func startsWord(t []byte, i, at int, r rune) bool {
	if i == 0 || r >= leastUnparted || isThai(r) {
		return true
	}
	if t[i-1] == '[' && placeholderAt(t[i-1:]) && !hasFold(t, at, "] =>") {
		return false
	}
	switch c := t[i-1]; {
	case isAlnum(c):
		return isUpper(t[i]) && isLower(c) || escapeBefore(t, i) > 0
	case c == ']':
		return !placeholderBefore(t, i)
	case c >= utf8.RuneSelf:
		r, _ := utf8.DecodeLastRune(t[:i])
		return !unicode.IsLetter(r)
	}
	return true
}

// followed reports whether the word's next part stands at at, behind one sign or none.
func (w *numberWord) followed(t []byte, at int) bool {
	if w.next == "" {
		return true
	}
	end := at + w.nextLen(t, at)
	return end > at && (end == len(t) || endsWord(t, end))
}

// nextLen is the length of the word's next part, and of the sign before it, that stand at at; 0 where they do not.
func (w *numberWord) nextLen(t []byte, at int) int {
	from := at
	switch byteAt(t, at) {
	case ' ', '_', '-', '.':
		from++
	}
	if w.next == "" || !hasFold(t, from, w.next) {
		return 0
	}
	return from - at + len(w.next)
}

// foldRune returns a letter's small form without its accent; letters of other scripts only lose their case.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(lower(byte(r)))
	}
	if r >= plainEnd {
		r = unicode.ToLower(r)
	}
	if r < plainEnd {
		r = rune(plainLetters[r])
	}
	return r
}

// plainEnd is beyond the last of plainLetters: the scripts of two bytes a letter that have a case.
const plainEnd = 0x590

// plainLetters are the folded letters below plainEnd.
var plainLetters = func() (plain [plainEnd]uint16) {
	for r := range plain {
		plain[r] = uint16(unicode.ToLower(rune(r)))
	}
	for _, letters := range [...]string{
		"aàáâãäåāăą", "cçćč", "dďđ", "eèéêëēęě", "gğ", "iìíîïīı", "lł", "nñńň", "oòóôõöøő", "rř", "sśşšșß", "tťţț", "uùúûüūůű", "yýÿ", "zźżž",
	} {
		for _, r := range letters[1:] {
			plain[r] = uint16(letters[0])
		}
	}
	for r := range plain {
		if low := plain[r]; low < plainEnd {
			plain[r] = plain[low]
		}
	}
	return plain
}()

// isThai reports whether r is a letter of Thai or Lao, which are written without blanks between words.
func isThai(r rune) bool { return r >= 0xe00 && r < 0xf00 }
