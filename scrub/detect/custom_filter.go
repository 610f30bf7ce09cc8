package detect

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
)

// A filter finds where one of many texts may stand. It looks at a few bytes at a time, at every step-th offset: of each text it knows a
// piece so long that one of these looks falls into it whole, wherever the text stands. So it costs the same for one rule or a hundred, and
// less the longer their shortest text is.
//
// Bytes are compared with the bit of case set, so that it finds too much, never too little.
type filter struct {
	step   int
	width  int                         // bytes of a look
	bits   *[1 << hashBits / 64]uint64 // by hash: some look has it
	heads  []uint32                    // by the hash's upper bits: index of the first of its looks, plus 1
	looks  []look
	places []place
	texts  []filterText
}

// look is a few bytes, and where they stand in texts: places[from:to].
type look struct {
	bytes    uint32
	next     uint32 // index of the next of this head, plus 1
	from, to uint32
}

// place is an offset in a text.
type place struct{ text, off uint32 }

// filterText is a text and the rule, by its index, that wants it.
type filterText struct {
	folded string
	rule   int
}

// hit is a text found: bytes [at, at+length) by all bits but that of case.
type hit struct{ rule, at, length int }

// shortBytes is the length of texts that would make looks at the others too many.
const shortBytes = 5

// looksOf says, for texts of so many bytes, how wide a look is and how far from the next.
func looksOf(shortest int) (width, step int) {
	switch {
	case shortest < 4:
		return 3, 1
	case shortest < shortBytes:
		return 3, 2
	}
	return 4, min(shortest, enoughBytes) - 3
}

// newFilters makes one filter for all rules, and one for those with short texts.
func newFilters(rules []customRule) (all []filter) {
	for _, short := range []bool{false, true} {
		var f filter
		least := necessary{}
		for i := range rules {
			n := necessary{texts: rules[i].literals}
			if len(n.texts) == 0 || n.shortest() < shortBytes != short {
				continue
			}
			least.texts = append(least.texts, n.texts...)
			for _, text := range n.texts {
				f.texts = append(f.texts, filterText{folded(text), i})
			}
		}
		if len(f.texts) > 0 {
			f.width, f.step = looksOf(least.shortest())
			f.index()
			all = append(all, f)
		}
	}
	return all
}

const (
	// hashBits makes a table of bits that stays in the cache nearest to the processor, and of which a hundred rules fill some hundredths.
	hashBits = 16
	headBits = 12
)

// index makes the tables.
func (f *filter) index() {
	f.bits, f.heads = new([1 << hashBits / 64]uint64), make([]uint32, 1<<headBits)
	places := map[uint32][]place{}
	for i, text := range f.texts {
		at := f.rarest(text.folded)
		for off := at; off < at+f.step; off++ {
			var b [4]byte
			copy(b[:], text.folded[off:off+f.width])
			bytes := binary.LittleEndian.Uint32(b[:])
			places[bytes] = append(places[bytes], place{uint32(i), uint32(off)})
		}
	}
	for _, bytes := range slices.Sorted(maps.Keys(places)) {
		h := hashOf(bytes)
		f.bits[h/64] |= 1 << (h % 64)
		head := &f.heads[h>>(hashBits-headBits)]
		from := uint32(len(f.places))
		f.places = append(f.places, places[bytes]...)
		f.looks = append(f.looks, look{bytes, *head, from, uint32(len(f.places))})
		*head = uint32(len(f.looks))
	}
}

// rarest is the offset of the piece of a text that is likely to stand in logs most seldom.
func (f *filter) rarest(text string) (best int) {
	length, least := f.step+f.width-1, 1<<30
	for at := 0; at+length <= len(text); at++ {
		sum := 0
		for _, b := range []byte(text[at : at+length]) {
			sum += commonness(b)
		}
		if sum < least {
			best, least = at, sum
		}
	}
	return best
}

// commonness is how often a byte stands in logs, roughly, its bit of case set.
func commonness(b byte) int {
	switch b {
	case 'e', 't', 'a', 'o', 'i', 'n', 's', 'r', ' ', '"':
		return 4
	case 'l', 'd', 'c', 'u', 'm', 'p', '0', '1', '2', ':', ',', '-', '.', '/':
		return 3
	case 'q', 'x', 'z', 'j', 'k', '#', '$', '^', '~', '!', '?':
		return 1
	}
	return 2
}

