package meta

import (
	"slices"
	"strings"

	"winnow/config"
)

// Words lists what a fact can be, for those that are words of a closed list, in an order that does not change: browser, os, language (without its
// region), country. Nil for all others.
func Words(f config.Fact) (words []string) {
	switch f {
	case config.FactBrowser:
		for i := range families {
			words = append(words, families[i].name)
		}
	case config.FactOS:
		for i := range systems {
			words = append(words, systems[i].name)
		}
	case config.FactLanguage:
		for _, code := range strings.Fields(languageCodes) {
			if !strings.Contains(code, "=") {
				words = append(words, code)
			}
		}
	case config.FactCountry:
		words = strings.Fields(countryCodes)
	}
	slices.Sort(words)
	return slices.Compact(words)
}
