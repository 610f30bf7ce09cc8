package detect

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/config"
)

// ownRules are rules of all kinds, with texts of all lengths.
func ownRules() []config.Custom {
	return []config.Custom{
		{ID: "order-number", Pattern: `\bORD-([0-9]{8})\b`},
		{ID: "checked", Pattern: `CHK([0-9]{16})`, Validators: []config.Validator{config.ValidLuhn}},
		{ID: "near", Pattern: `(?P<value>K[0-9]{2}#[a-z]+)(?:;|$)`, Context: []string{"order", "ref"}},
		{ID: "mixed-case", Pattern: `(?i)cust[_-][a-f0-9]{4,}`},
		{ID: "either", Pattern: `(?:alpha|beta)-[0-9]+|gamma:[a-z]{3}`},
		{ID: "inside", Pattern: `[a-z]{1,8}@@[a-z]{2,}!?`},
		{ID: "open-ended", Pattern: `[A-Z]+_KEY=.+`},
		{ID: "blind", Pattern: `\b[A-Z]{2}[0-9]{6}\b`, Cost: config.CostAccept},
		{ID: "staff", Words: []string{"Alice Example", "bob", "C++", "alice"}},
		{ID: "cased", Words: []string{"Żółć", "Zebra"}, MatchCase: true},
		{ID: "many", Words: []string{"łódź", "(x) team", "ab", "zed", "ab cd", "Ünal"}},
		{ID: "places", Words: []string{"Łódź Fabryczna", "Zürich", "kelvin", "straightforward", "per_cent", "ada→"}},
		{ID: "token", Keys: []string{"x_internal_token", "crmId", "pin", "id"}},
		{ID: "card-first", Pattern: `4111[0-9]{12}`, Priority: 5},
		{ID: "in-fields", Pattern: `[0-9]{5}`},
		{ID: "words-in-fields", Words: []string{"carol", "dave example"}},
	}
}

// markedRules are those of ownRules that a marker looks for with all vectors.
func markedRules() []config.Custom {
	return slices.DeleteFunc(ownRules(), func(c config.Custom) bool { return c.ID == "cased" })
}

