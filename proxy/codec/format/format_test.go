package format_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/codec/format"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
	"winnow/scrub/scrubtest/golden"
)

var received = time.Date(2026, 3, 14, 9, 26, 53, 589793000, time.UTC)

// formats are those that make something of records, and the protocol in which each speaks.
var formats = []struct {
	name config.Format
	by   codec.Codec
}{
	{config.FormatNDJSON, codec.JSON{}},
	{config.FormatLoki, codec.Loki{}},
	{config.FormatElasticsearch, codec.Elasticsearch{}},
	{config.FormatOTLP, codec.OTLP{}},
	{config.FormatSplunk, codec.For(config.ProtocolSplunk)},
}

// open is a policy under which every field leaves; what golden cases hold is scrubbed already, and stays as it is.
const open = "policy: {mode: scrub, preset: none}\n"

// readBack has the protocol's own codec read a body, and returns its records as lines.
func readBack(t testing.TB, p *scrub.Policy, by codec.Codec, contentType string, body []byte) string {
	t.Helper()
	run := p.Begin(scrub.Request{})
	defer run.Close()
	b, err := by.Scrub(run, &codec.Request{Method: "POST", ContentType: contentType, Body: body, MaxDecoded: 64 << 20})
	if err != nil {
		t.Fatalf("%s does not read the body: %v\n%s", by.Protocol(), err, body)
	}
	if b.Withheld > 0 {
		t.Fatalf("%s withholds %d records: %v\n%s", by.Protocol(), b.Withheld, b.Faults, body)
	}
	lines, err := by.AppendLines(nil, &b)
	if err != nil {
		t.Fatal(err)
	}
	return string(lines)
}

// In holds records, and a section for each format what is made of them: the body, or where that is binary what is read back from it.
func TestGolden(t *testing.T) {
	p := scrubtest.Policy(t, open)
	golden.Run(t, "testdata/*.txtar", []string{"in"}, func(t *testing.T, in golden.Sections) (made []txtar.File) {
		for _, f := range formats {
			form := format.New(f.name, format.Options{})
			body, err := form.Append(nil, []byte(in["in"]), received)
			if err != nil {
				t.Fatal(f.name, err)
			}
			if form.ContentType() == "application/x-protobuf" {
				body = []byte(readBack(t, p, f.by, form.ContentType(), body))
			}
			made = append(made, txtar.File{Name: string(f.name), Data: body})
		}
		return made
	})
}

// way is a kind of backend: it takes lines, and tells what it then has.
type way struct {
	name string
	back func(t *testing.T, p *scrub.Policy, lines []byte) string
}

// ways are all formats, and the upstreams that store records.
func ways() (list []way) {
	for _, f := range formats {
		list = append(list, way{string(f.name), func(t *testing.T, p *scrub.Policy, lines []byte) string {
			form := format.New(f.name, format.Options{})
			body, err := form.Append(nil, lines, received)
			if err != nil {
				t.Fatal(err)
			}
			return readBack(t, p, f.by, form.ContentType(), body)
		}})
	}
	return append(list, way{"file", throughFile}, way{"s3", throughBucket})
}

// Each protocol's own records, as its golden cases have them, go to each kind of backend: as many arrive as left, and each still says what
// it said.
func TestEachToEach(t *testing.T) {
	p := scrubtest.Policy(t, open)
	for _, from := range codec.All() {
		cases, err := filepath.Glob(filepath.Join("../testdata", string(from.Protocol()), "*.txtar"))
		if err != nil || len(cases) == 0 {
			t.Fatal("no records of ", from.Protocol())
		}
		for _, to := range ways() {
			t.Run(string(from.Protocol())+"/"+to.name, func(t *testing.T) {
				for _, file := range cases {
					archive, err := txtar.ParseFile(file)
					if err != nil {
						t.Fatal(err)
					}
					for _, section := range archive.Files {
						if section.Name == "lines" {
							arrives(t, p, file, section.Data, to)
						}
					}
				}
			})
		}
	}
}

