package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/config"
)

// On a terminal what was changed is coloured by what stood there, and a record cannot give the terminal orders.
func TestHighlight(t *testing.T) {
	c := &console{colour: true, outTerminal: true}
	token := "email_e685_" + strings.Repeat("a", 26)
	for in, want := range map[string]string{
		"to [email] now":           "to " + magenta + "[email]" + plain + " now",
		"[card] [secret] [ip]":     yellow + "[card]" + plain + " " + red + "[secret]" + plain + " " + cyan + "[ip]" + plain,
		"by " + token:              "by " + blue + token + plain,
		"card ***1111":             "card " + blue + "***" + plain + "1111",
		"[withheld]":               yellow + "[withheld]" + plain,
		"[main] started":           "[main] started",
		"\x1b]0;gone\x07 \u009b2J": "\ufffd]0;gone\ufffd \ufffd2J",
	} {
		if got := c.clean([]byte(in)); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	if got := new(console).clean([]byte("[email]\x1b")); got != "[email]\x1b" {
		t.Errorf("into a file goes %q", got)
	}
}

func TestProgressLine(t *testing.T) {
	p := &progress{name: "app.log", size: 4_000_000, done: 1_000_000}
	if got, want := p.line(2*time.Second), "app.log  [#######-----------------------]  25 %  500.0 kB/s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p = &progress{name: "pipe", done: 999}
	if got, want := p.line(time.Second), "pipe  999 B  999 B/s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// However long the lines at a segment's end are, and however many are asked for, they are found.
func TestLastLines(t *testing.T) {
	var all []string
	for i := range 400 {
		all = append(all, fmt.Sprintf("{\"n\":%d,\"text\":%q}\n", i, strings.Repeat("x", i*7%3000)))
	}
	all = append(all, strings.Repeat("y", 2*firstWindow)+"\n")
	text := strings.Join(all, "")
	name := filepath.Join(t.TempDir(), "segment")
	if err := os.WriteFile(name, []byte(text+"torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 2, 50, 400, 401, 402, 9999} {
		lines, end, err := lastLines(name, n)
		want := strings.Join(all[max(len(all)-n, 0):], "")
		if err != nil || end != int64(len(text)) || string(bytes.Join(lines, nil)) != want {
			t.Errorf("last %d: %d lines up to %d of %d, %v", n, len(lines), end, len(text), err)
		}
	}
}

// The line to try must reach the listener and find a backend that takes it.
func TestTryLine(t *testing.T) {
	for _, tt := range []struct{ name, yaml, listen, want string }{
		{"default", "", "127.0.0.1:8080", "curl -sS http://127.0.0.1:8080/ingest -H "},
		{"all addresses", "", "[::]:80", "curl -sS http://127.0.0.1:80/ingest -H "},
		{"TLS", "tls: {cert_file: cert.pem, key_file: key.pem}", "127.0.0.1:8080", "curl -sS https://127.0.0.1:8080/ingest -H "},
		{"VictoriaLogs", "upstream: http://127.0.0.1:9428", "127.0.0.1:8080", "curl -sS http://127.0.0.1:8080/insert/jsonline -H "},
		{"no JSON", "routes: [{path: /loki/*, protocol: loki}]", "127.0.0.1:8080", ""},
		{"keys", "tenants: [{id: a, keys: [\"sha256:" + strings.Repeat("0", 64) + "\"]}]", "127.0.0.1:8080", `-H "Authorization: Bearer $WINNOW_KEY" -d`},
	} {
		c, err := config.Parse("winnow.yaml", []byte(tt.yaml), config.Env{})
		if err != nil {
			t.Fatal(err)
		}
		if got := tryLine(c, tt.listen); !strings.Contains(got, tt.want) || (tt.want == "") != (got == "") {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}
