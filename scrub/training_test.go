package scrub_test

import (
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
)

const trainingUpstreams = `upstreams:
  - {id: main, url: "http://127.0.0.1:9428"}
  - {id: lab, url: "http://127.0.0.1:9429", format: ndjson, purposes: [training]}
`

// TRAIN-2: the policy of copies is at least as strict as the policy, on every way and for every tenant; one that is not does not load, and the
// mistake names what could come out.
func TestTRAIN2CopiesAreNoLooser(t *testing.T) {
	const policy = "policy: {mode: scrub, rules: [{id: shown, fields: [note]}, {id: gone, fields: [hidden], action: drop}], detectors: {email: {action: drop}}}\n"
	for name, tt := range map[string]struct{ training, want string }{
		"default":          {"", ""},
		"scrub":            {"mode: scrub", ""},
		"classes":          {"classes: [telemetry]", ""},
		"rule":             {"rules: [{id: more, fields: [note], action: drop}]", ""},
		"detector":         {"detectors: {uuid: {on: true}}", ""},
		"looser rule":      {"rules: [{id: more, fields: [hidden]}]", `field "hidden"`},
		"looser detector":  {"detectors: {email: {action: pseudonym}}", `detector "email"`},
		"detector off":     {"detectors: {ipv4: {off: true}}", `detector "ipv4"`},
		"other part":       {"mode: scrub, rules: [{id: more, fields: [note], action: {mask: {keep_last: 2}}}]", `field "note"`},
		"secrets are kept": {"detectors: {card: {off: true}}", "cannot be compiled"},
	} {
		c, err := config.Parse("winnow.yaml", []byte(policy+trainingUpstreams+"tenants: [{id: default}, {id: less, policy: {classes: [telemetry]}}]\ntraining: {upstream: lab, policy: {"+tt.training+"}}\n"), config.Env{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, err := scrub.Compile(c)
		if tt.want != "" {
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "winnow.yaml:") {
				t.Errorf("%s: %v, want %s", name, err, tt.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Training() == nil || !scrub.AtLeastAsStrict(p, p.Training()) || !scrub.AtLeastAsStrict(p.Variant(0, "less").Policy, p.Training().Variant(0, "less").Policy) {
			t.Errorf("%s: copies are looser", name)
		}
		if again, err := config.FromText(p.Training().Text()); err != nil || again.Digest() != p.Training().Digest() {
			t.Errorf("%s: the text of the policy of copies makes another: %v", name, err)
		}
	}
	if p, err := scrub.Compile(config.Default()); err != nil || p.Training() != nil {
		t.Errorf("without training: %v, %v", p.Training(), err)
	}
}
