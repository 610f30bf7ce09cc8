package detect

// wideTables are the classes and the ends of key words as vectors of 512 bits look them up: by bytes themselves, less some high
// bits.
type wideTables struct {
	// classes holds, for a byte of ASCII, a bit for each set: sets 0 to 7 in the first, the others in the second.
	classes [2][0x80]byte
	// fourth holds the groups of key words in which a byte, less its high bit, may stand before the last three letters: eight groups in each.
	fourth [wideGroups / 8][0x80]byte
	// letters holds the groups by the last letter, the last but one, and the one before it, less its two high bits.
	letters [wideGroups / 8][3][0x40]byte
}

// wideGroups is how many groups of key words there are: a bit each in three bytes.
const wideGroups = 24

// wideSeed orders the ends of words. BenchmarkSeeds found it to let least by; any other would do, at more cost.
const wideSeed = 4518

func newWideTables(members *[sets]byteSet, words []string, seed uint64) *wideTables {
	t := &wideTables{}
	for l := range members {
		for b := range byte(0x80) {
			if members[l].has(b) {
				t.classes[l/8][b] |= 1 << (l % 8)
			}
		}
	}
	for group, ends := range tailGroups(words, wideGroups, func(b byte) byte { return b & 31 }, seed) {
		for _, end := range ends {
			t.add(end, group/8, 1<<(group%8))
		}
	}
	return t
}

// add lets the end of a word by in a group: a bit of one of the parts.
func (t *wideTables) add(end string, part int, group byte) {
	for b := range 0x100 {
		for i := range t.letters[part] {
			if mayEnd(end, i, byte(b)) {
				t.letters[part][i][b&0x3f] |= group
			}
		}
		if mayBeFourth(end, byte(b)) {
			t.fourth[part][b&0x7f] |= group
		}
	}
}
