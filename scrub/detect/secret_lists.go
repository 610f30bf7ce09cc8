package detect

// Secrets behind the first one of a key: other elements of a list, what takes its place, lines of a block.
//
//	"passwords": ["hunter22", "hunter23"]     api_keys=[8f3e2a91c4d5b6e7, …]     map[passwords:[hunter22 hunter23]]
//	~ password = "hunter22" -> "hunter23"
//	password: |-                               passwords:                         password = <<EOF
//	  hunter22                                   - hunter22                       hunter22
//
// Accepted: lists in brackets up to the closing one, over lines too, or without brackets up to a value that no comma follows, behind names of several
// secrets; YAML's block scalars and lists on lines that are indented; HCL's and the shell's documents up to their mark. Elements are judged as the value
// of one key is; behind names of several only what looks generated, or has a digit or a sign. Source: YAML 1.2.2 sections 8.1 and 8.2.

// maxElements bounds the elements of a list, and maxLines the lines of a block.
const (
	maxElements = 64
	maxLines    = 16
)

// reader reads what stands behind a key.
type reader struct {
	t    []byte
	ctx  Context
	kind want
	// found are the findings, and end is where reading has ended.
	found []Finding
	end   int
}

// appendMore appends the secrets behind the separator at at of the key at keyStart, but for a first one that matchSecret finds, and returns where it has
// stopped to look.
func appendMore(dst []Finding, t []byte, at int, ctx Context, keyStart int, kind want, sep *readOnce) ([]Finding, int) {
	cookies := (kind == wantSession || kind == wantSecrets) && isCookieKey(t[keyStart:keyStop(t, keyStart)])
	if kind == wantNothing || kind == wantQuery || kind == wantPhrase || !cookies && aloneBehind(t, at, kind) {
		return dst, at
	}
	s, ok := sep.read(t, at)
	if !ok {
		return dst, at
	}
	r := reader{t, ctx, kind, dst, at + 1}
	if cookies && !s.flag && !s.call && !s.comma && !s.element {
		r.cookies(s.end)
		return r.found, r.end
	}
	switch c := byteAt(t, s.end); {
	case byteAt(t, s.end-1) == '[', c == '(', c == '{' && isQuote(byteAt(t, s.end+1)):
		if c == '(' || c == '{' {
			s.end++
		}
		r.list(s.end)
	case c == '|', c == '>', c == '<', breaksLine(t, s.end):
		r.block(s.end, indentOf(t, keyStart))
	case kind == wantSecrets || kind == wantPasswords:
		r.bare(s.end, s.prose)
	default:
		r.arrow(s.end)
	}
	return r.found, r.end
}

// aloneBehind reports, for most separators, that nothing stands behind the one at at but one value, if any.
func aloneBehind(t []byte, at int, kind want) bool {
	if c := byteAt(t, at); c != '=' && c != ':' {
		return true
	}
	i := at + 1
	if isBlank(byteAt(t, i)) {
		i++
	}
	return isAlnum(byteAt(t, i)) && kind != wantPasswords && kind != wantSecrets
}

// keep appends a value that is a secret.
func (r *reader) keep(v value, sure bool) {
	if v.start < v.end && (sure || v.quoted || isSecretText(r.t[v.start:v.end])) && wanted(r.t, v, r.kind) {
		r.found = append(r.found, Finding{v.start, v.end, Secret})
	}
}

// list reads the elements of a list from i on.
func (r *reader) list(i int) {
	for range maxElements {
		i = skipBreaks(r.t, i)
		r.end = i
		switch byteAt(r.t, i) {
		case '[', '{', '(', ']', '}', ')', ':', 0:
			return
		}
		v := readValue(r.t, i, r.ctx, false)
		if !v.quoted && (v.end <= v.start || r.t[v.end-1] == ':') { // a key behind a list that nothing ends
			return
		}
		i = v.end
		if v.quoted {
			i = behindQuote(r.t, i)
		}
		i = skipBreaks(r.t, i)
		c := byteAt(r.t, i)
		if c == ':' || c == '=' {
			return // members of an object
		}
		r.keep(v, false)
		if c == ',' {
			i++
		} else if v.quoted || c == ']' {
			return
		}
	}
}

// bare reads values without brackets from i on: one, or several with commas between.
func (r *reader) bare(i int, prose bool) {
	for range maxElements {
		v := readValue(r.t, i, r.ctx, false)
		if r.end = v.end; v.end <= v.start || prose && !v.quoted && v.end-v.start < minBareToken {
			return
		}
		r.keep(v, false)
		if v.quoted || byteAt(r.t, v.end) != ',' {
			return
		}
		i = skipBlanks(r.t, v.end+1)
	}
}

// arrow reads the value that takes the place of the one in quotes at i, behind an arrow.
func (r *reader) arrow(i int) {
	if _, quote, _ := openValue(r.t, i); quote == 0 {
		return
	}
	v := readValue(r.t, i, r.ctx, false)
	r.end = v.end
	i = skipBlanks(r.t, behindQuote(r.t, v.end))
	if n := arrowLen(r.t, i); n > 0 {
		v = readValue(r.t, skipBlanks(r.t, i+n), r.ctx, false)
		r.end = v.end
		if v.quoted {
			r.keep(v, true)
		}
	}
}

// arrows part an old value from a new one, or a name from a value.
var arrows = [...]string{"->", "=>", "→", `-\u003e`, "-&gt;"}

