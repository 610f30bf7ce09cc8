package meta_test

import (
	"net/netip"
	"strings"
	"testing"

	"winnow/config"
)

// The peers of these tests: 198.51.100.0/24 and 2001:db8:ffff::/48 are trusted proxies, 192.0.2.0/24 and 203.0.113.0/24 are not.
func TestClientAddress(t *testing.T) {
	const proxy, inner, client, forger = "198.51.100.1", "198.51.100.2", "192.0.2.7", "203.0.113.9"
	tests := []struct {
		why, peer string
		headers   []string
		want      string
	}{
		{"no proxy, no header", client, nil, client},
		{"a stranger's headers are not believed", client, []string{"X-Forwarded-For", forger, "X-Real-IP", forger, "Forwarded", "for=" + forger}, client},
		{"a proxy without a header is the client", proxy, nil, proxy},
		{"one hop", proxy, []string{"X-Forwarded-For", client}, client},
		{"two proxies", proxy, []string{"X-Forwarded-For", client + ", " + inner}, client},
		{"what the client put in front is not believed", proxy, []string{"X-Forwarded-For", forger + ", " + client}, client},
		{"a trusted address put in front is not believed either", proxy, []string{"X-Forwarded-For", inner + ", " + client}, client},
		{"lines count in order, the last is the proxy's", proxy, []string{"X-Forwarded-For", forger, "X-Forwarded-For", client}, client},
		{"all hops trusted: the first of them", proxy, []string{"X-Forwarded-For", "198.51.100.9, " + inner}, "198.51.100.9"},
		{"with a port", proxy, []string{"X-Forwarded-For", client + ":4711"}, client},
		{"IPv6, bare", proxy, []string{"X-Forwarded-For", "2001:db8::7"}, "2001:db8::7"},
		{"IPv6 in brackets", proxy, []string{"X-Forwarded-For", "[2001:db8::7]"}, "2001:db8::7"},
		{"IPv6 in brackets with a port", proxy, []string{"X-Forwarded-For", "[2001:db8::7]:4711"}, "2001:db8::7"},
		{"IPv4 in IPv6 is IPv4", proxy, []string{"X-Forwarded-For", "::ffff:192.0.2.7"}, client},
		{"a peer of IPv4 in IPv6", "::ffff:198.51.100.1", []string{"X-Forwarded-For", client}, client},
		{"an IPv6 proxy", "2001:db8:ffff::1", []string{"X-Forwarded-For", client}, client},
		{"unknown ends the walk", proxy, []string{"X-Forwarded-For", forger + ", unknown, " + inner}, inner},
		{"a name ends the walk", proxy, []string{"X-Forwarded-For", "alice.example.com"}, proxy},
		{"an empty hop ends the walk", proxy, []string{"X-Forwarded-For", client + ","}, proxy},
		{"an empty header", proxy, []string{"X-Forwarded-For", ""}, proxy},
		{"a bad port", proxy, []string{"X-Forwarded-For", client + ":http"}, proxy},
		{"a long port", proxy, []string{"X-Forwarded-For", client + ":5550100"}, proxy},
		{"leading zeros", proxy, []string{"X-Forwarded-For", "192.0.02.7"}, proxy},
		{"a zone", proxy, []string{"X-Forwarded-For", "fe80::1%alice"}, proxy},
		{"quotes are not X-Forwarded-For's", proxy, []string{"X-Forwarded-For", `"192.0.2.7"`}, proxy},
		{"unspecified", proxy, []string{"X-Forwarded-For", "0.0.0.0"}, proxy},
		{"a megabyte", proxy, []string{"X-Forwarded-For", strings.Repeat("203.0.113.9,", 90000) + client}, client},
		{"a megabyte without a comma", proxy, []string{"X-Forwarded-For", strings.Repeat("1", 1<<20)}, proxy},
		{"the header's name in any case", proxy, []string{"x-FORWARDED-for", client}, client},

		{"X-Real-IP", proxy, []string{"X-Real-IP", client}, client},
		{"X-Real-IP with a port", proxy, []string{"X-Real-IP", " [2001:db8::7]:80 "}, "2001:db8::7"},
		{"X-Real-IP malformed", proxy, []string{"X-Real-IP", "alice"}, proxy},
		{"X-Real-IP twice", proxy, []string{"X-Real-IP", forger, "X-Real-IP", client}, proxy},
		{"X-Real-IP does not outweigh a chain", proxy, []string{"X-Real-IP", forger, "X-Forwarded-For", client}, client},
		{"nor a broken chain", proxy, []string{"X-Real-IP", forger, "X-Forwarded-For", "unknown"}, proxy},

		{"Forwarded", proxy, []string{"Forwarded", "for=192.0.2.7"}, client},
		{"Forwarded in any case, with other pairs", proxy, []string{"Forwarded", "Proto=https;FOR=192.0.2.7;by=203.0.113.43"}, client},
		{"Forwarded IPv6 in quotes", proxy, []string{"Forwarded", `For="[2001:db8::7]:4711"`}, "2001:db8::7"},
		{"Forwarded IPv4 with a port in quotes", proxy, []string{"Forwarded", `for="192.0.2.7:47011"`}, client},
		{"Forwarded chain", proxy, []string{"Forwarded", `for=203.0.113.9, for=192.0.2.7;proto=http, for=198.51.100.2`}, client},
		{"Forwarded lines", proxy, []string{"Forwarded", "for=203.0.113.9", "Forwarded", "for=192.0.2.7"}, client},
		{"Forwarded unknown", proxy, []string{"Forwarded", "for=203.0.113.9, for=unknown, for=198.51.100.2"}, inner},
		{"Forwarded obfuscated", proxy, []string{"Forwarded", "for=_hidden, for=_SEVKISEK"}, proxy},
		{"Forwarded obfuscated port", proxy, []string{"Forwarded", `for="192.0.2.7:_port"`}, proxy},
		{"Forwarded without for", proxy, []string{"Forwarded", "by=192.0.2.7;proto=http"}, proxy},
		{"Forwarded with two for", proxy, []string{"Forwarded", "for=203.0.113.9;for=192.0.2.7"}, proxy},
		{"Forwarded bare IPv6 is malformed", proxy, []string{"Forwarded", "for=2001:db8::7"}, proxy},
		{"Forwarded bracketed IPv4 is malformed", proxy, []string{"Forwarded", `for="[192.0.2.7]"`}, proxy},
		{"Forwarded with spaces around", proxy, []string{"Forwarded", "  for=203.0.113.9 ,\tfor=192.0.2.7 "}, client},
		{"a comma in quotes is no hop", proxy, []string{"Forwarded", `for=192.0.2.7;ext="a, for=203.0.113.9"`}, client},
		{"an escaped quote in quotes", proxy, []string{"Forwarded", `for=192.0.2.7;ext="a\", for=203.0.113.9"`}, client},
		{"a quote the client left open swallows nothing", proxy, []string{"Forwarded", `for=203.0.113.9;x=", for=192.0.2.7`}, proxy},
		{"nor one that the proxy's own quotes close", proxy, []string{"Forwarded", `for=203.0.113.9;x=", for="[2001:db8::7]"`}, proxy},
		{"nor one with a backslash", proxy, []string{"Forwarded", `for=203.0.113.9;x="\, for="[2001:db8::7]"`}, proxy},
		{"an open quote on an older line does not reach the proxy's line", proxy, []string{"Forwarded", `for="`, "Forwarded", "for=192.0.2.7"}, client},
		{"a megabyte of hops", proxy, []string{"Forwarded", strings.Repeat("for=203.0.113.9,", 60000) + "for=192.0.2.7"}, client},
		{"too many trusted hops", proxy, []string{"Forwarded", "for=192.0.2.7," + strings.Repeat("for=198.51.100.2,", 40) + "for=198.51.100.3"}, inner},

		{"both chains, agreed", proxy, []string{"X-Forwarded-For", client, "Forwarded", "for=192.0.2.7"}, client},
		{"both chains, at odds: only one is the proxy's", proxy, []string{"X-Forwarded-For", client, "Forwarded", "for=203.0.113.9"}, proxy},
	}
	e := compile(t, config.Metadata{config.FactIP: {Action: &config.Action{Kind: config.ActionKeep}}}, "198.51.100.0/24", "2001:db8:ffff::/48")
	for _, tt := range tests {
		r := request(tt.headers...)
		r.RemoteAddr = netip.MustParseAddr(tt.peer)
		if got := fields(t, e, r, nil)["client.address"]; got != tt.want {
			t.Errorf("%s: client.address = %s, want %s", tt.why, got, tt.want)
		}
	}
}

