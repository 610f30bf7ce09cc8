package detect

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// token looks at the run of token characters that ends before bit p of the chunk: for vendors' tokens wherever a word begins, for web tokens
// where there is a dot, for text in base64 and hashes.
func (s *Scanner) token(p int) {
	start, end := s.runStart(runToken, p), s.base+p
	switch byteAt(s.text, end) {
	case ':':
		s.matchAside(asidePutty, PrivateKey, matchPutty, end)
	case '<':
		s.match(Passport, matchMRZ, end)
	}
	if end-start <= 64 {
		s.shortToken(start, end)
		return
	}
	s.hidingRun(start, end, true)
	s.ownRun(start, end, true)
	s.pathRun(start, end)
	s.addresses(start, end)
	s.vendorFirst(start, end)
	dots := start < s.base && bytes.IndexByte(s.text[start:s.base], '.') >= 0
	s.vendorWords(start, p)
	for w, n := max(0, start-s.base)/64, (p+63)/64; w < n && !dots; w++ {
		dots = s.maps[laneDot][w+1]&between(w, start-s.base, p) != 0
	}
	s.webTokens(start, end, dots)
}

// between are the bits of the chunk's word w that stand for [from, to).
func between(w, from, to int) uint64 {
	mask := ^uint64(0)
	if first := from - 64*w; first > 0 {
		mask <<= uint(first) // 64 and more leave none
	}
	if rest := to - 64*w; rest < 64 {
		mask &= 1<<uint(max(0, rest)) - 1
	}
	return mask
}

// vendorWords looks for vendors' tokens at the words of a run that begins at start and reaches to bit p of the chunk: those in the chunk, and the ones
// before it that tokenOn has not looked at, a few bytes.
func (s *Scanner) vendorWords(start, p int) {
	s.vendorEdge(max(start, s.vendorTo))
	from, end := max(0, start-s.base), s.base+p
	if p == chunkBytes {
		end = len(s.text) // the run may go on
	}
	for w := from / 64; 64*w < p; w++ {
		alnum := s.maps[laneAlpha][w+1] | s.maps[laneDigit][w+1]
		last := (s.maps[laneAlpha][w] | s.maps[laneDigit][w]) >> 63
		for x := alnum &^ (alnum<<1 | last) & between(w, from, p); x != 0; x &= x - 1 {
			at := s.base + 64*w + bits.TrailingZeros64(x)
			if at+4 > len(s.text) || vendors.may.has(vendorHash(binary.LittleEndian.Uint32(s.text[at:]))) && vendors.headed(s.text, at, end) {
				s.vendorHead(at)
			}
		}
	}
	s.vendorTo = s.base + p
}

// vendorEdge is vendorWords for the part of a run from start on that stands before the chunk.
func (s *Scanner) vendorEdge(start int) {
	before := start > 0 && isAlnum(s.text[start-1])
	for i := start; i < s.base; i++ {
		now := isAlnum(s.text[i])
		if now && !before && vendors.mayBegin(s.text, i) {
			s.vendorHead(i)
		}
		before = now
	}
}

// tokenOn looks at the words of a run of token characters that goes on behind the chunk, once it is long enough to be looked at when it ends: by bitmaps,
// which are gone then.
func (s *Scanner) tokenOn() {
	start := s.cands.runStart(runToken, chunkBytes)
	switch {
	case start < 0:
		start = s.open[runToken]
	default:
		start += s.base
	}
	if end := s.base + chunkBytes; end-start > 64 {
		s.vendorFirst(start, end)
		s.vendorWords(start, chunkBytes)
	}
}

// vendorFirst is vendorBehind for a run that vendorWords has not been at.
func (s *Scanner) vendorFirst(start, end int) {
	if start > 0 && s.vendorTo <= start && vendors.before[s.text[start-1]] != plainBefore {
		s.vendorBehind(start, end)
	}
}

