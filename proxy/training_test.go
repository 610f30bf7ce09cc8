package proxy_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"winnow/proxy/admin"
	"winnow/proxy/consent"
	"winnow/proxy/values"
)

// trains is a configuration with a backend for operations and one for training. Tenant acme sends to /acme and /more, other to /other.
func trains(logs, lab *backend, more string) string {
	return `tenants: [{id: acme}, {id: other}]
upstreams:
  - {id: logs, url: '` + logs.URL + `', timeout: 5s}
  - {id: lab, url: '` + lab.URL + `', timeout: 5s, format: ndjson, purposes: [training]}
routes:
  - {path: /acme, protocol: json, upstream: logs, tenant: acme}
  - {path: /more, protocol: json, upstream: logs, tenant: acme}
  - {path: /kept, protocol: json, upstream: logs, tenant: acme, delivery: spool}
  - {path: /loki/*, protocol: loki, upstream: logs, tenant: acme}
  - {path: /other, protocol: json, upstream: logs, tenant: other}
policy:
  mode: scrub
  classes: [telemetry, text, usage, device, network, location, identity]
  detectors: {email: {action: pseudonym}}
training: {upstream: lab` + more + `}
`
}

// consent enters a decision of acme through the API.
func (r *running) consent(t *testing.T, act admin.ConsentAct, purpose string, c admin.ConsentChange) (a consent.Answer) {
	t.Helper()
	if err := (admin.ConsentsClient{Client: r.local(t)}).Decide(context.Background(), act, purpose, "acme", &c, &a); err != nil {
		t.Fatalf("%s %s: %v", act, purpose, err)
	}
	return a
}

func addendum(streams ...string) admin.ConsentChange {
	return admin.ConsentChange{Addendum: "A-17", Streams: streams, Why: "letter 3"}
}

// send posts one record that has a tag and names somebody.
func (r *running) send(t *testing.T, path, tag string) {
	t.Helper()
	body := fmt.Sprintf(`{"level":%q,"user_id":"u-7","message":"mail to alice@example.com","extra_thing":"stays"}`+"\n", tag)
	if status, answer := r.post(t, path, body); status/100 != 2 {
		t.Fatalf("%s: %d %s", path, status, answer)
	}
}

// copies waits until so many records had an outcome.
func (r *running) copies(t *testing.T, outcome string, n int) {
	t.Helper()
	want := fmt.Sprintf("winnow_training_records_total{outcome=%q} %d\n", outcome, n)
	for began := time.Now(); !strings.Contains(r.get(t, "/metrics"), want); {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%s does not come:\n%s", want, regexp.MustCompile(`winnow_training.*`).FindAllString(r.get(t, "/metrics"), -1))
		}
	}
}

// await waits until a backend has been told something.
func (b *backend) await(t *testing.T, text string) {
	t.Helper()
	for began := time.Now(); !strings.Contains(b.bodies(), text); {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%q does not arrive: %s", text, b.bodies())
		}
	}
}

var copiedToken = regexp.MustCompile(`[a-z]+_e\d+_[a-z2-7]+`)

// TRAIN-1, TRAIN-2, SOD-2: only records of tenants that opted in, of the streams that they designated, and from then on, are copied; no token of a
// copy is one of the record's; copies are stricter; and operations get what they always got, whatever is decided.
func TestTRAIN1TRAIN2CopiesOfDesignatedStreamsOnly(t *testing.T) {
	logs, lab := newBackend(t), newBackend(t)
	r := start(t, nil, trains(logs, lab, ", policy: {rules: [{id: no-more, fields: [level2], action: drop}]}"))
	r.send(t, "/acme", "before")
	r.consent(t, admin.ConsentGrant, "training", addendum("/acme", "/loki/*"))
	r.send(t, "/acme", "designated")
	r.send(t, "/more", "elsewhere")
	r.send(t, "/other", "others")
	push := `{"streams":[{"stream":{"app":"shop"},"values":[["1700000000000000000","of alice@example.com"]]}]}`
	if status, body := r.post(t, "/loki/api/v1/push", push, "Content-Type", "application/json"); status != 204 {
		t.Fatalf("%d %s", status, body)
	}
	r.copies(t, "stored", 2)
	lab.await(t, `"designated"`)
	lab.await(t, "shop")
	for _, tag := range []string{"before", "designated", "elsewhere", "others"} {
		if !strings.Contains(logs.bodies(), `"`+tag+`"`) || strings.Contains(lab.bodies(), `"`+tag+`"`) != (tag == "designated") {
			t.Errorf("%s: operations got %s\ntraining got %s", tag, logs.bodies(), lab.bodies())
		}
	}
	if got := lab.bodies(); strings.Contains(got, "extra_thing") || !strings.Contains(logs.bodies(), "extra_thing") || strings.Contains(got, "alice") {
		t.Errorf("the copy is no stricter, or in clear: %s", got)
	}
	copied := copiedToken.FindAllString(lab.bodies(), -1)
	if len(copied) < 2 {
		t.Errorf("copies have no pseudonyms: %s", lab.bodies())
	}
	for _, one := range copied {
		if strings.Contains(logs.bodies(), one) {
			t.Errorf("%s is in both streams", one)
		}
	}
	for _, req := range lab.all() {
		if strings.Contains(req, "X-Scope") || strings.Contains(req, "Go-http-client/") {
			t.Errorf("the client's headers are in the copy: %s", req)
		}
	}
}

