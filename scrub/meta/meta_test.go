package meta_test

import (
	"maps"
	"net/netip"
	"strings"
	"testing"
	"time"

	"winnow/config"
	"winnow/scrub/meta"
)

// places is a database of one place.
type places meta.Place

func (p places) Lookup(addr netip.Addr) meta.Place {
	if addr != netip.MustParseAddr("192.0.2.77") {
		return meta.Place{}
	}
	return meta.Place(p)
}

const phoneAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1"

// everything is a request with every fact in it, and what must never leave.
func everything() *meta.Request {
	r := request(
		"User-Agent", phoneAgent,
		"Accept-Language", "de-CH,de;q=0.9",
		"Referer", "https://alice:secret@shop.example.com/orders/12345?token=secret",
		"Ping-To", "https://partner.example.com/offers/12345?who=alice#secret",
		"X-Timezone", "Europe/Zurich",
		"Cookie", "session=secret",
		"Authorization", "Bearer secret",
		"X-User", "alice",
	)
	r.RemoteAddr = netip.MustParseAddr("192.0.2.77")
	r.RouteTemplate = "/v1/orders/{id}"
	r.Error = "timeout"
	r.Now = time.Date(2026, 3, 1, 12, 30, 45, 678_900_000, time.FixedZone("", 3600))
	return r
}

var zurich = places{Country: "CH", Region: "CH-ZH", ASN: 64500, ISP: "Example Telecom AG"}

// META-1, META-3, META-4, META-5, META-6: each fact under its name, the place found for the whole address, nothing else of the headers.
func TestDefaults(t *testing.T) {
	want := map[string]string{
		"client.address":              "192.0.2.0",
		"geo.country.iso_code":        "CH",
		"geo.region.iso_code":         "CH-ZH",
		"client.as.number":            "64500",
		"client.as.organization.name": "Example Telecom AG",
		"user_agent.name":             "Safari",
		"user_agent.version":          "17",
		"user_agent.os.name":          "iOS",
		"user_agent.os.version":       "17",
		"device.class":                "mobile",
		"browser.language":            "de-CH",
		"http.request.referrer":       "https://shop.example.com/orders/:id",
		"browser.exit_url":            "https://partner.example.com/offers/:id",
		"http.route":                  "/v1/orders/{id}",
		"error.type":                  "timeout",
		"browser.time_zone":           "Europe/Zurich",
		"observed_timestamp":          "2026-03-01T11:30:45.678Z",
	}
	r := everything()
	e := compile(t, nil)
	if got := fields(t, e, r, zurich); !maps.Equal(got, want) {
		t.Errorf("fields\n got %v\nwant %v", got, want)
	}
	for _, f := range e.Append(nil, r, zurich) {
		if f.Number != (f.Name == "client.as.number") {
			t.Errorf("field %s: Number = %v", f.Name, f.Number)
		}
		if f.Fact == "" || f.Class == "" {
			t.Errorf("field %s: fact %q, class %q", f.Name, f.Fact, f.Class)
		}
	}
}

func TestWithoutDatabase(t *testing.T) {
	got := fields(t, compile(t, nil), everything(), nil)
	for _, name := range []string{"geo.country.iso_code", "geo.region.iso_code", "client.as.number", "client.as.organization.name"} {
		if v, ok := got[name]; ok {
			t.Errorf("%s = %q without a database, want none", name, v)
		}
	}
}

func TestEmptyRequest(t *testing.T) {
	if got := fields(t, compile(t, nil), new(meta.Request), zurich); len(got) != 0 {
		t.Errorf("fields of nothing: %v", got)
	}
}

// Each fact can be switched off by itself.
func TestOff(t *testing.T) {
	for _, d := range meta.Defaults {
		want := fields(t, compile(t, nil), everything(), zurich)
		delete(want, d.Name)
		delete(want, d.VersionName)
		for _, rule := range []config.MetadataRule{{Off: true}, {Action: &config.Action{Kind: config.ActionDrop}}} {
			if got := fields(t, compile(t, config.Metadata{d.Fact: rule}), everything(), zurich); !maps.Equal(got, want) {
				t.Errorf("%s off:\n got %v\nwant %v", d.Fact, got, want)
			}
		}
	}
}

