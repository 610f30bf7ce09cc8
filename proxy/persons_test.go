package proxy_test

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy/admin"
	"winnow/proxy/subjects"
)

// subject does what is done about a person through the API.
func (r *running) subject(t *testing.T, act admin.SubjectAct, q admin.SubjectQuery) (a subjects.Answer) {
	t.Helper()
	if err := (admin.SubjectsClient{Client: r.local(t)}).Do(context.Background(), act, &q, &a); err != nil {
		t.Fatalf("%s: %v", act, err)
	}
	return a
}

// bodies are what a backend got, without the requests' lines and headers.
func (b *backend) bodies() string {
	var bodies []string
	for _, r := range b.all() {
		bodies = append(bodies, r[strings.LastIndex(strings.TrimSuffix(r, "\n"), "]\n")+1:])
	}
	return strings.Join(bodies, "\n")
}

const identified = "policy: {classes: [telemetry, text, usage, device, network, location, identity]}\n"

// RIGHT-3: a restriction is in force on the next record, in whatever spelling and place it names the person, and ends with its release. Nothing
// tells who it is about.
func TestRestrictionIsInForceOnTheNextRecord(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, identified)
	send := func(tag string) {
		t.Helper()
		body := `{"level":"` + tag + `-field","user":{"email":"Alice@Example.COM"}}` + "\n" +
			`{"level":"` + tag + `-text","message":"mail to alice@example.com"}` + "\n" + `{"level":"` + tag + `-other","user_id":"u-2"}` + "\n"
		if status, answer := r.post(t, "/ingest", body); status != 200 && status != 204 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	send("before")
	a := r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "alice@example.com", Why: "ticket 7"})
	began := time.Now()
	for !strings.Contains(r.get(t, "/metrics"), "winnow_restricted_subjects 1") {
		if time.Since(began) > time.Second {
			t.Fatal("the restriction is not in force after a second")
		}
	}
	send("dropped")
	r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "alice@example.com", Action: "strip"})
	for sent := false; !sent; {
		send("stripped")
		sent = strings.Contains(b.bodies(), "stripped-text")
		if time.Since(began) > 5*time.Second {
			t.Fatal("the other action is not in force")
		}
	}
	got := b.bodies()
	for text, want := range map[string]bool{
		"before-field": true, "before-text": true, "dropped-field": false, "dropped-text": false, "dropped-other": true,
		"stripped-field": true, "stripped-other": true,
	} {
		if strings.Contains(got, text) != want {
			t.Errorf("%s: %v\n%s", text, !want, got)
		}
	}
	r.subject(t, admin.SubjectRelease, admin.SubjectQuery{Value: "ALICE@example.com"})
	for !strings.Contains(b.bodies(), "after-field") {
		send("after")
	}
	log, err := os.ReadFile(filepath.Join(r.Config.DataDir, "audit.log"))
	if err != nil || !strings.Contains(string(log), "subject.restrict") || !strings.Contains(string(log), a.Subject) || strings.Contains(strings.ToLower(string(log)), "alice") {
		t.Errorf("audit log: %v %s", err, log)
	}
	state, err := filepath.Glob(filepath.Join(r.Config.DataDir, "state", "suppressions", "subject+*"))
	if err != nil || len(state) != 0 {
		t.Errorf("state after the release: %q, %v", state, err)
	}
}