// ownOptions are all detectors, and these rules, the last two in fields only.
func ownOptions(t testing.TB, rules []config.Custom) Options {
	t.Helper()
	o := *everything()
	lists := make([]uint32, len(rules))
	for i, r := range rules {
		if strings.HasSuffix(r.ID, "in-fields") {
			lists[i] = 1 << (i % 2)
		}
	}
	c, wrong := CompileCustom(rules, nil, lists)
	if len(wrong) > 0 {
		t.Fatalf("rule %q: %v", rules[wrong[0].Rule].ID, wrong[0].Err)
	}
	o.Custom = c
	allow, err := CompileAllow(config.Allow{
		Values: []string{"BOB", "support@example.com"}, Domains: []string{"example.org"}, Networks: []string{"203.0.113.0/24", "2001:db8::/32"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Allow = allow
	return o
}

var ownSeeds = []string{
	"order ORD-12345678 shipped, ORD-123456789, xORD-12345678 ORD-12345678", `{"order":"K12#abc","x":"K13#abc;"}`, "ref K12#abc;", "CHK4111111111111111 CHK4111111111111112",
	"CUST_abcd cust-0123 Cust_xyz", "alpha-1 beta-22 gamma:abc delta-3", "name@@host! a@@b", "THE_KEY=what ever\nTHE_KEY=more", "AB123456 AB1234567 xAB123456",
	"Alice Example met BOB and alice, C++ alice_b bobby malice Zebra zebra Żółć żółć", `\nbob %20bob bob%20 [bob] "bob"`, "ŁÓDŹ łódź (X) Team ab AB cd ünal zed",
	`x_internal_token=abc123 X-Internal-Token: abc123 {"xInternalToken":"a b","crm_id":12345} crmid='x' <crmId>x</crmId> --crm-id x pin: 1234 pin=null id=7 "id":"x"`,
	"4111111111111111", "alice@example.org bob@mail.example.org carol@example.com support@example.com 203.0.113.7 198.51.100.7 2001:db8::1", "carol 12345 Dave Example 123456",
	"https://user:secret@example.com/ORD-12345678", `{"a":"ORD-12345678","b":"say \"ORD-12345678\""}`, "id", "id=", "ORD-", "cust",
}

func TestCustomEqualsReference(t *testing.T) {
	r, marked := newRivals(ownOptions(t, ownRules())), newRivals(ownOptions(t, markedRules()))
	markerOf(t, marked.options.Custom)
	chance := rand.New(rand.NewPCG(7, 8))
	texts := slices.Concat(ownSeeds, seeds)
	for range 3000 {
		var b []byte
		for range 1 + chance.IntN(6) {
			s := texts[chance.IntN(len(texts))]
			from := chance.IntN(len(s) + 1)
			b = append(b, s[from:from+chance.IntN(len(s)-from+1)]...)
			b = append(b, " \n\"=:-_.1aA%"[chance.IntN(12)])
		}
		texts = append(texts, string(b))
	}
	for _, text := range texts {
		for _, ctx := range []Context{{}, {Shape: JSON}, {Key: []byte("crm_id"), Lists: 1}, {Lists: 3}} {
			r.same(t, []byte(text), ctx)
			marked.same(t, []byte(text), ctx)
		}
	}
}

// Where a value stands among blocks must not matter.
func TestCustomEqualsReferenceAcrossBlocks(t *testing.T) {
	r := newRivals(ownOptions(t, markedRules()))
	for _, filler := range []string{" ", "1", "a", "ORD-", "pin", "é"} {
		text := bytes.Repeat([]byte(filler), (2*hitBlock+500)/len(filler))
		for i, at := 0, 0; at < len(text)-400; i, at = i+1, at+211 {
			copy(text[at:], " "+ownSeeds[i%len(ownSeeds)]+" ")
		}
		r.same(t, text, Context{})
	}
}

func FuzzCustomEqualsReference(f *testing.F) {
	for _, seed := range slices.Concat(ownSeeds, seeds) {
		f.Add([]byte(seed), uint8(0), "", uint8(0))
		f.Add([]byte(seed), uint8(1), "crm_id", uint8(3))
	}
	r, marked := newRivals(ownOptions(f, ownRules())), newRivals(ownOptions(f, markedRules()))
	f.Fuzz(func(t *testing.T, text []byte, shape uint8, key string, lists uint8) {
		ctx := Context{Shape: Shape(shape % 2), Key: []byte(key), Lists: uint32(lists % 4)}
		r.same(t, text, ctx)
		marked.same(t, text, ctx)
	})
}

// FuzzPatternIsRegexp: what the matcher finds from one start in one line is what Go's regexp finds there.
func FuzzPatternIsRegexp(f *testing.F) {
	for _, r := range ownRules() {
		for _, seed := range ownSeeds {
			if r.Pattern != "" {
				f.Add(r.Pattern, seed)
			}
		}
	}
	f.Add(`a(?:b|bc)(c?)`, "abcc")
	f.Add(`x*?(y+)y`, "xxyyy")
	f.Fuzz(func(t *testing.T, text, in string) {
		p, err := newPattern(text)
		if err != nil || strings.ContainsAny(in, "\r\n") || len(in) > 200 || len(text) > 50 {
			return
		}
		re := regexp.MustCompile(text)
		want := re.FindStringSubmatchIndex(in)
		var m matcherSpace
		start, end, value := m.match(p, []byte(in), 0, len(in), len(in), Plain)
		if (end < 0) != (want == nil) {
			t.Fatalf("%q in %q: end %d, regexp %v", text, in, end, want)
		}
		if want == nil {
			return
		}
		whole := [2]int{want[0], want[1]}
		if k := 2 * p.value; p.value > 0 && want[k] >= 0 && want[k+1] > want[k] {
			want = want[k:]
		}
		if whole != [2]int{start, end} || value != [2]int{want[0], want[1]} {
			t.Fatalf("%q in %q: %d to %d, value %v; regexp %v, %v", text, in, start, end, value, whole, want[:2])
		}
	})
}

// A pattern's necessary texts are in every match.
func FuzzNecessaryTexts(f *testing.F) {
	for _, r := range ownRules() {
		for _, seed := range ownSeeds {
			f.Add(r.Pattern, seed)
		}
	}
	f.Fuzz(func(t *testing.T, text, in string) {
		p, err := newPattern(text)
		if err != nil || len(p.literals) == 0 || strings.Contains(text, "(?i") || len(in) > 500 {
			return
		}
		for _, m := range regexp.MustCompile(text).FindAllString(in, -1) {
			if !slices.ContainsFunc(p.literals, func(l string) bool { return strings.Contains(folded(m), l) }) {
				t.Fatalf("%q matches %q, and needs %q", text, m, p.literals)
			}
		}
	})
}

func TestCustomAllocatesNothing(t *testing.T) {
	o := ownOptions(t, ownRules())
	text := []byte(strings.ReplaceAll(strings.Join(ownSeeds, "\n"), "%", ""))
	s := Compile(o).NewScanner()
	found := s.Append(nil, text, Context{})
	if len(found) < len(ownSeeds) {
		t.Fatalf("%d findings only", len(found))
	}
	ctx := Context{Key: []byte("pin")}
	if n := testing.AllocsPerRun(10, func() { found = s.Append(found[:0], text, ctx) }); n != 0 {
		t.Errorf("%v allocations a scan, want none", n)
	}
}

func TestPatternsRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		`[0-9`: "not a pattern", `[0-9]*`: "empty text", `^`: "empty text", `(a|)`: "empty text", `.+`: "any text", `(?s).+`: "any text",
		`(a)(b)xyz`: "several groups", `[0-9]{8}`: "no text of three bytes", `\w+@\w+`: "no text of three bytes", `abc[a-z]{999}`: "parts",
		`(?<=abc)def`: "look-around", `(?<!abc)def`: "look-around", `abc(?=def)`: "look-around", `abc(?!def)`: "look-around",
		`(abc)[0-9]\1`: "back references",
		`abc\bdef`:     "no text matches", `abc$def`: "no text matches", `abc\ndef`: "no text matches", `abc ^def`: "no text matches",
		`[^\x00-\x{10FFFF}]abc`: "no text matches", `abc\B def`: "no text matches",
		`[a-z-]+number`: "finds what it", `(?:\[)order`: "finds what it",
	} {
		_, wrong := CompileCustom([]config.Custom{{ID: "order-number", Pattern: pattern}}, []string{"[order-number]", "[email]"}, []uint32{0})
		if len(wrong) != 1 || !strings.Contains(wrong[0].Err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, wrong, want)
		}
	}
	if _, wrong := CompileCustom([]config.Custom{{ID: "x", Words: []string{"email"}}}, []string{"[email]"}, []uint32{0}); len(wrong) != 1 {
		t.Error("a word that is a placeholder's is taken")
	}
	if _, wrong := CompileCustom(make([]config.Custom, MaxCustom+1), nil, make([]uint32, MaxCustom+1)); len(wrong) != 1 {
		t.Error("more rules than there can be are taken")
	}
}

