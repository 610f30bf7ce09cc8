package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recordFormats are the formats in which the backend takes records, and where: each on the page of another agent's protocol.
var recordFormats = []struct {
	name, upstream string
	// differs are the fields that the backend keeps elsewhere, or in another form, than those of lines of JSON.
	differs row
}{
	{"ndjson", "format: ndjson", nil},
	{"loki", "format: loki, path: '/insert/loki/api/v1/push?_msg_field=message,msg'", row{"service_name": service}},
	{"elasticsearch", "format: elasticsearch, path: '/insert/elasticsearch/_bulk?_msg_field=message,msg&_time_field=@timestamp'", nil},
	{"otlp", "format: otlp, path: /insert/opentelemetry/v1/logs", row{"level": "", "severity": "error", "duration_ms": "183.25"}},
}

// TestRecordsReachEachFormat ships lines of JSON, and the backend gets them in each of the formats that it knows: with their message, time,
// level and the rest, and nothing planted.
func TestRecordsReachEachFormat(t *testing.T) {
	for _, f := range recordFormats {
		for _, m := range []mode{strict, scrub} {
			t.Run(f.name+"/"+string(m), func(t *testing.T) {
				needTool(t, "curl")
				t.Parallel()
				s := &stand{}
				s.startBackend(t)
				s.wire = newWire(t, s.backend)
				s.startRecords(t, m, fmt.Sprintf("url: '%s', %s", s.wire.url, f.upstream))
				c := curlClient("curl", "/ingest", "application/x-ndjson", "", jsonlineBody, func(i int) row {
					want := jsonlineWant(i)
					maps.Copy(want, f.differs)
					return want
				})
				rows := ship(t, s, c)
				checkFields(t, c, rows)
				checkWords(t, c, rows)
				s.checkClean(t, m, rows)
			})
		}
	}
}

// TestRecordsReachSplunk ships lines of JSON, and the collector's Splunk receiver gets them as events.
func TestRecordsReachSplunk(t *testing.T) {
	needTool(t, "curl")
	t.Parallel()
	s := newCollector(t, direct)
	s.startRecords(t, strict, fmt.Sprintf("url: '%s', format: splunk", s.backend))
	curl(t, s.url+"/ingest", []string{"Content-Type: application/x-ndjson"}, []byte(jsonlineBody(lines())))
	byID := map[any]received{}
	for _, r := range s.taken(t, len(lines())) {
		if body, ok := r.Body.(map[string]any); ok {
			byID[body["trace_id"]] = r
		}
	}
	for i, l := range lines() {
		r, ok := byID[traceID(i)]
		if !ok {
			t.Errorf("record %d did not arrive", i)
			continue
		}
		body := r.Body.(map[string]any)
		if body["level"] != level || !r.Time.Truncate(time.Millisecond).Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("record %d: level %v at %v", i, body["level"], r.Time)
		}
		for _, words := range l.keep {
			if !strings.Contains(fmt.Sprint(body["msg"]), words) {
				t.Errorf("record %d: %v lacks %q", i, body["msg"], words)
			}
		}
	}
	if kinds := found(s.logs.out.String(), planted(strict)); len(kinds) > 0 {
		t.Errorf("the receiver has planted values: %v", kinds)
	}
}

// startRecords runs winnow with one upstream.
func (s *stand) startRecords(t *testing.T, m mode, upstream string) {
	t.Helper()
	listen, admin := freeAddr(t), freeAddr(t)
	s.url, s.admin = "http://"+listen, "http://"+admin
	dir := t.TempDir()
	file := filepath.Join(dir, "winnow.yaml")
	text := fmt.Sprintf("listen: %s\nadmin: {listen: '%s'}\ndata_dir: %s\nupstreams: [{id: logs, %s}]\npolicy: {mode: %s}\n",
		listen, admin, filepath.Join(dir, "data"), upstream, m)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.winnow = start(t, command(t, winnowCommand), "run", "--config", file)
	s.winnow.await(t, s.admin+"/readyz")
}
