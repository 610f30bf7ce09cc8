package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fluent/fluent-logger-golang/fluent"
)

// socketClient is a client that ships to a listener, of which config says the rest behind its address.
type socketClient struct {
	client
	transport, config string
	// ship sends one record for each line to the listener.
	ship func(t *testing.T, addr string, cert certificate, lines []line)
}

func socketClients() []socketClient {
	return append(append(syslogClients(), fluentClients()...), gelfClients()...)
}

// TestNothingPlantedArrivesBySocket ships every line with every client of a listener, in both modes, into the backend as NDJSON.
func TestNothingPlantedArrivesBySocket(t *testing.T) {
	for _, c := range socketClients() {
		for _, m := range []mode{strict, scrub} {
			t.Run(c.name+"/"+string(m), func(t *testing.T) {
				needTool(t, c.tool)
				needNode(t, c.tool)
				t.Parallel()
				cert := newCertificate(t)
				addr := freeAddr(t)
				s := &stand{}
				s.startBackend(t)
				s.startListening(t, m, fmt.Sprintf("address: '%s://%s', %s", c.transport, addr, cert.fill(c.config)))
				c.ship(t, addr, cert, lines())
				rows := s.rows(t, len(lines()))
				checkFields(t, c.client, rows)
				checkWords(t, c.client, rows)
				s.checkClean(t, m, rows)
			})
		}
	}
}

// startListening runs winnow with one listener.
func (s *stand) startListening(t *testing.T, m mode, listener string) {
	t.Helper()
	admin := freeAddr(t)
	s.admin = "http://" + admin
	s.wire = newWire(t, s.backend)
	dir := t.TempDir()
	file := filepath.Join(dir, "winnow.yaml")
	text := fmt.Sprintf("listen: %s\nadmin: {listen: '%s'}\ndata_dir: %s\nupstreams: [{id: logs, url: '%s', format: ndjson}]\nlisteners: [{%s}]\npolicy: {mode: %s}\n",
		freeAddr(t), admin, filepath.Join(dir, "data"), s.wire.url, listener, m)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.winnow = start(t, command(t, winnowCommand), "run", "--config", file)
	s.winnow.await(t, s.admin+"/readyz")
}

// needNode leaves a test of a package of npm out where node/ has none.
func needNode(t *testing.T, tool string) {
	t.Helper()
	if tool != "node" {
		return
	}
	if _, err := os.Stat("node/node_modules"); err == nil {
		return
	}
	if os.Getenv("WINNOW_E2E_REQUIRE") == "1" {
		t.Fatal("the packages in proxy/e2e/node are not installed (npm ci), and WINNOW_E2E_REQUIRE=1 asks for them")
	}
	t.Skip("left out: the packages in proxy/e2e/node are not installed: npm ci")
}

// syslogClients are rsyslog, with each transport and framing that it has, and logger of util-linux.
func syslogClients() []socketClient {
	const plain, secured = "protocol: syslog", "protocol: syslog, tls: {cert_file: CERT, key_file: KEY}"
	relayed := func(int) row {
		return row{"severity": "err", "facility": "user", "host": "web-1", "app": service, "_time": "2026-03-14T09:26:53.123456Z"}
	}
	logged := func(int) row { return row{"severity": "err", "facility": "user", "app": service, "pid": "4711"} }
	rsyslog := func(name, transport, config, action string) socketClient {
		return socketClient{
			client{name: "rsyslog " + name, tool: "rsyslogd", want: relayed, message: "_msg", trace: "msgid"}, transport, config,
			func(t *testing.T, addr string, cert certificate, lines []line) {
				relay(t, addr, cert.fill(action), cert, lines)
			},
		}
	}
	logger := func(name, transport, trace string, want func(int) row, args ...string) socketClient {
		return socketClient{
			client{name: "logger " + name, tool: "logger", want: want, message: "_msg", trace: trace}, transport, plain,
			func(t *testing.T, addr string, _ certificate, lines []line) { logLines(t, addr, lines, args...) },
		}
	}
	return []socketClient{
		rsyslog("udp", "udp", plain, `protocol="udp"`),
		rsyslog("counted", "tcp", plain, `protocol="tcp" TCP_Framing="octet-counted"`),
		rsyslog("lines", "tcp", plain, `protocol="tcp" TCP_Framing="traditional"`),
		rsyslog("tls", "tls", secured, `protocol="tcp" TCP_Framing="octet-counted" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"`),
		logger("udp", "udp", "msgid", logged, "--udp", "--rfc5424=notq", "--id=4711", "--tag", service, "--msgid", "TRACE"),
		logger("counted", "tcp", "msgid", logged, "--tcp", "--octet-count", "--rfc5424", "--id=4711", "--tag", service, "--msgid", "TRACE"),
		logger("rfc3164", "tcp", "app", func(int) row { return row{"severity": "err", "facility": "user", "pid": "4711"} },
			"--tcp", "--octet-count", "--rfc3164", "--id=4711", "--tag", "TRACE"),
	}
}

