package action

import (
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub/pseudonym"
)

func compiled(t testing.TB, c config.Action) Action {
	t.Helper()
	a, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func minter(t testing.TB) *pseudonym.Minter {
	t.Helper()
	d, err := pseudonym.Derive([]byte(strings.Repeat("k", 32)), "acme", "logs", 7)
	if err != nil {
		t.Fatal(err)
	}
	return d.NewMinter(1)
}

// check applies an action. Want is the output; a leading # says that it is a number, "withheld" that there is none.
func check(t *testing.T, a Action, env *Env, in, want string) {
	t.Helper()
	out, number, ok := a.Append([]byte("before "), []byte(in), env)
	got, _ := strings.CutPrefix(string(out), "before ")
	if number {
		got = "#" + got
	}
	if !ok {
		if got != "" {
			t.Errorf("%s: %.60q was withheld and left %q", a.kind, in, got)
		}
		got = "withheld"
	}
	if got != want {
		t.Errorf("%s: %.60q became %q, want %q", a.kind, in, got, want)
	}
	if !ok {
		return
	}
	twice, _, ok := a.Append(nil, out[len("before "):], env)
	if !ok || string(twice) != string(out[len("before "):]) {
		t.Errorf("%s: %q, once more, became %q (%v)", a.kind, got, twice, ok)
	}
}

func TestActions(t *testing.T) {
	env := &Env{Minter: minter(t), Kind: "email"}
	for _, c := range []struct {
		action   config.Action
		in, want string
	}{
		{config.Action{}, "as it is", "as it is"},
		{config.Action{Kind: config.ActionKeep}, "-1.5e+3", "#-1.5e+3"},
		{config.Action{Kind: config.ActionKeep}, "01", "01"},
		{config.Action{Kind: config.ActionDrop}, "x", "withheld"},
		{config.Action{Kind: config.ActionDropRecord}, "x", "withheld"},
		{config.Action{Kind: config.ActionReplace, Text: "gone"}, "x", "gone"},
		{config.Action{Kind: config.ActionReplace, Text: "0"}, "17", "#0"},
		{config.Action{Kind: config.ActionReplace}, "x", "[email]"},
	} {
		check(t, compiled(t, c.action), env, c.in, c.want)
	}
	address := string(env.Minter.Append(nil, "email", []byte("alice@example.com")))
	check(t, compiled(t, config.Action{Kind: config.ActionPseudonym}), env, "Alice@example.com", address)
	user := string(env.Minter.Append(nil, "user", []byte("17")))
	check(t, compiled(t, config.Action{Kind: config.ActionPseudonym, As: "user"}), env, "17", user)
}

// Without what it needs from outside, an action withholds or falls back to a word that tells nothing.
func TestActionsWithoutEnv(t *testing.T) {
	for _, env := range []*Env{nil, {}} {
		check(t, compiled(t, config.Action{Kind: config.ActionPseudonym}), env, "alice@example.com", "withheld")
		check(t, compiled(t, config.Action{Kind: config.ActionReplace}), env, "x", "[removed]")
		check(t, compiled(t, config.Action{Kind: config.ActionGeneralise, URL: config.URLPath}), env, "https://example.com/", "withheld")
	}
	m := minter(t)
	want := string(m.Append(nil, "id", []byte("x")))
	check(t, compiled(t, config.Action{Kind: config.ActionPseudonym}), &Env{Minter: m}, "x", want)
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		keep     int
		in, want string
	}{
		{0, "secret", "***"},
		{0, "", "***"},
		{4, "4111-1111-1111-1117", "***1117"},
		{4, "4111111111111117", "***1117"},
		{4, "078-05-1120", "***1120"},
		{4, "12345678", "***"}, // half of it
		{4, "1234", "***"},
		{4, "", "***"},
		{2, "Jürgenß é", "***ßé"},
		{2, "ab\xff\xfe-cde", "***de"},
		{4, "***1117", "***1117"},
		{4, "***11178", "***"},
		{1, "a......b......c", "***c"},
		{1000, "short", "***"},
	} {
		check(t, compiled(t, config.Action{Kind: config.ActionMask, KeepLast: c.keep}), nil, c.in, c.want)
	}
}

