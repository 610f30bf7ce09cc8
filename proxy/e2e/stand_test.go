package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// mode is the way from the client to the backend.
type mode string

const (
	direct mode = "direct" // no winnow between: the control
	strict mode = "strict" // only fields that a rule names leave
	scrub  mode = "scrub"  // all fields leave, all values scrubbed
)

// stand is a backend of one test's own, and winnow in front of it unless the mode is direct.
type stand struct {
	// url that the clients ship to, without a path.
	url     string
	backend string
	logs    *process // the backend's own output
	winnow  *process // nil in direct mode
	wire    *wire    // what winnow sends to the backend
	admin   string
	// extra is what the upstream says beside its URL, and policy what the policy says beside its mode, as lines of the file.
	extra, policy string
	// file is winnow's.
	file string
}

func newStand(t *testing.T, m mode) *stand {
	t.Helper()
	s := &stand{}
	s.startBackend(t)
	s.url = s.backend
	if m != direct {
		s.startWinnow(t, m)
	}
	return s
}

func (s *stand) startBackend(t *testing.T) {
	t.Helper()
	addr := freeAddr(t)
	s.backend = "http://" + addr
	s.logs = start(t, command(t, backendCommand),
		"-httpListenAddr="+addr, "-storageDataPath="+t.TempDir(),
		"-loggerLevel=WARN", "-retentionPeriod=100y", "-futureRetention=100y", // records have fixed times
	)
	s.logs.await(t, s.backend+"/health")
}

// startWinnow runs winnow as an operator would: a file, and one upstream that says no more than its URL.
func (s *stand) startWinnow(t *testing.T, m mode) {
	t.Helper()
	listen, admin := freeAddr(t), freeAddr(t)
	s.url, s.admin = "http://"+listen, "http://"+admin
	s.wire = newWire(t, s.backend)
	dir := t.TempDir()
	file := filepath.Join(dir, "winnow.yaml")
	text := fmt.Sprintf(`version: 1
listen: %s
admin:
  listen: %s
data_dir: %s
trusted_proxies: [127.0.0.1/32]
upstreams:
  - id: logs
    url: %s
%spolicy:
  mode: %s
%s`, listen, admin, filepath.Join(dir, "data"), s.wire.url, s.extra, m, s.policy)
	s.file = file
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.winnow = start(t, command(t, winnowCommand), "run", "--config", file)
	s.winnow.await(t, s.admin+"/readyz")
}

// row is one record as the backend returns it: flat, every value a text.
type row map[string]string

// rows reads back everything, once there are as many records as want. More than that fails the test too.
func (s *stand) rows(t *testing.T, want int) []row {
	t.Helper()
	var got []row
	eventually(t, fmt.Sprintf("%d records in the backend", want), func() bool {
		get(t, s.backend+"/internal/force_flush")
		got = parseRows(t, s.query(t, "query"))
		return len(got) >= want
	})
	if len(got) != want {
		t.Errorf("the backend holds %d records, want %d", len(got), want)
	}
	return got
}

// query asks the backend for everything it knows under one of its pages.
func (s *stand) query(t *testing.T, page string) string {
	t.Helper()
	return get(t, s.backend+"/select/logsql/"+page+"?"+url.Values{"query": {"*"}}.Encode())
}

func parseRows(t *testing.T, text string) []row {
	t.Helper()
	var rows []row
	for scan := bufio.NewScanner(strings.NewReader(text)); scan.Scan(); {
		var r row
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatalf("the backend returned %q: %v", scan.Text(), err)
		}
		rows = append(rows, r)
	}
	return rows
}

// texts are all places that a planted value must not reach, by name: what the backend returns on each of its pages and logged itself,
// what winnow sent there, and winnow's own log and metrics.
func (s *stand) texts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{"backend log": s.logs.out.String()}
	for _, page := range []string{"query", "field_names", "streams", "stream_field_names"} {
		texts["backend "+page] = s.query(t, page)
	}
	if s.winnow != nil {
		texts["wire to the backend"] = s.wire.seen.String()
		texts["winnow log"] = s.winnow.out.String()
		texts["winnow metrics"] = get(t, s.admin+"/metrics")
	}
	return texts
}

// String spells the record out, unescaped and in a stable order.
func (r row) String() string {
	keys := make([]string, 0, len(r))
	for k := range r {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "%s = %s\n", k, r[k])
	}
	return b.String()
}
