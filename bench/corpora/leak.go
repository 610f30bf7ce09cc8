package corpora

import (
	"encoding/base64"
	"fmt"
	"strconv"
)

// leak returns a sentence with one piece of personal data or one secret in it, as programmers write them into logs.
func (g *source) leak() string {
	l := one(g, leaks)
	return fmt.Sprintf(l.text, g.plant(l.kind, l.value(g)))
}

// leaks are the sentences. What the value stands in is part of the test: quotes, brackets, escaped JSON, keys, punctuation behind it.
var leaks = []struct {
	kind, text string
	value      func(*source) string
}{
	{"email", "login failed for %s, second attempt", (*source).email},
	{"email", `bounced: <%s> mailbox full`, (*source).email},
	{"email", `webhook said {"customer":{"email":"%s","plan":"pro"}}`, (*source).email},
	{"email", "GET /unsubscribe?mail=%s&list=7 answered 200", (*source).email},
	{"ipv4", "rate limit hit by %s:52114, 40 requests", (*source).ipv4},
	{"ipv4", "client %s disconnected", (*source).ipv4},
	{"ipv6", "peer [%s]:443 reset the connection", (*source).ipv6},
	{"mac", "lease given to %s on vlan 12", (*source).mac},
	{"card", "card %s declined, code 51", (*source).card},
	{"iban", "payout to %s queued", (*source).iban},
	{"us_ssn", "tax form for ssn %s filed", (*source).ssn},
	{"phone", "text message to %s not delivered", (*source).phone},
	{"jwt", "session expired: %s", (*source).jwt},
	{"authorization", "upstream refused Authorization: Bearer %s", (*source).token},
	{"url_credentials", "cannot reach postgres://app:%s@db-1.internal:5432/orders", (*source).password},
	{"secret", "retry with password=%s also failed", (*source).password},
	{"secret", `settings dumped: {"api_key":"%s","debug":true}`, (*source).token},
	{"user_path", "open /home/%s/reports/q3.csv: no such file", (*source).user},
	{"private_key", "config dumped: -----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\nend", (*source).keyLine},
}

var (
	givenNames  = []string{"alice", "bjorn", "chidi", "dolores", "emre", "fatima", "goran", "hana", "ines", "jakub"}
	familyNames = []string{"adler", "brook", "castellan", "dunmore", "eriksen", "fontaine", "grimaldi", "hollis"}
)

func (g *source) email() string {
	return one(g, givenNames) + one(g, []string{".", "_", "-"}) + one(g, familyNames) + strconv.Itoa(100+g.rng.IntN(900)) +
		"@" + one(g, []string{"example.com", "mail.example.org", "example.net"})
}

func (g *source) ipv4() string {
	return one(g, []string{"192.0.2.", "198.51.100.", "203.0.113."}) + strconv.Itoa(1+g.rng.IntN(254))
}

func (g *source) ipv6() string {
	return fmt.Sprintf("2001:db8:%x:%x::%x", 1+g.rng.IntN(0xffff), 1+g.rng.IntN(0xffff), 1+g.rng.IntN(0xffff))
}

func (g *source) mac() string { return fmt.Sprintf("00:00:5e:00:53:%02x", g.rng.IntN(256)) }

// card returns a number that card schemes publish for tests.
func (g *source) card() string {
	return one(g, []string{
		"4111111111111111", "4111 1111 1111 1111", "4012888888881881", "5555555555554444", "5105-1051-0510-5100", "2223003122003222",
		"378282246310005", "6011111111111117", "30569309025904", "3530111333300000",
	})
}

// iban returns one of the examples in the standard's registry.
func (g *source) iban() string {
	return one(g, []string{
		"GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300",
		"ES9121000418450200051332", "CH93 0076 2011 6238 5295 7", "BE68 5390 0754 7034",
	})
}

// ssn returns a number of the right form; there is no reserved range that would also pass for a valid one.
func (g *source) ssn() string {
	return fmt.Sprintf("%03d-%02d-%04d", 200+g.rng.IntN(300), 11+g.rng.IntN(80), 1000+g.rng.IntN(9000))
}

func (g *source) phone() string {
	area := one(g, []string{"202", "312", "415", "617", "713"})
	return fmt.Sprintf(one(g, []string{"+1%s55501%02d", "+1 %s-555-01%02d", "(%s) 555-01%02d", "%s-555-01%02d"}), area, g.rng.IntN(100))
}

func (g *source) jwt() string {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))
	body := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"sub":"%s","exp":%d}`, g.chars(12, letters), g.now.Unix()))
	return head + "." + body + "." + g.chars(43, base64URL)
}

func (g *source) token() string    { return g.chars(40, base62) }
func (g *source) password() string { return g.chars(6, letters) + "-" + g.chars(8, base62) }
func (g *source) user() string {
	return one(g, givenNames) + one(g, familyNames) + g.chars(3, hexDigits)
}
func (g *source) keyLine() string { return "MIGHAgEAMBMG" + g.chars(52, base62) }
