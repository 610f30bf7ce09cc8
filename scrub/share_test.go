package scrub_test

import (
	"fmt"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
)

// SHARE-1: what leaves a part of a finding in text needs an upstream that may receive its class, if that says what it may.
func TestSHARE1PartsOfFindings(t *testing.T) {
	const classes = ", classes: [telemetry, text, usage, device, network, location]"
	for name, tt := range map[string]struct{ upstream, policy, wrong string }{
		"pseudonym":           {classes, "detectors: {email: {action: pseudonym}}", `"email"`},
		"part of it":          {classes, "detectors: {phone: {action: {mask: {keep_last: 2}}}}", `"phone"`},
		"not looked for":      {classes, "detectors: {email: {off: true}}", `"email"`},
		"one's own":           {classes, "custom: [{id: staff, words: [Bob], action: pseudonym}]", `"staff"`},
		"replaced":            {classes, "detectors: {email: {action: {replace: x}}, phone: {action: drop}}", ""},
		"of a class that may": {classes, "detectors: {ipv4: {action: truncate}}", ""},
		"last digits":         {classes, "detectors: {card: {action: {mask: {keep_last: 4}}}}", ""},
		"it says nothing":     {"", "detectors: {email: {action: pseudonym}}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("p.yaml", fmt.Appendf(nil, "upstreams: [{id: logs, url: 'http://127.0.0.1:1'%s}]\npolicy: {%s}\n", tt.upstream, tt.policy), config.Env{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = scrub.Compile(c)
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("got %v", err)
			}
		})
	}
}
