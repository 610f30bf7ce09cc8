package proxy_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
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
