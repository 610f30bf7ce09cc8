package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Form is the shape that a text must have.
type Form struct {
	// Pattern is a regular expression (RE2 and ECMA-262 alike) that every text of this form matches.
	Pattern string
	// Says is the form in words, after "write ".
	Says string

	what    string // after "is not "
	private bool   // a wrong value may be a secret and is not shown
	check   func(string) bool
	pattern *regexp.Regexp
}

// forms are those that the form tag names.
var forms = map[string]*Form{
	"text":          newForm("one line", `^[^\x00-\x1f\x7f]+$`, "one line of at most 1024 bytes").hide().with(isLine),
	"id":            newForm("an id", `^[a-z0-9][a-z0-9_-]{0,62}$`, "a-z, 0-9, - and _ (at most 63)"),
	"rule-id":       newForm("an id", `^[a-z0-9][a-z0-9-]{0,62}$`, "a-z, 0-9 and - (at most 63)"),
	"label":         newForm("a name", `^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$`, "letters, digits, space, ., _ and - (at most 63)"),
	"certificate":   newForm("a certificate's name", `^(dns|uri|email|cn):[ -~]{1,250}$`, "dns:, uri:, email: or cn: and the name, such as dns:shop.example.com").with(isCertificateName),
	"dimensions":    newForm("a table", `^[a-z, ]{2,80}$`, "some of hour, route, status, browser, os, language, country, error, parted by commas").with(areDimensions),
	"kind":          newForm("a kind", `^[a-z0-9_]{1,32}$`, "a-z, 0-9 and _ (at most 32)"),
	"attribute":     newForm("a field's name", `^[A-Za-z_@][A-Za-z0-9_.@/-]{0,127}$`, "letters, digits, _, ., @, / and - (at most 128)"),
	"address":       newForm("an address", `:[0-9]{1,5}$`, "host:port, such as 127.0.0.1:8080").with(isAddress),
	"socket":        newForm("a socket", `^[a-z]+://[^\s/@?#]*:[0-9]{1,5}$`, "transport://host:port, such as tcp://127.0.0.1:5140").with(isSocket),
	"admin-address": newForm("an address", `(:[0-9]{1,5}|^off)$`, "host:port, such as 127.0.0.1:8081, or off").with(isAdminAddress),
	"cidr": newForm("a network", `^[0-9A-Fa-f.:]+/[0-9]{1,3}$`,
		"a network with its prefix length, such as 192.0.2.0/24; 192.0.2.7/32 is one address").with(isNetwork),
	"key-hash": newForm("the hash of a key", `^sha256:[0-9a-f]{64}$`,
		"sha256: and 64 hex digits in lower case; `winnow key` makes a key and its hash").hide(),
	"time": newForm("a time", `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))?$`,
		"a day (2027-03-31, when it begins in UTC) or a time (2027-03-31T18:00:00Z)").with(isTime),
	"route-path": newForm("a path", `^/([^?#*\s]*/)?(\*|[^?#*\s]*)$`, "a path that begins with / and may end in /*"),
	"path":       newForm("a path", `^/[^?#*\s]*$`, "a path that begins with /, without a query"),
	"origin": newForm("a web origin", `^(\*|[a-z][a-z0-9+.-]*://[^\s/?#@,*]+)$`,
		"scheme and host in lower case, such as https://shop.example, without a path; or * for any").with(isOrigin),
	"path-query": newForm("a path", `^/[^#*\s]*$`, "a path that begins with /, and a query at need"),
	"country":    newForm("a country", `^[A-Z]{2,3}$`, "the two capital letters of ISO 3166-1, such as DE (GB, not UK); EU or EEA").with(isCountry),
	"index":      newForm("an index", `^[a-z0-9][a-z0-9._-]{0,254}$`, "a-z, 0-9, ., _ and - (at most 255)"),
	"bucket":     newForm("a bucket", `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`, "a-z, 0-9, . and - (3 to 63)"),
	"prefix":     newForm("a prefix", `^[A-Za-z0-9!_.*'()=-]+(/[A-Za-z0-9!_.*'()=-]+)*$`, "letters, digits and -_.=!*'(), joined by /"),
	"selector": newForm("a selector", `^(\*\*|\*|\*?[^.*\x00-\x1f\x7f]+\*?)(\.(\*\*|\*|\*?[^.*\x00-\x1f\x7f]+\*?))*$`,
		"keys joined by dots; * for one key or either end of one, ** for any number of keys").with(isTrimmed),
	"pattern": newForm("a pattern", `^[^\x00-\x08\x0a-\x1f\x7f]+$`, "one line of at most 1024 bytes").hide().with(isLine),
	"entry":   newForm("a word", `^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$`, "at most 128 bytes on one line").hide().with(isEntry),
	"key":     newForm("a key", `^[A-Za-z0-9_$@][A-Za-z0-9_.$@-]*[A-Za-z0-9]$`, "letters, digits, _, -, ., $ and @ (2 to 48)").with(isKey),
	"header":  newForm("a header's name", `^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`, "letters, digits and - (at most 64)"),
	"context": newForm("a word", `^[^\x00-@\[-`+"`"+`{-\x7f]{2,32}$`, "one word of letters"),
	"domain": newForm("a domain", `^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*$`,
		"labels joined by dots, such as example.com; international ones as xn--"),
	"nats-url": newForm("the URL of a NATS server", `^(nats|tls)://[^\s?#@/]+$`,
		"nats:// or tls://, a host and a port, and no credentials").hide(),
	"url": newForm("the URL of an upstream", `^(http|grpc)s?://[^\s?#@]+$`,
		"http:// or https:// (grpc:// or grpcs:// for OTLP) with a host, without user, query and fragment; credentials belong into headers").hide().with(isURL),
}

