package pseudonym

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// One thing in several spellings has one token; different things have different ones.
func TestSpellings(t *testing.T) {
	d := derive(t, "acme", "logs", 7)
	for kind, groups := range map[string][][]string{
		KindEmail: {
			{"alice@example.com", " Alice@Example.COM\n", "alice%40example.com"},
			{"bob@xn--bcher-kva.example", "bob@bücher.example", "BOB@BÜCHER.example"},
			{"ünal@example.com", "Ünal@example.com"},
			{"not an address", "NOT an address"},
			{"a\xff@example.com"}, {"a\xfe@example.com"},
			{"alice+x@example.com"},
		},
		KindIP: {
			{"192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1:443", "::FFFF:c000:201", "192.0.2.1/24"},
			{"2001:db8::1", "2001:DB8:0:0::0:1", "[2001:db8::1]:443", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1%eth0"},
			{"192.0.2.01"}, {"192.0.2"}, {"unknown"},
		},
		KindMAC: {
			{"00:00:5e:00:53:01", "00-00-5E-00-53-01", "0000.5e00.5301", "00005E005301"},
			{"00:00:5e:00:53"}, {"00005e0053"},
		},
		KindCard: {
			{"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111\u00a01111\u20111111 1111"},
			{"x4111111111111111"}, {"none"}, {"n/a"}, {""},
		},
		KindPhone: {
			{"+1 (202) 555-0147", "12025550147", "1.202.555.0147"},
			{"2025550147"}, {"tel:+12025550147"},
		},
		KindIBAN:   {{"GB82WEST12345698765432", "gb82 west 1234 5698 7654 32"}, {"GB82 WEST 1234 5698 7654 33"}},
		"customer": {{"A-17", " A-17 "}, {"a-17"}, {"A17"}},
	} {
		seen := map[string]string{}
		for _, g := range groups {
			first := token(d, kind, g[0])
			for _, v := range g[1:] {
				if token(d, kind, v) != first {
					t.Errorf("%s: %q and %q differ", kind, g[0], v)
				}
			}
			if other, ok := seen[first]; ok {
				t.Errorf("%s: %q and %q are one", kind, g[0], other)
			}
			seen[first] = g[0]
		}
	}
}

// A minter that has seen much, also values that share a place in the cache, mints what a fresh one does.
func TestCacheChangesNothing(t *testing.T) {
	d := derive(t, "acme", "logs", 7)
	m := d.NewMinter(99)
	kinds := []string{"id", "ip", "i", "email", "a_rather_long_kind_of_32_letters_"[:32]}
	for round := range 2 {
		for i := range 3 * cacheEntries {
			value := fmt.Appendf(nil, "%0*d", i%70, i)
			kind := kinds[i%len(kinds)]
			if got, want := string(m.Append(nil, kind, value)), plainToken("acme", "logs", 7, kind, string(value)); got != want {
				t.Fatalf("round %d, value %d: got %s, want %s", round, i, got, want)
			}
		}
	}
}

// What the cache's hash is told about a value must not let one pass for another: trailing zeros, and bytes moved from kind to value.
func TestCacheInputsApart(t *testing.T) {
	d := derive(t, "acme", "logs", 7)
	m := d.NewMinter(0)
	seen := map[[2]uint64]string{}
	for _, kind := range []string{"a", "aa", "aaaaaaaa", "aaaaaaaaa"} {
		for n := range maxCached + 1 {
			for _, b := range []string{"\x00", "a"} {
				v := strings.Repeat(b, n)
				hi, lo := m.cache.hash(kind, []byte(v))
				name := fmt.Sprintf("%s %q", kind, v)
				if other, ok := seen[[2]uint64{hi, lo}]; ok && other != name {
					t.Errorf("%s and %s collide", name, other)
				}
				seen[[2]uint64{hi, lo}] = name
			}
		}
	}
}

func TestMintTwiceIsOnce(t *testing.T) {
	old, now := derive(t, "acme", "logs", 6).NewMinter(1), derive(t, "acme", "logs", 7).NewMinter(1)
	for _, kind := range []string{"email", "id"} {
		once := string(old.Append(nil, "email", []byte("alice@example.com")))
		if twice := string(now.Append(nil, kind, []byte(once))); twice != once {
			t.Errorf("%s became %s", once, twice)
		}
	}
}

func TestAppendOddKinds(t *testing.T) {
	m := derive(t, "acme", "logs", 7).NewMinter(1)
	want := "x" + string(m.Append(nil, "id", []byte("v")))
	for _, kind := range []string{"", "Email", "a-b", strings.Repeat("a", 33), strings.Repeat("a", 1000)} {
		for range 2 {
			if got := string(m.Append([]byte("x"), kind, []byte("v"))); got != want {
				t.Errorf("kind %q: got %s, want %s", kind, got, want)
			}
		}
	}
}

func TestMinterKeepsNoValue(t *testing.T) {
	m := derive(t, "acme", "logs", 7).NewMinter(1)
	m.Append(nil, KindEmail, []byte("alice@example.com"))
	for _, b := range m.scratch[:cap(m.scratch)] {
		if b != 0 {
			t.Fatal("scratch still holds bytes of a value")
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	m := derive(t, "acme", "logs", 7).NewMinter(1)
	dst := make([]byte, 0, 128)
	values := [][]byte{[]byte("Alice@example.com"), []byte("::FFFF:192.0.2.1"), []byte("4111 1111 1111 1111"), []byte(strings.Repeat("long ", 50))}
	i := 0
	if n := testing.AllocsPerRun(1000, func() {
		values[0][0] = 'a' + byte(i%26) // misses too
		for _, kind := range []string{KindEmail, KindIP, KindCard, "other"} {
			for _, v := range values {
				dst = m.Append(dst[:0], kind, v)
			}
		}
		i++
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzParseAddr: what netip reads, ParseAddr reads as the same address, and what it reads beyond that is one of the documented dresses.
func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{"192.0.2.1", "::", "::1", "1::", "2001:db8::1%eth0", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:192.0.2.1",
		"[::1]:80", "192.0.2.1:80", "192.0.2.0/24", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::2::3", "192.0.2.01", "12345::", "1:2:3:4:5:6:7:192.0.2.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseAddr([]byte(s))
		if strings.ContainsAny(s, "[]/") || strings.Count(s, ":") == 1 || strings.TrimSpace(s) != s {
			if ok && !strings.ContainsAny(s, ".:") {
				t.Fatalf("%q is no address, and became %s", s, got)
			}
			return
		}
		want, err := netip.ParseAddr(s)
		if strings.Contains(s, "%") && err != nil {
			return // netip refuses a zone on IPv4-mapped addresses
		}
		if ok != (err == nil) || ok && got != want.WithZone("").Unmap() {
			t.Fatalf("%q: got %v %v, netip says %v %v", s, got, ok, want, err)
		}
	})
}

// FuzzMint: a token is one of its kind, is the format's, and is not minted again, whatever the value.
func FuzzMint(f *testing.F) {
	f.Add("email", []byte("alice@example.com"))
	f.Add("ip", []byte("::ffff:192.0.2.1"))
	f.Add("x", []byte("x_e7_aaaaaaaaaaaaaaaaaaaaaaaaaa"))
	f.Add("", []byte(nil))
	d, err := Derive(testMaster, "acme", "logs", 7)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind string, value []byte) {
		m := d.NewMinter(3)
		once := m.Append(nil, kind, value)
		again := m.Append(nil, kind, value)
		twice := m.Append(nil, kind, once)
		if string(again) != string(once) || string(twice) != string(once) || !IsToken(once, "") {
			t.Fatalf("%q %q: %s, %s, %s", kind, value, once, again, twice)
		}
		if ValidKind(kind) && !IsToken(value, "") {
			if want := plainToken("acme", "logs", 7, kind, string(canonical(nil, kind, value))); string(once) != want {
				t.Fatalf("%q %q: got %s, want %s", kind, value, once, want)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	d, err := Derive(testMaster, "acme", "logs", 7)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ kind, value string }{
		{KindEmail, "alice.a@service.example.com"}, {KindIP, "2001:DB8::ffff:1"}, {KindCard, "4111 1111 1111 1111"}, {"customer", "c-1234567890"},
	} {
		m := d.NewMinter(1)
		dst, value := make([]byte, 0, 128), []byte(c.value)
		b.Run("kind="+c.kind+"/cache=hit", func(b *testing.B) {
			b.SetBytes(int64(len(value)))
			b.ReportAllocs()
			for b.Loop() {
				dst = m.Append(dst[:0], c.kind, value)
			}
		})
		b.Run("kind="+c.kind+"/cache=miss", func(b *testing.B) {
			b.SetBytes(int64(len(value)))
			b.ReportAllocs()
			for b.Loop() {
				dst = m.appendMinted(dst[:0], c.kind, value)
			}
		})
	}
}
