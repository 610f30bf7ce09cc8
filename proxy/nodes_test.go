package proxy_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"winnow/proxy/admin"
	"winnow/proxy/spool/natstest"
)

var pseudonymOf = regexp.MustCompile(`email_[A-Za-z0-9_-]+`)

// Any node of a cluster serves any tenant: two winnows on one cluster give one person one pseudonym, what is decided on one is in force on the
// other within a second, and what one has taken the other delivers when it is gone.
func TestTwoNodesAreOne(t *testing.T) {
	t.Parallel() // it waits most of the time
	servers := natstest.Start(t, 3, true)
	b, up, arrived := newSwitched(t)
	up.Store(true)
	node := func() *running {
		return start(t, b, fmt.Sprintf(`spool: {dir: %q, nats: ['%s'], monitor: ['%s'], max_lane_bytes: 64MiB}
master_secret: a-master-secret-made-up-for-this-test
routes:
  - {path: /ingest, protocol: json, delivery: spool}
policy: {mode: scrub, preset: none, detectors: {email: {action: pseudonym}}}
`, t.TempDir(), strings.Join(servers.URLs, "', '"), strings.Join(servers.Monitors, "', '")))
	}
	one, two := node(), node()
	send := func(r *running, text string) {
		t.Helper()
		if status, body := r.post(t, "/ingest", `{"message":"`+text+` alice@example.com"}`); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	var pseudonyms []string
	for i, r := range []*running{one, two} {
		send(r, fmt.Sprintf("node %d", i))
		<-arrived
		all := b.all()
		pseudonyms = append(pseudonyms, pseudonymOf.FindString(all[len(all)-1]))
	}
	if pseudonyms[0] == "" || pseudonyms[0] != pseudonyms[1] {
		t.Errorf("pseudonyms of one person: %q\n%q", pseudonyms, b.all())
	}

	for _, r := range []*running{one, two} {
		if !strings.Contains(r.get(t, "/metrics"), "winnow_policies_in_force 1") {
			t.Error("two nodes with one policy are not told as such")
		}
	}
	one.subject(t, admin.SubjectRestrict, admin.SubjectQuery{Value: "alice@example.com", Why: "ticket 7"})
	took := until(t, time.Second, "a restriction on the other node", func() bool {
		return strings.Contains(two.get(t, "/metrics"), "winnow_restricted_subjects 1")
	})
	t.Logf("a restriction is in force on the other node after %s", took)
	two.subject(t, admin.SubjectRelease, admin.SubjectQuery{Value: "alice@example.com", Why: "ticket 8"})
	took = until(t, time.Second, "its end on the first node", func() bool {
		return strings.Contains(one.get(t, "/metrics"), "winnow_restricted_subjects 0")
	})
	t.Logf("its end is in force on the first node after %s", took)

	up.Store(false)
	send(one, "waits")
	send(two, "waits too")
	if err := one.end(); err != nil {
		t.Error(err)
	}
	up.Store(true)
	for range 2 {
		select {
		case <-arrived:
		case <-time.After(60 * time.Second):
			t.Fatal("what waited does not arrive")
		}
	}
}
