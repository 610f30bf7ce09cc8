package detect

import (
	"cmp"
	"slices"
)

// Key words are found by their ends. A lane says where three bytes may be the last letters of one, by groups of words; then a table
// compares two letters more. What matters is decided by the matchers: here a word must only not be missed.

// tailGroups holds, for the last letter, the last but one and the one before it, which groups of words a byte may belong to: one bit a
// group, the intersection of what its low half and its high half allow.
type tailGroups [3]struct{ low, high [16]byte }

const tailGroupCount = 8

// newTailGroups gives each end of a word to the group that grows least by it, the ends in the order of their last letters.
func newTailGroups(words []string) (t tailGroups) {
	for _, end := range tailsOf(words) {
		best, least := 0, 1<<30
		for group := range tailGroupCount {
			grown := t
			grown.add(end, group)
			if cost := grown.size(group) - t.size(group); cost < least {
				best, least = group, cost
			}
		}
		t.add(end, best)
	}
	return t
}

// tailsOf returns the different ends of the words, at most three letters of each, sorted from the last letter on.
func tailsOf(words []string) []string {
	ends := make([]string, len(words))
	for i, w := range words {
		ends[i] = w[max(0, len(w)-len(tailGroups{})):]
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

func (t *tailGroups) add(word string, group int) {
	for i := range t {
		for b := range 0x100 {
			if mayEnd(word, i, byte(b)) {
				t[i].low[b&15] |= 1 << group
				t[i].high[b>>4] |= 1 << group
			}
		}
	}
}

// mayEnd reports whether b can be the letter at i from the end of the word, in any case. Before a short word there may be anything.
func mayEnd(word string, i int, b byte) bool {
	if i >= len(word) {
		return true
	}
	c := word[len(word)-1-i]
	return b == c || b == c^0x20
}

// size is how many threes of letters a group takes.
func (t *tailGroups) size(group int) int {
	product := 1
	for i := range t {
		low, high := 0, 0
		for h := range 16 {
			low += int(t[i].low[h] >> group & 1)
			high += int(t[i].high[h] >> group & 1)
		}
		product *= low * high
	}
	return product
}

// tailTable says exactly which threes of letters end a key word, and which two letters may stand before them.
type tailTable struct {
	// may has a bit for every index that has an entry: small enough to stay in the cache.
	may [1 << 15 / 64]uint64
	// index of an entry by three letters' low five bits; 0 for none.
	index [1 << 15]uint8
	// before holds the letters that may be the fourth and the fifth from the end, by their low five bits.
	before [][2]uint32
}

func newTailTable(words []string) *tailTable {
	t := &tailTable{before: make([][2]uint32, 1)}
	for _, w := range words {
		for third := range uint(32) {
			if len(w) >= 3 && third != uint(w[len(w)-3]&31) {
				continue
			}
			t.add(third<<10|uint(w[len(w)-2]&31)<<5|uint(w[len(w)-1]&31), w)
		}
	}
	return t
}

func (t *tailTable) add(i uint, word string) {
	if t.index[i] == 0 {
		t.may[i/64] |= 1 << (i % 64)
		t.index[i] = uint8(len(t.before))
		t.before = append(t.before, [2]uint32{})
	}
	for j := range 2 {
		letters := ^uint32(0)
		if len(word) >= 4+j {
			letters = 1 << (word[len(word)-4-j] & 31)
		}
		t.before[t.index[i]][j] |= letters
	}
}

func tailIndex(tail []byte) uint {
	return uint(tail[0]&31)<<10 | uint(tail[1]&31)<<5 | uint(tail[2]&31)
}

// mayEnd reports whether a key word may end with three letters, the first of them in the lowest byte.
func (t *tailTable) mayEnd(tail uint32) bool {
	i := tail&31<<10 | tail>>8&31<<5 | tail>>16&31
	return t.may[i/64]>>(i%64)&1 != 0
}

// ends reports whether a key word may end at the end of t. Signs within a word are set aside by the
// matchers, so any will do.
func (t *tailTable) ends(b []byte) bool {
	n := len(b)
	if n < 3 {
		return n == 2
	}
	entry := t.index[tailIndex(b[n-3:])]
	if entry == 0 || n < 5 {
		return entry != 0
	}
	may := &t.before[entry]
	return mayStand(may[0], b[n-4]) && (!isLetter(b[n-4]) || mayStand(may[1], b[n-5]))
}

// mayStand reports whether a byte can be the next letter before those that a key word ends with, or leave it short.
func mayStand(letters uint32, b byte) bool {
	if isLetter(b) {
		return letters>>(b&31)&1 != 0
	}
	return letters == ^uint32(0) || isKeyByte(b)
}
