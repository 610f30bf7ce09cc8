package scrub_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/scrubtest"
)

// The page about rules of one's own shows a policy, what comes and what leaves.
func TestPageIsTrue(t *testing.T) {
	page, err := os.ReadFile("../docs/custom-rules.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```[a-z]+\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks", len(blocks))
	}
	p := scrubtest.Policy(t, string(blocks[0][1]))
	if got, want := lines(t, p, string(blocks[1][1]), nil), string(blocks[2][1]); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestOwnDetectorsAreCounted(t *testing.T) {
	p := scrubtest.Policy(t, "policy: {custom: [{id: staff, words: [alice]}, {id: host, words: [bob]}]}")
	names := p.DetectorNames()
	if len(names) != detect.Count+2 || names[detect.Email] != "email" || !slices.Equal(names[detect.Count:], []string{"staff", "host"}) {
		t.Errorf("names are %v", names)
	}
	run := p.Begin(scrub.Request{Mode: config.ModeScrub})
	defer run.Close()
	if err := run.LoadText([]byte("alice, bob and alice@example.com")); err != nil {
		t.Fatal(err)
	}
	run.Line(0, len(run.In()))
	if c := run.Counts().Findings; c[detect.Count] != 1 || c[detect.Count+1] != 1 || c[detect.Email] != 1 {
		t.Errorf("counts are %v", c)
	}
}

// What Compile refuses has its place in the file, and shows no word of a list.
func TestRulesRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{id: a, pattern: "[0-9"}`:                             `custom "a": pattern: not a pattern in the syntax of RE2: missing closing ]`,
		`{id: a, pattern: "[0-9]+"}`:                           `custom "a": pattern: no text of three bytes`,
		`{id: order, pattern: "[a-z]+", cost: accept}`:         `custom "order": pattern: it finds what it, or another detector, leaves`,
		`{id: a, words: [planted-name, email]}`:                `custom "a": words: it finds what it, or another detector, leaves`,
		`{id: a, words: [b], action: {replace: "b"}}`:          `custom "a": words: it finds what it`,
		`{id: a, pattern: "(?:x{900}){2}yz", fields: [a.**b]}`: `is not a selector`,
	} {
		c, err := config.Parse("policy.yaml", []byte("policy:\n  custom:\n    - "+text+"\n"), config.Env{})
		if err == nil {
			_, err = scrub.Compile(c)
		}
		if err == nil || !strings.HasPrefix(err.Error(), "policy.yaml:3:") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// FuzzCustomTwice: scrubbing again changes nothing more, and a planted order number, name and token are in no output.
func FuzzCustomTwice(f *testing.F) {
	p := scrubtest.Policy(f, `
policy:
  mode: scrub
  preset: none
  custom:
    - {id: order-number, pattern: '\bORD-[0-9]{8}\b'}
    - {id: staff, words: [Alice Example]}
    - {id: internal-token, keys: [x_internal_token]}
    - {id: account, pattern: '\b[0-9]{8}\b', fields: [account]}
`)
	for _, seed := range []string{"", "order ", "x=", `"`, "4111111111111111 ", "a@", "password=", "[", "1.2.3.", "Bearer ", "%20", `\n`} {
		f.Add(seed, " ")
		f.Add(" ", seed)
		f.Add(seed, seed+"\t")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.ContainsAny(before+after, "\n\r{") {
			return
		}
		in := before + " ORD-12345678 Alice Example x_internal_token=planted77 " + after
		got := lines(t, p, in+"\n", nil)
		for _, planted := range []string{"12345678", "Alice", "planted77"} {
			if strings.Contains(got, planted) && !strings.Contains(before+after, planted) {
				t.Fatalf("%q became %q", in, got)
			}
		}
		if again := lines(t, p, got, nil); again != got {
			t.Fatalf("%q became %q, and then %q", in, got, again)
		}
	})
}
