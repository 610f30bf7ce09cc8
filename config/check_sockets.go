package config

import "slices"

// secured checks that a listener has a certificate if its transport shows one, and else none.
func (c *checker) secured(path, transport string, l Listener) {
	switch shows := slices.Contains([]string{"tls", "grpcs"}, transport); {
	case c.bad[path+".address"] || c.bad[path+".tls"]:
	case shows && !l.TLS.On():
		c.wrong(path, "write tls: {cert_file: …, key_file: …}", "listener %s needs a certificate", show(l.Address))
	case shows:
		c.tls(path+".tls", l.TLS)
	case l.TLS.On():
		c.wrong(path+".tls", "remove it, or write tls:// or grpcs://", "listener %s: tls has no meaning for %s", show(l.Address), show(transport))
	}
}

// socketOnly are the protocols that come by listeners alone.
var socketOnly = []Protocol{ProtocolSyslog, ProtocolFluent}

// routable refuses a route of a protocol that no request speaks.
func (c *checker) routable(path string, r Route) {
	if slices.Contains(socketOnly, r.Protocol) {
		c.wrong(path+".protocol", "write it into listeners", "protocol %s does not come over HTTP", show(string(r.Protocol)))
	}
}

// keyless checks listeners of protocols that know no ingest keys, and those that would ask for none.
func (c *checker) keyless(path, transport, address string, l Listener) {
	if !slices.Contains(transports[l.Protocol], transport) || c.bad[path+".address"] {
		return
	}
	keys := slices.ContainsFunc(c.Tenants, func(t Tenant) bool { return t.Keyed() })
	if transport == "grpc" || transport == "grpcs" { // a key comes as metadata
		if !keys && l.Tenant+l.TenantFrom == "" && l.TLS.ClientCAFile == "" && !IsLoopback(address) && !c.bad["tenants"] {
			c.wrong(path+".address", "give a tenant a key (`winnow key` makes one), write tenant: …, or listen on 127.0.0.1",
				"listener %s is open to other machines, and nobody needs a key", show(l.Address))
		}
		return
	}
	shown := slices.ContainsFunc(c.Tenants, func(t Tenant) bool { return len(t.Certificates) > 0 })
	told := l.Tenant != "" || shown && l.TLS.ClientCAFile != ""
	if !told && (keys || shown || !IsLoopback(address)) && !c.bad[path+".tenant"] && !c.bad["tenants"] {
		c.wrong(path, "write tenant: …", "listener %s: what comes there has no ingest key, so that a tenant must be named", show(l.Address))
	}
	if transport == "udp" && c.Source.Has(path+".idle_timeout") {
		c.wrong(path+".idle_timeout", "remove it", "listener %s: idle_timeout has no meaning for udp", show(l.Address))
	}
	if l.TenantFrom != "" {
		c.wrong(path+".tenant_from", "remove it", "listener %s: tenant_from has no meaning for protocol %s, which has no headers", show(l.Address), show(string(l.Protocol)))
	}
	c.forward(path, l)
	if l.Protocol == ProtocolGELF {
		c.unbatched(path, l)
	}
}

// forward checks what only Fluent's protocol has.
func (c *checker) forward(path string, l Listener) {
	for _, part := range []struct {
		key string
		set bool
	}{{"shared_key", !l.SharedKey.Empty()}, {"users", len(l.Users) > 0}} {
		if part.set && l.Protocol != ProtocolFluent {
			c.wrong(path+"."+part.key, "remove it", "listener %s: %s has no meaning for protocol %s", show(l.Address), part.key, show(string(l.Protocol)))
		}
	}
	if len(l.Users) > 0 && l.SharedKey.Empty() && l.Protocol == ProtocolFluent {
		c.wrong(path+".users", "write shared_key beside it", "listener %s: users are asked only by who asks for the shared key", show(l.Address))
	}
}

// unbatched refuses to hand several messages at once to a backend that takes them one by one, as Graylog's HTTP input does.
func (c *checker) unbatched(path string, l Listener) {
	for i, u := range c.Upstreams {
		if (l.Upstream == u.ID || l.Upstream == "" && i == 0) && u.Type == UpstreamHTTP && u.Format == FormatSame && !c.bad["upstreams"] {
			c.wrong(path+".protocol", "write format: ndjson, loki, elasticsearch, otlp or splunk there", "listener %s: upstream %s has no format for batches of gelf",
				show(l.Address), show(u.ID))
		}
	}
}