// As many rules as there can be are told apart.
func TestAllCustomRulesAreToldApart(t *testing.T) {
	rules := make([]config.Custom, MaxCustom)
	for i := range rules {
		rules[i] = config.Custom{ID: "own", Words: []string{fmt.Sprintf("badge%d", 7000+i)}}
	}
	custom, wrong := CompileCustom(rules, nil, make([]uint32, len(rules)))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	s := Compile(Options{Custom: custom}).NewScanner()
	for _, i := range []int{0, 0xff - Count, 0x100, MaxCustom - 1} {
		found := s.Append(nil, []byte("seen "+rules[i].Words[0]), Context{})
		if want := []Finding{{5, 14, ID(Count + i)}}; !slices.Equal(found, want) {
			t.Errorf("found %v, want %v", found, want)
		}
	}
}

// A pattern is refused as one that no text matches only if that is so.
func TestPatternsTaken(t *testing.T) {
	for pattern, text := range map[string]string{
		`\babc\b`: "abc", `^abc$`: "abc", `abc(?:\bdef| def)`: "abc def", `abc\s+def`: "abc\tdef", `abc.\bdef`: "abc-def", `abcé\b`: "abcéd", `(?i)[0-9a-z]k\b[0-9a-z]`: "1\u212ad",
		`abc\B[_ ]`: "abc_", `abc"def`: "abc\"def", `(?m)^abc$`: "abc", `\Aabc\z`: "abc", `(?s)abc.def`: "abc def", `abc[^a]def`: "abc-def",
	} {
		custom, wrong := CompileCustom([]config.Custom{{ID: "own", Pattern: pattern, Cost: config.CostAccept}}, nil, []uint32{0})
		if len(wrong) > 0 {
			t.Errorf("%s: %v", pattern, wrong[0].Err)
			continue
		}
		if found := Compile(Options{Custom: custom}).NewScanner().Append(nil, []byte(text), Context{}); len(found) != 1 {
			t.Errorf("%s: %d findings in %q, want 1", pattern, len(found), text)
		}
	}
}

