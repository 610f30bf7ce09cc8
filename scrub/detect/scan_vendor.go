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
	if byteAt(s.text, end) == ':' {
		s.matchAside(asidePutty, PrivateKey, matchPutty, end)
	}
	if end-start <= 64 {
		s.shortToken(start, end)
		return
	}
	s.hidingRun(start, end, true)
	s.addresses(start, end)
	if start > 0 && vendors.before[s.text[start-1]] != plainBefore {
		s.vendorBehind(start, end)
	}
	dotted := start < s.base && bytes.IndexByte(s.text[start:s.base], '.') >= 0
	if start < s.base {
		s.vendorWords(start, s.base)
	}
	dots, from := uint64(0), uint(max(0, start-s.base))
	for w, mask := from/64, ^uint64(0)<<(from%64); w < chunkWords && 64*w < uint(p); w, mask = w+1, ^uint64(0) {
		if rest := uint(p) - 64*w; rest < 64 {
			mask &= 1<<rest - 1
		}
		alnum := s.maps[laneAlpha][w+1] | s.maps[laneDigit][w+1]
		last := (s.maps[laneAlpha][w] | s.maps[laneDigit][w]) >> 63
		dots |= s.maps[laneDot][w+1] & mask
		for x := alnum &^ (alnum<<1 | last) & mask; x != 0; x &= x - 1 {
			at := s.base + 64*int(w) + bits.TrailingZeros64(x)
			if at+4 > len(s.text) || vendors.may.has(vendorHash(binary.LittleEndian.Uint32(s.text[at:]))) {
				s.vendorBytes(at, at+1)
			}
		}
	}
	s.webTokens(start, end, dotted || dots != 0)
}

// shortToken is token for a run of at most 64 bytes, which a word of each bitmap holds.
func (s *Scanner) shortToken(start, end int) {
	m, p, rest := &s.maps, uint(end-s.base), uint(64-(end-start))&63
	alnum := (bitsBefore(&m[laneAlpha], p) | bitsBefore(&m[laneDigit], p)) >> rest
	s.hidingRun(start, end, alnum != ^uint64(0)>>rest)
	web := false
	if start > 0 && vendors.before[s.text[start-1]] != plainBefore {
		s.vendorBehind(start, end)
		web = true // behind an escape
	}
	for x := alnum &^ (alnum << 1); x != 0; x &= x - 1 {
		at := start + bits.TrailingZeros64(x)
		if at+4 > len(s.text) {
			s.vendorBytes(at, at+1)
			continue
		}
		head := binary.LittleEndian.Uint32(s.text[at:])
		web = web || head&0xffff == 'e'|'y'<<8 || head&0xffff == 'e'|'w'<<8
		if vendors.may.has(vendorHash(head)) && vendors.headed(s.text, at) {
			s.vendorBytes(at, at+1)
		}
	}
	if web && bitsBefore(&m[laneDot], p)>>rest != 0 {
		s.webTokens(start, end, true)
	}
	if s.mayHoldAddress(start, end, alnum) {
		s.addresses(start, end)
	}
}

// vendorWords is what token does with bitmaps, for the part [start, stop) of a run that stands in chunks before.
func (s *Scanner) vendorWords(start, stop int) {
	before := start > 0 && isAlnum(s.text[start-1])
	for i := start; i < stop; i++ {
		now := isAlnum(s.text[i])
		if now && !before && vendors.mayBegin(s.text, i) {
			s.vendorBytes(i, i+1)
		}
		before = now
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

// vendorBehind looks at the first bytes of the run [start, end), for what an escape or a token's lead before it may have touched.
func (s *Scanner) vendorBehind(start, end int) {
	switch {
	case vendors.before[s.text[start-1]] == oddBefore:
		s.vendorBytes(start, min(start+oddBytes, end))
	case vendors.ledFirst.has(s.text[start]):
		s.vendorBytes(start, start+1)
	}
}