func hashOf(b uint32) uint32 { return b * 0x9e3779b1 >> (32 - hashBits) }

const (
	caseBits = 0x2020202020202020
	lowThree = 1<<24 - 1
)

// find appends the hits of the looks in t[from:to], both multiples of the steps but for the end of t.
func (f *filter) find(dst []hit, t []byte, from, to int) []hit {
	i, bits := from, f.bits
	has := func(b uint64) bool {
		h := hashOf(uint32(b))
		return bits[h/64]&(1<<(h%64)) != 0
	}
	switch {
	case f.width == 3 && f.step == 1:
		for ; i < to && i+8 <= len(t); i += 4 {
			x := binary.LittleEndian.Uint64(t[i:]) | caseBits
			if has(x&lowThree) || has(x>>8&lowThree) || has(x>>16&lowThree) || has(x>>24&lowThree) {
				dst = f.check(dst, t, i, 4)
			}
		}
	case f.width == 3:
		for ; i < to && i+16 <= len(t); i += 8 {
			b := (*[16]byte)(t[i:])
			x, y := binary.LittleEndian.Uint64(b[:])|caseBits, binary.LittleEndian.Uint64(b[4:])|caseBits
			if has(x&lowThree) || has(x>>16&lowThree) || has(y&lowThree) || has(y>>16&lowThree) {
				dst = f.check(dst, t, i, 4)
			}
		}
	case f.step == 2:
		for ; i < to && i+16 <= len(t); i += 8 {
			b := (*[16]byte)(t[i:])
			x, y := binary.LittleEndian.Uint64(b[:])|caseBits, binary.LittleEndian.Uint64(b[4:])|caseBits
			if has(x) || has(x>>16) || has(y) || has(y>>16) {
				dst = f.check(dst, t, i, 4)
			}
		}
	case f.step == 3:
		for ; i < to && i+16 <= len(t); i += 12 {
			b := (*[16]byte)(t[i:])
			x, y := binary.LittleEndian.Uint64(b[:])|caseBits, binary.LittleEndian.Uint64(b[6:])|caseBits
			if has(x) || has(x>>24) || has(y) || has(y>>24) {
				dst = f.check(dst, t, i, 4)
			}
		}
	default:
		for ; i < to && i+16 <= len(t); i += 16 {
			b := (*[16]byte)(t[i:])
			x, y := binary.LittleEndian.Uint64(b[:])|caseBits, binary.LittleEndian.Uint64(b[8:])|caseBits
			if has(x) || has(x>>32) || has(y) || has(y>>32) {
				dst = f.check(dst, t, i, 4)
			}
		}
	}
	for ; i < to; i += f.step {
		dst = f.check(dst, t, i, 1)
	}
	return dst
}

// check compares the texts that have one of n looks, the first at i.
func (f *filter) check(dst []hit, t []byte, i, n int) []hit {
	for ; n > 0 && i+f.width <= len(t); n, i = n-1, i+f.step {
		b := uint32(t[i]) | uint32(t[i+1])<<8 | uint32(t[i+2])<<16 | caseBits&lowThree
		if f.width == 4 {
			b |= uint32(t[i+3]|caseBit) << 24
		}
		h := hashOf(b)
		if f.bits[h/64]>>(h%64)&1 == 0 {
			continue
		}
		for next := f.heads[h>>(hashBits-headBits)]; next != 0; {
			l := &f.looks[next-1]
			if next = l.next; l.bytes == b {
				dst = f.compare(dst, t, i, l)
			}
		}
	}
	return dst
}

// compare appends the texts that stand around a look at i.
func (f *filter) compare(dst []hit, t []byte, i int, l *look) []hit {
	for _, p := range f.places[l.from:l.to] {
		text := &f.texts[p.text]
		if at := i - int(p.off); standsFolded(t, at, text.folded) {
			dst = append(dst, hit{text.rule, at, len(text.folded)})
		}
	}
	return dst
}

// standsFolded reports whether t holds the text at i by all bits but that of case.
func standsFolded(t []byte, i int, text string) bool {
	if i < 0 || len(t)-i < len(text) {
		return false
	}
	for j := range len(text) {
		if t[i+j]|caseBit != text[j] {
			return false
		}
	}
	return true
}

// compareHits orders hits by where they are; where two texts of a rule begin at one place, the shorter first.
func compareHits(a, b hit) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rule, b.rule), cmp.Compare(a.length, b.length))
}