func TestNecessaryTexts(t *testing.T) {
	for pattern, want := range map[string]string{
		`ORD-[0-9a-z]{8}`: "ord-", `(?i)customer`: "customer", `[a-z]+-order-[0-9]+`: "-order-", `abc|defg`: "abc defg", `x[12]yz`: "x1yz x2yz", `(?:ab)+c?`: "",
		`(abc)?defg`: "defg", `a.b.c`: "",
	} {
		p, err := newPattern(pattern)
		if err != nil {
			t.Fatal(pattern, err)
		}
		var wants []string
		for _, w := range strings.Fields(want) {
			wants = append(wants, folded(w))
		}
		if !slices.Equal(p.literals, wants) {
			t.Errorf("%s: needs %q, want %q", pattern, p.literals, wants)
		}
	}
}

func TestValidators(t *testing.T) {
	for v, c := range map[config.Validator]struct{ good, bad string }{
		config.ValidLuhn: {"4111-1111 1111 1111", "4111111111111112"}, config.ValidMod97: {"DE89 3704 0044 0532 0130 00", "DE89370400440532013001"},
		config.ValidVerhoeff: {"2363", "2364"}, config.ValidMixed: {"a1", "ab"}, config.ValidVaried: {"abc1", "1111"},
		config.ValidEntropy: {"x7Gq2LmZ9pRt4Wv1", "aaaaaaabbbbbbb"},
	} {
		if !validators[v]([]byte(c.good)) || validators[v]([]byte(c.bad)) || validators[v](nil) {
			t.Errorf("%s: %q %v, %q %v", v, c.good, validators[v]([]byte(c.good)), c.bad, validators[v]([]byte(c.bad)))
		}
	}
	if len(validators) != 6 {
		t.Errorf("%d validators", len(validators))
	}
}

