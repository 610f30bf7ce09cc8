package command

import (
	"strings"
	"testing"
)

// body is a line of a key: 64 characters that are none.
const body = "MIIEmadeUpmadeUpmadeUpmadeUpmadeUpmadeUpmadeUpmadeUpmadeUp+/madeUp"

// Inside a key base64 goes, wherever lines put it, and nothing else; a key without an end does not swallow the log.
func TestPrivateKeysOverLines(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{
			"bare", "start\n-----BEGIN PRIVATE KEY-----\n" + body + "\nAQAB\n-----END PRIVATE KEY-----\nend\n",
			"start\n[private-key]\n[private-key]\n[private-key]\n[private-key]\nend\n",
		},
		{
			"behind a time", "01:02 app: -----BEGIN RSA PRIVATE KEY-----\n01:02 app: " + body + "\n01:03 app: AQAB=\n01:03 app: -----END RSA PRIVATE KEY-----\n01:04 app: up\n",
			"01:02 app: [private-key]\n01:02 app: [private-key]\n01:03 app: [private-key]\n01:03 app: [private-key]\n01:04 app: up\n",
		},
		{
			"lines of another thread", "-----BEGIN EC PRIVATE KEY-----\nrequest 17 done\n" + body + "\n",
			"[private-key]\nrequest 17 done\n[private-key]\n",
		},
		{
			"Docker's JSON lines", `{"log":"-----BEGIN PRIVATE KEY-----\n"}` + "\n" + `{"log":"` + body + `\n"}` + "\n" + `{"log":"AQAB\n"}` + "\n" + `{"log":"-----END PRIVATE KEY-----\n"}` + "\n",
			`{"log":"[private-key]\n"}` + "\n" + `{"log":"[private-key]\n"}` + "\n" + `{"log":"[private-key]\n"}` + "\n" + `{"log":"[private-key]\n"}` + "\n",
		},
		{
			"escaped slashes", `{"log":"-----BEGIN PRIVATE KEY-----"}` + "\n" + `{"log":"AA\/` + body + `\nx"}` + "\n",
			`{"log":"[private-key]"}` + "\n" + `{"log":"[private-key]\nx"}` + "\n",
		},
		{
			"on one line", `key="-----BEGIN PRIVATE KEY-----\n` + body + `\n-----END PRIVATE KEY-----" ok` + "\nAQAB\n",
			`key="[private-key]" ok` + "\nAQAB\n",
		},
		{
			"never ends", "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("a line of the log\n", strangers) + body + "\n",
			"[private-key]\n" + strings.Repeat("a line of the log\n", strangers) + body + "\n",
		},
		{"a certificate stays", "-----BEGIN CERTIFICATE-----\n" + body + "\n", "-----BEGIN CERTIFICATE-----\n" + body + "\n"},
		{"only spoken of", "expected a PRIVATE KEY here\n" + body + "\n", "expected a PRIVATE KEY here\n" + body + "\n"},
	}
	for _, tt := range tests {
		for _, piece := range []int{1, 1 << 20} {
			got, _ := scrubAll(t, formatAuto, &even{strings.NewReader(tt.in), piece})
			if got != tt.want {
				t.Errorf("%s, in pieces of %d:\n%s\nwant\n%s", tt.name, piece, got, tt.want)
			}
		}
	}
}
