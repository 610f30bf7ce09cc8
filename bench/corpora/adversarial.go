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
	// The worst of each family of anchors that BenchmarkScanWorst of scrub/detect has found.
	{"value-keys", "value="},
	{"value-quotes", `value=\\"`},
	{"value-brackets", "password=("},
	{"credential-escapes", `authorization:\\\\`},
	{"words-unspaced", "생년월일0123456789012345678901234567890"},
	{"number-words", "dob "},
	{"number-words-short", "cf1 "},
	{"number-words-named", "nif 123456789 "},
	{"ssn-named", "ssn 123456789 "},
	{"phone-named", "phone 123456789 "},
	{"card-columns", "secret_ no 4111 1111 1111 1112 "},
	{"commands", "sqlcmd ("},
	{"command-flags", "curl -u "},
	{"vendor-prefixes", "glpat-"},
	{"vendor-tokens", "glft" + "-a1B2c3D4e5F6g7H8i9J0 "},
	{"encoded-urls", "%3A%2F%2F"},
	{"encoded-words", "pan%2541"},
	{"hidden-apart", "\u200b4 11 11 11 11 11 11 11 11 11 11 11 11 11 11 "},
	{"ipv4-list", "192.0.2.1 "},
	{"signs-and-ones", "+1."},
	{"signs-and-zeros", "0.+"},
	{"account-counts", "account 12 "},
	{"encoded-numbers", "%2020 123456789 "},
	{"encoded-spaces", "account%20"},
	{"sql-expressions", "(token) values (1, ('a') "},
	{"key-brackets", "[totp]="},
	{"vendor-domains", "ya29."},
}
