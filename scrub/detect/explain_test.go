package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Of each candidate it can be said whether it won, and if not, over which it lost and why.
func TestExplain(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"nothing here", ""},
		{"mail alice@example.com", "email 5-22 won\n"},
		{"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlc2lnbmF0dXJl",
			"authorization 22-83 won\njwt 22-83 has the lower priority than authorization\n"},
		{"https://alice:s3cr3tpw@example.com/", "url_credentials 8-22 won\nemail 14-34 starts later than url_credentials\n"},
	} {
		var got strings.Builder
		for _, e := range Compile(Defaults()).Explain([]byte(c.text), Context{}) {
			fmt.Fprintf(&got, "%s %d-%d ", e.Detector, e.Start, e.End)
			if e.Won() {
				got.WriteString("won\n")
			} else {
				fmt.Fprintf(&got, "%s than %s\n", e.Why, e.Winner.Detector)
			}
		}
		if got.String() != c.want {
			t.Errorf("%s\ngot:\n%swant:\n%s", c.text, got.String(), c.want)
		}
	}
}

// What won is what a scan finds.
func TestExplainedAreFound(t *testing.T) {
	set, c := Compile(*everything()), newCorpus()
	scanner := set.NewScanner()
	for _, text := range [][]byte{c.plainLines(16<<10, true), c.accessLog(16 << 10), c.jsonLogs(16<<10, true)} {
		var won []Finding
		for _, e := range set.Explain(text, Context{}) {
			if e.Won() {
				won = append(won, e.Finding)
			}
		}
		if found := scanner.Append(nil, text, Context{}); len(won) == 0 || !slices.Equal(won, found) {
			t.Errorf("explained %d, found %d", len(won), len(found))
		}
	}
}

// Each detector says what it checks.
func TestValidatorsAreNamed(t *testing.T) {
	for id := None + 1; id < count; id++ {
		if Table[id].Validator == "" {
			t.Errorf("%s says not what it checks", id)
		}
	}
}
