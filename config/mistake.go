package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong in the file. It never holds a secret, nor any value that came from the environment or another file.
type Mistake struct {
	Position
	// Message says what is wrong.
	Message string
	// Hint says how to mend it; empty when the message says so itself.
	Hint string
}

// Error is "file:line:col: message; hint".
func (m Mistake) Error() string {
	if m.Hint == "" {
		return m.Position.String() + ": " + m.Message
	}
	return m.Position.String() + ": " + m.Message + "; " + m.Hint
}

// String is Error: without it Position's would stand in.
func (m Mistake) String() string { return m.Error() }

// Mistakes are all that is wrong in one file, in file order. An empty list is no error.
type Mistakes []Mistake

// Error is one mistake a line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i := range m {
		lines[i] = m[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Sorted returns the mistakes in file order, each once. Later stages use it to add their own.
func (m Mistakes) Sorted() Mistakes {
	sorted := slices.Clone(m)
	slices.SortStableFunc(sorted, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(sorted)
}

// Mistakef makes a mistake about the value at path, for stages that find theirs after Parse (compiling patterns, opening files).
// The arguments must not hold secrets. Set Hint on the result when the message does not say how to mend it.
func (c *Config) Mistakef(path, format string, a ...any) Mistake {
	return Mistake{Position: c.Source.Pos(path), Message: fmt.Sprintf(format, a...)}
}
