package admin_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/proxy/admin"
)

// GUARD-1: a page of another origin cannot have a browser act, whatever token the browser has.
func TestGUARD1CrossOriginIsRefused(t *testing.T) {
	for _, header := range [][]string{{"Origin", "https://shop.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		s := newStand(t)
		resp, body := s.ask(t, "POST", "/api/v1/policy/reload", "admin", header...)
		if p := problem(t, resp, body); p.Status != 403 || p.Code != "cross_origin" || len(s.done) > 0 {
			t.Errorf("%q: %+v, done %q", header, p, s.done)
		}
		if resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Error("another origin may read the answer")
		}
	}
}

// An address that guesses is not heard any more after ten guesses, and is again after a while; others are not held up, nor is the command line.
func TestGUARD1GuessesAreBounded(t *testing.T) {
	s := newStand(t)
	ask := func(from, token string) int {
		s.from = from
		resp, _ := s.ask(t, "GET", "/api/v1/spool", token)
		return resp.StatusCode
	}
	for range 10 {
		if got := ask("198.51.100.7:1", "guess"); got != 401 {
			t.Fatalf("status %d", got)
		}
	}
	for from, want := range map[string]int{"198.51.100.7:2": 429, "198.51.100.8:1": 200, "[2001:db8::7]:1": 200} {
		if got := ask(from, "admin"); got != want {
			t.Errorf("%s: %d, want %d", from, got, want)
		}
	}
	for i := range 10 { // an IPv6 network is one address
		ask(fmt.Sprintf("[2001:db8::%d]:1", i), "guess")
		ask("127.0.0.1:1", "guess")
	}
	for from, want := range map[string]int{"[2001:db8::ff]:1": 429, "[2001:db8:1::1]:1": 200, "127.0.0.1:1": 429} {
		if got := ask(from, "admin"); got != want {
			t.Errorf("%s: %d, want %d", from, got, want)
		}
	}
	if got := ask("127.0.0.1:1", "local"); got != 200 {
		t.Errorf("the command line is locked out: %d", got)
	}
	if got := ask("198.51.100.7:2", "local"); got != 429 {
		t.Errorf("the command line's token is good elsewhere: %d", got)
	}
	s.now = s.now.Add(6 * time.Second)
	if got := ask("198.51.100.7:2", "viewer"); got != 200 {
		t.Errorf("after a while: %d", got)
	}
}

// GUARD-1: an attack is told at once, and then by its number, not by its requests.
func TestGUARD1DenialsAreToldOnce(t *testing.T) {
	s := newStand(t)
	for range 500 {
		s.ask(t, "POST", "/api/v1/spool/logs/parked/3/drop", "guess")
	}
	const drop = "unknown admin.denied POST /api/v1/spool/{lane}/parked/{number}/drop "
	want := []string{drop + "reason=wrong_token from=192.0.2.0/24", drop + "reason=too_many from=192.0.2.0/24"}
	if got := s.lines(); !slices.Equal(got, want) {
		t.Fatalf("told %q", got)
	}
	s.told, s.now = nil, s.now.Add(time.Hour)
	s.api.Tick()
	got := s.lines()
	slices.Sort(got)
	if !slices.Equal(got, []string{want[1] + " more=489", want[0] + " more=9"}) {
		t.Errorf("an hour later %q", got)
	}
	s.told = nil
	for i := range 2000 { // from everywhere
		s.from = fmt.Sprintf("10.%d.%d.1:1", i/200, i%200)
		s.ask(t, "GET", "/api/v1/spool", "")
	}
	s.api.Close()
	if len(s.told) > 70 {
		t.Errorf("%d lines are told", len(s.told))
	}
	total := 0
	for _, told := range s.told {
		n := 1
		if _, err := fmt.Sscan(told.Details["more"], &n); told.Details["more"] != "" && err != nil {
			t.Error(err)
		}
		total += n
	}
	if total != 2000 {
		t.Errorf("told of %d denials, want 2000", total)
	}
}

