package ruletest_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"winnow/config"
	"winnow/proxy/ruletest"
	"winnow/scrub"
)

// FuzzDiff: whatever the texts, a failure shows printable signs only, its caret stands within or right behind the line above it that is the
// longer, and equal texts are no failure.
func FuzzDiff(f *testing.F) {
	for _, s := range [][2]string{{"a", "b"}, {"", "x"}, {"a\nb", "a\nc"}, {"ü", "ö"}, {"\x1b[31m", "\xff"}, {"\xef", "\uFFFD"}, {strings.Repeat("x", 300), strings.Repeat("x", 299)}} {
		f.Add(s[0], s[1])
	}
	c := config.Default()
	p, err := scrub.Compile(c)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, input, want string) {
		c := *c
		c.Tests = []config.Test{{Name: "fuzz", Protocol: "text", Mode: config.ModeScrub, Input: input, Want: &want}}
		for _, failure := range ruletest.Run(&c, p)[0].Failures {
			longest := 0
			for _, line := range failure.Diff() {
				if strings.ContainsFunc(line.Text, func(r rune) bool { return !unicode.IsPrint(r) && r != ' ' }) {
					t.Errorf("%q shows what a terminal obeys", line.Text)
				}
				n := utf8.RuneCountInString(line.Text)
				if line.Kind == "got" || line.Kind == "want" {
					longest = max(longest, n)
				}
				if line.Kind == "mark" && n > longest+1 {
					t.Errorf("the caret stands at %d, behind %d", n, longest)
				}
			}
			if failure.Expectation == "want" && failure.Got == failure.Want {
				t.Error("equal texts fail")
			}
		}
	})
}
