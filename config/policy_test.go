package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestDigest(t *testing.T) {
	base := "policy:\n  classes: [telemetry, text]\n  rules:\n    - {id: a, fields: [a]}\n"
	digest := parse(t, base).Digest()
	for _, same := range []string{
		"# comment\nlisten: 127.0.0.1:9\nlimits: {max_depth: 9}\n" + base,
		"policy:\n  name: other\n  classes: [text, telemetry]\n  mode: strict\n  rules:\n  - fields: [a]\n    class: telemetry\n    action: keep\n    id: a\n",
		base + "  detect_private_ips: true\n",
		"upstream: http://127.0.0.1:9428\n" + base,
	} {
		if got := parse(t, same).Digest(); got != digest {
			t.Errorf("digest differs for\n%s", same)
		}
	}
	seen := map[string]string{digest: base}
	for _, other := range []string{
		strings.Replace(base, "[a]", "[b]", 1),
		strings.Replace(base, "text]", "text, identity]", 1),
		base + "  mode: scrub\n",
		base + "  preset: none\n",
		base + "  detect_private_ips: false\n",
		base + "  detectors: {uuid: {on: true}}\n",
		base + "metadata: {ip: {off: true}}\n",
		strings.Replace(base, "fields: [a]", "fields: [a], action: {mask: {keep_last: 1}}", 1),
		base + "routes: [{path: /a, protocol: json, mode: scrub}]\n",
	} {
		got := parse(t, other).Digest()
		if twin, again := seen[got]; again {
			t.Errorf("one digest for\n%s\nand\n%s", twin, other)
		}
		seen[got] = other
	}
}

func TestPreset(t *testing.T) {
	rules, err := Preset("service-operations")
	if err != nil {
		t.Fatal(err)
	}
	ids, fields := map[string]bool{}, map[string]string{}
	for _, r := range rules {
		if ids[r.ID] {
			t.Errorf("rule %s stands twice", r.ID)
		}
		ids[r.ID] = true
		for _, f := range r.Fields {
			f = strings.ToLower(f)
			if twin, again := fields[f]; again {
				t.Errorf("rule %s: %s is decided by rule %s already", r.ID, f, twin)
			}
			fields[f] = r.ID
		}
	}
	if _, err := Preset("nothing"); err == nil {
		t.Error("an unknown preset is no error")
	}
	if rules, err := Preset("none"); err != nil || len(rules) > 0 {
		t.Errorf("none is %v, %v", rules, err)
	}
}

// What is about a person leaves by no default: its class may not, or it is cut down or made a pseudonym.
func TestPresetNamesNobody(t *testing.T) {
	c := Default()
	for _, field := range []string{"user.id", "user_id", "email", "user.email", "username", "session_id", "account_id", "enduser.id", "device_id"} {
		r := ruleOf(t, c, field)
		if slices.Contains(c.Policy.Classes, r.Class) || r.Action.Kind != ActionPseudonym {
			t.Errorf("%s: class %s, action %s", field, r.Class, r.Action.Kind)
		}
	}
	for field, want := range map[string]ActionKind{
		"client.address": ActionTruncate, "remote_addr": ActionTruncate, "user_agent": ActionDrop, "bulk._id": ActionPseudonym, "bulk.routing": ActionPseudonym,
	} {
		if got := ruleOf(t, c, field).Action.Kind; got != want {
			t.Errorf("%s: action %s, want %s", field, got, want)
		}
	}
	for _, r := range c.AllRules() {
		for _, f := range r.Fields {
			if strings.HasPrefix(f, "**") || f == "*" {
				t.Errorf("rule %s: %s names everything", r.ID, f)
			}
		}
	}
}

func ruleOf(t *testing.T, c *Config, field string) Rule {
	for _, r := range c.AllRules() {
		if slices.Contains(r.Fields, field) {
			return r
		}
	}
	t.Fatalf("no rule names %s", field)
	return Rule{}
}

func TestOwnRulesComeFirst(t *testing.T) {
	rules := parse(t, "policy:\n  rules:\n    - {id: mine, fields: [level], action: drop}\n").AllRules()
	if rules[0].ID != "mine" || len(rules) < 10 {
		t.Errorf("the first of %d rules is %s", len(rules), rules[0].ID)
	}
}

