package ingest

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
)

// Keys are ingest keys by their SHA-256.
type Keys map[[sha256.Size]byte]*Key

// Key is what an ingest key is good for.
type Key struct {
	Tenant string
	// NotBefore and Expires are when it becomes good and ceases to be; zero: always.
	NotBefore, Expires time.Time
	// Protocols, and Routes by their templates, that it may be used for. Nil: all.
	Protocols []config.Protocol
	Routes    []string
	// Used is called for each request with the key, whether the key is good for it or not; nil: nobody counts.
	Used func()
}

// refusal of a request because of who sends it.
type refusal struct {
	why    codec.Refusal
	detail string
}

var (
	keyMissing    = &refusal{codec.Unauthorised, codec.KeyMissing}
	keyUnknown    = &refusal{codec.Unauthorised, codec.KeyUnknown}
	tenantUnknown = &refusal{codec.Unauthorised, codec.TenantUnknown}
	keyExpired    = &refusal{codec.Unauthorised, codec.KeyExpired}
	keyEarly      = &refusal{codec.Unauthorised, codec.KeyEarly}
	keyElsewhere  = &refusal{codec.Forbidden, "the ingest key is not for this route or protocol"}
	keyOfAnother  = &refusal{codec.Forbidden, "the ingest key and the certificate are of different tenants"}
)

// use is nil if the key may be used for a request.
func (k *Key) use(r *Request) *refusal {
	if k.Used != nil {
		k.Used()
	}
	switch {
	case !k.NotBefore.IsZero() && r.Received.Before(k.NotBefore):
		return keyEarly
	case !k.Expires.IsZero() && !r.Received.Before(k.Expires):
		return keyExpired
	case k.Protocols != nil && !slices.Contains(k.Protocols, r.Route.Codec.Protocol()),
		k.Routes != nil && !slices.Contains(k.Routes, r.Route.Template):
		return keyElsewhere
	}
	return nil
}

// Certify lets certificates tell tenants, by their names. It is called before the Table is in use, and keeps what it is given.
func (t *Table) Certify(names map[string]string) *Table {
	t.certs = names
	return t
}

// certified is the tenant that the client's certificate names, which TLS has verified; empty if it names none.
func (t *Table) certified(r *Request) string {
	switch {
	case len(t.certs) == 0:
		return ""
	case r.shown != nil:
		return t.named509(r.shown)
	case r.ctx == nil:
		return ""
	}
	c, ok := r.ctx.Conn().(*conn)
	if !ok {
		return ""
	}
	secured, ok := c.Conn.(*tls.Conn)
	if !ok {
		return ""
	}
	state := secured.ConnectionState()
	if c := codec.Shown(&state); c != nil {
		return t.named509(c)
	}
	return ""
}

// named509 looks a certificate's names up.
func (t *Table) named509(c *x509.Certificate) string {
	for _, name := range c.DNSNames {
		if id := t.certs["dns:"+name]; id != "" {
			return id
		}
	}
	for _, name := range c.URIs {
		if id := t.certs["uri:"+name.String()]; id != "" {
			return id
		}
	}
	for _, name := range c.EmailAddresses {
		if id := t.certs["email:"+name]; id != "" {
			return id
		}
	}
	return t.certs["cn:"+c.Subject.CommonName]
}