func TestBuckets(t *testing.T) {
	a := compiled(t, config.Action{Kind: config.ActionGeneralise, Buckets: []float64{0.1, 10, 100, 1e21}})
	long := strings.Repeat("9", 1000)
	for in, want := range map[string]string{
		"37":                 "#10",
		"10":                 "#10",
		"10.000":             "#10",
		"1e1":                "#10",
		"0.001E+4":           "#10",
		"9.99999999999":      "#0.1",
		"0.1":                "#0.1",
		".1":                 "#0.1",
		"1000e-4":            "#0.1",
		"0.1" + long:         "#0.1",
		"0.0" + long:         "<0.1",
		"0":                  "<0.1",
		"-0":                 "<0.1",
		"-5":                 "<0.1",
		"-1e400":             "<0.1",
		"1e-999999999999":    "<0.1",
		"99.9":               "#10",
		"+100":               "#100",
		"00100":              "#100",
		" 100 ":              "#100",
		"1e3":                "#100",
		"999" + long:         "#1000000000000000000000",
		"1e999999999999999":  "#1000000000000000000000",
		"1" + long + "e-999": "#10",
		"<0.1":               "<0.1",
		"<10":                "withheld",
		"37ms":               "withheld",
		"NaN":                "withheld",
		"":                   "withheld",
		"-":                  "withheld",
		".":                  "withheld",
		"1e":                 "withheld",
		"1.2.3":              "withheld",
		"0x10":               "withheld",
		"１":                  "withheld",
	} {
		check(t, a, nil, in, want)
	}
	negative := compiled(t, config.Action{Kind: config.ActionGeneralise, Buckets: []float64{-10, -0.5, 0}})
	for in, want := range map[string]string{"-11": "<-10", "-10": "#-10", "-0.51": "#-10", "-0.5": "#-0.5", "-1e-9": "#-0.5", "-0.0": "#0", "7": "#0"} {
		check(t, negative, nil, in, want)
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct{ in, minute, hour, day, month string }{
		{"2026-03-14T09:26:53Z", "2026-03-14T09:26:00Z", "2026-03-14T09:00:00Z", "2026-03-14T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"2026-03-14t09:26:53.123456789+05:45", "2026-03-14t09:26:00+05:45", "2026-03-14t09:00:00+05:45", "2026-03-14t00:00:00+05:45", "2026-03-01t00:00:00+05:45"},
		{"2026-03-14 09:26:53", "2026-03-14 09:26:00", "2026-03-14 09:00:00", "2026-03-14 00:00:00", "2026-03-01 00:00:00"},
		{"2026-03-14 09:26:53,123 +0100", "2026-03-14 09:26:00 +0100", "2026-03-14 09:00:00 +0100", "2026-03-14 00:00:00 +0100", "2026-03-01 00:00:00 +0100"},
		{"2026-03-14", "2026-03-14", "2026-03-14", "2026-03-14", "2026-03-01"},
		{"2024-02-29T23:59:60Z", "2024-02-29T23:59:00Z", "2024-02-29T23:00:00Z", "2024-02-29T00:00:00Z", "2024-02-01T00:00:00Z"},
		{"1773480413", "#1773480360", "#1773478800", "#1773446400", "#1772323200"},
		{"1773480413.999", "#1773480360", "#1773478800", "#1773446400", "#1772323200"},
		{"1.773480413999e9", "#1773480360", "#1773478800", "#1773446400", "#1772323200"},
		{"1773480413123", "#1773480360000", "#1773478800000", "#1773446400000", "#1772323200000"},
		{"1773480413123456", "#1773480360000000", "#1773478800000000", "#1773446400000000", "#1772323200000000"},
		{"1773480413123456789", "#1773480360000000000", "#1773478800000000000", "#1773446400000000000", "#1772323200000000000"},
		{"946684800", "#946684800", "#946684800", "#946684800", "#946684800"},
		{"7258118399999", "#7258118340000", "#7258114800000", "#7258032000000", "#7255440000000"},
		{"0", "#0", "#0", "#0", "#0"},
	} {
		for unit, want := range map[config.TimeUnit]string{
			config.TimeMinute: c.minute, config.TimeHour: c.hour, config.TimeDay: c.day, config.TimeMonth: c.month,
		} {
			check(t, compiled(t, config.Action{Kind: config.ActionGeneralise, Time: unit}), nil, c.in, want)
		}
	}
	hour := compiled(t, config.Action{Kind: config.ActionGeneralise, Time: config.TimeHour})
	for _, in := range []string{
		"", "yesterday", "2026-13-14", "2026-02-29", "2026-00-10", "2026-03-14T", "2026-03-14T24:00:00Z", "2026-03-14T09:60:00Z", "2026-03-14T09:26",
		"2026-03-14T09:26:53.Z", "2026-03-14T09:26:53 alice", "2026-03-14T09:26:53+1:00", "2026-03-14T09:26:53+01:00x", "2026-03-14T09:26:53+24:00",
		"2026-03-14_09:26:53", "20260314", "20260314092653", "202603140926", "-1773480413", "42", "946684799", "7258118400", "1773480413123456789000",
		"1e400", strings.Repeat("1", 1000),
	} {
		check(t, hour, nil, in, "withheld")
	}
}

func TestTruncate(t *testing.T) {
	a := compiled(t, config.Action{Kind: config.ActionTruncate})
	for in, want := range map[string]string{
		"192.0.2.77":                  "192.0.2.0",
		"192.0.2.77:443":              "192.0.2.0",
		"192.0.2.77/32":               "192.0.2.0",
		"::ffff:192.0.2.77":           "192.0.2.0",
		"2001:db8:1234:5678::1":       "2001:db8:1234::",
		"2001:DB8:1234:5678::1%eth0":  "2001:db8:1234::",
		"[2001:db8:1234:5678::1]:443": "2001:db8:1234::",
		"2001:db8:1234:5678::/64":     "2001:db8:1234::",
		"::1":                         "::",
		"2002:c000:24d::1":            "2002:c000:200::", // 6to4 of 192.0.2.77
		"192.0.2":                     "withheld",
		"192.0.2.777":                 "withheld",
		"192.0.2.77, 192.0.2.78":      "withheld",
		"unknown":                     "withheld",
		"":                            "withheld",
		"3221225985":                  "withheld",
	} {
		check(t, a, nil, in, want)
	}
	check(t, compiled(t, config.Action{Kind: config.ActionTruncate, IPv4Bits: 16, IPv6Bits: 32}), nil, "192.0.2.77", "192.0.0.0")
	check(t, compiled(t, config.Action{Kind: config.ActionTruncate, IPv4Bits: 32}), nil, "192.0.2.77", "192.0.2.77")
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		action config.Action
		want   string
	}{
		{config.Action{Kind: "blur"}, "action blur: unknown: use one of [keep drop drop_record mask replace generalise truncate pseudonym]"},
		{config.Action{Kind: config.ActionMask, KeepLast: -1}, "action mask: keep_last of -1: use 0 or more"},
		{config.Action{Kind: config.ActionReplace, Text: "\xff"}, "action replace: text is not UTF-8: write it as text"},
		{config.Action{Kind: config.ActionGeneralise}, "action generalise: none of buckets, time and url: say which"},
		{config.Action{Kind: config.ActionGeneralise, Time: "week"}, `action generalise: unknown time unit "week": use minute, hour, day or month`},
		{config.Action{Kind: config.ActionGeneralise, Time: "day", Buckets: []float64{1}}, "action generalise: more than one of buckets, time and url: use one of them"},
		{config.Action{Kind: config.ActionGeneralise, URL: "path", Time: "day"}, "action generalise: more than one of buckets, time and url: use one of them"},
		{config.Action{Kind: config.ActionGeneralise, URL: "host"}, `action generalise: unknown part of a URL "host": use origin or path`},
		{config.Action{Kind: config.ActionGeneralise, Buckets: []float64{1, 1}}, "action generalise: bucket 2 is not above the one before: list them in ascending order"},
		{config.Action{Kind: config.ActionTruncate, IPv4Bits: 33}, "action truncate: IPv4 prefix of 33 bits: use 1 to 32"},
		{config.Action{Kind: config.ActionTruncate, IPv6Bits: -1}, "action truncate: IPv6 prefix of -1 bits: use 1 to 128"},
		{config.Action{Kind: config.ActionPseudonym, As: "E-Mail"}, `action pseudonym: as "E-Mail": use 1 to 32 of a-z, 0-9 and _`},
	} {
		if _, err := Compile(c.action); err == nil || err.Error() != c.want {
			t.Errorf("%+v:\n got %v\nwant %s", c.action, err, c.want)
		}
	}
}

func TestKindWords(t *testing.T) {
	for k, w := range words {
		a, err := Compile(config.Action{Kind: w, Time: config.TimeDay})
		if err != nil || a.Kind() != Kind(k) || a.Kind().String() != string(w) {
			t.Errorf("%s: %v, %v", w, a.Kind(), err)
		}
	}
}

// all is one action of every form.
func all(t testing.TB) []Action {
	var out []Action
	for _, c := range []config.Action{
		{Kind: config.ActionKeep},
		{Kind: config.ActionMask}, {Kind: config.ActionMask, KeepLast: 1}, {Kind: config.ActionMask, KeepLast: 4},
		{Kind: config.ActionReplace}, {Kind: config.ActionReplace, Text: "x"},
		{Kind: config.ActionGeneralise, Buckets: []float64{-1, 0.5, 100}},
		{Kind: config.ActionGeneralise, Time: config.TimeMinute}, {Kind: config.ActionGeneralise, Time: config.TimeHour},
		{Kind: config.ActionGeneralise, Time: config.TimeDay}, {Kind: config.ActionGeneralise, Time: config.TimeMonth},
		{Kind: config.ActionTruncate}, {Kind: config.ActionTruncate, IPv4Bits: 13, IPv6Bits: 29},
		{Kind: config.ActionPseudonym}, {Kind: config.ActionPseudonym, As: "user"},
	} {
		out = append(out, compiled(t, c))
	}
	return out
}

// FuzzTwice: to act upon one's own output changes nothing, a number is a JSON number, and what was before in dst stays.
func FuzzTwice(f *testing.F) {
	for _, s := range []string{"", "alice@example.com", "4111111111111111", "***1117", "-1.5e3", "<0.5", "2026-03-14T09:26:53.1+01:00", "1773480413123",
		"192.0.2.77:80", "2002:c000:24d::1", "email_e7_aaaaaaaaaaaaaaaaaaaaaaaaaa", "7258118399999", "0.0e0"} {
		f.Add([]byte(s))
	}
	actions := all(f)
	env := &Env{Minter: minter(f), Kind: "email"}
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, a := range actions {
			before := string(value)
			out, number, ok := a.Append([]byte("x"), value, env)
			if string(value) != before || out[0] != 'x' || !ok && len(out) > 1 {
				t.Fatalf("%s changed what it was given, or left something: %q", a.kind, out)
			}
			once := out[1:]
			if !ok {
				continue
			}
			if number && !isNumber(once) {
				t.Fatalf("%s of %q: %q is no number", a.kind, value, once)
			}
			twice, _, ok := a.Append(nil, once, env)
			if !ok || string(twice) != string(once) {
				t.Fatalf("%s of %q: %q, and then %q", a.kind, value, once, twice)
			}
		}
	})
}

