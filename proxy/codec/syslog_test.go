package codec_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/leodido/go-syslog/v4/rfc5424"

	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// scrubbedLine is what a policy makes of one message, as a line.
func scrubbedLine(t testing.TB, p *scrub.Policy, text string, truncated bool) string {
	t.Helper()
	run := p.Begin(scrub.Request{})
	defer run.Close()
	b, err := codec.Syslog{}.Scrub(run, &codec.Request{Body: codec.AppendSyslogFrame(nil, []byte(text), truncated), MaxDecoded: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return string(b.Bytes())
}

// Wherever the cut falls, no half of a number is left: it is there as a placeholder, or not at all.
func TestSyslogCutLeavesNoHalf(t *testing.T) {
	p := scrubtest.Policy(t, "limits: {max_record_bytes: 1KiB}")
	digits := regexp.MustCompile(`[0-9]{2}`)
	const head = "<14>1 - web shop - - - "
	whole, gone := 0, 0
	for n := range 1100 {
		text := head + strings.Repeat("é", n/2) + strings.Repeat("x", n%2) + " 4111 1111 1111 1111 " + strings.Repeat("y", 1200-n)
		got := scrubbedLine(t, p, text, false)
		_, message, _ := strings.Cut(got, `"message":`)
		if !strings.HasSuffix(got, "[truncated]\"}\n") || digits.MatchString(message) || len(got) > 1024+len("[truncated]") {
			t.Fatalf("%d: %s", n, got)
		}
		if strings.Contains(got, "[card]") {
			whole++
		} else {
			gone++
		}
	}
	if whole < 500 || gone < 100 {
		t.Errorf("%d whole, %d gone", whole, gone)
	}
	for n := range 36 { // the listener has cut it already
		text := head + "paid with 4111 1111 1111 1111 by bob"
		if got := scrubbedLine(t, p, text[:len(text)-n], true); strings.Contains(got, "11") || !strings.Contains(got, "[truncated]") {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// A rule that has the whole text goes before a cut: of what is dropped nothing is left to cut.
func TestSyslogCutOfWhatIsGone(t *testing.T) {
	long := "<14>1 - web shop - - - " + strings.Repeat("x", 2000)
	for rule, want := range map[string]string{
		"drop":            `{"severity":"info","facility":"user","host":"web","app":"shop"}` + "\n",
		"{replace: gone}": `{"severity":"info","facility":"user","host":"web","app":"shop","message":"gone"}` + "\n",
		"drop_record":     "",
	} {
		p := scrubtest.Policy(t, fmt.Sprintf("limits: {max_record_bytes: 1KiB}\npolicy: {rules: [{id: texts, fields: [message], action: %s}]}", rule))
		if got := scrubbedLine(t, p, long, false); got != want {
			t.Errorf("%s: %q", rule, got)
		}
	}
}

// What the reference parser reads of RFC 5424, this one reads alike.
func TestSyslogAgainstRival(t *testing.T) {
	parser := rfc5424.NewParser()
	p := scrubtest.Policy(t, "policy: {mode: scrub, preset: none}")
	for _, text := range []string{
		"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed",
		"<165>1 2003-08-24T05:14:15.000003-07:00 web-1 myproc 8710 - - %% It's time",
		`<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="A \"b\" \\ \]"][x@1] An event`,
		`<0>1 - - - - - -`,
		`<191>1 - - - - - [a@1]`,
		"<13>1 2003-10-11T22:14:15Z h a 1 m - \xef\xbb\xbfmarked",
	} {
		m, err := parser.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		rival := m.(*rfc5424.SyslogMessage)
		got := scrubbedLine(t, p, text, false)
		for name, value := range map[string]*string{"host": rival.Hostname, "app": rival.Appname, "pid": rival.ProcID, "msgid": rival.MsgID} {
			if has := strings.Contains(got, `"`+name+`":`); has != (value != nil) || has && !strings.Contains(got, fmt.Sprintf("%q:%q", name, *value)) {
				t.Errorf("%q: %s: %s", text, name, got)
			}
		}
		if rival.StructuredData != nil {
			for id, params := range *rival.StructuredData {
				for name, value := range params {
					if !strings.Contains(got, fmt.Sprintf("%q:%q", name, value)) {
						t.Errorf("%q: %s %s: %s", text, id, name, got)
					}
				}
			}
		}
	}
}

func BenchmarkSyslog(b *testing.B) {
	p := scrubtest.Policy(b, "")
	var body []byte
	for i := range 200 {
		body = codec.AppendSyslogFrame(body, fmt.Appendf(nil, "<14>1 2026-03-14T09:26:53.%06dZ web-1 shop 4711 m%d [meta sequenceId=\"%d\"] order %d of alice@example.com took 12 ms", i, i, i, i), false)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		run := p.Begin(scrub.Request{})
		if _, err := (codec.Syslog{}).Scrub(run, &codec.Request{Body: body, MaxDecoded: 1 << 20}); err != nil {
			b.Fatal(err)
		}
		run.Close()
	}
}
