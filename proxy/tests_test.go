package proxy_test

import (
	"strings"
	"testing"

	"winnow/config"
)

const guarded = `policy: {mode: scrub}
tests:
  - name: addresses go
    protocol: text
    input: mail planted@example.com
    want: mail [email]
`

// A policy of which a test fails does not load. The old one stays in force, and the log says which test it was and where it stands, without
// any text of it.
func TestReloadRunsTheTests(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, guarded)
	r.change(t, "mode: scrub}", "mode: scrub, detectors: {email: {action: mask}}}")
	r.log.await(t, "configuration not taken")
	if log := r.log.String(); !strings.Contains(log, `:9:5: test \"addresses go\" fails`) || strings.Contains(log, "planted") || strings.Contains(log, "[email]") {
		t.Errorf("the log says\n%s", log)
	}
	r.keptPolicy(t, b)
	r.change(t, "want: mail [email]", "want: mail ***")
	r.log.await(t, "configuration reloaded")
	r.post(t, "/ingest", login)
	if got := b.all(); len(got) != 2 || strings.Contains(got[1], "[email]") {
		t.Errorf("the new policy is not in force: %q", got)
	}
}

func TestStartRunsTheTests(t *testing.T) {
	c := quick(t)
	want := "something else"
	c.Tests = []config.Test{{Name: "wrong", Protocol: "text", Input: "planted", Want: &want}}
	if err := run(t, c); err == nil || !strings.Contains(err.Error(), `test "wrong" fails`) || strings.Contains(err.Error(), "planted") {
		t.Errorf("%v", err)
	}
}
