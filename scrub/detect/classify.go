package detect

import (
	"encoding/binary"
)

// Classification turns text into bitmaps, one per lane: bit i of word w says whether byte 64*w+i belongs to the lane's set. All that
// the fast scan decides before it looks at single bytes, it decides on these words.

// The lanes. A byte above 0x7f belongs to none but the last, the zero byte to none.
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
	sets              // lanes up to here are sets of bytes

	laneTail = sets     // what may be the last letter of a key word: decided by three bytes
	laneHigh = sets + 1 // bytes above 0x7f
	lanes    = sets + 2 // all lanes
)

const (
	// chunkWords is the length of a chunk in words: 4 KiB of text, whose bitmaps stay in the first-level cache.
	chunkWords = 64
	// laneStride is the length of one lane: a carry word, the previous chunk's last, and the chunk.
	laneStride = 1 + chunkWords
)

// bitmaps are a chunk's. Word 0 of each lane is the last word of the chunk before.
type bitmaps [lanes][laneStride]uint64

// bits is the part of a lane that begins at bit p of the chunk, which is at most 64 before it or within it.
func (m *bitmaps) bits(lane, p int) uint64 {
	w := uint(p+64) / 64
	low := m[lane][w] >> (uint(p) % 64)
	if w+1 < laneStride && p%64 != 0 {
		low |= m[lane][w+1] << (64 - uint(p)%64)
	}
	return low
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
	sets  [sets]byteSet
	tails tailGroups
	// spread holds, for a byte, one bit for each lane: lane l at bit 8*(l%8) of element l/8. Behind the sets stand three lanes for the last
	// letter of key words, the last but one, and the one before it, and one for high bytes.
	spread [256][2]uint64
	// vector says that classify may use the processor's vector instructions.
	vector bool
}

func newClassifier(members [sets]byteSet, words []string) classifier {
	c := classifier{sets: members, tails: newTailGroups(words), vector: hasVector()}
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
const tailBytes = 2

// classify fills words of every lane, beginning behind word at (0 is the carry word). Text begins tailBytes before the first word and
// ends with the last one; there is at least one, and room for all.
func (c *classifier) classify(m *bitmaps, text []byte, at int) {
	if c.vector {
		c.classifyVector(m, text, at)
		return
	}
	c.classifyPortable(m, text, at)
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
		transpose(&low)
		transpose(&high)
		for l := range 8 {
			m[l][w] = low[l]
		}
		for l := 8; l < sets; l++ {
			m[l][w] = high[l-8]
		}
		last, second, third := high[laneTail-8], high[laneTail-7], high[laneTail-6]
		m[laneTail][w] = last & word{second, before[1]}.back(1) & word{third, before[2]}.back(2)
		m[laneHigh][w] = high[spreadHigh-8]
		before[1], before[2] = second, third
		text = text[64:]
	}
}

// transpose exchanges byte i of word j with byte j of word i.
func transpose(a *[8]uint64) {
	const (
		m1 = 0x00ff00ff00ff00ff
		m2 = 0x0000ffff0000ffff
		m4 = 0x00000000ffffffff
	)
	for i := 0; i < 8; i += 2 {
		t := (a[i]>>8 ^ a[i+1]) & m1
		a[i], a[i+1] = a[i]^t<<8, a[i+1]^t
	}
	for _, i := range [4]int{0, 1, 4, 5} {
		t := (a[i]>>16 ^ a[i+2]) & m2
		a[i], a[i+2] = a[i]^t<<16, a[i+2]^t
	}
	for i := range 4 {
		t := (a[i]>>32 ^ a[i+4]) & m4
		a[i], a[i+4] = a[i]^t<<32, a[i+4]^t
	}
}
