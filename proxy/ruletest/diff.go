package ruletest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compare holds a body against what is expected, but for one line feed at the end of each.
func compare(expectation, input string, got outcome, want string) []Failure {
	body, want := strings.TrimSuffix(got.body, "\n"), strings.TrimSuffix(want, "\n")
	if body == want {
		return nil
	}
	f := Failure{Expectation: expectation, Input: input, Got: body, Want: want, Offset: difference(body, want)}
	line, column := place(body, f.Offset)
	f.Message = fmt.Sprintf("what leaves differs at line %d, byte %d", line, column)
	switch {
	case got.withheld > 0:
		f.Message += ": a record is withheld: " + got.reason
	case got.kept == 0 && got.dropped > 0:
		f.Message += ": every record is dropped"
	case withoutSpace(body) == withoutSpace(want):
		f.Message += ", in white space only"
	}
	return []Failure{f}
}

// difference is the offset of the first byte in which two texts differ, or the length of the shorter; a character is not cut.
func difference(a, b string) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	for i > 0 && (i < len(a) && !utf8.RuneStart(a[i]) || i < len(b) && !utf8.RuneStart(b[i])) {
		i--
	}
	return i
}

// place is the line of an offset, and the byte in it, both from 1.
func place(text string, offset int) (line, column int) {
	before := text[:offset]
	return 1 + strings.Count(before, "\n"), offset - strings.LastIndexByte(before, '\n')
}

func withoutSpace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// Line is one line of a failure as it is shown, without a line feed.
type Line struct {
	// Kind is message, input, got, want, or mark, the line of the caret.
	Kind string
	// Text is the line, its label included.
	Text string
}

// Diff is the failure for people: what is wrong, then of the input, of what leaves and of what is expected the line with the first
// difference, and a caret below it. Long lines are cut around it; signs that a terminal would obey are written out.
func (f *Failure) Diff() []Line {
	lines := []Line{{"message", f.Expectation + ": " + f.Message}}
	add := func(kind string, line int, text string) {
		label := kind
		if line > 1 {
			label = fmt.Sprintf("%s:%d", kind, line)
		}
		lines = append(lines, Line{kind, pad(label) + text})
	}
	if f.Offset < 0 || f.Expectation == "findings" {
		add("input", 1, clip(lineOf(f.Input, 1), 0))
		if f.Offset < 0 && f.Got != "" {
			add("got", 1, clip(lineOf(f.Got, 1), 0))
		}
		return lines
	}
	n, column := place(f.Got, f.Offset)
	got := lineOf(f.Got, n)
	from := start(got, column-1)
	add("input", n, clip(lineOf(f.Input, n), 0))
	add("got", n, clip(got, from))
	add("want", n, clip(lineOf(f.Want, n), from))
	return append(lines, Line{"mark", pad("") + strings.Repeat(" ", columns(got, from, column-1)) + "^"})
}

// What is shown of a line at most, in characters, and how many of them before the first difference.
const (
	shown  = 100
	before = 60
)

func pad(label string) string { return fmt.Sprintf("%-9s", label) }

// lineOf is the n-th line of a text, from 1; empty where it has fewer.
func lineOf(text string, n int) string {
	for line := range strings.SplitSeq(text, "\n") {
		if n--; n == 0 {
			return line
		}
	}
	return ""
}

// start is the offset in a line from which to show it, so that column can be seen.
func start(line string, column int) int {
	from := min(column, len(line))
	for n := 0; from > 0 && n < before; n++ {
		_, size := utf8.DecodeLastRuneInString(line[:from])
		from -= size
	}
	return from
}

// clip is a line from an offset on, in printable signs.
func clip(line string, from int) string {
	var b strings.Builder
	from = min(from, len(line))
	if from > 0 {
		b.WriteString("…")
	}
	n := 0
	for i, r := range line[from:] {
		if n++; n > shown {
			b.WriteString("…")
			break
		}
		b.WriteString(visible(line[from+i:], r))
	}
	return b.String()
}

// columns is how many signs clip shows before column.
func columns(line string, from, column int) (n int) {
	if from > 0 {
		n++
	}
	column = min(column, len(line))
	for i, r := range line[from:column] {
		n += utf8.RuneCountInString(visible(line[from+i:], r))
	}
	return n
}

// visible is the first character of text, r, as it is shown.
func visible(text string, r rune) string {
	if _, size := utf8.DecodeRuneInString(text); r == utf8.RuneError && size == 1 {
		return fmt.Sprintf(`\x%02x`, text[0])
	}
	if r != ' ' && !unicode.IsPrint(r) {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return string(r)
}
