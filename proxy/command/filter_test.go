package command

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"winnow/bench/corpora"
	"winnow/config"
	"winnow/scrub"
)

// scrubAll sends in through a filter of the defaults, in pieces as r gives them.
func scrubAll(t testing.TB, format string, r io.Reader) (string, *filter) {
	t.Helper()
	var out bytes.Buffer
	f := testFilter(format, &out)
	if err := f.scrubLines(r, "test", 1<<20, func(int) {}); err != nil {
		t.Fatal(err)
	}
	return out.String(), f
}

// defaults are what scrub does without flags, compiled once: fuzzing makes many filters.
var defaults = sync.OnceValue(func() func(format string, out io.Writer) *filter {
	flags := scrubFlags{mode: string(config.ModeScrub)}
	cfg, policy, req, err := flags.policy()
	if err != nil {
		panic(err)
	}
	return func(format string, out io.Writer) *filter {
		return newFilter(policy, req, format, cfg.Limits.MaxDepth, out)
	}
})

func testFilter(format string, out io.Writer) *filter { return defaults()(format, out) }

// formatsOf are the formats in which a corpus can be read.
func formatsOf(c corpora.Corpus) []string {
	if c.JSON {
		return []string{formatAuto, formatText, formatJSON}
	}
	return []string{formatAuto, formatText}
}

// Nothing planted leaves, and each line has its line.
func TestFilterLeavesNothingPlanted(t *testing.T) {
	for _, c := range corpora.Texts(7, 200_000) {
		for _, format := range formatsOf(c) {
			out, f := scrubAll(t, format, bytes.NewReader(c.Data))
			if left := c.Planted.Leaks([]byte(out)); len(left) > 0 {
				t.Errorf("%s as %s: %d of %d planted values left, the first of kind %s", c.Name, format, len(left), len(c.Planted), left[0].Kind)
			}
			if got := strings.Count(out, "\n"); got != c.Records || f.tally.Lines != c.Records {
				t.Errorf("%s as %s: %d lines of %d, %d counted", c.Name, format, got, c.Records, f.tally.Lines)
			}
		}
	}
}

// However the input is cut into reads, what comes out is the same.
func TestFilterWholeIsInPieces(t *testing.T) {
	for _, c := range corpora.Texts(8, 60_000) {
		for _, format := range formatsOf(c) {
			whole, _ := scrubAll(t, format, bytes.NewReader(c.Data))
			for name, r := range map[string]io.Reader{
				"random":          &ragged{bytes.NewReader(c.Data), rand.New(rand.NewPCG(1, 2))},
				"data with error": iotest.DataErrReader(bytes.NewReader(c.Data)),
				"one byte":        iotest.OneByteReader(bytes.NewReader(c.Data)),
			} {
				if got, _ := scrubAll(t, format, r); got != whole {
					t.Errorf("%s as %s, %s: differs from the whole", c.Name, format, name)
				}
			}
		}
	}
}

// ragged reads pieces of random length.
type ragged struct {
	r      io.Reader
	random *rand.Rand
}

func (r *ragged) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), 1+r.random.IntN(3000))]) }

