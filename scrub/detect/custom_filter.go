package detect

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A filter finds where one of many texts may stand. It looks at a few bytes at a time, at every step-th offset: of each text it knows a
// piece so long that one of these looks falls into it whole, wherever the text stands. So it costs the same for one rule or a hundred, and
// less the longer their texts are.
//
// Bytes are compared with the bit of case set, so that it finds too much, never too little.
type filter struct {
	step  int
	width int                       // bytes of a look
	bits  *[1 << hashBits / 8]uint8 // by hash: some look has it
	heads []uint32                  // by hash: index of the first of its looks, plus 1
	looks []look
	texts []filterText
}

// look is a few bytes of a text.
type look struct {
	bytes uint32
	text  uint32
	off   uint32 // from the begin of the text
	next  uint32 // index of the next of this hash, plus 1
}

// filterText is a text and the rule, by its index, that wants it.
type filterText struct {
	folded string
	rule   int
}

// hit is a text found: bytes [at, at+length) by all bits but that of case.
type hit struct{ rule, at, length int }

// looksOf says, for texts of so many bytes, how wide a look is and how far from the next.
func looksOf(shortest int) (width, step int) {
	switch {
	case shortest < 4:
		return 3, 1
	case shortest < 5:
		return 3, 2
	case shortest < 7:
		return 4, 2
	}
	return 4, 4
}

// newFilters makes one filter for all rules whose shortest texts are of like length.
func newFilters(rules []customRule) []filter {
	var all []filter
	for i := range rules {
		if len(rules[i].literals) == 0 {
			continue
		}
		n := necessary{texts: rules[i].literals}
		width, step := looksOf(n.shortest())
		k := slices.IndexFunc(all, func(f filter) bool { return f.width == width && f.step == step })
		if k < 0 {
			k = len(all)
			all = append(all, filter{width: width, step: step})
		}
		for _, text := range rules[i].literals {
			all[k].texts = append(all[k].texts, filterText{folded(text), i})
		}
	}
	for i := range all {
		all[i].index()
	}
	return all
}

// hashBits makes a table of bits that stays in the cache nearest to the processor, and of which a hundred rules fill some hundredths.
const hashBits = 16

// index makes the tables.
func (f *filter) index() {
	f.bits, f.heads = new([1 << hashBits / 8]uint8), make([]uint32, 1<<hashBits)
	for i, text := range f.texts {
		at := f.rarest(text.folded)
		for off := at; off < at+f.step; off++ {
			var b [4]byte
			copy(b[:], text.folded[off:off+f.width])
			f.add(look{bytes: binary.LittleEndian.Uint32(b[:]), text: uint32(i), off: uint32(off)})
		}
	}
}

func (f *filter) add(l look) {
	h := hashOf(l.bytes)
	f.bits[h/8] |= 1 << (h % 8)
	l.next = f.heads[h]
	f.looks = append(f.looks, l)
	f.heads[h] = uint32(len(f.looks))
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

// has reports, in the last bit, whether some look may have these bytes.
func (f *filter) has(b uint32) uint8 {
	h := hashOf(b)
	return f.bits[h/8] >> (h % 8)
}

const (
	caseBits  = 0x2020202020202020
	threeByte = 1<<24 - 1
)

// find appends the hits of the looks in t[from:to], from a multiple of the step, in the order of their looks.
func (f *filter) find(dst []hit, t []byte, from, to int) []hit {
	i := from
	switch {
	case f.width == 4 && f.step == 4:
		for ; i < to && i+16 <= len(t); i += 12 {
			x, y := binary.LittleEndian.Uint64(t[i:])|caseBits, binary.LittleEndian.Uint64(t[i+8:])|caseBits
			if (f.has(uint32(x))|f.has(uint32(x>>32))|f.has(uint32(y)))&1 != 0 {
				dst = f.check(dst, t, i, 3)
			}
		}
	case f.width == 4:
		for ; i < to && i+8 <= len(t); i += 6 {
			x := binary.LittleEndian.Uint64(t[i:]) | caseBits
			if (f.has(uint32(x))|f.has(uint32(x>>16))|f.has(uint32(x>>32)))&1 != 0 {
				dst = f.check(dst, t, i, 3)
			}
		}
	case f.step == 2:
		for ; i < to && i+8 <= len(t); i += 6 {
			x := binary.LittleEndian.Uint64(t[i:]) | caseBits
			if (f.has(uint32(x)&threeByte)|f.has(uint32(x>>16)&threeByte)|f.has(uint32(x>>32)&threeByte))&1 != 0 {
				dst = f.check(dst, t, i, 3)
			}
		}
	default:
		for ; i < to && i+8 <= len(t); i += 4 {
			x := binary.LittleEndian.Uint64(t[i:]) | caseBits
			if (f.has(uint32(x)&threeByte)|f.has(uint32(x>>8)&threeByte)|f.has(uint32(x>>16)&threeByte)|f.has(uint32(x>>24)&threeByte))&1 != 0 {
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
		var b uint32
		for k := range f.width {
			b |= uint32(t[i+k]|caseBit) << (8 * k)
		}
		for next := f.heads[hashOf(b)]; next != 0; {
			l := &f.looks[next-1]
			next = l.next
			if l.bytes != b {
				continue
			}
			text := &f.texts[l.text]
			if at := i - int(l.off); standsFolded(t, at, text.folded) {
				dst = append(dst, hit{text.rule, at, len(text.folded)})
			}
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
