package detect

// What may be the end of a key word is told by groups of words: four bytes are let by if each of them, by itself, has its place in one and the same
// group.

const (
	// groupCount is how many groups there are: a bit each in two bytes.
	groupCount = 16
	// sweeps is how often all ends are gone over for better groups.
	sweeps = 5
)

// tailGroups shares the ends of the words, at most four letters of each, out among groups: each to the one that costs least by it, and to another one as
// long as that saves more.
func tailGroups(words []string) (groups [groupCount][]string) {
	ends := endsOfLength(words, 4)
	group := make([]int, len(ends))
	for i := range group {
		group[i] = -1
	}
	for range sweeps {
		for i, end := range ends {
			group[i] = -1
			group[i] = cheapest(ends, group, end)
		}
	}
	for i, end := range ends {
		groups[group[i]] = append(groups[group[i]], end)
	}
	return groups
}

// cheapest is the group that costs least more with the end in it.
func cheapest(ends []string, group []int, end string) (best int) {
	var sets [groupCount]groupSet
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

// groupSet is what a group lets by: a bit for each letter by its low five bits, for the last one and those before it.
type groupSet [4]uint32

func (s *groupSet) add(end string) {
	for i := range s {
		if i >= len(end) {
			s[i] = ^uint32(0)
			continue
		}
		s[i] |= 1 << (end[len(end)-1-i] & 31)
	}
}

// cost is how often four bytes of text are let by, in proportion. Before the last three letters of a word there may be a sign too.
func (s *groupSet) cost() float64 {
	product := 1.0
	for i, letters := range s {
		sum := 0.0
		if i == len(s)-1 && letters != 0 {
			sum = 100
		}
		for l, weight := range byteWeights {
			if letters>>l&1 != 0 {
				sum += weight
			}
		}
		product *= sum
	}
	return product
}

// byteWeights are how often letters stand in the words of logs, by their low five bits, a thousand in all as in English.
var byteWeights = [32]float64{
	1: 82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1,
}

// mayBeFourth reports whether b can stand before the last three letters of a word: as its letter, as a sign between, or before a short word.
func mayBeFourth(end string, b byte) bool {
	if len(end) < 4 {
		return true
	}
	return mayPrecede(end[0], b)
}
