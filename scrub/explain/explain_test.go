package explain_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/explain"
	"winnow/scrub/scrubtest/golden"
)

// parse makes a configuration of a file's text.
func parse(t *testing.T, text string) (*config.Config, *scrub.Policy) {
	t.Helper()
	env := config.Env{Lookup: func(string) (string, bool) { return "not-to-be-seen-in-any-description", true }}
	c, err := config.Parse("policy.yaml", []byte(text), env)
	if err != nil {
		t.Fatal(err)
	}
	p, err := scrub.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

// Sections: policy.yaml; in, records of which each is explained, or none and the policy is described, or its inventory taken if the file's name
// begins so; want.
func TestGolden(t *testing.T) {
	golden.Run(t, "testdata/*.txtar", []string{"policy.yaml", "in"}, func(t *testing.T, in golden.Sections) []txtar.File {
		c, p := parse(t, in["policy.yaml"])
		got := described(t, c)
		if records, ok := in["in"]; ok {
			got = explained(t, c, p, []byte(records))
		}
		if strings.Contains(t.Name(), "/inventory") {
			got = inventoried(t, c)
		}
		return []txtar.File{{Name: "want", Data: []byte(got)}}
	})
}

func described(t *testing.T, c *config.Config) string {
	t.Helper()
	var b bytes.Buffer
	if err := explain.Describe(&b, c); err != nil {
		t.Fatal(err)
	}
	// The version changes with the preset, which these cases are not about.
	text := strings.Replace(b.String(), c.Digest()[:12], "VERSION", 1)
	b.Reset()
	b.WriteString(text)
	for _, m := range explain.Warnings(c) {
		fmt.Fprintln(&b, m.Error())
	}
	return b.String()
}

func inventoried(t *testing.T, c *config.Config) string {
	t.Helper()
	i := explain.TakeInventory(c)
	i.Digest = "VERSION"
	var b strings.Builder
	if err := i.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func explained(t *testing.T, c *config.Config, p *scrub.Policy, in []byte) string {
	t.Helper()
	e := explain.New(c, p)
	var b strings.Builder
	for line := range bytes.Lines(in) {
		r := e.Record(bytes.TrimSuffix(line, []byte("\n")), scrub.Request{})
		fmt.Fprintf(&b, "fate %d %s\n", r.Fate, r.Fault)
		for _, part := range r.Parts {
			by := part.Detector
			if part.Kind != "" {
				by += " (" + part.Kind + ")"
			}
			fmt.Fprintf(&b, "  %s | %s | %s | %s | %s | %d+%d in layer %d", part.Path, part.Rule, by, part.Action, part.Why, part.Offset, part.Length,
				part.Layer)
			if part.Validator != "" {
				b.WriteString(", checks " + part.Validator)
			}
			b.WriteByte('\n')
			for _, lost := range part.RunnersUp {
				fmt.Fprintf(&b, "    not %s, %d+%d: it %s\n", lost.Detector, lost.Offset, lost.Length, lost.Why)
			}
		}
		fmt.Fprintf(&b, "%s\n", r.Clean)
	}
	return b.String()
}

// What an explanation says of a record's fields is what the engine did: a field is told to be kept if and only if its bytes are there.
func TestExplanationsAreTrue(t *testing.T) {
	for _, mode := range []config.Mode{config.ModeStrict, config.ModeScrub} {
		c, p := parse(t, "policy: {mode: "+string(mode)+"}")
		e := explain.New(c, p)
		for i, name := range []string{"level", "user", "http.status", "email", "client_ip", "labels.app", "nothing", "order.id"} {
			value := fmt.Sprintf("value-%d", i)
			r := e.Record([]byte(fmt.Sprintf(`{%q:%q,"level":"info"}`, name, value)), scrub.Request{})
			if len(r.Parts) == 0 || r.Parts[0].Path != name {
				t.Errorf("%s: %s is not the first part: %v", mode, name, r.Parts)
				continue
			}
			if kept := r.Parts[0].Action == config.ActionKeep; kept != bytes.Contains(r.Clean, []byte(value)) {
				t.Errorf("%s: %s is told to be %s, and leaves %s", mode, name, r.Parts[0].Action, r.Clean)
			}
		}
	}
}

// Every action has words.
func TestActionsHaveWords(t *testing.T) {
	for kind, want := range map[config.ActionKind]string{
		"": "kept", config.ActionKeep: "kept", config.ActionDrop: "dropped", config.ActionDropRecord: "dropped the record",
		config.ActionMask: "masked", config.ActionReplace: "replaced", config.ActionGeneralise: "generalised",
		config.ActionTruncate: "truncated", config.ActionPseudonym: "made a pseudonym",
	} {
		if got := explain.Verb(kind); got != want {
			t.Errorf("%q: %s, want %s", kind, got, want)
		}
	}
}
