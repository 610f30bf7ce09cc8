package detect

import (
	"cmp"
	"slices"
)

// Key words are found by their ends. A lane says where four bytes may be the last letters of one, by groups of words; then filter and table
// compare some letters more. What matters is decided by the matchers: here a word must only not be missed.

// endsOfLength returns the different ends of the words, at most n letters of each, sorted from the last letter on.
func endsOfLength(words []string, n int) []string {
	ends := make([]string, len(words))
	for i, w := range words {
		end := []byte(w[max(0, len(w)-n):])
		for j, c := range end {
			end[j] = lower(c)
		}
		ends[i] = string(end)
	}
	slices.SortFunc(ends, func(a, b string) int {
		for i := 1; i <= min(len(a), len(b)); i++ {
			if c := cmp.Compare(a[len(a)-i], b[len(b)-i]); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(a), len(b))
	})
	return slices.Compact(ends)
}

// mayEnd reports whether b can be the letter at i from the end of the word, in any case. Before a short word there may be anything.
func mayEnd(word string, i int, b byte) bool {
	if i >= len(word) {
		return true
	}
	c := word[len(word)-1-i]
	return b == c || b == c^0x20
}

// tailTable says exactly which threes of letters end a key word, and which two letters may stand before them.
type tailTable struct {
	// index of an entry by three letters' low five bits; 0 for none.
	index [1 << 15]uint16
	// before holds the letters that may be the fourth and the fifth from the end, by their low five bits.
	before [][2]uint32
	// uses are those of the words of an entry.
	uses []tailUse
}

func newTailTable(words []string) *tailTable {
	t := &tailTable{before: make([][2]uint32, 1)}
	for _, w := range words {
		if len(w) >= 3 {
			t.add(tailIndexes(w), w)
		}
	}
	for _, w := range words {
		if len(w) < 3 {
			t.add(tailIndexes(w), w)
		}
	}
	return t
}

// use notes what the words are for.
func (t *tailTable) use(words map[tailUse][]string) {
	t.uses = make([]tailUse, len(t.before))
	for use, list := range words {
		for _, w := range list {
			for _, i := range tailIndexes(w) {
				t.uses[t.index[i]] |= use
			}
		}
	}
}

// usesAt returns what words that may end at the end of b are for.
func (t *tailTable) usesAt(b []byte) tailUse {
	if len(b) == 2 {
		return ^tailUse(0)
	}
	return t.uses[t.entry(b)]
}

// tailIndexes are the indexes of the threes of letters that a word may end: before a short one there may be any.
func tailIndexes(w string) (list []uint) {
	for third := range uint(32) {
		if len(w) >= 3 && third != uint(w[len(w)-3]&31) {
			continue
		}
		list = append(list, third<<10|uint(w[len(w)-2]&31)<<5|uint(w[len(w)-1]&31))
	}
	return list
}

// add gives the indexes that have no entry one together.
func (t *tailTable) add(indexes []uint, word string) {
	fresh := uint16(len(t.before))
	for _, i := range indexes {
		if t.index[i] == 0 {
			t.index[i] = fresh
		}
		if t.index[i] == fresh && len(t.before) == int(fresh) {
			t.before = append(t.before, [2]uint32{})
		}
		t.widen(t.index[i], word)
	}
}

func (t *tailTable) widen(entry uint16, word string) {
	for j := range 2 {
		letters := ^uint32(0)
		if len(word) >= 4+j {
			letters = 1 << (word[len(word)-4-j] & 31)
		}
		t.before[entry][j] |= letters
	}
}

func tailIndex(tail []byte) uint {
	return uint(tail[0]&31)<<10 | uint(tail[1]&31)<<5 | uint(tail[2]&31)
}

// ends reports whether a key word may end at the end of b. Signs within a word are set aside by the
// matchers, so any will do.
func (t *tailTable) ends(b []byte) bool {
	return len(b) == 2 || t.entry(b) != 0
}

// entry returns the entry of the word that may end at the end of b, or 0.
func (t *tailTable) entry(b []byte) uint16 {
	n := len(b)
	if n < 3 {
		if n < 2 {
			return 0
		}
		return t.index[tailIndex([]byte{0, b[0], b[1]})]
	}
	entry := t.index[tailIndex(b[n-3:])]
	if entry == 0 || n < 5 {
		return entry
	}
	may := &t.before[entry]
	if !mayStand(may[0], b[n-4]) || isWordByte(b[n-4]) && !mayStand(may[1], b[n-5]) {
		return 0
	}
	return entry
}

// mayStand reports whether a byte can be the next letter before those that a key word ends with, or leave it short.
func mayStand(letters uint32, b byte) bool {
	if isWordByte(b) {
		return letters>>(b&31)&1 != 0
	}
	return letters == ^uint32(0) || isKeyByte(b)
}

// isWordByte reports whether b is a letter, or a part of one outside of ASCII.
func isWordByte(b byte) bool { return isLetter(b) || b >= 0x80 }
