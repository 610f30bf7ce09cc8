package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// certificateFault is a backend that shows a certificate by which winnow must not know it.
type certificateFault struct {
	name string
	// spoil changes a certificate that is sound before it is signed.
	spoil func(c *x509.Certificate)
}

func certificateFaults() []certificateFault {
	return []certificateFault{
		{"shows a certificate that has expired", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }},
		{"shows a certificate that is not valid yet", func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }},
		{"shows a certificate of another name", func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example.com"} }},
	}
}

// run has the backend show the bad certificate, and then one that is sound. Nothing is sent to it before that.
func (f certificateFault) run(ctx context.Context, s *stand) ([]row, error) {
	a, err := newAuthority(s.dir)
	if err != nil {
		return nil, err
	}
	bad, err1 := a.issue(f.spoil)
	good, err2 := a.issue(func(*x509.Certificate) {})
	l, err3 := net.Listen("tcp", "127.0.0.1:0")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	var shown atomic.Pointer[tls.Certificate]
	shown.Store(bad)
	b := newBook(l.Addr().String())
	b.serve(tls.NewListener(l, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return shown.Load(), nil }}))
	defer b.close()
	w, err := s.newWinnowTo(fmt.Sprintf("{id: sink, url: 'https://%s', ca_file: '%s', timeout: 1s}", b.address, a.file))
	if err != nil {
		return nil, err
	}
	defer w.close()
	early, err := b.suffer(ctx, w, 1)
	if err != nil {
		return nil, err
	}
	sent := b.came()
	shown.Store(good)
	rows, err := b.settle(ctx, w, outcome{name: f.name, early: early})
	return append(rows, equal("backend "+f.name+": sent to it all the same", sent, 0)), err
}

// authority signs certificates. file is its own, for ca_file.
type authority struct {
	file string
	key  *ecdsa.PrivateKey
	self *x509.Certificate
}

func newAuthority(parent string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	self := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "chaos"}, NotBefore: time.Now().Add(-24 * time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, self, self, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "authority-")
	if err != nil {
		return nil, err
	}
	a := &authority{file: filepath.Join(dir, "ca.pem"), key: key, self: self}
	return a, os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}

// issue signs a certificate for 127.0.0.1, as spoil changes it.
func (a *authority) issue(spoil func(c *x509.Certificate)) (*tls.Certificate, error) {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "backend"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	spoil(c)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.self, &key.PublicKey, a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// noLog is for a server whose clients break off on purpose.
func noLog() *log.Logger { return log.New(io.Discard, "", 0) }
