package detect

import "math/bits"

// What may be the end of a key word is told by groups of words: four bytes are let by if each of them, by itself, has its place in one and the same
// group.

// sweeps is how often all ends are gone over for better groups.
const sweeps = 5

// grouping shares ends of words out among groups.
type grouping struct {
	// ends are what each of them, alone in a group, lets by.
	ends []groupSet
	// group is that of each end, less than 0 for none.
	group []int
	count int
	// weights are those of the letters of a class.
	weights [32]float64
}

// tailGroups shares the ends of the words, at most four letters of each, out among count groups: each to the one that costs least by it, and to another
// one as long as that saves more. What is found depends on the order in which they are gone over, which seed gives. place is where a byte is told from
// others: a class of bytes, less than 32. That of digits and signs, if they have one, is 0.
func tailGroups(words []string, count int, place func(byte) byte, seed uint64) [][]string {
	ends := endsOfLength(words, 4)
	g := grouping{ends: make([]groupSet, len(ends)), group: make([]int, len(ends)), count: count}
	for i, end := range ends {
		g.ends[i], g.group[i] = lets(end, place), -1
	}
	if place('0') == place(' ') {
		g.weights[0] = signWeight
	}
	for letter, weight := range byteWeights {
		g.weights[place('`'|byte(letter))] += weight
	}
	order := shuffled(len(ends), seed)
	for range sweeps {
		for _, i := range order {
			g.group[i] = -1
			g.group[i] = g.cheapest(g.ends[i])
		}
	}
	groups := make([][]string, count)
	for i, end := range ends {
		groups[g.group[i]] = append(groups[g.group[i]], end)
	}
	return groups
}

// shuffled returns the numbers up to n in an order that a linear congruential generator gives.
func shuffled(n int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		seed = seed*6364136223846793005 + 1442695040888963407
		j := int(seed >> 33 % uint64(i+1))
		order[i], order[j] = order[j], i
	}
	return order
}

// cheapest is the group that costs least more with the end in it.
func (g *grouping) cheapest(end groupSet) (best int) {
	sets := make([]groupSet, g.count)
	for i, group := range g.group {
		if group >= 0 {
			sets[group].add(g.ends[i])
		}
	}
	least := -1.0
	for i := range sets {
		grown := sets[i]
		grown.add(end)
		if c := g.cost(&grown) - g.cost(&sets[i]); least < 0 || c < least {
			best, least = i, c
		}
	}
	return best
}

// groupSet is what a group lets by: a bit for each class, for the last letter and those before it.
type groupSet [4]uint32

// lets is what an end lets by: anything before its letters.
func lets(end string, place func(byte) byte) (s groupSet) {
	for i := range s {
		s[i] = ^uint32(0)
		if i < len(end) {
			s[i] = 1 << place(end[len(end)-1-i])
		}
	}
	return s
}

func (s *groupSet) add(other groupSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

// cost is how often four bytes of text are let by, in proportion. Before the last three letters of a word there may be a sign too.
func (g *grouping) cost(s *groupSet) float64 {
	product := 1.0
	for i, classes := range s {
		sum := 0.0
		if i == len(s)-1 && classes != 0 {
			sum = 100
		}
		for ; classes != 0; classes &= classes - 1 {
			sum += g.weights[bits.TrailingZeros32(classes)&31]
		}
		product *= sum
	}
	return product
}

// byteWeights are how often letters stand in the words of logs, by their low five bits, a thousand in all as in English.
var byteWeights = [32]float64{
	1: 82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1,
}

// signWeight is how often there is a digit or a sign, in proportion to them.
const signWeight = 500

// mayBeFourth reports whether b can stand before the last three letters of a word: as its letter, as a sign between, or before a short word.
func mayBeFourth(end string, b byte) bool {
	if len(end) < 4 {
		return true
	}
	return mayPrecede(end[0], b)
}
