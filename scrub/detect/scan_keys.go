package detect

// key looks behind a word that ends before at: for a separator, and for the slash behind the folder of users' homes.
func (s *Scanner) key(at int) {
	t := s.text
	if at >= len(t) {
		return
	}
	uses := s.set.tails.usesAt(t[:at])
	if uses&useNamed != 0 && namedWords.mayAnchor(t[:at]) {
		s.named(at)
	}
	if uses&useValues != 0 && anchorValues(t, at) && at >= s.aside[asideInsert] {
		s.found, s.aside[asideInsert] = appendInsert(s.found, &s.set.options, t, at, s.ctx, &s.number)
	}
	if uses&useSecret != 0 && at >= s.aside[asideManifest] && s.set.options.On[Secret] && anchorManifest(t, at) {
		s.found, s.aside[asideManifest] = appendManifest(s.found, t, at, s.aside[asideManifest], s.ctx)
	}
	if uses&useTold != 0 && toldBy(t[at]) {
		s.matchAside(asideTold, Secret, matchTold, at)
	}
	if uses&useHome != 0 && (t[at] == '/' || t[at] == '\\' || t[at] == '%' || t[at] == '$') {
		s.home(at)
	}
	if uses&useSeparator == 0 {
		return
	}
	i := at
	if uses&useCommand != 0 && hasFold(t, at, programFile) {
		i += len(programFile)
	}
	for i < len(t) && isKeyByte(t[i]) && !isLetter(t[i]) {
		i++
	}
	if isAlnum(t[i-1]) || t[i-1] == '_' {
		s.separators(i, uses)
	}
}

// separators looks at what may stand between a key that ends before i and its value: quotes, brackets, backslashes, blanks, and then the
// separator. The first blank may be a separator too.
func (s *Scanner) separators(i int, uses tailUse) {
	blank := false
	for ; i < len(s.text); i++ {
		switch s.text[i] {
		case '=', ':', '>':
			s.separator(i, uses)
			return
		case '&':
			n := quoteEntity(s.text, i)
			if n == 0 {
				s.separator(i, uses)
				return
			}
			i += n - 1
		case '%':
			if !s.hasQuote(i) {
				s.separator(i, uses)
				return
			}
			i += 2
		case ' ', '\t':
			if !blank {
				s.separator(i, uses)
			}
			blank = true
		case ';':
			if behindType(s.text, i+1) > i+1 { // a string of PHP's serialize
				s.separator(i, uses)
			}
			return
		case '(', ',':
			if uses&useSecret != 0 {
				s.secret(i)
			}
			return
		case '[':
			stop := behindDigits(s.text, i+1)
			if byteAt(s.text, stop) != ']' || beforeIndex(s.text, stop+1) != i {
				return
			}
			i = stop
		case '"', '\'', '`', ']', '*', '?', '|':
		case '\\', '\r', '\n':
			if endsPartName(s.text, i) {
				s.separator(i, uses)
				return
			}
			if s.text[i] != '\\' {
				return
			}
		default:
			return
		}
	}
}

// hasQuote reports whether a quote or a closing bracket stands at an offset, percent-encoded.
func (s *Scanner) hasQuote(at int) bool {
	return hasFold(s.text, at, "%22") || hasFold(s.text, at, "%5d")
}

// named looks for the values that the word names which ends before at, unless no digit is near.
func (s *Scanner) named(at int) {
	if p := at - s.base; p >= 0 && p <= chunkBytes-64 && s.maps.bits(laneDigit, p)<<(64-namedReach) == 0 {
		return
	}
	s.namedBy(at, false)
}

// namedBy keeps all values of the word that ends at at; see matchNamed.
func (s *Scanner) namedBy(at int, near bool) {
	if w := wordNaming(s.text, at, near, &s.words); w != nil {
		s.namedAs(w, at)
	}
}

