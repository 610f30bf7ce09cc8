package detect

import (
	"bytes"
	"encoding/binary"
)

// hidden is the scratch space for what text hides.
type hidden struct {
	plain plainText
	// below scans plain disguises. It looks for nothing hidden in them.
	below *Scanner
	found []Finding
	// done holds the end of the last stretch of each disguise.
	done [disguises]int
}

// look scans a plain form. The findings are valid until the next call.
func (h *hidden) look(text []byte, ctx Context) []Finding {
	h.found = h.below.Append(h.found[:0], text, ctx)
	return h.found
}

// hide makes the scratch space on the first use.
func (s *Scanner) hide() *hidden {
	if s.hidden == nil {
		s.hidden = &hidden{below: s.set.NewScanner()}
		s.hidden.below.shallow = true
	}
	return s.hidden
}

// stretch scans the stretch around what is hidden at an offset of text.
func (s *Scanner) stretch(f disguise, at int) {
	if s.shallow {
		return
	}
	h := s.hide()
	if at < h.done[f] {
		return
	}
	h.done[f] = h.plain.read(f, s.text, at, h.done[f])
	for _, g := range h.look(h.plain.b[:h.plain.n], f.context(s.ctx)) {
		if g, ok := h.plain.lift(f, g); ok {
			s.found = append(s.found, g)
		}
	}
}

// hidingRun looks for base64 of text in the run of token characters that ends before bit p of the chunk, and for the hash of a password that it is
// the end of.
func (s *Scanner) hidingRun(p int) {
	start, end := s.runStart(runToken, p), s.base+p
	if start > 0 && s.text[start-1] == '$' {
		s.matchAside(asideCrypt, Secret, matchCrypt, end)
	}
	if !s.shallow {
		s.textIn(start, end)
	}
}

// textIn looks for base64 of text in a run. A first character above 31 would make no ASCII.
func (s *Scanner) textIn(start, end int) {
	t := s.text
	for i := start; end-i >= minTextBytes; i++ {
		if sextets[t[i]] < 0x20 && textPiece(t, i) {
			i = s.textPiece(i)
			continue
		}
		for last := end - minTextBytes; i < last && isBase64(t[i]); {
			i++
		}
	}
}

// textPiece scans the base64 at i and returns where it ends.
func (s *Scanner) textPiece(i int) (end int) {
	h := s.hide()
	f, end, ok := h.plain.hiddenText(s.text, i, h)
	if ok {
		s.found = append(s.found, f)
	}
	return end
}

// wide looks for characters that hide values in the chunk. Their first bytes are E2 and EF.
func (s *Scanner) wide() {
	chunk := s.text[min(s.base, len(s.text)):min(s.base+chunkBytes, len(s.text))]
	if s.shallow || !s.set.classes.anyHigh(chunk) {
		return
	}
	a, b := nextByte(chunk, 0, 0xe2), nextByte(chunk, 0, 0xef)
	for a < len(chunk) || b < len(chunk) {
		i := min(a, b)
		if hidesAt(s.text, s.base+i) {
			s.stretch(disguiseWide, s.base+i)
		}
		if i == a {
			a = nextByte(chunk, i+1, 0xe2)
		} else {
			b = nextByte(chunk, i+1, 0xef)
		}
	}
}

// nextByte returns the offset of the first byte c at or after i, or the length of t.
func nextByte(t []byte, i int, c byte) int {
	if n := bytes.IndexByte(t[i:], c); n >= 0 {
		return i + n
	}
	return len(t)
}

// anyHigh reports whether a byte above 0x7f is in t.
func (c *classifier) anyHigh(t []byte) bool {
	if c.vector && len(t) >= 64 {
		if anyHighVector(t) {
			return true
		}
		t = t[len(t)&^63:]
	}
	var all uint64
	for ; len(t) >= 64; t = t[64:] {
		for i := 0; i < 64; i += 16 {
			all |= binary.LittleEndian.Uint64(t[i:]) | binary.LittleEndian.Uint64(t[i+8:])
		}
	}
	for _, b := range t {
		all |= uint64(b)
	}
	return all&0x8080808080808080 != 0
}

// mayHide reports whether a text may be base64 of text.
func mayHide(t []byte) bool {
	for i := 0; len(t)-i >= minTextBytes; {
		if textPiece(t, i) {
			return true
		}
		i = pieceEnd(t, i) + 1
	}
	return false
}
