package detect

// mark sets the marks of 64 bytes of t in each word. Behind them t has markBytes-1 more.
func (m *marker) mark(level vectorLevel, marks []uint64, t []byte) {
	_ = t[64*len(marks)+markBytes-2]
	if level == vectors512 {
		markAVX512(&marks[0], m.wide, &t[0], len(marks))
		return
	}
	markAVX2(&marks[0], m.halves, &t[0], len(marks))
}

// markAVX2 sets words marks, of 64 bytes of text each; words is at least 1. It reads markBytes-1 bytes behind them. It needs AVX2.
//
//go:noescape
func markAVX2(marks *uint64, tables *halfTables, text *byte, words int)

// markAVX512 is markAVX2 by other tables. It needs what vectors512 says.
//
//go:noescape
func markAVX512(marks *uint64, tables *wholeTables, text *byte, words int)

// readMaps maps 64 bytes of t in each map; there is at least one.
func readMaps(m []wordMap, firsts *byteSet, t []byte) {
	_ = t[64*len(m)-1]
	mapWordsAVX2(&m[0], firsts, &t[0], len(m))
}

// mapWordsAVX2 maps steps of 64 bytes of text; steps is at least 1. It needs AVX2.
//
//go:noescape
func mapWordsAVX2(maps *wordMap, firsts *byteSet, text *byte, steps int)
