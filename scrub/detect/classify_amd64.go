package detect

import "golang.org/x/sys/cpu"

func hasVector() bool { return cpu.X86.HasAVX2 }

func (c *classifier) classifyVector(m *bitmaps, text []byte) {
	classifyAVX2(m, &c.sets, &text[0], len(text)/64)
}

// classifyAVX2 fills words [1, 1+words) of every lane from 64*words bytes at text; words is at least 1. It needs AVX2.
//
//go:noescape
func classifyAVX2(m *bitmaps, sets *[lanes]byteSet, text *byte, words int)
