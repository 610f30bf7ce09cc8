package proxy_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/proxy"
	"winnow/proxy/admin"
	"winnow/proxy/audit"
	"winnow/proxy/certs/certtest"
)

// token is a line of admin.tokens.
func token(id, text, role string) string {
	return fmt.Sprintf("    - {id: %s, hash: \"sha256:%x\", role: %s}\n", id, sha256.Sum256([]byte(text)), role)
}

// local is a client as the command line is.
func (r *running) local(t testing.TB) *admin.Client {
	t.Helper()
	text, err := admin.ReadLocal(r.Config.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	return admin.NewClient(r.admin, text, nil)
}

func code(err error) string {
	var p *admin.Problem
	if !errors.As(err, &p) {
		return fmt.Sprint(err)
	}
	return p.Code
}

// GUARD-1: a token that is taken out of the file is refused from the reload on, and one with another role may what that may.
func TestGUARD1TokensFollowTheFile(t *testing.T) {
	r := start(t, newBackend(t), "")
	r.change(t, "admin: {listen: 127.0.0.1:0}", "admin:\n  listen: 127.0.0.1:0\n  tokens:\n"+token("ops", "one", "viewer")+token("dpo", "two", "tuner"))
	r.log.await(t, "configuration reloaded")
	one, two := admin.NewClient(r.admin, "one", nil), admin.NewClient(r.admin, "two", nil)
	if err := one.Post(t.Context(), "/api/v1/policy/reload", nil, nil); code(err) != "role" {
		t.Errorf("a viewer reloads: %v", err)
	}
	r.change(t, token("ops", "one", "viewer")+token("dpo", "two", "tuner"), token("ops", "one", "admin"))
	if err := two.Post(t.Context(), "/api/v1/policy/reload", nil, nil); err != nil {
		t.Errorf("a tuner's reload: %v", err)
	}
	if err := two.Get(t.Context(), "/api/v1/policy", nil); code(err) != "wrong_token" {
		t.Errorf("a token that is gone: %v", err)
	}
	if err := one.Post(t.Context(), "/api/v1/policy/reload", nil, nil); err != nil {
		t.Errorf("an admin's reload: %v", err)
	}
	lines, err := one.Stream(t.Context(), "/api/v1/audit/entries?act=admin.tokens")
	if err != nil {
		t.Fatal(err)
	}
	defer lines.Close()
	text, err := io.ReadAll(lines)
	told := string(text)
	if err != nil || strings.Count(told, "\n") != 2 || !strings.Contains(told, `"dpo":"tuner sha256:`) || !strings.Contains(told, `"details":{"ops":"admin sha256:`) {
		t.Errorf("of who may do what the log tells %s, %v", told, err)
	}
}

// A file that does not load is refused with all its mistakes, each with its place, and the old policy stays.
func TestReloadTellsMistakes(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	c := r.local(t)
	var before, after admin.PolicyInfo
	if err := c.Get(t.Context(), "/api/v1/policy", &before); err != nil {
		t.Fatal(err)
	}
	r.change(t, "mode: scrub", "mode: lax, limts: 1")
	var p *admin.Problem
	if err := c.Post(t.Context(), "/api/v1/policy/reload", nil, nil); !errors.As(err, &p) || p.Status != 422 || len(p.Mistakes) != 2 || !strings.Contains(p.Mistakes[0], "winnow.yaml:7:16: ") {
		t.Errorf("%v: %q", p, p.Mistakes)
	}
	if err := c.Get(t.Context(), "/api/v1/policy", &after); err != nil || before != after || len(before.Digest) != 64 {
		t.Errorf("%+v, then %+v, %v", before, after, err)
	}
	var inventory struct{ Taken, Headers, Fields []any }
	if err := c.Get(t.Context(), "/api/v1/policy/inventory", &inventory); err != nil {
		t.Errorf("%+v, %v", inventory, err)
	}
}

// GUARD-1, GUARD-3: the log of a winnow that runs can be read and proved from elsewhere, and tells of an act before and after it.
func TestGUARD3AuditLogByTheAPI(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	c := r.local(t)
	if err := c.Post(t.Context(), "/api/v1/policy/reload", nil, nil); err != nil {
		t.Fatal(err)
	}
	var head admin.AuditHead
	if err := c.Get(t.Context(), "/api/v1/audit/head", &head); err != nil {
		t.Fatal(err)
	}
	var acts []string
	show := func(l *audit.Line) error {
		acts = append(acts, l.Actor+" "+l.Act+" "+l.Details["result"])
		return nil
	}
	lines, err := c.Stream(t.Context(), "/api/v1/audit/entries")
	if err != nil {
		t.Fatal(err)
	}
	defer lines.Close()
	report, err := audit.VerifyFrom(lines, nil, audit.Head(head), show)
	if err != nil || admin.AuditHead(report.Head) != head {
		t.Errorf("%+v, %v", report, err)
	}
	if got := strings.Join(acts, ", "); got != "winnow keys.begin , file policy.load , cli policy.reload , file policy.load , cli policy.reload done" {
		t.Errorf("told %s", got)
	}
	few, err := c.Stream(t.Context(), "/api/v1/audit/entries?after=2&act=policy.reload&limit=1&from=2020-01-01T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close()
	if text, err := io.ReadAll(few); err != nil || strings.Count(string(text), "\n") != 1 || !strings.HasPrefix(string(text), `{"seq":3,`) {
		t.Errorf("%s, %v", text, err)
	}
}

// The token of the command line is there while winnow runs, for its own user, and ends with it.
func TestLocalTokenEndsWithWinnow(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	name := filepath.Join(r.Config.DataDir, admin.LocalFile)
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if _, _, err := proxy.OpenAPI(t.Context(), r.Config, slog.New(slog.DiscardHandler)); !errors.Is(err, proxy.ErrRunning) {
		t.Errorf("the state of a winnow that runs is opened: %v", err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("it outlives winnow")
	}
	c, end, err := proxy.OpenAPI(t.Context(), r.Config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var head admin.AuditHead
	if err := errors.Join(c.Get(t.Context(), "/api/v1/audit/head", &head), end()); err != nil || head.Seq == 0 {
		t.Errorf("%+v, %v", head, err)
	}
}

// Where winnow never ran there is nothing to see, and looking makes nothing.
func TestNothingIsMadeByLooking(t *testing.T) {
	c := quick(t)
	c.DataDir, c.Spool.Dir = filepath.Join(c.DataDir, "none"), filepath.Join(c.DataDir, "none", "spool")
	client, end, err := proxy.OpenAPI(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (admin.SpoolClient{Client: client}).Drop(t.Context(), "logs", 0); !errors.Is(err, admin.ErrNoSpool) {
		t.Errorf("%v", err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(c.DataDir); err == nil {
		t.Error("a data folder was made")
	}
}

// launch runs winnow with a file, until the test ends.
func launch(t *testing.T, file string) (i proxy.Info, log *logBuffer) {
	t.Helper()
	log = &logBuffer{seen: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	ready, done := make(chan proxy.Info, 1), make(chan error, 1)
	go func() {
		done <- proxy.Run(ctx, proxy.Options{
			Load: proxy.FileLoader(file), File: file, Reload: make(chan os.Signal), Ready: func(i proxy.Info) { ready <- i },
			Log: slog.New(slog.NewJSONHandler(log, nil)),
		})
	}()
	select {
	case i = <-ready:
	case err := <-done:
		t.Fatalf("did not start: %v\n%s", err, log)
	}
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return i, log
}

// GUARD-1: the listener shows its own certificate, wants the client's, and a renewed one is shown from the reload on.
func TestGUARD1AdminTLS(t *testing.T) {
	a := certtest.New(t)
	dir := t.TempDir()
	cert, key, file := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "winnow.yaml")
	a.Issue(t, "first.example.com", cert, key)
	text := fmt.Sprintf("listen: 127.0.0.1:0\ndata_dir: %s/data\nadmin:\n  listen: 127.0.0.1:0\n  tls: {cert_file: %s, key_file: %s, client_ca_file: %s}\n  tokens:\n%s",
		dir, cert, key, a.File, token("ops", "one", "admin"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	i, log := launch(t, file)
	known, unknown := a.Client(t, "ops.example.com"), a.Client(t, "")
	if err := admin.NewClient("https://"+i.Admin, "one", known).Get(t.Context(), "/api/v1/policy", nil); err != nil {
		t.Error(err)
	}
	if err := admin.NewClient("https://"+i.Admin, "one", unknown).Get(t.Context(), "/api/v1/policy", nil); err == nil {
		t.Error("a client without a certificate is let in")
	}
	if err := admin.NewClient("http://"+i.Admin, "one", nil).Get(t.Context(), "/api/v1/policy", nil); err == nil {
		t.Error("it is spoken in clear")
	}
	a.Issue(t, "second.example.com", cert, key)
	log.await(t, "configuration reloaded")
	conn, err := tls.Dial("tcp", i.Admin, known)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.ConnectionState().PeerCertificates[0].Subject.CommonName; got != "second.example.com" {
		t.Errorf("shown is %s", got)
	}
}
