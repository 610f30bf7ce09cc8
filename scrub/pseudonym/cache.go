package pseudonym

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// cacheEntries of 48 bytes each make a Minter of 24 KiB.
const (
	cacheBits    = 9
	cacheEntries = 1 << cacheBits
)

// maxCached is the longest value that is kept; a longer one is no identifier and is hashed each time.
const maxCached = 64

// hashWords is the longest input of the cache's hash: a word of lengths, the kind and the value.
const hashWords = 1 + MaxKindBytes/8 + maxCached/8 + 1

// cache remembers tokens by a keyed 128-bit hash of kind and value, one place for each.
//
// A wrong token would link two people, so the hash must hold against someone who chooses values. A seeded XXH64 does not: two inputs of 64
// bytes can be written down that collide under every other seed. This one is NH of RFC 4418 (UMAC; Black and others, 1999) with 64-bit
// words under a secret key: two different inputs collide with a chance of at most 2^-64, whoever chose them. It holds no value.
type cache struct {
	key     [hashWords]uint64
	entries [cacheEntries]entry
}

type entry struct {
	hi, lo uint64
	digest Digest
	used   bool
}

// newCacheKey makes the key of the hash from the domain's key and a seed, so that no two minters share it.
func newCacheKey(key []byte, seed uint64) (out [hashWords]uint64) {
	label := binary.BigEndian.AppendUint64([]byte("winnow cache 1"), seed)
	b, err := hkdf.Expand(sha256.New, key, string(label), 8*hashWords)
	if err != nil {
		panic("pseudonym: HKDF refuses a constant length: " + err.Error())
	}
	for i := range out {
		out[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return out
}

// hash is NH of kind and value, which fit. The lengths in the first word keep every cut into kind, value and padding apart.
func (c *cache) hash(kind string, value []byte) (hi, lo uint64) {
	var words [hashWords]uint64
	words[0] = uint64(len(kind))<<32 | uint64(len(value))
	n := 1
	for i := 0; i < len(kind); i += 8 {
		words[n] = word(kind[i:])
		n++
	}
	for i := 0; i < len(value); i += 8 {
		words[n] = word(value[i:])
		n++
	}
	for i := 0; i < n; i += 2 {
		h, l := bits.Mul64(words[i]+c.key[i], words[i+1]+c.key[i+1])
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi, _ = bits.Add64(hi, h, carry)
	}
	return hi, lo
}

// word is the first eight bytes of s, zeros after its end.
func word[T string | []byte](s T) uint64 {
	if len(s) >= 8 {
		s = s[:8]
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	w := uint64(0)
	for i := len(s) - 1; i >= 0; i-- {
		w = w<<8 | uint64(s[i])
	}
	return w
}

// place is where the entry of a hash belongs.
func (c *cache) place(hi, lo uint64) *entry {
	const odd = 0x9e3779b97f4a7c15
	return &c.entries[(lo^hi)*odd>>(64-cacheBits)]
}