// TRAIN-3: at a withdrawal nothing more is copied, what waits is erased, operations' own records that wait are not, the key is destroyed, the answer
// proves it and the audit log shows all three; after another grant copies have other pseudonyms.
func TestTRAIN3WithdrawalPurgesWhatWaits(t *testing.T) {
	logs, up, arrived := newSwitched(t)
	lab, ready, _ := newSwitched(t)
	lab.mu.Lock()
	lab.reply = func(w http.ResponseWriter, _ *http.Request) {
		if w.WriteHeader(map[bool]int{false: 503, true: 204}[ready.Load()]); ready.Load() {
			return
		}
	}
	lab.mu.Unlock()
	r := start(t, nil, trains(logs, lab, ""))
	r.consent(t, admin.ConsentGrant, "training", addendum("/kept"))
	r.send(t, "/kept", "waits")
	r.copies(t, "stored", 1)
	lab.await(t, `"waits"`) // and was refused: it is tried again
	first := copiedToken.FindString(lab.bodies())
	a := r.consent(t, admin.ConsentWithdraw, "training", admin.ConsentChange{Why: "letter 4"})
	if a.State != consent.Withdrawn || a.Proof == nil || a.Proof.SpoolKeys != 1 || len(a.Proof.Keys) != 1 || !strings.HasPrefix(a.Proof.Keys[0].Name, "key/acme/training/") {
		t.Fatalf("%+v, proof %+v", a, a.Proof)
	}
	before := len(lab.all())
	r.send(t, "/kept", "later")
	ready.Store(true)
	up.Store(true)
	<-arrived
	<-arrived
	for _, tag := range []string{"waits", "later"} { // operations lose nothing
		logs.await(t, `"`+tag+`"`)
	}
	for !strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches_total{fate="erased",lane="lab"} 1`) {
	}
	if got := strings.Join(lab.all()[before:], ""); got != "" {
		t.Errorf("after the withdrawal the upstream got %s", got)
	}
	log, err := os.ReadFile(filepath.Join(r.Config.DataDir, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"training":"`, `"consent.withdraw"`, `"keys.shred"`, `"spool_keys":"1"`, a.Proof.Digest, "letter 4"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("the audit log lacks %s", want)
		}
	}
	if head := strings.SplitN(a.Proof.AuditHead, ":", 2); len(head) != 2 || !strings.Contains(string(log), head[1]) {
		t.Errorf("the proof's head %q is not in the log", a.Proof.AuditHead)
	}
	r.consent(t, admin.ConsentGrant, "training", addendum("/kept"))
	r.send(t, "/kept", "again")
	lab.await(t, `"again"`)
	for _, one := range copiedToken.FindAllString(strings.Join(lab.all()[before:], ""), -1) {
		if one == first {
			t.Errorf("%s is a pseudonym from before the withdrawal", one)
		}
	}
}

