package scrub_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/scrubtest"
)

// tightened is a policy beside what a route and a tenant withhold beyond it; the second is what the tenant gets there. It is nil where the
// file does not load.
func tightened(t *testing.T, policy, route, tenant string) (base *scrub.Policy, v scrub.Variant) {
	t.Helper()
	text := policy + "routes: [{path: /x, protocol: json" + route + "}]\ntenants: [{id: shop, policy: {" + tenant + "}}, {id: other}]\n"
	c, err := config.Parse("policy.yaml", []byte(text), config.Env{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	base, err = scrub.Compile(c)
	if err != nil {
		return nil, scrub.Variant{}
	}
	return base, base.Variant(0, "shop")
}

// SHARE-1: whatever the policy, what a route and a tenant withhold beyond it, and the record: what leaves under the variant leaves under the
// policy.
func FuzzVariantLetsNothingOut(f *testing.F) {
	for i := range uint64(120) {
		f.Add(i, i+7)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		policy := smallPolicy(r)
		if r.IntN(3) == 0 {
			policy = strings.Replace(policy, "{ipv4: {off: false}}", "{ipv4: {action: drop_record}}", 1)
		}
		base, v := tightened(t, policy, pick("", ", classes: [telemetry]", ", classes: []"), pick("mode: strict", "classes: [telemetry]", "classes: []",
			"drop: [a]", "drop: [a.b, x]", "drop: ['*b'], mode: strict", "drop: ['**.b'], classes: [telemetry]"))
		if base == nil {
			return // it says that it cannot keep the promise
		}
		if !scrub.AtLeastAsStrict(base, v.Policy) {
			t.Fatalf("the comparison finds more that leaves: %+v\n%s", scrub.Compare(base, v.Policy), policy)
		}
		for range 150 {
			text, values := smallRecord(r)
			allowed := leaves(t, base, text, values)
			for _, value := range leaves(t, v.Policy, text, values) {
				if !slices.Contains(allowed, value) {
					t.Fatalf("%s leaves of %s under the variant only\n%s", value, text, policy)
				}
			}
		}
	})
}

// Each distinct variant is one policy, whoever has it, and who has none is under the policy itself.
func TestVariantsAreShared(t *testing.T) {
	p := scrubtest.Policy(t, `
routes:
  - {path: /a, protocol: json}
  - {path: /b, protocol: json, classes: [telemetry, text]}
  - {path: /c, protocol: json, mode: scrub}
listeners:
  - {address: "tcp://127.0.0.1:0", protocol: gelf, classes: [text, telemetry]}
tenants:
  - {id: one, policy: {classes: [telemetry, text]}}
  - {id: two, policy: {classes: [text, telemetry, text], mode: strict}}
  - {id: three, policy: {classes: [telemetry, text, usage, device, network, location]}}
  - {id: four, policy: {mode: strict}}
  - {id: five}
`)
	narrow := p.Variant(1, "five").Policy
	if narrow == p || narrow.Digest() == p.Digest() {
		t.Fatal("the route's classes make no variant")
	}
	for _, same := range []scrub.Variant{p.Variant(0, "one"), p.Variant(0, "two"), p.Variant(1, "one"), p.Variant(3, "five"), p.Variant(2, "one")} {
		if same.Policy != narrow {
			t.Error("an equal variant is another policy")
		}
	}
	for _, own := range []scrub.Variant{p.Variant(0, "five"), p.Variant(0, "three"), p.Variant(0, "four"), p.Variant(2, "five")} {
		if own.Policy != p {
			t.Error("what withholds nothing has a variant")
		}
	}
	for i, want := range map[int]config.Mode{0: "strict", 2: "scrub"} {
		if got := p.Variant(i, "five").Mode; got != want {
			t.Errorf("mode on way %d is %s, want %s", i, got, want)
		}
	}
	if v := p.Variant(2, "four"); v.Mode != config.ModeStrict || v.Policy == p {
		t.Errorf("a strict tenant on a route of mode scrub: %+v", v.Mode)
	}
}

// What a tenant drops goes whatever rules say, and is not attached from headers either.
func TestVariantDrops(t *testing.T) {
	const rules = "policy: {mode: scrub, rules: [{id: a, fields: [user.**, plan]}]}\n"
	base, v := tightened(t, rules, "", "drop: ['user.**', 'user_agent.*']")
	record := `{"user":{"plan":"gold","id":"17"},"plan":"silver"}`
	run := v.Policy.Begin(scrub.Request{Mode: v.Mode})
	defer run.Close()
	if err := run.LoadJSON([]byte(record)); err != nil {
		t.Fatal(err)
	}
	var r meta.Request
	r.Add([]byte("User-Agent"), []byte("curl/8.5.0"))
	r.Add([]byte("Accept-Language"), []byte("de-CH"))
	run.Attach(v.Policy.Meta().Append(nil, &r, nil))
	if _, _, err := run.Record(0, scrub.Root); err != nil {
		t.Fatal(err)
	}
	if got, want := string(run.Finish().Bytes()), `{"plan":"silver","device.class":"other","browser.language":"de-CH"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if ids := v.Policy.RuleIDs(); ids[0] != "tenant_drop" || len(ids) != len(base.RuleIDs())+1 {
		t.Errorf("rules are %q", ids)
	}
}

// Where a record is dropped for a field, that field cannot be removed first.
func TestVariantKeepsDropRecord(t *testing.T) {
	for name, tt := range map[string]struct{ policy, route, tenant, wrong string }{
		"the field itself":       {"{rules: [{id: m, fields: [minor], action: drop_record}]}", "", "drop: [minor]", "tenants[0].policy"},
		"a field above":          {"{rules: [{id: m, fields: [user.minor], action: drop_record}]}", "", "drop: [user]", "tenants[0].policy"},
		"another field":          {"{rules: [{id: m, fields: [minor], action: drop_record}]}", "", "drop: [other]", ""},
		"what is found in it":    {"{detectors: {email: {action: drop_record}}}", ", classes: [telemetry]", "", "routes[0].classes"},
		"an object of the class": {"{rules: [{id: u, fields: [u], class: usage}, {id: m, fields: [u.minor], action: drop_record}]}", ", classes: [text]", "", "routes[0].classes"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("p.yaml", fmt.Appendf(nil, "policy: %s\nroutes: [{path: /x, protocol: json%s}]\ntenants: [{id: shop, policy: {%s}}]\n",
				tt.policy, tt.route, tt.tenant), config.Env{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = scrub.Compile(c)
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), "drop_record")) {
				t.Errorf("got %v", err)
			}
			if err != nil && !strings.HasPrefix(err.Error(), c.Source.Pos(tt.wrong).String()) {
				t.Errorf("%v is not at %s", err, c.Source.Pos(tt.wrong))
			}
		})
	}
}

func BenchmarkCompileVariants(b *testing.B) {
	for _, n := range []int{0, 8} {
		b.Run(fmt.Sprintf("tenants=%d", n), func(b *testing.B) {
			text := "tenants:\n  - id: t\n"
			for i := range n {
				text += fmt.Sprintf("  - {id: t%d, policy: {drop: [f%d]}}\n", i, i)
			}
			c, err := config.Parse("p.yaml", []byte(text), config.Env{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := scrub.Compile(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
