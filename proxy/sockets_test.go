package proxy_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy/certs/certtest"
)

// records are those that a backend was sent, or waits for n of them.
func (b *backend) records(t *testing.T, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		var lines []string
		for _, r := range b.all() {
			_, body, _ := strings.Cut(r, "\n")
			_, body, _ = strings.Cut(body, "\n")
			lines = append(lines, strings.Split(strings.TrimSpace(body), "\n")...)
		}
		if len(lines) >= n {
			return lines
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d records of %d: %q", len(lines), n, lines)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// listening runs winnow with listeners, each a line of configuration, before a backend that takes NDJSON.
func listening(t *testing.T, b *backend, more string, listeners ...string) *running {
	t.Helper()
	text := "upstreams: [{id: logs, url: '" + b.URL + "', format: ndjson, path: /in, timeout: 5s}]\nlisteners:\n"
	for _, l := range listeners {
		text += "  - " + l + "\n"
	}
	return start(t, nil, text+more)
}

// say sends text to a listener and closes the connection.
func say(t *testing.T, network, address string, secure *tls.Config, text ...string) {
	t.Helper()
	c, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	if secure != nil {
		secure.ServerName = "localhost"
		c = tls.Client(c, secure)
	}
	defer c.Close()
	for _, part := range text {
		if _, err := io.WriteString(c, part); err != nil {
			t.Fatal(err)
		}
	}
}

// GELF over HTTP is answered as Graylog's own input does.
func TestGELFAnswers(t *testing.T) {
	const policy = "limits: {max_body_bytes: 1KiB, max_record_bytes: 1KiB}\npolicy: {rules: [{id: noise, fields: [noise], action: drop_record}]}\n"
	r := start(t, nil, policy)
	for _, tt := range []struct {
		name, body string
		status     int
		answer     string
	}{
		{"taken", `{"version":"1.1","host":"web-1","short_message":"login of alice@example.com"}`, 202, ""},
		{"several", `{"short_message":"a"}` + "\n" + `{"short_message":"b"}`, 202, ""},
		{"dropped", `{"short_message":"a","_noise":1}`, 202, ""},
		{"one of two", `{"short_message":"a"}` + "\n" + `{"short_message":7}`, 202, ""},
		{"no message", `{"host":"alice"}`, 400, "short_message missing\n"},
		{"no JSON", `alice`, 400, "not a JSON object\n"},
		{"empty", ``, 400, "body is empty\n"},
		{"too large", `{"short_message":"` + strings.Repeat("x", 2000) + `"}`, 413, "body is larger than the limit\n"},
	} {
		if status, body := r.post(t, "/gelf", tt.body, "Content-Type", "application/json"); status != tt.status || body != tt.answer {
			t.Errorf("%s: %d %q", tt.name, status, body)
		}
	}
	b := newBackend(t)
	r = start(t, b, "")
	for _, upstream := range []int{202, 400, 429, 503} {
		b.answer(upstream)
		if status, _ := r.post(t, "/gelf", `{"version":"1.1","short_message":"from bob@example.com"}`, "Content-Type", "application/json"); status != upstream {
			t.Errorf("the upstream says %d, winnow %d", upstream, status)
		}
	}
	if got := b.all()[0]; !strings.HasPrefix(got, "POST /gelf\n") || !strings.Contains(got, `"short_message":"from [email]"`) {
		t.Errorf("sent on: %s", got)
	}
}

// answer has the backend answer so from now on.
func (b *backend) answer(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reply = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// ask sends text to a listener on a connection of its own, and returns the n bytes of the answer, or those that come before the end.
func ask(t *testing.T, addr, text string, n int) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, n)
	n, _ = io.ReadFull(c, answer) // the connection is closed where there is none
	return string(answer[:n])
}

// Of a batch that an upstream refuses for the time being nothing is acknowledged; what policy drops is.
func TestFluentListener(t *testing.T) {
	b := newBackend(t)
	b.answer(503)
	r := listening(t, b, "policy: {rules: [{id: noise, fields: [noise], action: drop_record}]}\n", "{address: 'tcp://127.0.0.1:0', protocol: fluent}")
	const asks = "\x94\xa3app\x01\x81\xa7message\xb1alice@example.com\x81\xa5chunk\xa2c1"
	const ack = "\x81\xa3ack\xa2c1"
	talk := func(text string) string { return ask(t, r.Sockets[0], text, len(ack)) }
	if got := talk(asks); got != "" {
		t.Errorf("the upstream is down: %q", got)
	}
	b.answer(200)
	if got := talk(asks); got != ack {
		t.Errorf("taken: %q", got)
	}
	if got := talk("\x94\xa3app\x01\x81\xa5noise\x01\x81\xa5chunk\xa2c1"); got != ack {
		t.Errorf("dropped by policy: %q", got)
	}
	if got := talk("\x93\xc0\x01\x02"); got != "" {
		t.Errorf("malformed: %q", got)
	}
	if got := b.records(t, 2); !strings.Contains(got[1], `"message":"[email]"`) || len(got) != 2 {
		t.Errorf("%q", got)
	}
}

func TestSyslogListeners(t *testing.T) {
	const message = "<14>1 2026-03-14T09:26:53Z web-1 shop - - - login of alice@example.com"
	a, dir := certtest.New(t), t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.Issue(t, "localhost", cert, key)
	for _, tt := range []struct {
		name, transport string
		parts           []string
		want            int
	}{
		{"udp", "udp", []string{message, message}, 2},
		{"lines", "tcp", []string{message + "\n" + message + "\r\n", message[:20], message[20:]}, 3},
		{"zero bytes", "tcp", []string{message + "\x00" + message + "\x00"}, 2},
		{"counted", "tcp", []string{fmt.Sprintf("%d %s%d %s", len(message), message, len(message), message)}, 2},
		{"tls", "tls", []string{fmt.Sprintf("%d %s", len(message), message)}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend(t)
			l := fmt.Sprintf("{address: '%s://127.0.0.1:0', protocol: syslog}", tt.transport)
			var secure *tls.Config
			network := tt.transport
			if network == "tls" {
				l = fmt.Sprintf("{address: 'tls://127.0.0.1:0', protocol: syslog, tls: {cert_file: %s, key_file: %s}}", cert, key)
				secure, network = a.Client(t, ""), "tcp"
			}
			r := listening(t, b, "", l)
			say(t, network, r.Sockets[0], secure, tt.parts...)
			for _, got := range b.records(t, tt.want) {
				if !strings.Contains(got, `"message":"login of [email]"`) || !strings.Contains(got, `"client.address":"127.0.0.0"`) {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}