func TestNamesAndActions(t *testing.T) {
	e := compile(t, config.Metadata{
		config.FactIP:         {Name: "net.peer", Action: &config.Action{Kind: config.ActionTruncate, IPv4Bits: 16, IPv6Bits: 32}},
		config.FactBrowser:    {Name: "ua"},
		config.FactISP:        {Action: &config.Action{Kind: config.ActionReplace, Text: "[isp]"}},
		config.FactLanguage:   {Action: &config.Action{Kind: config.ActionMask}},
		config.FactReceivedAt: {Action: &config.Action{Kind: config.ActionGeneralise, Time: config.TimeHour}},
	})
	got := fields(t, e, everything(), zurich)
	for name, want := range map[string]string{
		"net.peer": "192.0.0.0", "ua": "Safari", "ua_version": "17", "client.as.organization.name": "[isp]", "browser.language": "***",
		"observed_timestamp": "2026-03-01T11:00:00Z",
		"client.address":     "", "user_agent.name": "", "user_agent.version": "",
	} {
		if got[name] != want {
			t.Errorf("%s = %q, want %q", name, got[name], want)
		}
	}
}

// minter makes a token that shows what it was given.
type minter struct{}

func (minter) Append(dst []byte, kind string, value []byte) []byte {
	return append(append(append(dst, kind...), "_e7_"...), value...)
}

// A pseudonym stands for the whole address; without a key it is left out.
func TestPseudonym(t *testing.T) {
	e := compile(t, config.Metadata{config.FactIP: {Action: &config.Action{Kind: config.ActionPseudonym, As: "ip"}}})
	r := everything()
	if got, ok := fields(t, e, r, nil)["client.address"]; ok {
		t.Errorf("client.address = %q without a key, want none", got)
	}
	r.Minter = minter{}
	if got, want := fields(t, e, r, nil)["client.address"], "ip_e7_192.0.2.77"; got != want {
		t.Errorf("client.address = %q, want %q", got, want)
	}
}

func TestCompileMistakes(t *testing.T) {
	tests := []struct {
		rules config.Metadata
		want  string
	}{
		{config.Metadata{"shoe_size": {}}, `metadata.shoe_size: unknown fact; use one of ip, country, `},
		{config.Metadata{config.FactOS: {Action: &config.Action{Kind: config.ActionTruncate}}},
			`metadata.os: action "truncate" is not for this fact; use one of keep, drop, mask, replace`},
		{config.Metadata{config.FactIP: {Action: &config.Action{Kind: config.ActionDropRecord}}},
			`metadata.ip: action "drop_record" is not for this fact; use one of keep, drop, mask, replace, truncate, pseudonym`},
		{config.Metadata{config.FactASN: {Name: "client.address"}}, `metadata.asn.name: "client.address" is the name of "ip" already; choose another`},
		{config.Metadata{config.FactASN: {Name: "as number"}}, `metadata.asn: name has byte 0x20 at 2; use letters, digits, '.', '_' and '-'`},
		{config.Metadata{config.FactASN: {Name: strings.Repeat("a", 200)}}, `metadata.asn: name has 200 bytes; use at most 128`},
	}
	for _, tt := range tests {
		_, err := meta.Compile(tt.rules, nil)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Compile: error %v, want %s", err, tt.want)
		}
	}
	_, err := meta.Compile(config.Metadata{config.FactASN: {Name: "a b"}, config.FactOS: {Name: "a b"}, "x": {}}, nil)
	if got := strings.Count(err.Error(), "\n") + 1; got != 3 {
		t.Errorf("Compile told %d mistakes at once, want 3: %v", got, err)
	}
}

