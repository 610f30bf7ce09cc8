package detect

// foldTables are what vectors of 256 bits look up: products of sets by the halves of a byte, and the ends of key words by classes of letters.
type foldTables struct {
	// low and high hold, for each half of a byte of ASCII, a bit for each of products.
	low, high [16]byte
	// classes holds the class of a letter, by its low five bits.
	classes [2][16]byte
	// letters holds the groups of key words by how far a class is from the end, eight groups in each part; the last bit of all stands for
	// letters.
	letters [4][3][16]byte
}

// foldGroups is how many groups of key words there are.
const foldGroups = 23

// foldSeed is as wideSeed is.
const foldSeed = 6918

// products are the lanes whose bytes are all those that have their low half from one set and their high half from another.
var products = [...]int{laneDigit, laneHex, laneDot, laneColon, laneSpacer, laneAt, laneDash}

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
	for i, lane := range products {
		for b := range byte(0x80) {
			if members[lane].has(b) {
				t.low[b&15] |= 1 << i
				t.high[b>>4] |= 1 << i
			}
		}
	}
	for letter, class := range letterClass {
		t.classes[letter>>4][letter&15] = class
	}
	for class := 1; class <= len(letterClasses); class++ {
		t.letters[0][foldGroups/8][class] = 1 << (foldGroups % 8)
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
		for i := range t.letters {
			if i < 3 && mayEnd(end, i, byte(b)) || i == 3 && mayBeFourth(end, byte(b)) {
				t.letters[i][part][foldClass(byte(b))] |= group
			}
		}
	}
}
