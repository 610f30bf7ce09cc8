package codec_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
)

var update = flag.Bool("update", false, "rewrite the want sections of golden cases")

// policy compiles a config file's text.
func policy(t testing.TB, text string) *scrub.Policy {
	t.Helper()
	c, err := config.Parse("policy.yaml", []byte(text), config.Env{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := scrub.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(t testing.TB) *pseudonym.Domain {
	t.Helper()
	d, err := pseudonym.Derive(bytes.Repeat([]byte("k"), 32), "acme", "operations", 7)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Bodies of octets are written as text: of syslog a message a line, with Go's escapes, of which one with a + behind it was cut; of fluent a message
// a line, as messagePack reads it.
//
// Each file says in its first lines why it exists. Sections: content-type, path, query, policy.yaml, meta (name=value lines to attach), in, then what
// came of it: body, lines (for upstreams that store records), accept (the answer), or error.
func TestGolden(t *testing.T) {
	for _, c := range codec.All() {
		files, err := filepath.Glob(filepath.Join("testdata", string(c.Protocol()), "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatal("no golden cases for ", c.Protocol())
		}
		for _, file := range files {
			t.Run(string(c.Protocol())+"/"+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, c, file) })
		}
	}
}

func golden(t *testing.T, c codec.Codec, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{}
	var inputs []txtar.File
	for _, f := range a.Files {
		given[f.Name] = string(f.Data)
		switch f.Name {
		case "content-type", "path", "query", "policy.yaml", "meta", "in":
			inputs = append(inputs, f)
		}
	}
	got := append(inputs, outcome(t, c, given)...)
	if *update {
		if err := os.WriteFile(file, txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got}), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := txtar.Format(a); !bytes.Equal(txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got}), want) {
		t.Errorf("got:\n%s\nwant:\n%s", txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got}), want)
	}
}

func outcome(t *testing.T, c codec.Codec, given map[string]string) []txtar.File {
	var attach []meta.Field
	for line := range strings.Lines(given["meta"]) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		attach = append(attach, meta.Field{Name: name, Value: []byte(value), Class: config.ClassTelemetry})
	}
	run := policy(t, given["policy.yaml"]).Begin(scrub.Request{
		Keys: keys(t), Meta: attach, LabelNames: c.Protocol() == config.ProtocolLoki,
	})
	defer run.Close()
	body := wireOf(t, c, given["in"])
	b, err := c.Scrub(run, &codec.Request{
		Method: "POST", ContentType: strings.TrimSpace(given["content-type"]), Body: body, MaxDecoded: 1 << 20,
		Received: time.Date(2026, 3, 14, 9, 26, 54, 0, time.UTC),
		Path:     strings.TrimSpace(given["path"]), Query: []byte(strings.TrimSpace(given["query"])),
	})
	var fault *scrub.Fault
	if errors.As(err, &fault) {
		return []txtar.File{{Name: "error", Data: fmt.Appendf(nil, "byte %d: %v\n", fault.Offset, fault)}}
	} else if err != nil {
		return []txtar.File{{Name: "error", Data: []byte(err.Error() + "\n")}}
	}
	if b.Detached() { // whatever is told of it from here on does not depend on the body
		copy(body, bytes.Repeat([]byte("?"), len(body)))
	}
	rows, err := c.AppendLines(nil, &b)
	if err != nil {
		t.Error(err)
	}
	r := c.Accept(&b)
	answer := fmt.Appendf(nil, "%d %s\n%s", r.Status, r.ContentType, r.Body)
	if len(b.Query) > 0 {
		answer = fmt.Appendf(answer, "\nquery: %s", b.Query)
	}
	return []txtar.File{
		{Name: "body", Data: withNewline(bytes.Clone(b.Bytes()))}, {Name: "lines", Data: rows}, {Name: "accept", Data: withNewline(answer)},
	}
}

// wireOf is a body as the protocol has it. Those that no text file can hold are written as lines there.
func wireOf(t *testing.T, c codec.Codec, in string) (body []byte) {
	t.Helper()
	switch c.Protocol() {
	case config.ProtocolSyslog:
		for line := range strings.Lines(in) {
			body = codec.AppendSyslogFrame(body, []byte(readable(t, line)), strings.HasSuffix(line, "+\n"))
		}
		return body
	case config.ProtocolFluent:
		return messagePack(t, in)
	}
	return []byte(in)
}

// readable undoes the escapes of a line, which are those of Go.
func readable(t *testing.T, line string) string {
	t.Helper()
	line = strings.TrimSuffix(line, "\n")
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return text
}

// withNewline is what txtar makes of data.
func withNewline(b []byte) []byte {
	if len(b) > 0 && b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	return b
}
