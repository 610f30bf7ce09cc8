package detect

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// tailFilter says which bytes may end a key word, in a few instructions and without a branch. Most places behind three letters that may be the
// last of one are told apart by the byte before them, and most of the rest by the two before that. It sees too much by a hash, and too little
// nowhere.
type tailFilter struct {
	// may has a bit for each hash of the last four bytes. done has one where they are all that can be looked at: the word has no more, or a sign
	// parts its letters.
	may, done [1 << tailHashBits / 64]uint64
	// long has a bit for each hash of the last six bytes.
	long [1 << longHashBits / 64]uint64
	// pairs has for the last byte of words of two letters a bit for each first one, by its low five bits.
	pairs [0x100]uint32
	// before is what the first of four bytes adds to their hash. fifth is, in its low half, what the second of six adds to theirs, and in its high one
	// what is looked at of the sum of sixth, which the first adds: nothing before a sign.
	before, sixth [0x100]uint32
	fifth         [0x100]uint64
}

const (
	tailHashBits = 17
	longHashBits = 15

	lastFactor, firstFactor = uint32(0x9e3779b1), uint32(0x85ebca6b)
)

// What counts of a byte before the last letters: itself and its case if it is a letter, else whether it can be part of a key.
const (
	beforeCapital = 0x20 // and what is beyond ASCII
	beforeSign    = 0x40
	beforeOther   = 0x41
)

func beforeClass(b byte) uint8 {
	switch {
	case isLower(b):
		return b & 31
	case isWordByte(b):
		return beforeCapital | b&31
	case isKeyByte(b):
		return beforeSign
	}
	return beforeOther
}

// hash is the hash of four bytes, the first the lowest of x.
func (f *tailFilter) hash(x uint32) uint32 {
	return (x>>8&0x1f1f3f*lastFactor + f.before[byte(x)]) >> (32 - tailHashBits)
}

// longHash is the hash of six bytes, the first the lowest of the highest six of x.
func (f *tailFilter) longHash(x uint64) uint32 {
	fifth := f.fifth[byte(x>>24)]
	return (uint32(x>>32)&0x1f1f1f1f*lastFactor + uint32(fifth) + uint32(fifth>>32)&f.sixth[byte(x>>16)]) >> (32 - longHashBits)
}

// newTailFilter takes the words that tailTable takes. Those of three letters stand behind no small letter as small letters, unless an escape ends
// in it.
func newTailFilter(words []string) *tailFilter {
	f := &tailFilter{}
	for b := range f.before {
		class := uint32(beforeClass(byte(b)))
		f.before[b], f.sixth[b] = class<<24*lastFactor, class&^beforeCapital*firstFactor
		f.fifth[b] = uint64(f.sixth[b] << 8)
		if isWordByte(byte(b)) {
			f.fifth[b] |= math.MaxUint32 << 32
		}
	}
	for _, w := range words {
		if len(w) < 3 {
			f.pairs[w[1]] |= 1 << (w[0] & 31)
			f.pairs[w[1]^0x20] |= 1 << (w[0] & 31)
			continue
		}
		for b := range 0x100 {
			f.add(w, byte(b), 0)
			f.add(w, byte(b), 0x20)
		}
		f.addLong(w)
	}
	return f
}

// add lets the end of a word by behind a byte; fold is the bit that tells the case of its last letter but two.
func (f *tailFilter) add(w string, before, fold byte) {
	tail := w[len(w)-3:]
	letter := len(w) > 3 && isWordByte(before)
	switch {
	case len(w) == 3 && fold != 0 && isLower(before) && !endsEscape(before):
		return
	case letter && (before^w[len(w)-4])&31 != 0, len(w) > 3 && !letter && !isKeyByte(before):
		return
	}
	h := f.hash(uint32(before) | uint32(tail[0]&31|fold)<<8 | uint32(tail[1])<<16 | uint32(tail[2])<<24)
	f.may[h/64] |= 1 << (h % 64)
	if !letter || len(w) < 5 {
		f.done[h/64] |= 1 << (h % 64)
	}
}

// addLong lets the end of a word of five letters or more by, behind any two bytes that may stand before its last four.
func (f *tailFilter) addLong(w string) {
	if len(w) < 5 {
		return
	}
	x := uint64(w[len(w)-4])<<32 | uint64(w[len(w)-3])<<40 | uint64(w[len(w)-2])<<48 | uint64(w[len(w)-1])<<56
	for fifth := range 0x100 {
		letter := isWordByte(byte(fifth))
		if letter && (byte(fifth)^w[len(w)-5])&31 != 0 || !letter && !isKeyByte(byte(fifth)) {
			continue
		}
		for sixth := range 0x100 {
			if letter && len(w) > 5 && !mayPrecede(w[len(w)-6], byte(sixth)) {
				continue
			}
			h := f.longHash(x | uint64(sixth)<<16 | uint64(fifth)<<24)
			f.long[h/64] |= 1 << (h % 64)
			if !letter {
				break // what stands before a sign is not looked at
			}
		}
	}
}

