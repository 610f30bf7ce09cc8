package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// linked lets identifiers leave as pseudonyms, in fields and in text: only what has one can be erased.
const linked = "  classes: [telemetry, text, usage, identity]\n  detectors: {email: {action: {pseudonym: {as: email}}}}\n"

// persons are records of two persons, by field, by text and by both, and of nobody. level tells which is which.
const persons = `{"time":"2026-03-14T09:26:53Z","level":"hers-field","message":"login","user_email":"Alice@example.com"}
{"time":"2026-03-14T09:26:54Z","level":"hers-text","message":"mail to alice@example.com sent"}
{"time":"2026-03-14T09:26:55Z","level":"hers-id","message":"login","customer_id":"alice@example.com"}
{"time":"2026-03-14T09:26:56Z","level":"his-both","message":"mail to bob@example.com","user_email":"bob@example.com"}
{"time":"2026-03-14T09:26:57Z","level":"nobody","message":"started"}
`

// prepared is what winnow says erases a person in a backend.
type prepared struct{ Speaks, Method, URL, Body, Note string }

// erase runs `winnow subject erase` as an operator would and returns what it says about a backend.
func (s *stand) erase(t *testing.T, speaks, person string) (found []prepared) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "person.txt")
	if err := os.WriteFile(file, []byte(person+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), command(t, winnowCommand), "subject", "erase", "--value-file", file, "--format", "json", "--config", s.file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("erase: %v\n%s", err, out)
	}
	var answer struct{ Queries []prepared }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, p := range answer.Queries {
		if p.Speaks == speaks {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		t.Fatalf("nothing for %s in %s", speaks, out)
	}
	return found
}

// RIGHT-2: the statements that winnow prints for ClickHouse erase the records of one person, whatever the table and its columns are called, and
// nobody else's.
func TestErasureInClickHouse(t *testing.T) {
	needTool(t, "clickhouse-server")
	s := &stand{policy: linked}
	s.startClickHouse(t)
	s.sql(t, "CREATE TABLE events (time String, level String, message String, user_email Nullable(String), customer_id String, n UInt8) "+
		"ENGINE = MergeTree ORDER BY level")
	s.startWinnow(t, strict)
	curl(t, s.url+"/clickhouse?query="+url.QueryEscape("INSERT INTO events FORMAT JSONEachRow"), nil, []byte(persons))
	for _, p := range s.erase(t, "clickhouse", "alice@example.com") {
		for statement := range strings.Lines(s.sql(t, p.Body)) {
			s.sql(t, statement)
		}
	}
	eventually(t, "the mutations to end", func() bool {
		return strings.TrimSpace(s.sql(t, "SELECT count() FROM system.mutations WHERE NOT is_done")) == "0"
	})
	if got := strings.Fields(s.sql(t, "SELECT level FROM events ORDER BY level")); !slices.Equal(got, []string{"his-both", "nobody"}) {
		t.Errorf("left: %v", got)
	}
}

// RIGHT-2: the filter that winnow prints for VictoriaLogs is met by the records of one person and nobody else's. The version that can be had here
// cannot delete, and says so; what winnow prints says that there are such.
func TestErasureInVictoriaLogs(t *testing.T) {
	s := &stand{policy: linked}
	s.startBackend(t)
	s.startWinnow(t, strict)
	curl(t, s.url+"/insert/jsonline?_msg_field=message&_time_field=time", []string{"Content-Type: application/stream+json"}, []byte(persons))
	s.rows(t, 5)
	var met []string
	for _, p := range s.erase(t, "victorialogs", "alice@example.com") {
		if p.Method != http.MethodPost || !strings.HasSuffix(p.URL, "/delete/run_task?filter="+url.QueryEscape(p.Body)) {
			t.Errorf("the call is not one of the filter: %s %s", p.Method, p.URL)
		}
		rows := parseRows(t, get(t, s.backend+"/select/logsql/query?"+url.Values{"query": {p.Body}}.Encode()))
		for _, r := range rows {
			met = append(met, r["level"])
		}
		if status := post(t, p.URL); status/100 == 2 {
			t.Error("this VictoriaLogs can delete: hold the call to its effect")
		}
		if !strings.Contains(p.Note, "can delete") {
			t.Errorf("the note does not speak of versions: %s", p.Note)
		}
	}
	if slices.Sort(met); !slices.Equal(slices.Compact(met), []string{"hers-field", "hers-id", "hers-text"}) {
		t.Errorf("met: %v", met)
	}
}

// post makes a call without a body and returns the status.
func post(t *testing.T, address string) int {
	t.Helper()
	resp, err := http.Post(address, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}
