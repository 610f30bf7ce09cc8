package codec_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
	"winnow/scrub/scrubtest/golden"
)

// Bodies of octets are written as text: of syslog a message a line, with Go's escapes, of which one with a + behind it was cut; of fluent a message
// a line, as messagePack reads it.
//
// Sections: content-type, path, query, policy.yaml, meta (name=value lines to attach), in, then what came of it: body, lines (for upstreams that
// store records), accept (the answer), or error.
func TestGolden(t *testing.T) {
	given := []string{"content-type", "path", "query", "policy.yaml", "meta", "in"}
	for _, c := range codec.All() {
		name := string(c.Protocol())
		t.Run(name, func(t *testing.T) {
			golden.Run(t, filepath.Join("testdata", name, "*.txtar"), given, func(t *testing.T, in golden.Sections) []txtar.File { return outcome(t, c, in) })
		})
	}
}

func outcome(t *testing.T, c codec.Codec, given golden.Sections) []txtar.File {
	run := scrubtest.Policy(t, given["policy.yaml"]).Begin(scrub.Request{
		Keys: scrubtest.Keys(t), Meta: scrubtest.Facts(given["meta"]), LabelNames: c.Protocol() == config.ProtocolLoki,
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
		{Name: "body", Data: bytes.Clone(b.Bytes())}, {Name: "lines", Data: rows}, {Name: "accept", Data: answer},
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