// A token that is removed is refused from the next request on.
func TestTokensAreReplaced(t *testing.T) {
	s := newStand(t)
	s.api.Use(nil)
	if resp, body := s.ask(t, "GET", "/api/v1/policy", "admin"); problem(t, resp, body).Code != "wrong_token" {
		t.Error(body)
	}
}

// GUARD-1: on a listener for this machine alone, health and metrics need no token; all else does.
func TestGUARD1LoopbackOpensHealthOnly(t *testing.T) {
	s := newStand(t, func(o *admin.Options) { o.Loopback = true })
	var open []string
	operations := s.api.Operations()
	for _, op := range operations {
		if resp, _ := s.ask(t, op.Method, values.Replace(op.Path), ""); resp.StatusCode != 401 {
			open = append(open, op.Path)
		}
	}
	if got := strings.Join(open, " "); got != "/metrics /healthz /readyz" {
		t.Errorf("open are %s", got)
	}
	if _, body := s.ask(t, "GET", "/healthz", ""); !strings.Contains(body, "nearly full") {
		t.Errorf("what is wrong is not told: %s", body)
	}
	denied := fmt.Sprintf(`winnow_admin_denied_total{reason="no_token"} %d`, len(operations)-len(open))
	if _, body := s.ask(t, "GET", "/metrics", ""); !strings.Contains(body, denied) {
		t.Errorf("denials are not counted:\n%s", body)
	}
}

// GUARD-1: a page whose name was made to lead to this machine reads nothing, not even what needs no token.
func TestGUARD1ReboundNamesAreRefused(t *testing.T) {
	s := newStand(t, func(o *admin.Options) { o.Loopback = true })
	for host, want := range map[string]int{
		"shop.example": 403, "shop.example:8081": 403, "localhost.shop.example": 403, "": 403, "127.0.0.1": 200, "localhost:8081": 200, "[::1]:8081": 200, "[::1]": 200,
	} {
		s.host = host
		if resp, body := s.ask(t, "GET", "/metrics", ""); resp.StatusCode != want {
			t.Errorf("%q: %d %.80s", host, resp.StatusCode, body)
		}
	}
	s = newStand(t)
	s.host = "winnow.example.com:8081"
	if resp, body := s.ask(t, "GET", "/metrics", "viewer"); resp.StatusCode != 200 {
		t.Errorf("other machines call a name: %d %s", resp.StatusCode, body)
	}
}

// The token of the command line is another at every start, and its owner's alone.
func TestLocalToken(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, admin.LocalFile), []byte("planted\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	first, err := admin.MakeLocal(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := admin.MakeLocal(dir)
	if err != nil || first == second || len(second) < 64 {
		t.Errorf("%v", err)
	}
	info, err := os.Stat(filepath.Join(dir, admin.LocalFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if got, err := admin.ReadLocal(dir); err != nil || got != second {
		t.Errorf("%q, %v", got, err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("%v, %v", names, err)
	}
	if err := admin.RemoveLocal(dir); err != nil {
		t.Error(err)
	}
	if _, err := admin.ReadLocal(dir); err == nil || !strings.Contains(err.Error(), "try again") {
		t.Errorf("%v", err)
	}
}

// BenchmarkDenied is what a guess costs: of the first ten of an address, and of those that are not heard any more. The audit log is told of none.
func BenchmarkDenied(b *testing.B) {
	for name, after := range map[string]time.Duration{"heard": time.Minute, "unheard": 0} {
		b.Run(name, func(b *testing.B) {
			s := newStand(b)
			handler := s.api.Server().Handler
			r := httptest.NewRequest("POST", "/api/v1/spool/logs/parked/3/drop", nil)
			r.RemoteAddr = s.from
			r.Header.Set("Authorization", "Bearer "+strings.Repeat("g", 71))
			for range 20 {
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.now = s.now.Add(after)
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
