package meta

import "bytes"

const (
	longestAgent = 1024 // bytes of a User-Agent that are read
	longestToken = 44   // bytes of the longest word that means anything
)

// version is one of a closed list of words, or a number of at most four digits, or none.
type version struct {
	word  string
	n     uint16
	known bool
}

func numeric(n uint16) version { return version{n: n, known: true} }

// agent is what a request tells of the program and the machine before the person. All strings are from closed lists; "" is not known.
type agent struct {
	browser        string
	browserVersion version
	system         string
	systemVersion  version
	device         string
}

// token is what one word of a User-Agent means.
type token struct {
	family int16 // index into families, noFamily if it is of none
	bare   bool
	mark   mark
}

// sighting is what one pass over a User-Agent found.
type sighting struct {
	family  int16 // lowest index seen: families are in order of priority
	version version
	marks   mark
	// numbers behind the words that carry one
	versionWord, rv, nt, android, appleMobile, mac version
	ntMinor                                        uint16
}

// agent classifies the program. The User-Agent is read first; client hints then correct browser, system and form, except for crawlers
// and apps, which tell more in the User-Agent (the hints of a web view name only its engine).
func (l *lexicon) agent(r *Request) agent {
	if len(r.agent) == 0 && len(r.brands) == 0 && len(r.platform) == 0 {
		return agent{}
	}
	s := l.sight(r.agent)
	a := agent{system: s.marks.system()}
	a.browser, a.browserVersion = s.browser()
	a.systemVersion = s.systemVersion(a.system)
	k := s.kind()
	if k != crawler && k != tool {
		l.hints(&a, r, k)
	}
	a.device = device(k, s.marks, a.system, r.mobile)
	return a
}

func (s *sighting) kind() kind {
	if s.family != noFamily {
		if k := families[s.family].kind; k == crawler || s.marks&markBot == 0 {
			return k
		}
	}
	if s.marks&markBot != 0 {
		return crawler
	}
	return 0
}

// sight reads a User-Agent once, word by word. Words are runs of letters, digits and -_.+! ; a slash, a space or a colon may lead to
// the word's version. Source: RFC 9110, section 10.1.5; beyond that the header has no grammar that clients keep.
func (l *lexicon) sight(ua []byte) sighting {
	s := sighting{family: noFamily}
	ua = ua[:min(len(ua), longestAgent)]
	var word [longestToken]byte
	var previous mark
	for i := 0; i < len(ua); {
		start := i
		for i < len(ua) && wordByte(ua[i]) {
			i++
		}
		if i == start {
			previous = 0
			i++
			continue
		}
		if i-start > longestToken {
			previous = 0
			continue
		}
		w := word[:copy(word[:], ua[start:i])]
		lowerASCII(w)
		tok, known := l.tokens[string(w)]
		if !known {
			tok.family = noFamily
			tok.mark = suffixMark(w, ua[start:i])
		}
		s.take(tok, previous, ua[i:])
		previous = 0
		if i < len(ua) && ua[i] == ' ' {
			previous = tok.mark
			i++
		}
	}
	return s
}

func wordByte(c byte) bool {
	return alnum(c) || c == '-' || c == '_' || c == '.' || c == '+' || c == '!'
}

// suffixMark knows words by their form alone: crawlers that are not in the list, and the models of one maker's television sticks.
func suffixMark(word, spelled []byte) mark {
	for _, suffix := range [...]string{"bot", "spider", "crawler"} {
		if bytes.HasSuffix(word, []byte(suffix)) && string(word) != "cubot" { // a maker of telephones
			return markBot
		}
	}
	if len(spelled) >= 4 && len(spelled) <= 8 && string(spelled[:3]) == "AFT" {
		return markTV
	}
	return 0
}

// take notes one word's meaning. rest is what follows the word; previous is the mark of the word before it, if only a space is between.
func (s *sighting) take(t token, previous mark, rest []byte) {
	if t.mark&markMini != 0 && previous&markOpera == 0 {
		return
	}
	n, minor, ok := versionOf(rest)
	v := version{n: n, known: ok}
	if t.bare || len(rest) > 0 && rest[0] == '/' {
		if t.family < s.family || t.family == s.family && !s.version.known {
			s.family, s.version = t.family, v
		}
	}
	switch m := t.mark; {
	case m&markNT != 0 && previous&markWindows != 0:
		s.nt, s.ntMinor = v, minor
	case m&markPhone != 0 && previous&markWindows != 0:
		s.marks |= markWindowsPhone
	case m&markOS != 0 && ok && !s.appleMobile.known:
		s.appleMobile = v
	case m&markX != 0 && previous&markOS != 0 && ok:
		s.mac = v
	case m&markAndroid != 0 && ok:
		s.android = v
	case m&markVersion != 0:
		s.versionWord = v
	case m&markRV != 0:
		s.rv = v
	}
	s.marks |= t.mark
}

// versionOf reads the number behind a word: after a slash, space or colon, with or without a v before it.
func versionOf(rest []byte) (major, minor uint16, ok bool) {
	if len(rest) < 2 || rest[0] != '/' && rest[0] != ' ' && rest[0] != ':' {
		return 0, 0, false
	}
	rest = rest[1:]
	if rest[0] == 'v' {
		rest = rest[1:]
	}
	major, ok = number(rest)
	for len(rest) > 0 && digit(rest[0]) {
		rest = rest[1:]
	}
	if ok && len(rest) > 1 && rest[0] == '.' {
		minor, _ = number(rest[1:])
	}
	return major, minor, ok
}

// browser names the program seen. A few names depend on more than one word.
func (s *sighting) browser() (string, version) {
	if s.family == noFamily {
		if s.marks&markWebKit != 0 && s.marks&(markIPhone|markIPad|markIPod) != 0 && s.marks&markBot == 0 {
			return "WebKit WebView", version{}
		}
		return "", version{}
	}
	f := &families[s.family]
	if f.kind != crawler && s.marks&markBot != 0 {
		return "", version{} // a crawler that is not in the list, dressed as f
	}
	switch f.name {
	case "Opera":
		if s.versionWord.known && s.version.n == 9 {
			return f.name, s.versionWord // Opera froze its own version at 9.80
		}
	case "Internet Explorer":
		if s.marks&markMSIE == 0 {
			return f.name, s.rv // Trident counts its own versions
		}
	case "Chrome":
		if s.marks&markAndroid != 0 && (s.marks&markWebView != 0 || s.versionWord.known) {
			return "Android WebView", s.version
		}
	case "Safari":
		if s.marks&markAndroid != 0 {
			return "Android Browser", s.versionWord
		}
		return f.name, s.versionWord
	}
	return f.name, s.version
}
