package detect

import (
	"encoding/binary"
	"math/bits"
)

// Most values of fields are words, small numbers and short sentences, which can hold no anchor at all: they need no scan.

// quiet reports that a text of one word's length holds no anchor. False says nothing.
func (s *Scanner) quiet(text []byte) bool {
	switch {
	case len(text) < minIBANBytes:
		return s.set.counts.quiet(text)
	case len(text) <= quietBytes:
		return s.still(text)
	}
	return false
}

// quietBytes bounds the texts whose candidates are all flagged in one word.
const quietBytes = 64 - slack

// minIBANBytes is the length of the shortest account number.
const minIBANBytes = 15

// quietTable tells by counting a few kinds of bytes whether a text shorter than an account number can hold an anchor.
type quietTable struct {
	// weight adds to counters of one byte each.
	weight [256]uint64
}

// quietKinds are what is counted; the first bytes of characters that hide values count with the last.
var quietKinds = [...]string{"0123456789", ".", "-", "=>:/ \t@%&\\(#|,"}

// quietNeeds is what an anchor needs at least, one byte a kind: eight digits, two dots, four dashes or one of the signs.
const quietNeeds = 8 | 2<<8 | 4<<16 | 1<<24

func newQuietTable() (q quietTable) {
	for i, kind := range quietKinds {
		for j := range len(kind) {
			q.weight[kind[j]] += 1 << (8 * i)
		}
	}
	for _, c := range hidingBytes {
		q.weight[c] += 1 << (8 * (len(quietKinds) - 1))
	}
	return q
}

func (q *quietTable) quiet(text []byte) bool {
	var sum uint64
	for _, b := range text {
		sum += q.weight[b]
	}
	return (sum+0x80808080-quietNeeds)&0x80808080 == 0
}

// still is quiet for a text of one word, which it classifies.
func (s *Scanner) still(text []byte) bool {
	s.edge = [len(s.edge)]byte{}
	copy(s.edge[tailBytes:], text)
	m := &s.maps
	s.set.classes.classify(m, s.edge[:], 0, false)
	colon, dash, dot, token := m[laneColon][1], m[laneDash][1], m[laneDot][1], m[laneToken][1]
	switch {
	case m[laneAt][1]|m[laneEscape][1] != 0,
		colon&(token>>1)&(token>>2) != 0,
		colon&(colon<<1) != 0, bits.OnesCount64(colon) >= 5,
		bits.OnesCount64(dot) >= 3, dot&(dot<<5) != 0,
		bits.OnesCount64(dash) >= 4,
		dash<<1&(m[laneSpacer][1]<<2)&m[laneAlpha][1] != 0:
		return false
	}
	return m.stillDigits() && s.stillKeys() && s.stillTokens(text) && (s.shallow || m[laneHigh][1] == 0)
}

// stillKeys reports whether no key word ends in the first word before what may follow one.
func (s *Scanner) stillKeys() bool {
	for x := s.maps[laneAfter][1] & (s.maps[laneTail][1] << 1); x != 0; x &= x - 1 {
		at := bits.TrailingZeros64(x) + tailBytes
		if at-4 >= tailBytes && s.set.filter.has(binary.LittleEndian.Uint32(s.edge[at-4:])) == 0 {
			continue
		}
		if s.set.tails.ends(s.edge[tailBytes:at]) {
			return false
		}
	}
	return true
}

// stillDigits reports whether the first word has neither a run of digits that matters nor the beginning of an account number.
func (m *bitmaps) stillDigits() bool {
	digit, alpha, dash := m[laneDigit][1], m[laneAlpha][1], m[laneDash][1]
	one := digit | m[laneDot][1] | m[laneSpacer][1]
	eight := one & (one << 1)
	eight &= eight << 2
	eight &= eight << 4
	date := dash << 3 & (dash << 6) &^ (one << 11)
	if (eight&(one<<8))<<1&^one&^date != 0 && bits.OnesCount64(digit) >= minNamedDigits {
		return false
	}
	return digit&(digit<<1)&(alpha<<2)&(alpha<<3)&^((alpha|digit)<<4&((digit|m[laneHex][1])<<4|alpha<<5)) == 0
}

// stillTokens reports whether text, in the first word, has no run of token bytes that is looked at, or is one run without a dot that no
// vendor's prefix begins a word of and no vendor's name the whole.
func (s *Scanner) stillTokens(text []byte) bool {
	m := &s.maps
	alnum := m[laneAlpha][1] | m[laneDigit][1]
	one := alnum | m[laneDot][1] | m[laneToken][1]
	four := one & (one << 1)
	four &= four << 2
	sixteen := four & (four << 4)
	sixteen &= sixteen << 8
	if sixteen&(four<<16) == 0 {
		return true
	}
	if one != 1<<len(text)-1 || m[laneDot][1] != 0 || !s.shallow && mayHide(text) || gluedKeyStop(text, 0, len(text)) > 0 {
		return false
	}
	for x := alnum &^ (alnum << 1); x != 0; x &= x - 1 {
		at := bits.TrailingZeros64(x)
		if vendors.may.has(vendorHash(binary.LittleEndian.Uint32(s.edge[tailBytes+at:]))) && vendors.prefixed(text, at) {
			return false
		}
	}
	return !s.set.mayBeAddress(text)
}