func newForm(what, pattern, says string) *Form {
	return &Form{Pattern: pattern, Says: says, what: what, pattern: regexp.MustCompile(pattern)}
}

func (f *Form) hide() *Form {
	f.private = true
	return f
}

func (f *Form) with(check func(string) bool) *Form {
	f.check = check
	return f
}

// FormOf returns the form that a field's form tag names, and whether there is one.
func FormOf(name string) (Form, bool) {
	f, ok := forms[name]
	if !ok {
		return Form{}, false
	}
	return *f, true
}

func (f *Form) fits(text string) bool {
	return f.pattern.MatchString(text) && (f.check == nil || f.check(text))
}

func isAddress(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil || strings.ContainsAny(host, " /@") {
		return false
	}
	if strings.Contains(host, ":") {
		if _, err := netip.ParseAddr(host); err != nil {
			return false
		}
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func isAdminAddress(text string) bool { return text == "off" || isAddress(text) }

func isSocket(text string) bool {
	_, address, _ := strings.Cut(text, "://")
	return isAddress(address)
}

func isNetwork(text string) bool {
	_, err := netip.ParsePrefix(text)
	return err == nil
}

func isTime(text string) bool {
	_, err := ParseTime(text)
	return err == nil
}

// ParseTime reads a value of the form time: RFC 3339, or a day, which stands for its beginning in UTC. An empty text is the zero time.
func ParseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if len(text) == len(time.DateOnly) {
		return time.Parse(time.DateOnly, text)
	}
	return time.Parse(time.RFC3339, text)
}

func isTrimmed(text string) bool { return len(text) <= 512 && strings.TrimSpace(text) == text }

func isURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && port > 0
}

// isOrigin tells whether text is as short, and as plain, as the origins that browsers send.
func isOrigin(text string) bool { return len(text) <= 300 && strings.ToLower(text) == text }

func isEntry(text string) bool {
	return len(text) <= 128 && strings.TrimSpace(text) == text && utf8.ValidString(text)
}

func isKey(text string) bool { return len(text) <= 48 }

func isLine(text string) bool { return len(text) <= 1024 }
