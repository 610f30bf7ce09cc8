package detect

import "bytes"

// Values of Kubernetes' secrets, whose names say nothing: kind: Secret, and data: or stringData: before or behind it.
//
//	apiVersion: v1                        {"apiVersion":"v1","data":{"app.conf":"cG9ydD04MA=="},"kind":"Secret",…}
//	data:
//	  app.conf: cG9ydD04MA==
//	kind: Secret
//
// Accepted: YAML and JSON, in a string too; members whose values are strings on one line, or a block's lines. The data are those of
// the same object or document, no other kind between, at most 4 KiB away. Source: Kubernetes API reference, Secret v1.

// maxManifestBytes bounds how far data may be from their kind.
const maxManifestBytes = 4096

// anchorManifest reports whether the value Secret of a member kind ends at i: at a line's or the text's end, or before what may follow a word.
func anchorManifest(t []byte, i int) bool {
	return endsFold(t[:i], "secret") && (endsKind(t, i) || listsSecrets(t, i)) && kindBefore(t, i) >= 0
}

// endsKind reports whether what is at i may stand behind a kind.
func endsKind(t []byte, i int) bool {
	c := byteAt(t, i)
	return !isAlnum(c) && (i >= len(t) || c == '\n' || c == '\r' || namedAfter.has(c))
}

// listsSecrets reports whether the value that ends in Secret before i goes on to SecretList.
func listsSecrets(t []byte, i int) bool {
	return has(t, i, "List") && !isAlnum(byteAt(t, i+len("List")))
}

// kindBefore returns where the key kind of the value Secret that ends at i begins, -1 if it has another.
func kindBefore(t []byte, i int) int {
	at := passQuote(t, i-len("secret"))
	for low := max(0, at-maxBlanks); at > low && isBlank(t[at-1]); {
		at--
	}
	if byteAt(t, at-1) != ':' {
		return -1
	}
	start, end := keyOf(t, at-1)
	if end-start != len("kind") || !hasFold(t, start, "kind") {
		return -1
	}
	return start
}

// appendManifest appends the values of the secret whose kind ends at at, and returns where it has stopped to look. What is before lo was looked at before.
func appendManifest(dst []Finding, t []byte, at, lo int, ctx Context) ([]Finding, int) {
	r := reader{t, ctx, wantAny, dst, at}
	low := objectStart(t, at, max(lo, at-maxManifestBytes))
	kind := kindBefore(t, at)
	if i := lastMember(t, low, kind, "kind"); i >= low {
		low = i
	}
	high := objectEnd(t, at, min(len(t), at+maxManifestBytes))
	if i := nextMember(t, at, high, "kind"); i < high && !listsSecrets(t, at) {
		high = i
	}
	for _, part := range [...][2]int{{low, max(low, kind)}, {at, high}} {
		from := part[0]
		if listsSecrets(t, at) {
			from = nextMember(t, from, part[1], "items")
		}
		for i := nextMember(t, from, part[1], "data"); i < part[1]; i = nextMember(t, i+1, part[1], "data") {
			r.members(i, part[1])
		}
	}
	return r.found, max(high, r.end)
}

// objectStart returns where the object or the document begins that i is in, no farther back than low, nor than a NUL, which ends all texts.
func objectStart(t []byte, i, low int) int {
	for depth := 0; i > low; i-- {
		switch t[i-1] {
		case '}':
			depth++
		case '{':
			if depth--; depth < 0 {
				return i
			}
		case '-':
			if has(t, i-len("---"), "---") {
				return i
			}
		case 0:
			return i
		}
	}
	return low
}

// objectEnd returns where the object or the document ends that i is in, no farther than high or a NUL.
func objectEnd(t []byte, i, high int) int {
	for depth := 0; i < high; i++ {
		switch t[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i
			}
		case '-':
			if has(t, i, "---") {
				return i
			}
		case 0:
			return i
		}
	}
	return high
}

// nextMember returns the offset of the colon behind the next key that ends in name in t[i:end], or end.
func nextMember(t []byte, i, end int, name string) int {
	for i < end {
		n := bytes.Index(t[i:end], []byte(name[1:]))
		if n < 0 {
			break
		}
		i += n + len(name) - 1
		if colon := memberColon(t, i, name); colon > 0 {
			return min(colon, end)
		}
	}
	return end
}

// lastMember is nextMember for the last one; low-1 where there is none.
func lastMember(t []byte, low, end int, name string) int {
	for end > low {
		n := bytes.LastIndex(t[low:end], []byte(name))
		if n < 0 {
			break
		}
		if colon := memberColon(t, low+n+len(name), name); colon > 0 {
			return colon
		}
		end = low + n
	}
	return low - 1
}

// memberColon returns the offset of the colon behind the key that ends at i, if the key is the name or stringData; 0 if not.
func memberColon(t []byte, i int, name string) int {
	start, end, _ := keyEnding(t, i, false)
	if !hasFold(t, end-len(name), name) || end-start != len(name) && !(end-start == len("stringData") && hasFold(t, start, "stringdata")) {
		return 0
	}
	if i = skipBlanks(t, behindQuote(t, i)); byteAt(t, i) != ':' {
		return 0
	}
	return i
}

// members reads the members of the object behind the colon at i, no farther than limit.
func (r *reader) members(i, limit int) {
	if i = skipBlanks(r.t, i+1); breaksLine(r.t, i) {
		r.lines(i, limit)
		return
	}
	if byteAt(r.t, i) != '{' {
		return
	}
	for i++; i < limit; i++ {
		i = skipBreaks(r.t, i)
		name, quote, n := openValue(r.t, i)
		if quote == 0 {
			return
		}
		i = skipBreaks(r.t, behindQuote(r.t, quotedEnd(r.t, name, quote, n, r.ctx)))
		if byteAt(r.t, i) != ':' {
			return
		}
		v := readValue(r.t, skipBreaks(r.t, i+1), r.ctx, false)
		if r.end = v.end; !v.quoted {
			return
		}
		r.keep(v, true)
		if i = skipBreaks(r.t, behindQuote(r.t, v.end)); byteAt(r.t, i) != ',' {
			return
		}
	}
}

// lines reads the members of an object of YAML on the lines behind the line's end at i, all as far to the right as the first, and blocks below them.
func (r *reader) lines(i, limit int) {
	first := -1
	for i < limit {
		line, n := nextLine(r.t, i)
		if line < 0 || n == 0 || first >= 0 && n < first {
			return
		}
		if first < 0 {
			first = n
		}
		from := line
		if n == first {
			if from = keyStop(r.t, behindQuote(r.t, line)); byteAt(r.t, behindQuote(r.t, from)) != ':' {
				return
			}
			from = skipBlanks(r.t, behindQuote(r.t, from)+1)
		}
		v := lineValue(r.t, from, r.ctx)
		r.keep(v, true)
		for i = max(v.end, from); i < limit && !breaksLine(r.t, i); {
			i++
		}
		r.end = i
	}
}
