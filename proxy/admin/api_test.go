package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/admin"
)

// GUARD-1: what cannot be told does not happen.
func TestGUARD1UntoldActsDoNotHappen(t *testing.T) {
	for _, op := range newStand(t).api.Operations() {
		s := newStand(t)
		s.deaf = true
		resp, body := s.ask(t, op.Method, values.Replace(op.Path), "admin")
		if op.Act == "" {
			if resp.StatusCode != 200 {
				t.Errorf("%s %s: %d %s", op.Method, op.Path, resp.StatusCode, body)
			}
			continue
		}
		if p := problem(t, resp, body); p.Status != 503 || p.Code != "audit" || len(s.done) > 0 {
			t.Errorf("%s %s: %+v, done %q", op.Method, op.Path, p, s.done)
		}
	}
}

// An act whose end cannot be told has happened, and that is not hidden.
func TestUntoldEndIsAnError(t *testing.T) {
	s := newStand(t, func(o *admin.Options) {
		tell, n := o.Tell, 0
		o.Tell = func(told admin.Told) error {
			if n++; n > 1 {
				return errors.New("no room")
			}
			return tell(told)
		}
	})
	resp, body := s.ask(t, "POST", "/api/v1/spool/logs/parked/3/drop", "admin")
	if p := problem(t, resp, body); p.Status != 500 || p.Code != "audit" || !strings.Contains(p.Detail, "it was done") {
		t.Errorf("%+v", p)
	}
}

// What makes winnow itself fail is counted, told, and never shown.
func TestPanicsHoldNothing(t *testing.T) {
	panics := 0
	boom := func(context.Context, map[string]string) (any, error) { panic("planted") }
	s := newStand(t, func(o *admin.Options) {
		o.Panicked = func() { panics++ }
		o.Resources = []admin.Resource{{
			{Method: "POST", Path: "/do", Roles: allRoles, Act: "do", Plan: func(*admin.Call) (admin.Plan, error) { return admin.Plan{Do: boom}, nil }},
			{Method: "POST", Path: "/plan", Roles: allRoles, Act: "plan", Plan: func(*admin.Call) (admin.Plan, error) { panic("planted") }},
			{Method: "GET", Path: "/read", Roles: allRoles, Read: func(*admin.Call) (any, error) { panic("planted") }},
		}}
	})
	for _, request := range []string{"POST /do", "POST /plan", "GET /read"} {
		method, path, _ := strings.Cut(request, " ")
		resp, body := s.ask(t, method, path, "viewer")
		if p := problem(t, resp, body); p.Status != 500 || p.Code != "failed" || strings.Contains(body, "planted") {
			t.Errorf("%s: %s", request, body)
		}
	}
	if got := strings.Join(s.lines(), "\n"); panics != 3 || got != "viewer-1 do \nviewer-1 do  result=failed code=failed" {
		t.Errorf("%d panics, told %q", panics, got)
	}
}

