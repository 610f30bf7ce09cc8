package meta

import (
	"strings"
	"testing"

	"winnow/config"
)

// What stays of an address says where, and not who.
func TestAppendURL(t *testing.T) {
	for _, c := range []struct{ in, path, origin string }{
		{"https://shop.example.com/orders/88213?token=s3cr3t#alice", "https://shop.example.com/orders/:id", "https://shop.example.com"},
		{"HTTP://Shop.example.com:8080", "http://shop.example.com:8080", "http://shop.example.com:8080"},
		{"https://alice:s3cr3t@shop.example.com/users/alice/settings", "https://shop.example.com/users/:id/settings", "https://shop.example.com"},
		{"https://shop.example.com?email=alice@example.com", "https://shop.example.com", "https://shop.example.com"},
		{" https://shop.example.com/a ", "https://shop.example.com/a", "https://shop.example.com"},
		{"http://a/b", "http://a/b", "http://a"},
		{"/orders/88213?token=s3cr3t", "/orders/:id", ""},
		{"/", "/", ""},
		{"//cdn.example.com/x", "", ""},
		{"https://192.0.2.7/x", "", ""},
		{"inline", "inline", "inline"},
		{"Trusted-Types-Sink", "trusted-types-sink", "trusted-types-sink"},
		{"data:text/html,alice@example.com", "data", "data"},
		{"blob:https://shop.example.com/1f0e2e2c", "blob", "blob"},
		{"chrome-extension://abcdefgh/x.js", "chrome-extension", "chrome-extension"},
		{"alice", "", ""},
		{"alice@example.com", "", ""},
		{"javascript:alert('alice')", "", ""},
		{"", "", ""},
		{"https://", "", ""},
		{"/" + strings.Repeat("a", 3000), "", ""},
	} {
		for part, want := range map[config.URLPart]string{config.URLPath: c.path, config.URLOrigin: c.origin} {
			got := string(AppendURL([]byte("x"), []byte(c.in), part))
			if got != "x"+want {
				t.Errorf("%s of %.60q: got %q, want %q", part, c.in, got, "x"+want)
			}
			if again := string(AppendURL([]byte("x"), []byte(got[1:]), part)); again != got {
				t.Errorf("%s of %q, its own output: %q", part, got[1:], again)
			}
		}
	}
}