// META-1, META-7: by default an address leaves as its network.
func TestClientAddressTruncated(t *testing.T) {
	for peer, want := range map[string]string{
		"192.0.2.77":               "192.0.2.0",
		"::ffff:192.0.2.77":        "192.0.2.0",
		"2001:db8:1234:5678::9":    "2001:db8:1234::",
		"fe80::1234:5678:9abc:1%x": "fe80::",
	} {
		r := request()
		r.RemoteAddr = netip.MustParseAddr(peer)
		if got := fields(t, compile(t, nil), r, nil)["client.address"]; got != want {
			t.Errorf("%s: client.address = %q, want %q", peer, got, want)
		}
	}
}

func TestNoPeerNoAddress(t *testing.T) {
	e := compile(t, nil, "0.0.0.0/0", "::/0")
	if got, ok := take(t, e, "X-Forwarded-For", "192.0.2.7")["client.address"]; ok {
		t.Errorf("client.address = %q without a peer, want none", got)
	}
}

func TestTrustedMappedPrefix(t *testing.T) {
	e := compile(t, config.Metadata{config.FactIP: {Action: &config.Action{}}}, "::ffff:198.51.100.0/120")
	r := request("X-Forwarded-For", "192.0.2.7")
	r.RemoteAddr = netip.MustParseAddr("198.51.100.1")
	if got := fields(t, e, r, nil)["client.address"]; got != "192.0.2.7" {
		t.Errorf("client.address = %q, want 192.0.2.7", got)
	}
}
