package detect

import "strings"

// keySpellings are the forms in which keys are looked for: as they are written, and their words joined by another sign or by none.
func keySpellings(keys []string) (all []string) {
	for _, key := range keys {
		words := strings.FieldsFunc(key, isJoint)
		for _, s := range []string{key, strings.Join(words, "_"), strings.Join(words, "-"), strings.Join(words, "."), strings.Join(words, "")} {
			if s = folded(s); len(s) < minNecessary {
				all = union(all, shortKey(s))
			} else {
				all = union(all, []string{s})
			}
		}
	}
	return all
}

func isJoint(r rune) bool { return r == '_' || r == '-' || r == '.' }

// shortKey makes of a key of two letters texts that are long enough to be looked for: with what may follow it.
func shortKey(key string) (all []string) {
	for _, next := range "\"'`=: \t\\%]>&" {
		all = append(all, folded(key+string(next)))
	}
	return all
}

// matchKey finds the value of the key that begins at key.
func (r *customRule) matchKey(c *Custom, t []byte, key, lo int, ctx Context) (start, end int, ok bool) {
	stop := key
	for stop < len(t) && stop-key < maxKeyBytes && isKeyByte(t[stop]) || byteAt(t, stop) == '@' {
		stop++
	}
	for stop > key && !isAlnum(t[stop-1]) {
		stop--
	}
	if !c.named(r, t[key:stop]) || !keyBegins(t, key) {
		return 0, 0, false
	}
	var at [2]int
	for _, sep := range at[:separatorsBehind(t, stop, &at)] {
		if start, end, ok = keyValue(t, key, sep, lo, ctx); ok {
			return start, end, true
		}
	}
	return 0, 0, false
}

// named reports whether a key is one of the rule's.
func (c *Custom) named(r *customRule, key []byte) bool {
	name := bareKey(key)
	for _, i := range c.keyed[string(name.b[:name.n])] {
		if c.rules[i].id == r.id {
			return true
		}
	}
	return false
}

// bareName is a key in lower case without the signs between its words.
type bareName struct {
	b [maxKeyBytes]byte
	n int
}

func bareKey(key []byte) (p bareName) {
	for _, c := range key {
		if isJoint(rune(c)) {
			continue
		}
		if p.n == len(p.b) {
			return bareName{}
		}
		p.b[p.n] = lower(c)
		p.n++
	}
	return p
}

// keyBegins reports whether a key, or the last part of a dotted one, begins at i.
func keyBegins(t []byte, i int) bool {
	switch c := byteAt(t, i-1); {
	case c == '-':
		for i > 0 && t[i-1] == '-' {
			i--
		}
		return i == 0 || !isAlnum(t[i-1])
	case isAlnum(c), c == '_', c == '$', c == '@':
		return i > 0 && escapeBefore(t, i) > 0
	}
	return true
}

// separatorsBehind fills in what may separate a key that ends before i from its value: the first blank, and what stands behind quotes, brackets
// and blanks.
func separatorsBehind(t []byte, i int, at *[2]int) (n int) {
	for from := i; i < len(t) && i-from <= 2*maxBlanks; i++ {
		switch t[i] {
		case '=', ':', '>', '&':
			at[n] = i
			return n + 1
		case '%':
			if !hasFold(t, i, "%22") && !hasFold(t, i, "%5d") {
				at[n] = i
				return n + 1
			}
			i += 2
		case ' ', '\t':
			if n == 0 {
				at[n] = i
				n++
			}
			if n == len(at) {
				return n
			}
		case '"', '\'', '`', ']', '\\':
		default:
			return n
		}
	}
	return n
}

// keyValue finds the value behind the separator at sep.
func keyValue(t []byte, key, sep, lo int, ctx Context) (start, end int, ok bool) {
	s, ok := readSeparator(t, sep)
	if !ok || s.flag && byteAt(t, key-1) != '-' || s.element && !elementBefore(t, key) || s.end < lo {
		return 0, 0, false
	}
	if s.flag && byteAt(t, s.end) == '-' {
		return 0, 0, false
	}
	v := readValue(t, s.end, ctx, s.encoded)
	if s.element {
		v = elementValue(t, s.end, t[sep] == '&')
	}
	if first := byteAt(t, v.start); !v.quoted && (first == '(' || first == '[' || first == '{') {
		return 0, 0, false
	}
	return v.start, v.end, isValue(t[v.start:v.end])
}

// isValue reports whether a key's value is one: not empty, and nothing that stands in for a value.
func isValue(b []byte) bool { return len(b) > 0 && !isDummy(b) }

// wholeValue appends what the field's name says of the whole text.
func (c *Custom) wholeValue(dst []Finding, t []byte, ctx Context) []Finding {
	if len(c.keyed) == 0 || len(ctx.Key) == 0 {
		return dst
	}
	name := bareKey(ctx.Key)
	for _, i := range c.keyed[string(name.b[:name.n])] {
		r := &c.rules[i]
		start, end := 0, len(t)
		for start < end && t[start] <= ' ' {
			start++
		}
		for end > start && t[end-1] <= ' ' {
			end--
		}
		if ctx.Shape == JSON && end-start >= 2 && t[start] == '"' && t[end-1] == '"' {
			start, end = start+1, end-1
		}
		if r.looks(ctx) && isValue(t[start:end]) && r.accepts(t, start, end, ctx) {
			dst = append(dst, Finding{start, end, r.id})
		}
	}
	return dst
}
