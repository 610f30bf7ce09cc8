package fuzz

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"winnow/proxy/codec"
	"winnow/scrub/detect"
	"winnow/scrub/scrubtest"
)

var text = wire{
	codec: codec.JSON{}, path: "/ingest", contentType: "text/plain",
	plant: func(text string) []byte { return []byte("x\n" + text + "\n") },
	check: func(*testing.T, []byte, string) {},
}

// FuzzText: findings are inside the text, sorted, not empty, and apart; lines alone have the findings they have together; a planted value is not in
// the output; bytes outside findings stay; scrubbed twice is scrubbed once.
func FuzzText(f *testing.F) {
	p := scrubtest.Policy(f, "")
	all := detect.Compile(detect.Defaults()).NewScanner()
	lineByLine := detect.Defaults()
	lineByLine.On[detect.PrivateKey] = false // the one thing that spans lines
	single := detect.Compile(lineByLine).NewScanner()
	f.Fuzz(func(t *testing.T, in []byte, before, after string) {
		for _, shape := range []detect.Shape{detect.Plain, detect.JSON} {
			ordered(t, all.Append(nil, in, detect.Context{Shape: shape}), len(in))
		}
		samePieces(t, single, in)
		if utf8.Valid(in) && !bytes.Contains(in, []byte("{")) { // what is not UTF-8 is withheld by the line, an object has rules of its own
			line := append([]byte("text "), in...)
			got := text.steady(t, p, line, mode(false))
			outsideStays(t, line, got.plain, all.Append(nil, line, detect.Context{}))
		}
		if !strings.HasPrefix(strings.TrimLeft(before, " \t\r\n"), "{") {
			text.holds(t, p, nil, before, after, false)
		}
	})
}

func ordered(t *testing.T, found []detect.Finding, n int) {
	t.Helper()
	end := 0
	for _, f := range found {
		if f.Start < end || f.End <= f.Start || f.End > n || f.Detector == detect.None || int(f.Detector) >= detect.Count {
			t.Fatalf("finding %+v behind %d in %d bytes", f, end, n)
		}
		end = f.End
	}
}

// samePieces scans lines together and one by one.
func samePieces(t *testing.T, scanner *detect.Scanner, in []byte) {
	t.Helper()
	whole := scanner.Append(nil, in, detect.Context{})
	var pieces []detect.Finding
	at := 0
	for line := range bytes.Lines(in) {
		n := len(pieces)
		pieces = scanner.Append(pieces, line, detect.Context{})
		for i := n; i < len(pieces); i++ {
			pieces[i].Start += at
			pieces[i].End += at
		}
		at += len(line)
	}
	if len(whole) != len(pieces) {
		t.Fatalf("together %v\nline by line %v\nin %q", whole, pieces, in)
	}
	for i := range whole {
		if whole[i] != pieces[i] {
			t.Fatalf("together %v\nline by line %v\nin %q", whole, pieces, in)
		}
	}
}

// outsideStays wants out to be in with a placeholder for each finding; for one over several lines, in each of them.
func outsideStays(t *testing.T, in, out []byte, found []detect.Finding) {
	t.Helper()
	var want []byte
	at := 0
	for _, f := range found {
		want = append(want, in[at:f.Start]...)
		for line := range bytes.Lines(in[f.Start:f.End]) {
			end := bytes.TrimRight(line, "\r\n")
			if len(end) > 0 {
				want = append(want, detect.Table[f.Detector].Placeholder...)
			}
			want = append(want, line[len(end):]...)
		}
		at = f.End
	}
	if want = append(want, in[at:]...); !bytes.Equal(out, want) {
		t.Errorf("in   %q\ngot  %q\nwant %q", in, out, want)
	}
}
