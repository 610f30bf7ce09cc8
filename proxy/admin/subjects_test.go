package admin_test

import (
	"context"
	"strings"
	"testing"

	"winnow/proxy/admin"
)

// bodies are what the operations at a path are sent.
var bodies = func() map[string]string {
	bodies := map[string]string{}
	for _, act := range admin.SubjectActs {
		bodies["/api/v1/subjects/"+string(act)] = `{"value":"planted@example.com","tenant":"acme"}`
	}
	for _, act := range []string{"grant", "withdraw"} {
		bodies["/api/v1/consents/statistics/acme/"+act] = `{"why":"notice 3"}`
	}
	return bodies
}()

const somebody = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

func (s *stand) Subject(q *admin.SubjectQuery) (string, error) {
	if q.Value == "" {
		return "", admin.NewProblem(400, "bad_subject", "no identifier was given")
	}
	return somebody, nil
}

func (s *stand) Do(_ context.Context, actor string, act admin.SubjectAct, q *admin.SubjectQuery, result map[string]string) (any, error) {
	s.do("%s by %s about %d bytes", act, actor, len(q.Value))
	return map[string]string{"subject": somebody}, nil
}

// RIGHT-3, GUARD-1: the audit log is told of what is done about a person by their digest, and never hears, nor does the answer repeat, the
// identifier.
func TestActsAboutPersonsNameNobody(t *testing.T) {
	for _, act := range admin.SubjectActs {
		s := newStand(t)
		resp, body := s.ask(t, "POST", "/api/v1/subjects/"+string(act), "privacy_officer")
		if resp.StatusCode != 200 || strings.Join(s.done, "") != string(act)+" by privacy_officer-1 about 19 bytes" {
			t.Errorf("%s: %d %s, done %q", act, resp.StatusCode, body, s.done)
		}
		want := "privacy_officer-1 subject." + string(act) + " " + somebody
		if lines := s.lines(); len(lines) != 2 || lines[0] != want || lines[1] != want+" result=done" || strings.Contains(strings.Join(lines, "")+body, "planted") {
			t.Errorf("%s: told %q, answered %s", act, lines, body)
		}
	}
}
