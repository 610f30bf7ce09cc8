package proxy_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/proxy"
	"winnow/proxy/certs/certtest"
)

// shown is the name in the certificate that the ingest address shows.
func (r *running) shown(t *testing.T, a *certtest.Authority) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{TLSClientConfig: a.Client(t, ""), DisableKeepAlives: true}}
	resp, err := client.Post("https://"+r.Listen+"/ingest", "application/json", strings.NewReader(login))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	return resp.TLS.PeerCertificates[0].Subject.CommonName
}

// GUARD-1: a certificate that is replaced is shown from then on; one that fits no key is not taken, is named with its place, and leaves the old.
func TestCertificates(t *testing.T) {
	a := certtest.New(t)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.Issue(t, "first.example.com", cert, key)
	r := start(t, nil, fmt.Sprintf("tls: {cert_file: %s, key_file: %s}\n", cert, key))
	if got := r.shown(t, a); got != "first.example.com" {
		t.Errorf("at start: %s", got)
	}
	a.Issue(t, "second.example.com", cert, key)
	r.log.await(t, "configuration reloaded")
	if got := r.shown(t, a); got != "second.example.com" {
		t.Errorf("replaced: %s", got)
	}
	if err := os.WriteFile(cert, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.log.await(t, "winnow.yaml:6:18: ")
	if got := r.shown(t, a); got != "second.example.com" {
		t.Errorf("torn: %s", got)
	}
	if _, err := tls.Dial("tcp", r.Listen, &tls.Config{RootCAs: a.Pool, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

func TestWrongCertificates(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "winnow.yaml")
	text := fmt.Sprintf("listen: 127.0.0.1:0\nadmin: {listen: off}\ndata_dir: %s\ntls:\n  cert_file: %[1]s/none.pem\n  key_file: %[1]s/none.key\n", dir)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := proxy.FileLoader(file)()
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t, c); err == nil || !strings.Contains(err.Error(), "winnow.yaml:5:14: ") {
		t.Errorf("%v", err)
	}
}
