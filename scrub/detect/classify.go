package detect

import (
	"encoding/binary"
)

// Classification turns text into bitmaps, one per lane: bit i of word w says whether byte 64*w+i belongs to the lane's set. All that
// the fast scan decides before it looks at single bytes, it decides on these words.

// The lanes. A byte above 0x7f belongs to none but the last, the zero byte to laneStop alone.
const (
	laneDigit  = iota // 0-9
	laneHex           // a-f, A-F
	laneAlpha         // a-z, A-Z
	laneDot           // .
	laneColon         // :
	laneToken         // what a token has beside letters, digits and dots: _ + / = -
	laneSpacer        // what may stand between groups of digits beside dots
	laneAt            // @
	laneEscape        // % and backslash, which may spell an at sign
	laneDash          // -
	laneAfter         // what may follow a key word
	laneStop          // where a quiet stretch of a JSON string ends: quotes, backslashes, control characters
	sets              // lanes up to here are sets of bytes

	laneTail = sets     // what may be the last letter of a key word: decided by three bytes
	laneHigh = sets + 1 // bytes above 0x7f
	lanes    = sets + 2 // all lanes
)

const (
	// chunkWords is the length of a chunk in words: 4 KiB of text, whose bitmaps stay in the first-level cache.
	chunkWords = 64
	// laneStride is the length of one lane: a carry word, the previous chunk's last, the chunk, and room for what kernels that take four words at a time
	// write behind its end.
	laneStride = 1 + chunkWords + 3
)

// bitmaps are a chunk's. Word 0 of each lane is the last word of the chunk before.
type bitmaps [lanes][laneStride]uint64

// bits is the part of a lane that begins at bit p of the chunk, which is at most 64 before it or within it.
func (m *bitmaps) bits(lane, p int) uint64 {
	w := uint(p+64) / 64
	low := m[lane][w] >> (uint(p) % 64)
	if w < chunkWords && p%64 != 0 {
		low |= m[lane][w+1] << (64 - uint(p)%64)
	}
	return low
}

// bitsBefore is the 64 bits of a lane before bit p of the chunk, the last of them the highest, without a branch.
func bitsBefore(lane *[laneStride]uint64, p uint) uint64 {
	w, k := p/64, p%64
	return lane[w]>>k | lane[w+1]<<1<<(63-k)
}

// byteSet is a set of ASCII bytes: bit h of element l says whether byte 16*h+l is in it. The form is that of a 16-byte shuffle.
type byteSet [16]byte

func setOf(members string) (s byteSet) {
	for i := range len(members) {
		s[members[i]&15] |= 1 << (members[i] >> 4)
	}
	return s
}

func (s *byteSet) has(b byte) bool { return b < 0x80 && s[b&15]>>(b>>4)&1 != 0 }

// classifier holds the sets in the forms that the two ways of classifying want.
type classifier struct {
	// spread holds, for a byte, one bit for each lane: lane l at bit 8*(l%8) of element l/8. Behind the sets stand three lanes for the last
	// letter of key words, the last but one, and the one before it, and one for high bytes.
	spread [256][2]uint64
	// folded is what vectors of 256 bits look up, nil where the processor has none.
	folded *foldTables
	// wide is what vectors of 512 bits look up, nil where the processor has none.
	wide *wideTables
	// level says which of the processor's vector instructions classify may use.
	level vectorLevel
}

// vectorLevel is how wide the vectors are that the processor has instructions for.
type vectorLevel uint8

const (
	noVectors  vectorLevel = iota
	vectors256             // AVX2
	vectors512             // AVX-512 that permutes bytes and shifts two words as one
)

func newClassifier(members [sets]byteSet, words []string) classifier {
	c := classifier{level: vectorsHere()}
	if c.level != noVectors {
		c.folded = newFoldTables(&members, words, foldSeed)
	}
	if c.level == vectors512 {
		c.wide = newWideTables(&members, words, wideSeed)
	}
	for l := range members {
		c.spreadLane(l, func(b byte) bool { return members[l].has(b) })
	}
	for i := range 3 {
		for _, word := range words {
			c.spreadLane(laneTail+i, func(b byte) bool { return mayEnd(word, i, b) })
		}
	}
	c.spreadLane(spreadHigh, func(b byte) bool { return b >= 0x80 })
	return c
}