// Two lines tell of an act, before it and after it; nothing is told of what is not there, least of all the client's own words.
func TestActsAreTold(t *testing.T) {
	for path, want := range map[string]string{
		"POST /api/v1/spool/logs/parked/3/drop":     "admin-1 spool.drop logs parked=3\nadmin-1 spool.drop logs result=done batches=1",
		"POST /api/v1/spool/logs/parked/all/replay": "admin-1 spool.replay logs parked=all\nadmin-1 spool.replay logs result=done batches=1",
		"POST /api/v1/spool/logs/parked/9/drop":     "admin-1 spool.drop logs parked=9\nadmin-1 spool.drop logs result=failed code=no_batch batches=0",
		"POST /api/v1/policy/reload":                "admin-1 policy.reload shop\nadmin-1 policy.reload shop result=done digest=" + strings.Repeat("ab", 32),
		"GET /api/v1/spool/logs/parked/3/body":      "admin-1 spool.show logs parked=3\nadmin-1 spool.show logs result=done",
		"POST /api/v1/spool/planted/parked/3/drop":  "",
		"POST /api/v1/spool/logs/parked/x/drop":     "",
		"POST /api/v1/spool/verify?lane=planted":    "",
		"POST /api/v1/spool/verify?planted=logs":    "",
		"GET /api/v1/spool/planted/parked/3/body":   "",
	} {
		s := newStand(t)
		method, path, _ := strings.Cut(path, " ")
		_, body := s.ask(t, method, path, "admin")
		if got := strings.Join(s.lines(), "\n"); got != want {
			t.Errorf("%s: told %q, want %q", path, got, want)
		}
		if strings.Contains(body, "planted") {
			t.Errorf("%s: answered %s", path, body)
		}
		if len(s.told) == 2 && (s.told[0].Details["request"] == "" || s.told[0].Details["request"] != s.told[1].Details["request"]) {
			t.Errorf("%s: the lines do not belong together: %+v", path, s.told)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := newStand(t)
	for request, want := range map[string]int{
		"GET /": 404, "GET /api/v1/planted": 404, "POST /-/reload": 404, "DELETE /api/v1/policy": 405, "GET /api/v1/policy/reload": 405, "GET /api/v1/spool/logs/parked/0": 404,
		"GET /api/v1/audit/entries?after=planted": 400, "GET /api/v1/audit/entries?from=planted": 400, "GET /api/v1/audit/entries?befor=1": 400,
	} {
		method, path, _ := strings.Cut(request, " ")
		resp, body := s.ask(t, method, path, "admin")
		if p := problem(t, resp, body); p.Status != want || strings.Contains(body, "planted") || want == 405 && resp.Header.Get("Allow") == "" {
			t.Errorf("%s: %d %s", request, resp.StatusCode, body)
		}
	}
	if len(s.done)+len(s.told) > 0 {
		t.Errorf("done %q, told %q", s.done, s.lines())
	}
}

// A body is read whole or not at all, and nothing of it comes back in the answer.
func TestDecode(t *testing.T) {
	type thing struct {
		Days int `json:"days"`
	}
	for body, want := range map[string]int{
		`{"days":3}`: 200, `{"days":3} `: 200, `{"days":"planted"}`: 400, `{"planted":3}`: 400, `{"days":3}{}`: 400, `{"days":`: 400, "": 400, "planted": 400,
		`{"days":3` + strings.Repeat(" ", 1<<20) + "}": 413,
	} {
		var got thing
		s := newStand(t, func(o *admin.Options) {
			o.Resources = []admin.Resource{{{
				Method: "POST", Path: "/api/v1/thing", Roles: allRoles, Act: "thing.make",
				Plan: func(c *admin.Call) (admin.Plan, error) {
					return admin.Plan{Do: func(context.Context, map[string]string) (any, error) { return got, nil }}, c.Decode(&got)
				},
			}}}
		})
		r := httptest.NewRequest("POST", "/api/v1/thing", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer viewer")
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		w := httptest.NewRecorder()
		s.api.Server().Handler.ServeHTTP(w, r)
		if w.Code != want || strings.Contains(w.Body.String(), "planted") || want == 200 && got.Days != 3 || want != 200 && len(s.told) > 0 {
			t.Errorf("%.20s: %d %s", body, w.Code, w.Body)
		}
		if resp, body := s.ask(t, "POST", "/api/v1/thing", "viewer"); resp.StatusCode != 415 {
			t.Errorf("without a media type: %d %s", resp.StatusCode, body)
		}
	}
}

// A command without a winnow has the same API: told as the command line, refused where it must be.
func TestDirect(t *testing.T) {
	s := newStand(t)
	client := admin.SpoolClient{Client: s.api.Direct()}
	if n, err := client.Drop(t.Context(), "logs", 3); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := client.Drop(t.Context(), "other", 3); !errors.Is(err, admin.ErrNoLane) {
		t.Errorf("%v", err)
	}
	if got := strings.Join(s.lines(), "\n"); got != "cli spool.drop logs parked=3\ncli spool.drop logs result=done batches=1" {
		t.Errorf("told %q", got)
	}
	s.deaf = true
	if _, err := client.Replay(t.Context(), "logs", 0); err == nil || len(s.done) != 1 {
		t.Errorf("%v, done %q", err, s.done)
	}
}

// A client says what is wrong, as the winnow that it asks says it, and takes nobody else's word; its token goes nowhere else.
func TestClient(t *testing.T) {
	var seen []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	s := newStand(t)
	handler := s.api.Server().Handler
	winnow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		case "/stranger":
			http.Error(w, "planted", 500)
		default:
			handler.ServeHTTP(w, r)
		}
	}))
	defer winnow.Close()
	client := admin.NewClient(winnow.URL, "admin", nil)
	var state admin.SpoolState
	if err := client.Get(t.Context(), "/api/v1/spool", &state); err != nil || len(state.Lanes) != 1 {
		t.Errorf("%+v, %v", state, err)
	}
	if _, err := (admin.SpoolClient{Client: client}).Parked(t.Context(), "logs", 9, false); !errors.Is(err, admin.ErrNoBatch) {
		t.Errorf("%v", err)
	}
	if err := client.Post(t.Context(), "/elsewhere", nil, nil); err == nil || len(seen) > 0 {
		t.Errorf("%v, elsewhere has seen %q", err, seen)
	}
	if err := client.Get(t.Context(), "/stranger", nil); err == nil || strings.Contains(err.Error(), "planted") {
		t.Errorf("%v", err)
	}
	lines, err := client.Stream(t.Context(), "/api/v1/audit/entries")
	if err != nil {
		t.Fatal(err)
	}
	defer lines.Close()
	if text, err := io.ReadAll(lines); err != nil || !json.Valid(text) {
		t.Errorf("%s, %v", text, err)
	}
}

// A stream that fails in the middle does not pass for whole.
func TestBrokenStream(t *testing.T) {
	s := newStand(t, func(o *admin.Options) {
		o.Resources = []admin.Resource{{{
			Method: "GET", Path: "/api/v1/stream", Roles: []config.Role{config.RoleAdmin},
			Read: func(*admin.Call) (any, error) {
				return admin.Stream{Type: "text/plain", Write: func(w io.Writer) error {
					_, err := io.WriteString(w, "first\n")
					return errors.Join(err, errors.New("no more"))
				}}, nil
			},
		}}}
	})
	winnow := httptest.NewServer(s.api.Server().Handler)
	defer winnow.Close()
	for name, client := range map[string]*admin.Client{"http": admin.NewClient(winnow.URL, "admin", nil), "direct": s.api.Direct()} {
		lines, err := client.Stream(t.Context(), "/api/v1/stream")
		if err == nil {
			_, err = io.ReadAll(lines)
			lines.Close()
		}
		if err == nil {
			t.Errorf("%s: it passes for whole", name)
		}
	}
}
