package selector

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// compile makes a machine of rules, one selector list a rule, selectors separated by spaces.
func compile(t testing.TB, rules ...string) *Machine {
	t.Helper()
	m, err := Compile(parseRules(t, rules))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func parseRules(t testing.TB, rules []string) [][]Selector {
	out := make([][]Selector, len(rules))
	for i, r := range rules {
		for _, s := range strings.Fields(r) {
			out[i] = append(out[i], must(t, s))
		}
	}
	return out
}

// walk steps down keys and returns the last state and rule.
func walk(m *Machine, keys ...string) (State, int32) {
	s, rule := m.Root(), NoRule
	for _, k := range keys {
		s, rule = m.Step(s, []byte(k))
	}
	return s, rule
}

func TestMachineRules(t *testing.T) {
	m := compile(t,
		"user.id",               // 0
		"user.* *_ms",           // 1
		"user.** level",         // 2
		"http.**.status",        // 3
		"*id*.x http_*.x",       // 4
		"http_request_*.x *.x",  // 5
		"labels.*.Name req_*.*", // 6
	)
	for _, c := range []struct {
		path string
		want int32
		live bool
	}{
		{"user.id", 0, true},
		{"USER.Id", 0, true},
		{"user.email", 1, true},
		{"user", 2, true},
		{"user.a.b", 2, true},
		{"user.id.b", 2, true},
		{"level", 2, true}, // *.x can follow
		{"level.x", 5, false},
		{"level.y", NoRule, false},
		{"took_ms", 1, true},
		{"user_ms.x", 5, false},
		{"http.status", 3, true},
		{"http.a.b.status", 3, true},
		{"http.a.b.other", NoRule, true},
		{"guide.x", 4, false},
		{"http_a.x", 4, false},
		{"http_request_a.x", 4, false},
		{"labels.a.name", 6, false},
		{"labels.x", 5, true},
		{"req_id.x", 4, false},
		{"req_id.y", 6, false},
		{"req_id", NoRule, true},
		{"", NoRule, true},
		{".x", 5, false},
		{"..", NoRule, false},
		{"user.", 1, true},
		{"user..", 2, true},
	} {
		for _, keys := range [][]string{{c.path}, strings.Split(c.path, ".")} {
			s, rule := walk(m, keys...)
			if rule != c.want || m.Live(s) != c.live {
				t.Errorf("%q: rule %d live %v, want %d %v", keys, rule, m.Live(s), c.want, c.live)
			}
		}
	}
}

func TestMachineEmpty(t *testing.T) {
	for _, rules := range [][]string{nil, {""}} {
		m := compile(t, rules...)
		if s, rule := walk(m, "a"); m.Live(m.Root()) || m.Live(s) || rule != NoRule {
			t.Errorf("rules %q: something matches", rules)
		}
	}
	if _, err := Compile([][]Selector{{{}}}); err == nil {
		t.Error("a selector that was not parsed compiled")
	}
}

func TestMachineDeep(t *testing.T) {
	m := compile(t, "**.password", strings.TrimSuffix(strings.Repeat("a.", 200), "."))
	keys := slices.Repeat([]string{"a"}, 200)
	if _, rule := walk(m, keys...); rule != 1 {
		t.Errorf("200 keys down: rule %d, want 1", rule)
	}
	if s, rule := walk(m, append(keys, keys...)...); rule != NoRule || !m.Live(s) {
		t.Errorf("400 keys down: rule %d, live %v; want none, live", rule, m.Live(s))
	}
	if _, rule := walk(m, append(keys, "Password")...); rule != 0 {
		t.Errorf("password below 200 keys: rule %d, want 0", rule)
	}
}

// The rule that makes a machine explode is the one to name, not the longest one.
func TestCompileLimit(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("**.field_%d", i))
	}
	for name, bad := range map[string]string{
		"half-matched tails": "**.a" + strings.Repeat(".*", 20),
		"globs":              strings.Join([]string{"*a*.x", "*b*.x", "*c*.x", "*d*.x", "*e*.x", "*f*.x", "*g*.x", "*h*.x", "*i*.x"}, " "),
		"globs and tails":    "**.*a*.*.*.*.*.b *b*.*.*.c *c*.**.*d*.**.e **.*e*.*.*.*.*.*.*.z",
	} {
		_, err := Compile(parseRules(t, []string{"level msg", strings.Join(many, " "), bad}))
		var limit *LimitError
		if !errors.As(err, &limit) {
			t.Errorf("%s: compiled, or failed otherwise: %v", name, err)
		} else if limit.Rule != 2 {
			t.Errorf("%s: blames rule %d (%v)", name, limit.Rule, err)
		}
	}
}