// spreadHigh is where spread has laneHigh, behind the three lanes that make laneTail.
const spreadHigh = laneTail + 3

func (c *classifier) spreadLane(lane int, has func(byte) bool) {
	for b := range c.spread {
		if has(byte(b)) {
			c.spread[b][lane/8] |= 1 << (8 * (lane % 8))
		}
	}
}

// tailBytes is how many bytes before the first of a word its bitmap of tails depends on.
const tailBytes = 3

// classify fills words of every lane, beginning behind word at (0 is the carry word). Text begins tailBytes before the first word and
// ends with the last one; there is at least one, and room for all. Where the stops of strings are not asked for, laneStop may stay as it is.
func (c *classifier) classify(m *bitmaps, text []byte, at int, stops bool) {
	if c.level == noVectors {
		c.classifyPortable(m, text, at)
		return
	}
	c.classifyVector(m, text, at, stops)
}

// classifyPortable is classify in plain Go.
func (c *classifier) classifyPortable(m *bitmaps, text []byte, at int) {
	var before [3]uint64
	for i, b := range text[:tailBytes] {
		x := c.spread[b][laneTail/8] >> (laneTail % 8 * 8)
		for l := range before {
			before[l] |= x >> (8 * l) & 1 << (64 - tailBytes + i)
		}
	}
	text = text[tailBytes:]
	for w := at + 1; len(text) >= 64; w++ {
		var low, high [8]uint64
		for g := range 8 {
			x := binary.LittleEndian.Uint64(text[8*g:])
			a, b := &c.spread[byte(x)], &c.spread[byte(x>>8)]
			l, h := a[0]|b[0]<<1, a[1]|b[1]<<1
			a, b = &c.spread[byte(x>>16)], &c.spread[byte(x>>24)]
			l, h = l|a[0]<<2|b[0]<<3, h|a[1]<<2|b[1]<<3
			a, b = &c.spread[byte(x>>32)], &c.spread[byte(x>>40)]
			l, h = l|a[0]<<4|b[0]<<5, h|a[1]<<4|b[1]<<5
			a, b = &c.spread[byte(x>>48)], &c.spread[byte(x>>56)]
			low[g], high[g] = l|a[0]<<6|b[0]<<7, h|a[1]<<6|b[1]<<7
		}
		m[0][w], m[1][w], m[2][w], m[3][w], m[4][w], m[5][w], m[6][w], m[7][w] = transpose(
			low[0], low[1], low[2], low[3], low[4], low[5], low[6], low[7])
		var last, second, third uint64
		m[8][w], m[9][w], m[10][w], m[11][w], last, second, third, m[laneHigh][w] = transpose(
			high[0], high[1], high[2], high[3], high[4], high[5], high[6], high[7])
		m[laneTail][w] = last & word{second, before[1]}.back(1) & word{third, before[2]}.back(2)
		before[1], before[2] = second, third
		text = text[64:]
	}
}

// transpose exchanges byte i of word j with byte j of word i.
func transpose(a, b, c, d, e, f, g, h uint64) (_, _, _, _, _, _, _, _ uint64) {
	const (
		m1 = 0x00ff00ff00ff00ff
		m2 = 0x0000ffff0000ffff
		m4 = 0x00000000ffffffff
	)
	t, u, v, w := (a>>8^b)&m1, (c>>8^d)&m1, (e>>8^f)&m1, (g>>8^h)&m1
	a, b, c, d, e, f, g, h = a^t<<8, b^t, c^u<<8, d^u, e^v<<8, f^v, g^w<<8, h^w
	t, u, v, w = (a>>16^c)&m2, (b>>16^d)&m2, (e>>16^g)&m2, (f>>16^h)&m2
	a, c, b, d, e, g, f, h = a^t<<16, c^t, b^u<<16, d^u, e^v<<16, g^v, f^w<<16, h^w
	t, u, v, w = (a>>32^e)&m4, (b>>32^f)&m4, (c>>32^g)&m4, (d>>32^h)&m4
	return a ^ t<<32, b ^ u<<32, c ^ v<<32, d ^ w<<32, e ^ t, f ^ u, g ^ v, h ^ w
}
