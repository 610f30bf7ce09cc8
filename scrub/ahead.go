package scrub

import "winnow/scrub/detect"

// foreseen is a record of a binary protocol whose fields a codec has read ahead: if each of them stays and nothing is found in their
// texts, it is kept as it is, and not walked. Of another, the fields that do are not.
type foreseen struct {
	start, stop uint32 // in the body
	from, to    uint32 // its texts, in the heap of plain text
	first, last uint32 // its values, in gathered.values
	own         uint64 // metadata that those bring which stay
	sure        bool   // all values stay, as long as nothing is found in them
	doubt       bool   // not all of it could be read
}

// expected is a value of a record read ahead.
type expected struct {
	at    uint32 // in the body, where its content begins, or would
	count uint32 // of Counts.Rules, if the value stays; else looks
}

// looks is for values that must be looked at in their turn.
const looks = ^uint32(0)

// Ahead begins to read the record at start of the body ahead. Expect and ExpectNumber are told of each of its fields that hold values, Look of each that
// must be looked at in any case, in ascending order, and Until ends it.
func (r *Run) Ahead(start int) {
	g := &r.texts
	heap, values := uint32(len(g.heaps[detect.Plain].text)), uint32(len(g.values))
	last := len(g.records) - 1
	if len(g.records) < len(r.In())/recordBytes+leastNoted {
		g.records = append(g.records, foreseen{})
		last++
	}
	g.records[last] = foreseen{start: uint32(start), from: heap, first: values, sure: true, doubt: r.req.Trace != nil}
}

// Doubt says that not all of the record read ahead could be read.
func (r *Run) Doubt() {
	if n := len(r.texts.records); n > 0 {
		r.texts.records[n-1].doubt = true
	}
}

// Look says that a field of the record read ahead whose content begins at that offset must be looked at in its turn.
func (r *Run) Look(at int) { r.note(at, looks) }

// Expect gathers the value of field d, which is named key, for the record read ahead: text in[start:stop].
func (r *Run) Expect(start, stop int, d Field, key []byte) {
	if r.req.Trace == nil {
		r.expect(start, d, key, r.texts.add(start, stop, r.layers[0].in[start:stop]))
	}
}

// expect notes a value at that offset. plain tells that it is quiet, or was gathered as plain text.
func (r *Run) expect(at int, d Field, key []byte, plain bool) {
	v := &r.p.verdicts[r.mode()][d.rule()+1]
	if !plain || v.plain != stays || d.lists != 0 || r.concerns(d) || r.says(key) {
		r.note(at, looks)
		return
	}
	if record := r.note(at, uint32(v.count)); record != nil {
		record.own |= v.meta
	}
}

// note notes a value of the record read ahead, if there is room.
func (r *Run) note(at int, count uint32) *foreseen {
	g := &r.texts
	if len(g.records) == 0 {
		return nil
	}
	record := &g.records[len(g.records)-1]
	if len(g.values) >= g.most {
		record.doubt = true
		return nil
	}
	g.values = append(g.values, expected{uint32(at), count})
	record.sure = record.sure && count != looks
	return record
}

// Until ends the record read ahead.
func (r *Run) Until(stop int) {
	g := &r.texts
	record := &g.records[len(g.records)-1]
	record.stop, record.last = uint32(stop), uint32(len(g.values))
	record.to = uint32(len(g.heaps[detect.Plain].text))
}

// Passed tells that the record in[start:stop] of the body was read ahead and is kept as it is, and counts its fields. False says nothing; then
// PassedField may be asked for each of its fields, in their order, up to the next record.
func (r *Run) Passed(start, stop int) bool {
	g := &r.texts
	g.ahead = nil
	for g.record < len(g.records) && int(g.records[g.record].start) < start {
		g.record++
	}
	if g.record == len(g.records) || r.TooLong(stop-start) {
		return false
	}
	f := &g.records[g.record]
	if f.doubt || int(f.start) != start || int(f.stop) != stop || !g.heaps[detect.Plain].valid {
		return false
	}
	r.own |= f.own
	values := g.values[f.first:f.last]
	if !f.sure || !g.heaps[detect.Plain].quiet(int(f.from), int(f.to)) {
		g.ahead = values
		return false
	}
	r.keptAhead(values)
	return true
}

// keptAhead counts values that were read ahead and stay as they are.
func (r *Run) keptAhead(values []expected) {
	rules := r.counts.Rules[:len(r.counts.Rules)+1]
	for i := range values {
		rules[values[i].count]++
	}
}

// PassedField tells that in[start:stop], a field of the record that Passed was asked for last, is kept as it is, and counts it with what is in it. It
// must be told of all fields. False says nothing.
func (r *Run) PassedField(start, stop int) bool {
	g := &r.texts
	if g.ahead == nil {
		return false
	}
	n, still := 0, true
	for n < len(g.ahead) && int(g.ahead[n].at) <= stop {
		still = still && g.ahead[n].count != looks
		n++
	}
	values := g.ahead[:n]
	if g.ahead = g.ahead[n:]; !still || !g.still(start, stop) {
		return false
	}
	r.keptAhead(values)
	return true
}

// still tells that nothing is found in the texts gathered from in[start:stop] of the body, which are plain.
func (g *gathered) still(start, stop int) bool {
	g.at(start)
	for i := g.next; i < len(g.places) && int(g.places[i].start) < stop; i++ {
		if !g.quiet(&g.places[i]) {
			return false
		}
	}
	return true
}

// quiet tells that nothing is found in text[from:to].
func (h *heap) quiet(from, to int) bool {
	for h.found < len(h.findings) && h.findings[h.found].End <= from {
		h.found++
	}
	return h.found == len(h.findings) || h.findings[h.found].Start >= to
}
