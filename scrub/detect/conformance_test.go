package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// conforming is one match for each detector: text, and the part of it that must not leave.
var conforming = [Count]struct{ text, match string }{
	PrivateKey:     {`-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----`, `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----`},
	Authorization:  {"Bearer mF_9.B5f-4.1JqM0abcd", "mF_9.B5f-4.1JqM0abcd"},
	JWT:            {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln"},
	VendorToken:    {"glpat" + "-a1B2c3D4e5F6g7H8i9J0", "glpat" + "-a1B2c3D4e5F6g7H8i9J0"},
	URLCredentials: {"postgres://ada:hunter22@db", "ada:hunter22"},
	Secret:         {"password=hunter22", "hunter22"},
	Email:          {"alice@example.com", "alice@example.com"},
	Card:           {"4111 1111 1111 1111", "4111 1111 1111 1111"},
	IBAN:           {"DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"},
	CVV:            {"cvv 737", "737"},
	BankAccount:    {"account number 40012345", "40012345"},
	CryptoAddress:  {"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
	TaxID:          {"cpf 529.982.247-25", "529.982.247-25"},
	HealthID:       {"nhs number 943 476 5919", "943 476 5919"},
	NationalID:     {"pesel 44051401359", "44051401359"},
	Passport:       {"passport L01X00T47", "L01X00T47"},
	IMEI:           {"imei 490154203237518", "490154203237518"},
	BirthDate:      {"dob 1980-03-14", "1980-03-14"},
	SSN:            {"536-22-1234", "536-22-1234"},
	MAC:            {"00:1b:44:11:3a:b7", "00:1b:44:11:3a:b7"},
	IPv6:           {"2001:db8::8a2e:7334", "2001:db8::8a2e:7334"},
	IPv4:           {"192.0.2.17", "192.0.2.17"},
	Phone:          {"+1 212 555 0142", "+1 212 555 0142"},
	UserPath:       {"/home/alice/x", "alice"},
	UUID:           {"123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"},
}

// find returns the detector's findings in text, with no other detector on.
func find(id ID, text string, shape Shape) []Finding {
	o := Options{PrivateIPs: true}
	o.On[id] = true
	return Reference(&o, []byte(text), Context{Shape: shape})
}

func eachDetector(t *testing.T, check func(t *testing.T, id ID, text, match string)) {
	for id := None + 1; id < count; id++ {
		t.Run(id.String(), func(t *testing.T) { check(t, id, conforming[id].text, conforming[id].match) })
	}
}

func TestConformanceOfBounds(t *testing.T) {
	eachDetector(t, func(t *testing.T, id ID, text, match string) {
		if got := find(id, "", Plain); len(got) > 0 {
			t.Errorf("found %v in nothing", got)
		}
		at := strings.Index(text, match)
		for _, around := range []struct{ before, after string }{
			{"", ""}, {"x ", ""}, {"", " x"}, {"\n", "\n"}, {"\r\n", "\r\n"}, {"é ", " é"}, {"→", "←"}, {"日本 ", " 日本"}, {"\xff", "\xff"},
			{"\x00", "\x00"}, {`\n`, `\n`}, {`\t`, `\r\n`}, {`\u003c`, `\u003e`}, {"%20", "%20"}, {"(", ")"}, {"[", "]"}, {"{", "}"}, {"<", ">"},
			{`"`, `"`}, {"'", "'"}, {"`", "`"}, {`\"`, `\"`}, {`\\\"`, `\\\"`}, {" ", ","}, {" ", ";"}, {" ", "."}, {" ", ". "}, {" ", "&"}, {" ", "<"},
			{" ", ":"}, {" ", "!"}, {" ", "?"}, {"|", "|"}, {"\t", "\t"}, {", ", ", "}, {"=", " "}, {"=", "&"}, {`{"a":"`, `","b":1}`},
		} {
			in := around.before + text + around.after
			want := []Finding{{len(around.before) + at, len(around.before) + at + len(match), id}}
			if got := find(id, in, Plain); !slices.Equal(got, want) && !inPlaceOf(id, around.before, around.after) {
				t.Errorf("%q: found %v, want %v", in, got, want)
			}
		}
	})
}

// inPlaceOf reports whether the surroundings take the place of something that the detector's form needs, or belong to the match.
func inPlaceOf(id ID, before, after string) bool {
	switch id {
	case Secret: // a value without quotes goes on to a space or delimiter
		return after != "" && strings.Contains(":.!?|\x00\xff←é%", after[:1]) || after == " 日本" && before == ""
	case Authorization:
		return strings.Contains(after, "%")
	case PrivateKey, UserPath:
		return false
	}
	return false
}

func TestConformanceOfGlue(t *testing.T) {
	eachDetector(t, func(t *testing.T, id ID, text, match string) {
		switch id {
		case PrivateKey, Authorization, URLCredentials, Secret, UserPath, Email, JWT, CVV, BankAccount, TaxID, HealthID,
			NationalID, Passport, IMEI, BirthDate:
			return // they have bounds of their own
		}
		for _, in := range []string{text + "a", text + "7", text + "_x", "a" + text, "7" + text, "_" + text} {
			for _, f := range find(id, in, Plain) {
				if in[f.Start:f.End] == match && id != IPv4 && id != Phone {
					t.Errorf("%q: found %v, though a letter, digit or underscore touches it", in, f)
				}
			}
		}
	})
}

func TestConformanceOfRepetition(t *testing.T) {
	eachDetector(t, func(t *testing.T, id ID, text, match string) {
		in := strings.Repeat(text+" , ", 50)
		if got := find(id, in, Plain); len(got) != 50 {
			t.Errorf("found %d of 50", len(got))
		}
		if got := find(id, quoted(in), JSON); len(got) != 50 {
			t.Errorf("in a JSON string: found %d of 50", len(got))
		}
	})
}

func TestConformanceOfLongText(t *testing.T) {
	plain := strings.Repeat("the quick brown fox jumps over the lazy dog, as foxes do. ", 1<<20/58)
	eachDetector(t, func(t *testing.T, id ID, text, match string) {
		if got := find(id, plain, Plain); len(got) > 0 {
			t.Errorf("found %v in 1 MiB of quiet text", got[0])
		}
	})
}

func TestMatchersNeverPanic(t *testing.T) {
	o := everything()
	for id := None + 1; id < count; id++ {
		text := []byte(conforming[id].text)
		for n := range len(text) + 1 {
			for _, m := range matchers {
				for at := range n + 1 {
					for _, lo := range []int{0, at, n} {
						start, end, ok := m.match(o, text[:n], at, lo, Context{})
						if ok && (start < lo || start >= end || end > n) {
							t.Fatalf("%s at %d from %d of %q: found %d to %d", m.id, at, lo, text[:n], start, end)
						}
					}
				}
			}
		}
	}
}

func TestMatchersAllocateNothing(t *testing.T) {
	o := everything()
	for _, m := range matchers {
		text := []byte(`{"user":"` + conforming[m.id].text + `","b":"` + conforming[m.id].text + `","c":"1%202%3A3%20` + conforming[m.id].text + `"}`)
		ctx, d := Context{Shape: JSON, Key: []byte("message")}, new(decoded)
		allocs := testing.AllocsPerRun(10, func() {
			for at := range text {
				m.match(o, text, at, 0, ctx)
				matchPercent(o, text, at, 0, d)
			}
			matchKeyed(o, text, ctx)
		})
		if allocs > 0 {
			t.Errorf("%s: %v allocations", m.id, allocs)
		}
	}
}

func BenchmarkMatchers(b *testing.B) {
	o := everything()
	for _, m := range matchers {
		text := []byte("x " + conforming[m.id].text + " y")
		var at int
		for at = range text {
			if m.anchor(text, at) {
				if _, _, ok := m.match(o, text, at, 0, Context{}); ok {
					break
				}
			}
		}
		b.Run("detector="+m.id.String(), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				m.match(o, text, at, 0, Context{})
			}
		})
	}
}

