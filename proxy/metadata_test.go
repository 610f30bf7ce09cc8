package proxy_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"

	"winnow/proxy/geo/geotest"
)

// visitor is what a browser says of itself, and what must never leave.
var visitor = []string{
	"X-Forwarded-For", "203.0.113.66, 192.0.2.200", "Accept-Language", "de-CH,de;q=0.9", "X-Timezone", "Europe/Zurich",
	"User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
	"Referer", "https://alice:s3cr3t@shop.example.com/orders/12345?token=s3cr3t#Canary",
	"Ping-To", "https://bob:s3cr3t@partner.example.com/users/alice/offers/12345?token=s3cr3t#Canary",
	"Cookie", "session=s3cr3t", "X-Canary", "Canary", "X-Device-Id", "Canary-device", "From", "alice@example.com",
}

// database makes a file of a kind, of networks and what is known of each in turn.
func database(t *testing.T, kind string, records ...any) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), kind+".mmdb")
	if err := os.WriteFile(name, geotest.Database(t, kind, time.Now(), 6, records...), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// places are databases in which the two halves of 192.0.2.0/24 are apart, so that a look-up of the network would be wrong, with more about
// each than may leave.
func places(t *testing.T) string {
	t.Helper()
	place := func(country, region string) mmdbtype.Map {
		return mmdbtype.Map{
			"country":      mmdbtype.Map{"iso_code": mmdbtype.String(country)},
			"subdivisions": mmdbtype.Slice{mmdbtype.Map{"iso_code": mmdbtype.String(region)}},
			"city":         mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String("Exampleville")}},
			"postal":       mmdbtype.Map{"code": mmdbtype.String("8001")},
			"location":     mmdbtype.Map{"latitude": mmdbtype.Float64(47.37), "longitude": mmdbtype.Float64(8.54)},
		}
	}
	network := func(number uint32, name string) mmdbtype.Map {
		return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(number), "autonomous_system_organization": mmdbtype.String(name)}
	}
	cities := database(t, "GeoIP2-City", "192.0.2.0/25", place("DE", "BE"), "192.0.2.128/25", place("CH", "ZH"))
	networks := database(t, "GeoLite2-ASN", "192.0.2.0/25", network(64501, "Other Telecom"), "192.0.2.128/25", network(64500, "Example Telecom"))
	return "trusted_proxies: [127.0.0.0/8]\ngeo: {country: '" + cities + "', asn: '" + networks + "'}\n"
}

// shipped ships one record, and returns what the backend got, as it came and read.
func shipped(t *testing.T, settings, body string, headers ...string) (string, map[string]any) {
	t.Helper()
	b := newBackend(t)
	r := start(t, b, settings)
	if status, answer := r.post(t, "/ingest", body, headers...); status/100 != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	all := b.all()[0]
	_, text, _ := strings.Cut(all, "]\n")
	var record map[string]any
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	return all, record
}

