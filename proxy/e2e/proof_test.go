package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// client is one real client, in one of its settings.
type client struct {
	name string
	// tool is the machine's command that the client needs, if any.
	tool string
	// ship sends one record for each line to the backend's pages below base and returns when all are acknowledged.
	ship func(t *testing.T, base string, lines []line)
	// want are the Service Operations fields of the record of line i, as the backend names them.
	want func(i int) row
	// message is the field that the backend keeps the line in.
	message string
	// trace is the field that the backend keeps the trace id in.
	trace string
}

func clients() []client {
	var all []client
	all = append(all, curlClients()...)
	all = append(all, otelClients()...)
	all = append(all, lokiClients()...)
	all = append(all, elasticClients()...)
	all = append(all, datadogClients()...)
	return append(all, rsyslogClients()...)
}

// TestNothingPlantedArrives ships every line with every client through winnow, in both modes: no planted value may be in anything that the
// backend returns, nor in winnow's log and metrics, and the Service Operations fields must have arrived exact.
func TestNothingPlantedArrives(t *testing.T) {
	for _, c := range clients() {
		for _, m := range []mode{strict, scrub} {
			t.Run(c.name+"/"+string(m), func(t *testing.T) { prove(t, c, m) })
		}
	}
}

// TestControlSeesPlanted ships every line with every client straight into the backend: all planted values must be found there.
func TestControlSeesPlanted(t *testing.T) {
	for _, c := range clients() {
		t.Run(c.name, func(t *testing.T) {
			needTool(t, c.tool)
			t.Parallel()
			s := newStand(t, direct)
			rows := ship(t, s, c)
			checkFields(t, c, rows)
			checkWords(t, c, rows)
			seen := found(s.query(t, "query"), planted(direct))
			if missing := lacking(planted(direct), seen); len(missing) > 0 {
				t.Errorf("the backend should have shown, without winnow, also %v", missing)
			}
		})
	}
}

func prove(t *testing.T, c client, m mode) {
	needTool(t, c.tool)
	t.Parallel()
	s := newStand(t, m)
	rows := ship(t, s, c)
	checkFields(t, c, rows)
	checkWords(t, c, rows)
	s.checkClean(t, m, rows)
}

func ship(t *testing.T, s *stand, c client) []row {
	t.Helper()
	c.ship(t, s.url, lines())
	return s.rows(t, len(lines()))
}

// checkClean looks for planted values wherever the test can look, now and after winnow has ended.
func (s *stand) checkClean(t *testing.T, m mode, rows []row) {
	t.Helper()
	values := planted(m)
	for field, text := range leaks(rows, values) {
		t.Errorf("field %s holds planted values, %s", field, excerpt(text))
	}
	for place, text := range s.texts(t) {
		if kinds := found(text, values); len(kinds) > 0 {
			t.Errorf("%s holds planted values: %v", place, kinds)
		}
	}
	if err := s.winnow.stop(); err != nil {
		t.Errorf("winnow did not end well: %v", err)
	}
	if kinds := found(s.winnow.out.String(), values); len(kinds) > 0 {
		t.Errorf("winnow's log holds planted values: %v", kinds)
	}
}

// leaks returns the fields that hold planted values or have one in their name, with the values of the first record for each kind.
func leaks(rows []row, values map[string]string) map[string]string {
	seen := map[string]bool{}
	out := map[string]string{}
	for _, r := range rows {
		for k, v := range r {
			for _, kind := range found(k+" = "+v, values) {
				if !seen[k+" "+kind] {
					seen[k+" "+kind] = true
					out[k] += fmt.Sprintf("%s: %q; ", kind, v)
				}
			}
		}
	}
	return out
}

// excerpt keeps a failure readable.
func excerpt(text string) string {
	const most = 2000
	if len(text) > most {
		return text[:most] + " ..."
	}
	return text
}

// checkFields demands the Service Operations fields of every record, as they were sent.
func checkFields(t *testing.T, c client, rows []row) {
	t.Helper()
	wrong := map[string][]string{}
	for i := range lines() {
		r, ok := byTrace(rows, c.trace, traceID(i))
		if !ok {
			t.Errorf("record %d: none has its trace id in %s", i, c.trace)
			continue
		}
		for k, want := range c.want(i) {
			if r[k] != want {
				wrong[k] = append(wrong[k], fmt.Sprintf("record %d: %q, want %q", i, r[k], want))
			}
		}
	}
	for k, cases := range wrong {
		t.Errorf("%s is wrong in %d records, first in %s", k, len(cases), cases[0])
	}
	if t.Failed() && len(rows) > 0 {
		t.Logf("one record, whole:\n%s", rows[0])
	}
}

// checkWords demands that the harmless words of every line have arrived.
func checkWords(t *testing.T, c client, rows []row) {
	t.Helper()
	for i, l := range lines() {
		r, ok := byTrace(rows, c.trace, traceID(i))
		if !ok {
			continue // checkFields has said so
		}
		for _, words := range l.keep {
			if !strings.Contains(r[c.message], words) {
				t.Errorf("record %d: %s = %q lacks %q", i, c.message, r[c.message], words)
			}
		}
	}
}

func byTrace(rows []row, field, id string) (row, bool) {
	for _, r := range rows {
		if r[field] == id {
			return r, true
		}
	}
	return nil, false
}

// lacking returns the kinds that are not among seen.
func lacking(values map[string]string, seen []string) []string {
	var out []string
	for kind := range values {
		if !strings.Contains(" "+strings.Join(seen, " ")+" ", " "+kind+" ") {
			out = append(out, kind)
		}
	}
	return out
}

// needTool leaves the test out, saying why, when a command of the machine is missing; it fails where all are required.
func needTool(t *testing.T, name string) {
	t.Helper()
	if name == "" {
		return
	}
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("WINNOW_E2E_REQUIRE") == "1" {
		t.Fatalf("%s is not installed, and WINNOW_E2E_REQUIRE=1 asks for it", name)
	}
	t.Skipf("left out: %s is not installed on this machine", name)
}

// run runs a command to its end, with text on its standard input.
func run(t *testing.T, stdin string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// mustJSON is for values that are made up here: they always encode.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%T: %v", v, err))
	}
	return string(b)
}
