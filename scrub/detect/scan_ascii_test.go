package detect

import (
	"bytes"
	"testing"
)

// Wherever the one byte stands that is no ASCII, it shows; and without it the text is told to be ASCII, unless nothing was looked at.
func TestASCII(t *testing.T) {
	text := bytes.Repeat([]byte(`{"name":"a value","n":12345678,"at":"192.0.2.1"}`), 3*chunkBytes/48)
	for _, level := range levels() {
		set := defaultSet()
		set.classes.level = level
		scanner := set.NewScanner()
		for at := 0; at < len(text); at += 61 {
			changed := bytes.Clone(text)
			changed[at] = 0x80
			if scanner.Append(nil, changed, Context{Shape: JSON}); scanner.ASCII() {
				t.Fatalf("level=%v: byte %d of %d went unseen", level, at, len(text))
			}
		}
		if scanner.Append(nil, text, Context{Shape: JSON}); !scanner.ASCII() {
			t.Errorf("level=%v: ASCII is not told", level)
		}
		if scanner.Append(nil, []byte("é"), Context{Shape: JSON}); scanner.ASCII() {
			t.Errorf("level=%v: a short text is told to be ASCII", level)
		}
	}
}
