package ingest_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/ingest"
)

// A proxy that is trusted names the tenant, and only a tenant that there is. From anybody else the header counts for nothing: a key does.
func TestTenantFromProxy(t *testing.T) {
	routes := []config.Route{{Path: "/loki/*", Protocol: config.ProtocolLoki, TenantFrom: "x-scope-orgid"}, {Path: "/ingest", Protocol: config.ProtocolJSON},
		{Path: "/own", Protocol: config.ProtocolJSON, TenantFrom: "X-Auth-Request-Tenant"}}
	shop := ingest.Keys{key("shop key"): {Tenant: "shop"}}
	near, far := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("192.0.2.0/24")
	for name, c := range map[string]struct {
		proxy     netip.Prefix
		keys      ingest.Keys
		path      string
		org, auth string
		status    int
		tenant    string
	}{
		"named":                          {near, nil, "/loki/api/v1/push", "bank", "", 200, "bank"},
		"named, and a key of another":    {near, shop, "/loki/api/v1/push", "bank", "Bearer shop key", 200, "bank"},
		"unknown":                        {near, nil, "/loki/api/v1/push", "pirates", "", 401, ""},
		"several":                        {near, nil, "/loki/api/v1/push", "bank|shop", "", 401, ""},
		"not named":                      {near, nil, "/loki/api/v1/push", "", "", 401, ""},
		"not named, with a key":          {near, shop, "/loki/api/v1/push", "", "Bearer shop key", 200, "shop"},
		"not trusted":                    {far, nil, "/loki/api/v1/push", "bank", "", 401, ""},
		"not trusted, with a key":        {far, shop, "/loki/api/v1/push", "bank", "Bearer shop key", 200, "shop"},
		"not trusted, with a wrong key":  {far, shop, "/loki/api/v1/push", "bank", "Bearer nobody's", 401, ""},
		"a route that asks for no proxy": {near, nil, "/ingest", "bank", "", 200, "default"},
		"a header of the proxy's choice": {near, nil, "/own", "bank", "", 200, "bank"},
		"the same, not trusted":          {far, nil, "/own", "bank", "", 401, ""},
		"a client's beside the proxy's":  {near, nil, "/own", "bank,shop", "", 401, ""},
		"the same one twice":             {near, nil, "/loki/api/v1/push", "bank,bank", "", 401, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, nil)
			table := ingest.NewTable(codec.All(), routes, nil, c.keys, "default").Trust([]netip.Prefix{c.proxy}, []string{"shop", "bank"})
			s.Use(ingest.NewSite(table, s.handler, maxBody))
			req, err := http.NewRequest(http.MethodPost, "http://"+s.addr+c.path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			for _, org := range strings.Split(c.org, ",") {
				for _, name := range []string{"X-Scope-OrgID", "x-auth-request-tenant"} {
					if org != "" {
						req.Header.Add(name, org)
					}
				}
			}
			if c.auth != "" {
				req.Header.Set("Authorization", c.auth)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			tenant, _, _ := strings.Cut(string(body), " ")
			if resp.StatusCode != 200 {
				tenant = ""
			}
			if err != nil || resp.StatusCode != c.status || tenant != c.tenant {
				t.Errorf("%d %s, %v", resp.StatusCode, body, err)
			}
		})
	}
}

// Sentry's SDKs put the key of their DSN into a header of their own, the query, or an envelope that a tunnel hands on: all find the tenant. An
// envelope without a known key is refused before anything is done with it.
func TestTenantFromSentryKey(t *testing.T) {
	const bare, event = `{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}` + "\n", `{"type":"event"}` + "\n{}\n"
	of := func(dsn string) string {
		return `{"sent_at":"2026-03-14T09:26:53Z","dsn":"` + dsn + `"}` + "\n" + event
	}
	keys := ingest.Keys{key("shopkey"): {Tenant: "shop"}, key("bankkey"): {Tenant: "bank"}}
	routes := []config.Route{{Path: "/api/*", Protocol: config.ProtocolSentry}}
	for name, c := range map[string]struct {
		path, header, value, body string
		status                    int
		tenant                    string
	}{
		"header":                        {"/api/42/envelope/", "X-Sentry-Auth", "Sentry sentry_version=7, sentry_client=sentry.go/0.50.0, sentry_key=shopkey", bare, 200, "shop"},
		"header, key first, no blanks":  {"/api/42/store/", "X-Sentry-Auth", "Sentry sentry_key=bankkey,sentry_version=7", "{}", 200, "bank"},
		"authorization":                 {"/api/42/envelope/", "Authorization", "sentry sentry_key=shopkey", bare, 200, "shop"},
		"query":                         {"/api/42/envelope/?sentry_key=bankkey", "", "", bare, 200, "bank"},
		"header before envelope":        {"/api/42/envelope/", "X-Sentry-Auth", "Sentry sentry_key=shopkey", of("https://bankkey@o1.example.com/42"), 200, "shop"},
		"envelope":                      {"/api/42/envelope/", "", "", of("https://shopkey@o1.example.com/42"), 200, "shop"},
		"envelope, with a secret":       {"/api/42/envelope/", "", "", of("https://bankkey:old@o1.example.com/42"), 200, "bank"},
		"envelope, slashes escaped":     {"/api/42/envelope/", "", "", of(`https:\/\/shopkey@o1.example.com\/42`), 200, "shop"},
		"envelope with an unknown key":  {"/api/42/envelope/", "", "", of("https://nobody@o1.example.com/42"), 401, ""},
		"envelope whose dsn has no key": {"/api/42/envelope/", "", "", of("https://o1.example.com/shopkey@42"), 401, ""},
		"envelope without a dsn":        {"/api/42/envelope/", "", "", bare + event, 401, ""},
		"no envelope":                   {"/api/42/envelope/", "", "", "shopkey", 401, ""},
		"wrong header, right envelope":  {"/api/42/envelope/", "X-Sentry-Auth", "Sentry sentry_key=nobody", of("https://shopkey@o1.example.com/42"), 401, ""},
		"an event alone has no dsn":     {"/api/42/store/", "", "", `{"dsn":"https://shopkey@o1.example.com/42"}`, 401, ""},
		"another scheme":                {"/api/42/envelope/", "X-Sentry-Auth", "Splunk sentry_key=shopkey", bare, 401, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, nil)
			s.handler.handle = func(r *ingest.Request) {
				if r.Identify(r.Body) {
					r.Answer = codec.Response{Status: 200, Body: []byte(r.Tenant)}
				}
			}
			s.Use(ingest.NewSite(ingest.NewTable(codec.All(), routes, nil, keys, "default"), s.handler, maxBody))
			req, err := http.NewRequest(http.MethodPost, "http://"+s.addr+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.header != "" {
				req.Header.Set(c.header, c.value)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			tenant, err := io.ReadAll(resp.Body)
			if resp.StatusCode != 200 {
				tenant = nil
			}
			if err != nil || resp.StatusCode != c.status || string(tenant) != c.tenant {
				t.Errorf("%d, tenant %q, %v; want %d, %q", resp.StatusCode, tenant, err, c.status, c.tenant)
			}
		})
	}
}
