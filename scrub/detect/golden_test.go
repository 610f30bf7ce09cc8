package detect

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite want and findings of the golden cases")

// TestGolden runs testdata/<detector>/<case>.txtar: the text in "in" (or raw JSON in "in.json") with the default detectors and the folder's own
// becomes "want", by the findings "detector start end" in "findings". The first lines say why the case exists.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[ID]int{}
	for _, file := range files {
		id, ok := ByName(filepath.Base(filepath.Dir(file)))
		if !ok {
			t.Errorf("%s: no detector has the folder's name", file)
			continue
		}
		seen[id]++
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) { golden(t, file, id) })
	}
	for id := None + 1; id < count; id++ {
		if seen[id] < 2 {
			t.Errorf("%s: %d golden cases; hits and near misses are needed", id, seen[id])
		}
	}
}

func golden(t *testing.T, file string, id ID) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(a.Comment)) == 0 {
		t.Error("the case does not say why it exists")
	}
	o := Defaults()
	o.On[id] = true
	ctx := Context{}
	in := a.Files[0]
	if in.Name == "in.json" {
		ctx.Shape = JSON
	}
	var findings strings.Builder
	for _, f := range Reference(&o, in.Data, ctx) {
		fmt.Fprintf(&findings, "%s %d %d\n", f.Detector, f.Start, f.End)
	}
	want := scrubbed(&o, string(in.Data), ctx)
	if again := scrubbed(&o, want, ctx); again != want {
		t.Errorf("scrubbed twice:\n%s\nonce:\n%s", again, want)
	}
	if *update {
		a.Files = []txtar.File{in, {Name: "want", Data: []byte(want)}, {Name: "findings", Data: []byte(findings.String())}}
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range a.Files[1:] {
		got := want
		if f.Name == "findings" {
			got = findings.String()
		}
		if got != string(f.Data) {
			t.Errorf("%s:\n%s\nin the file:\n%s", f.Name, got, f.Data)
		}
	}
}

// A line may end anywhere, in any case: no matcher reads behind the text.
func TestGoldenLinesCutAnywhere(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	s := Compile(*everything()).NewScanner()
	var found []Finding
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := a.Files[0].Data
		for line := range bytes.Lines(append(bytes.ToLower(in), in...)) {
			for n := range line[:min(len(line), 512)] {
				found = s.Append(found[:0], line[:n:n], Context{})
			}
		}
	}
}