// namedAs keeps all values of the word w that ends at at.
func (s *Scanner) namedAs(w *numberWord, at int) {
	q := search{o: &s.set.options, t: s.text, word: w, end: at, from: at, direct: true, b: &s.number, places: &s.words}
	if !q.begin(at) {
		return
	}
	for f, ok := q.next(); ok; f, ok = q.next() {
		s.found = append(s.found, f)
	}
}

func (s *Scanner) separator(at int, uses tailUse) {
	if uses&useSecret != 0 {
		s.secret(at)
	}
	if uses&useCommand != 0 && isBlank(s.text[at]) {
		s.matchAside(asideCommand, Secret, matchCommand, at)
	}
	if uses&useAuthorization != 0 {
		s.match(Authorization, matchAuthorization, at)
	}
}

// secret is match for matchSecret.
func (s *Scanner) secret(at int) {
	lo := s.frontier[Secret]
	if at < lo && at < s.aside[asideMore] || !s.set.options.On[Secret] {
		return
	}
	s.tries++
	keyStart, keyStop := keyOf(s.text, at)
	kind, says := s.keys.kind(s.text, keyStart, keyStop)
	if !says {
		return
	}
	var sep readOnce
	if at >= s.aside[asideMore] {
		s.found, s.aside[asideMore] = appendMore(s.found, s.text, at, s.ctx, keyStart, kind, &sep)
	}
	if at < lo {
		return
	}
	if start, end, ok := secretBehind(s.text, at, lo, s.ctx, keyStart, keyStop, kind, &sep); ok {
		s.keep(Secret, start, end)
		s.frontier[Secret] = end
	}
}

// keyKinds remembers what some keys of one text name, as logs have the same keys again and again. The zero keyKinds remembers none.
type keyKinds [32]struct {
	start, end int
	kind       want
	says       bool
}

// kind is keyKind of t[start:end].
func (k *keyKinds) kind(t []byte, start, end int) (want, bool) {
	if start == end {
		return wantNothing, false
	}
	place := &k[(uint32(t[end-1])|uint32(t[(start+end)/2])<<8|uint32(t[start])<<16|uint32(end-start)<<24)*lastFactor>>27]
	if place.end == 0 || string(t[place.start:place.end]) != string(t[start:end]) {
		place.start, place.end = start, end
		place.kind, place.says = keyKind(t[start:end])
	}
	return place.kind, place.says
}

// home calls the matcher at the slash or the first backslash before the word that ends before at.
func (s *Scanner) home(at int) {
	if s.text[at] == '/' {
		if start := at - len("/home"); s.text[at-1] == 'e' {
			s.match(UserPath, matchUserPath, start)
		} else if start = at - len("/Users"); start >= 0 && s.text[start+1] == 'U' {
			s.match(UserPath, matchUserPath, start)
		}
		return
	}
	if s.text[at] == '%' {
		s.match(UserPath, matchUserPath, at-len("%2fhome"))
		s.match(UserPath, matchUserPath, at-len("%2fusers"))
		return
	}
	first := at
	for _, folder := range windowsHomes {
		if endsFold(s.text[:at], folder) {
			first -= len(folder)
		}
	}
	for n := 0; n < maxBackslashes && first > 0 && s.text[first-1] == '\\'; n++ {
		first--
	}
	s.match(UserPath, matchUserPath, first)
}

// maxBackslashes is how many backslashes stand for one, at most.
const maxBackslashes = 4

// appendKeyed appends what the field's name says of the whole text.
func (s *Scanner) appendKeyed(dst []Finding, text []byte, ctx Context) []Finding {
	if len(ctx.Key) == 0 {
		return dst
	}
	from := len(dst)
	f, ok := matchNamedKey(&s.set.options, text, 0, ctx, &s.number)
	for ; ok; f, ok = matchNamedKey(&s.set.options, text, f.End, ctx, &s.number) {
		dst = append(dst, f)
	}
	if f, ok = matchKeyed(&s.set.options, text, ctx); ok && s.set.options.On[f.Detector] {
		dst = append(dst, f)
	}
	s.order.sort(dst[from:])
	return dst
}
