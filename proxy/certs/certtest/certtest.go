// Package certtest makes certificates for tests: an authority of one's own, and files that it has signed.
package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates. It is trusted by nobody but a test.
type Authority struct {
	// File is its own certificate, in PEM form.
	File string
	// Pool holds it.
	Pool *x509.CertPool

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New makes an authority with a file in the test's folder.
func New(t testing.TB) *Authority {
	t.Helper()
	a, err := NewIn(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// NewIn is New for who is no test, with a file authority.pem in a folder.
func NewIn(dir string) (*Authority, error) {
	c := &x509.Certificate{
		Subject: pkix.Name{CommonName: "authority.example.com"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	dated(c)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := sign(c, c, key, key)
	if err != nil {
		return nil, err
	}
	a := &Authority{File: filepath.Join(dir, "authority.pem"), Pool: x509.NewCertPool(), key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	a.Pool.AddCert(a.cert)
	return a, write(a.File, "CERTIFICATE", der)
}

// Pair is a certificate of that name for this machine, and its key. spoil may change it before it is signed; nil: nobody does.
func (a *Authority) Pair(name string, spoil func(c *x509.Certificate)) (*tls.Certificate, error) {
	c := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost", name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	dated(c)
	if spoil != nil {
		spoil(c)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := sign(c, a.cert, key, a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// Issue writes a certificate of that name for this machine, and its key, over the two files.
func (a *Authority) Issue(t testing.TB, name, certFile, keyFile string) {
	t.Helper()
	pair, err := a.Pair(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(certFile, "CERTIFICATE", pair.Certificate[0]), write(keyFile, "PRIVATE KEY", der)); err != nil {
		t.Fatal(err)
	}
}

// Client is what a client says that trusts the authority, with a certificate of that name; without one if the name is empty.
func (a *Authority) Client(t testing.TB, name string) *tls.Config {
	t.Helper()
	c := &tls.Config{RootCAs: a.Pool, MinVersion: tls.VersionTLS12}
	if name == "" {
		return c
	}
	pair, err := a.Pair(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Certificates = []tls.Certificate{*pair}
	return c
}

// dated makes a certificate good for an hour.
func dated(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
}

// sign completes a template, for who has key, by the key of its parent.
func sign(c, parent *x509.Certificate, key, by *ecdsa.PrivateKey) (der []byte, err error) {
	if c.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		return nil, err
	}
	return x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
}

func write(name, kind string, der []byte) error {
	return os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
