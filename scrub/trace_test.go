package scrub_test

import (
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/scrubtest"
	"winnow/scrub/scrubtest/golden"
)

// traced scrubs one record and gathers what is told of it, if trace says so.
func traced(t *testing.T, p *scrub.Policy, body string, trace bool) (out string, events []scrub.Event) {
	t.Helper()
	req := scrub.Request{Keys: scrubtest.Keys(t)}
	if trace {
		req.Trace = func(e scrub.Event) { events = append(events, e) }
	}
	run := p.Begin(req)
	defer run.Close()
	var fate scrub.Fate
	if strings.HasPrefix(body, "{") {
		if err := run.LoadJSON([]byte(body)); err != nil {
			t.Fatal(err)
		}
		_, fate, _ = run.Record(0, scrub.Root)
	} else {
		if err := run.LoadText([]byte(body)); err != nil {
			t.Fatal(err)
		}
		fate = run.Line(0, len(body))
	}
	if fate == scrub.Kept {
		out = string(run.Finish().Bytes())
	}
	return out, events
}

// To be told of decisions changes none of them, and of each finding that is counted one event tells.
func TestTraceChangesNothing(t *testing.T) {
	for _, c := range golden.Read(t, "testdata/*.txtar") {
		p := scrubtest.Policy(t, c.Sections["policy.yaml"])
		for line := range strings.Lines(c.Sections["in"]) {
			line = strings.TrimSuffix(line, "\n")
			plain, _ := traced(t, p, line, false)
			told, events := traced(t, p, line, true)
			if plain != told {
				t.Errorf("%s: traced:\n%s\nnot traced:\n%s", c.Path, told, plain)
			}
			for _, e := range events {
				if e.Detector == detect.None && len(e.RunnersUp) > 0 {
					t.Errorf("%s: a field has runners-up: %+v", c.Path, e)
				}
			}
		}
	}
}

// Every field is told of once, in the order of the body, and what is found in a field behind it.
func TestTraceTellsEveryField(t *testing.T) {
	const body = `{"level":"info","n":null,"user":{"name":"x"},"tags":["a@example.com",1],"message":"{\"level\":\"warn\",\"gone\":1}","ms":4111111111111111}`
	_, events := traced(t, scrubtest.Policy(t, "policy: {rules: [{id: n, fields: [n], action: mask}]}"), body, true)
	var got strings.Builder
	for _, e := range events {
		got.WriteString(e.Path + " " + string(e.Action))
		if e.Detector != detect.None {
			got.WriteString(" by " + e.Detector.String())
		}
		got.WriteString(", ")
	}
	want := "level keep, n keep, user.name drop, tags keep, tags replace by email, tags keep, message keep, message.level keep, message.gone drop, ms drop, "
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
	for _, e := range events {
		if e.Action == config.ActionKeep && e.Rule == "" {
			t.Errorf("%s is kept, and no rule is named", e.Path)
		}
	}
}
