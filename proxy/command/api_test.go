package command

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/proxy"
	"winnow/proxy/admin"
	"winnow/proxy/certs/certtest"
)

// GUARD-1: over TLS the command line trusts the certificate that the file names, by no matter which address, or the authority that it is told;
// it shows its own where clients need one, and says nothing to a stranger.
func TestGUARD1CommandsOverTLS(t *testing.T) {
	a, stranger := certtest.New(t), certtest.New(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	a.Issue(t, "admin.example.com", at("cert.pem"), at("key.pem"))
	a.Issue(t, "ops.example.com", at("ops.pem"), at("ops.key"))
	stranger.Issue(t, "admin.example.com", at("other.pem"), at("other.key"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	text := fmt.Sprintf(`listen: 127.0.0.1:0
data_dir: %s
admin:
  listen: %s
  tls: {cert_file: %[1]s/cert.pem, key_file: %[1]s/key.pem, client_ca_file: %[3]s}
  tokens: [{id: ops, hash: "sha256:%x", role: viewer}]
`, dir, address, a.File, sha256.Sum256([]byte("ops-token")))
	other := strings.Replace(text, "cert.pem", "other.pem", 1)
	for name, text := range map[string]string{"winnow.yaml": text, "other.yaml": other, "token": "ops-token\n"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	serve(t, at("winnow.yaml"))

	ops := reach{certFile: at("ops.pem"), keyFile: at("ops.key")}
	for name, c := range map[string]struct {
		change func(*reach)
		role   string // empty: it fails
	}{
		"by the file":             {func(r *reach) { r.config = at("winnow.yaml") }, "admin"},
		"by the file, as another": {func(r *reach) { r.config, r.tokenFile = at("winnow.yaml"), at("token") }, "viewer"},
		"by its URL":              {func(r *reach) { r.address, r.tokenFile, r.caFile = "https://"+address+"/", at("token"), a.File }, "viewer"},
		"without a certificate":   {func(r *reach) { r.config, r.certFile, r.keyFile = at("winnow.yaml"), "", "" }, ""},
		"another certificate":     {func(r *reach) { r.config = at("other.yaml") }, ""},
		"another authority":       {func(r *reach) { r.address, r.tokenFile, r.caFile = "https://"+address, at("token"), stranger.File }, ""},
		"the system's":            {func(r *reach) { r.address, r.tokenFile = "https://"+address, at("token") }, ""},
		"no token":                {func(r *reach) { r.address, r.caFile = "https://"+address, a.File }, ""},
		"in clear":                {func(r *reach) { r.address, r.tokenFile = "http://winnow.example.com:8081", at("token") }, ""},
	} {
		r, caller := ops, admin.Caller{}
		c.change(&r)
		err := r.with(func(ctx context.Context, c *admin.Client) error { return c.Get(ctx, "/api/v1/caller", &caller) })
		if string(caller.Role) != c.role || (err == nil) != (c.role != "") {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
	}
}

// serve runs winnow with a file until the test ends.
func serve(t *testing.T, file string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- proxy.Run(ctx, proxy.Options{
			Load: proxy.FileLoader(file), Reload: make(chan os.Signal), Ready: func(proxy.Info) { close(ready) },
			Log: slog.New(slog.DiscardHandler),
		})
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
