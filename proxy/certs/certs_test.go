package certs_test

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"winnow/config"
	"winnow/proxy/certs"
	"winnow/proxy/certs/certtest"
)

// files are a certificate and its key in a folder of the test.
func files(t *testing.T, a *certtest.Authority, name string) config.TLS {
	t.Helper()
	dir := t.TempDir()
	f := config.TLS{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}
	a.Issue(t, name, f.CertFile, f.KeyFile)
	return f
}

// shake is a handshake: what the client learns of the listener, and what either says of it.
func shake(t *testing.T, client, server *tls.Config) (state tls.ConnectionState, err error) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	served := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			err = c.(*tls.Conn).Handshake()
			c.Close()
		}
		served <- err
	}()
	c, err := tls.Dial("tcp", l.Addr().String(), client)
	if err == nil {
		state = c.ConnectionState()
		defer c.Close()
	}
	return state, errors.Join(err, <-served)
}

func use(t *testing.T, k *certs.Keeper, files config.TLS, protocols ...string) {
	t.Helper()
	c, err := certs.Read(files, protocols...)
	if err != nil {
		t.Fatal(err)
	}
	k.Use(c)
}

func TestKeeper(t *testing.T) {
	a := certtest.New(t)
	var k certs.Keeper
	c := k.Config()
	if _, err := shake(t, a.Client(t, ""), c); err == nil {
		t.Error("a listener without a certificate takes connections")
	}
	for _, name := range []string{"first.example.com", "second.example.com"} {
		use(t, &k, files(t, a, name))
		state, err := shake(t, a.Client(t, ""), c)
		if err != nil || state.PeerCertificates[0].Subject.CommonName != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := a.Client(t, "")
	old.MinVersion, old.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
	if _, err := shake(t, old, c); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

func TestProtocols(t *testing.T) {
	a := certtest.New(t)
	var k certs.Keeper
	use(t, &k, files(t, a, "localhost"), "h2")
	client := a.Client(t, "")
	client.NextProtos = []string{"h2"}
	if state, err := shake(t, client, k.Config()); err != nil || state.NegotiatedProtocol != "h2" {
		t.Errorf("%q, %v", state.NegotiatedProtocol, err)
	}
	client.NextProtos = []string{"spdy"}
	if _, err := shake(t, client, k.Config()); err == nil {
		t.Error("another protocol is taken")
	}
}

func TestClientAuthorities(t *testing.T) {
	a, stranger := certtest.New(t), certtest.New(t)
	var k certs.Keeper
	f := files(t, a, "localhost")
	f.ClientCAFile = a.File
	use(t, &k, f)
	forged := stranger.Client(t, "client.example.com")
	forged.RootCAs = a.Pool
	for name, tt := range map[string]struct {
		client *tls.Config
		ok     bool
	}{
		"signed":            {a.Client(t, "client.example.com"), true},
		"without":           {a.Client(t, ""), false},
		"signed by another": {forged, false},
	} {
		tt.client.MaxVersion = tls.VersionTLS12 // there both sides know the outcome when the handshake ends
		if _, err := shake(t, tt.client, k.Config()); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	a := certtest.New(t)
	good, other := files(t, a, "localhost"), files(t, a, "localhost")
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("no PEM in here\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		files config.TLS
		key   string
	}{
		"no certificate": {config.TLS{CertFile: junk + ".none", KeyFile: good.KeyFile}, "cert_file"},
		"no key":         {config.TLS{CertFile: good.CertFile, KeyFile: junk + ".none"}, "key_file"},
		"junk":           {config.TLS{CertFile: junk, KeyFile: good.KeyFile}, "cert_file"},
		"another's key":  {config.TLS{CertFile: good.CertFile, KeyFile: other.KeyFile}, "cert_file"},
		"no authorities": {config.TLS{CertFile: good.CertFile, KeyFile: good.KeyFile, ClientCAFile: junk + ".none"}, "client_ca_file"},
		"junk authority": {config.TLS{CertFile: good.CertFile, KeyFile: good.KeyFile, ClientCAFile: junk}, "client_ca_file"},
	} {
		_, err := certs.Read(tt.files)
		var e *certs.Error
		if !errors.As(err, &e) || e.Key != tt.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}
