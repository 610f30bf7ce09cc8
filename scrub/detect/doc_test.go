package detect_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whoever looks for something finds its file in the package comment: it names every file, and none that is not there.
func TestDocNamesEveryFile(t *testing.T) {
	doc, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{"doc.go": true}
	for _, pattern := range regexp.MustCompile(`[a-z0-9_*]+\.go\b`).FindAllString(doc.Doc.Text(), -1) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Errorf("doc.go names %s, which is not there", pattern)
		}
		for _, f := range files {
			named[f] = true
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") && !named[f] {
			t.Errorf("say in doc.go what %s holds", f)
		}
	}
}
