package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"winnow/config"
	"winnow/proxy/codec"
)

// Route is where a request belongs.
type Route struct {
	// Index in the Table.
	Index int
	// Template is the path as configured, never as sent.
	Template string
	// Codec of the protocol spoken.
	Codec codec.Codec
	// Tenant of requests without a key; empty if they need one.
	Tenant string
	// TenantFrom is the header in which a trusted proxy names the tenant; empty if none does.
	TenantFrom string

	prefix  string // of a template that ends in /*; empty if the path is exact
	origins origins
}

// Table resolves requests under one configuration. It is immutable.
type Table struct {
	routes []Route // those of HTTP, then the listeners'
	http   int     // how many are of HTTP
	exact  map[string]*Route
	keys   Keys
	certs  map[string]string // name in a client's certificate to the tenant
	open   string            // tenant of requests without a key where no tenant has one

	tenants []string       // that a proxy may name
	proxies []netip.Prefix // that are believed
}

// NewTable makes a Table of routes and listeners, in order, which speak by codecs, and the tenants' keys.
func NewTable(codecs []codec.Codec, routes []config.Route, listeners []config.Listener, keys Keys, open string) *Table {
	t := &Table{exact: map[string]*Route{}, keys: keys, open: open, http: len(routes), routes: make([]Route, len(routes)+len(listeners))}
	for i, l := range listeners {
		t.routes[t.http+i] = Route{Index: t.http + i, Template: l.Address, Codec: codec.Of(codecs, l.Protocol), Tenant: l.Tenant, TenantFrom: l.TenantFrom}
	}
	for i, r := range routes {
		t.routes[i] = Route{Index: i, Template: r.Path, Codec: codec.Of(codecs, r.Protocol), Tenant: r.Tenant, TenantFrom: r.TenantFrom, origins: originsOf(r)}
		if prefix, ok := strings.CutSuffix(r.Path, "*"); ok {
			t.routes[i].prefix = prefix
		}
	}
	for i := range t.routes[:t.http] {
		r := &t.routes[i]
		if r.prefix == "" && t.find(r.Template) == r {
			t.exact[r.Template] = r
		}
	}
	return t
}

// Trust lets proxies name tenants on the routes that say so. It is called before the Table is in use, and keeps what it is given.
func (t *Table) Trust(proxies []netip.Prefix, tenants []string) *Table {
	t.proxies, t.tenants = proxies, tenants
	return t
}

// named is the tenant that a trusted proxy names. told is false where none has said anything. A header that stands twice names nobody: one of
// them may be a client's, beside which the proxy set its own.
func (t *Table) named(r *Request) (id string, told bool) {
	header := r.Header.Peek(r.Route.TenantFrom)
	if len(header) == 0 || !slices.ContainsFunc(t.proxies, func(p netip.Prefix) bool { return p.Contains(r.RemoteAddr) }) {
		return "", false
	}
	if i := slices.Index(t.tenants, string(header)); i >= 0 && len(r.Header.PeekAll(r.Route.TenantFrom)) == 1 {
		return t.tenants[i], true
	}
	return "", true
}

// Routes lists the routes, those of the listeners last. Not to be changed.
func (t *Table) Routes() []Route { return t.routes }

// find returns the first route that the path matches, nil if there is none.
func (t *Table) find(path string) *Route {
	for i := range t.routes[:t.http] {
		r := &t.routes[i]
		if r.Template == path || (r.prefix != "" && strings.HasPrefix(path, r.prefix)) {
			return r
		}
	}
	return nil
}

// listener returns the route of the i-th listener, nil if the Table has no such.
func (t *Table) listener(i int) *Route {
	if i += t.http; i < len(t.routes) {
		return &t.routes[i]
	}
	return nil
}

// resolve finds the route and what the request is about. The path returned is the template where that is the path itself.
func (t *Table) resolve(method string, path []byte) (r *Route, p string, e codec.Endpoint) {
	if r = t.exact[string(path)]; r != nil {
		p = r.Template
	} else {
		p = string(path)
		r = t.find(p)
	}
	if r == nil {
		return nil, p, codec.Unknown
	}
	e = r.Codec.Classify(method, p)
	whole := r.prefix == "" || r.Codec.Protocol() == config.ProtocolJSON // the operator says that all of it is of this protocol
	if e == codec.Unknown && whole && (method == fasthttp.MethodPost || method == fasthttp.MethodPut) {
		e = codec.Write
	}
	return r, p, e
}

