package detect

import "slices"

// foldTables are what vectors of 256 bits look up: bits of the kinds of bytes, and the ends of key words by classes of letters.
type foldTables struct {
	// kinds hold for each bit the bytes whose kind has it, and behind these there is laneStop.
	kinds [5]byteSet
	// classes hold the classes of the first sixteen letters of the alphabet, and those of the others. The second table is asked of the others beside the
	// first, at the same place, and so holds by what theirs differ from what stands there.
	classes [2][16]byte
	// letters holds the groups of key words, eight in each part, by how far a class is from the end.
	letters [foldGroups / 8][4][16]byte
}

// kinds are the lanes that a byte can be in, up to laneStop, by numbers of four bits from which classifyAVX2 tells them again. Sets that make another kind of
// a byte need another number, and fail TestClassifyAgreesWithSets without.
var kinds = [16][]int{
	0b0000: {},
	0b0001: {laneAt},
	0b0010: {laneAfter},
	0b0100: {laneEscape, laneAfter},
	0b0101: {laneDot, laneAfter},
	0b0110: {laneColon, laneAfter},
	0b0111: {laneToken, laneSpacer, laneDash, laneAfter},
	0b1000: {laneDigit, laneAfter},
	0b1001: {laneToken, laneAfter},
	0b1010: {laneSpacer, laneAfter},
	0b1011: {laneToken, laneSpacer},
	0b1100: {laneAlpha},
	0b1101: {laneHex, laneAlpha},
	0b1110: {laneAlpha, laneAfter},
	0b1111: {laneHex, laneAlpha, laneAfter},
}

// byteKind is the number of the kind of a byte.
func byteKind(members *[sets]byteSet, b byte) int {
	var in []int
	for lane := range laneStop {
		if members[lane].has(b) {
			in = append(in, lane)
		}
	}
	return slices.IndexFunc(kinds[:], func(lanes []int) bool { return slices.Equal(lanes, in) })
}

// foldGroups is how many groups of key words there are.
const foldGroups = 24

// foldSeed is as wideSeed is.
const foldSeed = 4701

// letterClasses are letters that are taken for each other, so that one table tells their groups. What is no letter of ASCII is in class 0. A search found
// this partition to let least by of the logs of bench/corpora and of English by the frequency of its letters; any other would do, at more cost.
var letterClasses = [...]string{"d", "gt", "m", "o", "a", "s", "cp", "e", "bhkz", "jlu", "iv", "n", "qr", "fx", "wy"}

// letterClass is the class of each letter, by its low five bits.
var letterClass = func() (class [32]byte) {
	for i, letters := range letterClasses {
		for _, letter := range letters {
			class[letter&31] = byte(1 + i)
		}
	}
	return class
}()

// foldClass is the class of a byte.
func foldClass(b byte) byte {
	if isLetter(b) {
		return letterClass[b&31]
	}
	return 0
}

func newFoldTables(members *[sets]byteSet, words []string, seed uint64) *foldTables {
	t := &foldTables{}
	for b := range byte(0x80) {
		for i := range len(t.kinds) - 1 {
			t.kinds[i][b&15] |= byte(byteKind(members, b)>>i&1) << (b >> 4)
		}
	}
	t.kinds[len(t.kinds)-1] = members[laneStop]
	for i := range byte(26) {
		t.classes[i/16][i%16] = foldClass('a' + i)
	}
	for i := range t.classes[1] {
		t.classes[1][i] ^= t.classes[0][i]
	}
	for group, ends := range tailGroups(words, foldGroups, foldClass, seed) {
		for _, end := range ends {
			t.add(end, group/8, 1<<(group%8))
		}
	}
	return t
}

// add lets the end of a word by in a group: a bit of one of the parts.
func (t *foldTables) add(end string, part int, group byte) {
	for b := range 0x100 {
		for i := range t.letters[part] {
			if i < 3 && mayEnd(end, i, byte(b)) || i == 3 && mayBeFourth(end, byte(b)) {
				t.letters[part][i][foldClass(byte(b))] |= group
			}
		}
	}
}
