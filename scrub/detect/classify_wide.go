package detect

// wideTables are the classes and the ends of key words as vectors of 512 bits look them up: by a byte itself, not by its halves, by one letter
// more than tailGroups, and in twice as many groups.
type wideTables struct {
	// classes holds, for a byte of ASCII, a bit for each set: sets 0 to 7 in the first, the others in the second.
	classes [2][0x80]byte
	// fourth holds the groups of key words in which a byte, less its high bit, may stand before the last three letters: eight groups in each.
	fourth [2][0x80]byte
	// letters holds the groups by the last letter, the last but one, and the one before it, less its two high bits.
	letters [2][3][0x40]byte
}

const wideGroupCount = 16

func newWideTables(members *[sets]byteSet, words []string) *wideTables {
	t := &wideTables{}
	for l := range members {
		for b := range byte(0x80) {
			if members[l].has(b) {
				t.classes[l/8][b] |= 1 << (l % 8)
			}
		}
	}
	for group, ends := range wideGroups(words) {
		for _, end := range ends {
			t.add(end, group/8, 1<<(group%8))
		}
	}
	return t
}

// add lets the end of a word by in a group: a bit of one of the halves.
func (t *wideTables) add(end string, half int, group byte) {
	for b := range 0x100 {
		for i := range t.letters[half] {
			if mayEnd(end, i, byte(b)) {
				t.letters[half][i][b&0x3f] |= group
			}
		}
		if mayBeFourth(end, byte(b)) {
			t.fourth[half][b&0x7f] |= group
		}
	}
}

// mayBeFourth reports whether b can stand before the last three letters of a word: as its letter, as a sign between, or before a short word.
func mayBeFourth(end string, b byte) bool {
	if len(end) < 4 {
		return true
	}
	return mayPrecede(end[0], b)
}

// wideGroups shares the ends of the words, at most four letters of each, out among groups as newTailGroups does.
func wideGroups(words []string) (groups [wideGroupCount][]string) {
	ends := endsOfLength(words, 4)
	group := make([]int, len(ends))
	for i := range group {
		group[i] = -1
	}
	for range 1 + tailSweeps {
		for i, end := range ends {
			group[i] = -1
			group[i] = cheapestWide(ends, group, end)
		}
	}
	for i, end := range ends {
		groups[group[i]] = append(groups[group[i]], end)
	}
	return groups
}

// cheapestWide is the group that costs least more with the end in it.
func cheapestWide(ends []string, group []int, end string) (best int) {
	var sets [wideGroupCount]wideSet
	for i, g := range group {
		if g >= 0 {
			sets[g].add(ends[i])
		}
	}
	least := -1.0
	for g := range sets {
		grown := sets[g]
		grown.add(end)
		if c := grown.cost() - sets[g].cost(); least < 0 || c < least {
			best, least = g, c
		}
	}
	return best
}

// wideSet is what a group lets by: a bit for each letter by its low five bits, for the last one and those before it.
type wideSet [4]uint32

func (s *wideSet) add(end string) {
	for i := range s {
		if i >= len(end) {
			s[i] = ^uint32(0)
			continue
		}
		s[i] |= 1 << (end[len(end)-1-i] & 31)
	}
}

// cost is how often four bytes of text are let by, in proportion. Before the last three letters of a word there may be a sign too.
func (s *wideSet) cost() float64 {
	product := 1.0
	for i, letters := range s {
		sum := 0.0
		if i == len(s)-1 && letters != 0 {
			sum = 100
		}
		for l := range 26 {
			if letters>>(l+1)&1 != 0 {
				sum += byteWeights['a'+l]
			}
		}
		product *= sum
	}
	return product
}
