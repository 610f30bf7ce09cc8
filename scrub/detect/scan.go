package detect

import (
	"slices"
	"sync"
)

// The fast scan: Append gives what Reference gives, and looks at almost no byte by itself.
//
//	classify    64 bytes a step into one bitmap a class                      classify.go
//	candidates  arithmetic on the bitmaps leaves places of possible anchors  scan_candidates.go
//	verify      at each place the detectors' matchers decide                 scan_verify.go
//	resolve     leftmost, then longest, then lower ID                        scan_resolve.go
//	look again  where a winner has cut another finding short                 scan_seams.go
//
// Text is taken in chunks of 4 KiB whose bitmaps stay in the cache; a carry of one word a bitmap joins a chunk to the one before. Each
// detector keeps a frontier that only moves forward, so the whole is linear in the length of the text, whatever the text.

const chunkBytes = 64 * chunkWords

// Set is what a scan looks for, compiled. It is immutable and safe for concurrent use.
type Set struct {
	options Options
	classes classifier
	tails   *tailTable
	// filter tells the ends of key words.
	filter *tailFilter
	// names are the words that are asked for before numbers, and nameFilter tells their ends.
	names      *tailTable
	nameFilter *tailFilter
	counts     quietTable
}

// Compile makes a Set.
func Compile(o Options) *Set {
	s := anySet()
	s.options = o
	return &s
}

// anySet is what all Sets have, whatever their options: it follows from the tables of words, and is made with the first one.
var anySet = sync.OnceValue(func() Set {
	words := tailWords()
	s := Set{
		classes: newClassifier(laneSets(), words), tails: newTailTable(words), counts: newQuietTable(),
		filter: newTailFilter(words), names: newNames(), nameFilter: newTailFilter(slices.Concat(endsOf(namedWords.words), phoneWords.words, ssnWords.words)),
	}
	s.tails.use(tailUses())
	return s
})

// laneSets are the classes of the lanes.
func laneSets() [sets]byteSet {
	const lower, upper, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	return [sets]byteSet{
		laneDigit:  setOf(digits),
		laneHex:    setOf("abcdefABCDEF"),
		laneAlpha:  setOf(lower + upper),
		laneDot:    setOf("."),
		laneColon:  setOf(":"),
		laneToken:  setOf("_+/=-"),
		laneSpacer: setOf(" ()+-"),
		laneAt:     setOf("@"),
		laneEscape: setOf(`%\`),
		laneDash:   setOf("-"),
		laneAfter:  setOf(" \t\"'`]=:>&%/\\" + digits + "_-.$*\n\r" + upper + namedAfterBytes),
		laneStop:   setOf("\"\\" + controls),
	}
}

// controls are the control characters that a JSON string must not hold.
const controls = "\x00\x01\x02\x03\x04\x05\x06\x07\b\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"

// NewScanner makes the scratch space for scans of s. A Scanner belongs to one goroutine at a time; it holds no text between calls.
func (s *Set) NewScanner() *Scanner {
	return &Scanner{set: s, cands: candidates{level: s.classes.level}, custom: customScan{custom: s.options.Custom, level: s.classes.level}}
}

// Scanner scans text. It is not safe for concurrent use.
type Scanner struct {
	set  *Set
	text []byte
	ctx  Context
	// base is the offset of the chunk in text.
	base int
	// frontier holds, for each detector, the end of its previous match. Index None is that of values in percent-encoding.
	frontier [Count]int
	// aside holds the frontiers of second matchers of a detector.
	aside [asides]int
	// open holds the start of a run that may go on in the next chunk.
	open [runs]int
	// vendorTo is how far the words of runs of token characters have been looked at for vendors' prefixes.
	vendorTo int
	// nextAt is the first at sign behind the last URL looked at, or where the search for one has ended.
	nextAt int
	found  []Finding
	order  merger
	// tried is the stretch in which words before numbers have been looked for last.
	tried struct{ from, to int }
	// number is scratch for numbers that words name, and words are those words.
	number numberText
	words  wordPlaces
	names  namePlaces
	// keys are what keys of secrets name.
	keys keyKinds
	// command is the one that flags belong to.
	command lastCommand
	// seen is scratch for the bodies of vendors' tokens.
	seen setRun
	// decoded is scratch for stretches in percent-encoding.
	decoded decoded
	// tries counts the calls of matchers, and of what stands for them, since the scan began.
	tries  int
	custom customScan
	maps   bitmaps
	cands  candidates
	stops  []uint64
	high   uint64
	edge   [tailBytes + 64]byte
	places places
	// hidden is nil until something hidden is met. A shallow scanner does not look for it.
	hidden  *hidden
	shallow bool
	// seams are where findings overlapped, and second looks there once more; it is nil until needed, and none looks again for one that is again.
	seams  seams
	second *afterwards
	again  bool
}

// Stops says where quiet stretches of strings end in the text scanned last, if its shape was JSON: bit i of word w is set where byte 64*w+i is a
// quote, a backslash or a control character. The bits behind the end of text are set, at least one of them. It is empty where no bitmaps were
// needed and where the text was longer than 4 MiB, and valid until the next scan.
func (s *Scanner) Stops() []uint64 { return s.stops }

