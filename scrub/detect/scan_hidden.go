package detect

import (
	"bytes"
	"encoding/binary"
	"math/bits"
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

// stretch scans the stretch around what is hidden at an offset of text, and returns where it ends.
func (s *Scanner) stretch(f disguise, at int) (end int) {
	if s.shallow {
		return at
	}
	h := s.hide()
	if at < h.done[f] {
		return h.done[f]
	}
	h.done[f] = h.plain.read(f, s.text, at, h.done[f])
	s.tries++
	for _, g := range h.look(h.plain.b[:h.plain.n], f.context(s.ctx)) {
		if g, ok := h.plain.lift(f, g); ok {
			s.found = append(s.found, g)
		}
	}
	return h.done[f]
}

// hidingRun looks for base64 of text in the run of token characters [start, end), and for the hash of a password that it is the end of. signs says that
// there may be others than letters and digits in it.
func (s *Scanner) hidingRun(start, end int, signs bool) {
	if start > 0 && (s.text[start-1] == '$' || s.text[start-1] == '}' || s.text[start-1] == ':' && mayBeDumped(s.text, start, end)) {
		s.matchAside(asideCrypt, Secret, matchCrypt, end)
	}
	if start > 1 && s.text[start-1] == ' ' && endsMechanism(s.text[start-2]) {
		s.matchAside(asideRun, Secret, matchRun, end)
	}
	room := end - start - minTextBytes
	if room < 0 || s.shallow {
		return
	}
	if beginsASCII(s.text, start) || signs && (room > 8 || equalsIn(s.text[start:], room)) {
		s.textIn(start, end-minTextBytes)
	}
}

// ownRun looks at the run of token characters [start, end) for a key that its vendor's name or its id tells. glued says that the name may be in the run.
func (s *Scanner) ownRun(start, end int, glued bool) {
	if glued && gluedKeyStop(s.text, start, end) > 0 || mayBeParted(s.text, start) && partedKeyStop(s.text, start) > 0 || end-start == pairSecretBytes && pairedSecret(s.text, start, end) {
		s.matchAside(asideRun, Secret, matchRun, end)
	}
}

// pathRun looks for tokens in the path that the run of token characters [start, end) may be.
func (s *Scanner) pathRun(start, end int) {
	if mayHoldPathToken(s.text[start:end]) {
		s.matchAside(asideRun, Secret, matchRun, end)
	}
}

// twelve reports whether twelve bits in a row are set.
func twelve(x uint64) bool {
	x &= x >> 1
	x &= x >> 2
	x &= x >> 4
	return x&(x>>4) != 0
}

// textIn looks for base64 of text that begins in text[i:last+1]: where the run begins, or behind an equals sign.
func (s *Scanner) textIn(i, last int) {
	for {
		if beginsASCII(s.text, i) && textPiece(s.text, i) {
			i = s.textPiece(i)
		}
		if i >= last {
			return
		}
		n := bytes.IndexByte(s.text[i:last], '=')
		if n < 0 {
			return
		}
		i += n + 1
	}
}

// beginsASCII reports whether no byte that the first three characters at i tell of has its high bit.
func beginsASCII(t []byte, i int) bool {
	three := t[i : i+3]
	return sextets[three[0]]&^0x1f|sextets[three[1]]&(notBase64|8)|sextets[three[2]]&(notBase64|2) == 0 // one branch: hex digits are as they fall
}

// equalsIn reports whether an equals sign is among the first n of at least eight bytes, n at most eight.
func equalsIn(t []byte, n int) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	x := binary.LittleEndian.Uint64(t) ^ '='*ones
	return (x-ones)&^x&highs<<(64-8*n) != 0
}

// textPiece scans the base64 at i and returns where it ends.
func (s *Scanner) textPiece(i int) (end int) {
	h := s.hide()
	s.tries++
	f, end, ok := h.plain.hiddenText(s.text, i, h)
	if ok {
		s.found = append(s.found, f)
	}
	return end
}

// foreign looks for names of secrets and of numbers where bytes beyond ASCII end.
func (s *Scanner) foreign(words int) {
	for w := 1; w <= words; w++ {
		high := s.maps.word(laneHigh, w)
		for x := high.back(1) &^ high.now; x != 0; x &= x - 1 {
			at := s.base + 64*(w-1) + bits.TrailingZeros64(x)
			if foreignLast.at(s.text, at) != 0 {
				s.matchAside(asideForeign, Secret, matchForeign, at)
			}
			if w, end := foreignNaming(s.text, at); w != nil {
				s.namedAs(w, end)
			}
		}
	}
}

// wide looks for characters that hide values in the chunk. Their first bytes are hidingBytes.
func (s *Scanner) wide() {
	chunk := s.text[min(s.base, len(s.text)):min(s.base+chunkBytes, len(s.text))]
	var next [len(hidingBytes)]int
	for k, c := range hidingBytes {
		next[k] = nextByte(chunk, 0, c)
	}
	for {
		k := first(next)
		if next[k] == len(chunk) {
			return
		}
		from := next[k] + 1
		if at := s.base + next[k]; hidesAt(s.text, at) {
			from = max(from, s.stretch(disguiseWide, at)-s.base)
		}
		next[k] = nextByte(chunk, min(from, len(chunk)), hidingBytes[k])
	}
}

// hidingBytes begin the characters that hide values.
var hidingBytes = [...]byte{0xc2, 0xe2, 0xef}

// first returns the index of the least.
func first(list [len(hidingBytes)]int) (k int) {
	for i := range list {
		if list[i] < list[k] {
			k = i
		}
	}
	return k
}

// nextByte returns the offset of the first byte c at or after i, or the length of t.
func nextByte(t []byte, i int, c byte) int {
	if n := bytes.IndexByte(t[i:], c); n >= 0 {
		return i + n
	}
	return len(t)
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
