package fuzz

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"winnow/config"
)

// outside is what every environment variable and every file named in a config holds here. No message may tell it.
const outside = "value-from-elsewhere-0123456789abcdef"

// FuzzConfig: a file of any bytes is refused with mistakes that all point inside it, in file order, or is taken with warnings that do; neither
// tells a value that came from the environment or another file; and a file that is taken reads the same a second time.
func FuzzConfig(f *testing.F) {
	env := config.Env{
		Lookup:   func(string) (string, bool) { return outside, true },
		ReadFile: func(string) ([]byte, error) { return []byte(outside), nil },
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("f.yaml", data, env)
		if err != nil {
			var mistakes config.Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) == 0 {
				t.Fatalf("an error that is no list of mistakes: %v", err)
			}
			pointInside(t, data, mistakes)
			return
		}
		pointInside(t, data, c.Warnings)
		again, err := config.Parse("f.yaml", data, env)
		if err != nil || again.Digest() != c.Digest() {
			t.Errorf("the file reads otherwise the second time: %v", err)
		}
	})
}

func pointInside(t *testing.T, data []byte, list config.Mistakes) {
	t.Helper()
	lines := strings.Split(string(data), "\n")
	before := config.Position{}
	for _, m := range list {
		if strings.Contains(m.Error(), outside) {
			t.Errorf("a message tells a value from elsewhere: %q", m)
		}
		if m.Message == "" || m.File != "f.yaml" {
			t.Errorf("mistake without a message or a file: %q", m)
		}
		if m.Line < 1 || m.Line > len(lines) {
			t.Fatalf("line %d of %d: %q", m.Line, len(lines), m)
		}
		if width := utf8.RuneCountInString(lines[m.Line-1]); m.Column < 1 || m.Column > width+1 {
			t.Errorf("column %d of %d: %q", m.Column, width, m)
		}
		if m.Line < before.Line || m.Line == before.Line && m.Column < before.Column {
			t.Errorf("%q stands behind %v", m, before)
		}
		before = m.Position
	}
}
