package detect

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// A marker says of every byte, 64 at a step, whether one of a filter's texts may have its rarest piece there: four bytes, or three. The pieces are shared
// out among groups, and four bytes of text are let by if each, by what counts of it, has its place in one and the same group. It sees too much by what
// does not count, and too little nowhere. So it costs the same for any length of texts; what it lets by is compared as a filter's looks are.
type marker struct {
	filter filter // of steps of one byte, whose only look at a text is at its rarest piece
	// halves and wide hold the groups, eight in each part, by the traits that vectors of 256 and of 512 bits look up. They are nil where too much
	// would be let by; and halves, which has nothing for bytes beyond ASCII, where a piece has some.
	halves *halfTables
	wide   *wholeTables
}

const (
	markBytes  = 4
	halfParts  = 2
	wholeParts = 3
	// markSweeps is how often all pieces are gone over for better groups.
	markSweeps = 3
	// mostMarked is how many bytes of a thousand may be expected to be let by: a look at more costs what the steps of a filter do.
	mostMarked = 30
	// mostPieces is how many pieces can be shared out within a few tenths of a second.
	mostPieces = 4096
)

type (
	halfTables  [halfParts][len(halfTraits)][16]byte
	wholeTables [wholeParts][len(wholeTraits)][64]byte
)

// trait is what counts of a byte of a piece: some bits.
type trait struct {
	at    int // which byte
	shift uint
	mask  byte
}

func (r trait) of(piece string) byte { return piece[r.at] >> r.shift & r.mask }

// The traits. One register holds a table of each.
var (
	halfTraits  = [...]trait{{0, 0, 0x0f}, {1, 0, 0x0f}, {2, 0, 0x0f}, {3, 0, 0x0f}, {0, 4, 0x0f}, {2, 4, 0x0f}}
	wholeTraits = [...]trait{{0, 0, 0x1f}, {1, 0, 0x1f}, {2, 0, 0x1f}, {3, 0, 0x1f}}
)

// newMarker makes a marker of all texts of the rules; nil if there are none, or if it would let too much by.
func newMarker(rules []customRule) *marker {
	m := &marker{filter: filter{step: 1, width: markBytes}}
	for i := range rules {
		for _, text := range rules[i].literals {
			m.filter.texts = append(m.filter.texts, filterText{folded(text), i})
			m.filter.width = min(m.filter.width, len(text))
		}
	}
	if len(m.filter.texts) == 0 {
		return nil
	}
	m.filter.index()
	pieces := m.pieces()
	if len(pieces) > mostPieces {
		return nil
	}
	if groups, few := shareOut(pieces, halfTraits[:], 8*halfParts); few && !slices.ContainsFunc(pieces, beyondASCII) {
		m.halves = new(halfTables)
		for g, group := range groups {
			group.each(func(trait int, bits byte) {
				m.halves[g/8][trait][bits] |= 1 << (g % 8)
				if halfTraits[trait].shift > 0 {
					m.halves[g/8][trait][bits&^(caseBit>>4)] |= 1 << (g % 8)
				}
			})
		}
	}
	if groups, few := shareOut(pieces, wholeTraits[:], 8*wholeParts); few {
		m.wide = new(wholeTables)
		for g, group := range groups {
			group.each(func(trait int, bits byte) {
				m.wide[g/8][trait][bits] |= 1 << (g % 8)
				m.wide[g/8][trait][bits|caseBit] |= 1 << (g % 8)
			})
		}
	}
	if m.halves == nil && m.wide == nil {
		return nil
	}
	return m
}

