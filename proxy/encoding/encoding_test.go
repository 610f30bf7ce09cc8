package encoding_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"winnow/proxy/encoding"
)

var all = []string{"gzip", "deflate", "zstd", "snappy", "x-snappy-framed", "br"}

var line = []byte(`{"level":"info","msg":"request done","status":200,"duration_ms":12.5,"path":"/v1/orders"}` + "\n")

func encoded(t testing.TB, plain []byte, name string) []byte {
	t.Helper()
	b, err := encoding.Append(nil, plain, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	bodies := map[string][]byte{"empty": {}, "one": {'a'}, "lines": bytes.Repeat(line, 3000)}
	names := append([]string{"", "identity", "GZIP", "x-gzip", "identity, gzip", " zstd ,"}, all...)
	for _, first := range all {
		for _, second := range all {
			names = append(names, first+", "+second)
		}
	}
	for _, name := range names {
		for kind, plain := range bodies {
			got, err := encoding.Decode([]byte("before"), encoded(t, plain, name), name, 2*len(plain)+100)
			if err != nil || string(got) != "before"+string(plain) {
				t.Errorf("%q, %s: %d bytes, %v", name, kind, len(got), err)
			}
		}
	}
}

func TestUnknown(t *testing.T) {
	for _, name := range []string{"compress", "gzip, gzip, gzip", "gzip;q=1", "gz\x00ip", strings.Repeat(",", 65), "lz4"} {
		if _, err := encoding.Parse([]byte(name)); !errors.Is(err, encoding.ErrUnknown) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "identity": "", "X-GZIP": "gzip", "gzip,zstd": "gzip, zstd", "x-snappy-framed": "x-snappy-framed", "br": "br",
	} {
		if l, err := encoding.Parse([]byte(in)); err != nil || l.String() != want || l.Empty() != (want == "") {
			t.Errorf("%q: %q, %v", in, l.String(), err)
		}
	}
}

// What was decoded is encoded again in the very form it came in: "deflate" and "snappy" each stand for two.
func TestFormIsKept(t *testing.T) {
	for header, form := range map[string]string{"deflate": "raw", "snappy": "x-snappy-framed"} {
		l, err := encoding.Parse([]byte(header))
		if err != nil {
			t.Fatal(err)
		}
		in := encoded(t, line, "x-snappy-framed")
		if form == "raw" {
			zlib := encoded(t, line, "deflate")
			in = zlib[2 : len(zlib)-4]
		}
		plain, err := l.Decode(nil, in, 1<<20, nil)
		if err != nil || !bytes.Equal(plain, line) {
			t.Fatalf("%s: %q, %v", form, plain, err)
		}
		out, err := l.Append(nil, plain)
		if err != nil || !bytes.HasPrefix(out, in[:2]) || l.String() != header {
			t.Errorf("%s: began with %x, was %x; %v", form, in[:2], out[:2], err)
		}
	}
}

// A body that is cut anywhere, or followed by anything, is refused.
func TestCutAndTrailing(t *testing.T) {
	for _, name := range all {
		whole := encoded(t, line, name)
		for n := range whole {
			got, err := encoding.Decode(nil, whole[:n], name, 1<<20)
			if framesEndHere := name == "x-snappy-framed" && n == len("\xff\x06\x00\x00sNaPpY"); framesEndHere {
				continue // the format has no end mark: a cut between frames cannot be told
			}
			if !errors.Is(err, encoding.ErrCorrupt) {
				t.Fatalf("%s cut to %d of %d: %q, %v", name, n, len(whole), got, err)
			}
		}
		for _, tail := range []string{"x", "\x00", "GET / HTTP/1.1\r\n"} {
			if _, err := encoding.Decode(nil, append(bytes.Clone(whole), tail...), name, 1<<20); !errors.Is(err, encoding.ErrCorrupt) {
				t.Errorf("%s followed by %q: %v", name, tail, err)
			}
		}
	}
}

func TestWrongEncoding(t *testing.T) {
	for _, name := range all {
		for _, other := range all {
			if strings.Contains(name, "snappy") && strings.Contains(other, "snappy") || name == other {
				continue
			}
			if _, err := encoding.Decode(nil, encoded(t, line, other), name, 1<<20); err == nil {
				t.Errorf("%s read as %s: no error", other, name)
			}
		}
		if _, err := encoding.Decode(nil, line, name, 1<<20); err == nil {
			t.Errorf("plain text read as %s: no error", name)
		}
	}
}

func TestMembers(t *testing.T) {
	for _, name := range []string{"gzip", "zstd", "x-snappy-framed"} {
		one := encoded(t, line, name)
		got, err := encoding.Decode(nil, append(bytes.Clone(one), one...), name, 1<<20)
		if err != nil || !bytes.Equal(got, append(bytes.Clone(line), line...)) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// meter is a Budget that notes the most that was held.
type meter struct{ most, room int }

func (m *meter) Hold(n int) bool {
	if n > m.room {
		return false
	}
	m.most = max(m.most, n)
	return true
}

// bombs are bodies of some megabytes at most that decode to gigabytes, or say so.
func bombs(t testing.TB) map[string][]byte {
	zeros := make([]byte, 1<<20)
	huge := func(name string) []byte { return bytes.Repeat(encoded(t, zeros, name), 10_000) } // 10 GB
	return map[string][]byte{
		"gzip":            huge("gzip"),
		"zstd":            huge("zstd"),
		"x-snappy-framed": huge("x-snappy-framed")[:10<<20],
		"br":              encoded(t, make([]byte, 64<<20), "br"),
		"deflate":         encoded(t, make([]byte, 64<<20), "deflate"),
		"gzip, gzip":      encoded(t, huge("gzip")[:1<<20], "gzip"),
		"snappy":          append([]byte{0xff, 0xff, 0xff, 0xff, 0x07}, zeros...), // claims 2 GiB
	}
}

func TestBombs(t *testing.T) {
	const limit = 4 << 20
	for name, bomb := range bombs(t) {
		l, err := encoding.Parse([]byte(name))
		if err != nil {
			t.Fatal(err)
		}
		m := &meter{room: 1 << 40}
		got, err := l.Decode(nil, bomb, limit, m)
		if !errors.Is(err, encoding.ErrTooLarge) {
			t.Errorf("%s: %d bytes became %d: %v", name, len(bomb), len(got), err)
		}
		if windows := 2 * 8 << 20; m.most > 2*limit+windows+2 || cap(got) > 2*limit {
			t.Errorf("%s: held %d bytes, has %d", name, m.most, cap(got))
		}
	}
}

// A size that is only claimed is not believed.
func TestClaims(t *testing.T) {
	claims := map[string][]byte{
		"snappy": {0x80, 0x80, 0x80, 0x10, 0x00, 'a'},                                                   // 32 MiB from six bytes
		"zstd":   {0x28, 0xb5, 0x2f, 0xfd, 0xa4, 0x00, 0x00, 0x00, 0x02, 0x01, 0x00, 0x00},              // 32 MiB, one empty last block
		"gzip":   append(encoded(t, line, "gzip")[:20], 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02), // 32 MiB at the end
	}
	for name, body := range claims {
		l, err := encoding.Parse([]byte(name))
		if err != nil {
			t.Fatal(err)
		}
		m := &meter{room: 1 << 40}
		if _, err := l.Decode(nil, body, 64<<20, m); !errors.Is(err, encoding.ErrCorrupt) || m.most > 1<<16 {
			t.Errorf("%s: held %d bytes, %v", name, m.most, err)
		}
	}
}

func TestBudget(t *testing.T) {
	plain := bytes.Repeat(line, 10_000)
	for _, name := range all {
		l, err := encoding.Parse([]byte(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Decode(nil, encoded(t, plain, name), 64<<20, &meter{room: len(plain) / 2}); !errors.Is(err, encoding.ErrNoRoom) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	plain := bytes.Repeat(line, 1200)
	for _, name := range all {
		l, err := encoding.Parse([]byte(name))
		if err != nil {
			b.Fatal(err)
		}
		in, dst := encoded(b, plain, name), []byte(nil)
		b.Run(fmt.Sprintf("coding=%s", name), func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			b.ReportAllocs()
			for b.Loop() {
				if dst, err = l.Decode(dst[:0], in, 64<<20, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// FuzzDecode: nothing panics, nothing is longer than the limit, and what was decoded survives encoding.
func FuzzDecode(f *testing.F) {
	for i, name := range all {
		f.Add(encoded(f, bytes.Repeat(line, 3), name), uint8(i))
		f.Add(encoded(f, line, name+", gzip"), uint8(i))
	}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		const limit = 1 << 16
		name := all[int(which)%len(all)]
		plain, err := encoding.Decode(nil, body, name, limit)
		if len(plain) > limit+1 {
			t.Fatalf("%d bytes", len(plain))
		}
		if err != nil {
			return
		}
		again, err := encoding.Decode(nil, encoded(t, plain, name), name, limit)
		if err != nil || !bytes.Equal(again, plain) {
			t.Fatalf("not the same after encoding: %v", err)
		}
	})
}
