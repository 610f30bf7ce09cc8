package durable_test

import (
	"strings"
	"testing"

	"winnow/proxy/durable"
)

// The end of the last whole line is found wherever it stands, in blocks that it lies across too.
func TestLinesEnd(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 0},
		{"cut short", 0},
		{long, 0},
		{"\n", 1},
		{"one\ntwo\n", 8},
		{"one\ntwo\ncut", 8},
		{"one\n" + long, 4},
		{long + "\n", 10_001},
		{long + "\n" + long[:4095], 10_001},
		{long + "\n" + long[:4096], 10_001},
	} {
		if got, err := durable.LinesEnd(strings.NewReader(c.text), int64(len(c.text))); err != nil || got != int64(c.want) {
			t.Errorf("%d bytes that begin %.9q: %d, %v; it is at %d", len(c.text), c.text, got, err, c.want)
		}
	}
	if got, err := durable.LinesEnd(strings.NewReader("one\ntwo\n"), 7); err != nil || got != 4 {
		t.Errorf("before the last byte: %d, %v", got, err)
	}
}
