package fuzz

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// minSeeds is how many seeds a target must have: one tells the fuzzer a form, a few tell it what may differ.
const minSeeds = 3

// A target without seeds finds nothing for hours and looks well; a folder without a target is a property that somebody dropped.
func TestEveryTargetHasSeeds(t *testing.T) {
	names := targets(t)
	if len(names) == 0 {
		t.Fatal("no fuzz target found")
	}
	for _, name := range names {
		seeds, err := os.ReadDir(filepath.Join("testdata", "fuzz", name))
		if err != nil || len(seeds) < minSeeds {
			t.Errorf("%s has %d seeds in testdata/fuzz, want at least %d", name, len(seeds), minSeeds)
		}
	}
	folders, err := os.ReadDir(filepath.Join("testdata", "fuzz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(names) {
		t.Errorf("%d folders of seeds for %d targets", len(folders), len(names))
	}
}

// targets returns the names of all fuzz targets in this folder.
func targets(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