// No text makes rules take more than linear time: four times the text takes about four times as long.
func TestCustomCostIsLinear(t *testing.T) {
	o := ownOptions(t, ownRules())
	o.On = [Count]bool{}
	s := Compile(o).NewScanner()
	cost := func(unit string, n int) time.Duration {
		text := bytes.Repeat([]byte(unit), n/len(unit))
		found := s.Append(nil, text, Context{Lists: 3})
		return spent(t, func() { s.Append(found[:0], text, Context{Lists: 3}) })
	}
	for _, unit := range []string{"ORD-", "A_KEY=", "a@@", "cust_", "Alice ", "ab ", "AB1", "x_internal_token=", "id ", "K12#", "1", "É", "--pin ", "alpha-1gamma:"} {
		small, large := min(cost(unit, 16<<10), cost(unit, 16<<10)), min(cost(unit, 128<<10), cost(unit, 128<<10))
		if large > 32*small+100*time.Millisecond {
			t.Errorf("%q: %v for 16 KiB, %v for 128 KiB", unit, small, large)
		}
	}
}

// literalRules are rules as operators write them: a prefix of their own, then what varies.
func literalRules(n int) []config.Custom {
	forms := []string{`ORD%02d-[0-9]{8}`, `cust%02d_[a-z0-9]{10}`, `\bEMP%02d[0-9]{6}\b`, `acct%02d:[0-9]+`, `(?i)ticket%02d#[0-9]{4,}`, `%02dKX-[A-Z]{4}`, `inv/%02d/[0-9]{6}`, `tok_%02d[A-Za-z0-9]{24}`, `PX%02d\.[0-9]{5}`, `case-%02d-[a-f0-9]{8}`}
	var rules []config.Custom
	for i := range n {
		rules = append(rules, config.Custom{ID: fmt.Sprint("r", i), Pattern: fmt.Sprintf(forms[i%len(forms)], i)})
	}
	return rules
}

func wordRule(n int) []config.Custom {
	chance := rand.New(rand.NewPCG(9, 10))
	var words []string
	for range n {
		b := make([]byte, 4+chance.IntN(8))
		for i := range b {
			b[i] = 'a' + byte(chance.IntN(26))
		}
		words = append(words, string(b))
	}
	return []config.Custom{{ID: "words", Words: words}}
}

// BenchmarkCustom measures what rules cost on quiet text, beside none.
func BenchmarkCustom(b *testing.B) {
	text := newCorpus().jsonLogs(1<<20, false)
	for _, way := range ways {
		for _, c := range []struct {
			name  string
			rules []config.Custom
		}{{"none", nil}, {"1", literalRules(1)}, {"10", literalRules(10)}, {"100", literalRules(100)}, {"words-100000", wordRule(100_000)}} {
			b.Run("way="+way+"/rules="+c.name, func(b *testing.B) {
				o := Defaults()
				var wrong []CustomError
				if o.Custom, wrong = CompileCustom(c.rules, nil, make([]uint32, len(c.rules))); wrong != nil {
					b.Fatal(wrong[0].Err)
				}
				set := Compile(o)
				set.classes.level = levelOf(way)
				benchScan(b, set, text)
			})
		}
	}
}

// What a rule of the operator's own and a built-in detector find is gone, both wholly, however they overlap.
func TestCustomOverlapLeavesNothing(t *testing.T) {
	o := ownOptions(t, []config.Custom{
		{ID: "customer", Pattern: `customer [a-z]+`}, {ID: "case", Pattern: `[0-9]{3} case [0-9]+`}, {ID: "tail", Pattern: `example\.com/[a-z]+`},
	})
	for in, want := range map[string]string{
		"customer alice@example.com left":          "########################## left",
		"card 4111 1111 1111 1111 case 12345 shut": "card ############################## shut",
		"to alice@example.com/inbox":               "to #######################",
		"customer alice case 5":                    "############## case 5",
	} {
		masked := []byte(in)
		for _, f := range Reference(&o, []byte(in), Context{}) {
			copy(masked[f.Start:f.End], bytes.Repeat([]byte{'#'}, f.End-f.Start))
		}
		if string(masked) != want {
			t.Errorf("%q: %q, want %q", in, masked, want)
		}
	}
}
