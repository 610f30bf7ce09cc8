package corpora

import (
	"bytes"
	"strings"
)

// Adversarial returns the inputs made to cost as much as they can, each of size bytes: what they repeat promises a finding at every turn
// and never keeps it, or takes back what was begun. A scan must stay linear on each of them.
func Adversarial(size int) []Corpus {
	list := make([]Corpus, 0, len(hostile))
	for _, h := range hostile {
		data := bytes.Repeat([]byte(h.unit), size/len(h.unit)+1)[:size]
		list = append(list, Corpus{Name: h.name, Data: data})
	}
	return list
}

var hostile = []struct{ name, unit string }{
	{"at-pairs", "a@a@"},
	{"ats", "@"},
	{"dots-at", "a.a.a.a@"},
	{"digits", "7"},
	{"digits-separated", "1234-5678 90"},
	{"card-almost", "4111 1111 1111 1112 "},
	{"phone-almost", "+1"},
	{"ipv4-almost", "1.2.1."},
	{"ipv4-chain", "192.0.2.1."},
	{"colons", ":"},
	{"ipv6-almost", "1:2:3:"},
	{"mac-chain", "00:5e:"},
	{"iban-almost", "GB82WEST1234"},
	{"schemes", "a://"},
	{"url-userinfo", "a://b:c"},
	{"password-empty", "password="},
	{"password-chain", "password=x&"},
	{"json-keys", `"api_key":`},
	{"bearer", "Authorization: Bearer "},
	{"jwt-heads", "eyJhbGciOiJIUzI1NiJ9."},
	{"pem-heads", "-----BEGIN PRIVATE KEY-----"},
	{"home", "/home/"},
	{"hex", "deadbeef01234567"},
	{"base64", "QWxhZGRpbjpvcGVuIHNlc2FtZQ"},
	{"long-token", strings.Repeat("x", 4096)},
	{"backslashes", `\`},
	{"escaped-quotes", `\"`},
	{"unicode-escapes", `\u0040`},
	{"quotes", `"`},
	{"nesting", `{"a":[`},
	{"percent", "%40%2e"},
	{"multi-byte", "é@ü."},
	{"high-bytes", "\xff\xfe"},
	{"nul", "\x00"},
}
