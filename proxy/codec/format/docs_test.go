package format

import (
	"os"
	"strings"
	"testing"
)

// docs/records.md lists the names of each part as the table has them.
func TestDocsListMembers(t *testing.T) {
	text, err := os.ReadFile("../../../docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	for p, row := range map[part]string{
		partTime: "time", partSeverity: "level", partMessage: "message", partHost: "host", partService: "service", partTrace: "trace", partSpan: "span",
	} {
		if want := "| " + row + " | `" + strings.Join(members[p], "` `") + "`"; !strings.Contains(string(text), want) {
			t.Errorf("docs/records.md lacks %q", want)
		}
	}
}
