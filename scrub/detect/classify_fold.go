package detect

// foldTables are what vectors of 256 bits look up: single products of sets by the halves of a byte, and the ends of key words by letters without
// their case.
type foldTables struct {
	// low and high hold, for each half of a byte of ASCII, a bit for each of products.
	low, high [16]byte
	// letters holds the groups of key words by how far a byte is from the end, eight groups in each half, as fold says.
	letters [2][4][2][16]byte
}

// products are the lanes whose bytes are all those that have their low half from one set and their high half from another.
var products = [...]int{laneDigit, laneHex, laneDot, laneColon, laneSpacer, laneAt, laneDash}

// fold is where a byte's groups are: by its low five bits, with one place for all that stand before the letters in ASCII.
func fold(b byte) (half, index byte) {
	if b < '@' {
		return 0, 0
	}
	return b >> 4 & 1, b & 15
}

func newFoldTables(members *[sets]byteSet, words []string) *foldTables {
	t := &foldTables{}
	for i, lane := range products {
		for b := range byte(0x80) {
			if members[lane].has(b) {
				t.low[b&15] |= 1 << i
				t.high[b>>4] |= 1 << i
			}
		}
	}
	for group, ends := range tailGroups(words) {
		for _, end := range ends {
			t.add(end, group/8, 1<<(group%8))
		}
	}
	return t
}

// add lets the end of a word by in a group: a bit of one of the halves.
func (t *foldTables) add(end string, half int, group byte) {
	for b := range 0x100 {
		part, index := fold(byte(b))
		for i := range t.letters[half] {
			if i < 3 && mayEnd(end, i, byte(b)) || i == 3 && mayBeFourth(end, byte(b)) {
				t.letters[half][i][part][index] |= group
			}
		}
	}
}
