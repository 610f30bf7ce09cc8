package proxy_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// waits is a configuration whose one route keeps what it takes until the backend is up.
const waits = "routes:\n  - {path: /ingest, protocol: json, delivery: spool}\nspool: {max_age: 24h}\nlimits: {max_depth: 64}\npolicy: "

// taken is what waits in these tests.
var taken = `{"level":"info","message":"hello","feature":"cart","order":{"note":"` + strings.Repeat("n", 2000) + `"}}` + "\n"

// CHANGE-1: what waits leaves under a policy at least as strict as that which it was taken under and that which is in force. Where the old
// one lets nothing out that the new one withholds, it leaves as it is; else it is scrubbed again.
func TestCHANGE1WaitingBatches(t *testing.T) {
	t.Parallel() // it waits most of the time
	const base = "{rules: [{id: order, fields: [order.*]}]}"
	for _, tt := range []struct {
		name, before, now string
		more              [2]string // another change
		leaves, goes      []string
		again, parked     bool
	}{
		{name: "the same", before: base, now: base, leaves: []string{"feature", "nnn", "http.route"}},
		{name: "looser", before: "{}", now: base, leaves: []string{"feature", "http.route"}, goes: []string{"nnn"}},
		{name: "stricter", before: base, now: "{classes: [telemetry, text], rules: [{id: order, fields: [order.*]}]}", leaves: []string{"hello", "nnn"},
			goes: []string{"feature", "http.route"}, again: true},
		{name: "another part", before: base, now: "{classes: [telemetry, text, usage, device, network, location, identity]}",
			leaves: []string{"feature", "hello", "http.route"}, goes: []string{"nnn"}, again: true},
		{name: "a fact less", before: base, now: "{rules: [{id: order, fields: [order.*]}]}", more: [2]string{"limits:", "metadata: {feature: {off: true}}\nlimits:"},
			leaves: []string{"feature", "nnn", "client.address"}, goes: []string{"http.route"}, again: true},
		{name: "less of a fact", before: base, now: "{rules: [{id: order, fields: [order.*]}]}", more: [2]string{"limits:", "metadata: {ip: {action: {truncate: {ipv4: 8}}}}\nlimits:"},
			leaves: []string{"feature", "nnn", "http.route"}, goes: []string{"client.address"}, again: true},
		{name: "all of it goes", before: base, now: "{rules: [{id: no, fields: [level], action: drop_record}]}", again: true},
		{name: "a route narrowed", before: base, now: base, more: [2]string{"protocol: json,", "protocol: json, classes: [telemetry, text],"},
			leaves: []string{"hello", "nnn"}, goes: []string{"feature"}, again: true},
		{name: "an upstream narrowed, where the route leads elsewhere", before: base, now: base,
			more:   [2]string{"timeout: 5s}]\n", "timeout: 5s, classes: [telemetry]}, {id: other, type: file}]\n"},
			leaves: []string{"info", "nnn"}, goes: []string{"feature", "hello"}, again: true},
		{name: "a record that is now too long", before: base, now: "{classes: [telemetry, text], rules: [{id: order, fields: [order.*]}]}",
			more: [2]string{"max_depth: 64", "max_record_bytes: 1KiB"}, again: true, parked: true},
		{name: "a tenant that has come to stay in a region", before: base, now: base, parked: true,
			more: [2]string{"timeout: 5s}]\n", "timeout: 5s}, {id: eu, type: file}]\nresidency: {by: tenant, regions: [{id: eu, tenants: [default], upstream: eu}]}\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, up, arrived := newSwitched(t)
			refused, reply := make(chan struct{}, 1), b.reply
			b.reply = func(w http.ResponseWriter, r *http.Request) {
				if reply(w, r); !up.Load() {
					select {
					case refused <- struct{}{}:
					default:
					}
				}
			}
			r := start(t, b, waits+tt.before+"\n")
			if status, body := r.post(t, "/ingest", taken); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			text, err := os.ReadFile(r.file)
			if err != nil {
				t.Fatal(err)
			}
			next := strings.Replace(strings.Replace(string(text), waits[strings.Index(waits, "policy: "):]+tt.before, "policy: {name: next, "+tt.now[1:], 1), tt.more[0], tt.more[1], 1)
			if strings.Contains(tt.name, "elsewhere") {
				next = strings.Replace(next, "protocol: json,", "protocol: json, upstream: other,", 1)
			}
			r.write(t, next)
			r.log.await(t, "configuration reloaded")
			settled := `winnow_spool_batches_total{fate="delivered",lane="logs"} 1`
			switch {
			case tt.parked:
				settled = `winnow_spool_batches{lane="logs",state="parked"} 1`
			case len(tt.leaves) > 0: // an attempt that was under way may still be under the policy before
				select {
				case <-refused:
				default:
				}
				<-refused
				up.Store(true)
				<-arrived
			}
			metrics := r.get(t, "/metrics")
			for !strings.Contains(metrics, settled) {
				metrics = r.get(t, "/metrics")
			}
			metrics = r.get(t, "/metrics") // all of it from after that
			if again := !strings.Contains(metrics, `winnow_spool_rescrubbed_total{lane="logs"} 0`); again != tt.again {
				t.Errorf("scrubbed again: %v", again)
			}
			all := b.all()
			got := all[len(all)-1]
			if len(tt.leaves) == 0 {
				got = ""
			}
			for _, part := range tt.leaves {
				if !strings.Contains(got, part) {
					t.Errorf("%s does not leave: %.300s", part, got)
				}
			}
			for _, part := range tt.goes {
				if _, body, _ := strings.Cut(got, "]\n"); strings.Contains(body, part) {
					t.Errorf("%s leaves: %.300s", part, body)
				}
			}
			if tt.parked && !strings.Contains(r.log.String(), `"reason":"policy"`) {
				t.Error("the reason of parking is not told")
			}
		})
	}
}

// CHANGE-1: where nothing tells any more what the policy of a batch let out, the batch is scrubbed again; where something does, a restart
// changes nothing.
func TestCHANGE1AfterRestart(t *testing.T) {
	for name, lost := range map[string]bool{"the text is kept": false, "the text is lost": true} {
		t.Run(name, func(t *testing.T) {
			b, up, arrived := newSwitched(t)
			data := t.TempDir()
			r := startIn(t, b, data, waits+"{}\n")
			if status, body := r.post(t, "/ingest", taken); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join(data, "state", "policies")
			names, err := filepath.Glob(filepath.Join(folder, strings.Repeat("[0-9a-f]", 64)))
			if err != nil || len(names) != 1 {
				t.Fatalf("%d texts are kept, %v", len(names), err)
			}
			if lost {
				if err := os.Remove(names[0]); err != nil {
					t.Fatal(err)
				}
			}
			up.Store(true)
			r = startIn(t, b, data, waits+"{rules: [{id: order, fields: [order.*]}]}\n")
			<-arrived
			if again := strings.Contains(r.get(t, "/metrics"), `winnow_spool_rescrubbed_total{lane="logs"} 1`); again != lost {
				t.Errorf("scrubbed again: %v", again)
			}
			all := b.all()
			if got := all[len(all)-1]; strings.Contains(got, "nnn") || !strings.Contains(got, "hello") {
				t.Errorf("delivered: %s", got)
			}
		})
	}
}