// mayPrecede reports whether b can be the letter c of a key word, or a sign before the word's next one.
func mayPrecede(c, b byte) bool {
	if isWordByte(b) {
		return (b^c)&31 == 0
	}
	return isKeyByte(b)
}

// endsEscape reports whether an escape can end in a small letter: \n, \u00ea, a colour's m.
func endsEscape(c byte) bool {
	switch c {
	case 'n', 'r', 't', 'v', 'm':
		return true
	}
	return isHex(c)
}

// pair is odd if a key word of two letters may end with four bytes.
func (f *tailFilter) pair(x uint32) uint32 { return f.pairs[x>>24] >> (x >> 16 & 31) }

// has is 1 if a key word may end with four bytes, the first of them the lowest of x, and 0 if none does.
func (f *tailFilter) has(x uint32) uint64 {
	h := f.hash(x)
	return (f.may[h/64]>>(h%64) | uint64(f.pair(x))) & 1
}

// hasLong is has for eight bytes that has lets by.
func (f *tailFilter) hasLong(x uint64) uint64 {
	h, l := f.hash(uint32(x>>32)), f.longHash(x)
	return (f.done[h/64]>>(h%64) | f.long[l/64]>>(l%64) | uint64(f.pair(uint32(x>>32)))) & 1
}

// longer is hasLong for words of more than two letters alone.
func (f *tailFilter) longer(x uint64) bool {
	h, l := f.hash(uint32(x>>32)), f.longHash(x)
	return f.may[h/64]>>(h%64)&(f.done[h/64]>>(h%64)|f.long[l/64]>>(l%64))&1 != 0
}

// places are offsets in a chunk, with room for three that do not count.
type places [chunkBytes + 4]uint16

// fill lists the bits of a bitmap and returns how many there are.
func (p *places) fill(words []uint64) int {
	const none = 1 << 63 // so that there is always a bit to be found
	n := uint(0)
	for w, x := range words {
		at, count := uint16(64*w), uint(bits.OnesCount64(x))
		for i := n; ; i += 4 {
			i %= chunkBytes
			p[i] = at + uint16(bits.TrailingZeros64(x|none))
			x &= x - 1
			p[i+1] = at + uint16(bits.TrailingZeros64(x|none))
			x &= x - 1
			p[i+2] = at + uint16(bits.TrailingZeros64(x|none))
			x &= x - 1
			p[i+3] = at + uint16(bits.TrailingZeros64(x|none))
			if x &= x - 1; x == 0 {
				break
			}
		}
		n += count
	}
	return int(n)
}

// fillWhere is fill for bitmaps few words of which, as where says, have a bit.
func (p *places) fillWhere(words *[chunkWords]uint64, where uint64) (n int) {
	for ; where != 0; where &= where - 1 {
		w := bits.TrailingZeros64(where)
		for x := words[w&63]; x != 0; x &= x - 1 {
			p[n] = uint16(64*w + bits.TrailingZeros64(x))
			n++
		}
	}
	return n
}

// keep leaves of the first n places those behind which a key word may end, and returns how many there are. Text begins tailLook bytes before the
// chunk. Places that are told by three letters alone are looked at by four first.
func (p *places) keep(n int, text []byte, f *tailFilter, three bool) int {
	if three {
		kept := uint(0)
		for _, at := range p[:n] {
			p[kept%chunkBytes] = at
			kept += uint(f.has(binary.LittleEndian.Uint32(text[int(at)+tailLook-4 : int(at)+tailLook])))
		}
		n = int(kept)
	}
	kept := uint(0)
	for _, at := range p[:n] {
		p[kept%chunkBytes] = at
		x := binary.LittleEndian.Uint64(text[int(at) : int(at)+tailLook])
		h, l := f.hash(uint32(x>>32)), f.longHash(x)
		if f.done[h/64]>>(h%64)&1 != 0 || f.long[l/64]>>(l%64)&1 != 0 || f.pair(uint32(x>>32))&1 != 0 { // hasLong, which a compiler does not inline
			kept++
		}
	}
	return int(kept)
}

// tailLook is how many bytes before a place keep looks at.
const tailLook = 8

// verifyKeys looks at the candidates of famKey, those at the start of text without a filter.
func (s *Scanner) verifyKeys(words int) {
	flags := s.cands.flags[famKey][:words]
	before := s.base
	if s.base == 0 {
		const first = 1<<tailLook - 1
		for x := flags[0] & first; x != 0; x &= x - 1 {
			s.key(bits.TrailingZeros64(x))
		}
		flags[0] &^= first
		before = tailLook
	}
	n := s.places.fill(flags)
	if s.base == 0 {
		for i := range s.places[:n] {
			s.places[i] -= tailLook
		}
	}
	n = s.places.keep(n, s.text[before-tailLook:], s.set.filter, s.cands.level == noVectors)
	for _, at := range s.places[:n] {
		s.key(before + int(at))
	}
}
