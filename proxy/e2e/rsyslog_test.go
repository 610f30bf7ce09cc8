package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rsyslogClients are rsyslog's Elasticsearch output.
func rsyslogClients() []client {
	return []client{{
		name: "rsyslog", tool: "rsyslogd",
		ship: shipRsyslog,
		want: func(i int) row {
			return row{
				"@timestamp":   "2026-03-14T09:26:53.123456Z", // rsyslog's own precision
				"log.level":    "err",
				"service.name": service,
				"trace.id":     traceID(i),
				"event.action": "sync",
			}
		},
		message: "message",
		trace:   "trace.id",
	}}
}

// shipRsyslog hands rsyslog the lines as RFC 5424 messages, octet-counted (RFC 6587), and has it ship them in bulk.
func shipRsyslog(t *testing.T, base string, lines []line) {
	t.Helper()
	addr := freeAddr(t)
	file := filepath.Join(t.TempDir(), "rsyslog.conf")
	if err := os.WriteFile(file, []byte(rsyslogConfig(t, addr, base)), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "rsyslogd", "-n", "-iNONE", "-f", file)
	feedRsyslog(t, addr, lines)
}

// feedRsyslog sends the lines to rsyslog as soon as it listens.
func feedRsyslog(t *testing.T, addr string, lines []line) {
	t.Helper()
	var conn net.Conn
	eventually(t, "rsyslogd to listen", func() (ok bool) {
		var err error
		conn, err = net.Dial("tcp", addr)
		return err == nil
	})
	defer conn.Close()
	for i, l := range lines {
		// The sender's process id and structured data are where applications put what they should not.
		msg := fmt.Sprintf(`<11>1 2026-03-14T09:26:53.123456Z web-1 %s %s %s [user@32473 email="%s" name="%s"] %s`,
			service, plantedUserID, traceID(i), plantedEmail, plantedName, l.text)
		if _, err := fmt.Fprintf(conn, "%d %s", len(msg), msg); err != nil {
			t.Fatal(err)
		}
	}
}

// rsyslogConfig receives on addr and ships to the bulk page below base.
func rsyslogConfig(t *testing.T, addr, base string) string {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	values := strings.NewReplacer("HOST", host, "PORT", port, "BASE", base, "DIR", t.TempDir(), "PERSON", quoteRainer(mustJSON(map[string]any{"user": person()})))
	return values.Replace(`
global(workDirectory="DIR")
module(load="imtcp")
module(load="omelasticsearch")
template(name="document" type="list" option.jsonf="on") {
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
  property(outname="log.level" name="syslogseverity-text" format="jsonf")
  property(outname="service.name" name="app-name" format="jsonf")
  property(outname="trace.id" name="msgid" format="jsonf")
  property(outname="user.id" name="procid" format="jsonf")
  property(outname="sd" name="structured-data" format="jsonf")
  constant(outname="event.action" value="sync" format="jsonf")
  constant(outname="payload" value="PERSON" format="jsonf")
}
input(type="imtcp" address="HOST" port="PORT" ruleset="ship")
ruleset(name="ship") {
  action(type="omelasticsearch" server="BASE/insert/elasticsearch" searchIndex="logs" searchType="" bulkmode="on" template="document")
}
`)
}

// quoteRainer escapes a text for a quoted constant of an rsyslog template.
func quoteRainer(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
