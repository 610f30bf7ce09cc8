package command_test

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestArchitecture holds docs/architecture.md to the tree: it names each package, and no package or file that is not there.
func TestArchitecture(t *testing.T) {
	page := read(t, "docs/architecture.md")
	_, page, begun := strings.Cut(page, "## Where things are\n")
	page, _, ended := strings.Cut(page, "\n## ")
	if !begun || !ended {
		t.Fatal("docs/architecture.md has no section Where things are")
	}
	var named []string
	for _, m := range quoted.FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(filepath.Join("../..", m[1])); err == nil {
			named = append(named, m[1])
		} else if strings.Contains(m[1], "/") && !strings.Contains(m[1], " ") {
			t.Errorf("docs/architecture.md names %s, which is not there", m[1])
		}
	}
	for _, file := range regexp.MustCompile(`\b[a-z]+/[a-z0-9/_.]+\b`).FindAllString(page, -1) {
		if _, err := os.Stat(filepath.Join("../..", file)); err != nil {
			t.Errorf("docs/architecture.md names %s, which is not there", file)
		}
	}
	packages := packages(t)
	for _, p := range packages {
		if !slices.Contains(named, p) {
			t.Errorf("docs/architecture.md does not say what is in %s", p)
		}
	}
	if len(packages) < 40 {
		t.Errorf("%d packages found; was the tree walked as it is meant?", len(packages))
	}
}

// packages are the folders of this module with Go code that is no test's, but for the one at the top; fuzz has tests alone.
func packages(t *testing.T) (list []string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name, err := filepath.Rel("../..", path)
		if err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); name != "." && (err == nil || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if p, err := build.ImportDir(path, 0); err == nil && name != "." && len(p.GoFiles) > 0 {
			list = append(list, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
