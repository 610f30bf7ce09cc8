package detect

import (
	"slices"
)

// customScan looks for the rules of the operator's own. It belongs to one goroutine; it keeps no text between calls.
type customScan struct {
	custom *Custom
	// level says which of the processor's vector instructions a marker may use.
	level    vectorLevel
	hits     []hit
	frontier []int // by rule: the end of its previous match
	space    matcherSpace
	marks    *markSpace // nil until needed
	maps     *wordMaps  // nil until needed
}

const (
	// hitBlock is how many bytes are filtered before their hits are looked at, so that these stay few: a multiple of all steps.
	hitBlock = 12 << 10
	// maxAhead is how far before a look the text begins that it belongs to.
	maxAhead = 256
)

// append appends the findings of text, rule by rule.
func (s *customScan) append(dst []Finding, text []byte, ctx Context) []Finding {
	c := s.custom
	if len(s.frontier) < len(c.rules) {
		s.frontier = make([]int, len(c.rules))
	}
	clear(s.frontier)
	if c.marker.usable(s.level) {
		dst = s.marked(dst, c.marker, text, ctx)
	} else {
		for i := range c.filters {
			dst = s.filter(dst, &c.filters[i], text, ctx)
		}
	}
	for _, w := range c.lexicons {
		if r := &c.rules[w.rule]; r.looks(ctx) {
			dst = s.words(dst, w, text, ctx)
		}
	}
	return s.unmarked(dst, text, ctx)
}

// unmarked appends what the rules find that nothing marks in a text: patterns tried everywhere, and whole values.
func (s *customScan) unmarked(dst []Finding, text []byte, ctx Context) []Finding {
	for _, i := range s.custom.blind {
		if s.custom.rules[i].looks(ctx) {
			dst = s.everywhere(dst, i, text, ctx)
		}
	}
	return s.custom.wholeValue(dst, text, ctx)
}

// marked looks at the hits of a marker in the order of their places.
func (s *customScan) marked(dst []Finding, m *marker, text []byte, ctx Context) []Finding {
	if s.marks == nil {
		s.marks = new(markSpace)
	}
	return s.inBlocks(dst, text, ctx, func(hits []hit, from, to int) []hit { return m.find(s.marks, s.level, hits, text, from, to) })
}

// filter looks at the hits of a filter in the order of their places.
func (s *customScan) filter(dst []Finding, f *filter, text []byte, ctx Context) []Finding {
	return s.inBlocks(dst, text, ctx, func(hits []hit, from, to int) []hit { return f.find(hits, text, from, to) })
}

// inBlocks looks at the hits that find appends for a block of text, in the order of their places.
func (s *customScan) inBlocks(dst []Finding, text []byte, ctx Context, find func(hits []hit, from, to int) []hit) []Finding {
	s.hits = s.hits[:0]
	for from := 0; from < len(text); from += hitBlock {
		n := len(s.hits)
		if s.hits = find(s.hits, from, min(from+hitBlock, len(text))); len(s.hits) == 0 {
			continue
		}
		if len(s.hits) > n {
			slices.SortFunc(s.hits, compareHits)
		}
		ready := len(s.hits)
		if from+hitBlock < len(text) {
			ready = 0
			for ready < len(s.hits) && s.hits[ready].at < from+hitBlock-maxAhead {
				ready++
			}
		}
		for _, h := range s.hits[:ready] {
			dst = s.hit(dst, h, text, ctx)
		}
		s.hits = s.hits[:copy(s.hits, s.hits[ready:])]
	}
	return dst
}

// hit has a rule decide where one of its texts stands.
func (s *customScan) hit(dst []Finding, h hit, t []byte, ctx Context) []Finding {
	r := &s.custom.rules[h.rule]
	if !r.looks(ctx) {
		return dst
	}
	lo := s.frontier[h.rule]
	switch {
	case r.pattern != nil:
		return s.pattern(dst, h, t, lo, ctx)
	case r.keys:
		if start, end, ok := r.matchKey(s.custom, t, h.at, lo, ctx); ok && r.accepts(t, start, end, ctx) {
			s.frontier[h.rule] = end
			dst = append(dst, Finding{start, end, r.id})
		}
	default:
		if start, end, ok := r.matchWord(t, h.at, h.length, lo); ok && r.accepts(t, start, end, ctx) {
			s.frontier[h.rule] = end
			dst = append(dst, Finding{start, end, r.id})
		}
	}
	return dst
}

// pattern looks for a match around a hit.
func (s *customScan) pattern(dst []Finding, h hit, t []byte, lo int, ctx Context) []Finding {
	r := &s.custom.rules[h.rule]
	p := r.pattern
	limit := min(h.at+h.length+p.after, len(t))
	for from := max(lo, h.at-p.before); from <= h.at; {
		start, end, value := s.space.match(p, t, from, h.at, limit, ctx.Shape)
		if end < 0 {
			break
		}
		if r.accepts(t, value[0], value[1], ctx) {
			s.frontier[h.rule] = end
			return append(dst, Finding{value[0], value[1], r.id})
		}
		from = start + 1
	}
	return dst
}

// startsAtOnce is how many bytes a pattern is tried at together: what fails behind one of them need not be tried again behind another.
const startsAtOnce = 256

// everywhere tries a pattern at every byte.
func (s *customScan) everywhere(dst []Finding, rule int, t []byte, ctx Context) []Finding {
	r := &s.custom.rules[rule]
	p := r.pattern
	for at := 0; at < len(t); {
		if !p.first[t[at]] {
			at++
			continue
		}
		last := min(at+startsAtOnce, len(t)) - 1
		start, end, value := s.space.match(p, t, at, last, min(last+p.after, len(t)), ctx.Shape)
		switch {
		case end < 0:
			at = last + 1
		case r.accepts(t, value[0], value[1], ctx):
			dst = append(dst, Finding{value[0], value[1], r.id})
			at = end
		default:
			at = start + 1
		}
	}
	return dst
}

// referenceCustom finds what a scan finds in the plainest way: each text of each rule at each byte.
func referenceCustom(c *Custom, text []byte, ctx Context) (all []Finding) {
	s := customScan{custom: c, frontier: make([]int, len(c.rules))}
	for i := range c.rules {
		var hits []hit
		for at := range text {
			for _, literal := range c.rules[i].literals {
				if standsFolded(text, at, folded(literal)) {
					hits = append(hits, hit{i, at, len(literal)})
				}
			}
		}
		slices.SortFunc(hits, compareHits)
		for _, h := range hits {
			all = s.hit(all, h, text, ctx)
		}
	}
	for _, w := range c.lexicons {
		if r := &c.rules[w.rule]; r.looks(ctx) {
			all = w.find(all, text, r, ctx, (*lexicon).everyEntryAt)
		}
	}
	return s.unmarked(all, text, ctx)
}
