package proxy_test

import (
	"net"
	"testing"
)

// Listeners whose spool takes nothing: Fluent's sender gets no ack, and what came over a connection or as a datagram is tried again, and not passed on. A disk
// can never have as much left as is asked for here.
func TestFullSpoolAtListeners(t *testing.T) {
	b := newBackend(t)
	r := listening(t, b, "spool: {min_free_bytes: 1000000GiB}\nlimits: {drain_timeout: 100ms}\npolicy: {mode: scrub}\n",
		"{address: 'tcp://127.0.0.1:0', protocol: fluent, delivery: spool}", "{address: 'tcp://127.0.0.1:0', protocol: syslog, delivery: spool}",
		"{address: 'udp://127.0.0.1:0', protocol: gelf, delivery: spool}")
	const asks, ack = "\x94\xa3app\x01\x81\xa7message\xa6fluent\x81\xa5chunk\xa2c1", "\x81\xa3ack\xa2c1"
	if got := ask(t, r.Sockets[0], asks, len(ack)); got != "" {
		t.Errorf("fluent: %q", got)
	}
	r.awaits(t, `winnow_spool_refusals_total{lane="logs",reason="no_space"}`, 1)
	c, err := net.Dial("tcp", r.Sockets[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("<14>1 2026-03-14T09:26:53Z web-1 shop - - - hello\n")); err != nil {
		t.Fatal(err)
	}
	r.awaits(t, `winnow_listener_retries_total{listener="tcp://127.0.0.1:0"}`, 2)
	say(t, "udp", r.Sockets[2], nil, `{"short_message":"hello"}`)
	r.awaits(t, `winnow_listener_retries_total{listener="udp://127.0.0.1:0"}`, 1)
	if got := b.all(); len(got) != 0 {
		t.Errorf("passed on: %q", got)
	}
}