// RIGHT-1, RIGHT-2: what waits of a person is told, dropped before it leaves, and the rest of its batch leaves; queries name all pseudonyms.
func TestErasedPersonsRecordsThatWaitNeverLeave(t *testing.T) {
	b, up, arrived := newSwitched(t)
	r := start(t, b, "routes:\n  - {path: /ingest, protocol: json, delivery: spool}\n  - {path: /loki/*, protocol: loki}\n"+identified)
	body := `{"level":"hers","user_id":"u-alice","email":"alice@example.com"}` + "\n" + `{"level":"others","user_id":"u-2"}` + "\n"
	if status, answer := r.post(t, "/ingest", body); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	q := admin.SubjectQuery{Value: " Alice@Example.com"}
	a := r.subject(t, admin.SubjectAccess, q)
	if len(a.Waiting) != 1 || len(a.Waiting[0].Records) != 1 || !strings.Contains(string(a.Waiting[0].Records[0]), `"hers"`) || a.Waiting[0].Lane != "logs" {
		t.Errorf("waiting: %+v", a.Waiting)
	}
	if len(a.Tokens) != 1 || !strings.Contains(strings.Join(a.Tokens[0].Tokens, " "), "email_e") {
		t.Errorf("tokens of %d epochs: %q", len(a.Tokens), a.Tokens[0].Tokens)
	}
	a = r.subject(t, admin.SubjectErase, q)
	if len(a.Orders) != 1 || !a.Orders[0].Erase || a.Orders[0].Until.IsZero() || len(a.Waiting) != 1 || a.Waiting[0].Records != nil {
		t.Errorf("erased: %+v", a)
	}
	all := ""
	for _, p := range a.Queries {
		all += p.Body
	}
	for _, list := range a.Tokens {
		for _, token := range list.Tokens {
			if !strings.Contains(all, token) {
				t.Fatalf("no query names %s", token)
			}
		}
	}
	for !strings.Contains(r.get(t, "/metrics"), "winnow_restricted_subjects 1") {
	}
	up.Store(true)
	<-arrived
	requests := b.all()
	last := requests[len(requests)-1]
	if !strings.Contains(last, "others") || strings.Contains(last, `"level":"hers"`) {
		t.Errorf("delivered: %s", last)
	}
}