// META-1, META-3, META-4, META-5, META-7: each fact of a request under its name, looked up for the whole address of the client behind the
// trusted proxies; nothing else of the headers, not even where there would be more to know.
func TestMETA1FactsOfTheRequestAndNothingElse(t *testing.T) {
	all, got := shipped(t, places(t), `{"level":"info"}`, visitor...)
	if _, ok := got["observed_timestamp"].(string); !ok {
		t.Error("no time of reception")
	}
	delete(got, "observed_timestamp")
	delete(got, "winnow.policy") // see TestCHANGE1RecordsAreStamped
	want := map[string]any{
		"level": "info", "client.address": "192.0.2.0", "geo.country.iso_code": "CH", "geo.region.iso_code": "CH-ZH",
		"client.as.number": 64500.0, "client.as.organization.name": "Example Telecom",
		"user_agent.name": "Safari", "user_agent.version": "17", "user_agent.os.name": "iOS", "user_agent.os.version": "17", "device.class": "mobile",
		"browser.language": "de-CH", "browser.time_zone": "Europe/Zurich", "http.request.referrer": "https://shop.example.com/orders/:id",
		"browser.exit_url": "https://partner.example.com/users/:id/offers/:id",
		"http.route":       "/ingest",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, never := range append(slices.Clone(canaries), "192.0.2.200", "203.0.113.66", "12345", "Exampleville", "8001", "47.37", "8.54", "Cookie") {
		if strings.Contains(all, never) {
			t.Errorf("%q leaves: %s", never, all)
		}
	}
}

// META-1: each fact is off when the operator says so.
func TestMETA1FactsAreOffOneByOne(t *testing.T) {
	geo := places(t)
	for fact, names := range map[string][]string{
		"ip": {"client.address"}, "browser": {"user_agent.name", "user_agent.version"}, "language": {"browser.language"},
		"referrer": {"http.request.referrer"}, "feature": {"http.route"}, "time_zone": {"browser.time_zone"},
		"os": {"user_agent.os.name", "user_agent.os.version"}, "received_at": {"observed_timestamp"},
		"exit_url": {"browser.exit_url"}, "policy": {"winnow.policy"},
		"country": {"geo.country.iso_code"}, "region": {"geo.region.iso_code"}, "asn": {"client.as.number"}, "isp": {"client.as.organization.name"},
	} {
		_, got := shipped(t, geo+"metadata: {"+fact+": {off: true}}\n", `{"level":"info"}`, visitor...)
		for _, name := range names {
			if _, ok := got[name]; ok {
				t.Errorf("%s is off, and %s leaves", fact, name)
			}
		}
		if len(got)+len(names) != 18 {
			t.Errorf("%s is off, and %d names leave: %v", fact, len(got), got)
		}
	}
}

// META-4: what identifies a device is dropped, or leaves as a pseudonym where the policy lets identities out; a raw User-Agent never leaves.
func TestMETA4DevicesArePseudonyms(t *testing.T) {
	const in = `{"level":"info","device_id":"Canary-3F2504E0","device":{"id":"Canary-3F2504E0"},"user_agent":"Canary/1.0"}`
	all, got := shipped(t, "", in)
	if strings.Contains(all, "Canary") || got["device_id"] != nil || got["level"] != "info" {
		t.Errorf("by default: %s", all)
	}
	all, got = shipped(t, identified, in)
	token, _ := got["device_id"].(string)
	nested, _ := got["device"].(map[string]any)
	if strings.Contains(all, "Canary") || !strings.HasPrefix(token, "device_e") || nested["id"] != token {
		t.Errorf("with identities: %s", all)
	}
}

// META-5: coordinates and postcodes that a client says by itself do not leave either, and country and region do.
func TestMETA5NeverCoordinates(t *testing.T) {
	const in = `{"level":"info","geo":{"country":{"iso_code":"CH"},"region":{"iso_code":"CH-ZH"},"location":{"lat":47.37,"lon":8.54},"postal_code":"8001","city_name":"Exampleville"},` +
		`"latitude":47.37,"longitude":8.54,"coordinates":[8.54,47.37],"postcode":"8001","zip":"8001"}`
	all, _ := shipped(t, "metadata: {received_at: {off: true}}\n", in)
	_, text, _ := strings.Cut(all, "]\n")
	if !strings.Contains(text, `"geo":{"country":{"iso_code":"CH"},"region":{"iso_code":"CH-ZH"}}`) {
		t.Errorf("country and region do not leave: %s", text)
	}
	for _, never := range []string{"47.37", "8.54", "8001", "Exampleville"} {
		if strings.Contains(text, never) {
			t.Errorf("%s leaves: %s", never, text)
		}
	}
}

// META-6: no cookie of a client goes on, and none of a backend comes back.
func TestMETA6Cookies(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "backend=s3cr3t; Max-Age=31536000")
		w.Header().Add("Set-Cookie2", "backend=s3cr3t")
		w.WriteHeader(http.StatusNoContent)
	}
	r := start(t, b, "")
	resp, _ := r.exchange(t, "POST", "/ingest", `{"level":"info","message":"Cookie: sessionid=s3cr3t-abcdef0123456789; theme=dark","cookie":"sid=s3cr3t","headers":{"cookie":"sid=s3cr3t"}}`, "Cookie", "sid=s3cr3t")
	if resp.StatusCode != http.StatusNoContent || len(resp.Cookies()) > 0 || strings.Contains(strings.Join(slices.Collect(maps.Keys(resp.Header)), " "), "Cookie") {
		t.Errorf("%d, headers %v", resp.StatusCode, resp.Header)
	}
	if got := b.all()[0]; strings.Contains(got, "s3cr3t") {
		t.Errorf("a cookie leaves: %s", got)
	}
}

