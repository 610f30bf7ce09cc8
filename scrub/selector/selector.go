// Package selector names fields by patterns over their paths: "level", "user.*.email", "http.**", "*_ms".
//
// A path is the keys above a field, joined by dots. A key that holds dots counts as several segments, so {"user.email": 1} and
// {"user": {"email": 1}} are one path. A key is any bytes, also none; the path of one empty key is one empty segment.
//
// A Selector is one pattern; Match answers for one path and is meant for explanations and tests. A Machine is many rules of many
// selectors compiled into one deterministic machine that walks down a record key by key; it allocates nothing and its cost does not
// depend on the number of rules. ASCII case is ignored by both. Nothing here knows what a rule does.
package selector

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxBytes is the longest selector that Parse accepts.
const MaxBytes = 512

// Selector is a pattern over paths. The zero Selector matches nothing. It is immutable and safe for concurrent use.
//
// Segments are joined by dots. "*" is exactly one segment, whatever it holds, and "**" any number of segments, none included. A star at
// one or both ends of a segment stands for any bytes of that segment, none included: "*_ms", "http_*", "*id*". Everything else is
// itself. There is no escape: a key that holds a star is named by a pattern around it.
type Selector struct {
	text     string
	segments []segment
}

// form is what a segment of a pattern asks of a segment of a path.
type form uint8

const (
	literal form = iota // equal
	prefix              // text*
	suffix              // *text
	infix               // *text*
	single              // *
	deep                // **
)

// segment is one part of a pattern. Its text is in lower case, without the stars.
type segment struct {
	form form
	text string
}

// Parse reads one selector. Its errors quote the selector and count bytes from 0.
func Parse(s string) (Selector, error) {
	if err := check(s); err != nil {
		return Selector{}, fmt.Errorf("selector %q: %w", s, err)
	}
	sel := Selector{text: s}
	at := 0
	for part := range strings.SplitSeq(s, ".") {
		seg, err := parseSegment(part, at)
		if err != nil {
			return Selector{}, fmt.Errorf("selector %q: %w", s, err)
		}
		if n := len(sel.segments); seg.form != deep || n == 0 || sel.segments[n-1].form != deep {
			sel.segments = append(sel.segments, seg)
		}
		at += len(part) + 1
	}
	return sel, nil
}

// check refuses what no segment may hold.
func check(s string) error {
	switch {
	case s == "":
		return fmt.Errorf("empty: write a key such as level, or ** for every field")
	case len(s) > MaxBytes:
		return fmt.Errorf("%d bytes long: at most %d are allowed", len(s), MaxBytes)
	case !utf8.ValidString(s):
		return fmt.Errorf("invalid UTF-8: write the key as text")
	}
	for i, r := range s {
		if r < ' ' || r == 0x7f {
			return fmt.Errorf("control character at byte %d: remove it", i)
		}
	}
	if t := strings.TrimSpace(s); t != s {
		return fmt.Errorf("space around it: write %q", t)
	}
	return nil
}

func parseSegment(part string, at int) (segment, error) {
	switch part {
	case "":
		return segment{}, fmt.Errorf("empty segment at byte %d: write a key, * or ** between the dots", at)
	case "*":
		return segment{form: single}, nil
	case "**":
		return segment{form: deep}, nil
	}
	text, before := strings.CutPrefix(part, "*")
	text, after := strings.CutSuffix(text, "*")
	if i := strings.IndexByte(text, '*'); i >= 0 || text == "" {
		if before {
			i++
		}
		return segment{}, fmt.Errorf("star out of place at byte %d: * may begin or end a segment, ** stands alone between dots", at+max(i, 0))
	}
	seg := segment{text: lower(text)}
	switch {
	case before && after:
		seg.form = infix
	case before:
		seg.form = suffix
	case after:
		seg.form = prefix
	}
	return seg, nil
}

// String is the selector as it was written. Parse accepts it again.
func (s Selector) String() string { return s.text }

// Match reports whether the selector names exactly this path, keys joined by dots. The empty path is one empty segment.
//
// It takes time proportional to the path's segments times the selector's, and allocates nothing.
func (s Selector) Match(path string) bool {
	if len(s.segments) == 0 {
		return false
	}
	rest, more := path, true
	i, star := 0, -1
	starRest, starMore := "", false
	for more {
		if i < len(s.segments) && s.segments[i].form == deep {
			star, starRest, starMore = i, rest, more
			i++
			continue
		}
		head, tail, tailMore := strings.Cut(rest, ".")
		if i < len(s.segments) && s.segments[i].matches(head) {
			rest, more = tail, tailMore
			i++
			continue
		}
		if star < 0 || !starMore {
			return false
		}
		_, starRest, starMore = strings.Cut(starRest, ".") // ** takes one segment more
		rest, more, i = starRest, starMore, star+1
	}
	for i < len(s.segments) && s.segments[i].form == deep {
		i++
	}
	return i == len(s.segments)
}

// matches compares one segment of a path, of any case. A deep segment is the caller's matter and matches none here.
func (g segment) matches(s string) bool {
	n := len(g.text)
	switch g.form {
	case literal:
		return len(s) == n && equalFold(g.text, s)
	case prefix:
		return len(s) >= n && equalFold(g.text, s[:n])
	case suffix:
		return len(s) >= n && equalFold(g.text, s[len(s)-n:])
	case infix:
		for i := 0; i+n <= len(s); i++ {
			if equalFold(g.text, s[i:i+n]) {
				return true
			}
		}
		return false
	case single:
		return true
	}
	return false
}

// glob reports whether the segment has a star beside text.
func (g segment) glob() bool { return g.form == prefix || g.form == suffix || g.form == infix }
