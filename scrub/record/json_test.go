package record

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSkip(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		end      int // -1: refused
	}{
		{"object", `{"a":1,"b":[true,null]} rest`, 23},
		{"empty object", `{ }`, 3},
		{"escapes", `"a\"\\\u00e9\n"`, 15},
		{"long string", `"` + strings.Repeat("x", 100) + `"`, 102},
		{"number", `-12.5e+7,`, 8},
		{"leading zero ends the number", `01`, 1},
		{"comma before the end", `[1,]`, -1},
		{"no colon", `{"a" 1}`, -1},
		{"name not a string", `{a:1}`, -1},
		{"mismatched brackets", `[1}`, -1},
		{"cut string", `"abc`, -1},
		{"cut escape", `"abc\`, -1},
		{"short unicode escape", `"\u12"`, -1},
		{"control character", "\"a\nb\"", -1},
		{"bare word", `truth`, -1},
		{"plus sign", `+1`, -1},
		{"dot without digits", `1.`, -1},
		{"exponent without digits", `1e`, -1},
		{"nothing", ``, -1},
		{"too deep", strings.Repeat("[", 20) + strings.Repeat("]", 20), -1},
		{"a thousand digits", strings.Repeat("9", 1000), 1000},
	} {
		end, fault := Skip([]byte(tt.in), 0, 10)
		if tt.end < 0 {
			if fault == nil {
				t.Errorf("%s: accepted", tt.name)
			}
			continue
		}
		if fault != nil || end != tt.end {
			t.Errorf("%s: end %d, fault %v; want %d", tt.name, end, fault, tt.end)
		}
	}
}

// Number, which reads eight bytes at a time where it can, says what reading byte by byte says, wherever the number stands.
func TestNumberWhereverItStands(t *testing.T) {
	for _, whole := range []string{"", "-", "0", "00", "7", "-7", "1234567", "12345678", "-1234567", "1234567890123456789"} {
		for _, part := range []string{"", ".", ".0", ".1234567", ".12345678", ".12345678901234567", "..1", "./", ".:"} {
			for _, exponent := range []string{"", "e", "E5", "e+05", "e-", "5e5"} {
				for _, behind := range []string{"", ",", "}", "]", " ", "/", ":", "\xff"} {
					text := whole + part + exponent + behind
					for _, rest := range []string{"", "12345678", strings.Repeat("x", 40)} {
						sameNumber(t, text+rest)
					}
				}
			}
		}
	}
}

func sameNumber(t *testing.T, text string) {
	t.Helper()
	end, fault := Number([]byte(text), 0)
	want, wrong := number([]byte(text), 0)
	if end != want || (fault == nil) != (wrong == nil) || fault != nil && *fault != *wrong {
		t.Errorf("%q: end %d, fault %v; byte by byte %d, %v", text, end, fault, want, wrong)
	}
}

// What Skip accepts as a whole is what the standard library accepts, and the other way round.
func FuzzSkip(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2,{"b":"c\u0041"}]}`, `[]`, `"\ud800"`, `-0.0e-1`, `{"":null}`, ` 1`, `[1,]`, `{"a":}`, "\"\x7f\xff\"", `"\/"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		start := SkipSpace(in, 0)
		end, fault := Skip(in, start, 1000)
		whole := fault == nil && SkipSpace(in, end) == len(in)
		if whole != json.Valid(in) {
			t.Errorf("accepted: %v, standard library: %v, for %q", whole, json.Valid(in), in)
		}
	})
}
