package command_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
)

// stated finds the lines in which a worked policy says which clauses it keeps.
var stated = regexp.MustCompile(`(?m)^# (Shown by the tests below|Kept by what is set here): (.*)$`)

// What a worked policy says it shows, a test of its own shows, by name; what it says it keeps are clauses; and what it says is all it has.
func TestPresetsNameTheirClauses(t *testing.T) {
	worked := 0
	for _, f := range config.Starters() {
		if f.Name == "service-operations" || f.Name == "none" {
			continue
		}
		worked++
		text := config.Starter(f.Name)
		cfg, err := config.Parse(f.Name+".yaml", text, config.Env{})
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		lists := stated.FindAllSubmatch(text, -1)
		if len(lists) != 2 || cfg.Policy.Name != f.Name {
			t.Errorf("%s: %d lists of clauses, policy %s", f.Name, len(lists), cfg.Policy.Name)
			continue
		}
		shown, kept := strings.Split(string(lists[0][2]), ", "), strings.Split(string(lists[1][2]), ", ")
		for _, clause := range slices.Concat(shown, kept) {
			if !slices.Contains(clauses, clause) {
				t.Errorf("%s: %s is no clause", f.Name, clause)
			}
		}
		var tested []string
		for _, test := range cfg.Tests {
			clause, _, _ := strings.Cut(test.Name, " ")
			tested = append(tested, clause)
		}
		slices.Sort(shown)
		slices.Sort(tested)
		if tested = slices.Compact(tested); !slices.Equal(shown, tested) {
			t.Errorf("%s: says that it shows %v, its tests show %v", f.Name, shown, tested)
		}
		for _, rule := range cfg.Policy.Rules {
			for _, clause := range rule.Obligations {
				if !slices.Contains(shown, clause) {
					t.Errorf("%s: rule %s is there for %s, which no test shows", f.Name, rule.ID, clause)
				}
			}
		}
		if !strings.Contains(read(t, "docs/presets.md"), "`"+f.Name+"`") {
			t.Errorf("docs/presets.md does not tell of %s", f.Name)
		}
	}
	if worked != 5 {
		t.Errorf("%d worked policies, want 5", worked)
	}
}
