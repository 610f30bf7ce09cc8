package detect

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/config"
)

// maxLiteralWords is how many words are looked for as texts are. More are looked up at every start of a word.
const maxLiteralWords = 200

// literalWords reports whether the filter can look for words: few, long enough, and none that has other bytes in another case.
func literalWords(in *config.Custom) bool {
	if len(in.Words) > maxLiteralWords {
		return false
	}
	for _, w := range in.Words {
		if len(w) < minNecessary || !in.MatchCase && strings.IndexFunc(w, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			return false
		}
	}
	return true
}

// lexicon is a long list of words. A word of the text is hashed and looked up; then the entries whose first word it may be are compared.
type lexicon struct {
	rule      int
	matchCase bool
	shift     uint
	fold      [256]byte
	bits      []uint64 // by hash: some entry has such a first word
	heads     []uint32 // by the hash's upper bits: index of the first entry, plus 1
	entries   []lexiconEntry
	starts    starts
}

// sparse is by how many bits there are less heads than bits, most of which are not set.
const sparse = 4

// lexiconEntry is an entry, in lower case unless case matters. Its first word begins behind off bytes and has first bytes.
type lexiconEntry struct {
	text       string
	off, first int
	next       uint32
}

func newLexicon(rule int, words []string, matchCase bool) *lexicon {
	size := min(max(bits.Len(uint(len(words)))+4, 10), 21)
	w := &lexicon{rule: rule, matchCase: matchCase, fold: foldTable(matchCase), shift: uint(64 - size), bits: make([]uint64, max(1, 1<<size/64)), heads: make([]uint32, 1<<(size-sparse)), starts: newStarts(len(words), matchCase)}
	for _, word := range words {
		if !matchCase {
			word = strings.Map(unicode.ToLower, word)
		}
		text := []byte(word)
		start, end := nextWord(text, 0)
		w.starts.add(text[start:end])
		h := w.slot(w.hash(text[start:end]))
		w.bits[h/64] |= 1 << (h % 64)
		head := &w.heads[h>>sparse]
		w.entries = append(w.entries, lexiconEntry{word, start, end - start, *head})
		*head = uint32(len(w.entries))
	}
	return w
}

// nextWord is the first run of letters, digits and underscores at or after i; empty at the end of t if there is none.
func nextWord(t []byte, i int) (start, end int) {
	for i < len(t) {
		n := wordBytes(t, i)
		if n > 0 {
			break
		}
		i += runeBytes(t, i)
	}
	start = i
	for i < len(t) {
		if isAlnum(t[i]) || t[i] == '_' {
			i++
			continue
		}
		n := wordBytes(t, i)
		if n == 0 {
			break
		}
		i += n
	}
	return start, i
}

