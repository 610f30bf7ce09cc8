package meta_test

import (
	"bytes"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub/meta"
)

// shapes are all that a field's value may look like, whatever the headers were.
var shapes = map[config.Fact]*regexp.Regexp{
	config.FactIP:          regexp.MustCompile(`^([0-9.]{7,15}|[0-9a-f:]{2,39})$`),
	config.FactBrowser:     regexp.MustCompile(`^([0-9]{1,4}|[A-Za-z][A-Za-z0-9 -]{1,20})$`),
	config.FactOS:          regexp.MustCompile(`^([0-9]{1,4}|[A-Za-z][A-Za-z ]{1,14})$`),
	config.FactDeviceClass: regexp.MustCompile(`^(desktop|mobile|tablet|tv|bot|other)$`),
	config.FactLanguage:    regexp.MustCompile(`^[a-z]{2,3}(-([A-Z]{2}|001|150|419))?$`),
	config.FactReferrer:    regexp.MustCompile(`^https?://[a-z0-9._-]{1,253}(:[0-9]{1,5})?(/(:id|[A-Za-z0-9._-]*))*$`),
	config.FactError:       regexp.MustCompile(`^([45][0-9]{2}|_OTHER|` + strings.Join(meta.ErrorTypes[:], "|") + `)$`),
	config.FactTimeZone:    regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$`),
}

// FuzzHeaders: whatever is in a header, a value that leaves is a word of a closed list or of a checked shape, and eight letters in a
// row of a planted name never leave, wherever they were planted but in a host or in a plain segment of the referrer's path.
func FuzzHeaders(f *testing.F) {
	for _, a := range agents[:40] {
		f.Add(uint8(0), []byte(a.ua), []byte("de-CH,en;q=0.5"), uint16(0))
	}
	f.Add(uint8(1), []byte("fr-CH-x-john-smith"), []byte("x"), uint16(6))
	f.Add(uint8(2), []byte("https://example.com/a?b=c#d"), []byte("https://u:p@example.com/users/x"), uint16(24))
	f.Add(uint8(3), []byte("192.0.2.7, 198.51.100.2"), []byte("203.0.113.9:80"), uint16(3))
	f.Add(uint8(4), []byte(`for="[2001:db8::7]:4711";x="`), []byte(`for=192.0.2.7`), uint16(20))
	f.Add(uint8(5), []byte(`"Not A;Brand";v="99", "Brave";v="120"`), []byte(`"x\"y";v="1"`), uint16(2))
	f.Add(uint8(9), []byte("Europe/Zurich"), []byte("UTC"), uint16(0))
	e, err := meta.Compile(nil, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, value, second []byte, at uint16) {
		name := meta.HeaderNames[int(which)%len(meta.HeaderNames)]
		planted := plant(value, at, name == "referer")
		r := new(meta.Request)
		r.RemoteAddr = netip.MustParseAddr("198.51.100.1")
		r.Add([]byte(name), planted)
		r.Add([]byte(name), second)
		r.Add([]byte(meta.HeaderNames[int(which>>4)%len(meta.HeaderNames)]), second)
		before := bytes.Clone(planted)
		for _, field := range e.Append(nil, r, nil) {
			if shape := shapes[field.Fact]; shape == nil || !shape.Match(field.Value) {
				t.Errorf("field %s: %q is not of its shape", field.Name, field.Value)
			}
			if leaked(string(field.Value)) {
				t.Errorf("field %s: %q has a part of the planted name", field.Name, field.Value)
			}
		}
		if !bytes.Equal(before, planted) {
			t.Error("a header's value was written to")
		}
	})
}

const canary = "Xanthippe.Oglethorpe@example.com"

// plant puts the canary into a header. In a referrer that is where names must not survive: user-info, query, fragment or an address in
// the path.
func plant(value []byte, at uint16, referrer bool) []byte {
	if !referrer {
		return slices.Concat(value[:int(at)%(len(value)+1)], []byte(canary), value[int(at)%(len(value)+1):])
	}
	text := strings.TrimRight(string(value), "/")
	switch at % 4 {
	case 0:
		return []byte("https://" + canary + "@host.example/" + text)
	case 1:
		return []byte("https://host.example/a?" + canary + text)
	case 2:
		return []byte("https://host.example/a#" + text + canary)
	}
	return []byte("https://host.example/a/" + strings.ReplaceAll(canary, "@", "%40") + text)
}

func leaked(value string) bool {
	name := strings.ToLower(canary[:strings.IndexByte(canary, '@')])
	value = strings.ToLower(value)
	for i := 0; i+8 <= len(name); i++ {
		if strings.Contains(value, name[i:i+8]) {
			return true
		}
	}
	return false
}

// FuzzForgedChain: whatever a client puts in front of what the trusted proxy appends, on the same line or on a line before, the address
// is the one that the proxy saw, or in doubt the proxy's own.
func FuzzForgedChain(f *testing.F) {
	for _, forged := range []string{
		"", "203.0.113.9", "203.0.113.9,", "unknown", `for=203.0.113.9`, `for=203.0.113.9;x="`, `for=203.0.113.9;x="\`, `"`, `for="`,
		`for=203.0.113.9, for="[2001:db8::9]`, `a="b\"`, `;for=203.0.113.9;`, `for=203.0.113.9;by="x`, "198.51.100.9, 198.51.100.8",
	} {
		f.Add([]byte(forged), uint8(len(forged)))
	}
	e, err := meta.Compile(config.Metadata{config.FactIP: {Action: &config.Action{}}}, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")})
	if err != nil {
		f.Fatal(err)
	}
	appended := [...][2]string{
		{"X-Forwarded-For", "192.0.2.7"},
		{"X-Forwarded-For", "192.0.2.7:4711, 198.51.100.2"},
		{"Forwarded", "for=192.0.2.7"},
		{"Forwarded", `for="192.0.2.7:4711"`},
		{"Forwarded", `for="192.0.2.7:4711";by="[2001:db8::1]";proto=https`},
		{"Forwarded", `by="_proxy";for="192.0.2.7", for=198.51.100.2`},
	}
	f.Fuzz(func(t *testing.T, forged []byte, which uint8) {
		own := appended[int(which)%len(appended)]
		r := new(meta.Request)
		r.RemoteAddr = netip.MustParseAddr("198.51.100.1")
		if which >= 128 {
			r.Add([]byte(own[0]), forged)
			r.Add([]byte(own[0]), []byte(own[1]))
		} else {
			r.Add([]byte(own[0]), slices.Concat(forged, []byte(", "), []byte(own[1])))
		}
		switch got := string(e.Append(nil, r, nil)[0].Value); got {
		case "192.0.2.7", "198.51.100.1", "198.51.100.2":
		default:
			t.Errorf("client.address = %s, forged", got)
		}
	})
}
