package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// received is one record as the OpenTelemetry collector's Splunk receiver takes it.
type received struct {
	Body       any            `json:"body"`
	Time       time.Time      `json:"time"`
	Resource   map[string]any `json:"resource"`
	Attributes map[string]any `json:"attributes"`
}

// newCollector starts the collector's Splunk receiver as the backend, and winnow in front of it unless the mode is direct.
func newCollector(t *testing.T, m mode) *stand {
	t.Helper()
	addr := freeAddr(t)
	s := &stand{backend: "http://" + addr}
	s.url = s.backend
	s.logs = start(t, command(t, splunkCommand), "receive", "-listen", addr)
	s.logs.await(t, s.backend+"/services/collector/health")
	if m != direct {
		s.startWinnow(t, m)
	}
	return s
}

// taken are the records that the receiver has, once they are as many as want.
func (s *stand) taken(t *testing.T, want int) (list []received) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d records at the receiver", want), func() bool { return strings.Count(s.logs.out.String(), "\n") >= want })
	for line := range strings.Lines(s.logs.out.String()) {
		var r received
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("the receiver printed %q: %v", line, err)
		}
		list = append(list, r)
	}
	if len(list) != want {
		t.Errorf("the receiver has %d records, want %d", len(list), want)
	}
	return list
}

// shipSplunk sends all lines with the collector's exporter, which compresses them with gzip, with planted values beside them.
func shipSplunk(t *testing.T, base string, raw bool) {
	t.Helper()
	var in strings.Builder
	for i, l := range lines() {
		in.WriteString(mustJSON(map[string]any{
			"body": l.text, "time": at, "severity": level,
			"resource": map[string]any{
				"host.name": "web-1", "com.splunk.source": service, "com.splunk.sourcetype": "go", "service.name": service, "owner": plantedName,
			},
			"attributes": map[string]any{
				"trace_id": traceID(i), "http.request.method": method, "user_id": plantedUserID, "payload": payload(), "seen." + plantedEmail: true,
			},
		}) + "\n")
	}
	args := []string{"send", "-token", plantedAPIKey, "-url", base + "/services/collector"}
	if raw {
		args = []string{"send", "-token", plantedAPIKey, "-url", base + "/services/collector/raw", "-raw"}
	}
	run(t, in.String(), command(t, splunkCommand), args...)
}

// TestSplunk ships every line with the OpenTelemetry collector's exporter for Splunk through winnow into the collector's receiver.
func TestSplunk(t *testing.T) {
	for _, m := range []mode{direct, strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			s := newCollector(t, m)
			shipSplunk(t, s.url, false)
			for i, r := range s.taken(t, len(lines())) {
				s.checkEvent(t, i, r)
			}
			s.checkTaken(t, m)
		})
	}
}

// TestSplunkRaw does so with messages alone, as lines. The key over several lines is several records.
func TestSplunkRaw(t *testing.T) {
	for _, m := range []mode{direct, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			s := newCollector(t, m)
			shipSplunk(t, s.url, true)
			text := fmt.Sprint(s.taken(t, len(lines())+2))
			for _, l := range lines() {
				for _, words := range l.keep {
					if !strings.Contains(text, words) {
						t.Errorf("%q did not arrive", words)
					}
				}
			}
			if m != direct {
				s.checkTaken(t, m)
			}
		})
	}
}

// checkEvent demands that the harmless words of line i have arrived, and what belongs to the event.
func (s *stand) checkEvent(t *testing.T, i int, r received) {
	t.Helper()
	text, _ := r.Body.(string)
	for _, words := range lines()[i].keep {
		if !strings.Contains(text, words) {
			t.Errorf("record %d: %q lacks %q", i, text, words)
		}
	}
	for _, c := range []struct {
		of         map[string]any
		name, want string
	}{
		{r.Resource, "host.name", "web-1"}, {r.Resource, "com.splunk.source", service}, {r.Resource, "com.splunk.sourcetype", "go"},
		{r.Attributes, "service.name", service}, {r.Attributes, "trace_id", traceID(i)}, {r.Attributes, "http.request.method", method},
	} {
		if c.of[c.name] != c.want {
			t.Errorf("record %d: %s = %v, want %q", i, c.name, c.of[c.name], c.want)
		}
	}
	if d := r.Time.Sub(at); d.Abs() > time.Millisecond { // the protocol's time is seconds with a fraction
		t.Errorf("record %d: %s late", i, d)
	}
}

// checkTaken looks for planted values at the receiver, between winnow and it, and in what winnow tells of itself; without winnow all must be
// at the receiver.
func (s *stand) checkTaken(t *testing.T, m mode) {
	t.Helper()
	values := planted(m)
	if m == direct {
		if missing := lacking(values, found(s.logs.out.String(), values)); len(missing) > 0 {
			t.Errorf("the receiver should have shown, without winnow, also %v", missing)
		}
		return
	}
	for place, text := range map[string]string{
		"the receiver": s.logs.out.String(), "the wire": s.wire.seen.String(), "winnow's log": s.winnow.out.String(), "metrics": get(t, s.admin+"/metrics"),
	} {
		if kinds := found(text, values); len(kinds) > 0 {
			t.Errorf("%s holds planted values: %v", place, kinds)
		}
	}
}

// TestSplunkLogging ships every line with Splunk's own logger for Node.js, several events a request.
func TestSplunkLogging(t *testing.T) {
	needTool(t, "node")
	needNode(t, "node")
	for _, m := range []mode{direct, strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			s := newCollector(t, m)
			var events []map[string]any
			for i, l := range lines() {
				events = append(events, map[string]any{
					"message":  map[string]any{"message": l.text, "trace_id": traceID(i), "email": plantedEmail, "user": plantedName + " " + plantedUserID, "payload": payload()},
					"severity": level,
					"metadata": map[string]any{"time": at.UnixMilli(), "host": "web-1", "source": service, "sourcetype": "_json"},
				})
			}
			run(t, mustJSON(events), "node", "node/splunk.js", s.url, plantedAPIKey)
			for i, r := range s.taken(t, len(lines())) {
				text := fmt.Sprint(r.Body)
				want := append([]string{level}, lines()[i].keep...)
				if m != strict { // where no rule names what stands below "message"
					want = append(want, traceID(i))
				}
				for _, words := range want {
					if !strings.Contains(text, words) {
						t.Errorf("record %d: %q lacks %q", i, text, words)
					}
				}
				if r.Resource["host.name"] != "web-1" || r.Resource["com.splunk.source"] != service {
					t.Errorf("record %d: %v", i, r.Resource)
				}
			}
			s.checkTaken(t, m)
		})
	}
}
