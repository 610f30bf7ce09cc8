package detect

import (
	"encoding/binary"
)

// Classification turns text into bitmaps, one per lane: bit i of word w says whether byte 64*w+i belongs to the lane's set. All that
// the fast scan decides before it looks at single bytes, it decides on these words.

// The lanes. Bytes above 0x7f and the zero byte belong to none.
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
	laneTail1         // last letters of key words
	laneTail2         // their last letters but one
	laneTail3         // their last letters but two
	laneAfter         // what may follow a key word
	lanes
)

const (
	// chunkWords is the length of a chunk in words: 4 KiB of text, whose bitmaps stay in the first-level cache.
	chunkWords = 64
	// laneStride is the length of one lane: a carry word, the previous chunk's last, and the chunk.
	laneStride = 1 + chunkWords
)

// bitmaps are a chunk's. Word 0 of each lane is the last word of the chunk before.
type bitmaps [lanes][laneStride]uint64

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
	sets [lanes]byteSet
	// spread holds, for a byte, one bit for each lane: lane l at bit 8*(l%8) of element l/8.
	spread [256][2]uint64
	// vector says that classify may use the processor's vector instructions.
	vector bool
}

func newClassifier(sets [lanes]byteSet) classifier {
	c := classifier{sets: sets, vector: hasVector()}
	for l := range sets {
		for b := range 0x80 {
			if sets[l].has(byte(b)) {
				c.spread[b][l/8] |= 1 << (8 * (l % 8))
			}
		}
	}
	return c
}

// classify fills words [1, 1+len(text)/64) of every lane. The length of text is a multiple of 64 and at least 64.
func (c *classifier) classify(m *bitmaps, text []byte) {
	if c.vector {
		c.classifyVector(m, text)
		return
	}
	c.classifyPortable(m, text)
}

// classifyPortable fills words [1, 1+len(text)/64) of every lane in plain Go.
func (c *classifier) classifyPortable(m *bitmaps, text []byte) {
	for w := 1; len(text) >= 64; w++ {
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
		for l := 8; l < lanes; l++ {
			m[l][w] = high[l-8]
		}
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
