package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse("winnow.yaml", []byte(text), testEnv())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEmptyFileIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "\n", "# a comment\n", "---\n", "policy:\nlimits:\n"} {
		got, want := parse(t, text), Default()
		got.Source, want.Source = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
}

func TestDefaultLeavesNothingOpen(t *testing.T) {
	c := Default()
	if c.Upstreams[0].Dir != c.DataDir || c.Upstreams[0].Type != UpstreamFile {
		t.Errorf("upstream is %+v", c.Upstreams[0])
	}
	protocols := map[Protocol]bool{}
	for _, r := range c.Routes {
		protocols[r.Protocol] = true
		if r.Mode != ModeStrict || r.Upstream != "file" {
			t.Errorf("route %s: mode %q, upstream %q", r.Path, r.Mode, r.Upstream)
		}
	}
	if len(protocols)+len(socketOnly) != len(Words(reflect.TypeFor[Protocol]())) {
		t.Errorf("routes serve %v only", protocols)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("the default warns: %v", c.Warnings)
	}
}

func TestFileIsReadOverTheDefault(t *testing.T) {
	c := parse(t, `
data_dir: /var/lib/winnow
limits: {max_depth: 8}
upstreams:
  - {id: keep, type: file}
  - {id: logs, url: "http://127.0.0.1:9428"}
policy:
  mode: scrub
  rules: [{id: a, fields: [a]}]
metadata: {ip: {name: source.ip}}
`)
	if c.Limits.MaxDepth != 8 || c.Limits.MaxBodyBytes != 16<<20 || c.Limits.ReadTimeout != Duration(30*time.Second) {
		t.Errorf("limits are %+v", c.Limits)
	}
	if u := c.Upstreams[0]; u.Dir != "/var/lib/winnow" || u.RotateBytes != 64<<20 || u.KeepAge != Duration(720*time.Hour) {
		t.Errorf("file upstream is %+v", u)
	}
	if u := c.Upstreams[1]; u.Type != UpstreamHTTP || u.Compression != CompressionSame || u.MaxConnections != 256 {
		t.Errorf("http upstream is %+v", u)
	}
	if r := c.Routes[0]; r.Upstream != "keep" || r.Mode != ModeScrub {
		t.Errorf("route is %+v", r)
	}
	if r := c.Policy.Rules[0]; r.Class != ClassTelemetry || r.Action.Kind != ActionKeep {
		t.Errorf("rule is %+v", r)
	}
}

func TestUpstreamShorthand(t *testing.T) {
	c := parse(t, "upstream: http://127.0.0.1:9428\nroutes: [{path: /a, protocol: json}, {path: /b, protocol: json, upstream: main}]\n")
	if len(c.Upstreams) != 1 || c.Upstreams[0].ID != "main" || c.Upstreams[0].Timeout != Duration(15*time.Second) {
		t.Errorf("upstreams are %+v", c.Upstreams)
	}
	for _, r := range c.Routes {
		if r.Upstream != "main" {
			t.Errorf("route is %+v", r)
		}
	}
}

func TestReferences(t *testing.T) {
	c := parse(t, string(read(t, "testdata/references.good.yaml")))
	if c.Listen != "127.0.0.1:8080" || c.DataDir != "/var/lib/winnow" || c.Limits.MaxDepth != 12 || *c.Policy.DetectPrivateIPs {
		t.Errorf("got %s, %s, %d, %v", c.Listen, c.DataDir, c.Limits.MaxDepth, *c.Policy.DetectPrivateIPs)
	}
	if got := c.Policy.Rules[0].Action.Text; got != "${x}" {
		t.Errorf("escaped reference became %q", got)
	}
	if got, want := c.MasterSecret.Reveal(), strings.Repeat(planted, 4); got != want {
		t.Errorf("secret from a file has %d bytes, want %d", len(got), len(want))
	}
	if got, want := c.Upstreams[0].Headers["Authorization"].Reveal(), "Bearer "+planted+"-of-the-environment"; got != want {
		t.Errorf("header has %d bytes, want %d", len(got), len(want))
	}
}

// A variable brings in one value: no YAML, no further reference, no file.
func TestReferenceBringsOnlyAValue(t *testing.T) {
	for _, value := range []string{"a\nlisten: 0.0.0.0:1", "${TOKEN}", "file:/master", "{a: b}"} {
		env := Env{Lookup: func(string) (string, bool) { return value, true }, ReadFile: testEnv().ReadFile}
		c, err := Parse("f", []byte("master_secret: pad-pad-pad-pad-pad-pad-pad-pad-${X}\n"), env)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(c.MasterSecret.Reveal(), "pad-pad-pad-pad-pad-pad-pad-pad-"); got != value {
			t.Errorf("%q became %q", value, got)
		}
	}
}

