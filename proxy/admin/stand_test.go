package admin_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
)

// stand is an API over made-up resources, with a token of each role, named as the role.
type stand struct {
	api *admin.API

	mu   sync.Mutex
	told []admin.Told
	done []string // what was done, "drop logs 3"
	deaf bool     // the audit log takes nothing
	now  time.Time
	from string // address of requests
	host string // that they call
}

func newStand(t testing.TB, change ...func(*admin.Options)) *stand {
	t.Helper()
	s := &stand{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), from: "192.0.2.7:4711", host: "127.0.0.1:8081"}
	metrics := admin.NewMetrics("test", admin.Gauges{
		InflightBytes: zero, InflightStage: zero, Connections: zero, UpstreamsUp: func() map[string]bool { return nil },
	})
	o := admin.Options{
		Tell: s.tell, Now: func() time.Time { return s.now }, Denied: metrics.Denied(),
		Resources: []admin.Resource{
			admin.HealthResource(metrics, s), admin.PolicyResource(s), admin.StatisticsResource(s), admin.SpoolResource(s), admin.AuditResource(s),
			admin.SubjectsResource(s), admin.KeysResource(keyStand{s}), admin.ConsentsResource(consentStand{s}),
		},
	}
	for _, c := range change {
		c(&o)
	}
	s.api = admin.NewAPI(o)
	var tokens []admin.Token
	for _, role := range allRoles {
		tokens = append(tokens, admin.Token{ID: string(role) + "-1", Hash: sha256.Sum256([]byte(role)), Role: role})
	}
	tokens = append(tokens, admin.Token{ID: "gone", Hash: sha256.Sum256([]byte("expired")), Role: config.RoleAdmin, Expires: s.now})
	s.api.Use(tokens)
	s.api.UseLocal("local")
	return s
}

var allRoles = []config.Role{config.RoleViewer, config.RoleTuner, config.RolePrivacyOfficer, config.RoleAdmin}

func zero() float64 { return 0 }

// Statistics implements admin.Statistics.
func (s *stand) Statistics(context.Context) (admin.StatisticsState, error) {
	to := s.now.Add(24 * time.Hour)
	return admin.StatisticsState{
		Spent: 1, Budget: 31, Until: to, Releases: 1, From: &s.now, To: &to,
		Last: []any{map[string]any{"from": s.now, "to": to, "table": "hour", "hour": "7", "requests": 12, "records": 0}},
	}, nil
}

// ask sends a request with a token, none if that is empty.
func (s *stand) ask(t *testing.T, method, path, token string, headers ...string) (*http.Response, string) {
	t.Helper()
	body := bodies[path]
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.RemoteAddr, r.Host = s.from, s.host
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.api.Server().Handler.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// problem reads an answer that must be one.
func problem(t *testing.T, resp *http.Response, body string) admin.Problem {
	t.Helper()
	var p admin.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || resp.Header.Get("Content-Type") != "application/problem+json" || p.Status != resp.StatusCode {
		t.Fatalf("no problem: %d %s (%v)", resp.StatusCode, body, err)
	}
	return p
}

// acts posts as a privacy officer. Where a problem is wanted, nothing is done or told of it, and ok is false; else one thing is, and its digest told.
func (s *stand) acts(t *testing.T, path, problemCode string) (ok bool) {
	t.Helper()
	resp, body := s.ask(t, "POST", path, string(config.RolePrivacyOfficer))
	told := strings.Join(s.lines(), "\n")
	if problemCode != "" {
		if p := problem(t, resp, body); p.Code != problemCode || len(s.done) != 0 || strings.Contains(told+body, "planted") {
			t.Errorf("%s: %s, done %q, told %s", path, body, s.done, told)
		}
		return false
	}
	if resp.StatusCode != 200 || len(s.done) != 1 || !strings.HasSuffix(told, "result=done digest=cd") {
		t.Errorf("%s: %d %s, done %q, told %s", path, resp.StatusCode, body, s.done, told)
	}
	return len(s.done) == 1
}

func (s *stand) tell(t admin.Told) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deaf {
		return errors.New("no room")
	}
	s.told = append(s.told, t)
	return nil
}

