package unwrap

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"winnow/scrub/record"
)

// The decoded form is the standard library's, and what is encoded anew decodes to the same.
func FuzzJSONString(f *testing.F) {
	for _, seed := range []string{`plain`, `a\n\t\r\b\f\/\\\"`, `\u0041\u00e9\u20ac`, `\ud83d\ude00`, `\ud83d`, `\ude00x`, `\ud83dx\u0041`, "é",
		`{\"a\":\"b\",\"path\":\"c:\\\\d\",\"note\":\"\u00e9 1234567\\\"}`, `123456\\123456\\\\1234567\u0041`} {
		f.Add([]byte(seed))
		for _, before := range []int{50, 57, 62, 63, 64, 120} {
			f.Add([]byte(strings.Repeat("x", before) + seed + strings.Repeat(`{\"a\":\"b/\/c\",`, 12) + seed))
			f.Add([]byte(strings.Repeat(`\"`, before/2) + seed + strings.Repeat("y", 130) + `"` + seed))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := append(append([]byte(nil), raw...), '"', 'x')
		plain, end := JSONStringAt(nil, b, 0)
		if stop, _, fault := record.String(b, 0); fault == nil != (end < len(b) && b[end] == '"') || fault == nil && stop != end {
			t.Fatalf("%q ends at %d, and as a string at %d, %v", b, end, stop, fault)
		} else if fault == nil && !bytes.Equal(plain, JSONString(nil, b[:stop])) {
			t.Fatalf("%q is %q where it ends by a quote", b, plain)
		}
		if slow, at := decode(nil, b, 0, false); at != end || !bytes.Equal(slow, plain) {
			t.Fatalf("%q is %q up to %d, and without vectors %q up to %d", b, plain, end, slow, at)
		}
		var want string
		quoted := append(append([]byte{'"'}, raw...), '"')
		if !utf8.Valid(raw) || json.Unmarshal(quoted, &want) != nil {
			return
		}
		got := JSONString(nil, raw)
		if string(got) != want {
			t.Fatalf("decoded %q to %q, want %q", raw, got, want)
		}
		if back := JSONString(nil, AppendJSON(nil, got)); string(back) != want {
			t.Fatalf("encoded anew %q decodes to %q", want, back)
		}
		var m JSONStringMap
		for plain := 0; plain <= len(got); plain++ {
			if at := m.At(raw, plain, false); at > len(raw) || string(JSONString(nil, raw[:at])) != string(got[:m.plain]) {
				t.Fatalf("offset %d maps to %d of %q", plain, at, raw)
			} else if slow := new(JSONStringMap).at(raw, plain, false, false); slow != at {
				t.Fatalf("offset %d maps to %d of %q, and to %d without vectors", plain, at, raw, slow)
			} else if fresh := new(JSONStringMap).At(raw, plain, false); fresh != at {
				t.Fatalf("offset %d maps to %d of %q step by step, and to %d at once", plain, at, raw, fresh)
			}
		}
	})
}

func TestJSONStringMap(t *testing.T) {
	raw := []byte(`x\n\u00e9y\ud83d\ude00z`)
	for _, tt := range []struct {
		plain    int
		end      bool
		raw      int
		fragment string
	}{
		{1, false, 1, "before the first escape"},
		{2, false, 3, "behind it"},
		{3, false, 3, "inside a two-byte character: its start"},
		{3, true, 9, "inside a two-byte character: its end"},
		{5, false, 10, "behind a plain byte"},
		{9, true, 22, "behind a pair of surrogates"},
		{10, true, 23, "the end"},
	} {
		var m JSONStringMap
		if got := m.At(raw, tt.plain, tt.end); got != tt.raw {
			t.Errorf("%s: offset %d is %d, want %d", tt.fragment, tt.plain, got, tt.raw)
		}
	}
}
