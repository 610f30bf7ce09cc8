package subjects

import (
	"strings"
	"testing"
)

// An order that can match no record, or only one spelling of several, says so in words that do not repeat whom it is about; one that is
// meant as it stands says nothing.
func TestDoubtsAreTold(t *testing.T) {
	const never, letters = "matches no record", "letter case"
	named := &Desk{Named: true, Found: []string{"email", "phone", "ssn"}}
	for _, tt := range []struct {
		name        string
		desk        *Desk
		kind, value string
		want        []string
	}{
		{"e-mail", named, "", "Alice@Example.com", nil},
		{"e-mail by its kind", named, "email", "alice@example.com", nil},
		{"e-mail of text alone", &Desk{Found: []string{"email"}}, "", "alice@example.com", nil},
		{"id", named, "", "u-1", nil},
		{"id by its kind", named, "id", "u-1", nil},
		{"number with its country", named, "", "+1 202 555 0100", nil},
		{"ssn", named, "ssn", "219-09-9999", nil},
		{"kind that nothing gives", named, "badge", "u-1", []string{never}},
		{"kind of a network", named, "ip", "192.0.2.1", []string{never}},
		{"address as an id", named, "id", "alice@example.com", []string{never}},
		{"no field and no detector", &Desk{Found: []string{"email"}}, "", "u-1", []string{never}},
		{"nothing at all", &Desk{}, "", "u-1", []string{"write policy.subjects"}},
		{"kind of text whose shape it has not", named, "ssn", "alice", []string{"shape"}},
		{"number without its country", named, "phone", "202 555 0100", []string{"country"}},
		{"number taken for an id", named, "", "(202) 555-0100", []string{"spaces or punctuation"}},
		{"name", named, "", "Alice Smith", []string{letters, "spaces or punctuation"}},
		{"id in capitals", named, "", "U-1", []string{letters}},
		{"name and address", named, "", "Alice <alice@example.com>", []string{"one e-mail address"}},
		{"two addresses", named, "", "a@example.com,b@example.com", []string{"one e-mail address"}},
		{"address of no domain", named, "", "alice@localhost", []string{"one e-mail address"}},
		{"mailto", named, "", "mailto:alice@example.com", []string{"one e-mail address"}},
		{"accent of its own", named, "", "rene\u0301", []string{"do not show"}},
		{"zero width space", named, "", "u\u200b1", []string{"do not show"}},
	} {
		got := tt.desk.Doubts(&Query{Kind: tt.kind, Value: tt.value})
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q", tt.name, got)
			continue
		}
		for i, text := range tt.want {
			if !strings.Contains(got[i], text) {
				t.Errorf("%s: %q, want %q", tt.name, got[i], text)
			}
		}
		if text := strings.Join(got, " "); strings.Contains(text, tt.value) || strings.Contains(strings.ToLower(text), "alice") {
			t.Errorf("%s: the identifier is in %q", tt.name, text)
		}
	}
	if got := named.Doubts(&Query{Value: "u-1", To: "Alice Smith"}); len(got) != 2 {
		t.Errorf("of the right identifier: %q", got)
	}
	if got := named.Doubts(&Query{Tenant: "shop"}); got != nil {
		t.Errorf("of a tenant: %q", got)
	}
}
