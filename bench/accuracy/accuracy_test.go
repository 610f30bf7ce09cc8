package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"winnow/bench/corpora/cases"
	"winnow/scrub/detect"
)

var few = options{count: 1, quiet: 400, seed: 7}

func TestWhatIsLeftIsMissed(t *testing.T) {
	for _, r := range score(few, func(line []byte) []byte { return line }).rows() {
		if r.Missed != r.Planted || r.Changed != 0 || r.Planted > 0 && r.MinRecall > 0 && r.OK {
			t.Errorf("%s %s: %d of %d missed, %d changed when nothing is scrubbed", r.What, r.Name, r.Missed, r.Planted, r.Changed)
		}
	}
}

func TestWhatIsTakenAlongIsTold(t *testing.T) {
	all := func([]byte) []byte { return []byte("[withheld]") }
	for _, r := range score(few, all).rows() {
		if r.Missed != 0 || r.Changed != r.Harmless || r.Harmless > 0 && r.OK {
			t.Errorf("%s %s: %d missed, %d of %d changed when everything is withheld", r.What, r.Name, r.Missed, r.Changed, r.Harmless)
		}
	}
}

func TestJudge(t *testing.T) {
	mail := cases.Case{Line: `{"a":"to alice@example.com"}`, Value: "alice@example.com", Start: 9, End: 26, JSON: true}
	for _, test := range []struct {
		name, out string
		want      verdict
	}{
		{"whole", `{"a":"to [email]"}`, verdict{changed: true}},
		{"nothing", mail.Line, verdict{missed: true}},
		{"a part is left", `{"a":"to alice@[email]"}`, verdict{missed: true, changed: true}},
		{"one letter is left", `{"a":"to [email]m"}`, verdict{missed: true, changed: true}},
		{"too much", `{"a":"[email]"}`, verdict{changed: true, wide: true}},
		{"too much, and a part is left", `{"a":"[email]xample.com"}`, verdict{missed: true, changed: true, wide: true}},
		{"no JSON", `{"a":"to [email]}`, verdict{changed: true, wide: true, broken: true}},
		{"another name", `{"b":"to [email]"}`, verdict{changed: true, wide: true, broken: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(&mail, func(line []byte) []byte {
				if string(line) == mail.Line {
					return []byte(test.out)
				}
				return line
			})
			got.out = nil
			if got.missed != test.want.missed || got.changed != test.want.changed || got.wide != test.want.wide || got.broken != test.want.broken || got.unstable {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestScrubbingTwiceIsCompared(t *testing.T) {
	c := cases.Case{Line: "a"}
	if v := judge(&c, func(line []byte) []byte { return append([]byte("x"), line...) }); !v.unstable {
		t.Error("a line that changes each time is not called unstable")
	}
}

func TestScorecardOfTheDefaultPolicy(t *testing.T) {
	scrub, err := defaultScrubber()
	if err != nil {
		t.Fatal(err)
	}
	card := score(options{count: 2, quiet: 2000, seed: 3}, scrub)
	for _, r := range card.rows() {
		if r.Broken > 0 {
			t.Errorf("%s %s: %d lines lost their shape", r.What, r.Name, r.Broken)
		}
		if r.What == "kind" && r.Recall() < 0.8 {
			t.Errorf("%s: recall is %.2f on few lines", r.Name, r.Recall())
		}
	}
	var table bytes.Buffer
	if err := card.writeTables(&table, 3); err != nil || !strings.Contains(table.String(), "quiet lines") {
		t.Errorf("no table: %v\n%s", err, table.String())
	}
	var lines bytes.Buffer
	if err := card.writeJSON(json.NewEncoder(&lines)); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines.Bytes()) {
		if !json.Valid(line) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

// What is looked for by default is on the card, and each of its kinds is looked for.
func TestEveryDetectorIsScored(t *testing.T) {
	scored := map[string]bool{}
	for _, k := range cases.Kinds() {
		if _, known := detect.ByName(k.Detector); !known {
			t.Errorf("%s: there is no detector %s", k.Name, k.Detector)
		}
		scored[k.Detector] = true
	}
	for _, d := range detect.Table[1:] {
		if d.On && !scored[d.Name] {
			t.Errorf("no kind of detector %s", d.Name)
		}
	}
}

func TestNoLinesAreNoScore(t *testing.T) {
	if err := run([]string{"-count", "0"}, &bytes.Buffer{}); err == nil {
		t.Error("nothing was judged, and nothing was said")
	}
}