func (s *Scanner) wantsStops() bool { return s.ctx.Shape == JSON && len(s.text) <= maxStopsText }

// maxStopsText bounds what a scanner keeps for Stops: an eighth of the text.
const maxStopsText = 4 << 20

// Append appends the findings of text to dst: sorted by start, without overlap, offsets in bytes of text. It keeps neither slice.
// Once dst has room, it allocates nothing.
func (s *Scanner) Append(dst []Finding, text []byte, ctx Context) []Finding {
	quiet := s.quiet(text)
	from := len(dst)
	s.stops, s.high = s.stops[:0], unknown
	if quiet && s.set.options.plain() {
		return dropOverlaps(s.appendKeyed(dst, text, ctx), from, nil)
	}
	s.begin(dst, text, ctx)
	for ; !quiet && s.base <= len(text)+slack; s.base += chunkBytes {
		mark := len(s.found)
		s.chunk()
		s.order.settle(s.found, from, mark)
	}
	dst = s.settled(from, text, ctx)
	s.text, s.ctx, s.found = nil, Context{}, nil
	return dst
}

// settled returns the findings of text that stay, and those that stand where one of them has cut another short.
func (s *Scanner) settled(from int, text []byte, ctx Context) []Finding {
	o := &s.set.options
	if s.shallow || s.again {
		return o.choose(s.found, from, text, nil)
	}
	found := o.choose(s.found, from, text, &s.seams)
	if s.seams.suspect(text, found[from:]); len(s.seams.list) == 0 {
		return found
	}
	if s.second == nil {
		s.second = &afterwards{below: s.set.NewScanner()}
		s.second.below.again = true
	}
	return s.seams.lookAgain(found, from, text, ctx.Shape, s.second)
}

// afterwards is the scratch space for looking again.
type afterwards struct {
	below *Scanner
	found []Finding
}

// look scans a stretch as it will leave. The findings are valid until the next call.
func (s *afterwards) look(text []byte, ctx Context) []Finding {
	s.found = s.below.Append(s.found[:0], text, ctx)
	return s.found
}

func (s *Scanner) begin(dst []Finding, text []byte, ctx Context) {
	s.text, s.ctx, s.found, s.base, s.nextAt, s.vendorTo = text, ctx, dst, 0, 0, 0
	s.frontier, s.aside = [Count]int{}, [asides]int{}
	s.seen = setRun{}
	s.open, s.tries = [runs]int{}, 0
	s.tried.from, s.tried.to = 0, -1
	s.words, s.names, s.keys, s.command = wordPlaces{}, namePlaces{}, keyKinds{}, lastCommand{}
	if s.hidden != nil {
		s.hidden.done = [disguises]int{}
	}
	for l := range s.maps {
		s.maps[l][0] = 0
	}
	s.cands.begin()
	s.found = s.appendKeyed(s.found, text, ctx)
	if s.custom.custom != nil {
		s.found = s.custom.append(s.found, text, ctx)
		s.order.sort(s.found[len(dst):])
	}
}

// chunk scans the chunk at base.
func (s *Scanner) chunk() {
	if s.base != 0 {
		s.keepRuns()
		s.cands.next(&s.maps)
	}
	words := s.classify()
	high := s.noteHigh(words)
	if s.wantsStops() {
		s.stops = append(s.stops, s.maps[laneStop][1:1+words]...)
	}
	s.cands.find(&s.maps, words)
	s.verify(words)
	if high || s.maps[laneHigh][0]>>63 != 0 {
		s.foreign(words)
	}
	if high && !s.shallow {
		s.wide()
	}
}

// classify fills the bitmaps of the chunk and says how many words it has, the ones behind the end of text included.
func (s *Scanner) classify() int {
	size := max(0, len(s.text)-s.base)
	words := min((size+slack)/64+1, chunkWords)
	whole := min(size/64, chunkWords)
	w := 0
	if s.base == 0 && whole > 0 {
		s.classifyEdge(0)
		w = 1
	}
	if w < whole {
		s.set.classes.classify(&s.maps, s.text[s.base+64*w-tailBytes:s.base+64*whole], w, s.wantsStops())
	}
	for w = whole; w < words; w++ {
		s.classifyEdge(w)
	}
	return words
}

// classifyEdge classifies a word at the start or the end of text, with zero bytes where there is none.
func (s *Scanner) classifyEdge(w int) {
	from := s.base + 64*w - tailBytes
	skip := max(0, -from)
	clear(s.edge[:skip])
	from = min(from+skip, len(s.text))
	clear(s.edge[skip+copy(s.edge[skip:], s.text[from:]):])
	s.set.classes.classify(&s.maps, s.edge[:], w, s.wantsStops())
}

// keepRuns notes where the runs that reach the end of the chunk before have begun.
func (s *Scanner) keepRuns() {
	for r := range s.open {
		if start := s.cands.runStart(r, chunkBytes); start >= 0 {
			s.open[r] = s.base - chunkBytes + start
		}
	}
}
