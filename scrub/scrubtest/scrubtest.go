// Package scrubtest makes what a test needs around a record: a policy, keys, facts to attach. For tests only.
package scrubtest

import (
	"bytes"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
)

// Policy compiles a config file's text; "" is the default policy.
func Policy(t testing.TB, text string) *scrub.Policy {
	t.Helper()
	c, err := config.Parse("policy.yaml", []byte(text), config.Env{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	p, err := scrub.Compile(c)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

// Keys are one tenant's, made of nothing secret.
func Keys(t testing.TB) *pseudonym.Domain {
	t.Helper()
	d, err := pseudonym.Derive(bytes.Repeat([]byte("k"), 32), "acme", "operations", 7)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Facts are the lines of a text, name=value, as facts of a request.
func Facts(text string) (fields []meta.Field) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		fields = append(fields, meta.Field{Name: name, Value: []byte(value), Class: config.ClassTelemetry})
	}
	return fields
}
