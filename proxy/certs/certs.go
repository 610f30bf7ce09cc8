// Package certs keeps the certificates that listeners show: read at start, and again with every reload of the configuration.
//
// Connections speak TLS 1.2 or newer. A file that cannot be read, or does not fit its key, leaves what was in force.
package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"winnow/config"
)

// Error is about one of the files.
type Error struct {
	// Key of the configuration that names the file: cert_file, key_file or client_ca_file.
	Key string
	// Err never holds anything of a file's content.
	Err error
}

// Error says what is wrong, without the key.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Read reads the files of t. protocols are those to agree on by ALPN (RFC 7301), in order of preference; none: whatever the client says
// is let pass. With client authorities a client must show a certificate that one of them has signed. The error is an *Error.
func Read(t config.TLS, protocols ...string) (*tls.Config, error) {
	chain, err := os.ReadFile(t.CertFile)
	if err != nil {
		return nil, &Error{"cert_file", err}
	}
	key, err := os.ReadFile(t.KeyFile)
	if err != nil {
		return nil, &Error{"key_file", err}
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, &Error{"cert_file", fmt.Errorf("not a certificate and its key in PEM form: %w", err)}
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, Certificates: []tls.Certificate{pair}}
	if t.ClientCAFile == "" {
		return c, nil
	}
	authorities, err := os.ReadFile(t.ClientCAFile)
	if err != nil {
		return nil, &Error{"client_ca_file", err}
	}
	c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(authorities) {
		return nil, &Error{"client_ca_file", errors.New("no certificate in PEM form")}
	}
	return c, nil
}

// Keeper holds what a listener shows at the moment. It is safe for concurrent use; the zero Keeper refuses every connection.
type Keeper struct{ current atomic.Pointer[tls.Config] }

// Use puts c in force for connections that begin now.
func (k *Keeper) Use(c *tls.Config) { k.current.Store(c) }

// Config is for a listener: it asks the Keeper at every connection.
func (k *Keeper) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			if c := k.current.Load(); c != nil {
				return c, nil
			}
			return nil, errNone
		},
	}
}

var errNone = errors.New("no certificate yet")
