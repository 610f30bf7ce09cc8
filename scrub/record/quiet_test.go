package record

import (
	"bytes"
	"testing"
)

// Wherever a string stops being quiet, both ways find the place, at every distance from either end.
func TestQuiet(t *testing.T) {
	for _, stop := range []string{`"`, `\`, "\x00", "\n", "\x1f"} {
		for before := range 80 {
			for behind := range 40 {
				text := append(append(bytes.Repeat([]byte("\x7f \xff!"), 20)[:before], stop...), bytes.Repeat([]byte{'x'}, behind)...)
				if fast, plain := Quiet(text, 0), quiet(text, 0); fast != before || plain != before {
					t.Fatalf("%q at %d of %d: Quiet says %d, quiet says %d", stop, before, len(text), fast, plain)
				}
			}
		}
	}
}

// Quiet is quiet, from any place of any text.
func FuzzQuiet(f *testing.F) {
	f.Add([]byte(`quiet text without any end, of more than 32 bytes`), 3)
	f.Add([]byte("two \"ends\" and \\ more, in the same 32 bytes\x1f"), 0)
	f.Fuzz(func(t *testing.T, text []byte, i int) {
		if i < 0 || i > len(text) {
			i = 0
		}
		if fast, plain := Quiet(text, i), quiet(text, i); fast != plain {
			t.Errorf("from %d of %q: Quiet says %d, quiet says %d", i, text, fast, plain)
		}
	})
}
