package detect

// anyHighVector is anyHigh for as many whole blocks of 64 bytes as there are, at least one.
func anyHighVector(t []byte) bool { return anyHighAVX2(&t[0], len(t)/64) }

// anyHighAVX2 reports whether a byte above 0x7f is in the blocks of 64 bytes at text. It needs AVX2.
//
//go:noescape
func anyHighAVX2(text *byte, blocks int) bool
