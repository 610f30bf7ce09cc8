package scrub_test

import (
	"testing"

	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// META-9, META-10, RIGHT-3: to look at less of what concerns persons lets something out, and to look at more withholds it.
func TestCompareWhatConcernsPersons(t *testing.T) {
	for strict, loose := range map[string]string{
		"subjects: [a, b]":                      "subjects: [a]",
		"minors: {fields: [a]}":                 "minors: {}",
		"minors: {header: X-Minor}":             "minors: {}",
		"do_not_track: objection":               "do_not_track: drop_metadata",
		"gpc: drop_metadata":                    "gpc: ignore",
		"minors: {fields: [a, b.c]}":            "minors: {fields: [a]}",
		"minors: {fields: [a], values: [y, n]}": "minors: {fields: [a], values: [n]}",
	} {
		s, l := scrubtest.Policy(t, "policy: {"+strict+"}\n"), scrubtest.Policy(t, "policy: {"+loose+"}\n")
		if !scrub.AtLeastAsStrict(l, s) || scrub.AtLeastAsStrict(s, l) {
			t.Errorf("%s is not stricter than %s", strict, loose)
		}
	}
}
