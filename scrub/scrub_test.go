package scrub_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/scrubtest"
	"winnow/scrub/scrubtest/golden"
)

// lines scrubs each line of in as a record: an object by its fields, anything else as text.
func lines(t testing.TB, p *scrub.Policy, in string, attach []meta.Field) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(in) {
		run := p.Begin(scrub.Request{Keys: scrubtest.Keys(t), Meta: attach})
		body := []byte(strings.TrimSuffix(line, "\n"))
		var fate scrub.Fate
		var err error
		if strings.HasPrefix(line, "{") {
			_ = run.LoadJSON(body)
			_, fate, err = run.Record(0, scrub.Root)
		} else {
			_ = run.LoadText(body)
			fate = run.Line(0, len(body))
		}
		switch {
		case err != nil:
			out.WriteString("withheld: " + err.Error() + "\n")
		case fate == scrub.Withheld:
			out.WriteString("withheld\n")
		case fate == scrub.Dropped:
			out.WriteString("dropped\n")
		default:
			clean := run.Finish().Bytes()
			if strings.HasPrefix(line, "{") && !json.Valid(clean) {
				t.Errorf("no JSON any more: %s", clean)
			}
			out.Write(clean)
			out.WriteByte('\n')
		}
		run.Close()
	}
	return out.String()
}

// Sections: policy.yaml (empty: the defaults), meta (name=value lines to attach), in (a record a line), want.
func TestGolden(t *testing.T) {
	golden.Run(t, "testdata/*.txtar", []string{"policy.yaml", "meta", "in"}, func(t *testing.T, in golden.Sections) []txtar.File {
		p, attach := scrubtest.Policy(t, in["policy.yaml"]), scrubtest.Facts(in["meta"])
		got := lines(t, p, in["in"], attach)
		if again := lines(t, p, strings.ReplaceAll(strings.ReplaceAll(got, "dropped\n", ""), "withheld\n", ""), attach); attach == nil && again != got && !strings.Contains(got, "dropped") && !strings.Contains(got, "withheld") {
			t.Errorf("scrubbing twice changes more:\n%sthen:\n%s", got, again)
		}
		return []txtar.File{{Name: "want", Data: []byte(got)}}
	})
}

// What is found over several lines leaves none of them.
func TestFindingOverLines(t *testing.T) {
	p := scrubtest.Policy(t, "")
	body := "before\nmail bob@example.com -----BEGIN EC PRIVATE KEY-----\nMHQCAQEEIPlantedPlantedPlantedPlantedPlantedPlanted\nAwEHoUQDQgAEPlantedPlantedPlanted==\n-----END EC PRIVATE KEY----- to carol@example.com\nafter\n"
	run := p.Begin(scrub.Request{})
	defer run.Close()
	if err := run.LoadText([]byte(body)); err != nil {
		t.Fatal(err)
	}
	at := 0
	for line := range strings.Lines(body) {
		run.Line(at, at+len(line)-1)
		at += len(line)
	}
	got := string(run.Finish().Bytes())
	if strings.Contains(got, "Planted") || strings.Contains(got, "example.com") || !strings.Contains(got, "mail [email] [private-key]\n") || !strings.HasPrefix(got, "before\n") || !strings.HasSuffix(got, "\nafter\n") || strings.Count(got, "\n") != 6 {
		t.Errorf("got:\n%s", got)
	}
}

// A body loaded without a scan leaves no less scrubbed.
func TestLineOfAnUnscannedBody(t *testing.T) {
	run := scrubtest.Policy(t, "").Begin(scrub.Request{})
	defer run.Close()
	body := []byte("mail alice@example.com")
	if err := run.LoadBinary(body); err != nil {
		t.Fatal(err)
	}
	run.Line(0, len(body))
	if got := string(run.Finish().Bytes()); got != "mail [email]" {
		t.Errorf("got %q", got)
	}
}

// In strict mode a name that must not leave as it is takes its field along, so that scrubbing twice changes nothing.
func TestNameThatMayNotLeave(t *testing.T) {
	p := scrubtest.Policy(t, "policy: {rules: [{id: any, fields: [\"*_ms\", \"by.*\"]}]}\n")
	in := "{\"by\":{\"alice@example.com\":1,\"shop\":2},\"x\x88_ms\":3,\"level\":\"info\"}\n"
	if got := lines(t, p, in, nil); got != "{\"by\":{\"shop\":2},\"level\":\"info\"}\n" {
		t.Errorf("got %s", got)
	}
}

// What a Run has made stays when it is given back with the memory of its results, whatever the next Run makes.
func TestReleasedResultsStay(t *testing.T) {
	p := scrubtest.Policy(t, "")
	var held scrub.Held
	scrubbed := func(text string) []byte {
		run := p.Begin(scrub.Request{})
		if err := run.LoadText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		run.Line(0, len(text))
		*run.Buffer(0) = append(*run.Buffer(0), text...)
		clean := run.Finish().Bytes()
		run.Release(&held)
		return clean
	}
	first := scrubbed("from alice@example.com, again")
	var other scrub.Held
	held, other = other, held
	scrubbed("bob@example.org was the second to come here")
	if got := string(first); got != "from [email], again" {
		t.Errorf("the first result has become %q", got)
	}
	held = other
	if again := scrubbed("carol@example.net"); string(again) != "[email]" {
		t.Errorf("third result %q", again)
	}
}
