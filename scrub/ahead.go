package scrub

import "winnow/scrub/detect"

// foreseen is a record of a binary protocol whose fields a codec has read ahead: if each of them stays and nothing is found in their
// texts, it is kept as it is, and not walked.
type foreseen struct {
	start, stop uint32 // in the body
	from, to    uint32 // its texts, in the heap of plain text
	first, last uint32 // its fields, in gathered.counts
	own         uint64 // metadata that it brings itself
	sure        bool
}

// Ahead begins to read the record at start of the body ahead. Expect is told of each of its fields that hold values, and Until ends it.
func (r *Run) Ahead(start int) {
	g := &r.texts
	heap, counts := uint32(len(g.heaps[detect.Plain].text)), uint32(len(g.counts))
	last := len(g.records) - 1
	if len(g.records) < len(r.In())/recordBytes+leastNoted {
		g.records = append(g.records, foreseen{})
		last++
	}
	g.records[last] = foreseen{start: uint32(start), from: heap, first: counts, sure: r.req.Trace == nil}
}

// Doubt says that the record read ahead has something that must be looked at in its turn.
func (r *Run) Doubt() {
	if n := len(r.texts.records); n > 0 {
		r.texts.records[n-1].sure = false
	}
}

// Expect gathers the value of field d, which is named key, for the record read ahead: text in[start:stop].
func (r *Run) Expect(start, stop int, d Field, key []byte) {
	r.expect(start, stop, r.layers[0].in[start:stop], d, key)
}

// ExpectText gathers the value of field d whose text, which is none in the body, Passes will be asked for at that offset.
func (r *Run) ExpectText(at int, text []byte, d Field, key []byte) { r.expect(at, at, text, d, key) }

func (r *Run) expect(start, stop int, text []byte, d Field, key []byte) {
	g := &r.texts
	if r.req.Trace != nil || len(g.records) == 0 {
		return
	}
	before := len(g.places)
	g.add(start, stop, text)
	record := &g.records[len(g.records)-1]
	v := &r.p.verdicts[r.mode()][d.rule()+1]
	if len(g.places) == before || v.plain != stays || d.lists != 0 || r.concerns(d) || g.places[len(g.places)-1].shape != detect.Plain || r.says(key) {
		record.sure = false
		return
	}
	g.counts = append(g.counts, uint32(v.count))
	record.own |= v.meta
}

// Until ends the record read ahead.
func (r *Run) Until(stop int) {
	g := &r.texts
	record := &g.records[len(g.records)-1]
	record.stop, record.last = uint32(stop), uint32(len(g.counts))
	record.to = uint32(len(g.heaps[detect.Plain].text))
}

// Passed tells that the record in[start:stop] of the body was read ahead and is kept as it is, and counts its fields. False says nothing.
func (r *Run) Passed(start, stop int) bool {
	g := &r.texts
	for g.record < len(g.records) && int(g.records[g.record].start) < start {
		g.record++
	}
	if g.record == len(g.records) || r.TooLong(stop-start) {
		return false
	}
	f := &g.records[g.record]
	if !f.sure || int(f.start) != start || int(f.stop) != stop || !g.heaps[detect.Plain].quiet(int(f.from), int(f.to)) {
		return false
	}
	rules := r.counts.Rules[:len(r.counts.Rules)+1]
	for _, i := range g.counts[f.first:f.last] {
		rules[i]++
	}
	r.own |= f.own
	return true
}

// quiet tells that the heap is UTF-8 and that nothing is found in text[from:to].
func (h *heap) quiet(from, to int) bool {
	for h.found < len(h.findings) && h.findings[h.found].End <= from {
		h.found++
	}
	return h.valid && (h.found == len(h.findings) || h.findings[h.found].Start >= to)
}