// A line leaves before the next one comes: both pipes hand over without a buffer, so a filter that waited would wait for ever.
func TestFilterHoldsNoLineBack(t *testing.T) {
	for _, format := range []string{formatAuto, formatText, formatJSON} {
		in, send := io.Pipe()
		receive, out := io.Pipe()
		f := testFilter(format, out)
		done := make(chan error, 1)
		go func() { done <- f.scrubLines(in, "test", 1<<20, func(int) {}) }()
		for i := range 3 {
			if _, err := fmt.Fprintf(send, "{\"n\":%d,\"from\":\"alice@example.com\"}\n", i); err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("{\"n\":%d,\"from\":\"[email]\"}\n", i)
			got := make([]byte, len(want))
			if _, err := io.ReadFull(receive, got); err != nil || string(got) != want {
				t.Fatalf("%s: %q, %v", format, got, err)
			}
		}
		send.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestFilterLines(t *testing.T) {
	const long = 100 // the longest line here
	tests := []struct{ name, format, in, want string }{
		{"nothing", formatAuto, "", ""},
		{"no line feed at the end", formatAuto, "a\nalice@example.com", "a\n[email]"},
		{"line ends of Windows", formatAuto, "alice@example.com\r\n\r\nb\r\n", "[email]\r\n\r\nb\r\n"},
		{"line ends of Windows in JSON", formatJSON, "{\"a\":\"192.0.2.1\"}\r\n{\r\n", "{\"a\":\"[ip]\"}\r\n{\"winnow.withheld\":true}\r\n"},
		{"carriage return within a line", formatText, "50 %\r100 % alice@example.com\n", "50 %\r100 % [email]\n"},
		{"blank lines", formatJSON, "\n \n\t\n", "\n \n\t\n"},
		{"mark at the beginning", formatJSON, "\xef\xbb\xbf{\"a\":\"alice@example.com\"}\n", "\xef\xbb\xbf{\"a\":\"[email]\"}\n"},
		{"Latin-1 in a name", formatText, "j\xfcrgen.m\xfcller@example.com caf\xe9\n", "[email] caf\xe9\n"},
		{"UTF-8 and other bytes", formatText, "caf\u00e9 \xff jos\u00e9@example.com\n", "caf\u00e9 \xff [email]\n"},
		{"a letter that stands for bytes", formatText, "\ua0ff \xff\n", "[withheld]\n"},
		{"UTF-16", formatText, "a\x00l\x00i\x00c\x00e\x00@\x00\n", "[withheld]\n"},
		{"not UTF-8 in JSON", formatJSON, "{\"a\":\"\xff\",\"b\":1}\n", "{\"a\":\"[withheld]\",\"b\":1}\n"},
		{"too long", formatText, "a\n" + strings.Repeat("x", 3*long) + "\nb\n", "a\n[withheld]\nb\n"},
		{"too long, as JSON", formatJSON, strings.Repeat("x", 3*long) + "\n", "{\"winnow.withheld\":true}\n"},
		{"too long, at the end", formatText, "a\n" + strings.Repeat("x", 3*long), "a\n[withheld]"},
		{"as long as may be", formatText, strings.Repeat("x", long) + "\n", strings.Repeat("x", long) + "\n"},
		{"an open string takes nothing along", formatJSON, "{\"a\":\"x\n{\"b\":\"alice@example.com\"}\n", "{\"winnow.withheld\":true}\n{\"b\":\"[email]\"}\n"},
		{"too deep", formatJSON, strings.Repeat(`{"a":`, 99) + "1" + strings.Repeat("}", 99) + "\n", "{\"winnow.withheld\":true}\n"},
		{"JSON among text", formatAuto, "x alice@example.com\n{\"a\":\"bob@example.com\"}\n\ny\n", "x [email]\n{\"a\":\"[email]\"}\n\ny\n"},
		{"keys that stand twice", formatJSON, "{\"a\":\"alice@example.com\",\"a\":\"bob@example.com\"}\n", "{\"a\":\"[email]\",\"a\":\"[email]\"}\n"},
	}
	for _, tt := range tests {
		for pieces, wrap := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader} {
			longest := long
			if tt.name == "too deep" {
				longest = 1 << 20
			}
			var out bytes.Buffer
			f := testFilter(tt.format, &out)
			f.policy = limited(t, longest)
			if err := f.scrubLines(wrap(strings.NewReader(tt.in)), "test", longest, func(int) {}); err != nil {
				t.Fatal(err)
			}
			if out.String() != tt.want {
				t.Errorf("%s, %s: %q becomes %q, want %q", tt.name, pieces, tt.in, out.String(), tt.want)
			}
		}
	}
}

// limited is a policy of detectors only, with a bound on lines that no file may state so low.
func limited(t *testing.T, longest int) *scrub.Policy {
	t.Helper()
	cfg := config.Default()
	cfg.Policy.Preset = "none"
	cfg.Limits.MaxRecordBytes = config.Size(longest)
	p, err := scrub.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// In mode strict a cut object must not pass for text: its fields would leave with it.
func TestFilterWithholdsBrokenObjectsInStrictMode(t *testing.T) {
	var out bytes.Buffer
	f := testFilter(formatAuto, &out)
	f.policy, f.req.Mode = limited(t, 100), config.ModeStrict
	if err := f.scrubLines(strings.NewReader("{\"user\":\"bob\"\n"), "test", 100, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if want := "{\"winnow.withheld\":true}\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// A detector that fails costs the lines at hand, not their neighbours' places, and lets nothing out.
func TestFilterWithholdsWhatFails(t *testing.T) {
	for format, want := range map[string]string{formatText: "[withheld]\n[withheld]\n", formatJSON: "{\"winnow.withheld\":true}\n{\"winnow.withheld\":true}\n"} {
		var out bytes.Buffer
		f := testFilter(format, &out)
		f.policy = nil // every use of it fails
		if err := f.scrubLines(strings.NewReader("{\"a\":1}\n{\"b\":2}\n"), "test", 1<<20, func(int) {}); err != nil {
			t.Fatal(err)
		}
		if out.String() != want || f.tally.Withheld != 2 {
			t.Errorf("%s: %q, %d withheld", format, out.String(), f.tally.Withheld)
		}
	}
}

// The reader's and the writer's failures are told.
func TestFilterTellsFailures(t *testing.T) {
	f := testFilter(formatAuto, io.Discard)
	if err := f.scrubLines(iotest.ErrReader(io.ErrUnexpectedEOF), "app.log", 100, func(int) {}); err == nil || !strings.Contains(err.Error(), "app.log: ") {
		t.Errorf("reading: %v", err)
	}
	in, out := io.Pipe()
	in.Close()
	f = testFilter(formatAuto, out)
	if err := f.scrubLines(strings.NewReader("a\n"), "app.log", 100, func(int) {}); err == nil {
		t.Error("writing to a closed pipe: no error")
	}
}

// FuzzFilter: one line in is one line out, however it is cut; what is JSON stays JSON, and in format json nothing else comes out.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"alice@example.com\r\n\n{\"a\":\"192.0.2.1\"}\n{", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nx",
		"\xef\xbb\xbf{}\n\xff\x00\n", "{\"log\":\"-----BEGIN RSA PRIVATE KEY-----\\n\"}\n{\"log\":\"MIIE\\\\/\\u002b\\n\"}\n", "\ua0ff\xff\n",
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		for _, format := range []string{formatAuto, formatText, formatJSON} {
			out, _ := scrubAll(t, format, bytes.NewReader(in))
			if a, b := bytes.Count(in, []byte("\n")), strings.Count(out, "\n"); a != b {
				t.Fatalf("%s: %d lines become %d: %q", format, a, b, out)
			}
			pieces, _ := scrubAll(t, format, &even{bytes.NewReader(in), int(piece) + 1})
			if pieces != out {
				t.Fatalf("%s: whole %q, in pieces %q", format, out, pieces)
			}
			staysJSON(t, format, in, out)
		}
	})
}

// even reads pieces of one length.
type even struct {
	r io.Reader
	n int
}

func (e *even) Read(p []byte) (int, error) { return e.r.Read(p[:min(len(p), e.n)]) }

func staysJSON(t *testing.T, format string, in []byte, out string) {
	t.Helper()
	f := testFilter(format, io.Discard)
	in = bytes.TrimPrefix(in, byteOrderMark)
	out = strings.TrimPrefix(out, string(byteOrderMark))
	was, is := strings.Split(string(in), "\n"), strings.Split(out, "\n")
	for i := range was {
		line := []byte(is[i])
		object := len(bytes.TrimLeft(line, " \t\r")) > 0 && f.isObject(line, len(line)-len(bytes.TrimLeft(line, " \t\r")))
		before := len(strings.TrimLeft(was[i], " \t\r")) > 0 && f.isObject([]byte(was[i]), len(was[i])-len(strings.TrimLeft(was[i], " \t\r")))
		switch {
		case before && !object:
			t.Fatalf("%s: %q becomes %q, which is no object", format, was[i], line)
		case format == formatJSON && !object && len(bytes.TrimSpace(line)) > 0:
			t.Fatalf("%q becomes %q, which is no object", was[i], line)
		}
	}
}

func BenchmarkFilter(b *testing.B) {
	for _, c := range corpora.Texts(1, 1<<20) {
		for _, format := range formatsOf(c) {
			b.Run("format="+format+"/corpus="+c.Name, func(b *testing.B) {
				f := testFilter(format, io.Discard)
				block := make([]byte, len(c.Data))
				b.SetBytes(int64(len(c.Data)))
				b.ReportAllocs()
				for b.Loop() {
					copy(block, c.Data) // a filter may overwrite it
					if err := f.block(block); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