// relay hands rsyslog the lines, and has it forward them.
func relay(t *testing.T, addr, action string, cert certificate, lines []line) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	own := freeAddr(t)
	ownHost, ownPort, err := net.SplitHostPort(own)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rsyslog.conf")
	text := fmt.Sprintf(`
global(workDirectory="%s" defaultNetstreamDriverCAFile="%s")
module(load="imtcp")
input(type="imtcp" address="%s" port="%s" ruleset="ship")
ruleset(name="ship") {
  action(type="omfwd" target="%s" port="%s" template="RSYSLOG_SyslogProtocol23Format" %s)
}
`, t.TempDir(), cert.certFile, ownHost, ownPort, host, port, action)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "rsyslogd", "-n", "-iNONE", "-f", file)
	feedRsyslog(t, own, lines)
}

// logLines has logger send the lines, one run each.
func logLines(t *testing.T, addr string, lines []line, args ...string) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		own := []string{"--server", host, "--port", port, "--priority", "user.err"}
		for _, a := range args {
			own = append(own, strings.ReplaceAll(a, "TRACE", traceID(i)))
		}
		run(t, "", "logger", append(own, "--", l.text)...)
	}
}

// fluentClients are Fluent's own library for Go, record by record, and its community's for Node.js, compressed, with a key and TLS.
func fluentClients() []socketClient {
	want := func(int) row {
		return row{"level": level, "tag": "app.web", "service.name": service, "event.action": "sync", "_time": "2026-03-14T09:26:53.123456789Z"}
	}
	received := func(i int) row { // it has a clock of its own
		r := want(i)
		delete(r, "_time")
		return r
	}
	return []socketClient{
		{client{name: "fluent-logger-golang", want: want, message: "_msg", trace: "trace_id"}, "tcp", "protocol: fluent", shipFluent},
		{client{name: "@fluent-org/logger", tool: "node", want: received, message: "_msg", trace: "trace_id"}, "tls",
			"protocol: fluent, shared_key: 'a key that both know', tls: {cert_file: CERT, key_file: KEY}", shipFluentNode},
	}
}

// socketRecord is what a client sends for line i, personal data beside it.
func socketRecord(i int, l line) map[string]any {
	return map[string]any{
		"message": l.text, "level": level, "trace_id": traceID(i), "service.name": service, "event.action": "sync", "user": person(),
	}
}

func shipFluent(t *testing.T, addr string, _ certificate, lines []line) {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	logger, err := fluent.New(fluent.Config{FluentHost: a.IP.String(), FluentPort: a.Port, RequestAck: true, SubSecondPrecision: true, ReadTimeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		if err := logger.PostWithTime("app.web", at, socketRecord(i, l)); err != nil {
			t.Fatal(err)
		}
	}
	if err := logger.Close(); err != nil {
		t.Error(err)
	}
}

func shipFluentNode(t *testing.T, addr string, cert certificate, lines []line) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	var records []map[string]any
	for i, l := range lines {
		records = append(records, socketRecord(i, l))
	}
	run(t, mustJSON(records), "node", "node/fluent.js", host, port, "a key that both know", cert.certFile)
}

// gelfClients are a library for Node.js, by UDP compressed and in chunks at need, and by TCP.
func gelfClients() []socketClient {
	want := func(int) row {
		return row{"level": "3", "component": "sync", "service.name": service, "event.action": "sync"}
	}
	var all []socketClient
	for _, transport := range []string{"udp", "tcp"} {
		all = append(all, socketClient{
			client{name: "gelf-pro " + transport, tool: "node", want: want, message: "_msg", trace: "trace_id"}, transport, "protocol: gelf",
			func(t *testing.T, addr string, _ certificate, lines []line) { shipGELF(t, transport, addr, lines) },
		})
	}
	return all
}

func shipGELF(t *testing.T, transport, addr string, lines []line) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	type record struct {
		Message string         `json:"message"`
		Fields  map[string]any `json:"fields"`
	}
	var records []record
	for i, l := range lines {
		fields := maps.Clone(socketRecord(i, l))
		delete(fields, "message")
		delete(fields, "level")
		fields["filler"] = strings.Repeat("0123456789abcdef", 200) // more than a datagram may hold
		records = append(records, record{l.text, fields})
	}
	input, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	run(t, string(input), "node", "node/gelf.js", transport, host, port)
}