// lines are what was told, "actor act object name=value", but for the number of the request.
func (s *stand) lines() (list []string) {
	for _, t := range s.told {
		text := fmt.Sprintf("%s %s %s", t.Actor, t.Act, t.Object)
		for _, name := range []string{"parked", "reason", "from", "more", "result", "code", "batches", "digest"} {
			if v := t.Details[name]; v != "" {
				text += " " + name + "=" + v
			}
		}
		list = append(list, text)
	}
	return list
}

func (s *stand) do(format string, a ...any) { s.done = append(s.done, fmt.Sprintf(format, a...)) }

func (s *stand) Ready() error       { return nil }
func (s *stand) Problems() []string { return []string{"spool: the disk is nearly full"} }

func (s *stand) Policy() admin.PolicyInfo {
	return admin.PolicyInfo{Name: "shop", Digest: strings.Repeat("ab", 32), Mode: "strict"}
}
func (s *stand) Inventory() any { return map[string]string{"name": "shop"} }
func (s *stand) Reload() error  { s.do("reload"); return nil }

func (s *stand) State(context.Context) (admin.SpoolState, error) {
	return admin.SpoolState{Lanes: []admin.SpoolLane{{Lane: "logs", Fates: map[string]admin.SpoolCount{"acked": {Batches: 1, Records: 2}}}}}, nil
}

func (s *stand) Lane(name string) error {
	if name != "logs" {
		return admin.ErrNoLane
	}
	return nil
}

func (s *stand) Parked(_ context.Context, lane string, number uint64, body bool) (b admin.SpoolBatch, err error) {
	if number != 3 {
		return b, admin.ErrNoBatch
	}
	b.Number = number
	if body {
		s.do("show %s %d", lane, number)
		b.Body = []byte(`{"message":"[email]"}`)
	}
	return b, s.Lane(lane)
}

func (s *stand) Replay(_ context.Context, lane string, number uint64) (int, error) {
	s.do("replay %s %d", lane, number)
	return 1, nil
}

func (s *stand) Drop(_ context.Context, lane string, number uint64) (int, error) {
	s.do("drop %s %d", lane, number)
	if number > 3 {
		return 0, admin.ErrNoBatch
	}
	return 1, nil
}

func (s *stand) Verify(_ context.Context, lane string) ([]admin.SpoolReport, error) {
	s.do("verify %s", lane)
	return []admin.SpoolReport{{Lane: "logs", Sound: true}}, nil
}

func (s *stand) Breach(q admin.BreachQuery) (any, error) {
	times := map[string]any{"first": q.From, "last": q.To}
	part := map[string]any{
		"tenant": "acme", "batches": 1, "records": 3, "bytes": 90, "unanswered": 0, "purposes": []string{"operations"}, "policies": []string{"ab"},
		"data": []any{map[string]any{"of": "finding", "class": "identity", "action": "replace", "id": "email", "n": 2}},
	}
	policy := map[string]any{"digest": "ab", "name": "shop", "records": 3}
	maps.Copy(part, times)
	maps.Copy(policy, times)
	return map[string]any{
		"upstream": q.Upstream, "from": q.From, "to": q.To, "whole": true, "lines": 4, "signed": 4, "head": "4:cd", "first": q.From, "last": q.To,
		"upstreams": []string{"logs"}, "gaps": []any{map[string]any{"from": q.From, "to": q.To}}, "tenants": []any{part}, "policies": []any{policy},
	}, nil
}

func (s *stand) Head() (admin.AuditHead, error) {
	return admin.AuditHead{Seq: 7, Hash: strings.Repeat("cd", 32)}, nil
}

func (s *stand) Entries(w io.Writer, _ admin.AuditQuery) error {
	_, err := io.WriteString(w, `{"seq":1,"time":"2026-03-01T12:00:00Z","actor":"file","act":"policy.load","prev":"00","hash":"11"}`+"\n")
	return err
}