// RIGHT-3: whatever the protocol and its path, what waits of somebody who is restricted meanwhile never leaves, also where the query names them;
// and what is about nobody else is delivered.
func TestRIGHT3RestrictionReachesWhatWaits(t *testing.T) {
	span := func(name, user string) []byte {
		return field(2, field(5, []byte(name)), field(9, field(1, []byte("user_id")), field(2, field(1, []byte(user)))))
	}
	for name, c := range map[string]struct {
		route, url, media, body string
		left                    string // of the batch; empty: nothing
	}{
		"otlp, another path": {"path: /v1/traces, protocol: otlp, upstream_path: /custom/intake", "/v1/traces", "application/x-protobuf",
			string(field(1, field(2, span("hers", "u-alice"), span("bobs", "u-2")))), "bobs"},
		"splunk, the query": {"path: /splunk/*, protocol: splunk", "/splunk/services/collector/event?host=u-alice", "", `{"event":"hers"}`, ""},
		"datadog, the query": {"path: /dd/*, protocol: datadog", "/dd/api/v2/logs?ddsource=app&ddtags=team%3Aa%2Cuser_id%3Au-alice", "",
			`[{"message":"hers"}]`, ""},
		"datadog, another query": {"path: /dd/*, protocol: datadog", "/dd/api/v2/logs?ddsource=app&ddtags=team%3Aa%2Cuser_id%3Au-2", "",
			`[{"message":"hers","ddtags":"user_id:u-alice"},{"message":"bobs"}]`, "bobs"},
	} {
		t.Run(name, func(t *testing.T) {
			b, up, arrived := newSwitched(t)
			r := start(t, b, "routes:\n  - {"+c.route+", delivery: spool}\n  - {path: /after, protocol: json, delivery: spool}\n"+
				"policy: {subjects: [user_id, host, tags.user_id], rules: [{id: who, fields: [user_id, host, tags.user_id], action: {pseudonym: {as: user}}}]}\n")
			if status, answer := r.post(t, c.url, c.body, "Content-Type", cmp.Or(c.media, "application/json")); status/100 != 2 {
				t.Fatalf("%d %s", status, answer)
			}
			alice := admin.SubjectQuery{Value: "u-alice"}
			if a := r.subject(t, admin.SubjectAccess, alice); len(a.Waiting) != 1 || len(a.Waiting[0].Records) != 1 {
				t.Errorf("waiting: %+v", a.Waiting)
			}
			r.subject(t, admin.SubjectRestrict, alice)
			before := len(b.all())
			if status, answer := r.post(t, "/after", `{"level":"after"}`); status != 200 {
				t.Fatalf("%d %s", status, answer)
			}
			up.Store(true)
			if <-arrived; c.left != "" {
				<-arrived
			}
			until(t, 10*time.Second, "nothing waits", func() bool {
				return strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches{lane="logs",state="pending"} 0`)
			})
			if !strings.Contains(r.get(t, "/metrics"), `winnow_spool_batches{lane="logs",state="parked"} 0`) {
				t.Error("the batch is parked")
			}
			left := b.all()[before:]
			if all := strings.Join(left, "\n"); strings.Contains(all, "hers") || !strings.Contains(all, c.left) || strings.Count(all, "winnow.policy") != len(left) {
				t.Errorf("delivered: %s", left)
			}
		})
	}
}

// RIGHT-2: a legal hold defers an erasure and says so; it is done when the hold ends.
func TestLegalHoldDefersErasure(t *testing.T) {
	r := start(t, newBackend(t), identified)
	q := admin.SubjectQuery{Value: "u-alice"}
	for _, held := range []admin.SubjectQuery{{Value: "u-alice", Why: "case 12"}, {Tenant: "default", Why: "case 12"}} {
		r.subject(t, admin.SubjectHold, held)
		a := r.subject(t, admin.SubjectErase, q)
		if a.Deferred != "case 12" || len(a.Orders) != 0 || len(a.Pending) != 1 || a.Queries != nil {
			t.Errorf("%+v", a)
		}
		held.Why = ""
		r.subject(t, admin.SubjectUnhold, held)
		if a = r.subject(t, admin.SubjectAccess, q); len(a.Orders) != 1 || !a.Orders[0].Erase || len(a.Pending) != 0 || a.Hold != nil {
			t.Errorf("after the hold: %+v", a)
		}
		r.subject(t, admin.SubjectRelease, q)
	}
}

// RIGHT-5: what was decided about somebody under a wrong identifier becomes the right one's.
func TestCorrectionMovesOrders(t *testing.T) {
	r := start(t, newBackend(t), identified)
	r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "u-alise", Why: "ticket 8"})
	r.subject(t, admin.SubjectCorrect, admin.SubjectQuery{Value: "u-alise", To: "u-alice"})
	if a := r.subject(t, admin.SubjectAccess, admin.SubjectQuery{Value: "u-alice"}); len(a.Orders) != 1 || a.Orders[0].Why != "ticket 8" {
		t.Errorf("the right one: %+v", a.Entry)
	}
	if a := r.subject(t, admin.SubjectAccess, admin.SubjectQuery{Value: "u-alise"}); len(a.Orders) != 0 || len(a.Pseudonyms) != 0 {
		t.Errorf("the wrong one: %+v", a.Entry)
	}
	r.subject(t, admin.SubjectCorrect, admin.SubjectQuery{Value: "u-alice", Why: "ticket 9"})
	if a := r.subject(t, admin.SubjectAccess, admin.SubjectQuery{Value: "u-alice"}); a.Orders[0].Why != "ticket 9" {
		t.Errorf("reference: %+v", a.Entry)
	}
}

// A query that cannot be meant is refused with a clear word and does nothing; none repeats the identifier.
func TestQueriesAboutNobodyAreRefused(t *testing.T) {
	r := start(t, newBackend(t), "")
	for name, c := range map[string]struct {
		act  admin.SubjectAct
		q    admin.SubjectQuery
		code string
	}{
		"nobody":       {admin.SubjectAccess, admin.SubjectQuery{Value: " "}, "bad_subject"},
		"tenant":       {admin.SubjectErase, admin.SubjectQuery{Value: "alice", Tenant: "nobody"}, "bad_subject"},
		"action":       {admin.SubjectRestrict, admin.SubjectQuery{Value: "alice", Action: "keep"}, "bad_subject"},
		"purpose":      {admin.SubjectRestrict, admin.SubjectQuery{Value: "alice", Purposes: []string{"operations", "statistics"}}, "bad_subject"},
		"kind":         {admin.SubjectRestrict, admin.SubjectQuery{Value: "alice", Kind: "E-Mail"}, "bad_subject"},
		"reference":    {admin.SubjectRestrict, admin.SubjectQuery{Value: "alice", Why: "of alice@example.com"}, "bad_subject"},
		"release":      {admin.SubjectRelease, admin.SubjectQuery{Value: "alice"}, "no_subject"},
		"hold":         {admin.SubjectHold, admin.SubjectQuery{Value: "alice"}, "bad_subject"},
		"tenant hold":  {admin.SubjectHold, admin.SubjectQuery{Tenant: "nobody", Why: "case 1"}, "bad_subject"},
		"correct self": {admin.SubjectCorrect, admin.SubjectQuery{Value: "alice@example.com", To: "Alice@example.com"}, "bad_subject"},
	} {
		err := admin.SubjectsClient{Client: r.local(t)}.Do(context.Background(), c.act, &c.q, nil)
		if code(err) != c.code || strings.Contains(strings.ToLower(err.Error()), "alice") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// RIGHT-3: while the list cannot be read nothing is taken, and winnow is not ready; mended, it goes on.
func TestUnreadableListRefusesRequests(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, "")
	r.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "u-1"})
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(r.Config.DataDir, "state", "suppressions", "subject+*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	good, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	bad := append([]byte{}, good...)
	bad[len(bad)/2] ^= 1
	file := names[0]
	if err := os.WriteFile(file, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	r = r.again(t)
	if status, body := r.post(t, "/ingest", `{"level":"a"}`); status != 503 || !strings.Contains(body, "suppression list") {
		t.Errorf("%d %s", status, body)
	}
	if ready := r.get(t, "/readyz"); !strings.Contains(ready, "suppression list") {
		t.Errorf("ready: %s", ready)
	}
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	for status := 0; status != 200 && status != 204; {
		status, _ = r.post(t, "/ingest", `{"level":"mended"}`)
	}
	if len(b.all()) != 1 {
		t.Errorf("%d requests came through", len(b.all()))
	}
}

// META-9: what a browser's signals mean is the operator's word: nothing, no facts about the client, or nothing personal at all.
func TestSignalsOfBrowsers(t *testing.T) {
	const in = `{"level":"x","user_id":"u-1","country":"DE"}`
	for settings, want := range map[string][2]bool{ // facts about the client, personal fields
		"":                                     {true, true},
		"do_not_track: drop_metadata":          {false, true},
		"gpc: drop_metadata":                   {false, true},
		"do_not_track: objection":              {false, false},
		"gpc: objection, do_not_track: ignore": {false, false},
	} {
		b := newBackend(t)
		r := start(t, b, strings.TrimSuffix(identified, "}\n")+", "+settings+"}\n")
		if status, body := r.post(t, "/ingest", in, "DNT", "1", "Sec-GPC", "1", "Accept-Language", "de-DE", "User-Agent", "Mozilla/5.0 Firefox/140.0"); status/100 != 2 {
			t.Fatalf("%d %s", status, body)
		}
		got := b.bodies()
		facts, personal := strings.Contains(got, "Firefox") || strings.Contains(got, "de-DE"), strings.Contains(got, "DE\"") && strings.Contains(got, "user_e")
		if facts != want[0] || personal != want[1] || !strings.Contains(got, `"level":"x"`) {
			t.Errorf("%q: facts %v, personal %v: %s", settings, facts, personal, got)
		}
		if status, _ := r.post(t, "/ingest", in, "DNT", "0", "User-Agent", "Mozilla/5.0 Firefox/140.0"); status/100 != 2 || !strings.Contains(b.bodies()[len(got):], "user_e") {
			t.Errorf("%q: without a signal it is heeded", settings)
		}
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
	}
}

// META-10: a record that is marked as a minor's is dropped, and whom it names is on the list from then on; a header marks a whole request.
func TestMinorsComeOnTheList(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, strings.TrimSuffix(identified, "}\n")+", minors: {fields: [user.minor], header: X-Minor}}\n")
	if status, body := r.post(t, "/ingest", `{"level":"marked","user":{"id":"u-1","minor":true}}`+"\n"+`{"level":"other","user_id":"u-3"}`); status/100 != 2 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := r.post(t, "/ingest", `{"level":"header","user_id":"u-2"}`, "X-Minor", "Yes"); status/100 != 2 {
		t.Fatalf("%d %s", status, body)
	}
	for !strings.Contains(r.get(t, "/metrics"), "winnow_restricted_subjects 2") {
	}
	if status, body := r.post(t, "/ingest", `{"level":"later1","user_id":"u-1"}`+"\n"+`{"level":"later2","user_id":"u-2"}`+"\n"+`{"level":"later3","user_id":"u-3"}`); status/100 != 2 {
		t.Fatalf("%d %s", status, body)
	}
	got := b.bodies()
	for text, want := range map[string]bool{"marked": false, "other": true, "header": false, "later1": false, "later2": false, "later3": true} {
		if strings.Contains(got, `"`+text+`"`) != want {
			t.Errorf("%s: %v: %s", text, !want, got)
		}
	}
}

// RIGHT-2: with call, Loki and Elasticsearch are asked to erase, with the headers that they want; the answer tells what they said.
func TestErasureCallsBackends(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "_delete_by_query") {
			w.WriteHeader(http.StatusConflict)
		} else {
			w.WriteHeader(http.StatusNoContent)
		}
	}
	r := start(t, b, "routes:\n  - {path: /loki/*, protocol: loki}\n  - {path: /*, protocol: elasticsearch}\n")
	push := `{"streams":[{"stream":{"app":"a"},"values":[["1","of alice@example.com"]]}]}` // and with it keys are made
	if status, body := r.post(t, "/loki/api/v1/push", push, "Content-Type", "application/json"); status != 204 {
		t.Fatalf("%d %s", status, body)
	}
	a := r.subject(t, admin.SubjectErase, admin.SubjectQuery{Value: "alice@example.com", Call: true})
	var loki, elastic int
	for _, p := range a.Queries {
		switch {
		case p.Speaks == subjects.SpeaksLoki && p.Called && p.Status == 204:
			loki++
		case p.Speaks == subjects.SpeaksElasticsearch && p.Called && p.Status == 409:
			elastic++
		default:
			t.Errorf("%+v", p)
		}
	}
	if loki == 0 || elastic == 0 || len(b.all())-1 != loki+elastic {
		t.Errorf("%d calls of loki, %d of elasticsearch, %d came", loki, elastic, len(b.all()))
	}
}

// RIGHT-4: whoever the directory has deactivated is restricted, a list that cannot be read changes nothing, and who is back is released.
func TestDirectoryIsFollowed(t *testing.T) {
	b := newBackend(t)
	file := filepath.Join(t.TempDir(), "users.json")
	list := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list(`{"Resources":[{"userName":"u-alice","active":false,"emails":[{"value":"alice@example.com"}]},{"userName":"u-2"}]}`)
	r := start(t, b, "directory: {file: "+file+"}\n"+identified)
	for !strings.Contains(r.get(t, "/metrics"), "winnow_restricted_subjects 2") {
	}
	body := `{"level":"hers","user_id":"u-alice"}` + "\n" + `{"level":"others","user_id":"u-2"}`
	if status, answer := r.post(t, "/ingest", body); status/100 != 2 || strings.Contains(b.bodies(), `"hers"`) || !strings.Contains(b.bodies(), `"others"`) {
		t.Errorf("%d %s: %s", status, answer, b.bodies())
	}
	for _, step := range []struct{ list, want string }{
		{`{"Resources":`, "winnow_directory_last_sync_successful 0"},
		{`{"Resources":[{"userName":"u-alice","emails":[{"value":"alice@example.com"}]},{"userName":"u-2"}]}`, "winnow_restricted_subjects 0"},
	} {
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		list(step.list)
		r = r.again(t)
		for !strings.Contains(r.get(t, "/metrics"), step.want) {
		}
	}
}
