package fuzz

import (
	"bytes"
	"testing"

	"winnow/proxy/encoding"
)

// decodedLimit is small, so that bombs are quickly made.
const decodedLimit = 1 << 16

// grants is a Budget that says yes and notes what was asked.
type grants struct {
	t    *testing.T
	most int
}

func (g *grants) Hold(n int) bool {
	if n < g.most {
		g.t.Errorf("asked to hold %d bytes after %d: not ascending", n, g.most)
	}
	g.most = n
	return true
}

// FuzzEncoding: bytes taken for a coded body decode to no more than the limit, nor to more than the budget granted, or fail, and what they decode to comes back from
// its own encoding; bytes taken for a plain body come back from every encoding, and do not when the coded form is cut or goes on.
func FuzzEncoding(f *testing.F) {
	f.Fuzz(func(t *testing.T, header string, body []byte, cut uint16) {
		list, err := encoding.Parse([]byte(header))
		if err != nil {
			return
		}
		if again, err := encoding.Parse([]byte(list.String())); err != nil || again.String() != list.String() {
			t.Fatalf("header %q is read as %q, which is read as %q: %v", header, list, again, err)
		}
		decodeForeign(t, list, body)
		if len(body) <= decodedLimit {
			roundTrip(t, list, body, int(cut))
		}
	})
}

// decodeForeign takes body for something a client sent.
func decodeForeign(t *testing.T, list encoding.List, body []byte) {
	budget := &grants{t: t}
	plain, err := list.Decode([]byte("head"), body, decodedLimit, budget)
	if err != nil {
		return
	}
	plain, ok := bytes.CutPrefix(plain, []byte("head"))
	if !ok {
		t.Fatal("decoding changed what was in the destination")
	}
	if len(plain) > decodedLimit || !list.Empty() && len(plain) > budget.most {
		t.Fatalf("decoded to %d bytes, limit %d, granted %d", len(plain), decodedLimit, budget.most)
	}
	roundTrip(t, list, plain, 0)
}

// roundTrip takes plain for a body to be sent on.
func roundTrip(t *testing.T, list encoding.List, plain []byte, cut int) {
	coded, err := list.Append(nil, plain)
	if err != nil {
		t.Fatalf("encoding as %q: %v", list, err)
	}
	back := list
	got, err := back.Decode(nil, coded, decodedLimit, nil)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%d bytes came back from %q as %d: %v", len(plain), list, len(got), err)
	}
	if list.Empty() || list.String() == "snappy" { // a cut of frames at a frame's end is a whole body
		return
	}
	if cut %= len(coded); cut > 0 {
		half := list
		if got, err := half.Decode(nil, coded[:cut], decodedLimit, nil); err == nil {
			t.Errorf("%d of %d bytes of %q decode to %d bytes", cut, len(coded), list, len(got))
		}
	}
	more := list
	if _, err := more.Decode(nil, append(coded, 'x'), decodedLimit, nil); err == nil {
		t.Errorf("%q decodes with a byte behind its end", list)
	}
}
