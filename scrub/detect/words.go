package detect

// keyWords are words that may stand in a key or before a value, in lower case.
type keyWords []string

// has reports whether the word is in the list, in any case.
func (w keyWords) has(word []byte) bool {
	for _, k := range w {
		if len(k) == len(word) && hasFold(word, 0, k) {
			return true
		}
	}
	return false
}

func (w keyWords) inName(name []byte) bool                  { return inName(w, name) }
func (w keyWords) named(t []byte, i int, ctx Context) bool  { return named(w, t, i, ctx) }
func (w keyWords) direct(t []byte, i int, ctx Context) bool { return direct(w, t, i, ctx) }

// wordSet is a long list of words that is asked often and seldom has the word.
type wordSet struct {
	// first and last say of each length with which letters such words begin and end, by their low five bits.
	first, last [32]uint32
	words       keyWords
	// by are the words by the low five bits of their first byte.
	by [32]keyWords
	// endings are the words by the low five bits of their last byte.
	endings [32]keyWords
}

func newWordSet(words ...string) *wordSet {
	s := &wordSet{words: words}
	for _, w := range words {
		s.first[len(w)] |= 1 << (w[0] & 31)
		s.last[len(w)] |= 1 << (w[len(w)-1] & 31)
		s.by[w[0]&31] = append(s.by[w[0]&31], w)
		s.endings[w[len(w)-1]&31] = append(s.endings[w[len(w)-1]&31], w)
	}
	return s
}

// has is that of keyWords.
func (s *wordSet) has(word []byte) bool {
	n := len(word)
	return n > 0 && n < len(s.first) && s.first[n]>>(word[0]&31)&(s.last[n]>>(word[n-1]&31))&1 != 0 && s.by[word[0]&31].has(word)
}

// begins reports whether one of the words stands at the start of b, whatever is behind it.
func (s *wordSet) begins(b []byte) bool {
	for _, w := range s.by[b[0]&31] {
		if hasFold(b, 0, w) {
			return true
		}
	}
	return false
}

// ends reports whether one of the words stands at the end of b, whatever is before it.
func (s *wordSet) ends(b []byte) bool {
	for _, w := range s.endings[b[len(b)-1]&31] {
		if endsFold(b, w) {
			return true
		}
	}
	return false
}

func (s *wordSet) inName(name []byte) bool                  { return inName(s, name) }
func (s *wordSet) named(t []byte, i int, ctx Context) bool  { return named(s, t, i, ctx) }
func (s *wordSet) calls(t []byte, i int, ctx Context) bool  { return calls(s, t, i, ctx) }
func (s *wordSet) direct(t []byte, i int, ctx Context) bool { return direct(s, t, i, ctx) }

// wordList is a list of words.
type wordList interface{ has(word []byte) bool }

// inName reports whether one of the words of a key, split at case and separators, is in the list.
func inName[W wordList](w W, name []byte) bool {
	for i := 0; i < len(name); {
		if !isWordByte(name[i]) {
			i++
			continue
		}
		end := wordEnd(name, i)
		if w.has(name[i:end]) {
			return true
		}
		i = end
	}
	return false
}

// wordEnd returns the end of the word of a name at i: at a separator, a digit, or where a capital begins the next one.
func wordEnd(name []byte, i int) int {
	j := i
	for j < len(name) && (isLetter(name[j]) || name[j] >= 0x80) {
		if j > i && isUpper(name[j]) && !isUpper(name[j-1]) {
			break
		}
		if j > i+1 && isLower(name[j]) && isUpper(name[j-1]) && isUpper(name[j-2]) {
			j--
			break
		}
		j++
	}
	return j
}

// named reports whether the value at i is called one of the words: by ctx.Key when the value begins the text, by its own key, or by a
// word within windowBytes before it on the same line and in the same string.
func named[W wordList](w W, t []byte, i int, ctx Context) bool {
	if len(ctx.Key) > 0 && onlyPunctuation(t, i) {
		return inName(w, ctx.Key)
	}
	start, end, quoted := keyBefore(t, i)
	if start < end && inName(w, t[start:end]) {
		return true
	}
	return !quoted && inName(w, window(t, i))
}

// calls reports whether the value at i is called one of the words as named has it, but with nothing between word and value that parts members,
// columns or arguments.
func calls[W wordList](w W, t []byte, i int, ctx Context) bool {
	if direct(w, t, i, ctx) {
		return true
	}
	if _, _, quoted := keyBefore(t, i); quoted || len(ctx.Key) > 0 && onlyPunctuation(t, i) {
		return false
	}
	near := window(t, i)
	for len(near) > 0 && opensNear.has(near[len(near)-1]) {
		near = near[:len(near)-1]
	}
	start := len(near)
	for start > 0 && !partsNear.has(near[start-1]) {
		start--
	}
	return inName(w, near[start:])
}

// opensNear are what may stand right before a value, and partsNear what parts members, columns or arguments.
var opensNear, partsNear = setOf(" :=('\".#"), setOf("\"=/<>|")

// introduce reports whether one of the words stands right before the value at i, or before fillers there.
func (s *wordSet) introduce(t []byte, i int) bool {
	near := window(t, i)
	for len(near) > 0 {
		for len(near) > 0 && opensNear.has(near[len(near)-1]) {
			near = near[:len(near)-1]
		}
		from := len(near)
		for from > 0 && (isAlnum(near[from-1]) || near[from-1] == '/') {
			from--
		}
		word := near[from:]
		if s.has(word) {
			return true
		}
		if !fillers.has(word) {
			return false
		}
		near = near[:from]
	}
	return false
}

// direct reports whether the value's own key, or the text's, has one of the words.
func direct[W wordList](w W, t []byte, i int, ctx Context) bool {
	if len(ctx.Key) > 0 && onlyPunctuation(t, i) {
		return inName(w, ctx.Key)
	}
	start, end, _ := keyBefore(t, i)
	return inName(w, t[start:end])
}