// arrowLen returns the length of one of arrows at i, or 0.
func arrowLen(t []byte, i int) int {
	switch byteAt(t, i) {
	case '-', '=', arrows[2][0]:
		for _, a := range arrows {
			if hasFold(t, i, a) {
				return len(a)
			}
		}
	}
	return 0
}

// operators stand before a value that is compared with a secret or taken in its place.
var operators = [...]string{"!=", "||=", "||", "??=", "??", "?=", "<-", "<>"}

// signLen returns the length of one of arrows or operators at i, and of the equals sign behind it, or 0.
func signLen(t []byte, i int) int {
	n := 0
	switch byteAt(t, i) {
	case '!', '|', '?', '<':
		for k := 0; n == 0 && k < len(operators); k++ {
			if has(t, i, operators[k]) {
				n = len(operators[k])
			}
		}
	default:
		n = arrowLen(t, i)
	}
	if n > 0 && byteAt(t, i+n) == '=' {
		n++
	}
	return n
}

// indentOf returns how many blanks the line of the key at i begins with, and -1 if more stands before the key.
func indentOf(t []byte, i int) int {
	i = passQuote(t, i)
	n := 0
	for i > 0 && isBlank(t[i-1]) && n < maxKeyGap {
		i, n = i-1, n+1
	}
	if i == 0 || t[i-1] == '\n' || escapeBefore(t, i) == 2 {
		return n
	}
	return -1
}

// block reads the lines behind the mark of a block at i, or behind the line's end there. indent is that of the key's line, or less than 0.
func (r *reader) block(i, indent int) {
	t, mark := r.t, []byte(nil)
	marked := false
	switch byteAt(t, i) {
	case '|', '>':
		for i++; byteAt(t, i) == '-' || byteAt(t, i) == '+' || isDigit(byteAt(t, i)); {
			i++
		}
		marked = true
	case '<':
		if byteAt(t, i+1) != '<' {
			return
		}
		for i += 2; byteAt(t, i) == '-' || byteAt(t, i) == '~' || isQuote(byteAt(t, i)); {
			i++
		}
		mark = t[i:keyStop(t, i)]
		if i += len(mark); isQuote(byteAt(t, i)) {
			i++
		}
		if len(mark) == 0 {
			return
		}
	}
	first := -1
	for range maxLines {
		line, n := nextLine(t, skipBlanks(t, i))
		if line < 0 {
			return
		}
		v := lineValue(t, line, r.ctx)
		listed := has(t, line, "- ")
		switch {
		case mark != nil && string(t[v.start:v.end]) == string(mark):
			return
		case mark != nil:
		case first < 0 && (n <= indent && !(listed && n == indent) || n == 0 && !listed), first >= 0 && n != first:
			return
		}
		first, r.end = n, v.end
		switch {
		case mark != nil, marked:
			r.keep(v, true)
		case listed:
			v.start = skipBlanks(t, line+2)
			v = readLineValue(t, v, r.ctx)
			r.keep(v, false)
		default:
			r.keepAlone(v)
			return
		}
		if i = v.end; v.quoted {
			i = behindQuote(t, i)
		}
	}
}

// keepAlone keeps the value of a line behind its key's: it has letters and digits, or quotes.
func (r *reader) keepAlone(v value) {
	u := v
	if v.quoted || r.kind != wantCode && looksSecret(r.t, &u, r.kind == wantAny || r.kind == wantPass) && u.end == v.end {
		r.keep(v, true)
	}
}

// nextLine returns where the text of the line begins that follows the line's end at i, and how many blanks are before it; -1 if no line ends there, or
// if a NUL begins the next one: that parts texts which have nothing to do with each other.
func nextLine(t []byte, i int) (start, indent int) {
	if byteAt(t, i) == '\r' {
		i++
	} else if n := slashes(t, i); n > 0 && byteAt(t, i+n) == 'r' {
		i += n + 1
	}
	if n := slashes(t, i); n > 0 && byteAt(t, i+n) == 'n' {
		i += n + 1
	} else if byteAt(t, i) == '\n' {
		i++
	} else {
		return -1, 0
	}
	for isBlank(byteAt(t, i)) && indent < maxKeyGap {
		i, indent = i+1, indent+1
	}
	if i < len(t) && t[i] == 0 {
		return -1, 0
	}
	return i, indent
}

// lineValue returns the value that is all of the line at i: in quotes or a word; an empty one where there is more.
func lineValue(t []byte, i int, ctx Context) value {
	return readLineValue(t, value{i, i, false}, ctx)
}

// readLineValue is lineValue for the value that begins at v.start.
func readLineValue(t []byte, v value, ctx Context) value {
	u := readValue(t, v.start, ctx, false)
	end := u.end
	if u.quoted {
		end = behindQuote(t, end)
	}
	for !u.quoted && end < len(t) && end-u.start < maxDummyBytes && t[end] > ' ' && t[end] != '"' && t[end] != '\\' {
		end++ // signs that end values elsewhere
	}
	if !u.quoted {
		u.end = end
	}
	if end = skipBlanks(t, end); end < len(t) && !breaksLine(t, end) && !isQuote(byteAt(t, end+slashes(t, end))) {
		return value{u.start, u.start, false}
	}
	return u
}

// breaksLine reports whether a line ends at i, in any spelling.
func breaksLine(t []byte, i int) bool {
	n := slashes(t, i)
	switch byteAt(t, i+n) {
	case '\n', '\r':
		return n == 0
	case 'n', 'r':
		return n > 0
	}
	return false
}
