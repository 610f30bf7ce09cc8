package meta

import "strings"

// lexicon holds the closed lists in the form in which they are looked up. Values are the lists' own strings. It is immutable.
type lexicon struct {
	tokens    map[string]token  // lower-case words of a User-Agent
	languages map[string]string // lower-case codes to those in use
	regions   map[string]string // upper-case countries and areas
	countries map[string]string
	zones     map[string]string // time zones in their own spelling
}

func newLexicon() lexicon {
	l := lexicon{
		tokens:    map[string]token{},
		languages: map[string]string{},
		regions:   map[string]string{},
		countries: map[string]string{},
		zones:     newZones(),
	}
	for i := len(families) - 1; i >= 0; i-- {
		f := &families[i]
		for _, word := range f.tokens {
			l.tokens[word] = token{family: int16(i), bare: f.bare || f.kind == crawler}
		}
	}
	for _, m := range marks {
		t, ok := l.tokens[m.word]
		if !ok {
			t.family = noFamily
		}
		t.mark = m.mark
		l.tokens[m.word] = t
	}
	for _, word := range strings.Fields(languageCodes) {
		old, today, renamed := strings.Cut(word, "=")
		if !renamed {
			today = old
		}
		l.languages[old] = today
	}
	for _, code := range strings.Fields(countryCodes) {
		l.countries[code] = code
		l.regions[code] = code
	}
	for _, code := range strings.Fields(areaCodes) {
		l.regions[code] = code
	}
	return l
}

func newZones() map[string]string {
	zones := map[string]string{}
	for line := range strings.Lines(zoneNames) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for _, word := range words[1:] {
			name := word
			if words[0] != "-" {
				name = words[0] + "/" + word
			}
			zones[name] = name
		}
	}
	return zones
}

// longestZone is the length of the longest name of a time zone.
const longestZone = 32

// zone returns the time zone that a header names, empty if it names none. Case matters, as it does in the database.
func (l *lexicon) zone(header []byte) string {
	header = trim(header)
	if len(header) > longestZone {
		return ""
	}
	return l.zones[string(header)]
}

// country returns code if it is one.
func (l *lexicon) country(code string) string { return l.countries[code] }

// region returns code if it is shaped as ISO 3166-2 says, within country: "CH-ZH".
func region(country, code string) string {
	if country == "" || len(code) < 4 || len(code) > 6 || code[:2] != country || code[2] != '-' {
		return ""
	}
	for i := 3; i < len(code); i++ {
		if !digit(code[i]) && !upper(code[i]) {
			return ""
		}
	}
	return code
}
