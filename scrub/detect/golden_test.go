package detect

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/scrub/scrubtest/golden"
)

// TestGolden runs testdata/<detector>/<case>.txtar: the text in "in" (or raw JSON in "in.json") with the default detectors and the folder's own
// becomes "want", by the findings "detector start end" in "findings".
func TestGolden(t *testing.T) {
	folders, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if _, ok := ByName(folder.Name()); !ok && folder.Name() != "fuzz" {
			t.Errorf("testdata/%s: no detector has the folder's name", folder.Name())
		}
	}
	for id := None + 1; id < count; id++ {
		t.Run(id.String(), func(t *testing.T) {
			pattern := filepath.Join("testdata", id.String(), "*.txtar")
			if n := len(golden.Read(t, pattern)); n < 2 {
				t.Errorf("%d golden cases; hits and near misses are needed", n)
			}
			golden.Run(t, pattern, []string{"in", "in.json"}, func(t *testing.T, in golden.Sections) []txtar.File { return becomes(t, id, in) })
		})
	}
}

func becomes(t *testing.T, id ID, in golden.Sections) []txtar.File {
	o := Defaults()
	o.On[id] = true
	text, ctx := in["in"], Context{}
	if raw, ok := in["in.json"]; ok {
		text, ctx.Shape = raw, JSON
	}
	var findings []byte
	for _, f := range Reference(&o, []byte(text), ctx) {
		findings = fmt.Appendf(findings, "%s %d %d\n", f.Detector, f.Start, f.End)
	}
	want := scrubbed(&o, text, ctx)
	if again := scrubbed(&o, want, ctx); again != want {
		t.Errorf("scrubbed twice:\n%s\nonce:\n%s", again, want)
	}
	return []txtar.File{{Name: "want", Data: []byte(want)}, {Name: "findings", Data: findings}}
}

// A line may end anywhere, in any case: no matcher reads behind the text.
func TestGoldenLinesCutAnywhere(t *testing.T) {
	s := Compile(*everything()).NewScanner()
	var found []Finding
	for _, c := range golden.Read(t, "testdata/*/*.txtar") {
		in := c.Sections["in"] + c.Sections["in.json"]
		for line := range bytes.Lines([]byte(strings.ToLower(in) + in)) {
			for n := range line[:min(len(line), 512)] {
				found = s.Append(found[:0], line[:n:n], Context{})
			}
		}
	}
}
