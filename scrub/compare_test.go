package scrub_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// smallPolicy is a policy of a few rules over few names, in which order, stars, objects and classes all matter.
func smallPolicy(r *rand.Rand) string {
	var b strings.Builder
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	fmt.Fprintf(&b, "policy:\n  preset: none\n  mode: %s\n  classes: [%s]\n", pick("strict", "scrub"), pick("telemetry", "telemetry, identity"))
	fmt.Fprintf(&b, "  detectors: {ipv4: {off: %s}}\n", pick("true", "false"))
	for i := range r.IntN(5) {
		if i == 0 {
			b.WriteString("  rules:\n")
		}
		fields := pick("a", "a", "b", "a.b", "a.b", "a.*", "a.**", "*.b", "**", "*b", "b*", "**.b")
		fmt.Fprintf(&b, "    - {id: r%d, fields: [%q], class: %s, action: %s}\n", i, fields, pick("telemetry", "telemetry", "identity"),
			pick("keep", "keep", "drop", "drop_record", "mask", "{mask: {keep_last: 2}}", "{replace: gone}"))
	}
	return b.String()
}

// near is a policy with one rule less, or two rules in each other's place: most of what it lets out is let out by the other.
func near(r *rand.Rand, policy string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(policy, "\n"), "\n")
	head := 6 // lines before the first rule
	n := len(lines) - head
	if n < 2 {
		return policy + "# the same\n"
	}
	i := head + r.IntN(n)
	if r.IntN(2) == 0 {
		return strings.Join(slices.Delete(lines, i, i+1), "")
	}
	lines[len(lines)-1] += "\n"
	k := head + r.IntN(n)
	lines[i], lines[k] = lines[k], lines[i]
	return strings.Join(lines, "")
}

// leaves are the planted values that a record still has when it leaves.
func leaves(t *testing.T, p *scrub.Policy, record string, values []string) (left []string) {
	t.Helper()
	run := p.Begin(scrub.Request{})
	defer run.Close()
	if err := run.LoadJSON([]byte(record)); err != nil {
		t.Fatal(err)
	}
	if _, fate, err := run.Record(0, scrub.Root); err != nil || fate != scrub.Kept {
		return nil
	}
	out := string(run.Finish().Bytes())
	for _, v := range values {
		if strings.Contains(out, v) {
			left = append(left, v)
		}
	}
	return left
}

