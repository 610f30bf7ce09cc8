package detect

import "math/bits"

// Candidates are found on bitmaps alone. Each is flagged at its end or behind it, so that a word needs only itself and the word before
// it. A candidate is a place where an anchor may stand: there are too many of them, never too few.

// The families of candidates, and where the anchor of one flagged at p stands.
const (
	famDotted  = iota // p: end of a run with three dots, each two to four bytes from the next
	famColoned        // p: end of a run with two colons in a row, or four of them at most five bytes apart: a time behind a date has three
	famDigits         // p: end of a run of nine bytes or more
	famToken          // p: end of a run of twenty bytes or more
	famKey            // p: behind the last letter of what may be a key word
	common            // families up to here have candidates in most chunks

	famAt      = iota - 1 // p-5: an at sign, %40 or \u0040, in this order whatever their length
	famPairs              // p-13 for colons and dashes, p-6 for dots
	famCountry            // p-3
	famScheme             // p-2
	famBegin              // p-5
	famPercent            // p-2
	famUUID               // p-15
	famOption             // p-1
	families
)

// marked families are the first ones, of which it is known which words have a candidate.
const marked = famKey

// What rare says: a bit for all rare families, and one for famCountry, famScheme and famOption.
const (
	rareAll = 1 << iota
	rareFew
)

// filled says by which bits of rare the flags of a rare family are filled in.
func filled(family int) uint8 {
	if family == famCountry || family == famScheme || family == famOption {
		return rareAll | rareFew
	}
	return rareAll
}

// slack is how far behind the end of text a candidate may be flagged.
const slack = 5

// The runs whose start is looked up at their end.
const (
	runDotted = iota
	runColoned
	runDigits
	runToken
	runs
)

// groupWords is how many words are taken at once where rare families are passed over.
const groupWords = 4

// candidates are a chunk's.
type candidates struct {
	flags [families][chunkWords]uint64
	// where says which words of a family have a flag.
	where [marked]uint64
	// any is the union of a rare family's words.
	any [families]uint64
	// rare says of which groups of words the flags of rare families are filled in, all of them or a few; elsewhere they have no candidate.
	rare [chunkWords / groupWords]uint8
	// run holds the runs themselves, word 0 that of the chunk before.
	run [runs][laneStride]uint64
	// carry is the carry bit of the chunk before, for runs that hold a mark.
	carry [2]uint64
	// level says which of the processor's vector instructions find may use.
	level vectorLevel
}

// word is one word of a bitmap and the one before it.
type word struct{ now, before uint64 }

// back is the bitmap moved k bytes towards the end: bit p says what stood at p-k.
func (w word) back(k uint) uint64 { return w.now<<(k&63) | w.before>>((64-k)&63) }

// double makes of runs those that reach k bytes further back. Only the last bits of the word before are right, as many as are looked at.
func (w word) double(k uint) word { return word{w.now & w.back(k), w.before & (w.before << (k & 63))} }

// near is what stands one to five bytes behind another. Only the last bits of the word before are right, as many as are looked at.
func (w word) near() word {
	two := word{w.now | w.back(1), w.before | w.before<<1}
	four := word{two.now | two.back(2), two.before | two.before<<2}
	return word{w.now & (four.back(1) | w.back(5)), w.before & (four.before<<1 | w.before<<5)}
}

func (m *bitmaps) word(lane, w int) word { return word{m[lane][w], m[lane][w-1]} }

// hex is the bitmap of hex digits.
func (m *bitmaps) hex(w int) word {
	return word{m[laneDigit][w] | m[laneHex][w], m[laneDigit][w-1] | m[laneHex][w-1]}
}

// find fills the candidates of words [1, 1+words).
func (c *candidates) find(m *bitmaps, words int) {
	c.any = [families]uint64{}
	if c.level != noVectors {
		c.findVector(m, (words+groupWords-1)/groupWords)
	} else {
		c.findCommon(m, words)
	}
	if words < chunkWords {
		for f := range c.where {
			c.where[f] &= 1<<words - 1
		}
	}
	c.endRuns(famDotted, runDotted, words)
	c.endRuns(famColoned, runColoned, words)
	for g, rare := range c.rare[:(words+groupWords-1)/groupWords] {
		from, to := g*groupWords, min((g+1)*groupWords, words)
		switch {
		case rare&rareAll != 0:
			c.findRare(m, 1+from, 1+to)
		case rare != 0:
			for w := from; w < to; w++ {
				c.any[famCountry] |= c.flags[famCountry][w]
				c.any[famScheme] |= c.flags[famScheme][w]
				c.any[famOption] |= c.flags[famOption][w]
			}
		}
	}
}

// findCommon fills the flags of common families and where, marks in place of the ends of dotted and coloned runs, and says in which groups of words
// rare families may have candidates.
func (c *candidates) findCommon(m *bitmaps, words int) {
	c.findMarks(m, words)
	c.findDigits(m, words)
	c.findTokens(m, words)
	c.rare = [len(c.rare)]uint8{}
	for w := 1; w <= words && w < laneStride; w++ {
		c.flags[famKey][w-1] = m[laneAfter][w] & m.word(laneTail, w).back(1)
		c.rare[(w-1)/groupWords] |= c.findFew(m, w)
	}
}

