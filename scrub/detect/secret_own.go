package detect

import "encoding/binary"

// Keys that a vendor's name alone tells, as runs of token characters: algolia = "…", JIRA_PAT=…, {"mapquest": "…"}.
//
// They are looked for from the value back, and not from the key on: scans find keys by the ends of few words, and vendors are many.

// minAloneBytes is the length of the shortest value that a vendor's name alone tells: identifiers of things at vendors are shorter, but for those of idMakers.
const minAloneBytes = 30

var idMakers = newWordSet("dropbox", "google", "plaid", "youtube")

// ownValue finds the value that a vendor's name tells in the run t[i:at] of token characters.
func ownValue(t []byte, i, at int) (start, end int, ok bool) {
	keyStart, keyStop, start := i, gluedKeyStop(t, i, at), i
	if keyStop > 0 {
		start = keyStop + 1
	} else if keyStop = partedKeyStop(t, i); keyStop > 0 {
		keyStart, _, _ = keyEnding(t, keyStop, false)
	}
	if keyStop == 0 || afterOwn.has(byteAt(t, at)) {
		return 0, 0, false
	}
	end = at
	for end > start && t[end-1] == '.' {
		end-- // the sentence's
	}
	return start, end, ownSecret(t[keyStart:keyStop], t[start:end])
}

// Sizes of a key of Amazon's, which come in one line of a table, a list or a file: AKIA…,q7Zk…
const (
	pairIDBytes     = 20
	pairSecretBytes = 40
	maxPairSigns    = 6
)

var pairSigns = setOf(" \t,;:|\"'\\")

// pairedSecret reports whether the run t[i:at] is the secret of the access key whose id stands before it, signs between.
func pairedSecret(t []byte, i, at int) bool {
	if at-i != pairSecretBytes || !pairSigns.has(byteAt(t, i-1)) {
		return false
	}
	end := i - 1
	for i-end < maxPairSigns && pairSigns.has(byteAt(t, end-1)) {
		end--
	}
	id := end - pairIDBytes
	if !has(t, id, "AKIA") && !has(t, id, "ASIA") {
		return false
	}
	s := survey(t[i:at])
	return s.digits > 0 && s.upper > 0 && s.upper < s.letters && tallyOf(t[id:end], isUpper)+tallyOf(t[id:end], isDigit) == pairIDBytes
}

// afterOwn are bytes behind a run that make it the part of something else.
var afterOwn = setOf(":@%~$*")

// ownSecret reports whether the vendor that the key names says that b is a key of it.
func ownSecret(key, b []byte) bool {
	named, alone := makerKey(key)
	if !named || !made(b) || isDummy(b) || hasFold(b, 0, "sha") && isDigit(b[3]) {
		return false
	}
	return !alone || len(b) >= minAloneBytes && !hexRun(b, len(b), len(b)) && !isUUID(b) && !idMakers.has(key)
}

// mayBeParted reports whether partedKeyStop is worth asking about the value that begins at i.
func mayBeParted(t []byte, i int) bool {
	if i < 5 || t[i] == '/' {
		return false // a path's
	}
	switch c := t[i-2]; t[i-1] {
	case '"':
		return c != ':' || t[i-3] != '"' || i > 6 && makerTails.at(t, i-3)
	case ' ':
		return isBlank(c) || c == ':' || c == '=' || c == '>'
	case '\t', ':', '>', '\'', '`':
		return true
	}
	return false
}

// gluedKeyStop returns where the key ends that the run t[i:at] begins with, before an equals sign; 0 if there is none that may be a vendor's.
func gluedKeyStop(t []byte, i, at int) int {
	n := i
	for stop := min(at, i+maxMakerBytes); n < stop && (isAlnum(t[n]) || t[n] == '_' || t[n] == '-'); {
		n++
	}
	if n < 4 || n == i || byteAt(t, n) != '=' || !makerTails.at(t, n) || otherWord(t[i:n]) {
		return 0
	}
	return n
}

// otherWord reports whether b is one word of small letters, and no vendor's name.
func otherWord(b []byte) bool {
	return !makers.has(b) && tallyOf(b, isLower) == len(b)
}

// partedKeyStop returns where the key ends whose value begins at i, behind a sign; 0 if there is none that may be a vendor's.
func partedKeyStop(t []byte, i int) int {
	if !mayBeParted(t, i) {
		return 0
	}
	if i = passQuote(t, i); byteAt(t, i-1) == '@' {
		i-- // a string of Objective-C
	}
	i = skipBlanksBack(t, i)
	sign := i
	for sign-i < 2 && (byteAt(t, i-1) == ':' || byteAt(t, i-1) == '=' || byteAt(t, i-1) == '>') {
		i--
	}
	if i == sign {
		return 0
	}
	if i = skipBlanksBack(t, i); byteAt(t, i-1) == ']' {
		i--
	}
	if i = passQuote(t, i); i < 4 || !makerTails.at(t, i) {
		return 0
	}
	first := i
	for first > 0 && isLower(t[first-1]) {
		first--
	}
	if isQuote(byteAt(t, first-1)) && otherWord(t[first:i]) {
		return 0
	}
	return i
}

// skipBlanksBack returns the offset before the blanks, maxBlanks at most, that end at i.
func skipBlanksBack(t []byte, i int) int {
	for low := max(0, i-maxBlanks); i > low && isBlank(t[i-1]); {
		i--
	}
	return i
}

// tailSet has a bit for each hash of the last four letters of words, and of three behind any byte.
type tailSet [1 << tailSetBits / 64]uint64

const tailSetBits = 13

func (s *tailSet) hash(x uint32) uint32 { return x & 0x1f1f1f1f * lastFactor >> (32 - tailSetBits) }

// at reports whether the four bytes before i may end one of the words.
func (s *tailSet) at(t []byte, i int) bool {
	h := s.hash(binary.LittleEndian.Uint32(t[i-4:]))
	return s[h/64]>>(h%64)&1 != 0
}

func (s *tailSet) add(word string) {
	for before := range byte(32) {
		h := s.hash(binary.LittleEndian.Uint32([]byte(string(before) + word)[len(word)-3:]))
		s[h/64] |= 1 << (h % 64)
	}
}

var makerTails = func() (s tailSet) {
	for _, words := range [...]*wordSet{makers, makerEnds} {
		for _, w := range words.words {
			s.add(w)
		}
	}
	return s
}()
