package detect

import "golang.org/x/sys/cpu"

func hasVector() bool { return cpu.X86.HasAVX2 }

func (c *classifier) classifyVector(m *bitmaps, text []byte, at int) {
	words := (len(text) - tailBytes) / 64
	_ = m[0][at+words]
	classifyAVX2(&m[0][1+at], &c.sets, &c.tails, &text[tailBytes], words)
}

// classifyAVX2 fills words of every lane from 64*words bytes at text, the first lane's first at m; words is at least 1. It reads
// tailBytes before text too. It needs AVX2.
//
//go:noescape
func classifyAVX2(m *uint64, members *[sets]byteSet, tails *tailGroups, text *byte, words int)