func TestWarnings(t *testing.T) {
	c := parse(t, `
master_secret: `+strings.Repeat("planted-value-", 4)+`
upstreams:
  - id: logs
    url: http://logs.example.com
    headers: {Authorization: "Bearer planted-value", X-Scope-OrgID: "1"}
policy:
  rules:
    - {id: who, fields: [who], class: identity, action: pseudonym}
    - {id: gone, fields: [gone], class: identity, action: drop}
`)
	want := `winnow.yaml:2:16: master_secret stands in clear in this file; write ${NAME} or file:/path
winnow.yaml:5:10: upstream "logs": credentials go over the network unencrypted; use https://
winnow.yaml:6:30: Authorization stands in clear in this file; write ${NAME} or file:/path
winnow.yaml:9:7: rule "who": class "identity" is not in policy.classes, so its fields are dropped; add the class, or write action: drop`
	if got := c.Warnings.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Credentials for an external cluster are warned of on the way to another machine, unless the way is encrypted.
func TestSpoolWarnings(t *testing.T) {
	for urls, want := range map[string]string{
		"nats://n1.example.com:4222":                            `winnow.yaml:2:9: spool: credentials go over the network unencrypted; use tls://`,
		"tls://n1.example.com:4222, nats://n2.example.com:4222": `winnow.yaml:2:9: spool: credentials go over the network unencrypted; use tls://`,
		"tls://n1.example.com:4222":                             "",
		"nats://127.0.0.1:4222":                                 "",
	} {
		c := parse(t, "spool:\n  nats: ["+urls+"]\n  monitor: ['http://n1.example.com:8222']\n  credentials_file: nats.creds\n")
		got := ""
		if len(c.Warnings) > 0 {
			got = c.Warnings.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", urls, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	c := parse(t, "limits:\n  max_depth: 8\npolicy:\n  rules:\n    - id: a\n      fields: [x, \"é\", y]\n")
	for path, want := range map[string]string{
		"limits.max_depth": "winnow.yaml:2:14", "limits.max_body_bytes": "winnow.yaml:2:3", "policy.rules[0].fields[2]": "winnow.yaml:6:24",
		"policy.rules[0].action.mask": "winnow.yaml:5:7", "policy.rules[7]": "winnow.yaml:5:5", "nowhere": "winnow.yaml:1:1",
	} {
		if got := c.Source.Pos(path).String(); got != want {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
	if got := c.Mistakef("limits.max_depth", "too %s", "deep").Error(); got != "winnow.yaml:2:14: too deep" {
		t.Errorf("mistake is %q", got)
	}
	if got := Default().Source.Pos("policy").String(); got != "default.yaml:1:1" {
		t.Errorf("the default's place is %s", got)
	}
}

func TestSecretIsNeverShown(t *testing.T) {
	s := NewSecret(planted)
	c := Config{MasterSecret: s, Upstreams: []Upstream{{Headers: map[string]Secret{"A": s}}}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb, s)
		fmt.Fprintf(&out, verb, c)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "s", s, "c", c)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "s", s, "c", c)
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), planted) || strings.Contains(out.String(), fmt.Sprintf("%x", planted)) {
		t.Errorf("shown in %s", out.String())
	}
}

// Few bytes that stand for very much are refused, and quickly.
func TestBombs(t *testing.T) {
	many := func(s string, n int) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	for name, text := range map[string]string{
		"aliases": "trusted_proxies: []\npolicy:\n  classes: &f [" + many("text", 500) + "]\n  rules: [" + many("{id: a, fields: *f}", 500) + "]\n",
		"bytes":   "# " + strings.Repeat("x", maxFileBytes) + "\n",
		"keys":    strings.Repeat("a: b\n", 20_000),
		"flow":    "a: " + strings.Repeat("[", 100_000),
		"block":   strings.Repeat("- ", 100_000),
		"indent":  strings.Repeat(" ", 5000) + "a: b\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse("f", []byte(text), Env{}); err == nil {
				t.Error("it loads")
			}
		})
	}
}

func TestAliasesWork(t *testing.T) {
	c := parse(t, "policy:\n  rules:\n    - {id: a, fields: &f [x, y], action: &m {mask: {keep_last: 2}}}\n    - {id: b, fields: *f, action: *m}\n")
	if a, b := c.Policy.Rules[0], c.Policy.Rules[1]; !reflect.DeepEqual(a.Fields, b.Fields) || !reflect.DeepEqual(a.Action, b.Action) {
		t.Errorf("got %+v and %+v", a, b)
	}
}
