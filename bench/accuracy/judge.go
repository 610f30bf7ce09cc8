package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"winnow/bench/corpora/cases"
)

// verdict is what became of one line.
type verdict struct {
	missed   bool // something of the value is left
	changed  bool // a harmless line is another
	broken   bool // it lost its shape
	unstable bool // it changes again when scrubbed twice
	wide     bool // more than the value went
	out      []byte
}

// judgeAll scrubs and judges lines on all cores, and adds them to the card in order.
func judgeAll(card *scorecard, lines []cases.Case, scrub scrubber) {
	verdicts := make([]verdict, len(lines))
	workers := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(lines); i += workers {
				verdicts[i] = judge(&lines[i], scrub)
			}
		})
	}
	all.Wait()
	for i := range lines {
		card.add(&lines[i], &verdicts[i])
	}
}

func judge(c *cases.Case, scrub scrubber) verdict {
	in := []byte(c.Line)
	out := scrub(in)
	v := verdict{out: out, changed: !bytes.Equal(in, out)}
	if c.JSON && v.changed {
		v.broken = !sameNames(in, out, c.Renames)
	}
	v.unstable = v.changed && !bytes.Equal(scrub(out), out)
	if c.Value != "" {
		v.missed, v.wide = left(c, string(out))
	}
	return v
}

// left reports whether something of the value planted in c is in out, and whether more is gone than the value.
func left(c *cases.Case, out string) (missed, wide bool) {
	before, after := c.Line[:c.Start], c.Line[c.End:]
	a := commonPrefix(out, before)
	b := commonSuffix(out[a:], after)
	rest := placeholder.ReplaceAllString(out[a:len(out)-b], "")
	wide = a < len(before) || b < len(after)
	switch {
	case c.Encoding == cases.Base64:
		return holdsPiece(decode64(rest), c.Value) || holdsPiece(out, c.Value), wide
	case wide:
		return holdsPiece(undo(out), c.Value), true
	}
	return strings.ContainsFunc(rest, isWord), false
}

// placeholder is what takes a finding's place.
var placeholder = regexp.MustCompile(`\[[a-z][a-z-]*\]`)

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// isWord reports whether r can be a part of a value, and not only what is around it.
func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
}

// pieceBytes is the length of the shortest piece of a value that gives something of it away.
const pieceBytes = 5

// holdsPiece reports whether text holds a piece of value.
func holdsPiece(text, value string) bool {
	if len(value) <= pieceBytes {
		return strings.Contains(text, value)
	}
	for i := 0; i+pieceBytes <= len(value); i++ {
		if strings.Contains(text, value[i:i+pieceBytes]) {
			return true
		}
	}
	return false
}

// undo undoes the encodings that a value may be hidden in.
func undo(s string) string {
	for range 3 {
		if plain, err := url.QueryUnescape(s); err == nil {
			s = plain
		}
		var text string
		if json.Unmarshal([]byte(`"`+s+`"`), &text) == nil {
			s = text
		}
		s = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\/`, "/", "\u200b", "", "\u00ad", "").Replace(s)
	}
	return strings.Map(narrow, s)
}

// narrow gives a full-width sign its ordinary form.
func narrow(r rune) rune {
	if r > 0xff00 && r < 0xff5f {
		return r - 0xfee0
	}
	return r
}

// decode64 is what the base64 in s says, as far as it can be read.
func decode64(s string) string {
	s = strings.TrimRight(s, "=")
	b, _ := base64.RawStdEncoding.DecodeString(s)
	return string(b)
}

func isObject(line []byte) bool { return len(line) > 0 && line[0] == '{' && json.Valid(line) }

// sameNames reports whether out is JSON with the names of in, in order; with as many of them if they may be others.
func sameNames(in, out []byte, renamed bool) bool {
	a, err := names(in)
	if err != nil {
		return false
	}
	b, err := names(out)
	if err != nil || !json.Valid(out) {
		return false
	}
	return slices.Equal(a, b) || renamed && len(a) == len(b)
}

// names lists the names of all members in order, and the brackets.
func names(text []byte) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var list []string
	var inObject []bool
	expectName := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case json.Delim:
			list = append(list, t.String())
			if t == '{' || t == '[' {
				inObject = append(inObject, t == '{')
			} else {
				inObject = inObject[:len(inObject)-1]
			}
		case string:
			if expectName {
				list = append(list, t)
				expectName = false
				continue
			}
		}
		expectName = len(inObject) > 0 && inObject[len(inObject)-1]
	}
}
