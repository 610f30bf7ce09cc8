package scrub

import (
	"bytes"
	"math/bits"
	"slices"

	"winnow/scrub/detect"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// frame is one layer of text: the body, or what was decoded from a string in the layer above.
type frame struct {
	r        *Run
	layer    int
	in       []byte
	valid    bool   // in is UTF-8 as a whole
	json     bool   // in is JSON, so that what is put into it is spelled for a string
	scanned  bool   // findings are of in
	apart    bool   // each string and number in it is scanned for itself
	place    *place // where in was gathered, nil where it was not
	findings []detect.Finding
	next     int // first finding not yet passed
	edits    []edit
	delta    int
	scanner  *detect.Scanner
	stops    []uint64           // of in, where the scan tells them: see detect.Scanner.Stops
	plain    []byte             // what in was decoded into
	told     []detect.Explained // candidates in in, findings or not, only for Trace
	after    *followers         // of the member met last
	first    followers          // members that records begin with
	before   Counts             // when the layer was taken for a record
}

// edit puts arena[off:off+n] in place of in[start:end]. A slot that was never filled changes nothing: it is empty and at most repeats
// its neighbour's place.
type edit struct{ start, end, off, n uint32 }

const unfilled = ^uint32(0)

func (f *frame) reset() {
	f.scanned, f.apart, f.place = false, false, nil
	f.in, f.stops, f.next, f.delta, f.findings, f.edits = nil, nil, 0, 0, f.findings[:0], f.edits[:0]
	f.plain, f.told = shrink(f.plain, keptBytes), nil
}

func (f *frame) scan(ctx detect.Context) {
	if f.stops = nil; f.known(ctx) {
		return
	}
	if f.scanner == nil {
		f.scanner = f.r.p.set.NewScanner()
	}
	f.findings, f.next, f.scanned = f.scanner.Append(f.findings[:0], f.in, ctx), 0, true
	f.stops, f.json = f.scanner.Stops(), ctx.Shape == detect.JSON
	if f.r.req.Trace != nil {
		f.told = f.r.p.set.Explain(f.in, ctx)
	}
}

// nextStops are those of the 64 bytes from i on, where stops has them all: most strings end in them, and to look in one word and then
// in the next would be a branch that nobody can guess.
func (f *frame) nextStops(i int) uint64 {
	if w := i >> 6; w+1 < len(f.stops) {
		return f.stops[w]>>(i&63) | f.stops[w+1]<<1<<(^i&63)
	}
	return 0
}

// stringEnd is record.Quiet, but for where it stops behind the end of the layer's text.
func (f *frame) stringEnd(i int) int {
	if w := i >> 6; w < len(f.stops) {
		next := f.stops[w] &^ (1<<(i&63) - 1)
		for next == 0 && w+1 < len(f.stops) {
			w++
			next = f.stops[w]
		}
		if next != 0 {
			return w<<6 + bits.TrailingZeros64(next)
		}
	}
	return record.Quiet(f.in, i)
}

func (f *frame) mark() Mark {
	m := Mark{edits: len(f.edits), arena: len(f.r.arena), delta: f.delta, next: f.next, own: f.r.own}
	if m.edits > 0 {
		m.last = f.edits[m.edits-1]
	}
	return m
}

func (f *frame) rollback(m Mark) {
	f.edits, f.r.arena, f.delta, f.next, f.r.own = f.edits[:m.edits], f.r.arena[:m.arena], m.delta, m.next, m.own
	if m.edits > 0 {
		f.edits[m.edits-1] = m.last
	}
}

func (f *frame) slot() int {
	f.edits = append(f.edits, edit{start: unfilled})
	return len(f.edits) - 1
}

// remove is replace by nothing.
func (f *frame) remove(start, end int) {
	f.edits = append(f.edits, edit{start: uint32(start), end: uint32(end)})
	f.delta -= end - start
}

func (f *frame) fill(slot, start, end int, b []byte) {
	f.edits[slot] = edit{uint32(start), uint32(end), uint32(len(f.r.arena)), uint32(len(b))}
	f.r.arena = append(f.r.arena, b...)
	f.delta += len(b) - (end - start)
}

// replace adds an edit, unless it would change nothing. A removal right behind another widens it: what is all removed costs one edit.
func (f *frame) replace(start, end int, b []byte) {
	if bytes.Equal(f.in[start:end], b) {
		return
	}
	if n := len(f.edits); len(b) == 0 && n > 0 && f.edits[n-1].n == 0 && f.edits[n-1].end == uint32(start) && f.edits[n-1].start != unfilled {
		f.edits[n-1].end = uint32(end)
		f.delta -= end - start
		return
	}
	f.fill(f.slot(), start, end, b)
}

// cut replaces [start, end) with what was edited in it.
func (f *frame) cut(start, end int, b []byte) {
	last := len(f.edits)
	for last > 0 && (f.edits[last-1].start == unfilled || int(f.edits[last-1].start) >= end) {
		last--
	}
	first := last
	for ; first > 0 && (f.edits[first-1].start == unfilled || int(f.edits[first-1].start) >= start); first-- {
		if e := f.edits[first-1]; e.start != unfilled {
			end = max(end, int(e.end))
			f.delta -= int(e.n) - int(e.end-e.start)
		}
	}
	if first > 0 {
		start = max(start, int(f.edits[first-1].end))
	}
	behind := slices.Clone(f.edits[last:])
	if f.edits = f.edits[:first]; start < end {
		f.fill(f.slot(), start, end, b)
	}
	f.edits = append(f.edits, behind...)
}

func (f *frame) changed() bool {
	for _, e := range f.edits {
		if e.start != unfilled {
			return true
		}
	}
	return false
}

// appendTo appends the text with all edits applied.
func (f *frame) appendTo(dst []byte) []byte {
	at := uint32(0)
	for _, e := range f.edits {
		if e.start == unfilled {
			continue
		}
		dst = append(dst, f.in[at:e.start]...)
		dst = append(dst, f.r.arena[e.off:e.off+e.n]...)
		at = e.end
	}
	return append(dst, f.in[at:]...)
}

// below is the next layer, emptied; nil where layers end.
func (f *frame) below() *frame {
	if f.layer+1 == maxLayers {
		return nil
	}
	child := &f.r.layers[f.layer+1]
	child.reset()
	return child
}

// lift turns the edits of a layer that is bytes [at, at+len) of this one, undecoded, into edits of this one.
func (f *frame) lift(child *frame, at int) {
	for _, e := range child.edits {
		if e.start != unfilled {
			f.edits = append(f.edits, edit{uint32(at) + e.start, uint32(at) + e.end, e.off, e.n})
		}
	}
	f.delta += child.delta
}

// liftJSON does the same for a layer decoded from the JSON string whose content is in[start:end].
func (f *frame) liftJSON(child *frame, start, end int) {
	raw := f.in[start:end]
	var at unwrap.JSONStringMap
	for _, e := range child.edits {
		if e.start == unfilled {
			continue
		}
		from := start + at.At(raw, int(e.start), false)
		to := start + at.At(raw, int(e.end), true)
		f.r.value = unwrap.AppendJSON(f.r.value[:0], f.r.arena[e.off:e.off+e.n])
		f.fill(f.slot(), from, to, f.r.value)
	}
}
