package fuzz

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"winnow/scrub/meta"
)

// What is planted in a header: none of it is a word of a closed list, and the address leaves cut to its network.
const (
	plantedName    = "alice.adler@example.com"
	plantedAddress = "192.0.2.77"
)

// FuzzHeaders: whatever stands around it in a header, a planted name or whole address is in no field taken; fields are named once each,
// and their values are short, printable UTF-8; a number is digits; the same headers give the same fields.
func FuzzHeaders(f *testing.F) {
	extractor, err := meta.Compile(nil, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, before, after string, block []byte) {
		r := &meta.Request{
			RemoteAddr: netip.MustParseAddr("198.51.100.9"), RouteTemplate: "/v1/orders/{id}", Error: before,
			Now: time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC),
		}
		name := []byte(meta.HeaderNames[int(which)%len(meta.HeaderNames)])
		for _, planted := range []string{plantedName, plantedAddress} {
			fill(r, name, []byte(before+planted+after), block)
			fields := copyOf(extractor.Append(nil, r, nowhere{}))
			checkFields(t, fields, planted)
			if again := copyOf(extractor.Append(nil, r, nowhere{})); !slices.EqualFunc(fields, again, sameField) {
				t.Error("the same headers gave other fields")
			}
		}
	})
}

// nowhere is a database that knows every address.
type nowhere struct{}

func (nowhere) Lookup(netip.Addr) meta.Place {
	return meta.Place{Country: "CH", Region: "CH-ZH", ASN: 64496, ISP: "Example Net"}
}

// fill hands in one planted header and the block's lines.
func fill(r *meta.Request, name, value, block []byte) {
	now, peer, route, kind := r.Now, r.RemoteAddr, r.RouteTemplate, r.Error
	r.Reset()
	r.Now, r.RemoteAddr, r.RouteTemplate, r.Error = now, peer, route, kind
	r.Add(name, value)
	for line := range bytes.SplitSeq(block, []byte("\n")) {
		n, v, _ := bytes.Cut(line, []byte(":"))
		r.Add(n, bytes.TrimSpace(v))
	}
}

func copyOf(fields []meta.Field) []meta.Field {
	for i := range fields {
		fields[i].Value = bytes.Clone(fields[i].Value)
	}
	return fields
}

func sameField(a, b meta.Field) bool { return a.Name == b.Name && bytes.Equal(a.Value, b.Value) }

// maxValue bounds a value: the longest is a referrer.
const maxValue = 2048

func checkFields(t *testing.T, fields []meta.Field, planted string) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.Name] {
			t.Errorf("field %s twice", f.Name)
		}
		seen[f.Name] = true
		if bytes.Contains(f.Value, []byte(planted)) {
			t.Errorf("field %s holds what was planted", f.Name)
		}
		if len(f.Value) == 0 || len(f.Value) > maxValue || !utf8.Valid(f.Value) {
			t.Errorf("field %s: value of %d bytes, or not UTF-8", f.Name, len(f.Value))
		}
		if bytes.ContainsFunc(f.Value, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }) {
			t.Errorf("field %s: value with a control character, a quote or a backslash", f.Name)
		}
		if f.Number && bytes.ContainsFunc(f.Value, func(r rune) bool { return r < '0' || r > '9' }) {
			t.Errorf("field %s: a number that is not digits", f.Name)
		}
	}
}
