package detect

// findVector is findCommon for groups of words, and says in which of them the rare families may have candidates.
func (c *candidates) findVector(m *bitmaps, groups int) {
	_ = c.rare[groups-1]
	if c.level == vectors512 {
		findAVX512(&m[0][1], &c.flags[0][0], &c.run[0][1], &c.rare[0], (groups+1)/2)
		return
	}
	findAVX2(&m[0][1], &c.flags[0][0], &c.run[0][1], &c.rare[0], groups)
}

// findAVX2 reads groups*4 words of every lane from m, the first lane's word 1, and the word before; flags and run are those of
// candidates, from the same word on. It needs AVX2.
//
//go:noescape
func findAVX2(m, flags, run *uint64, rare *uint8, groups int)

// findAVX512 is findAVX2 for pairs of groups. It needs AVX-512 with its instructions for shifting two words as one.
//
//go:noescape
func findAVX512(m, flags, run *uint64, rare *uint8, pairs int)
