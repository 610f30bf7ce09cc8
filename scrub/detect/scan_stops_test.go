package detect

import (
	"bytes"
	"testing"
)

// A walk that asks Stops where a string ends must see each quote, backslash and control character, and an end of the text.
func TestStopsAreWhereStringsEnd(t *testing.T) {
	unit := []byte("{\"name\":\"a\\\\b\x00\x1f c\xff\x7f\",\n\"n\":12345678}")
	text := bytes.Repeat(unit, 2*chunkBytes/len(unit)+1)
	for _, level := range levels() {
		set := defaultSet()
		set.classes.level = level
		s := set.NewScanner()
		for _, n := range []int{len(unit), 63, 64, 65, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes, len(text)} {
			s.Append(nil, text[:n], Context{Shape: JSON})
			stops := s.Stops()
			if want := n/64 + 1; len(stops) < want {
				t.Fatalf("level=%v: %d words for %d bytes, want %d at least", level, len(stops), n, want)
			}
			for i, b := range append(text[:n:n], 0) {
				if got, want := stops[i/64]>>(i%64)&1 != 0, b < 0x20 || b == '"' || b == '\\'; got != want {
					t.Fatalf("level=%v: byte %d of %d is %#x: %v", level, i, n, b, got)
				}
			}
		}
		if s.Append(nil, text, Context{}); len(s.Stops()) != 0 {
			t.Errorf("level=%v: stops of text that is no JSON", level)
		}
	}
}
