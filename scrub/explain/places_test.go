package explain

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winnow/config"
)

// docs/architecture.md and the command tell the same: each row of the one is a row of the other, and no protocol is without.
func TestPlacesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| protocol | part | path |\n")
	if !found {
		t.Fatal("the table is gone")
	}
	var want []string
	for _, p := range Places {
		want = append(want, "| "+p.Protocol+" | "+p.Part+" | "+p.Path+" |")
	}
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "## ") {
			break
		}
		if i := slices.Index(want, line); i >= 0 {
			want = slices.Delete(want, i, i+1)
		} else if strings.HasPrefix(line, "| ") {
			t.Errorf("the docs have, and Places has not: %s", line)
		}
	}
	for _, line := range want {
		t.Errorf("Places has, and the docs have not: %s", line)
	}
	for _, protocol := range config.Words(reflect.TypeFor[config.Protocol]()) {
		if !slices.ContainsFunc(Places, func(p Place) bool { return p.of(protocol) }) {
			t.Errorf("no place of protocol %s", protocol)
		}
	}
}

func TestPaths(t *testing.T) {
	c, err := config.Parse("test.yaml", []byte(`
policy:
  mode: strict
  preset: none
  classes: [telemetry, text]
  rules:
    - {id: all, fields: ["**.password"], action: drop}
    - {id: few, fields: [Labels.app, labels.env]}
    - {id: text, fields: [message], class: text}
    - {id: who, fields: [host], class: identity}
    - {id: cut, fields: [source], action: {mask: {keep_last: 4}}}
`), config.Env{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		protocol config.Protocol
		mode     config.Mode
		address  Address
	}{
		{config.ProtocolLoki, "", Address{"labels.<name>", "label", []string{"all", "few"}, "as the rules say that name it, else removed"}},
		{config.ProtocolLoki, "", Address{"message", "line", []string{"text"}, "is kept"}},
		{config.ProtocolLoki, "", Address{"", "structured metadata", nil, "as the rules say that name it, else removed"}},
		{config.ProtocolSplunk, "", Address{"host", "`time`, `host`, `source`, `sourcetype`, `index`, in the event or the query", []string{"who"}, "is removed: class identity may not leave"}},
		{config.ProtocolSplunk, "", Address{"source", "`time`, `host`, `source`, `sourcetype`, `index`, in the event or the query", []string{"cut"}, "is masked, the last 4 characters stay"}},
		{config.ProtocolOTLP, config.ModeScrub, Address{"severity_text", "logs: severity text, event name", nil, "is kept: no rule names it"}},
		{config.ProtocolOTLP, "", Address{"span.name", "traces: name, trace state and status message of a span", nil, "is removed: no rule names it"}},
	} {
		list := Paths(c, want.protocol, want.mode)
		if !slices.ContainsFunc(list, func(a Address) bool { return reflect.DeepEqual(a, want.address) }) {
			t.Errorf("%s: no %+v in\n%+v", want.protocol, want.address, list)
		}
	}
}
