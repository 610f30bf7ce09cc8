package config

import (
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// meaning lists the keys of an upstream that have a meaning for some types only.
var meaning = []struct {
	types []UpstreamType
	keys  []string
}{
	{[]UpstreamType{UpstreamFile}, []string{"dir", "rotate_bytes", "rotate_age", "keep_age"}},
	{[]UpstreamType{UpstreamS3}, []string{"bucket", "prefix", "region", "path_style", "access_key_id", "secret_access_key", "session_token",
		"object_bytes", "flush_interval"}},
	{[]UpstreamType{UpstreamHTTP, UpstreamGRPC, UpstreamS3}, []string{"url", "timeout", "ca_file"}},
	{[]UpstreamType{UpstreamHTTP, UpstreamGRPC}, []string{"headers", "compression"}},
	{[]UpstreamType{UpstreamHTTP}, []string{"format", "path", "index", "labels", "credentials", "set_cookie", "max_connections", "health_path"}},
}

func (c *checker) upstreams() {
	if c.Upstream != "" && c.Source.Has("upstreams") {
		c.wrong("upstream", "keep one: upstream is short for upstreams with one entry", "upstream and upstreams both stand here")
	}
	if len(c.Upstreams) == 0 && !c.bad["upstreams"] {
		c.wrong("upstreams", "name one, or remove the key for the default", "no upstream to receive anything")
	}
	ids := map[string]int{}
	for i, u := range c.Upstreams {
		path := index("upstreams", i)
		c.unique(path+".id", "upstream", u.ID, ids)
		c.upstream(path, u)
	}
}

func (c *checker) upstream(path string, u Upstream) {
	switch u.Type {
	case UpstreamFile:
	case UpstreamS3:
		c.scheme(path, u)
		c.bucket(path, u)
	default:
		c.scheme(path, u)
		if u.URL == "" && !c.bad[path+".url"] {
			c.wrong(path, "write url: http://host:port, or type: file", "upstream %s needs a url", show(u.ID))
		}
	}
	c.alien(path, u)
	open := strings.HasPrefix(u.URL, "http:") || strings.HasPrefix(u.URL, "grpc:")
	if u.CAFile != "" && open {
		c.wrong(path+".ca_file", "write "+u.URL[:4]+"s:// in url, or remove ca_file", "upstream %s: ca_file without %ss", show(u.ID), u.URL[:4])
	}
	if open && !isLoopbackURL(u.URL) && hasCredential(u.Headers) {
		c.warn(path+".url", "use "+u.URL[:4]+"s://", "upstream %s: credentials go over the network unencrypted", show(u.ID))
	}
	c.headers(path+".headers", u)
	c.credentials(path+".credentials", u)
	c.format(path, u)
	c.receives(path, u)
}

// alien refuses keys that mean nothing to the type.
func (c *checker) alien(path string, u Upstream) {
	if c.bad[path+".type"] {
		return
	}
	for _, m := range meaning {
		for _, key := range m.keys {
			if at := join(path, key); c.Source.Has(at) && !slices.Contains(m.types, u.Type) {
				c.wrong(at, "remove it, or change the type", "upstream %s: %s has no meaning for type %s", show(u.ID), key, u.Type)
			}
		}
	}
}

// bucket refuses an s3 upstream that lacks what it needs.
func (c *checker) bucket(path string, u Upstream) {
	if u.Bucket == "" && !c.bad[path+".bucket"] {
		c.wrong(path, "write bucket: and its name", "upstream %s needs a bucket", show(u.ID))
	}
	if u.AccessKeyID.Empty() != u.SecretAccessKey.Empty() && !c.bad[path+".access_key_id"] && !c.bad[path+".secret_access_key"] {
		c.wrong(path, "write both, or neither for those of the environment", "upstream %s: access_key_id and secret_access_key belong together", show(u.ID))
	}
}

// format refuses what has no meaning for the format.
func (c *checker) format(path string, u Upstream) {
	if c.bad[path+".format"] || u.Type != UpstreamHTTP {
		return
	}
	for _, key := range []struct {
		name string
		of   Format
		set  bool
	}{
		{"path", "", u.Path != ""}, {"index", FormatElasticsearch, u.Index != ""}, {"labels", FormatLoki, len(u.Labels) > 0},
	} {
		switch {
		case !key.set:
		case u.Format == FormatSame:
			c.wrong(join(path, key.name), "remove it, or name a format", "upstream %s: %s has no meaning for format same", show(u.ID), key.name)
		case key.of != "" && key.of != u.Format:
			c.wrong(join(path, key.name), "remove it, or change the format", "upstream %s: %s has no meaning for format %s", show(u.ID), key.name, u.Format)
		}
	}
	if u.Path != "" && u.Index != "" {
		c.wrong(path+".index", "keep one: the path has the index in it", "upstream %s: path and index both stand here", show(u.ID))
	}
	if u.Format != FormatSame && u.Credentials == CredentialsClient {
		c.wrong(path+".credentials", "write the backend's own into headers", "upstream %s: clients have credentials for their own protocol only", show(u.ID))
	}
}

// spooled refuses to keep the credentials of clients on disk.
func (c *checker) spooled(path, who, upstream string, d Delivery) {
	for i, u := range c.Upstreams {
		if d == DeliverySpool && u.Credentials == CredentialsClient && (upstream == u.ID || upstream == "" && i == 0) {
			c.wrong(path+".delivery", "write delivery: sync, or the backend's own credentials into headers",
				"%s: clients' credentials, which upstream %s asks for, are not kept in the spool", who, show(u.ID))
		}
	}
}

// repeats refuses a way of telling repeats where nothing remembers them.
func (c *checker) repeats(path, who string, d Delivery, how Idempotency) {
	if d != DeliverySpool && how != "" && how != IdempotencyKey && !c.bad[path+".delivery"] {
		c.wrong(path+".idempotency", "remove it, or write delivery: spool", "%s: what is sent again is told by the spool only", who)
	}
}

// homeless are the protocols that no backend of their own kind speaks, or none that answers: what comes in by them leaves as records.
var homeless = []Protocol{ProtocolSyslog, ProtocolFluent}

// storesRecords tells whether upstreams of a type take records of any protocol, and have no format to name.
func storesRecords(t UpstreamType) bool { return t == UpstreamFile || t == UpstreamS3 }

// home refuses a way from a client to an upstream that cannot be gone.
func (c *checker) home(path, who string, p Protocol, upstream, upstreamPath string) {
	for i, u := range c.Upstreams {
		if upstream != u.ID && (upstream != "" || i > 0) || storesRecords(u.Type) || c.bad["upstreams"] || c.bad[path+".protocol"] {
			continue
		}
		if u.Type == UpstreamGRPC {
			if p != ProtocolOTLP && c.Source.Has(path) { // the default's routes lead there and are refused
				c.wrong(path+".protocol", "write another upstream", "%s: upstream %s takes protocol otlp only", who, show(u.ID))
			}
			continue
		}
		switch {
		case u.Format == FormatSame && slices.Contains(homeless, p):
			c.wrong(path+".protocol", "write format: ndjson, loki, elasticsearch, otlp or splunk there", "%s: upstream %s has no format for protocol %s",
				who, show(u.ID), p)
		case u.Format != FormatSame && upstreamPath != "":
			c.wrong(path+".upstream_path", "write path into the upstream", "%s: upstream %s takes records on a path of its own", who, show(u.ID))
		}
	}
}

// credentials refuses to send on what clients present to winnow itself.
func (c *checker) credentials(path string, u Upstream) {
	if u.Credentials != CredentialsClient {
		return
	}
	if strings.HasPrefix(u.URL, "http:") && !isLoopbackURL(u.URL) {
		c.warn(path, "use https:// in url", "upstream %s: clients' credentials go over the network unencrypted", show(u.ID))
	}
	for _, t := range c.Tenants {
		if t.Keyed() {
			c.wrong(path, "remove the keys of tenants, or write credentials: none",
				"upstream %s: credentials: client would send the ingest keys of tenant %s on", show(u.ID), show(t.ID))
			return
		}
	}
}

// judged tells whether every route leads to an upstream that is shown the clients' own credentials, and so decides who may write.
func (c *checker) judged() bool {
	shown := map[string]bool{}
	for i, u := range c.Upstreams {
		shown[u.ID] = u.Credentials == CredentialsClient
		if i == 0 {
			shown[""] = shown[u.ID]
		}
	}
	for _, r := range c.Routes {
		if !shown[r.Upstream] {
			return false
		}
	}
	for _, r := range c.elsewhere() {
		if !shown[r.Upstream] {
			return false
		}
	}
	return len(c.Routes) > 0
}

// scheme checks that a URL is of the upstream's type, and what gRPC has no word for.
func (c *checker) scheme(path string, u Upstream) {
	switch grpc := strings.HasPrefix(u.URL, "grpc"); {
	case u.URL == "" || c.bad[path+".url"] || c.bad[path+".type"]:
	case grpc && u.Type == UpstreamS3:
		c.wrong(path+".url", "write http:// or https://, or remove it for Amazon's own", "upstream %s: the URL is not of type s3", show(u.ID))
	case grpc && u.Type != UpstreamGRPC:
		c.wrong(path+".url", "write type: grpc", "upstream %s: the URL is not of type %s", show(u.ID), u.Type)
	case !grpc && u.Type == UpstreamGRPC:
		c.wrong(path+".url", "write grpc:// or grpcs://, or remove type: grpc", "upstream %s: the URL is not of type grpc", show(u.ID))
	case grpc && strings.Contains(strings.TrimSuffix(u.URL[strings.Index(u.URL, "://")+3:], "/"), "/"):
		c.wrong(path+".url", "remove the path", "upstream %s: a grpc URL has host and port only", show(u.ID))
	case grpc && u.Compression == CompressionSnappy:
		c.wrong(path+".compression", "write gzip, zstd or none", "upstream %s: gRPC has no compression snappy", show(u.ID))
	}
}

func isLoopbackURL(text string) bool {
	_, host, _ := strings.Cut(text, "://")
	host, _, _ = strings.Cut(host, "/")
	return IsLoopback(host) || IsLoopback(host+":80")
}

func hasCredential(headers map[string]Secret) bool {
	for name := range headers {
		if isCredential(name) {
			return true
		}
	}
	return false
}

// isCredential reports whether a header of this name carries one.
func isCredential(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"auth", "key", "token", "secret", "cookie", "password", "credential"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// ownHeaders are set by the proxy itself; a configured one would break the framing of requests.
var ownHeaders = []string{"connection", "content-encoding", "content-length", "content-type", "host", "keep-alive", "te", "trailer",
	"transfer-encoding", "upgrade"}

func (c *checker) headers(path string, u Upstream) {
	seen := map[string]string{}
	for name, value := range u.Headers {
		at, low := join(path, name), strings.ToLower(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			c.wrong(at, "write letters, digits and -", "upstream %s: not a header's name", show(u.ID))
		case slices.Contains(ownHeaders, low):
			c.wrong(at, "remove it", "upstream %s: header %s is winnow's own", show(u.ID), show(name))
		case seen[low] != "":
			later := max(at, seen[low])
			c.wrong(later, "letter case makes no difference", "upstream %s: header %s stands twice", show(u.ID), show(low))
		case !httpguts.ValidHeaderFieldValue(value.Reveal()):
			c.wrong(at, "a value is one line", "upstream %s: the value of header %s cannot be sent", show(u.ID), show(name))
		}
		seen[low] = at
	}
}

func (c *checker) routes() {
	if len(c.Routes) == 0 && !c.bad["routes"] {
		c.wrong("routes", "name one, or remove the key for the default", "no route: every request would be refused")
	}
	for i, r := range c.Routes {
		path := index("routes", i)
		c.destination(path, "route "+show(r.Path), r.Upstream, r.Tenant)
		c.home(path, "route "+show(r.Path), r.Protocol, r.Upstream, r.UpstreamPath)
		c.spooled(path, "route "+show(r.Path), r.Upstream, r.Delivery)
		c.repeats(path, "route "+show(r.Path), r.Delivery, r.Idempotency)
		for _, region := range c.elsewhere() {
			who := "route " + show(r.Path) + " from region " + show(region.ID)
			c.home(path, who, r.Protocol, region.Upstream, r.UpstreamPath)
			c.spooled(path, who, region.Upstream, r.Delivery)
		}
		c.narrower(path+".classes", "route "+show(r.Path), r.Classes)
		c.routable(path, r)
		c.tenantFrom(path, "route "+show(r.Path), r.TenantFrom, r.Tenant)
		c.reachable(path, r.Path, c.Routes[:i])
	}
}

// tenantFrom checks that somebody is there to be believed, that nobody gets by without a word, and that the header is free to tell a tenant.
func (c *checker) tenantFrom(path, who, header, tenant string) {
	at := path + ".tenant_from"
	switch {
	case header == "" || c.bad[at]:
	case slices.Contains(takenHeaders, strings.ToLower(header)):
		c.wrong(at, "write one that only the proxy sets, such as X-Scope-OrgID", "%s: header %s says something else than the tenant", who, show(header))
	case len(c.TrustedProxies) == 0 && !c.bad["trusted_proxies"]:
		c.wrong(at, "name the proxies that set it in trusted_proxies", "%s: nobody is trusted to name a tenant", who)
	case tenant != "":
		c.wrong(path+".tenant", "keep one", "%s: tenant and tenant_from both stand here", who)
	}
}

// takenHeaders are set by every client, or mean something else.
var takenHeaders = append([]string{"accept", "accept-encoding", "accept-language", "authorization", "cookie", "date", "dd-api-key", "expect", "forwarded",
	"origin", "proxy-authorization", "referer", "user-agent", "via", "x-api-key", "x-clickhouse-key", "x-forwarded-for", "x-real-ip", "x-sentry-auth",
	"x-winnow-key"}, ownHeaders...)

// proxied tells whether on every way in a trusted proxy names the tenant, so that nobody gets by without one or a key.
func (c *checker) proxied() bool {
	return !slices.ContainsFunc(c.Routes, func(r Route) bool { return r.TenantFrom == "" }) &&
		!slices.ContainsFunc(c.Listeners, func(l Listener) bool { return l.TenantFrom == "" })
}

// destination checks the names of an upstream and a tenant that a route or a listener states.
func (c *checker) destination(path, who, upstream, tenant string) {
	var upstreams, tenants []string
	for _, u := range c.Upstreams {
		upstreams = append(upstreams, u.ID)
	}
	if c.Upstream != "" {
		upstreams = []string{"main"}
	}
	for _, t := range c.Tenants {
		tenants = append(tenants, t.ID)
	}
	if upstream != "" && !slices.Contains(upstreams, upstream) && !c.bad["upstreams"] {
		c.wrong(path+".upstream", suggest(upstream, upstreams), "%s: unknown upstream %s", who, show(upstream))
	}
	if tenant != "" && !slices.Contains(tenants, tenant) && !c.bad["tenants"] {
		c.wrong(path+".tenant", suggest(tenant, tenants), "%s: unknown tenant %s", who, show(tenant))
	}
}

// transports lists what each protocol may be spoken over on a listener.
var transports = map[Protocol][]string{
	ProtocolOTLP:   {"grpc", "grpcs"},
	ProtocolSyslog: {"udp", "tcp", "tls"},
	ProtocolFluent: {"tcp", "tls"},
	ProtocolGELF:   {"udp", "tcp", "tls"},
}

func (c *checker) sockets() {
	seen := map[string]int{}
	for i, l := range c.Listeners {
		path := index("listeners", i)
		transport, address, _ := strings.Cut(l.Address, "://")
		known := transports[l.Protocol]
		switch {
		case c.bad[path+".protocol"] || c.bad[path+".address"]:
		case len(known) == 0:
			c.wrong(path+".protocol", "it comes over HTTP: write a route", "protocol %s has no listener of its own", show(string(l.Protocol)))
		case !slices.Contains(known, transport):
			c.wrong(path+".address", "write "+strings.Join(known, ":// or ")+"://", "protocol %s is not spoken over %s", show(string(l.Protocol)), show(transport))
		case !isEphemeral(address):
			c.unique(path+".address", "address", l.Address, seen)
		}
		c.destination(path, "listener "+show(l.Address), l.Upstream, l.Tenant)
		c.home(path, "listener "+show(l.Address), l.Protocol, l.Upstream, "")
		c.spooled(path, "listener "+show(l.Address), l.Upstream, l.Delivery)
		c.repeats(path, "listener "+show(l.Address), l.Delivery, l.Idempotency)
		for _, region := range c.elsewhere() {
			who := "listener " + show(l.Address) + " from region " + show(region.ID)
			c.home(path, who, l.Protocol, region.Upstream, "")
			c.spooled(path, who, region.Upstream, l.Delivery)
		}
		c.narrower(path+".classes", "listener "+show(l.Address), l.Classes)
		c.secured(path, transport, l)
		c.keyless(path, transport, address, l)
		if l.Protocol == ProtocolOTLP {
			c.tenantFrom(path, "listener "+show(l.Address), l.TenantFrom, l.Tenant)
		}
	}
}

// reachable notes a route whose requests an earlier one takes.
func (c *checker) reachable(path, own string, earlier []Route) {
	for j, e := range earlier {
		prefix, below := strings.CutSuffix(e.Path, "*")
		if own != "" && (e.Path == own || below && strings.HasPrefix(own, prefix)) {
			c.wrong(path+".path", "move it before, or remove it", "route %s is never reached: the route %s at line %d comes first",
				show(own), show(e.Path), c.Source.Pos(index("routes", j)).Line)
			return
		}
	}
}