func arrives(t *testing.T, p *scrub.Policy, file string, lines []byte, to way) {
	t.Helper()
	sent := records(lines)
	if len(sent) == 0 {
		return
	}
	text := to.back(t, p, lines)
	back := records([]byte(text))
	if len(back) != len(sent) {
		t.Fatalf("%s: %d records left, %d arrived:\n%s", file, len(sent), len(back), text)
	}
	all := strings.Join(back, "\n")
	for _, s := range sent {
		for _, word := range words(s) {
			if !strings.Contains(all, word) {
				t.Errorf("%s: %q did not arrive:\n%s", file, word, all)
			}
		}
	}
}

func records(lines []byte) (list []string) {
	for line := range bytes.Lines(lines) {
		if len(bytes.TrimSpace(line)) > 0 {
			list = append(list, string(line))
		}
	}
	return list
}

// words are the runs of letters in a record's values, long enough to be told apart: its keys are another protocol's in another.
func words(object string) (list []string) {
	for _, w := range strings.FieldsFunc(keys.ReplaceAllString(object, ""), func(c rune) bool { return c|0x20 < 'a' || c|0x20 > 'z' }) {
		if len(w) >= 5 {
			list = append(list, w)
		}
	}
	return list
}

var keys = regexp.MustCompile(`\\?"[^"\\]*\\?":`)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		format config.Format
		answer string
		want   format.Verdict
	}{
		{config.FormatElasticsearch, `{"took":1,"errors":false,"items":[{"create":{"status":201}}]}`, format.Verdict{}},
		{config.FormatElasticsearch, `{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400}},{"create":{"status":409}}]}`, format.Verdict{Refused: 1}},
		{config.FormatElasticsearch, ` {"errors":true,"items":[{"create":{"status":429}},{"create":{"status":400}}]}`, format.Verdict{Refused: 1, Again: true}},
		{config.FormatOTLP, "", format.Verdict{}},
		{config.FormatOTLP, "\x0a\x02\x08\x03", format.Verdict{Refused: 3}},
		{config.FormatOTLP, "\x0a\xff", format.Verdict{}},
		{config.FormatLoki, "", format.Verdict{}},
		{config.FormatElasticsearch, `{"took":1,"errors":false}`, format.Verdict{}},
		{config.FormatElasticsearch, `{"took":1,"errors":true}`, format.Verdict{Again: true}},
		{config.FormatElasticsearch, `{"errors":true,"items":[{"create":{"status":201}}`, format.Verdict{Again: true}},
		{config.FormatElasticsearch, `{"errors":true,"items":[{}]}`, format.Verdict{Again: true}},
		{config.FormatElasticsearch, ``, format.Verdict{Again: true}},
	} {
		if got := format.New(c.format, format.Options{}).Judge([]byte(c.answer)); got != c.want {
			t.Errorf("%s %q: got %+v, want %+v", c.format, c.answer, got, c.want)
		}
	}
}

// What is sent again is what the backend had no room for, and what it says nothing about.
func TestSift(t *testing.T) {
	for _, c := range []struct{ lines, answer, want string }{
		{"1\n2\n3\n", `{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":400}}]}`, "2\n"},
		{"1\n\n2\n3", `{"errors":true,"items":[{"create":{"status":503}},{"create":{"status":409}},{"create":{"status":500}}]}`, "1\n3"},
		{"1\n2\n3\n", `{"errors":true,"items":[{"create":{"status":201}}]}`, "2\n3\n"},
		{"1\n", `{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429}}]}`, ""},
		{"1\n2\n", `not JSON`, "1\n2\n"},
	} {
		sift := format.New(config.FormatElasticsearch, format.Options{}).(format.Sifter)
		lines := []byte(c.lines)
		if got := sift.Sift(lines[:0], lines, []byte(c.answer)); string(got) != c.want {
			t.Errorf("%s: got %q, want %q", c.answer, got, c.want)
		}
	}
}
