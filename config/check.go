package config

import (
	"fmt"
	"net"
	"net/netip"
)

// checker finds mistakes that no single value shows. It stays silent about values that decoding has already refused.
type checker struct {
	*Config
	*decoder
	warnings Mistakes
}

func (c *checker) all() {
	c.listeners()
	c.secrets()
	c.limits()
	c.tenants()
	c.upstreams()
	c.routes()
	c.sockets()
	c.metadata()
	c.classes()
	c.rules()
	c.minors()
	c.directory()
	c.findings("policy", c.Policy.Detectors)
	c.custom()
	c.residency()
	c.statistics()
	c.training()
	c.spool()
	c.shared()
	c.tests()
}

// wrong notes a mistake about the value at path.
func (c *checker) wrong(path, hint, format string, a ...any) {
	if c.bad[path] {
		return
	}
	m := c.Mistakef(path, format, a...)
	m.Hint = hint
	c.mistakes = append(c.mistakes, m)
}

func (c *checker) warn(path, hint, format string, a ...any) {
	m := c.Mistakef(path, format, a...)
	m.Hint = hint
	c.warnings = append(c.warnings, m)
}

func (c *checker) listeners() {
	if c.TLS.On() {
		c.tls("tls", c.TLS)
	}
	if c.Listen == c.Admin.Listen && !isEphemeral(c.Listen) {
		c.wrong("admin.listen", "choose another port", "admin.listen is the same address as listen")
	}
	c.administrators()
}

// tls checks that a listener has the files that it needs, both or none.
func (c *checker) tls(path string, t TLS) {
	for _, part := range []struct{ key, file string }{{"cert_file", t.CertFile}, {"key_file", t.KeyFile}} {
		if at := join(path, part.key); part.file == "" && !c.bad[at] {
			c.wrong(path, "a listener shows a certificate and needs its key", "%s is missing", at)
		}
	}
}

func isEphemeral(address string) bool {
	_, port, _ := net.SplitHostPort(address)
	return port == "0"
}

// IsLoopback reports whether only this machine can reach an address, host:port. A name other than localhost is not looked up.
func IsLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

const minMasterSecret = 32

func (c *checker) secrets() {
	if n := len(c.MasterSecret.Reveal()); n > 0 && n < minMasterSecret {
		c.wrong("master_secret", "`openssl rand -base64 32` makes one", "master_secret is shorter than %d bytes", minMasterSecret)
	}
	if len(c.MasterSecretCommand) > 0 && !c.MasterSecret.Empty() {
		c.wrong("master_secret_command", "keep one of the two", "master_secret and master_secret_command are both there")
	}
	for _, path := range c.inline {
		if path == "master_secret" || isCredential(last(path)) {
			c.warn(path, "write ${NAME} or file:/path", "%s stands in clear in this file", last(path))
		}
	}
}

func (c *checker) limits() {
	l := c.Limits
	for _, part := range []struct {
		key  string
		size Size
	}{
		{"max_body_bytes", l.MaxBodyBytes}, {"max_decoded_bytes", l.MaxDecodedBytes}, {"max_record_bytes", l.MaxRecordBytes},
	} {
		if part.size > l.MaxInflightBytes && !c.bad["limits."+part.key] {
			c.wrong(c.stated("limits.max_inflight_bytes", "limits."+part.key), "raise the one or lower the other",
				"limits: max_inflight_bytes is less than %s, so that the largest could never pass", part.key)
		}
	}
}

// stated is the first path that the file states, for mistakes between two values; the first when neither is.
func (c *checker) stated(paths ...string) string {
	for _, p := range paths {
		if c.Source.Has(p) {
			return p
		}
	}
	return paths[0]
}

func (c *checker) tenants() {
	if c.bad["tenants"] {
		return
	}
	if len(c.Tenants) == 0 {
		c.wrong("tenants", "name one, or remove the key for the default", "no tenant may ship logs")
	}
	ids, keys, named, shown := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for i, t := range c.Tenants {
		path := index("tenants", i)
		c.unique(path+".id", "tenant", t.ID, ids)
		if len(t.Keys)+len(t.ScopedKeys)+len(t.Certificates) == 0 && !IsLoopback(c.Listen) && !c.judged() && !c.proxied() && !c.bad["listen"] && !c.bad[path+".keys"] {
			c.wrong(c.stated(path, "listen"), "give it a key (`winnow key` makes one), or listen on 127.0.0.1",
				"tenant %s has no key, and listen is open to other machines", show(t.ID))
		}
		for j, k := range t.Keys {
			c.unique(index(path+".keys", j), "key hash", k, keys)
		}
		c.scopedKeys(path, t, keys, named)
		c.certificates(path, t, shown)
		c.tightening(path+".policy", "tenant "+show(t.ID), t.Policy)
	}
}

// unique notes a value that stands twice. Hashes are long and not shown.
func (c *checker) unique(path, what, value string, seen map[string]int) {
	if value == "" {
		return
	}
	line := c.Source.Pos(path).Line
	if first, again := seen[value]; again {
		if shown := show(value); shown != "here" {
			what += " " + shown
		}
		c.wrong(path, fmt.Sprintf("it stands already at line %d", first), "duplicate %s", what)
		return
	}
	seen[value] = line
}
