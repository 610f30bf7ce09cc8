package socket

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	noon  = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	peer1 = netip.MustParseAddrPort("192.0.2.1:1")
	peer2 = netip.MustParseAddrPort("192.0.2.2:1")
)

// chunk is a datagram with a part of a message.
func chunk(id byte, number, count int, text string) []byte {
	return append([]byte{0x1e, 0x0f, id, 0, 0, 0, 0, 0, 0, 0, byte(number), byte(count)}, text...)
}

func packed(t testing.TB, text string, open func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := open(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestChunks(t *testing.T) {
	zip := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	z := packed(t, `{"z":1}`, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	g := packed(t, `{"g":1}`, zip)
	type datagram struct {
		from netip.AddrPort
		at   time.Duration
		data []byte
	}
	for name, tt := range map[string]struct {
		in   []datagram
		want []string
		lost int
	}{
		"plain":       {[]datagram{{peer1, 0, []byte(`{"p":1}`)}}, []string{`{"p":1}`}, 0},
		"zlib":        {[]datagram{{peer1, 0, z}}, []string{`{"z":1}`}, 0},
		"gzip":        {[]datagram{{peer1, 0, g}}, []string{`{"g":1}`}, 0},
		"in order":    {[]datagram{{peer1, 0, chunk(1, 0, 2, `{"a"`)}, {peer1, 0, chunk(1, 1, 2, `:1}`)}}, []string{`{"a":1}`}, 0},
		"backwards":   {[]datagram{{peer1, 0, chunk(1, 1, 2, `:1}`)}, {peer1, 0, chunk(1, 0, 2, `{"a"`)}}, []string{`{"a":1}`}, 0},
		"twice":       {[]datagram{{peer1, 0, chunk(1, 0, 2, `{"a"`)}, {peer1, 0, chunk(1, 0, 2, `XXXX`)}, {peer1, 0, chunk(1, 1, 2, `:1}`)}}, []string{`{"a":1}`}, 0},
		"of gzip":     {[]datagram{{peer1, 0, chunk(1, 0, 2, string(g[:9]))}, {peer1, 0, chunk(1, 1, 2, string(g[9:]))}}, []string{`{"g":1}`}, 0},
		"of two":      {[]datagram{{peer1, 0, chunk(1, 0, 2, `{"a"`)}, {peer2, 0, chunk(1, 1, 2, `:2}`)}}, nil, 0},
		"too late":    {[]datagram{{peer1, 0, chunk(1, 0, 2, `{"a"`)}, {peer1, 5 * time.Second, chunk(1, 1, 2, `:1}`)}}, nil, 1},
		"in time":     {[]datagram{{peer1, 0, chunk(1, 0, 2, `{"a"`)}, {peer1, 4999 * time.Millisecond, chunk(1, 1, 2, `:1}`)}}, []string{`{"a":1}`}, 0},
		"no number":   {[]datagram{{peer1, 0, chunk(1, 2, 2, `x`)}}, nil, 1},
		"no count":    {[]datagram{{peer1, 0, chunk(1, 0, 0, `x`)}}, nil, 1},
		"129":         {[]datagram{{peer1, 0, chunk(1, 0, 129, `x`)}}, nil, 1},
		"other count": {[]datagram{{peer1, 0, chunk(1, 0, 3, `x`)}, {peer1, 0, chunk(1, 1, 2, `x`)}}, nil, 1},
		"no text":     {[]datagram{{peer1, 0, chunk(1, 0, 2, ``)}}, nil, 1},
		"short":       {[]datagram{{peer1, 0, []byte{0x1e, 0x0f, 1}}}, nil, 1},
		"empty":       {[]datagram{{peer1, 0, nil}}, nil, 0},
		"bomb":        {[]datagram{{peer1, 0, packed(t, strings.Repeat("x", 101), zip)}}, nil, 1},
		"broken gzip": {[]datagram{{peer1, 0, g[:12]}}, nil, 1},
	} {
		c := newChunks(100)
		var got []string
		lost := 0
		for _, d := range tt.in {
			message, n := c.add(d.data, d.from, noon.Add(d.at))
			if lost += n; len(message) > 0 {
				got = append(got, string(message))
			}
		}
		if !slices.Equal(got, tt.want) || lost != tt.lost {
			t.Errorf("%s: %q, lost %d", name, got, lost)
		}
	}
}

// Sets that nobody completes are bounded in number and in bytes, and what they held is given back.
func TestChunksAreBounded(t *testing.T) {
	c := newChunks(100)
	lost := 0
	for i := range 5000 {
		_, n := c.add(chunk(byte(i), 0, 2, strings.Repeat("x", 8000)), netip.AddrPortFrom(peer1.Addr(), uint16(i)), noon)
		lost += n
		if len(c.sets) > maxSets || c.held > maxHeld+8000 {
			t.Fatalf("%d sets, %d bytes", len(c.sets), c.held)
		}
	}
	if lost+len(c.sets) != 5000 {
		t.Errorf("%d lost, %d there", lost, len(c.sets))
	}
	if lost += c.expire(noon.Add(setAge)); lost != 5000 || c.held != 0 || len(c.sets) != 0 || len(c.order) != 0 {
		t.Errorf("lost %d, held %d, sets %d", lost, c.held, len(c.sets))
	}
}
