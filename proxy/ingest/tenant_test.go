package ingest_test

import (
	"crypto/sha256"
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
	routes := []config.Route{{Path: "/loki/*", Protocol: config.ProtocolLoki, TenantFrom: "x-scope-orgid"}, {Path: "/ingest", Protocol: config.ProtocolJSON}}
	shop := map[[sha256.Size]byte]string{key("shop key"): "shop"}
	near, far := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("192.0.2.0/24")
	for name, c := range map[string]struct {
		proxy     netip.Prefix
		keys      map[[sha256.Size]byte]string
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
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, nil)
			table := ingest.NewTable(codec.All(), routes, nil, c.keys, "default").Trust([]netip.Prefix{c.proxy}, []string{"shop", "bank"})
			s.Use(ingest.NewSite(table, s.handler, maxBody))
			req, err := http.NewRequest(http.MethodPost, "http://"+s.addr+c.path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{"X-Scope-OrgID": c.org, "Authorization": c.auth} {
				if value != "" {
					req.Header.Set(name, value)
				}
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
