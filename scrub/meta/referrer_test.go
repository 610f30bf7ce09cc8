package meta_test

import (
	"strings"
	"testing"
)

// META-3: origin and path; what identifies somebody is masked, query and fragment are dropped.
func TestReferrer(t *testing.T) {
	tests := []struct{ header, want string }{
		// kept
		{"https://www.example.com/", "https://www.example.com/"},
		{"https://www.example.com", "https://www.example.com"},
		{"HTTPS://WWW.Example.COM/Docs/API-reference", "https://www.example.com/Docs/API-reference"},
		{"http://localhost:3000/settings/profile", "http://localhost:3000/settings/profile"},
		{"https://example.com:8443/a/b/", "https://example.com:8443/a/b/"},
		{"https://example.com:/a", "https://example.com/a"},
		{"https://example.com./a", "https://example.com./a"},
		{"https://example.com/index.html", "https://example.com/index.html"},
		{"https://example.com/api/v2/orders", "https://example.com/api/v2/orders"},
		{"https://example.com/how-to-install-log4j", "https://example.com/how-to-install-log4j"},
		{"https://example.com/createUserAccount", "https://example.com/createUserAccount"},
		{"https://example.com//double//slash", "https://example.com//double//slash"},
		{"https://xn--bcher-kva.example/katalog", "https://xn--bcher-kva.example/katalog"},
		{"https://example.com/account/settings", "https://example.com/account/settings"},

		// dropped
		{"https://example.com/search?q=alice%40example.com#top", "https://example.com/search"},
		{"https://example.com?user=alice", "https://example.com"},
		{"https://example.com#alice", "https://example.com"},
		{"https://alice:secret@example.com/inbox", "https://example.com/inbox"},
		{"https://alice@example.com:hunter@example.org/inbox", "https://example.org/inbox"},

		// masked
		{"https://example.com/orders/12345", "https://example.com/orders/:id"},
		{"https://example.com/orders/7", "https://example.com/orders/:id"},
		{"https://example.com/o/550e8400-e29b-41d4-a716-446655440000/edit", "https://example.com/o/:id/edit"},
		{"https://example.com/c/d41d8cd98f00b204e9800998ecf8427e", "https://example.com/c/:id"},
		{"https://example.com/c/deadbeef1", "https://example.com/c/:id"},
		{"https://example.com/d/dQw4w9WgXcQ", "https://example.com/d/:id"},
		{"https://example.com/d/QWxpY2VTbWl0aA", "https://example.com/d/:id"},
		{"https://example.com/d/abcdefghijklmnopqrstuvwx", "https://example.com/d/:id"},
		{"https://example.com/m/alice@example.com", "https://example.com/m/:id"},
		{"https://example.com/m/alice%40example.com/x", "https://example.com/m/:id/x"},
		{"https://example.com/m/alice%2540example.com", "https://example.com/m/:id"},
		{"https://example.com/iban/DE89370400440532013000", "https://example.com/iban/:id"},
		{"https://example.com/call/+15550100", "https://example.com/call/:id"},
		{"https://example.com/order-20231107", "https://example.com/:id"},
		{"https://example.com/users/alice/posts", "https://example.com/users/:id/posts"},
		{"https://example.com/User/Alice", "https://example.com/User/:id"},
		{"https://example.com/~alice/notes", "https://example.com/:id/notes"},
		{"https://example.com/@alice", "https://example.com/:id"},
		{"https://example.com/alice.smith", "https://example.com/:id"},
		{"https://example.com/a;jsessionid=1A530637289A03B0", "https://example.com/:id"},
		{"https://example.com/reset/qwertz", "https://example.com/reset/:id"},
		{"https://example.com/caf\u00e9", "https://example.com/:id"},
		{"https://example.com/../..", "https://example.com/:id/:id"},
		{"https://example.com/a b", "https://example.com/:id"},
		{"https://example.com/" + strings.Repeat("ab-", 30), "https://example.com/:id"},
		{"https://example.com" + strings.Repeat("/a", 40), "https://example.com" + strings.Repeat("/a", 16)},
		{"https://example.com/" + strings.Repeat("a-", 2000), "https://example.com"},

		// left out whole
		{"", ""},
		{"/relative/path", ""},
		{"about:blank", ""},
		{"javascript:alert(1)", ""},
		{"data:text/html,alice", ""},
		{"android-app://com.example.alice/", ""},
		{"ftp://example.com/", ""},
		{"https:///path", ""},
		{"https://192.0.2.7/a", ""},
		{"https://[2001:db8::7]/a", ""},
		{"https://example.com:port/a", ""},
		{"https://example.com:5550100/a", ""},
		{"https://exa mple.com/a", ""},
		{"https://example..com/", ""},
		{"https://example.com\\@evil.example/", ""},
		{"https://555-0100.example.com/", ""},
		{"https://d41d8cd98f00b204e9800998ecf8427e.example.com/", ""},
		{"https://alice%40example.com/", ""},
		{"https://" + strings.Repeat("a", 64) + ".example/", ""},
		{"https://" + strings.Repeat("a-", 1<<19), ""},
	}
	e := compile(t, nil)
	for _, tt := range tests {
		if got := take(t, e, "Referer", tt.header)["http.request.referrer"]; got != tt.want {
			t.Errorf("%.100q\n got %q\nwant %q", tt.header, got, tt.want)
		}
	}
}

// META-3: where a visitor goes is said by the ping of a link or a script's own header, and where from by the ping where nothing else does.
func TestMETA3ComeFromAndGoneTo(t *testing.T) {
	const page, next = "https://shop.example.com/orders/12345?who=alice", "https://partner.example.com/offers?token=secret#top"
	for _, tt := range []struct {
		why      string
		headers  []string
		from, to string
	}{
		{"nothing is said", nil, "", ""},
		{"a page's own request", []string{"Referer", page}, "https://shop.example.com/orders/:id", ""},
		{"the ping of a link", []string{"Ping-From", page, "Ping-To", next}, "https://shop.example.com/orders/:id", "https://partner.example.com/offers"},
		{"the ping of a link on a page that does not say what it is", []string{"Ping-To", next}, "", "https://partner.example.com/offers"},
		{"a script that follows links", []string{"Referer", page, "X-Exit-URL", next}, "https://shop.example.com/orders/:id", "https://partner.example.com/offers"},
		{"the Referer counts", []string{"Ping-From", "https://other.example.com/", "Referer", page}, "https://shop.example.com/orders/:id", ""},
		{"the first line counts", []string{"Ping-To", next, "X-Exit-URL", page}, "", "https://partner.example.com/offers"},
		{"a mail address is no page", []string{"Ping-To", "mailto:alice@example.com"}, "", ""},
		{"an address of a machine is left out", []string{"Ping-To", "http://192.0.2.7/x"}, "", ""},
	} {
		got := fields(t, compile(t, nil), request(tt.headers...), nil)
		if got["http.request.referrer"] != tt.from || got["browser.exit_url"] != tt.to {
			t.Errorf("%s: from %q to %q, want %q and %q", tt.why, got["http.request.referrer"], got["browser.exit_url"], tt.from, tt.to)
		}
	}
}