func TestAppendAllocatesNothing(t *testing.T) {
	env := &Env{Minter: minter(t), Kind: "email"}
	dst := make([]byte, 0, 256)
	var values [][]byte
	for _, s := range []string{"alice@example.com", "4111 1111 1111 1111", "2026-03-14T09:26:53Z", "1773480413123", "192.0.2.1:80", "2001:db8::1%eth0", "1e400"} {
		values = append(values, []byte(s))
	}
	actions := all(t)
	if n := testing.AllocsPerRun(100, func() {
		for i := range actions {
			for _, v := range values {
				dst, _, _ = actions[i].Append(dst[:0], v, env)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	env := &Env{Minter: minter(b), Kind: "email"}
	dst := make([]byte, 0, 256)
	for _, c := range []struct {
		name   string
		action config.Action
		value  string
	}{
		{"mask", config.Action{Kind: config.ActionMask, KeepLast: 4}, "4111 1111 1111 1117"},
		{"replace", config.Action{Kind: config.ActionReplace, Text: "[email]"}, "alice@example.com"},
		{"buckets", config.Action{Kind: config.ActionGeneralise, Buckets: []float64{0, 10, 100, 1000}}, "137.25"},
		{"time", config.Action{Kind: config.ActionGeneralise, Time: config.TimeHour}, "2026-03-14T09:26:53.123Z"},
		{"epoch", config.Action{Kind: config.ActionGeneralise, Time: config.TimeHour}, "1773480413123"},
		{"ipv4", config.Action{Kind: config.ActionTruncate}, "192.0.2.77"},
		{"ipv6", config.Action{Kind: config.ActionTruncate}, "2001:db8:1234:5678::1"},
		{"pseudonym", config.Action{Kind: config.ActionPseudonym}, "alice@example.com"},
	} {
		a, value := compiled(b, c.action), []byte(c.value)
		b.Run("action="+c.name, func(b *testing.B) {
			b.SetBytes(int64(len(value)))
			b.ReportAllocs()
			for b.Loop() {
				dst, _, _ = a.Append(dst[:0], value, env)
			}
		})
	}
}
