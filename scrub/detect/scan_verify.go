package detect

import (
	"bytes"
	"math/bits"
)

// verify calls the matchers at the chunk's candidates, a family at a time.
func (s *Scanner) verify(words int) {
	s.verifyWhere(famDotted)
	s.verifyWhere(famColoned)
	s.verifyDigits()
	s.verifyWhere(famToken)
	if words == chunkWords {
		s.tokenOn()
	}
	s.verifyKeys(words)
	for f := common; f < families; f++ {
		if s.cands.any[f] != 0 {
			s.verifyRare(f, words)
		}
	}
}

// verifyRare looks at the candidates of a rare family.
func (s *Scanner) verifyRare(family, words int) {
	which := filled(family)
	for g, rare := range s.cands.rare[:(words+groupWords-1)/groupWords] {
		if rare&which != 0 {
			s.verifyWords(family, g*groupWords, min((g+1)*groupWords, words))
		}
	}
}

// verifyWhere looks at the candidates of one of the families up to marked.
func (s *Scanner) verifyWhere(family int) {
	flags := &s.cands.flags[family]
	for where := s.cands.where[family]; where != 0; where &= where - 1 {
		w := bits.TrailingZeros64(where)
		for x := flags[w&63]; x != 0; x &= x - 1 {
			s.candidate(family, 64*w+bits.TrailingZeros64(x))
		}
	}
}

// verifyWords looks at the candidates of one family in words [from, to).
func (s *Scanner) verifyWords(family, from, to int) {
	flags := &s.cands.flags[family]
	for w := from; w < to; w++ {
		for x := flags[w]; x != 0; x &= x - 1 {
			s.candidate(family, 64*w+bits.TrailingZeros64(x))
		}
	}
}

// candidate looks at one candidate of a family, flagged at bit p of the chunk.
func (s *Scanner) candidate(family, p int) {
	at := s.base + p
	switch family {
	case famAt:
		s.atSign(at - slack)
	case famDotted:
		s.dotted(p)
	case famColoned:
		s.coloned(p)
	case famPairs:
		s.pairs(at)
	case famCountry:
		s.country(at - 3)
	case famToken:
		s.token(p)
	case famScheme:
		s.scheme(at - 2)
	case famBegin:
		s.match(PrivateKey, matchPrivateKey, at-5)
	case famPercent:
		s.percent(at - 2)
	case famOption:
		s.option(at - 1)
	case famUUID:
		s.match(UUID, matchUUID, at-15)
	}
}

// match calls a matcher at an anchor and says whether it found something.
func (s *Scanner) match(id ID, m matcher, at int) bool {
	lo := s.frontier[id]
	if at < lo || !s.set.options.On[id] {
		return false
	}
	s.tries++
	start, end, ok := m(&s.set.options, s.text, at, lo, s.ctx)
	if ok {
		s.keep(id, start, end)
		s.frontier[id] = end
	}
	return ok
}

// Second matchers of a detector.
const (
	asideDSN = iota
	asideCommand
	asideOption
	asideMore
	asideManifest
	asideCrypt
	asidePutty
	asideInsert
	asideForeign
	asideTold
	asideRun
	asideDashed
	asides
)

// matchAside calls a second matcher of a detector at an anchor.
func (s *Scanner) matchAside(aside int, id ID, m matcher, at int) {
	if at < s.aside[aside] || !s.set.options.On[id] {
		return
	}
	s.tries++
	if start, end, ok := m(&s.set.options, s.text, at, s.aside[aside], s.ctx); ok {
		s.keep(id, start, end)
		s.aside[aside] = end
	}
}

// option looks at the flag at an offset.
func (s *Scanner) option(at int) {
	if at < s.aside[asideOption] || !s.set.options.On[Secret] || !optionLetters.has(s.text[at+1]) || !behindBlank(s.text, at) {
		return
	}
	s.tries++
	if start, end, ok := s.command.before(s.text, at).option(s.text, at, s.aside[asideOption], s.ctx); ok {
		s.keep(Secret, start, end)
		s.aside[asideOption] = end
	}
}

