package detect

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// planted are values that each detector must find in every shape of log line. Secrets need their key, so their shapes have their own test.
var planted = []struct {
	id    ID
	value string
}{
	{Email, "alice@example.com"},
	{Email, "bob.o'brien+tag@mail.example.co.uk"},
	{Email, "x_1-y.z@sub-domain.example.org"},
	{Email, "jörg.müller@bücher.example"},
	{Email, "ADA@EXAMPLE.NET"},
	{Card, "4111111111111111"},
	{Card, "5555 5555 5555 4444"},
	{Card, "3782-822463-10005"},
	{Card, "6011111111111117"},
	{Card, "4222222222222"},
	{Card, "30569309025904"},
	{IBAN, "DE89370400440532013000"},
	{IBAN, "GB82 WEST 1234 5698 7654 32"},
	{IBAN, "NO9386011117947"},
	{IBAN, "fr1420041010050500013m02606"},
	{SSN, "536-22-1234"},
	{IPv4, "192.0.2.17"},
	{IPv4, "203.0.113.255"},
	{IPv4, "10.1.2.3"},
	{IPv6, "2001:db8::8a2e:370:7334"},
	{IPv6, "2001:0db8:0000:0000:0000:ff00:0042:8329"},
	{IPv6, "fe80::1ff:fe23:4567:890a"},
	{MAC, "00:1b:44:11:3a:b7"},
	{MAC, "00-1B-44-11-3A-B7"},
	{MAC, "001b.4411.3ab7"},
	{Phone, "+1 212-555-0142"},
	{Phone, "+442079460958"},
	{Phone, "(212) 555-0142"},
	{Phone, "212-555-0142"},
	{JWT, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"},
}

// shapes are the ways in which a value stands in a line.
var shapes = []struct {
	name string
	form func(v string) string
	json bool
}{
	{"alone", func(v string) string { return v }, false},
	{"prose", func(v string) string { return "request by " + v + " was refused" }, false},
	{"sentence end", func(v string) string { return "refused for " + v + "." }, false},
	{"comma", func(v string) string { return "refused for " + v + ", retrying" }, false},
	{"colon before", func(v string) string { return "failed:" + v }, false},
	{"semicolon", func(v string) string { return "a;" + v + ";b" }, false},
	{"round brackets", func(v string) string { return "(" + v + ")" }, false},
	{"square brackets", func(v string) string { return "[" + v + "] x" }, false},
	{"braces", func(v string) string { return "{" + v + "}" }, false},
	{"angle brackets", func(v string) string { return "<" + v + ">" }, false},
	{"single quotes", func(v string) string { return "got '" + v + "' here" }, false},
	{"double quotes", func(v string) string { return `got "` + v + `" here` }, false},
	{"backtick", func(v string) string { return "got `" + v + "` here" }, false},
	{"logfmt", func(v string) string { return "level=info field=" + v + " n=1" }, false},
	{"logfmt quoted", func(v string) string { return `level=info field="` + v + `" n=1` }, false},
	{"csv", func(v string) string { return "1," + v + ",x" }, false},
	{"csv quoted", func(v string) string { return `"1","` + v + `","x"` }, false},
	{"tab", func(v string) string { return "1\t" + v + "\tx" }, false},
	{"pipe", func(v string) string { return "1|" + v + "|x" }, false},
	{"xml", func(v string) string { return "<field>" + v + "</field>" }, false},
	{"xml attribute", func(v string) string { return `<a field="` + v + `"/>` }, false},
	{"json", func(v string) string { return `{"a":1,"field":` + quoted(v) + `,"b":2}` }, true},
	{"json prose", func(v string) string { return `{"message":` + quoted("request by "+v+", refused") + `}` }, true},
	{"json lines", func(v string) string { return `{"message":` + quoted("first\n"+v+"\nlast\t"+v) + `}` }, true},
	{"json plain", func(v string) string { return `payload {"field": ` + quoted(v) + `} end` }, false},
	{"json array", func(v string) string { return `{"list":["x",` + quoted(v) + `]}` }, true},
	{"json in json", func(v string) string { return `{"message":` + quoted(`{"field":`+quoted(v)+`}`) + `}` }, true},
	{"python", func(v string) string { return `{'field': "` + v + `", 'b': 2}` }, false},
	{"go map", func(v string) string { return "map[field:" + v + " n:1]" }, false},
	{"query", func(v string) string { return "GET /p?field=" + url.QueryEscape(v) + "&b=2 HTTP/1.1" }, false},
	{"path escape", func(v string) string {
		return "GET /p?field=" + strings.ReplaceAll(url.QueryEscape(v), "+", "%20") + "&b=2"
	}, false},
	{"query raw", func(v string) string { return "GET /p?field=" + strings.ReplaceAll(v, " ", "+") + "&b=2 HTTP/1.1" }, false},
	{"non-ASCII around", func(v string) string { return "→" + v + "←" }, false},
	{"windows lines", func(v string) string { return "a\r\n" + v + "\r\nb" }, false},
	{"colour", func(v string) string { return "\x1b[31m" + v + "\x1b[0m" }, false},
}

func quoted(v string) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestPlantedValuesAreFoundInEveryShape(t *testing.T) {
	o := everything()
	for _, p := range planted {
		for _, s := range shapes {
			t.Run(fmt.Sprintf("%s/%s/%s", p.id, p.value, s.name), func(t *testing.T) {
				ctx := Context{}
				if s.json {
					ctx.Shape = JSON
				}
				in := s.form(p.value)
				out := scrubbed(o, in, ctx)
				if rest := leftOver(out, s.form(Table[p.id].Placeholder)); rest != "" {
					t.Errorf("%s\n in %s\nout %s", rest, in, out)
				}
				if s.json && !json.Valid([]byte(out)) {
					t.Errorf("no longer JSON: %s", out)
				}
				if again := scrubbed(o, out, ctx); again != out {
					t.Errorf("scrubbed twice: %s, once: %s", again, out)
				}
			})
		}
	}
}

// leftOver says what of a planted value is still in out, or what else has changed; empty if all is well.
func leftOver(out, want string) string {
	if strings.Contains(want, "%5B") {
		want = strings.NewReplacer("%5B", "[", "%5D", "]").Replace(want)
	}
	if out != want {
		return "want " + want
	}
	return ""
}