func TestCompileLargePolicy(t *testing.T) {
	var rules []string
	for i := range 400 {
		rules = append(rules, fmt.Sprintf("group%d.field_%d *_suffix%d prefix%d_* **.secret_%d", i%20, i, i, i, i))
	}
	m := compile(t, rules...)
	for i := range 400 {
		for _, path := range []string{
			fmt.Sprintf("group%d.field_%d", i%20, i), fmt.Sprintf("a_suffix%d", i), fmt.Sprintf("prefix%d_a", i), fmt.Sprintf("a.b.secret_%d", i),
		} {
			if _, rule := walk(m, path); rule != int32(i) {
				t.Fatalf("%s: rule %d, want %d", path, rule, i)
			}
		}
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	m := compile(t, "level *_ms *id* http_* a.b.c **.email")
	keys := [][]byte{[]byte("level"), []byte("took_ms"), []byte("a.b.c"), []byte("unknown_key"), nil}
	if n := testing.AllocsPerRun(100, func() {
		for _, k := range keys {
			m.Step(m.Root(), k)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// naive matches segments by the definition, without regard to cost: the rival of Match and Machine.
func naive(pattern, path []string) bool {
	if len(pattern) == 0 {
		return len(path) == 0
	}
	if pattern[0] == "**" {
		return naive(pattern[1:], path) || len(path) > 0 && naive(pattern, path[1:])
	}
	if len(path) == 0 {
		return false
	}
	p, s := asciiLower(pattern[0]), asciiLower(path[0])
	core, before := strings.CutPrefix(p, "*")
	core, after := strings.CutSuffix(core, "*")
	var ok bool
	switch {
	case p == "*":
		ok = true
	case before && after:
		ok = strings.Contains(s, core)
	case before:
		ok = strings.HasSuffix(s, core)
	case after:
		ok = strings.HasPrefix(s, core)
	default:
		ok = p == s
	}
	return ok && naive(pattern[1:], path[1:])
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c - 'A' + 'a'
		}
	}
	return string(b)
}

// FuzzMachine: the machine, Match and the definition agree on every path, however the path is cut into keys. Rules are lines, selectors
// separated by spaces; keys are lines.
func FuzzMachine(f *testing.F) {
	f.Add("level\nuser.* *_ms\n**.email", "user\nemail")
	f.Add("a.**.b\n**.a.*", "a\na.b\nb")
	f.Add("http_*.x http_a*.y\n*_a.x *a*.z", "HTTP_a\nx")
	f.Add("*ab*\n*abab*\n*b*.q **", "xababab.Q")
	f.Add("**.**.a\na.b", "..a.\n\nb")
	f.Add("averylongliteralkey.x\naverylongliteralkez", "AVERYlongliteralkey\nx")
	f.Fuzz(func(t *testing.T, patterns, path string) {
		if len(patterns) > 120 || len(path) > 120 {
			return
		}
		var rules [][]Selector
		for line := range strings.SplitSeq(patterns, "\n") {
			var sels []Selector
			for word := range strings.FieldsSeq(line) {
				if sel, err := Parse(word); err == nil {
					sels = append(sels, sel)
				}
			}
			rules = append(rules, sels)
		}
		m, err := Compile(rules)
		if err != nil {
			var limit *LimitError
			if !errors.As(err, &limit) {
				t.Fatal(err)
			}
			return
		}
		keys := strings.Split(path, "\n")
		for n := 1; n <= len(keys); n++ {
			agree(t, m, rules, keys[:n])
		}
	})
}

func agree(t *testing.T, m *Machine, rules [][]Selector, keys []string) {
	joined := strings.Join(keys, ".")
	segments := strings.Split(joined, ".")
	want := NoRule
	for i, r := range rules {
		for _, sel := range r {
			hit := naive(strings.Split(sel.String(), "."), segments)
			if sel.Match(joined) != hit {
				t.Fatalf("%s, %q: Match is %v", sel, joined, !hit)
			}
			if hit && want == NoRule {
				want = int32(i)
			}
		}
	}
	s, got := walk(m, keys...)
	whole, gotWhole := walk(m, joined)
	if got != want || gotWhole != want || s != whole {
		t.Fatalf("%q: rule %d by key, %d at once, want %d; states %d and %d", joined, got, gotWhole, want, s, whole)
	}
	if got != NoRule && len(keys) == 1 && !m.Live(m.Root()) {
		t.Fatalf("%q: a rule matches below a dead root", joined)
	}
}
