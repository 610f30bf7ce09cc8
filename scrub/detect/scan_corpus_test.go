package detect

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Corpora are made by a seeded generator: application logs as JSON of about 377 bytes a record, plain lines, access logs. A dirty
// corpus has one or two values in the free text of one record in five. All values are from reserved ranges.

type corpus struct {
	r *rand.Rand
	b bytes.Buffer
}

func newCorpus() *corpus { return &corpus{r: rand.New(rand.NewPCG(20, 26))} }

func (c *corpus) pick(from ...string) string { return from[c.r.IntN(len(from))] }

func (c *corpus) hex(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("0123456789abcdef"[c.r.IntN(16)])
	}
	return b.String()
}

func (c *corpus) time() string {
	return fmt.Sprintf("2026-03-%02dT%02d:%02d:%02d.%03dZ", 1+c.r.IntN(28), c.r.IntN(24), c.r.IntN(60), c.r.IntN(60), c.r.IntN(1000))
}

// value is one thing that must not leave.
func (c *corpus) value() string {
	switch c.r.IntN(9) {
	case 0, 1:
		return "user " + c.pick("alice", "bob.smith", "carol+x", "d.evans") + "@" + c.pick("example.com", "mail.example.org")
	case 2, 3:
		return fmt.Sprintf("from 203.0.113.%d", 1+c.r.IntN(254))
	case 4:
		return "card " + c.pick("4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444")
	case 5:
		return fmt.Sprintf("call +1 212-555-01%02d", c.r.IntN(100))
	case 6:
		return "password=" + c.hex(12)
	case 7:
		return "peer 2001:db8::" + c.hex(4)
	default:
		return "Authorization: Bearer " + c.hex(40)
	}
}

// message is a sentence of free text with the values in it.
func (c *corpus) message(values int) string {
	m := c.pick("request handled by worker pool", "cache miss, asking the origin again", "order accepted and queued for dispatch",
		"retrying upstream call after time-out", "connection closed by the remote side") + fmt.Sprintf(" after %d attempts", c.r.IntN(9))
	for range values {
		m += ", " + c.value()
	}
	return m + c.pick("", " in region eu-west", ", see run book 17")
}

func (c *corpus) values(dirty bool) int {
	if !dirty || c.r.IntN(5) != 0 {
		return 0
	}
	return 1 + c.r.IntN(2)
}

func (c *corpus) jsonLogs(size int, dirty bool) []byte {
	for c.b.Len() < size {
		fmt.Fprintf(&c.b, `{"timestamp":"%s","level":"%s","service":"%s","version":"%d.%d.%d","trace_id":"%s","span_id":"%s",`+
			`"http.method":"%s","http.route":"/api/v1/%s","status":%d,"duration_ms":%.4f,"bytes":%d,"host":"node-%d","message":"%s","thread":"%s"}`+"\n",
			c.time(), c.pick("info", "warn", "error"), c.pick("checkout", "billing", "gateway", "search"), c.r.IntN(9), c.r.IntN(30), c.r.IntN(99),
			c.hex(32), c.hex(16), c.pick("GET", "POST", "PUT"), c.pick("orders/:id", "users/:id/items", "health"), 200+c.r.IntN(304),
			c.r.Float64()*900, c.r.IntN(90000), c.r.IntN(64), c.message(c.values(dirty)), c.pick("worker-7", "main", "io-12"))
	}
	return c.b.Bytes()
}

func (c *corpus) plainLines(size int, dirty bool) []byte {
	for c.b.Len() < size {
		fmt.Fprintf(&c.b, "%s %-5s [%s] com.example.%s.Handler - %s (took %d ms, queue=%d)\n", c.time(), c.pick("INFO", "WARN", "DEBUG"),
			c.pick("worker-7", "main"), c.pick("orders", "billing"), c.message(c.values(dirty)), c.r.IntN(900), c.r.IntN(64))
	}
	return c.b.Bytes()
}

func (c *corpus) accessLog(size int) []byte {
	for c.b.Len() < size {
		fmt.Fprintf(&c.b, `198.51.100.%d - - [%02d/Mar/2026:%02d:%02d:%02d +0000] "GET /%s/%d.html HTTP/1.1" %d %d "https://www.example.com/%s" `+
			`"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"`+"\n",
			1+c.r.IntN(254), 1+c.r.IntN(28), c.r.IntN(24), c.r.IntN(60), c.r.IntN(60), c.pick("shop", "blog", "news"), c.r.IntN(9000),
			200+c.r.IntN(304), c.r.IntN(90000), c.pick("start", "search?q=shoes", "about"))
	}
	return c.b.Bytes()
}

// hostileUnits make texts that make a careless scan look at the same bytes again and again: a unit that is repeated.
var hostileUnits = map[string]string{
	"twice":        "%2541",
	"encoded-url":  "%3A%2F%2F",
	"wide":         "\u200b4",
	"wide-apart":   "\u200b4 11 11 11 11 11 11 11 11 11 11 11 11 11 11 ",
	"text-words":   "aGVsbG8gd29ybGQgdGhpcyBpcyB0ZXh0 ",
	"text":         "aGVsbG8gd29ybGQgdGhpcyBpcyB0ZXh0",
	"command":      "curl -u ",
	"values":       "(token)values('",
	"values-rows":  "(token) values (1, ('a') ",
	"commands":     "curl -p -p",
	"pairs":        `{"name":"a","value":"b"}`,
	"elements":     "<password a=",
	"at":           "a@",
	"at-only":      "@",
	"at-dots":      "a@b.",
	"percent-at":   "a%40",
	"escaped-at":   `a\u0040`,
	"digit-spacer": "1 2-3.4",
	"digit-pairs":  "12-",
	"scheme":       "a://",
	"scheme-user":  "a://b:c",
	"plus-digit":   "+1",
	"dotted":       "1.2.1.",
	"key-value":    "password=",
	"key-colon":    "password: ",
	"key-quoted":   `"key":`,
	"key-secret":   `"token":"`,
	"digits":       "1",
	"colons":       ":",
	"colon-hex":    "a:",
	"hex":          "0123456789abcdef",
	"base64":       "QWxhZGRpbjpvcGVu",
	"nesting":      `{"a":[`,
	"backslashes":  `\`,
	"quotes":       `"`,
	"vendor":       "sk-",
	"vendor-dots":  "ya29.",
	"vendor-tilde": "8Q~",
	"vendor-long":  "glpat-",
	"vendor-led":   "1:A",
	"jwt":          "eyJ",
	"jwt-dots":     "eyJhbGciOi.",
	"pem":          "-----BEGIN ",
	"pem-key":      "-----BEGIN PRIVATE KEY-----",
	"dashes":       "-",
	"bearer":       "Bearer ",
	"basic":        "Basic abcdefgh",
	"auth":         "Authorization: ",
	"iban":         "DE89",
	"iban-spaced":  "DE89 3704 ",
	"home":         "/home/",
	"uuid":         "01234567-",
	"spaces":       " ",
	"letters":      "word ",
	"ipv6":         "2001:db8:1::2.",
	"phones":       "212-555-0142 ",
	"cards":        "4111111111111111 ",
	"percent":      "%201",
}
