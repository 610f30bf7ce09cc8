package detect

import (
	"encoding/binary"
	"math/bits"
)

// Words of long lists are looked up where words begin. Where there are vectors, bitmaps say where: 64 bytes of text at a step. Words that are too short, or that
// begin as no entry does, are set aside by them; the first eight bytes of the others, or all if they have less, are hashed at once, and most are told by
// that. The rest, and words with letters beyond ASCII or behind an escape, are looked at letter by letter (custom_words.go).

// wordMap is 64 bytes of text.
type wordMap struct {
	word   uint64 // letters, digits and underscores of ASCII
	high   uint64 // what is beyond ASCII
	first  uint64 // what entries begin with
	escape uint64 // percent signs and backslashes
}

// wordMaps are those of a block, and one behind.
type wordMaps [hitBlock/64 + 1]wordMap

// read maps the block of t that begins at from, and what is behind it: at the end of t no words.
func (m *wordMaps) read(firsts *byteSet, t []byte, from int) (block []wordMap) {
	t = t[from:min(from+64*len(m), len(t))]
	n := len(t) / 64
	if n > 0 {
		readMaps(m[:n], firsts, t)
	}
	if n < len(m) {
		var last [64]byte
		copy(last[:], t[64*n:])
		readMaps(m[n:n+1], firsts, last[:])
		n++
	}
	if n < len(m) {
		m[n] = wordMap{}
		n++
	}
	return m[:n-1]
}

// begins returns where words begin that may be the first of an entry. touches says that a word goes on from the step before, and escaped that an escape
// begins there. Of a word that goes on in the next step, of one with letters beyond ASCII, and of one behind an escape it only tells that it begins.
func (m *wordMap) begins(shortest int, touches, escaped uint64) uint64 {
	in := m.word | m.high
	begin := in &^ (in<<1 | touches)
	if m.high != 0 {
		return begin
	}
	may := m.first
	for k := 1; k < shortest; k++ {
		may &= in >> k
	}
	may |= m.escape<<1 | escaped
	if in>>63 != 0 && begin != 0 {
		may |= 1 << (63 - bits.LeadingZeros64(begin))
	}
	return begin & may
}

// firstBytes is how many bytes of a word are hashed at once.
const firstBytes = 8

// starts says which words may be the first of an entry, by a hash of their first bytes that gives two bits of one element.
type starts struct {
	bits  []uint64
	shift uint
	fold  uint64 // the bits of case that do not count
	// firsts are the bytes that first words begin with, and shortest is the length of the shortest, at most firstBytes.
	firsts   byteSet
	shortest int
}

func newStarts(words int, matchCase bool) starts {
	size := min(bits.Len(uint(words))+7, 21)
	s := starts{bits: make([]uint64, 1<<size/64), shift: uint(64 + 6 - size), fold: caseBits, shortest: firstBytes}
	if matchCase {
		s.fold = 0
	}
	return s
}

// add notes an entry's first word, if its first bytes are ASCII.
func (s *starts) add(word []byte) {
	s.shortest = min(s.shortest, len(word))
	if x := loadWord(word, 0, len(word)); x&highBits == 0 && len(word) > 0 {
		at, both := s.hash(x)
		s.bits[at] |= both
		for _, c := range [...]byte{word[0], word[0] &^ byte(s.fold)} {
			s.firsts[c&15] |= 1 << (c >> 4)
		}
	}
}

const highBits = 0x8080808080808080

// hash of the first bytes of a word: an element and two bits of it. To set the bit of case in digits and underscores makes none of them another.
func (s *starts) hash(x uint64) (at, both uint64) {
	h := (x | s.fold) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	return h >> (s.shift & 63), 1<<(h&63) | 1<<(h>>6&63)
}

func (s *starts) has(x uint64) bool {
	at, both := s.hash(x)
	return s.bits[at]&both == both
}

// loadWord returns the first bytes of a word of n, the first of them the lowest.
func loadWord(t []byte, start, n int) (x uint64) {
	if start+firstBytes <= len(t) {
		x = binary.LittleEndian.Uint64(t[start:])
	} else {
		for i, c := range t[start:] {
			x |= uint64(c) << (8 * i)
		}
	}
	return x & (^uint64(0) >> (8 * (firstBytes - min(n, firstBytes)) & 63))
}

// words appends the entries of a list that are found.
func (s *customScan) words(dst []Finding, w *lexicon, t []byte, ctx Context) []Finding {
	r := &s.custom.rules[w.rule]
	if s.level == noVectors {
		return w.find(dst, t, r, ctx, (*lexicon).entryAt)
	}
	if s.maps == nil {
		s.maps = new(wordMaps)
	}
	lo, touches, escaped := 0, uint64(0), uint64(0)
	for from := 0; from < len(t); from += hitBlock {
		for k := range s.maps.read(&w.starts.firsts, t, from) {
			m, next := &s.maps[k], &s.maps[k+1]
			for begin := m.begins(w.starts.shortest, touches, escaped); begin != 0; begin &= begin - 1 {
				bit := uint(bits.TrailingZeros64(begin))
				start := from + 64*k + int(bit)
				n, odd := m.wordAt(next, bit)
				if start+n > lo && (odd || start < lo || w.starts.has(loadWord(t, start, n)) || start > 0 && (t[start-1] == '\\' || t[start-1] == '%')) {
					dst, lo = w.findWithin(dst, t, max(start, lo), w.endOf(t, start+n), lo, r, ctx, (*lexicon).entryAt)
				}
			}
			touches, escaped = (m.word|m.high)>>63, m.escape>>63
		}
	}
	return dst
}

// wordAt returns how many bytes, up to 64, the word has that begins at a bit, and whether a letter beyond ASCII may be in it.
func (m *wordMap) wordAt(next *wordMap, bit uint) (n int, odd bool) {
	word, high := m.word>>bit|next.word<<1<<(63-bit), m.high>>bit|next.high<<1<<(63-bit)
	n = bits.TrailingZeros64(^(word | high))
	return n, n == 64 || high&(1<<n-1) != 0
}

// endOf returns where the word ends that goes on at i, if one does.
func (w *lexicon) endOf(t []byte, i int) int {
	for i < len(t) && w.fold[t[i]] != 0 {
		i++
	}
	return i
}
