package config

import (
	"slices"
	"strings"
)

// ScopedKey is an ingest key with bounds.
type ScopedKey struct {
	// ID names the key in metrics and problems: a-z, 0-9, - and _.
	ID string `yaml:"id" required:"true" form:"id"`
	// Hash is the SHA-256 of the key, "sha256:" and 64 hex digits, as `winnow key` prints it.
	Hash string `yaml:"hash" required:"true" form:"key-hash"`
	// NotBefore is when it becomes good, as RFC 3339 has times, or a day. Default: it is.
	NotBefore string `yaml:"not_before" form:"time"`
	// Expires is when it ceases to be good. Default: never.
	Expires string `yaml:"expires" form:"time"`
	// Protocols that it may be used for. Default: all.
	Protocols []Protocol `yaml:"protocols"`
	// Routes that it may be used on, by their path. Default: all.
	Routes []string `yaml:"routes" form:"route-path"`
}

// TenantLimits bound what a tenant may send. Whoever has anything left may send its request whole, and then waits until what it took too much has
// come in again. 0 is no bound.
type TenantLimits struct {
	// BytesPerSecond of bodies as they arrive. Ten seconds' worth may be saved up.
	BytesPerSecond Size `yaml:"bytes_per_second" min:"0"`
	// RecordsPerSecond that arrive. Ten seconds' worth may be saved up.
	RecordsPerSecond int `yaml:"records_per_second" min:"0" max:"1000000000"`
	// BytesPerDay of bodies as they arrive; days are those of UTC.
	BytesPerDay Size `yaml:"bytes_per_day" min:"0"`
	// RecordsPerDay that arrive.
	RecordsPerDay int `yaml:"records_per_day" min:"0" max:"1000000000000"`
}

// Keyed tells whether the tenant has any key.
func (t *Tenant) Keyed() bool { return len(t.Keys)+len(t.ScopedKeys) > 0 }

// isCertificateName tells whether text is the kind of a name and the name.
func isCertificateName(text string) bool {
	kind, name, _ := strings.Cut(text, ":")
	return slices.Contains([]string{"dns", "uri", "email", "cn"}, kind) && name != "" && name == strings.TrimSpace(name)
}

// scopedKeys checks the keys with bounds of a tenant; keys are the hashes seen.
func (c *checker) scopedKeys(path string, t Tenant, keys, ids map[string]int) {
	for i, k := range t.ScopedKeys {
		at := index(path+".scoped_keys", i)
		c.unique(at+".id", "key", k.ID, ids)
		c.unique(at+".hash", "key hash", k.Hash, keys)
		from, wrong := ParseTime(k.NotBefore)
		until, wrong2 := ParseTime(k.Expires)
		if k.NotBefore != "" && k.Expires != "" && wrong == nil && wrong2 == nil && !from.Before(until) {
			c.wrong(at+".expires", "", "key %s expires before it is good", show(k.ID))
		}
		for j, route := range k.Routes {
			if !slices.ContainsFunc(c.Routes, func(r Route) bool { return r.Path == route }) {
				c.wrong(index(at+".routes", j), "name the path of a route, as it stands there", "key %s: no route %s", show(k.ID), show(route))
			}
		}
	}
}

// certified tells whether clients show certificates anywhere.
func (c *checker) certified() bool {
	return c.TLS.ClientCAFile != "" || slices.ContainsFunc(c.Listeners, func(l Listener) bool { return l.TLS.ClientCAFile != "" })
}

// certificates checks the names by which certificates tell a tenant.
func (c *checker) certificates(path string, t Tenant, seen map[string]int) {
	for i, name := range t.Certificates {
		at := index(path+".certificates", i)
		c.unique(at, "certificate name", name, seen)
		if !c.certified() {
			c.wrong(at, "write client_ca_file below tls, or below tls of a listener, or remove certificates", "tenant %s: no client shows a certificate", show(t.ID))
		}
	}
}
