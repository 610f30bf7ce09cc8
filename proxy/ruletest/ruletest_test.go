package ruletest_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/ruletest"
	"winnow/scrub"
)

// results runs the tests of a config file's text.
func results(t testing.TB, text string) []ruletest.Result {
	t.Helper()
	c, err := config.Parse("winnow.yaml", []byte(text), config.Env{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := scrub.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return ruletest.Run(c, p)
}

// diff is what people see of the one test in text: nothing if it passes.
func diff(t testing.TB, text string) string {
	t.Helper()
	var b strings.Builder
	for _, r := range results(t, text) {
		for _, f := range r.Failures {
			for _, line := range f.Diff() {
				b.WriteString(line.Text + "\n")
			}
		}
	}
	return b.String()
}

// Each expectation, held and broken. The caret stands below the first difference, however the lines are spelled.
func TestExpectations(t *testing.T) {
	for name, c := range map[string]struct{ test, want string }{
		"want held, a line feed more": {"{protocol: text, input: \"a\\n\", want: a}", ""},
		"want, a character more": {"{protocol: text, input: ünter, want: ünters}", `want: what leaves differs at line 1, byte 7
input    ünter
got      ünter
want     ünters
              ^
`},
		"want, within a character": {"{protocol: text, input: 'aü', want: 'aö'}", `want: what leaves differs at line 1, byte 2
input    aü
got      aü
want     aö
          ^
`},
		"want, signs that a terminal obeys": {`{protocol: text, input: "\e[31mred\tx", want: "\e[31mred\ty"}`, `want: what leaves differs at line 1, byte 10
input    \u001b[31mred\u0009x
got      \u001b[31mred\u0009x
want     \u001b[31mred\u0009y
                            ^
`},
		"want, white space": {"{input: '{\"level\": \"info\"}', want: '{\"level\":\"info\"}'}", `want: what leaves differs at line 1, byte 10, in white space only
input    {"level": "info"}
got      {"level": "info"}
want     {"level":"info"}
                  ^
`},
		"want, but all is dropped": {"{input: '{\"gone\":1}', want: '{\"gone\":1}'}", `want: what leaves differs at line 1, byte 1: every record is dropped
input    {"gone":1}
got      
want     {"gone":1}
         ^
`},
		"unchanged, a later line": {"{protocol: text, input: \"one\\nmail a@example.com\", unchanged: true}", `unchanged: what leaves differs at line 2, byte 6
input:2  mail a@example.com
got:2    mail [email]
want:2   mail a@example.com
              ^
`},
		"unchanged, withheld":           {"{input: \"{\\\"level\\\":\\n{\\\"level\\\":1}\", unchanged: true}", "unchanged: what leaves differs at line 1, byte 10: a record is withheld: object or array without end\ninput    {\"level\":\ngot      {\"level\":1}\nwant     {\"level\":\n                  ^\n"},
		"findings held":                 {"{protocol: text, input: 'a@example.com 192.0.2.7', findings: [email, ipv4]}", ""},
		"findings, other order":         {"{protocol: text, input: 'a@example.com 192.0.2.7', findings: [ipv4, email]}", "findings: found email, ipv4; expected ipv4, email\ninput    a@example.com 192.0.2.7\n"},
		"findings, none":                {"{protocol: text, input: 'a@example.com', findings: []}", "findings: found email; expected nothing\ninput    a@example.com\n"},
		"findings, not what is allowed": {"{protocol: text, input: 'a@example.net 192.0.2.7', findings: [ipv4]}", ""},
		"findings in text within text":  {`{input: '{"message":"{\"message\":\"a@example.com\"}","level":"192.0.2.7"}', findings: [email, ipv4]}`, ""},
		"dropped held":                  {"{input: '{\"gone\":1}', dropped: true}", ""},
		"dropped, one stays":            {"{input: '{\"gone\":1}{\"level\":1}', dropped: true}", "dropped: 1 of 2 records leave\ninput    {\"gone\":1}{\"level\":1}\ngot      {\"level\":1}\n"},
		"dropped, withheld":             {"{input: '{\"gone\":', dropped: true}", "dropped: a record is withheld, and not dropped by the policy: value missing\ninput    {\"gone\":\n"},
		"dropped, no record":            {"{protocol: loki, input: '{\"streams\":[]}', dropped: true}", "dropped: there is no record in the input\ninput    {\"streams\":[]}\ngot      {\"streams\":[]}\n"},
		"several that agree":            {"{input: '{\"level\":1,\"message\":\"to a@example.com\"}', want: '{\"level\":1,\"message\":\"to [email]\"}', findings: [email]}", ""},
		"not the JSON form": {"{protocol: loki, input: text, unchanged: true}", "input: the body cannot be read: byte 0: object expected; " +
			"tests of protocol loki take its JSON form alone, not protobuf or text\ninput    text\n"},
		"cannot be read": {"{input: text, unchanged: true}", "input: the body cannot be read: byte 0: body is neither JSON objects nor an array of them\ninput    text\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "policy: {rules: [{id: gone, fields: [gone], action: drop_record}], allow: {domains: [example.net]}}\ntests:\n  - " + strings.Replace(c.test, "{", "{name: it, ", 1) + "\n"
			if got := diff(t, text); got != c.want {
				t.Errorf("got:\n%swant:\n%s", got, c.want)
			}
		})
	}
}

// A test takes what a client of each protocol would send, as far as that can be written down.
func TestProtocols(t *testing.T) {
	for name, test := range map[string]string{
		"gelf":                `{protocol: gelf, input: '{"version":"1.1","host":"web","short_message":"to a@example.com","_gone":1}', dropped: true}`, // of _gone the path is gone
		"gelf, kept":          `{protocol: gelf, input: '{"version":"1.1","host":"web","short_message":"to a@example.com"}', want: '{"version":"1.1","host":"web","short_message":"to [email]"}'}`,
		"syslog":              `{protocol: syslog, input: "<13>1 2026-03-14T09:26:53Z web-1 shop - - - to a@example.com\nto b@example.com\n", findings: [email, email], want: "{\"severity\":\"notice\",\"facility\":\"user\",\"timestamp\":\"2026-03-14T09:26:53Z\",\"host\":\"web-1\",\"app\":\"shop\",\"message\":\"to [email]\"}\n{\"message\":\"to [email]\"}"}`,
		"syslog, no year":     `{protocol: syslog, input: "<13>Oct 11 22:14:15 web-1 sshd: up", want: "{\"severity\":\"notice\",\"facility\":\"user\",\"timestamp\":\"1970-01-01T00:00:00Z\",\"host\":\"web-1\",\"app\":\"sshd\",\"message\":\"up\"}"}`,
		"clickhouse":          `{protocol: clickhouse, input: '{"message":"to a@example.com"}', want: '{"message":"to [email]"}'}`,
		"sentry, an event":    `{protocol: sentry, input: '{"message":"to a@example.com"}', want: '{"message":"to [email]"}'}`,
		"sentry, an envelope": `{protocol: sentry, input: "{}\n{\"type\":\"event\"}\n{\"message\":\"to a@example.com\"}\n", findings: [email]}`,
	} {
		t.Run(name, func(t *testing.T) {
			text := "policy: {rules: [{id: gone, fields: [gone], action: drop_record}]}\ntests:\n  - " + strings.Replace(test, "{", "{name: it, ", 1) + "\n"
			if got := diff(t, text); got != "" {
				t.Error(got)
			}
		})
	}
}

// Of a long line only what is around the difference is shown.
func TestLongLines(t *testing.T) {
	long := strings.Repeat("x ", 60) + "a" + strings.Repeat(" y", 80)
	got := diff(t, fmt.Sprintf("tests:\n  - name: long\n    protocol: text\n    input: %s\n    want: %s\n", long, strings.Replace(long, "a", "b", 1)))
	want := "want: what leaves differs at line 1, byte 121\n" +
		"input    " + strings.Repeat("x ", 50) + "…\n" +
		"got      …" + strings.Repeat("x ", 30) + "a" + strings.Repeat(" y", 19) + " …\n" +
		"want     …" + strings.Repeat("x ", 30) + "b" + strings.Repeat(" y", 19) + " …\n" +
		strings.Repeat(" ", 70) + "^\n"
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// A file's errors name its tests and nothing of their text, whatever is wrong with it.
func TestErrorsHoldNoText(t *testing.T) {
	c, err := config.Parse("winnow.yaml", []byte(`tests:
  - {name: fine, input: '{"level":"info"}', unchanged: true}
  - {name: want, input: '{"level":"planted"}', want: planted}
  - {name: broken, protocol: otlp, input: planted, unchanged: true}
`), config.Env{})
	if err != nil {
		t.Fatal(err)
	}
	const hint = "; `winnow test FILE` shows why; mend the policy, or the test"
	_, err = ruletest.Compile(c)
	if want := "winnow.yaml:3:5: test \"want\" fails" + hint + "\nwinnow.yaml:4:5: test \"broken\" fails" + hint; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What programs read can be read back, whatever stands in a test.
func TestReportsAreSound(t *testing.T) {
	list := results(t, "tests:\n  - {name: \"<&]]>\", protocol: text, input: \"\\e]]> \\x01\\uFFFE a@example.com\", want: \"]]>\"}\n")
	if len(list) != 1 || list[0].Passed() || ruletest.Failed(list) != 1 {
		t.Fatalf("%+v", list)
	}
	var b bytes.Buffer
	if err := ruletest.WriteJUnit(&b, "winnow.yaml", list); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(&b); ; {
		if _, err := d.Token(); err != nil {
			if err.Error() != "EOF" {
				t.Errorf("XML: %v", err)
			}
			break
		}
	}
	b.Reset()
	if err := ruletest.WriteJSON(&b, list); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("JSON: %v, %s", err, b.Bytes())
	}
}