// findFew fills the flags of famCountry, famScheme and famOption of a word, and says which rare families the word may need.
func (c *candidates) findFew(m *bitmaps, w int) (rare uint8) {
	digit, alpha, colon, token := m.word(laneDigit, w), m.word(laneAlpha, w), m.word(laneColon, w), m.word(laneToken, w)
	scheme := token.now & token.back(1) & colon.back(2)
	country := digit.now & digit.back(1) & alpha.back(2) & alpha.back(3)
	if country != 0 {
		country &= m.edge(w)
	}
	dash, dot := m.word(laneDash, w), m.word(laneDot, w)
	option := alpha.now & dash.back(1) & m.word(laneSpacer, w).back(2)
	c.flags[famScheme][w-1], c.flags[famCountry][w-1], c.flags[famOption][w-1] = scheme, country, option
	if scheme|country|option != 0 {
		rare = rareFew
	}
	all := m[laneAt][w] | m[laneAt][w-1] | m[laneEscape][w] | m[laneEscape][w-1] | dot.back(1)&dot.back(6)
	if dash.now|dash.before != 0 {
		all |= dash.now&dash.back(5) | dash.back(1)&dash.back(2)&dash.back(3)
	}
	if sep := (word{colon.now | dash.now, colon.before | dash.before}); all == 0 && sep.now|sep.before != 0 {
		all = sep.back(1) & sep.back(4) & sep.back(7) & sep.back(10)
	}
	if all != 0 {
		rare |= rareAll
	}
	return rare
}

// edge says where two letters and two digits may begin a number three bytes before: where no letter or digit is before them but the last of a
// colour sequence.
func (m *bitmaps) edge(w int) uint64 {
	digit, alpha := m.word(laneDigit, w), m.word(laneAlpha, w)
	return ^(word{alpha.now | digit.now, alpha.before | digit.before}.back(4) & (m.hex(w).back(4) | alpha.back(5)))
}

// some is 1 if x has a bit, else 0.
func some(x uint64) int { return int((x | -x) >> 63) }

// findMarks finds dots and colons that stand near others like them.
func (c *candidates) findMarks(m *bitmaps, words int) {
	var dotted, coloned uint64
	for w := 1; w <= words && w < laneStride; w++ {
		digit, dot, colon := m.word(laneDigit, w), m.word(laneDot, w), m.word(laneColon, w)
		one := word{dot.now & digit.back(1), dot.before & (digit.before << 1)}
		two := word{one.now & (one.back(2) | one.back(3) | one.back(4)), one.before & (one.before<<2 | one.before<<3 | one.before<<4)}
		run := digit.now | dot.now
		c.run[runDotted][w] = run
		x := one.now & (two.back(2) | two.back(3) | two.back(4))
		c.flags[famDotted][w-1] = x
		dotted |= uint64(some(x)) << ((w - 1) & 63)
		c.run[runColoned][w] = run | m[laneHex][w] | colon.now
		x = colon.now & colon.back(1)
		if two = colon.near(); two.now != 0 {
			x |= word{two.near().now, two.before}.near().now
		}
		c.flags[famColoned][w-1] = x
		coloned |= uint64(some(x)) << ((w - 1) & 63)
	}
	c.where[famDotted], c.where[famColoned] = dotted, coloned
}

// findDigits finds runs of digits and spacers of nine bytes or more, but not a date alone: ten bytes with two dashes, nor seconds with a fraction of
// six digits; see secondsAt.
func (c *candidates) findDigits(m *bitmaps, words int) {
	var where uint64
	for w := 1; w <= words && w < laneStride; w++ {
		one := word{m[laneDigit][w] | m[laneDot][w] | m[laneSpacer][w], m[laneDigit][w-1] | m[laneDot][w-1] | m[laneSpacer][w-1]}
		eight := one.double(1).double(2).double(4)
		nine := word{eight.now & one.back(8), eight.before & (one.before << 8)}
		x := nine.back(1) &^ one.now
		c.run[runDigits][w] = one.now
		if x != 0 {
			dash := m.word(laneDash, w)
			date := dash.back(3) & dash.back(6) &^ one.back(11)
			seconds := m.word(laneDot, w).back(7) & m.word(laneColon, w).back(10) & m.word(laneDigit, w).back(11)
			x &^= date | seconds
		}
		c.flags[famDigits][w-1] = x
		where |= uint64(some(x)) << ((w - 1) & 63)
	}
	c.where[famDigits] = where
}

// findTokens finds runs of token bytes of twenty or more.
func (c *candidates) findTokens(m *bitmaps, words int) {
	var where uint64
	before := c.run[runToken][0]
	for w := 1; w <= words && w < laneStride; w++ {
		one := word{m[laneAlpha][w] | m[laneDigit][w] | m[laneDot][w] | m[laneToken][w], before}
		four := one.double(1).double(2)
		sixteen := four.double(4).double(8)
		twenty := word{sixteen.now & four.back(16), sixteen.before & (four.before << 16)}
		c.run[runToken][w], before = one.now, one.now
		x := twenty.back(1) &^ one.now
		c.flags[famToken][w-1] = x
		where |= uint64(some(x)) << ((w - 1) & 63)
	}
	c.where[famToken] = where
}

