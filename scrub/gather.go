package scrub

import (
	"slices"
	"unicode/utf8"

	"winnow/scrub/detect"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// gathered are texts of a body that are scanned together, ahead of their turn: to scan them one by one costs several times more. What is
// found in each is what a scan of it alone finds. Nothing depends on what is gathered: a text that is not there is scanned by itself.
type gathered struct {
	places []place
	next   int // the place asked for next; a walk asks for texts in their order
	most   int // how many places are kept
	until  int // where JSON has been read to
	heaps  [2]heap
	// Of records read ahead: see Ahead.
	records []foreseen
	record  int // the one asked for next
	values  []expected
	ahead   []expected // of the record asked for, nil if its fields are not known
	// Of JSON read ahead.
	aside []string // names of members whose values are not gathered
	pass  bool     // the next string is such a value
}

// heap is the texts of one detect.Shape one behind the other, with a separator behind each, and what is found in them.
type heap struct {
	text     []byte
	findings []detect.Finding
	found    int // first finding that is not before the place asked for last
	valid    bool
}

// place is where a text is.
type place struct {
	start, stop uint32 // in the body, as it is spelled there
	at, n       uint32 // in the heap, decoded
	shape       detect.Shape
}

const (
	// separator stands behind each text in a heap: detectors, which look over ends of lines only in private keys, do not look over it.
	separator = "\n\x00\n"
	// textBytes and recordBytes are how many bytes of a body there are at least for each text and each record that is noted of it, on the
	// whole; leastNoted are noted of any.
	textBytes, recordBytes, leastNoted = 16, 32, 4096
	// heapBytes is about how much text is scanned at a time.
	heapBytes = 64 << 10
	// stampDigits is the length of times in nanoseconds, which are many and which nobody asks for.
	stampDigits = 19
)

// reset forgets all texts.
func (g *gathered) reset() {
	g.places, g.next, g.until, g.pass = shrink(g.places, keptSpans), 0, 0, false
	g.records, g.record, g.values, g.ahead = shrink(g.records, keptSpans), 0, shrink(g.values, keptSpans), nil
	for i := range g.heaps {
		h := &g.heaps[i]
		h.text, h.findings, h.found = shrink(h.text, keptBytes), shrink(h.findings, keptSpans), 0
	}
}

// heapOf is the shape that text is scanned in: one that may be a record is scanned as JSON.
func heapOf(text []byte) detect.Shape {
	if len(text) == 0 || text[0] > ' ' && text[0] < '{' {
		return detect.Plain
	}
	if _, ok := opens(text); ok {
		return detect.JSON
	}
	return detect.Plain
}

// add gathers text, which is in[start:stop] of the body, decoded, and tells whether it is gathered as plain text. Of a body that is little but texts
// of no length, not all are gathered.
func (g *gathered) add(start, stop int, text []byte) (plain bool) {
	if len(g.places) >= g.most {
		return false
	}
	shape := heapOf(text)
	h := &g.heaps[shape]
	g.places = append(g.places, place{uint32(start), uint32(stop), uint32(len(h.text)), uint32(len(text)), shape})
	h.text = append(append(h.text, text...), separator...)
	return shape == detect.Plain
}

// at is the text whose place in the body begins at start, nil if it is not gathered.
func (g *gathered) at(start int) *place {
	for g.next < len(g.places) && int(g.places[g.next].start) < start {
		g.next++
	}
	if g.next < len(g.places) && int(g.places[g.next].start) == start {
		return &g.places[g.next]
	}
	return nil
}

// text of a place.
func (g *gathered) text(p *place) []byte { return g.heaps[p.shape].text[p.at:][:p.n:p.n] }

// in lists what is found in the text at p, by offsets of its heap; whole tells that none of it goes on in another text.
func (g *gathered) in(p *place) (list []detect.Finding, whole bool) {
	h, from, to := &g.heaps[p.shape], int(p.at), int(p.at+p.n)
	for h.found < len(h.findings) && h.findings[h.found].End <= from {
		h.found++
	}
	list = h.findings[h.found:]
	n := 0
	for n < len(list) && list[n].Start < to {
		n++
	}
	list = list[:n]
	return list, n == 0 || list[0].Start >= from && list[n-1].End <= to
}

// quiet tells that the text at p is plain and that nothing is found in it.
func (g *gathered) quiet(p *place) bool {
	if p.shape != detect.Plain {
		return false
	}
	list, _ := g.in(p)
	return len(list) == 0
}

// nothingAt tells that nothing is to be done about the text at p, the value of key.
func (r *Run) nothingAt(p *place, lists uint32, key []byte) bool {
	return lists == 0 && r.texts.quiet(p) && (len(key) == 0 || !r.says(key))
}

// Gather takes in[start:stop], plain text that will be asked for by Text, to be scanned with others by Scan. Texts come in ascending order.
func (r *Run) Gather(start, stop int) {
	if r.req.Trace == nil {
		r.texts.add(start, stop, r.layers[0].in[start:stop])
	}
}

// Scan scans the texts that were gathered.
func (r *Run) Scan() {
	f := &r.layers[0]
	if f.scanner == nil {
		f.scanner = r.p.set.NewScanner()
	}
	f.stops = nil
	for shape := range r.texts.heaps {
		h := &r.texts.heaps[shape]
		if h.found, h.findings = 0, h.findings[:0]; len(h.text) == 0 {
			continue
		}
		h.findings = f.scanner.Append(h.findings, h.text, detect.Context{Shape: detect.Shape(shape)})
		h.valid = f.valid || f.scanner.ASCII() || utf8.Valid(h.text)
	}
}

// gatheredAt is the text whose content begins at start of the body, nil where it is scanned by itself. In JSON the texts from there on are
// gathered at need.
func (f *frame) gatheredAt(start int) *place {
	if f.layer > 0 || f.r.req.Trace != nil {
		return nil
	}
	if f.apart && start >= f.r.texts.until {
		f.r.gatherJSON(start)
	}
	return f.r.texts.at(start)
}

// gatherJSON gathers the strings that are no names, and the numbers, of JSON text from the one on whose content begins at start.
func (r *Run) gatherJSON(start int) {
	g, in := &r.texts, r.layers[0].in
	g.reset()
	i := start
	if i > 0 && in[i-1] == '"' {
		i--
	}
	for i < len(in) && len(g.heaps[detect.Plain].text)+len(g.heaps[detect.JSON].text) < heapBytes {
		switch c := in[i]; {
		case c == '"':
			end := g.addString(in, i+1)
			if end < 0 {
				g.until = len(in) // the walk will not get further either
				r.Scan()
				return
			}
			i = end
		case c == '-' || c-'0' < 10:
			end, fault := record.Number(in, i)
			if fault != nil {
				end = i + 1
			}
			g.add(i, end, in[i:end])
			i = end
		default:
			i++
		}
	}
	g.until = i
	r.Scan()
}

// addString gathers the string whose content begins at start, unless it is a name or nobody will ask for it. It returns where the string ends,
// -1 if it has no end.
func (g *gathered) addString(in []byte, start int) (end int) {
	stop := record.Quiet(in, start)
	text := in[start:stop]
	if stop < len(in) && in[stop] == '\\' {
		h := &g.heaps[detect.Plain]
		n := len(h.text)
		h.text, stop = unwrap.JSONStringAt(append(h.text, text...), in, stop)
		text, h.text = h.text[n:], h.text[:n]
	}
	if stop >= len(in) || in[stop] != '"' {
		return -1
	}
	end = stop + 1
	switch next := record.SkipSpace(in, end); {
	case next < len(in) && in[next] == ':':
		g.pass = slices.Contains(g.aside, string(text))
	case g.pass:
		g.pass = false
	case !isStamp(text):
		g.add(start, stop, text)
	}
	return end
}

// isStamp tells whether text is a time in nanoseconds.
func isStamp(text []byte) bool {
	if len(text) != stampDigits {
		return false
	}
	for _, c := range text {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// known takes over what was found in the layer's text when it was gathered, if a scan in this context would find the same.
func (f *frame) known(ctx detect.Context) bool {
	p := f.place
	if p == nil || p.shape != ctx.Shape || ctx.Lists != 0 || len(ctx.Key) > 0 && f.r.says(ctx.Key) {
		return false
	}
	list, whole := f.r.texts.in(p)
	if !whole || len(list) > 0 && len(ctx.Key) > 0 && detect.Opens(f.r.texts.text(p), list[0].Start-int(p.at)) {
		return false
	}
	f.findings, f.next, f.scanned, f.json = f.findings[:0], 0, true, ctx.Shape == detect.JSON
	for _, found := range list {
		f.findings = append(f.findings, detect.Finding{Start: found.Start - int(p.at), End: found.End - int(p.at), Detector: found.Detector})
	}
	return true
}
