package detect

import "encoding/binary"

// findVector is findCommon for groups of words.
func (c *candidates) findVector(m *bitmaps, groups int) {
	_ = c.rare[groups-1]
	var where [marked][chunkWords / groupWords]uint8
	if c.level == vectors512 {
		findAVX512(&m[0][1], &c.flags[0][0], &c.run[0][1], &where[0][0], &c.rare[0], (groups+1)/2)
		for f := range where {
			c.where[f] = binary.LittleEndian.Uint64(where[f][:])
		}
		return
	}
	findAVX2(&m[0][1], &c.flags[0][0], &c.run[0][1], &where[0][0], &c.rare[0], groups)
	for f := range where {
		c.where[f] = ^(halfBytes(where[f][:]) | halfBytes(where[f][8:])<<32)
	}
}

// halfBytes puts the low halves of eight bytes together.
func halfBytes(b []uint8) uint64 {
	x := binary.LittleEndian.Uint64(b)
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	return (x | x>>16) & 0x00000000ffffffff
}

// findAVX2 reads groups*4 words of every lane from m, the first lane's word 1, and the word before; flags and run are those of
// candidates, from the same word on. Of each group it says in where which words of the families up to marked have no flag, and in rare which
// rare families may have one. It needs AVX2.
//
//go:noescape
func findAVX2(m, flags, run *uint64, where, rare *uint8, groups int)

// findAVX512 is findAVX2 for pairs of groups, but says in where which words have a flag. It needs AVX-512 with its instructions for shifting two
// words as one.
//
//go:noescape
func findAVX512(m, flags, run *uint64, where, rare *uint8, pairs int)
