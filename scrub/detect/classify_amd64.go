package detect

import "golang.org/x/sys/cpu"

func vectorsHere() vectorLevel {
	x := &cpu.X86
	switch {
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512VBMI && x.HasAVX512VBMI2 && x.HasAVX2:
		return vectors512
	case x.HasAVX2:
		return vectors256
	}
	return noVectors
}

func (c *classifier) classifyVector(m *bitmaps, text []byte, at int, stops bool) {
	words := (len(text) - tailBytes) / 64
	_ = m[0][at+words]
	if c.level == vectors512 {
		classifyAVX512(&m[0][1+at], c.wide, &text[tailBytes], words)
		return
	}
	classifyAVX2(&m[0][1+at], c.folded, &text[tailBytes], words, stops)
}

// classifyAVX2 fills words of every lane from 64*words bytes at text, the first lane's first at m; words is at least 1, at most chunkWords. It reads
// tailBytes before text too. It leaves laneStop as it is unless stops says so, and may spoil the words behind, of four at a time. It needs AVX2.
//
//go:noescape
func classifyAVX2(m *uint64, tables *foldTables, text *byte, words int, stops bool)

// classifyAVX512 is classifyAVX2 by other tables. It needs what vectors512 says.
//
//go:noescape
func classifyAVX512(m *uint64, tables *wideTables, text *byte, words int)