// META-6: where the operator lets a backend's cookies through, none lasts longer than 30 days, however that is said; the client's own never go on.
func TestMETA6CookiesAreCapped(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		for _, c := range []string{
			"session=a", "short=b; Max-Age=60; Path=/; HttpOnly; SameSite=Lax", "long=c; Max-Age=31536000; Secure", "dated=d; Expires=Fri, 01 Jan 2199 00:00:00 GMT",
			"gone=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:01 GMT",
		} {
			w.Header().Add("Set-Cookie", c)
		}
		w.WriteHeader(http.StatusNoContent)
	}
	r := start(t, nil, "upstreams: [{id: logs, url: '"+b.URL+"', set_cookie: cap}]\n")
	resp, _ := r.exchange(t, "POST", "/insert/jsonline", `{"level":"info"}`, "Cookie", "sid=s3cr3t")
	got := map[string]*http.Cookie{}
	for _, c := range resp.Cookies() {
		got[c.Name] = c
	}
	const month = 30 * 24 * 60 * 60
	if resp.StatusCode != http.StatusNoContent || len(got) != 5 || got["session"].MaxAge != 0 || !got["session"].Expires.IsZero() || got["short"].MaxAge != 60 ||
		!got["short"].HttpOnly || got["long"].MaxAge != month || !got["long"].Secure || got["gone"].Expires.Year() != 1970 {
		t.Errorf("%d, cookies %v", resp.StatusCode, resp.Cookies())
	}
	if left := time.Until(got["dated"].Expires); left > month*time.Second || left < (month-3600)*time.Second {
		t.Errorf("dated ends in %s", left)
	}
	if all := b.all()[0]; strings.Contains(all, "s3cr3t") {
		t.Errorf("a cookie leaves: %s", all)
	}
}

// META-7: chains of addresses are believed as far as trusted proxies wrote them, and client hints tell browser and system.
func TestMETA7ChainsAndHints(t *testing.T) {
	hints := []string{"User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36", "Sec-CH-UA", `"Chromium";v="126", "Google Chrome";v="126", "Not-A.Brand";v="99"`, "Sec-CH-UA-Platform", `"Windows"`, "Sec-CH-UA-Platform-Version", `"15.0.0"`}
	trusted := "trusted_proxies: [127.0.0.0/8, 198.51.100.0/24]\n"
	for _, tt := range []struct {
		name, settings, header, value, want string
	}{
		{"behind two proxies", trusted, "X-Forwarded-For", "203.0.113.66, 192.0.2.200, 198.51.100.9", "192.0.2.0"},
		{"Forwarded", trusted, "Forwarded", `for=203.0.113.66, for="192.0.2.200:4711";proto=https, for=198.51.100.9`, "192.0.2.0"},
		{"IPv6", trusted, "Forwarded", `for="[2001:db8:1:2::3]"`, "2001:db8:1::"},
		{"nobody is trusted", "", "X-Forwarded-For", "192.0.2.200", "127.0.0.0"},
		{"a hidden hop", trusted, "Forwarded", "for=192.0.2.200, for=_hidden", "127.0.0.0"},
	} {
		all, got := shipped(t, tt.settings, `{"level":"info"}`, append([]string{tt.header, tt.value}, hints...)...)
		if got["client.address"] != tt.want || strings.Contains(all, "203.0.113") || strings.Contains(all, "192.0.2.200") {
			t.Errorf("%s: want %s: %s", tt.name, tt.want, all)
		}
		if got["user_agent.name"] != "Chrome" || got["user_agent.version"] != "126" || got["user_agent.os.name"] != "Windows" || got["user_agent.os.version"] != "11" {
			t.Errorf("%s: hints: %s", tt.name, all)
		}
	}
}
