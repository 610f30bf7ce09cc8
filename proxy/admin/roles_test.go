package admin_test

import (
	"strings"
	"testing"
)

// may says by hand who may do what: v viewer, t tuner, p privacy officer, a admin.
var may = map[string]string{
	"GET /metrics":                                      "vtpa",
	"GET /healthz":                                      "vtpa",
	"GET /readyz":                                       "vtpa",
	"GET /api/v1/openapi.yaml":                          "vtpa",
	"GET /api/v1/caller":                                "vtpa",
	"GET /api/v1/policy":                                "vtpa",
	"GET /api/v1/policy/inventory":                      "vtpa",
	"GET /api/v1/statistics":                            "vtpa",
	"POST /api/v1/policy/reload":                        "ta",
	"GET /api/v1/spool":                                 "vtpa",
	"GET /api/v1/spool/{lane}/parked/{number}":          "vtpa",
	"GET /api/v1/spool/{lane}/parked/{number}/body":     "pa",
	"POST /api/v1/spool/{lane}/parked/{number}/replay":  "a",
	"POST /api/v1/spool/{lane}/parked/{number}/drop":    "pa",
	"POST /api/v1/spool/verify":                         "pa",
	"POST /api/v1/subjects/access":                      "pa",
	"POST /api/v1/subjects/restrict":                    "pa",
	"POST /api/v1/subjects/release":                     "pa",
	"POST /api/v1/subjects/erase":                       "pa",
	"POST /api/v1/subjects/correct":                     "pa",
	"POST /api/v1/subjects/hold":                        "pa",
	"POST /api/v1/subjects/unhold":                      "pa",
	"GET /api/v1/audit/head":                            "vtpa",
	"GET /api/v1/audit/entries":                         "pa",
	"GET /api/v1/audit/breach":                          "pa",
	"GET /api/v1/keys":                                  "vpa",
	"POST /api/v1/keys/rotate":                          "pa",
	"POST /api/v1/keys/epochs/{number}/destroy":         "pa",
	"POST /api/v1/keys/tenants/{tenant}/destroy":        "pa",
	"GET /api/v1/consents":                              "vpa",
	"POST /api/v1/consents/{purpose}/{tenant}/grant":    "pa",
	"POST /api/v1/consents/{purpose}/{tenant}/withdraw": "pa",
}

// open says by hand what needs no token on a listener that other machines can reach.
var open = map[string]bool{"GET /healthz": true, "GET /readyz": true}

var values = strings.NewReplacer("{lane}", "logs", "{number}", "3", "{tenant}", "acme", "{purpose}", "statistics",
	"/breach", "/breach?upstream=logs&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z")

// GUARD-1: each role may do what is allowed to it and nothing else, and a refusal does nothing, says which role it takes, and is told.
func TestGUARD1Roles(t *testing.T) {
	for _, op := range newStand(t).api.Operations() {
		name := op.Method + " " + op.Path
		allowed, ok := may[name]
		if !ok {
			t.Errorf("%s: say in this test who may", name)
		}
		for _, role := range allRoles {
			s := newStand(t)
			resp, body := s.ask(t, op.Method, values.Replace(op.Path), string(role))
			if strings.Contains(allowed, string(role[:1])) {
				if resp.StatusCode != 200 || op.Act != "" && len(s.told) != 2 || op.Act == "" && len(s.told) != 0 {
					t.Errorf("%s as %s: %d %s, told %q", name, role, resp.StatusCode, body, s.lines())
				}
				continue
			}
			if open[name] {
				continue
			}
			p := problem(t, resp, body)
			if p.Status != 403 || p.Code != "role" || len(p.Needs) != len(allowed) || !strings.Contains(p.Detail, string(p.Needs[0])) || len(s.done) > 0 {
				t.Errorf("%s as %s: %+v, done %q", name, role, p, s.done)
			}
			want := string(role) + "-1 admin.denied " + name + " reason=role from=192.0.2.0/24"
			if got := strings.Join(s.lines(), "\n"); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		}
	}
}

// GUARD-1: without a token that is good nobody gets anything, but for whether winnow lives and is ready.
func TestGUARD1NoTokenNoEntry(t *testing.T) {
	for _, op := range newStand(t).api.Operations() {
		name := op.Method + " " + op.Path
		for token, code := range map[string]string{"": "no_token", "planted-guess": "wrong_token", "expired": "expired", "local": "wrong_token"} {
			s := newStand(t)
			resp, body := s.ask(t, op.Method, values.Replace(op.Path), token)
			if open[name] {
				if resp.StatusCode != 200 || strings.Contains(body, "disk") {
					t.Errorf("%s with %q: %d %s", name, token, resp.StatusCode, body)
				}
				continue
			}
			p := problem(t, resp, body)
			if p.Status != 401 || p.Code != code || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Bearer ") || len(s.done) > 0 {
				t.Errorf("%s with %q: %+v, done %q", name, token, p, s.done)
			}
			if got := strings.Join(s.lines(), "\n"); !strings.Contains(got, "admin.denied "+name+" reason="+code) || strings.Contains(got+body, "planted") {
				t.Errorf("%s with %q: told %q, answered %s", name, token, got, body)
			}
		}
	}
}
