package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"
	"time"

	"winnow/proxy/certs/certtest"
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
	dir, err := os.MkdirTemp(s.dir, "authority-")
	if err != nil {
		return nil, err
	}
	a, err := certtest.NewIn(dir)
	if err != nil {
		return nil, err
	}
	bad, err1 := a.Pair("backend.example.com", f.spoil)
	good, err2 := a.Pair("backend.example.com", nil)
	l, err3 := net.Listen("tcp", "127.0.0.1:0")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	var shown atomic.Pointer[tls.Certificate]
	shown.Store(bad)
	b := newBook(l.Addr().String())
	b.serve(tls.NewListener(l, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return shown.Load(), nil }}))
	defer b.close()
	w, err := s.newWinnowTo(fmt.Sprintf("{id: sink, url: 'https://%s', ca_file: '%s', timeout: 1s}", b.address, a.File))
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

// noLog is for a server whose clients break off on purpose.
func noLog() *log.Logger { return log.New(io.Discard, "", 0) }
