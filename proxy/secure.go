package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"winnow/config"
	"winnow/proxy/certs"
)

// The certificates of a configuration, by index: ingest's, the administrators', and then those of the listeners.
const (
	ingestCertificate = iota
	adminCertificate
	socketCertificates
)

// secured is a listener that shows a certificate, by its address as configured.
type secured struct {
	certs.Keeper
	address string
}

// certificates reads the files of all listeners that have some. Nothing is in force yet.
func certificates(c *config.Config) ([]*tls.Config, error) {
	list := make([]*tls.Config, socketCertificates+len(c.Listeners))
	var mistakes config.Mistakes
	read := func(i int, path string, t config.TLS, protocols ...string) {
		var err error
		if list[i], err = certs.Read(t, protocols...); err == nil {
			return
		}
		if e := (*certs.Error)(nil); errors.As(err, &e) {
			path += "." + e.Key
		}
		mistakes = append(mistakes, c.Mistakef(path, "%v", err))
	}
	if c.TLS.On() {
		read(ingestCertificate, "tls", c.TLS, "http/1.1")
	}
	if c.Admin.TLS.On() && c.Admin.Listen != "off" {
		read(adminCertificate, "admin.tls", c.Admin.TLS, "http/1.1")
	}
	for i, l := range c.Listeners {
		path := fmt.Sprintf("listeners[%d].tls", i)
		switch {
		case strings.HasPrefix(l.Address, "grpcs:"):
			read(socketCertificates+i, path, l.TLS, "h2")
		case l.TLS.On():
			read(socketCertificates+i, path, l.TLS)
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return list, nil
}

// secure puts certificates in force: at start for all listeners, later for those that are open.
func (p *proxy) secure(c *config.Config, list []*tls.Config) {
	if p.secured == nil {
		p.secured = make([]*secured, len(list))
		for i, t := range list {
			if t != nil {
				p.secured[i] = &secured{address: addressOf(c, i)}
			}
		}
	}
	for i, s := range p.secured {
		if s != nil && i < len(list) && list[i] != nil && addressOf(c, i) == s.address {
			s.Use(list[i])
		}
	}
}

// addressOf is the address that a certificate is shown at.
func addressOf(c *config.Config, i int) string {
	switch i {
	case ingestCertificate:
		return c.Listen
	case adminCertificate:
		return c.Admin.Listen
	}
	return c.Listeners[i-socketCertificates].Address
}

// tls is what listener i serves TLS with, nil if it does not.
func (p *proxy) tls(i int) *tls.Config {
	if s := p.secured[socketCertificates+i]; s != nil {
		return s.Config()
	}
	return nil
}

// shield has a listener show a certificate, if it has one.
func (p *proxy) shield(i int, l net.Listener) net.Listener {
	if s := p.secured[i]; s != nil {
		return tls.NewListener(l, s.Config())
	}
	return l
}

// listenHTTP opens the ingest address.
func (p *proxy) listenHTTP(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return p.shield(ingestCertificate, l), nil
}
