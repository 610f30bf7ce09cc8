package selector

import (
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `selector "": empty: write a key such as level, or ** for every field`},
		{"a..b", `selector "a..b": empty segment at byte 2: write a key, * or ** between the dots`},
		{".a", `selector ".a": empty segment at byte 0: write a key, * or ** between the dots`},
		{"a.", `selector "a.": empty segment at byte 2: write a key, * or ** between the dots`},
		{"a.b*c", `selector "a.b*c": star out of place at byte 3: * may begin or end a segment, ** stands alone between dots`},
		{"a.*b*c", `selector "a.*b*c": star out of place at byte 4: * may begin or end a segment, ** stands alone between dots`},
		{"***", `selector "***": star out of place at byte 1: * may begin or end a segment, ** stands alone between dots`},
		{"a.**b", `selector "a.**b": star out of place at byte 3: * may begin or end a segment, ** stands alone between dots`},
		{"a\nb", `selector "a\nb": control character at byte 1: remove it`},
		{" level", `selector " level": space around it: write "level"`},
		{"a\xff", `selector "a\xff": invalid UTF-8: write the key as text`},
	} {
		if _, err := Parse(c.in); err == nil || err.Error() != c.want {
			t.Errorf("Parse(%q)\n got %v\nwant %s", c.in, err, c.want)
		}
	}
	if _, err := Parse(strings.Repeat("a", MaxBytes+1)); err == nil {
		t.Error("a selector that is too long parsed")
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		selector string
		hits     string // paths, separated by spaces
		misses   string
	}{
		{"level", "level LEVEL Level", "levels leve a.level level.a"},
		{"user.email", "user.email USER.Email", "user user.email.x user..email xuser.email"},
		{"user.*.email", "user.0.email user.a.email user..email", "user.email user.a.b.email"},
		{"*", "a é *", "a.b ."},
		{"**", "a a.b . a..b", ""},
		{"http.**", "http http.a http.a.b HTTP.", "https a.http"},
		{"**.email", "email a.email a.b.email", "email.a xemail"},
		{"a.**.z", "a.z a.b.z a.b.c.z a.z.z a..z", "a z a.b az"},
		{"**.a.**.b.**", "a.b x.a.y.b.z a.a.b.b", "a b b.a"},
		{"*_ms", "duration_ms _ms A_MS", "ms a_ms_ a_ms.b"},
		{"http_*", "http_ http_a HTTP_status", "http a.http_a"},
		{"*id*", "id ID userid id_x guide", "i-d d i"},
		{"http_*.status", "http_a.status http_.STATUS", "http_a http.status"},
		{"a.**.**.b", "a.b a.c.b", "a"},
		{"straße", "straße", "STRASSE STRAßE."},
	} {
		sel, err := Parse(c.selector)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range strings.Fields(c.hits) {
			if !sel.Match(p) {
				t.Errorf("%s does not match %q", sel, p)
			}
		}
		for _, p := range strings.Fields(c.misses) {
			if sel.Match(p) {
				t.Errorf("%s matches %q", sel, p)
			}
		}
		if again, err := Parse(sel.String()); err != nil || again.String() != c.selector {
			t.Errorf("%s does not survive printing: %v, %v", sel, again, err)
		}
	}
	if (Selector{}).Match("") || !must(t, "*").Match("") {
		t.Error("the empty path is one empty segment, and the zero selector matches nothing")
	}
}

func must(t testing.TB, s string) Selector {
	t.Helper()
	sel, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return sel
}
