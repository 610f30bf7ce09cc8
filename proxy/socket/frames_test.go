package socket

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// read has f read text and collects what it finds: messages, with + behind those that were cut, and how it ends.
func read(f *frames, text string, oneByte bool) (got []string) {
	r := strings.NewReader(text)
	for {
		for {
			text, truncated, ok, wrong := f.next()
			if wrong != nil {
				return append(got, "error")
			}
			if !ok {
				break
			}
			got = append(got, string(text)+strings.Repeat("+", btoi(truncated)))
		}
		var err error
		if oneByte {
			err = f.fill(iotest.OneByteReader(r))
		} else {
			err = f.fill(r)
		}
		if err != nil {
			if text, whole := f.rest(); whole {
				got = append(got, string(text)+"…")
			} else if len(text) > 0 {
				got = append(got, "lost")
			}
			if !errors.Is(err, io.EOF) {
				got = append(got, err.Error())
			}
			return got
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Messages are the same however the connection is cut into reads.
func TestFrames(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		ends     string
		counts   bool
		want     []string
	}{
		{"lines", "<1>a\n<2>b\n", "\n\x00", true, []string{"<1>a", "<2>b"}},
		{"zero bytes", "<1>a\x00<2>b\x00", "\n\x00", true, []string{"<1>a", "<2>b"}},
		{"no end", "<1>a\n<2>b", "\n\x00", true, []string{"<1>a", "<2>b…"}},
		{"empty lines", "\n\n<1>a\n\n", "\n\x00", true, []string{"<1>a"}},
		{"counted", "4 <1>a5 <2>bc", "\n\x00", true, []string{"<1>a", "<2>bc"}},
		{"counted with line ends", "4 <1>a\n4 <2>b\r\n", "\n\x00", true, []string{"<1>a", "<2>b"}},
		{"a line end in a counted one", "6 <1>a\nb4 <2>c", "\n\x00", true, []string{"<1>a\nb", "<2>c"}},
		{"counted, cut off", "4 <1>a9 <2>b", "\n\x00", true, []string{"<1>a", "lost"}},
		{"no count where one was", "4 <1>a<2>b\n", "\n\x00", true, []string{"<1>a", "error"}},
		{"a count without end", "12345678901234567890 x", "\n\x00", true, []string{"error"}},
		{"a digit in a protocol without counts", "4 {}\x00", "\x00", false, []string{"4 {}"}},
		{"long line", strings.Repeat("x", 25) + "\n<1>a\n", "\n\x00", true, []string{strings.Repeat("x", 20) + "+", "<1>a"}},
		{"as long as the limit", strings.Repeat("x", 20) + "\n<1>a\n", "\n\x00", true, []string{strings.Repeat("x", 20), "<1>a"}},
		{"long counted", "25 " + strings.Repeat("x", 25) + "4 <1>a", "\n\x00", true, []string{strings.Repeat("x", 20) + "+", "<1>a"}},
		{"long without end", strings.Repeat("x", 50), "\n\x00", true, []string{strings.Repeat("x", 20) + "+"}},
		{"nothing", "", "\n\x00", true, nil},
	} {
		for _, oneByte := range []bool{false, true} {
			got := read(&frames{limit: 20, ends: tt.ends, counts: tt.counts}, tt.in, oneByte)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s, byte by byte %v: %q", tt.name, oneByte, got)
			}
		}
	}
}

// Values of MessagePack end where they end, however the connection is cut into reads.
func TestPacks(t *testing.T) {
	long := strings.Repeat("x", 300)
	for name, values := range map[string][]string{
		"small":      {"\x01", "\xff", "\xc0", "\xc2", "\xc3", "\xa3abc", "\x90", "\x80"},
		"containers": {"\x92\x01\x92\x02\x03", "\x82\xa1a\x01\xa1b\x93\x01\x02\x03", "\xdc\x00\x02\x01\x02", "\xde\x00\x01\x01\x02", "\xdd\x00\x00\x00\x01\xc0", "\xdf\x00\x00\x00\x01\xc0\xc0"},
		"texts":      {"\xd9\x03abc", "\xda\x01\x2c" + long, "\xdb\x00\x00\x01\x2c" + long, "\xc4\x01a", "\xc5\x00\x01a", "\xc6\x00\x00\x00\x01a"},
		"numbers":    {"\xcc1", "\xcd12", "\xce1234", "\xcf12345678", "\xd01", "\xd112", "\xd21234", "\xd312345678", "\xca1234", "\xcb12345678"},
		"extensions": {"\xd4\x001", "\xd5\x0012", "\xd6\x001234", "\xd7\x0012345678", "\xd8\x001234567890123456", "\xc7\x01\x00a", "\xc8\x00\x01\x00a", "\xc9\x00\x00\x00\x01\x00a"},
	} {
		for _, oneByte := range []bool{false, true} {
			p := &packs{limit: 1000}
			r := strings.NewReader(strings.Join(values, ""))
			var got []string
			for {
				start := p.at
				whole, err := p.next()
				if err != nil {
					t.Fatal(name, err)
				}
				if whole {
					got = append(got, string(p.buf[start:p.at]))
					continue
				}
				if oneByte {
					err = p.fill(iotest.OneByteReader(r))
				} else {
					err = p.fill(r)
				}
				if err != nil {
					break
				}
			}
			if !slices.Equal(got, values) || p.at < len(p.buf) {
				t.Errorf("%s, byte by byte %v: %q", name, oneByte, got)
			}
		}
	}
}

func TestPacksRefuse(t *testing.T) {
	for in, want := range map[string]error{
		"\xc1":                                errPack,
		"\x92\x01\xc1":                        errPack,
		"\xdd\xff\xff\xff\xff":                errLongPack,
		"\xdf\xff\xff\xff\xff":                errLongPack,
		"\xc6\xff\xff\xff\xff":                errLongPack,
		"\xc5\x04\x00":                        errLongPack,
		strings.Repeat("\x91", 1001) + "\xc0": errLongPack,
	} {
		p := &packs{limit: 1000, window: window{buf: []byte(in)}}
		for range 2 { // it stays wrong
			if whole, err := p.next(); whole || !errors.Is(err, want) {
				t.Errorf("%.8q: %v, %v", in, whole, err)
			}
		}
	}
}
