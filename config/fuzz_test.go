package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse: no bytes make Parse panic, every mistake points inside the file, and no secret of the environment or of a file is in a
// message. What loads loads again with the same digest.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds (%v)", err)
	}
	for _, name := range names {
		f.Add(readSeed(f, name))
	}
	f.Add(defaultYAML)
	f.Add(starterYAML)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("fuzz.yaml", data, testEnv())
		var list Mistakes
		if errors.As(err, &list) {
			checkMistakes(t, data, list)
			return
		}
		checkMistakes(t, data, c.Warnings)
		again, err := Parse("fuzz.yaml", data, testEnv())
		if err != nil || again.Digest() != c.Digest() {
			t.Errorf("the second time: %v", err)
		}
	})
}

func readSeed(f *testing.F, name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	return data
}

func checkMistakes(t *testing.T, data []byte, list Mistakes) {
	lines := strings.Split(string(data), "\n")
	for i, m := range list {
		if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > utf8.RuneCountInString(lines[m.Line-1])+1 {
			t.Errorf("%v points outside a file of %d lines", m, len(lines))
		}
		if i > 0 && (m.Line < list[i-1].Line || m.Line == list[i-1].Line && m.Column < list[i-1].Column) {
			t.Errorf("%v stands after %v", m, list[i-1])
		}
		if strings.Contains(m.Error(), planted+"-of-the-environment") {
			t.Errorf("a message holds a value of the environment")
		}
		if strings.ContainsFunc(m.Error(), func(r rune) bool { return r < ' ' }) {
			t.Errorf("%q is not one line", m.Error())
		}
	}
}