func TestStarter(t *testing.T) {
	for _, preset := range []string{"service-operations", "none"} {
		data := Starter(preset)
		first, _, _ := strings.Cut(string(data), "\n")
		if first != "# yaml-language-server: $schema="+SchemaFile {
			t.Errorf("first line is %q", first)
		}
		c := parse(t, string(data))
		if c.Policy.Preset != preset || len(c.Warnings) > 0 {
			t.Errorf("preset %q, warnings %v", c.Policy.Preset, c.Warnings)
		}
	}
}

// What the starter offers behind a # loads too, once the # is taken away.
func TestStarterOffersWhatLoads(t *testing.T) {
	var lines []string
	for _, line := range strings.Split(string(Starter("service-operations")), "\n") {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		text := strings.TrimPrefix(line, indent+"# ")
		key, _, isKey := strings.Cut(strings.TrimLeft(text, " -"), ":")
		if text != line && isKey && !strings.ContainsAny(key, " ,") && key != "upstream" && key != "strict" && key != "yaml-language-server" {
			line = indent + text
		}
		lines = append(lines, line)
	}
	env := testEnv()
	env.Lookup = func(string) (string, bool) { return "x", true }
	env.ReadFile = func(string) ([]byte, error) { return []byte(strings.Repeat("x", 32)), nil }
	c, err := Parse("starter.yaml", []byte(strings.Join(lines, "\n")), env)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tenants[0].Keys) != 1 || len(c.Upstreams[0].Headers) != 2 || len(c.TrustedProxies) != 2 || !c.Metadata[FactReferrer].Off ||
		len(c.Policy.Rules) != 4 || len(c.Policy.Detectors) != 4 || len(c.Policy.Custom) != 1 || len(c.Policy.Allow.Domains) != 1 {
		t.Errorf("something stayed behind its #: %+v", c)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "1": 1, "64B": 64, "64KiB": 65536, "64 KiB": 65536, "2kB": 2000, "2KB": 2000, "3MB": 3e6, "1GiB": 1 << 30, "9GB": 9e9,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "-1", "1.5MiB", "1 TiB", "1  MiB", "1mib", "9223372036854775807KiB", "99999999999999999999", "+1", "0x10"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]string{"0": "0s", "30s": "30s", "30d": "720h0m0s", "1d12h": "36h0m0s", "500ms": "500ms", "0d": "0s"} {
		if got, err := ParseDuration(text); err != nil || got.String() != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "30", "-1s", "1d-1h", "1.5d", "99999999d", "1 d", "1h1d"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	keys := keysOf(fieldsOf(reflect.TypeFor[Config]()))
	for word, want := range map[string]string{
		"listn": "listen", "Listen": "listen", "upstraem": "upstream", "trusted-proxies": "trusted_proxies", "polices": "policy", "xyzzy": "",
	} {
		if got := nearest(word, keys); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
	for word, want := range map[string]string{"pan_luhn": "card", "iban_number": "iban", "e-mail": "email", "credit_card": "card"} {
		if got := nearest(word, DetectorNames()); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}

// An entry without an id, which is a mistake of its own, takes no hint from another one.
func TestNearestAmongNamelessEntries(t *testing.T) {
	for word, want := range map[string]string{"emial": "email", "my_email": "email"} {
		if got := nearest(word, []string{"", "email"}); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}

// CHANGE-1: the text of a policy makes one of the same digest, whatever the file says, and no other text makes any.
func TestCHANGE1TextMakesTheSamePolicy(t *testing.T) {
	files := append(glob(t, "testdata/*.good.yaml"), "default.yaml", "starter.yaml")
	for _, name := range files {
		c, err := Parse(name, read(t, name), testEnv())
		if err != nil {
			t.Fatal(err)
		}
		again, err := FromText(c.Text())
		if err != nil || again.Digest() != c.Digest() {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := string(Default().Text())
	for _, other := range []string{"", "{", "{}", text + " ", strings.Replace(text, `"Form":1`, `"Form":2`, 1), strings.Replace(text, `"Form":1`, `"Form":1,"More":1`, 1)} {
		if _, err := FromText([]byte(other)); err == nil {
			t.Errorf("%.40q... makes a policy", other)
		}
	}
}