// wordBytes is the length of the letter, digit or underscore at i, 0 if there is none.
func wordBytes(t []byte, i int) int {
	c := t[i]
	if c < utf8.RuneSelf {
		if isAlnum(c) || c == '_' {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRune(t[i:])
	if isWordRune(r) {
		return n
	}
	return 0
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

// foldTable maps letters, digits and underscores to themselves, in lower case unless case matters, and other ASCII to 0. What is beyond ASCII
// must be looked at.
func foldTable(matchCase bool) (fold [256]byte) {
	for c := range fold {
		switch b := byte(c); {
		case c >= utf8.RuneSelf:
			fold[c] = beyond
		case isAlnum(b) || b == '_':
			if fold[c] = b; !matchCase {
				fold[c] = lower(b)
			}
		}
	}
	return fold
}

// beyond is none of ASCII.
const beyond = utf8.RuneSelf

// next is the first word at or after i, empty at the end of t, and its hash.
func (w *lexicon) next(t []byte, i int) (start, end int, h uint64) {
	for i < len(t) && w.fold[t[i]] == 0 {
		i++
	}
	start = i
	for ; i < len(t); i++ {
		c := w.fold[t[i]]
		if c == 0 {
			break
		}
		if c == beyond {
			start, end = nextWord(t, start)
			return start, end, w.hash(t[start:end])
		}
		h = mixRune(h, rune(c))
	}
	return start, i, h
}

// hash of a word, the same in any case unless case matters.
func (w *lexicon) hash(word []byte) (h uint64) {
	for i := 0; i < len(word); {
		r, n := utf8.DecodeRune(word[i:])
		if !w.matchCase {
			r = unicode.ToLower(r)
		}
		h = mixRune(h, r)
		i += n
	}
	return h
}

func mixRune(h uint64, r rune) uint64 { return bits.RotateLeft64(h, 5) ^ uint64(r) }

// slot is a hash's place in the tables.
func (w *lexicon) slot(h uint64) uint64 { return h * 0x9e3779b97f4a7c15 >> (w.shift & 63) }

// lookUp finds the longest entry whose first word is t[at:end], which has the hash h.
type lookUp func(w *lexicon, t []byte, at, end, lo int, h uint64) (from, to int, ok bool)

// find appends what is found from word to word. It takes time linear in t, and in the entries with one first word.
func (w *lexicon) find(dst []Finding, t []byte, r *customRule, ctx Context, entry lookUp) []Finding {
	dst, _ = w.findWithin(dst, t, 0, len(t), 0, r, ctx, entry)
	return dst
}

// findWithin is find for the words that begin in t[from:to], behind lo, where the entry before ends. It returns where the last one ends.
func (w *lexicon) findWithin(dst []Finding, t []byte, from, to, lo int, r *customRule, ctx Context, entry lookUp) ([]Finding, int) {
	for start, end, h := w.next(t, from); start < to; start, end, h = w.next(t, max(end, lo)) {
		from, to, ok := entry(w, t, start, end, lo, h)
		ok = ok && r.accepts(t, from, to, ctx)
		if !ok && start > 0 && (t[start-1] == '\\' || t[start-1] == '%') {
			if at := afterEscape(t, start); at > start && at < end {
				from, to, ok = entry(w, t, at, end, lo, w.hash(t[at:end]))
				ok = ok && r.accepts(t, from, to, ctx)
			}
		}
		if ok {
			dst = append(dst, Finding{from, to, r.id})
			lo = to
		}
	}
	return dst, lo
}

// afterEscape is where the word at i begins if its first letters end an escape.
func afterEscape(t []byte, i int) int {
	switch {
	case i == 0:
	case t[i-1] == '\\' && escapeBefore(t, i+1) == 2:
		return i + 1
	case t[i-1] == '%' && escapeBefore(t, min(i+2, len(t))) == 3:
		return i + 2
	}
	return i
}

// entryAt looks it up.
func (w *lexicon) entryAt(t []byte, at, end, lo int, h uint64) (from, to int, ok bool) {
	slot := w.slot(h)
	if w.bits[slot/64]>>(slot%64)&1 == 0 {
		return 0, 0, false
	}
	for next := w.heads[slot>>sparse]; next != 0; {
		e := &w.entries[next-1]
		next = e.next
		if begin := at - e.off; begin >= lo {
			if stop := standsAt(t, begin, e.text, w.matchCase); stop > to && wordBounds(t, begin, stop, at) {
				from, to, ok = begin, stop, true
			}
		}
	}
	return from, to, ok
}

// everyEntryAt compares it with every entry.
func (w *lexicon) everyEntryAt(t []byte, at, end, lo int, _ uint64) (from, to int, ok bool) {
	for i := range w.entries {
		e := &w.entries[i]
		begin := at - e.off
		if begin < lo || standsAt(t[:end], at, e.text[e.off:e.off+e.first], w.matchCase) != end {
			continue
		}
		if stop := standsAt(t, begin, e.text, w.matchCase); stop > to && wordBounds(t, begin, stop, at) {
			from, to, ok = begin, stop, true
		}
	}
	return from, to, ok
}

// standsAt returns where the entry ends that begins at i, or 0. An entry that ignores case is in lower case.
func standsAt(t []byte, i int, entry string, matchCase bool) int {
	if matchCase {
		if len(t)-i >= len(entry) && string(t[i:i+len(entry)]) == entry {
			return i + len(entry)
		}
		return 0
	}
	for _, want := range entry {
		if i >= len(t) {
			return 0
		}
		if t[i] < utf8.RuneSelf {
			if rune(lower(t[i])) != want {
				return 0
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(t[i:])
		if unicode.ToLower(r) != want {
			return 0
		}
		i += n
	}
	return i
}

// wordBounds reports whether t[start:end] is no part of a longer word. word is where its first word begins, known to be one.
func wordBounds(t []byte, start, end, word int) bool {
	if start < word && wordBytes(t, start) > 0 && touchesBefore(t, start) {
		return false
	}
	last, _ := utf8.DecodeLastRune(t[start:end])
	return !isWordRune(last) || !touchesAfter(t, end)
}

// touchesBefore reports whether a letter, digit or underscore that ends no escape stands before i.
func touchesBefore(t []byte, i int) bool {
	if i == 0 {
		return false
	}
	r, _ := utf8.DecodeLastRune(t[:i])
	return isWordRune(r) && escapeBefore(t, i) == 0
}

func touchesAfter(t []byte, i int) bool { return i < len(t) && wordBytes(t, i) > 0 }

// matchWord finds the word of a rule that the filter looks for, at [at, at+length).
func (r *customRule) matchWord(t []byte, at, length, lo int) (start, end int, ok bool) {
	if at < lo {
		return 0, 0, false
	}
	for _, word := range r.literals {
		if len(word) != length {
			continue
		}
		stop := 0
		if r.matchCase {
			stop = standsAt(t, at, word, true)
		} else if equalFold(t[at:at+length], word) {
			stop = at + length
		}
		if stop > 0 && (wordBytes(t, at) == 0 || !touchesBefore(t, at)) && wordBounds(t, at, stop, at) {
			return at, stop, true
		}
	}
	return 0, 0, false
}

// equalFold reports whether b is the ASCII word in any case.
func equalFold(b []byte, word string) bool {
	for i := range b {
		if lower(b[i]) != lower(word[i]) {
			return false
		}
	}
	return true
}
