// Package golden runs cases that stand in files, each a txtar archive: its first lines say why the case exists, its sections are what goes in and
// what must come of it. For tests only, of all packages: it knows none of them.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what must come of golden cases")

// Sections are what stands in one file, by name. A section that is not there is empty.
type Sections map[string]string

// Case is one file.
type Case struct {
	Path     string // as the pattern found it
	Sections Sections
	archive  *txtar.Archive
}

// Read returns the cases that a pattern of filepath.Glob names, and fails the test without one, or if one does not say why it exists.
func Read(t testing.TB, pattern string) (cases []Case) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden cases in %s: %v", pattern, err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(bytes.TrimSpace(a.Comment)) == 0 {
			t.Errorf("%s does not say why it exists", file)
		}
		c := Case{Path: file, Sections: Sections{}, archive: a}
		for _, f := range a.Files {
			c.Sections[f.Name] = string(f.Data)
		}
		cases = append(cases, c)
	}
	return cases
}

// Run runs each case of a pattern as a subtest of its file's name: of its sections, those named in given go in, and all others must be what
// outcome returns, in that order. With the flag -update they are rewritten instead.
func Run(t *testing.T, pattern string, given []string, outcome func(t *testing.T, in Sections) []txtar.File) {
	t.Helper()
	for _, c := range Read(t, pattern) {
		t.Run(strings.TrimSuffix(filepath.Base(c.Path), ".txtar"), func(t *testing.T) {
			got := &txtar.Archive{Comment: c.archive.Comment}
			for _, f := range c.archive.Files {
				if slices.Contains(given, f.Name) {
					got.Files = append(got.Files, f)
				}
			}
			got.Files = append(got.Files, outcome(t, c.Sections)...)
			text := txtar.Format(got)
			if *update {
				if err := os.WriteFile(c.Path, text, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(c.archive); !bytes.Equal(text, want) {
				t.Errorf("got:\n%s\nwant:\n%s", text, want)
			}
		})
	}
}