// hostile are texts, to be repeated, that make a matcher look far for nothing.
var hostile = []string{
	"a@", "@", "a@a.", "a.b@c.d", "%40", `\u0040`, "1.", "1.2.3.4.", "1.2.3.4", ":", "::", "a:", "1:2:", "00:11:22:33:44:55:", "00-", "1 ", "1", "4111 ",
	"4111111111111111", "41111111111111111111 ", "123-45-6789-", "+1", "+1 ", "+49 1 ", "(212) ", "555-0142 ", "de89", "de89 3704 ", "DE8937040044", "eyJ",
	"eyJ.", "eyJhbGciOiJub25lIn0.", "://", "a://", "a://b:c/", "a://a@", "http://a:b", "password=", "password='", `password="`, `password=\"`,
	`password: `, `"password":"`, "password=****", "token=ab ", "authorization:", "authorization: ", `authorization="`, "authorization: digest ",
	"authorization: bearer ", "bearer ", "basic YWxh", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN X-----", "/home/", "/home/a", `\Users\`,
	`\\Users\\`, "a-a-a-a-", "12345678-1234-1234-1234-123456789012", `\`, `"`, `\"`, "'", "%", "%20", "%2020", "1%201", "%3a", "2001%3A", "token%3d",
	"<password>", "--password ", "phone 1 ", "phone 123456789 ", "ssn 123456789 ", "sk-", "ya29.", "glpat-", "xoxb-1-", "8Q~", "1:A", "us1-", "ATATT3=", "AKIA" + "IOSFODNN7EXAMPLE/", "1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgW ", "bc1qe69hqu7a65xvum3dsfcem3y66se69k333qehp4/", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD.", "[", "{", "\x1b[", "x\x1b[1;1m", "é", "\xff", "{\"a\":",
	"value=", "value%3D", `value=\\"`, "password=(", "token%3d[", `authorization:\\\\`, `authorization:\\"digest [email] `, "생년월일0123456789012345678901234567890",
}

func TestCostIsLinear(t *testing.T) {
	o := everything()
	for _, h := range hostile {
		small := min(cost(t, o, h, 4<<10), cost(t, o, h, 4<<10))
		large := min(cost(t, o, h, 64<<10), cost(t, o, h, 64<<10))
		// Sixteen times the text. Were the cost quadratic it would be 256 times as much; noise stays far below the bound.
		if large > 64*small+100*time.Millisecond {
			t.Errorf("%q: %v for 4 KiB, %v for 64 KiB", h, small, large)
		}
	}
}

// cost measures all matchers at all anchors in text of n bytes, without what Reference spends on finding anchors.
func cost(t testing.TB, o *Options, unit string, n int) time.Duration {
	text := bytes.Repeat([]byte(unit), n/len(unit)+1)
	anchors := make([][]int, len(matchers))
	for i, m := range matchers {
		last := -1
		for at := range text {
			if m.run && at <= last {
				continue
			}
			if m.anchor(text, at) {
				anchors[i] = append(anchors[i], at)
				if m.run && m.id != JWT && m.id != VendorToken && m.id != CryptoAddress {
					for last = at; last+1 < len(text) && isRunOf(m.id, text[last+1]); last++ {
					}
				}
			}
		}
	}
	return spent(t, func() {
		for i, m := range matchers {
			lo := 0
			for _, at := range anchors[i] {
				for at >= lo || m.run {
					_, end, ok := m.match(o, text, max(at, lo), lo, Context{})
					if !ok {
						break
					}
					lo = end
				}
			}
		}
		referencePercent(o, text)
		referenceNamed(o, text, Context{})
	})
}

func isRunOf(id ID, c byte) bool {
	switch id {
	case IPv4:
		return isDigit(c) || c == '.'
	case IPv6:
		return isColoned(c)
	}
	return isDigitRun(c)
}

func TestOverlapsGoToTheLeftmostThenLongest(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []ID
	}{
		{"postgres://ada:p@db.example.com", []ID{URLCredentials}},
		{"password=alice@example.com", []ID{Secret}},
		{"Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln", []ID{Authorization}},
		{"x=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln", []ID{JWT}},
		{"::ffff:192.0.2.17", []ID{IPv6}},
		{"/home/alice@example.com/x", []ID{Email}},
		{"4111 1111 1111 1111 alice@example.com", []ID{Card, Email}},
	} {
		var got []ID
		for _, f := range Reference(everything(), []byte(c.in), Context{}) {
			got = append(got, f.Detector)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s", c.in, fmt.Sprint(got))
		}
	}
}
