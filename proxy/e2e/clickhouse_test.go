package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const clickhouseConfig = `<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <http_port>%s</http_port><listen_host>127.0.0.1</listen_host>
  <path>%[2]s/data/</path><tmp_path>%[2]s/tmp/</tmp_path><users_config>%[2]s/users.xml</users_config>
  <mark_cache_size>5368709</mark_cache_size><default_profile>default</default_profile><default_database>default</default_database>
</yandex>`

const clickhouseUsers = `<?xml version="1.0"?>
<yandex><profiles><default/></profiles><quotas><default/></quotas>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`

// startClickHouse makes the stand's backend a ClickHouse with a table of logs.
func (s *stand) startClickHouse(t *testing.T) {
	t.Helper()
	dir, addr := t.TempDir(), freeAddr(t)
	_, port, _ := strings.Cut(addr, ":")
	for name, text := range map[string]string{"config.xml": fmt.Sprintf(clickhouseConfig, port, dir), "users.xml": clickhouseUsers} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.backend = "http://" + addr
	s.url = s.backend
	s.logs = start(t, "clickhouse-server", "--config-file="+filepath.Join(dir, "config.xml"))
	s.logs.await(t, s.backend+"/ping")
	s.sql(t, `CREATE TABLE logs (timestamp String, level String, service String, message String, trace_id String, duration_ms Float64,
		status UInt16, email String, customer String, payload String) ENGINE = Memory`)
}

// sql has the backend do a statement and returns what it says.
func (s *stand) sql(t *testing.T, statement string) string {
	t.Helper()
	resp, err := http.Post(s.backend+"/", "text/plain", strings.NewReader(statement))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %s, %v", statement, resp.Status, body, err)
	}
	return string(body)
}

// TestClickHouse: its own client for Node.js ships every line to winnow and from there into a ClickHouse, plain and in gzip.
func TestClickHouse(t *testing.T) {
	needTool(t, "clickhouse-server")
	needTool(t, "node")
	needNode(t, "node")
	for _, coding := range []string{"plain", "gzip"} {
		for _, m := range []mode{direct, strict, scrub} {
			t.Run(coding+"/"+string(m), func(t *testing.T) {
				t.Parallel()
				s := &stand{}
				s.startClickHouse(t)
				path := ""
				if m != direct {
					path = "/clickhouse"
					s.startWinnow(t, m)
				}
				run(t, clickhouseRows(), "node", filepath.Join("node", "clickhouse.mjs"), s.url, path, coding)
				checkClickHouse(t, s, m)
			})
		}
	}
}

// clickhouseRows is a row for each line, as JSON.
func clickhouseRows() string {
	var rows []map[string]any
	for i, l := range lines() {
		rows = append(rows, map[string]any{
			"timestamp": at, "level": level, "service": service, "message": l.text, "trace_id": traceID(i), "duration_ms": millis, "status": status,
			"email": plantedEmail, "customer": plantedName + " " + plantedUserID, "payload": payload(), "no_such_column": plantedCard,
		})
	}
	return mustJSON(rows)
}

// checkClickHouse demands the Service Operations fields of each row and the harmless words of its line, and nothing planted, or all of it.
func checkClickHouse(t *testing.T, s *stand, m mode) {
	t.Helper()
	all := s.sql(t, "SELECT * FROM logs FORMAT JSONEachRow")
	rows := parseClickHouse(t, all)
	if len(rows) != len(lines()) {
		t.Fatalf("%d rows, want %d", len(rows), len(lines()))
	}
	for i, l := range lines() {
		r := rows[traceID(i)]
		if r["level"] != level || r["service"] != service || fmt.Sprint(r["duration_ms"]) != fmt.Sprint(millis) || fmt.Sprint(r["status"]) != fmt.Sprint(status) {
			t.Errorf("row %d: %v", i, r)
		}
		for _, words := range l.keep {
			if !strings.Contains(fmt.Sprint(r["message"]), words) {
				t.Errorf("row %d: %v lacks %q", i, r["message"], words)
			}
		}
	}
	kinds := found(all, planted(m))
	if m == direct {
		if missing := lacking(planted(m), kinds); len(missing) > 0 {
			t.Errorf("the backend should have shown, without winnow, also %v", missing)
		}
		return
	}
	for place, text := range map[string]string{
		"backend": all, "backend log": s.logs.out.String(), "wire": s.wire.seen.String(), "winnow log": s.winnow.out.String(),
		"winnow metrics": get(t, s.admin+"/metrics"),
	} {
		if kinds := found(text, planted(m)); len(kinds) > 0 {
			t.Errorf("%s holds planted values: %v", place, kinds)
		}
	}
}

// parseClickHouse reads rows by their trace ids.
func parseClickHouse(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	rows := map[string]map[string]any{}
	for line := range strings.Lines(text) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("the backend returned %q: %v", line, err)
		}
		rows[fmt.Sprint(r["trace_id"])] = r
	}
	return rows
}