// tenant finds whose request it is; the refusal says what is amiss if it must not be taken, else it is nil. A key that is presented must be a
// known one, and good for this request. A certificate that names a tenant and a key of another contradict each other.
func (t *Table) tenant(r *Request) (id string, why *refusal) {
	if r.Route.TenantFrom != "" {
		if id, told := t.named(r); told && id == "" {
			return "", tenantUnknown
		} else if told {
			return id, nil
		}
	}
	if len(t.keys) == 0 && len(t.certs) == 0 && r.Route.TenantFrom == "" {
		if r.Route.Tenant != "" {
			return r.Route.Tenant, nil
		}
		return t.open, nil
	}
	shown := t.certified(r)
	key, presented := t.presented(r)
	switch {
	case key != nil && shown != "" && key.Tenant != shown:
		return "", keyOfAnother
	case key != nil:
		return key.Tenant, key.use(r)
	case presented:
		return "", keyUnknown
	case shown != "":
		return shown, nil
	case r.Route.Tenant == "":
		return "", keyMissing
	}
	return r.Route.Tenant, nil
}

// presented looks for a key that is known in a request's header, and tells whether there is any.
func (t *Table) presented(r *Request) (key *Key, some bool) {
	for _, name := range keyHeaders {
		if text := r.Header.Peek(name); len(text) > 0 {
			some = true
			if key = t.known(text); key != nil {
				return key, true
			}
		}
	}
	if c, ok := r.Route.Codec.(codec.Keyed); ok {
		if text := c.Key(r.Path, r.Query, r.Header); len(text) > 0 {
			some = true
			if key = t.known(text); key != nil {
				return key, true
			}
		}
	}
	if value := r.Header.Peek(fasthttp.HeaderAuthorization); len(value) > 0 {
		return t.authorized(value), true
	}
	return nil, some
}

// enclosed tells whether the key of a request without one may be in its body: Identify looks for it there.
func (r *Request) enclosed(why *refusal) bool {
	c, ok := r.Route.Codec.(codec.Enclosed)
	return ok && why == keyMissing && r.Endpoint == codec.Write && c.MayEnclose(r.Path)
}

// Identify finds whose request it is where only its body, decoded, says so, and refuses one of nobody's. All others have a tenant already.
func (r *Request) Identify(body []byte) bool {
	if r.keys == nil {
		return true
	}
	why := keyMissing
	if text := r.Route.Codec.(codec.Enclosed).EnclosedKey(body); len(text) > 0 {
		if key := r.keys.known(text); key == nil {
			why = keyUnknown
		} else if why = key.use(r); why == nil {
			r.Tenant = key.Tenant
			return true
		}
	}
	r.Refuse(why.why, why.detail)
	return false
}

// keyHeaders may hold an ingest key as it is.
var keyHeaders = [...]string{"X-Winnow-Key", "X-Api-Key", "Dd-Api-Key", "X-Clickhouse-Key"}

// known looks a key up by its hash: what the comparison takes tells nothing about a key. It is nil if there is none.
func (t *Table) known(text []byte) *Key { return t.keys[sha256.Sum256(text)] }

// authorized reads an Authorization header: Bearer, Splunk and ApiKey carry the key itself, Basic has it for a password, and ApiKey may
// too (Elasticsearch's clients encode id and key like a user and a password).
func (t *Table) authorized(value []byte) *Key {
	scheme, text, _ := bytes.Cut(value, []byte(" "))
	text = bytes.TrimSpace(text)
	switch {
	case fold(scheme, "bearer") || fold(scheme, "splunk"):
		return t.known(text)
	case fold(scheme, "apikey"):
		if key := t.known(text); key != nil {
			return key
		}
		return t.password(text)
	case fold(scheme, "basic"):
		return t.password(text)
	}
	return nil
}

func (t *Table) password(encoded []byte) *Key {
	var plain [512]byte
	if base64.StdEncoding.DecodedLen(len(encoded)) > len(plain) {
		return nil
	}
	n, err := base64.StdEncoding.Decode(plain[:], encoded)
	if err != nil {
		return nil
	}
	_, password, found := bytes.Cut(plain[:n], []byte(":"))
	if !found {
		return nil
	}
	return t.known(password)
}