// endRuns turns a family's marks into the ends of the runs that hold them: added to the run, the first mark makes a carry ripple to the
// byte behind it.
func (c *candidates) endRuns(family, run, words int) {
	marks, in, carry := &c.flags[family], &c.run[run], c.carry[run]
	if c.where[family]|carry == 0 {
		return
	}
	where := uint64(0)
	for w, next := 0, c.where[family]; carry|next != 0 && w < words; w++ {
		if carry == 0 {
			w = bits.TrailingZeros64(next)
		}
		next &^= 1 << (w & 63)
		var sum uint64
		sum, carry = bits.Add64(in[w+1], marks[w], carry)
		marks[w] = sum &^ in[w+1]
		where |= uint64(some(marks[w])) << (w & 63)
	}
	c.where[family], c.carry[run] = where, carry
}

// findRare fills the flags of rare families for words [from, to), where those of famScheme and famOption are filled in, and those of famCountry unless an escape is
// near: before two letters and two digits there may be no letter or digit, but for the last of an escape, or of a colour sequence.
func (c *candidates) findRare(m *bitmaps, from, to int) {
	for w := from; w < to && w < laneStride; w++ {
		digit, alpha, dash, at := m.word(laneDigit, w), m.word(laneAlpha, w), m.word(laneDash, w), m.word(laneAt, w)
		c.rarely(famAt, w, at.back(slack))
		c.rarely(famBegin, w, alpha.now&dash.back(1)&dash.back(2)&dash.back(3)&dash.back(4)&dash.back(5))
		c.rarely(famUUID, w, dash.now&dash.back(5)&dash.back(10)&dash.back(15))
		c.rarely(famPairs, w, m.pairs(w))
		c.flags[famPercent][w-1] = 0
		if escape := m.word(laneEscape, w); escape.now|escape.before != 0 {
			country := digit.now & digit.back(1) & alpha.back(2) & alpha.back(3)
			c.flags[famCountry][w-1] = country & (m.edge(w) | c.findEscaped(m, w))
		}
		c.any[famCountry] |= c.flags[famCountry][w-1]
		c.any[famScheme] |= c.flags[famScheme][w-1]
		c.any[famOption] |= c.flags[famOption][w-1]
	}
}

func (c *candidates) rarely(family, w int, x uint64) {
	c.flags[family][w-1] = x
	c.any[family] |= x
}

// findEscaped flags escapes and escaped at signs, and returns where the fourth byte before may be the last of an escape.
func (c *candidates) findEscaped(m *bitmaps, w int) (edge uint64) {
	digit, alpha, escape, hex := m.word(laneDigit, w), m.word(laneAlpha, w), m.word(laneEscape, w), m.hex(w)
	percent := word{hex.now & hex.back(1) & escape.back(2), hex.before & (hex.before << 1) & (escape.before << 2)}
	point := digit.now & digit.back(1) & digit.back(2) & digit.back(3) & alpha.back(4) & escape.back(5)
	c.rarely(famPercent, w, percent.now)
	c.rarely(famAt, w, c.flags[famAt][w-1]|percent.back(3)|point)
	return escape.back(5) | escape.back(6) | escape.back(7) | escape.back(9)
}

// pairs flags hex digits behind five colons or dashes three bytes apart, or behind two dots five bytes apart.
func (m *bitmaps) pairs(w int) uint64 {
	colon, dash, dot, hex := m.word(laneColon, w), m.word(laneDash, w), m.word(laneDot, w), m.hex(w)
	sep := word{colon.now | dash.now, colon.before | dash.before}
	pairs := hex.now & sep.back(1) & sep.back(4) & sep.back(7)
	if pairs != 0 {
		pairs &= sep.back(10) & sep.back(13) & hex.back(2) & hex.back(5) & hex.back(8) & hex.back(11) & hex.back(14)
	}
	return pairs | hex.now&hex.back(2)&hex.back(7)&dot.back(1)&dot.back(6)
}

// runStart is the bit at which the run that ends before bit p of the chunk begins, or -1 when it began in the chunk before.
func (c *candidates) runStart(run, p int) int {
	r := &c.run[run]
	w := (p + 63) / 64
	gap := ^r[w] << ((64 - p%64) % 64) >> ((64 - p%64) % 64)
	for gap == 0 && w > 0 {
		w--
		gap = ^r[w]
	}
	if w == 0 {
		return max(-bits.LeadingZeros64(gap), -1)
	}
	return 64*w - bits.LeadingZeros64(gap)
}

// begin forgets the chunk before.
func (c *candidates) begin() {
	c.carry = [2]uint64{}
	for r := range c.run {
		c.run[r][0] = 0
	}
}

// next makes the chunk's last words the ones before the next chunk.
func (c *candidates) next(m *bitmaps) {
	for l := range m {
		m[l][0] = m[l][chunkWords]
	}
	for r := range c.run {
		c.run[r][0] = c.run[r][chunkWords]
	}
}
