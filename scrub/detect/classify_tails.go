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

// newTailGroups gives each end of a word to the group that costs least by it, and moves ends to other groups as long as that saves more.
func newTailGroups(words []string) (t tailGroups) {
	ends := endsOfLength(words, len(tailGroups{}))
	group := make([]int, len(ends))
	var sets [tailGroupCount]tailSet
	for i, end := range ends {
		group[i] = cheapest(&sets, end, 0)
		sets[group[i]].add(end)
	}
	for range tailSweeps {
		for i, end := range ends {
			from := group[i]
			group[i] = -1
			var rest tailSet
			for j, g := range group {
				if g == from {
					rest.add(ends[j])
				}
			}
			sets[from] = rest
			group[i] = cheapest(&sets, end, from)
			sets[group[i]].add(end)
		}
	}
	for i, end := range ends {
		t.add(end, group[i])
	}
	return t
}

// tailSweeps is how often the ends are gone over for better groups.
const tailSweeps = 4

// cheapest is the group that costs least more with the end in it; first wins over others that are as good.
func cheapest(sets *[tailGroupCount]tailSet, end string, first int) int {
	cost := func(g int) float64 {
		grown := sets[g]
		grown.add(end)
		return grown.cost() - sets[g].cost()
	}
	best, least := first, cost(first)
	for g := range sets {
		if c := cost(g); c < least {
			best, least = g, c
		}
	}
	return best
}

// tailSet is what a group lets by: the low and high halves of bytes, one bit each, for the last letter and those before it.
type tailSet [3]struct{ low, high uint16 }

func (s *tailSet) add(end string) {
	for i := range s {
		if i >= len(end) {
			s[i].low, s[i].high = 0xffff, 0xffff
			continue
		}
		b := end[len(end)-1-i]
		s[i].low |= 1 << (b & 15)
		s[i].high |= 1<<(b>>4) | 1<<((b^0x20)>>4)
	}
}

// cost is how often three bytes of text are let by, in proportion.
func (s *tailSet) cost() float64 {
	product := 1.0
	for i := range s {
		sum := 0.0
		for h := range 16 {
			if s[i].high>>h&1 == 0 {
				continue
			}
			for l := range 16 {
				if s[i].low>>l&1 != 0 {
					sum += byteWeights[h<<4|l]
				}
			}
		}
		product *= sum
	}
	return product
}

// byteWeights are how often bytes stand in the words of logs, a thousand in all: letters as in English, capitals a tenth of it.
var byteWeights = func() (w [256]float64) {
	for b := range w {
		w[b] = 0.1
	}
	for b := '0'; b <= '9'; b++ {
		w[b] = 10
	}
	for i, n := range [26]float64{82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1} {
		w['a'+i], w['A'+i] = n, n/10
	}
	return w
}()

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