func (s *Scanner) keep(id ID, start, end int) {
	s.found = append(s.found, Finding{Start: start, End: end, Detector: id})
}

// run calls a matcher at the start of a run [at, end), and again behind each match.
func (s *Scanner) run(id ID, m matcher, at, end int) {
	for at = max(at, s.frontier[id]); at < end && s.match(id, m, at); at = s.frontier[id] {
	}
}

// runStart is the offset at which the run that ends before bit p of the chunk begins.
func (s *Scanner) runStart(run, p int) int {
	if n := bits.LeadingZeros64(^bitsBefore(&s.cands.run[run], uint(p))); n < 64 {
		return s.base + p - n
	}
	if start := s.cands.runStart(run, p); start >= 0 {
		return s.base + start
	}
	return s.open[run]
}

func (s *Scanner) country(at int) {
	s.match(IBAN, matchIBAN, at)
	if namedLetters(s.text, at) && anchorCountry(s.text, at) {
		s.namedNear(at)
	}
}

func (s *Scanner) atSign(at int) {
	n := atSignLen(s.text, at)
	if n == 0 {
		return
	}
	if mayEndLocal(s.text, at) && mayHaveDomain(s.text, at+n) {
		s.match(Email, matchEmail, at)
	}
	if n == 1 && addressAhead(s.text, at+1) {
		s.matchAside(asideDSN, URLCredentials, matchDSN, at)
	}
}

// coloned passes over clock times: an address has "::" or at least six colons.
func (s *Scanner) coloned(p int) {
	start, end := s.runStart(runColoned, p), s.base+p
	if end-start <= 64 {
		colon := s.maps.bits(laneColon, p-(end-start)) & (^uint64(0) >> (64 - (end - start)))
		if colon&(colon>>1) != 0 || bits.OnesCount64(colon) >= 6 {
			s.run(IPv6, matchIPv6, start, end)
		}
		return
	}
	colons, before := 0, byte(0)
	for _, b := range s.text[start:end] {
		if b == ':' {
			colons++
			if b == before || colons == 6 {
				s.run(IPv6, matchIPv6, start, end)
				return
			}
		}
		before = b
	}
}

func (s *Scanner) pairs(at int) {
	if s.text[at-1] == '.' {
		s.match(MAC, matchMAC, at-6)
		return
	}
	s.match(MAC, matchMAC, at-13)
}

// scheme passes over URLs that no at sign follows within the length of user information, and looks for one at each byte once.
func (s *Scanner) scheme(at int) {
	from := at + len("://")
	until := min(from+maxUserInfoBytes+1, len(s.text))
	if s.nextAt < from || !s.isAt(s.nextAt) {
		begin := max(from, s.nextAt)
		if s.cands.any[famAt] == 0 {
			begin = max(begin, s.base+chunkBytes-slack) // up to there is none
		}
		if begin < until {
			s.nextAt = until
			if i := bytes.IndexByte(s.text[begin:until], '@'); i >= 0 {
				s.nextAt = begin + i
			}
		} else {
			s.nextAt = max(s.nextAt, until)
		}
	}
	if s.nextAt < until {
		s.match(URLCredentials, matchURLCredentials, at)
	}
}

func (s *Scanner) isAt(i int) bool { return byteAt(s.text, i) == '@' }

func (s *Scanner) percent(at int) {
	if c := byteAt(s.text, at+1); c != '2' && c != '3' {
		return // no sign
	}
	if twiceAt(s.text, at) {
		s.stretch(disguiseTwice, at)
	}
	if numberEscape(s.text, at) {
		s.namedNear(at)
	}
	lo := s.frontier[None]
	if at < lo || !numericEscape(s.text, at) {
		return
	}
	s.tries++
	f, ok := matchPercent(&s.set.options, s.text, at, lo, &s.decoded)
	if ok {
		s.found = append(s.found, f)
	}
	s.frontier[None] = f.End
}
