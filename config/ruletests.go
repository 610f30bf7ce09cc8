package config

import (
	"slices"
	"strings"
)

// Test is an example of what the policy must do, run by `winnow test`, by `winnow check`, and whenever the file is loaded: a policy of
// which one fails does not load, and the old one stays in force. A test says what it expects in at least one way; if in several, all of
// them must hold. No metadata is attached. Pseudonyms are made under a fixed test key in epoch 0, so that they are the same everywhere.
// References such as ${NAME} are not replaced in it. Tests are no part of the policy's version.
type Test struct {
	// Name of the test, unique. It stands in winnow's log when the test fails; nothing else of a test does.
	Name string `yaml:"name" required:"true" form:"text"`
	// Protocol of the input: that of a route or listener, in its JSON form, or text, plain lines. Of syslog each line is a message, of clickhouse the
	// input is the rows of an INSERT … FORMAT JSONEachRow, of sentry an event, or an envelope in lines. Default json.
	Protocol string `yaml:"protocol" default:"json" words:"json text loki elasticsearch otlp splunk datadog clickhouse gelf syslog sentry"`
	// Mode of scrubbing. Default: the policy's.
	Mode Mode `yaml:"mode"`
	// Input is the whole body of a request.
	Input string `yaml:"input" required:"true" raw:"true"`
	// Want is the whole body that leaves, byte for byte, but for one line feed at its end.
	Want *string `yaml:"want" raw:"true"`
	// Unchanged expects that the body leaves as it came.
	Unchanged bool `yaml:"unchanged"`
	// Findings expects that these detectors, or custom rules by their ids, find something, each as often as named, in the order of the
	// body; [] that none does. What becomes of the findings is not asked; what policy.allow leaves alone is none.
	Findings []string `yaml:"findings"`
	// Dropped expects that the policy drops every record.
	Dropped bool `yaml:"dropped"`
}

// tests checks what tests say; whether they hold is known only by running them.
func (c *checker) tests() {
	names := map[string]int{}
	known := slices.Clone(detectors)
	for _, r := range c.Policy.Custom {
		known = append(known, r.ID)
	}
	for i := range c.Tests {
		t, path := &c.Tests[i], index("tests", i)
		c.unique(path+".name", "test", t.Name, names)
		if t.Input == "" && c.Source.Has(path+".input") {
			c.wrong(path+".input", "write a record", "the input of a test is empty")
		}
		for k, name := range t.Findings {
			if !slices.Contains(known, name) {
				c.wrong(index(path+".findings", k), suggest(name, known), "unknown detector %s", show(name))
			}
		}
		c.expectations(path, t)
	}
}

// expectations refuses tests that expect nothing, or what cannot be together.
func (c *checker) expectations(path string, t *Test) {
	for _, key := range []string{"want", "unchanged", "findings", "dropped"} {
		if c.bad[path+"."+key] {
			return
		}
	}
	switch {
	case t.Want == nil && !t.Unchanged && t.Findings == nil && !t.Dropped:
		c.wrong(path, "write want, unchanged: true, findings or dropped: true", "a test expects nothing")
	case t.Unchanged && t.Dropped:
		c.wrong(path+".dropped", "keep one", "a record that is dropped does not leave unchanged")
	case t.Unchanged && t.Want != nil && strings.TrimSuffix(*t.Want, "\n") != strings.TrimSuffix(t.Input, "\n"):
		c.wrong(path+".want", "keep one", "want is not the input, which is said to leave unchanged")
	}
}