// shortToken is token for a run of at most 64 bytes, which a word of each bitmap holds.
func (s *Scanner) shortToken(start, end int) {
	m, p, rest := &s.maps, uint(end-s.base), uint(64-(end-start))&63
	alnum := (bitsBefore(&m[laneAlpha], p) | bitsBefore(&m[laneDigit], p)) >> rest
	s.hidingRun(start, end, alnum != ^uint64(0)>>rest)
	sign := byteAt(s.text, start+bits.TrailingZeros64(^alnum))
	s.ownRun(start, end, sign == '=' || sign == '_' || sign == '-')
	if alnum != ^uint64(0)>>rest && twelve(alnum) {
		s.pathRun(start, end)
	}
	web := false
	if start > 0 && vendors.before[s.text[start-1]] != plainBefore {
		s.vendorBehind(start, end)
		web = vendors.before[s.text[start-1]] == oddBefore
	}
	for x := alnum &^ (alnum << 1); x != 0; x &= x - 1 {
		at := start + bits.TrailingZeros64(x)
		if at+4 > len(s.text) {
			s.vendorHead(at)
			continue
		}
		head := binary.LittleEndian.Uint32(s.text[at:])
		web = web || head&0xffff == 'e'|'y'<<8 || head&0xffff == 'e'|'w'<<8
		if vendors.may.has(vendorHash(head)) && vendors.headed(s.text, at, end) {
			s.vendorHead(at)
		}
	}
	if web && bitsBefore(&m[laneDot], p)>>rest != 0 {
		s.webTokens(start, end, true)
	}
	if s.mayHoldAddress(start, end, alnum) {
		s.addresses(start, end)
	}
}

// webTokens looks for web tokens in the run [start, end).
func (s *Scanner) webTokens(start, end int, dotted bool) {
	if !dotted || !s.set.options.On[JWT] {
		return
	}
	for from, ok := max(start, s.frontier[JWT]), true; ok; {
		s.tries++
		if start, from, ok = jwtIn(s.text, from, end); ok {
			s.keep(JWT, start, from)
			s.frontier[JWT] = from
		}
	}
}

// vendorHead keeps the vendor's token whose prefix begins at the word at at, which is not the first of its run behind a lead.
func (s *Scanner) vendorHead(at int) {
	lo := s.frontier[VendorToken]
	if at < lo || !s.set.options.On[VendorToken] {
		return
	}
	s.tries++
	if start, end, ok := vendorAt(s.text, at, lo, s.ctx, &s.seen); ok {
		s.keep(VendorToken, start, end)
		s.frontier[VendorToken] = end
	}
}

// vendorBytes keeps the vendors' tokens whose prefix begins in text[i:stop], looking at each byte.
func (s *Scanner) vendorBytes(i, stop int) {
	if !s.set.options.On[VendorToken] {
		return
	}
	for i = max(i, s.frontier[VendorToken]); i < stop; {
		s.tries++
		start, end, ok := vendorIn(s.text, i, stop, s.frontier[VendorToken], s.ctx, &s.seen)
		if !ok {
			return
		}
		s.keep(VendorToken, start, end)
		s.frontier[VendorToken] = end
		i = end
	}
}

// vendorBehind looks at the first bytes of the run [start, end), for what an escape or a token's lead before it may have touched: behind a lead at its
// beginning, else where an escape ends that goes on in it.
func (s *Scanner) vendorBehind(start, end int) {
	t := s.text
	if vendors.before[t[start-1]] != oddBefore {
		if vendors.ledFirst.has(t[start]) {
			s.vendorBytes(start, start+1)
		}
		return
	}
	switch t[start-1] {
	case '%': // %3D
		s.vendorEscaped(start+2, end)
	case '\\': // \n, \x1b, \u001b
		s.vendorEscaped(start+1, end)
		s.vendorEscaped(start+3, end)
		s.vendorEscaped(start+5, end)
	default: // [1;31m
		for start < end && isDigit(t[start]) {
			start++
		}
		if byteAt(t, start) == 'm' {
			s.vendorEscaped(start+1, end)
		}
	}
}

// vendorEscaped looks at an offset of a run that ends before end, where an escape may end.
func (s *Scanner) vendorEscaped(at, end int) {
	if at < end && vendors.mayBegin(s.text, at) {
		s.vendorBytes(at, at+1)
	}
}