// smallRecord is a record whose every value can be told from all others, whole and by its end.
func smallRecord(r *rand.Rand) (text string, values []string) {
	var object func(depth int) string
	object = func(depth int) string {
		var members []string
		for range 1 + r.IntN(3) {
			key := []string{"a", "b", "ab", "x", "a.b", "bx"}[r.IntN(6)]
			switch {
			case depth > 0 && r.IntN(2) == 0:
				members = append(members, fmt.Sprintf("%q:%s", key, object(depth-1)))
			default:
				v := fmt.Sprintf("v%c%c", 'A'+len(values), 'A'+len(values))
				if r.IntN(4) == 0 {
					v = fmt.Sprintf("192.0.2.%d", 100+len(values))
				}
				values = append(values, v[len(v)-2:])
				members = append(members, fmt.Sprintf("%q:%q", key, v))
			}
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	text = object(3)
	return text, values
}

// CHANGE-1: whatever the policies and the record, if something leaves under the new one that did not under the old one, the comparison has
// said so; and a policy compared with itself is the same.
func FuzzCompareMissesNothing(f *testing.F) {
	for i := range uint64(80) {
		f.Add(i, i+1)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		before, now := smallPolicy(r), smallPolicy(r)
		if a%4 != 0 {
			now = near(r, before)
		}
		old, next := scrubtest.Policy(t, before), scrubtest.Policy(t, now)
		if list := scrub.Compare(old, scrubtest.Policy(t, "# again\n"+before)); len(list) > 0 {
			t.Fatalf("a policy differs from itself: %+v", list)
		}
		if !scrub.AtLeastAsStrict(old, next) {
			return
		}
		for range 150 {
			text, values := smallRecord(r)
			held := leaves(t, old, text, values)
			for _, v := range leaves(t, next, text, values) {
				if !slices.Contains(held, v) {
					t.Fatalf("%s newly leaves of %s, and nothing was said\nold %s\nnew %s", v, text, before, now)
				}
			}
		}
	})
}

// CHANGE-1: to take a rule away in mode strict lets nothing out, unless it held something back that a later rule names.
func TestCompareDroppedRule(t *testing.T) {
	with := "policy: {preset: none, rules: [{id: a, fields: [a]}, {id: b, fields: [b.*], class: text}, {id: c, fields: ['*_ms']}]}"
	for _, without := range []string{
		"policy: {preset: none, rules: [{id: b, fields: [b.*], class: text}, {id: c, fields: ['*_ms']}]}",
		"policy: {preset: none, rules: [{id: a, fields: [a]}, {id: c, fields: ['*_ms']}]}",
		"policy: {preset: none, rules: [{id: a, fields: [a]}, {id: b, fields: [b.*], class: text}]}",
	} {
		if !scrub.AtLeastAsStrict(scrubtest.Policy(t, with), scrubtest.Policy(t, without)) {
			t.Errorf("%s lets something out", without)
		}
		if scrub.AtLeastAsStrict(scrubtest.Policy(t, without), scrubtest.Policy(t, with)) {
			t.Errorf("%s withholds nothing", without)
		}
	}
}

// CHANGE-1: what stands above a field decides about it too. Each second policy lets {"a":{"b":…},"c":…} out, or its c, and the first does not.
func TestCompareAbove(t *testing.T) {
	for name, pair := range map[string][2]string{
		"an object no longer removed whole": {"[{id: a, fields: [a], action: drop}, {id: b, fields: [a.b]}]", "[{id: b, fields: [a.b]}]"},
		"a masked object now walked":        {"[{id: a, fields: [a], action: mask}, {id: b, fields: [a.b]}]", "[{id: b, fields: [a.b]}]"},
		"a record no longer dropped": {"[{id: b, fields: [a.b], action: drop_record}, {id: c, fields: [c]}]",
			"[{id: a, fields: [a], action: drop}, {id: b, fields: [a.b], action: drop_record}, {id: c, fields: [c]}]"},
	} {
		const form = "policy: {preset: none, rules: %s}"
		old, next := scrubtest.Policy(t, fmt.Sprintf(form, pair[0])), scrubtest.Policy(t, fmt.Sprintf(form, pair[1]))
		if scrub.AtLeastAsStrict(old, next) {
			t.Errorf("%s: nothing was said", name)
		}
		record, values := `{"a":{"b":"first"},"c":"second"}`, []string{"first", "second"}
		if len(leaves(t, old, record, values)) > 0 || len(leaves(t, next, record, values)) == 0 {
			t.Errorf("%s: the example is none", name)
		}
	}
}

// CHANGE-1: what a policy does beside its rules is compared too.
func TestCompareBesideRules(t *testing.T) {
	for name, pair := range map[string][2]string{
		"detector off":      {"{}", "policy: {detectors: {email: {off: true}}}"},
		"class":             {"{}", "policy: {classes: [telemetry, text, usage, device, network, location, identity]}"},
		"preset":            {"policy: {preset: none}", "{}"},
		"mode":              {"{}", "policy: {mode: scrub}"},
		"mode of a route":   {"{}", "routes: [{path: /ingest, protocol: json, mode: scrub}]"},
		"allowed":           {"policy: {allow: {networks: [192.0.2.0/25]}}", "policy: {allow: {networks: [192.0.2.0/24]}}"},
		"private addresses": {"{}", "policy: {detect_private_ips: false}"},
		"fact":              {"metadata: {referrer: {off: true}}", "{}"},
		"longer address":    {"{}", "metadata: {ip: {action: {truncate: {ipv4: 32}}}}"},
		"database":          {"{}", "geo: {country: a.mmdb}\npolicy: {name: x, allow: {values: [x]}}"},
		"custom rule":       {"policy: {custom: [{id: x, words: [one, two]}]}", "policy: {custom: [{id: x, words: [one]}]}"},
		"wider context":     {"policy: {custom: [{id: x, words: [one]}]}", "policy: {custom: [{id: x, words: [one], context: [near]}]}"},
		"many series":       {"{}", "policy: {high_cardinality: accept}"},
	} {
		t.Run(name, func(t *testing.T) {
			loose := scrubtest.Policy(t, pair[1])
			if scrub.AtLeastAsStrict(scrubtest.Policy(t, pair[0]), loose) {
				t.Error("the second is said to let nothing out that the first withholds")
			}
			if name != "database" && !scrub.AtLeastAsStrict(loose, scrubtest.Policy(t, pair[0])) {
				t.Errorf("the first is not said to be stricter: %+v", scrub.Compare(loose, scrubtest.Policy(t, pair[0])))
			}
		})
	}
}