func TestPlaceIsChecked(t *testing.T) {
	tests := []struct {
		place places
		want  map[string]string
	}{
		{places{Country: "ch", Region: "CH-ZH"}, nil},
		{places{Country: "Switzerland", Region: "CH-ZH"}, nil},
		{places{Country: "CH", Region: "DE-BE"}, map[string]string{"geo.country.iso_code": "CH"}},
		{places{Country: "CH", Region: "CH-Zurich"}, map[string]string{"geo.country.iso_code": "CH"}},
		{places{Country: "GB", Region: "GB-ENG"}, map[string]string{"geo.country.iso_code": "GB", "geo.region.iso_code": "GB-ENG"}},
		{places{ISP: "Example\nTelecom"}, nil},
		{places{ISP: "Example\xffTelecom"}, nil},
		{places{ISP: strings.Repeat("a", 200)}, nil},
		{places{ISP: "Télécom Exemple SA"}, map[string]string{"client.as.organization.name": "Télécom Exemple SA"}},
	}
	e := compile(t, config.Metadata{config.FactIP: {Off: true}})
	for _, tt := range tests {
		r := new(meta.Request)
		r.RemoteAddr = netip.MustParseAddr("192.0.2.77")
		if got := fields(t, e, r, tt.place); !maps.Equal(got, tt.want) {
			t.Errorf("%+v: fields %v, want %v", tt.place, got, tt.want)
		}
	}
}

func TestErrorAndFeature(t *testing.T) {
	e := compile(t, nil)
	for in, want := range map[string]string{
		"": "", "timeout": "timeout", "too_large": "too_large", "503": "503", "429": "429", "200": "_OTHER", "4ab": "_OTHER",
		"no such user alice": "_OTHER", "_OTHER": "_OTHER",
	} {
		if got := fields(t, e, &meta.Request{Error: in}, nil)["error.type"]; got != want {
			t.Errorf("error %q: error.type = %q, want %q", in, got, want)
		}
		if got := fields(t, e, request("X-Error-Type", in), nil)["error.type"]; got != want {
			t.Errorf("header %q: error.type = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"": "", "/loki/api/v1/push": "/loki/api/v1/push", "/v1/orders/{id}": "/v1/orders/{id}", "/users/:name/*": "/users/:name/*",
		"/users/alice@example.com": "", "/a?b=c": "", "orders": "", "/a b": "", "/%40": "",
	} {
		if got := fields(t, e, &meta.Request{RouteTemplate: in}, nil)["http.route"]; got != want {
			t.Errorf("route %q: http.route = %q, want %q", in, got, want)
		}
	}
}

// A Request that is used again has nothing of the one before.
func TestReset(t *testing.T) {
	e := compile(t, nil, "192.0.2.0/24")
	r := everything()
	r.Add([]byte("X-Forwarded-For"), []byte("203.0.113.9"))
	r.Add([]byte("Forwarded"), []byte("for=203.0.113.9"))
	r.Minter = minter{}
	e.Append(nil, r, zurich)
	r.Reset()
	if got := fields(t, e, r, zurich); len(got) != 0 {
		t.Errorf("fields after Reset: %v", got)
	}
}

// Values stay apart when the buffer grows under them.
func TestValuesStayApart(t *testing.T) {
	e := compile(t, nil)
	r := everything()
	list := e.Append(nil, r, zurich)
	for i := range list {
		_ = append(list[i].Value, "!!!"...)
	}
	for _, f := range list {
		if strings.Contains(string(f.Value), "!") {
			t.Errorf("field %s: %q was written over by its neighbour", f.Name, f.Value)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	e := compile(t, nil, "192.0.2.0/24")
	r := everything()
	r.Add([]byte("X-Forwarded-For"), []byte("2001:db8::7, 203.0.113.9"))
	r.Add([]byte("Sec-CH-UA"), []byte(`"Chromium";v="120", "Brave";v="120"`))
	var list []meta.Field
	var geo meta.Geo = zurich
	if n := testing.AllocsPerRun(100, func() { list = e.Append(list[:0], r, geo) }); n != 0 {
		t.Errorf("Append allocates %v times, want 0", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, tt := range []struct {
		name string
		r    *meta.Request
	}{
		{"browser", everything()},
		{"shipper", request("User-Agent", "promtail/2.9.2")},
		{"hostile", request("User-Agent", strings.Repeat("chrome/1 (", 110), "Accept-Language", strings.Repeat("de;q=0.1,", 60),
			"Referer", "https://example.com"+strings.Repeat("/a1", 600))},
	} {
		b.Run("request="+tt.name, func(b *testing.B) {
			e := compile(b, nil, "192.0.2.0/24")
			var list []meta.Field
			var geo meta.Geo = zurich
			b.ReportAllocs()
			for b.Loop() {
				list = e.Append(list[:0], tt.r, geo)
			}
		})
	}
}