// pieces are the pieces of the texts, each once. Of a text of three bytes it has three.
func (m *marker) pieces() (all []string) {
	f := &m.filter
	for _, text := range f.texts {
		at := f.rarest(text.folded)
		all = append(all, text.folded[at:min(at+markBytes, len(text.folded))])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func beyondASCII(piece string) bool {
	return strings.ContainsFunc(piece, func(r rune) bool { return r >= utf8.RuneSelf })
}

// pieceGroup is what a group of pieces lets by: for each trait a bit for each value.
type pieceGroup []uint32

func (g pieceGroup) add(piece string, traits []trait) {
	for i, r := range traits {
		if r.at < len(piece) {
			g[i] |= 1 << r.of(piece)
		} else {
			g[i] = 1<<(r.mask+1) - 1
		}
	}
}

// each calls f for each value of each trait.
func (g pieceGroup) each(f func(trait int, value byte)) {
	for i, values := range g {
		for ; values != 0; values &= values - 1 {
			f(i, byte(bits.TrailingZeros32(values)))
		}
	}
}

// lets is how many bytes of a thousand it is expected to let by, by how common the values of traits are.
func (g pieceGroup) lets(weights [][32]float64) float64 {
	product := 1000.0
	for i, values := range g {
		sum := 0.0
		for ; values != 0; values &= values - 1 {
			sum += weights[i][bits.TrailingZeros32(values)]
		}
		product *= sum
	}
	return product
}

// shareOut shares pieces out among groups: each to the group that lets least more by with it. It reports whether they let few bytes by.
func shareOut(pieces []string, traits []trait, count int) (groups []pieceGroup, few bool) {
	weights, of := weightsOf(traits), make([]int, len(pieces))
	groups = make([]pieceGroup, count)
	for g := range groups {
		groups[g] = make(pieceGroup, len(traits))
	}
	grown := make(pieceGroup, len(traits))
	for sweep := range markSweeps {
		for i, piece := range pieces {
			if sweep > 0 {
				clear(groups[of[i]])
				for k, other := range pieces {
					if k != i && of[k] == of[i] {
						groups[of[i]].add(other, traits)
					}
				}
			}
			least := 0.0
			for g := range groups {
				copy(grown, groups[g])
				grown.add(piece, traits)
				if more := grown.lets(weights) - groups[g].lets(weights); g == 0 || more < least {
					of[i], least = g, more
				}
			}
			groups[of[i]].add(piece, traits)
		}
	}
	sum := 0.0
	for _, group := range groups {
		sum += group.lets(weights)
	}
	return groups, sum <= mostMarked
}

// weightsOf is how common in logs the values of traits are, one in all.
func weightsOf(traits []trait) [][32]float64 {
	weights := make([][32]float64, len(traits))
	for i, r := range traits {
		sum := 0.0
		for b := byte(' '); b < 0x7f; b++ {
			if !isUpper(b) {
				weight := float64(int(1) << (2 * commonness(b|caseBit)))
				weights[i][(b|caseBit)>>r.shift&r.mask] += weight
				sum += weight
			}
		}
		for value := range weights[i] {
			weights[i][value] /= sum
		}
	}
	return weights
}

// usable reports whether a scan with such vectors can use the marker.
func (m *marker) usable(level vectorLevel) bool {
	return m != nil && (level == vectors512 && m.wide != nil || level == vectors256 && m.halves != nil)
}

// markSpace is scratch for the marks of a block.
type markSpace struct {
	marks [hitBlock / 64]uint64
	edge  [2*64 + markBytes]byte
}

// find is the filter's, with marks instead of steps.
func (m *marker) find(space *markSpace, level vectorLevel, dst []hit, t []byte, from, to int) []hit {
	words := max(0, min(to, len(t)-markBytes+1)-from) / 64
	if words > 0 {
		m.mark(level, space.marks[:words], t[from:])
		dst = m.compare(dst, t, from, space.marks[:words])
	}
	if from += 64 * words; from < to {
		clear(space.edge[copy(space.edge[:], t[from:]):])
		m.mark(level, space.marks[:(to-from+63)/64], space.edge[:])
		dst = m.compare(dst, t, from, space.marks[:(to-from+63)/64])
	}
	return dst
}

// compare appends the hits at the marks, of which the first word's begin at byte from.
func (m *marker) compare(dst []hit, t []byte, from int, marks []uint64) []hit {
	for w, word := range marks {
		for ; word != 0; word &= word - 1 {
			dst = m.filter.check(dst, t, from+64*w+bits.TrailingZeros64(word), 1)
		}
	}
	return dst
}
