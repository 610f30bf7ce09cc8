package config

import (
	"fmt"
	"strings"
)

// Position is a place in the operator's file. Line and Column count from 1; a column is a character.
type Position struct {
	File         string
	Line, Column int
}

// String is file:line:col.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Source finds the place of a value by its path ("policy.rules[3].action"). A value that the file does not state has the place of
// the nearest enclosing one it does. The zero Source knows only its name. Safe for concurrent use once Parse has returned.
type Source struct {
	// Name of the file, as given by the operator.
	Name string

	at map[string]place
}

type place struct{ line, column int }

// Has reports whether the file states the value at path.
func (s *Source) Has(path string) bool {
	_, ok := s.at[path]
	return ok
}

// Pos returns the place of the value at path, or of the nearest enclosing value that the file states: at last the file's beginning.
func (s *Source) Pos(path string) Position {
	for {
		if p, ok := s.at[path]; ok {
			return Position{s.Name, p.line, p.column}
		}
		if path == "" {
			return Position{s.Name, 1, 1}
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

func (s *Source) set(path string, n *node) {
	if s.at == nil {
		s.at = map[string]place{}
	}
	s.at[path] = place{n.line, n.column}
}

// join is the path of a member of a map.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// index is the path of an element of a list.
func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