// TRAIN-3: what waits is asked about again when it is about to leave, so that a withdrawal counts whose purge did not come to it.
func TestTRAIN3AskedAgainAtDelivery(t *testing.T) {
	logs, lab := newBackend(t), newBackend(t)
	lab.answer(503)
	r := start(t, nil, trains(logs, lab, ""))
	r.consent(t, admin.ConsentGrant, "training", addendum("/acme"))
	r.send(t, "/acme", "waits")
	r.copies(t, "stored", 1)
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	b, err := values.OpenFolder(filepath.Join(r.Config.DataDir, "state", "consents"))
	if err != nil {
		t.Fatal(err)
	}
	d := consent.Desk{Bucket: func() (values.Bucket, error) { return b, nil }, Now: time.Now, Tenants: []string{"acme"}}
	d.Purge = func(context.Context, string, string) (*consent.Proof, error) { return nil, nil }
	if _, err := d.Withdraw(context.Background(), "cli", &consent.Change{Tenant: "acme", Purpose: consent.Training}); err != nil {
		t.Fatal(err)
	}
	lab.answer(204)
	before := len(lab.all())
	r = r.again(t)
	r.copies(t, "withdrawn", 1)
	for !strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches_total{fate="erased",lane="lab"} 1`) {
	}
	if got := lab.all()[before:]; len(got) > 0 {
		t.Errorf("it left: %q", got)
	}
}

// SOD-2, TRAIN-1: consents that cannot be read stop statistics and training, and not operations; health says so.
func TestSOD2OperationsGoOnWithoutConsents(t *testing.T) {
	logs, lab := newBackend(t), newBackend(t)
	r := start(t, nil, trains(logs, lab, ""))
	r.consent(t, admin.ConsentGrant, "training", addendum("/acme"))
	r.consent(t, admin.ConsentWithdraw, "statistics", admin.ConsentChange{})
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(r.Config.DataDir, "state", "consents", "*+*"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if err := os.WriteFile(name, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r = r.again(t)
	r.send(t, "/acme", "goes-on")
	logs.await(t, `"goes-on"`)
	if health := r.get(t, "/healthz"); !strings.Contains(health, "consents") {
		t.Errorf("health: %s", health)
	}
	if len(lab.all()) > 0 || strings.Contains(r.get(t, "/metrics"), `outcome="stored"} 1`) {
		t.Errorf("copied: %q", lab.all())
	}
}

// RIGHT-3, RIGHT-2: records of somebody restricted never enter training, on the way in and when they wait; an order for training alone leaves
// operations theirs. A browser's objection and a minor's mark count too.
func TestRIGHT3PersonsStayOutOfTraining(t *testing.T) {
	logs, lab := newBackend(t), newBackend(t)
	lab.answer(503)
	text := strings.Replace(trains(logs, lab, ""), "policy:\n", "policy:\n  gpc: drop_metadata\n  minors: {header: X-Minor}\n", 1)
	r := start(t, nil, text)
	r.consent(t, admin.ConsentGrant, "training", addendum("/acme"))
	r.send(t, "/acme", "waits")
	r.copies(t, "stored", 1)
	lab.await(t, `"waits"`)
	r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "u-7", Purposes: []string{"training"}})
	for !strings.Contains(r.get(t, "/metrics"), "winnow_restricted_subjects 1") {
	}
	before := len(lab.all())
	r.send(t, "/acme", "restricted")
	r.copies(t, "dropped", 1)
	for i, header := range []string{"Sec-GPC", "X-Minor"} {
		if status, body := r.post(t, "/acme", `{"level":"signal`+fmt.Sprint(i)+`"}`, header, "1"); status/100 != 2 {
			t.Fatalf("%d %s", status, body)
		}
	}
	r.copies(t, "objection", 1)
	lab.answer(204)
	if status, body := r.post(t, "/acme", `{"level":"free","user_id":"u-8"}`); status/100 != 2 {
		t.Fatalf("%d %s", status, body)
	}
	lab.await(t, `"free"`)
	for !strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches{lane="lab",state="pending"} 0`) {
	}
	if !strings.Contains(logs.bodies(), `"restricted"`) || !strings.Contains(logs.bodies(), `"signal0"`) {
		t.Errorf("operations lost records: %s", logs.bodies())
	}
	var taken strings.Builder
	for _, req := range lab.all()[before:] {
		taken.WriteString(req)
	}
	for _, tag := range []string{"waits", "restricted", "signal0", "signal1"} {
		if strings.Contains(taken.String(), `"`+tag+`"`) {
			t.Errorf("%s entered training: %s", tag, taken.String())
		}
	}
}

// TRAIN-1: a copy that cannot be stored changes nothing of the client's answer, and is counted.
func TestCopiesNeverChangeTheAnswer(t *testing.T) {
	logs, lab := newBackend(t), newBackend(t)
	r := start(t, nil, "spool: {min_free_bytes: 1000000GiB}\n"+trains(logs, lab, ""))
	r.consent(t, admin.ConsentGrant, "training", addendum("/acme"))
	r.send(t, "/acme", "answered")
	logs.await(t, `"answered"`)
	r.copies(t, "refused", 1)
}
