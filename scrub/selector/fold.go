package selector

import (
	"encoding/binary"
	"math/bits"
)

// Case folding and hashing, eight bytes a step. Only ASCII letters fold; every other byte is itself.

const (
	each01 = 0x0101010101010101
	each7f = 0x7f * each01
	each80 = 0x80 * each01
	dots   = '.' * each01

	mix1 = 0x9e3779b97f4a7c15 // odd constants with well spread bits; the hash is not keyed and need not be
	mix2 = 0xd6e8feb86659fd93
)

// foldByte is b, in lower case if it is an ASCII letter.
func foldByte(b byte) byte {
	if b-'A' < 26 {
		b |= 0x20
	}
	return b
}

// fold lowers the ASCII letters of eight bytes.
func fold(w uint64) uint64 {
	low := w & each7f
	fromA := low + (0x80-'A')*each01
	pastZ := low + (0x80-'Z'-1)*each01
	return w | (fromA&^pastZ&^w&each80)>>2
}

// hasDot reports whether one of eight bytes is a dot.
func hasDot(w uint64) bool {
	w ^= dots
	return (w-each01)&^w&each80 != 0
}

// shortWord holds the bytes of a key of less than eight, some of them twice; together with the length it is unambiguous.
func shortWord[T string | []byte](key T) uint64 {
	n := len(key)
	switch {
	case n >= 4:
		return uint64(load4(key, 0)) | uint64(load4(key, n-4))<<32
	case n > 0:
		return uint64(key[0]) | uint64(key[n/2])<<8 | uint64(key[n-1])<<16
	}
	return 0
}

func load4[T string | []byte](s T, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// hash is a hash of the key in lower case, and reports whether the key holds a dot.
func hash(key []byte) (h uint64, dotted bool) {
	n := len(key)
	if n < 8 {
		w := shortWord(key)
		return mix(uint64(n)*mix1, fold(w)), hasDot(w)
	}
	h = uint64(n) * mix1
	for rest := key; len(rest) > 8; rest = rest[8:] {
		w := binary.LittleEndian.Uint64(rest)
		dotted = dotted || hasDot(w)
		h = mix(h, fold(w))
	}
	w := binary.LittleEndian.Uint64(key[n-8:])
	return mix(h, fold(w)), dotted || hasDot(w)
}

func mix(h, w uint64) uint64 {
	hi, lo := bits.Mul64(h^w^mix2, mix1)
	return hi ^ lo
}

// equalKey reports whether key in lower case is text, which is in lower case and of the same length.
func equalKey(text, key []byte) bool {
	n := len(key)
	if n < 8 {
		return shortWord(text) == fold(shortWord(key))
	}
	for i := 0; i+8 < n; i += 8 {
		if binary.LittleEndian.Uint64(text[i:]) != fold(binary.LittleEndian.Uint64(key[i:])) {
			return false
		}
	}
	return binary.LittleEndian.Uint64(text[n-8:]) == fold(binary.LittleEndian.Uint64(key[n-8:]))
}

// equalFold is equalKey for strings, byte by byte: the plain twin that compiling and explaining use.
func equalFold(text, s string) bool {
	for i := range len(s) {
		if text[i] != foldByte(s[i]) {
			return false
		}
	}
	return true
}

// lower is s with its ASCII letters in lower case.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = foldByte(c)
	}
	return string(b)
}
