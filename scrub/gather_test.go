package scrub_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/scrubtest"
	"winnow/scrub/scrubtest/golden"
)

// goldenTexts are what the detectors' own cases look at, whole and line by line.
func goldenTexts(t *testing.T) (texts []string) {
	t.Helper()
	for _, c := range golden.Read(t, "detect/testdata/*/*.txtar") {
		if in, ok := c.Sections["in"]; ok {
			texts = append(append(texts, in), strings.Split(in, "\n")...)
		}
	}
	if len(texts) < 100 {
		t.Fatalf("only %d texts in golden cases", len(texts))
	}
	return texts
}

// scrubbed is what one Run makes of a body, and what it counts.
func scrubbed(p *scrub.Policy, trace func(scrub.Event), work func(run *scrub.Run)) (out string, findings []int) {
	run := p.Begin(scrub.Request{Mode: config.ModeScrub, Trace: trace})
	defer run.Close()
	work(run)
	return string(run.Finish().Bytes()), slices.Clone(run.Counts().Findings)
}

// What is found in texts that are scanned together is what is found in each alone, whichever stand beside each other, with rules of the
// operator's own too, and with a name that says nothing of its values.
func TestGatheredTextsAreScannedAsOneByOne(t *testing.T) {
	p := scrubtest.Policy(t, `policy: {custom: [{id: staff, words: [alice, bob]}, {id: order, pattern: "^ord(er|-)[ :=]*[0-9]{4,}"},
  {id: paragraph, pattern: "(?s)token.{1,200}token"}]}`)
	texts, r := goldenTexts(t), rand.New(rand.NewPCG(1, 1))
	for range len(texts) / 20 { // numbers of phones where no name of another kind stands before them
		texts = append(texts, "0033199001234", "(0033199001234) ann@example.com", "called by 0033199001234")
	}
	for round := range 60 {
		var key []byte
		if round%2 == 0 {
			key = []byte("remark")
		}
		var body []byte
		var places [][2]int
		for range 80 {
			body = append(body, 0x0a, byte(r.IntN(128)))
			from := len(body)
			body = append(body, texts[r.IntN(len(texts))]...)
			places = append(places, [2]int{from, len(body)})
		}
		work := func(ahead bool) func(*scrub.Run) {
			return func(run *scrub.Run) {
				if err := run.LoadBinary(body); err != nil {
					t.Fatal(err)
				}
				for _, at := range places {
					if ahead {
						run.Gather(at[0], at[1])
					}
				}
				run.Scan()
				for _, at := range places {
					if _, err := run.Text(at[0], at[1], run.Message(), key); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		together, counts := scrubbed(p, nil, work(true))
		alone, want := scrubbed(p, nil, work(false))
		if together != alone || !slices.Equal(counts, want) {
			t.Fatalf("together\n%q\nalone\n%q", together, alone)
		}
	}
}

// The values of an envelope of JSON are found ahead of the walk, decoded, and are what they are when each is read at its turn.
func TestValuesAreReadAheadAsAtTheirTurn(t *testing.T) {
	p := scrubtest.Policy(t, "version: 1\n")
	texts, r := goldenTexts(t), rand.New(rand.NewPCG(2, 2))
	for range 20 {
		var body []byte
		for len(body) < 200<<10 {
			quoted, err := json.Marshal(texts[r.IntN(len(texts))])
			if err != nil {
				t.Fatal(err)
			}
			body = append(append(append(body, `{"message":`...), quoted...), `,"n": 4111111111111111,"1773480413009549000":"1773480413009549000"}`...)
			body = append(body, '\n')
		}
		work := func(run *scrub.Run) {
			if err := run.LoadValues(body); err != nil {
				t.Fatal(err)
			}
			for at := 0; at < len(body); {
				end, _, err := run.Record(at, scrub.Root)
				if err != nil {
					t.Fatal(err)
				}
				at = end + bytes.IndexByte(body[end:], '\n') + 1
			}
		}
		ahead, counts := scrubbed(p, nil, work)
		inTurn, want := scrubbed(p, func(scrub.Event) {}, work)
		if ahead != inTurn || !slices.Equal(counts, want) {
			t.Fatal("read ahead, the values leave otherwise than read in turn")
		}
		if strings.Contains(ahead, `"n": 4111111111111111`) {
			t.Fatal("a card is left")
		}
	}
}

// A body of nothing but short texts costs no more memory than it has bytes, and what is not gathered is scanned all the same.
func TestWhatIsNotGatheredIsScanned(t *testing.T) {
	p := scrubtest.Policy(t, "version: 1\n")
	body := bytes.Repeat([]byte("alice@example.com "), 4000)
	out, counts := scrubbed(p, nil, func(run *scrub.Run) {
		if err := run.LoadBinary(body); err != nil {
			t.Fatal(err)
		}
		for i := range body {
			run.Ahead(i)
			run.Expect(i, i+1, run.Message(), nil)
			run.Until(i + 1)
		}
		run.Scan()
		if run.Passed(0, len(body)) {
			t.Error("a record that was not read ahead passed")
		}
		for i := 0; i < len(body); i += 18 {
			if _, err := run.Text(i, i+17, run.Message(), nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	if strings.Contains(out, "alice") || counts[detect.Email] != 4000 {
		t.Errorf("%d of 4000 are found", counts[detect.Email])
	}
}

// A text in braces that no object begins with is text: nothing in it is lost, and it costs no more than other text does.
func TestBracesAreNoRecord(t *testing.T) {
	p := scrubtest.Policy(t, "version: 1\npolicy: {mode: scrub}\n")
	for _, c := range []struct{ text, want string }{
		{"{request}", "{request}"},
		{"{alice@example.com}", "{[email]}"},
		{" {\t}", " {\t}"},
		{`{ "mail":"alice@example.com" }`, `{ "mail":"[email]" }`},
		{`{mail:"alice@example.com"}`, `{mail:"[email]"}`},
		{"{", "{"},
	} {
		run := p.Begin(scrub.Request{})
		if err := run.LoadBinary([]byte(c.text)); err != nil {
			t.Fatal(err)
		}
		run.Gather(0, len(c.text))
		run.Scan()
		if _, err := run.Text(0, len(c.text), run.Message(), nil); err != nil {
			t.Fatal(err)
		}
		if got := string(run.Finish().Bytes()); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		run.Close()
	}
}

// What a text begins, such as a block of lines or an entry of a file, does not go on in the one that is gathered behind it.
func TestGatheredTextsEnd(t *testing.T) {
	p := scrubtest.Policy(t, "version: 1\npolicy: {mode: scrub}\n")
	for _, texts := range [][2]string{
		{"password = <<-EOT", "hunter22xyz4"}, {"password: |", "hunter22xyz4"}, {"passwords:", "  - hunter22xyz4"},
		{"machine api.example.com", "login to password page"}, {"machine db.example.com login", "user gave password again"},
	} {
		body := []byte(texts[0] + texts[1])
		out, _ := scrubbed(p, nil, func(run *scrub.Run) {
			if err := run.LoadBinary(body); err != nil {
				t.Fatal(err)
			}
			run.Gather(0, len(texts[0]))
			run.Gather(len(texts[0]), len(body))
			run.Scan()
			for _, at := range [][2]int{{0, len(texts[0])}, {len(texts[0]), len(body)}} {
				if _, err := run.Text(at[0], at[1], run.Message(), nil); err != nil {
					t.Fatal(err)
				}
			}
		})
		if out != string(body) {
			t.Errorf("%q and %q became %q", texts[0], texts[1], out)
		}
	}
}
