package detect

import "bytes"

// A value behind a key, in any of the notations that logs mix.

// value is what readValue found: bytes [start, end), and whether quotes or brackets say where it ends.
type value struct {
	start, end int
	quoted     bool
}

// readValue reads the value at i: in quotes, whose backslashes tell how deep the text is nested, or bare. encoded says that the text is
// percent-encoded, and separators in it too.
func readValue(t []byte, i int, ctx Context, encoded bool) value {
	start, quote, n := openValue(t, i)
	return readOpened(t, start, quote, n, ctx, encoded)
}

// readOpened is readValue behind what openValue has read.
func readOpened(t []byte, start int, quote byte, n int, ctx Context, encoded bool) value {
	if quote != 0 {
		return value{start, quotedEnd(t, start, quote, n, ctx), true}
	}
	i := start
	switch byteAt(t, i) {
	case '&':
		if v, ok := entityValue(t, i); ok {
			return v
		}
	case '{':
		if j := behindScheme(t, i); j > i {
			start = j
		} else if j := bracedEnd(t, i); j > i && byteAt(t, i-1) == '=' {
			return value{i + 1, j, true}
		}
	}
	return value{i, bareEnd(t, start, encoded), false}
}

// maxBracedBytes bounds a value in braces.
const maxBracedBytes = 128

// behindScheme returns the offset behind the name of a hash's scheme at i, which stands in braces before it: {SSHA}…; or i.
func behindScheme(t []byte, i int) int {
	j := i + 1
	for isAlnum(byteAt(t, j)) || byteAt(t, j) == '-' || byteAt(t, j) == '_' {
		j++
		if j-i > maxSchemeBytes {
			return i
		}
	}
	if j == i+1 || byteAt(t, j) != '}' || !isToken(byteAt(t, j+1)) && byteAt(t, j+1) != '$' {
		return i
	}
	return j + 1
}

// maxSchemeBytes bounds the name of a hash's scheme.
const maxSchemeBytes = 20

// bracedEnd returns the end of the value in braces at i, as ODBC writes one: a brace in it is doubled, and a semicolon follows. It returns i if there is none.
func bracedEnd(t []byte, i int) int {
	for j := i + 1; j < len(t) && j-i < maxBracedBytes; j++ {
		switch t[j] {
		case '\n', '\r', '"':
			return i
		case '}':
			switch byteAt(t, j+1) {
			case '}':
				j++
			case ';', 0, '"', '\'':
				return j
			default:
				return i
			}
		}
	}
	return i
}

// openValue returns where the content of the value at i begins, its quote or 0, and how many backslashes stand before the quote. Who can
// refuse a value by this does so before its end is looked for: each key of many in one line may seem to have a value up to the line's end.
func openValue(t []byte, i int) (start int, quote byte, n int) {
	if isLetter(byteAt(t, i)) {
		i = behindWrapper(t, i)
	}
	i = behindType(t, i)
	switch byteAt(t, i) {
	case '<':
		if n := slashes(t, i+2); has(t, i, "<<") && isQuote(byteAt(t, i+2+n)) && closesBinary(t, i+2+n+1, n) {
			i += len("<<") // Erlang
		}
	case 'b', 'u', 'r', 'f', 'N', 'E', 'B', 'U', 'L', '@', '$':
		if c := byteAt(t, i+1); isQuote(c) || c == '\\' && isQuote(byteAt(t, i+1+slashes(t, i+1))) {
			i++
		}
	}
	n = slashes(t, i)
	c := byteAt(t, i+n)
	if !isQuote(c) || n > 7 {
		return i, 0, 0
	}
	if i += n + 1; byteAt(t, i+n) == c {
		i = behindMoreQuotes(t, i, c, n)
	}
	return i, c, n
}

// behindMoreQuotes returns the offset behind the one or two more quotes with n backslashes each that follow the one before i: those of Python's long strings, and
// the second of those that a field of CSV has in place of each of its own; i if a value without any text ends there.
func behindMoreQuotes(t []byte, i int, quote byte, n int) int {
	j := i
	for j-i < 2*(n+1) && slashes(t, j) == n && byteAt(t, j+n) == quote {
		j += n + 1
	}
	if c := byteAt(t, j); j == i || c <= ' ' || c == quote || c == '\\' || endsQuoted.has(c) {
		return i
	}
	return j
}

// endsQuoted are what may follow the end of a value in quotes.
var endsQuoted = setOf(",:;)}]>&|+=<")

// behindType returns the offset behind what PHP writes before a string: string(10) "…" of var_dump, s:10:"…" of serialize; or i.
func behindType(t []byte, i int) int {
	switch byteAt(t, i) {
	case 's', 'S', '(':
	default:
		return i
	}
	switch {
	case hasFold(t, i, "string("):
		if j := behindDigits(t[:min(len(t), i+16)], i+len("string(")); has(t, j, `) "`) || has(t, j, `) \"`) {
			return j + len(") ")
		}
	case has(t, i, "(string) (len="): // Go's spew
		if j := behindDigits(t[:min(len(t), i+24)], i+len("(string) (len=")); has(t, j, `) "`) || has(t, j, `) \"`) {
			return j + len(") ")
		}
	case has(t, i, "s:"):
		if j := behindDigits(t[:min(len(t), i+12)], i+len("s:")); j > i+len("s:") && byteAt(t, j) == ':' && isQuote(byteAt(t, j+1+slashes(t, j+1))) {
			return j + 1
		}
	}
	return i
}

// wrappers are calls and constructors that are printed or written around a secret.
var wrappers = newWordSet("some", "secret", "string", "str", "secretstr", "secretstring", "secretvalue", "sensitive", "ok", "just", "bytes", "text", "password", "token", "jsonencode",
	"from", "valueof", "of", "fromstring", "tostring", "quote", "secretkey", "encode", "decode", "b64decode", "b64encode", "base64decode", "atob", "unquote", "strdup", "nonsensitive", "md5", "sha", "sha1", "sha2", "sha256", "sha512", "crypt", "encrypt", "hash")

// behindWrapper returns the offset of the value in quotes behind the wrapper at i, of what Rust's Some holds; or i.
func behindWrapper(t []byte, i int) int {
	from := i
	stop := keyStop(t, i)
	if c := byteAt(t, stop); c != '(' && c != ':' {
		return i
	}
	for has(t, stop, "::") {
		i = stop + len("::")
		stop = keyStop(t, i)
	}
	if dot := bytes.LastIndexByte(t[i:stop], '.'); dot >= 0 {
		i += dot + 1
	}
	if byteAt(t, stop) != '(' || !wrappers.has(t[i:stop]) {
		return from
	}
	if n := slashes(t, stop+1); isQuote(byteAt(t, stop+1+n)) || hasFold(t, i, "some(") {
		if i > from && !closesCall(t, stop+2+n, n) {
			return from // flag.String("name", …)
		}
		return stop + 1
	}
	return from
}

// closesCall reports whether a bracket closes a call behind its only argument, the text in quotes with n backslashes each that begins at i.
func closesCall(t []byte, i, n int) bool {
	near := t[:min(len(t), i+maxMadeBytes)]
	return byteAt(t, behindQuote(t, quotedEnd(near, i, byteAt(t, i-1), n, Context{}))) == ')'
}

// typeNames are those of texts in programming languages.
var typeNames = newWordSet("str", "string", "text", "varchar", "nvarchar", "char", "optional", "secretstr", "nsstring", "std", "bytes", "any", "password", "secretstring", "charsequence",
	"final", "literal", "anystr", "cstring", "varchar2", "clob")

// behindDeclared returns the offset of the value in quotes behind the name of a type and an equals sign at i: password: str = "…"; or i.
func behindDeclared(t []byte, i int) int {
	from := i
	if byteAt(t, i) == '&' { // Rust
		if i++; has(t, i, "'static ") {
			i += len("'static ")
		}
	}
	j := keyStop(t, i)
	if !typeNames.has(t[min(i, len(t)):j]) {
		return from
	}
	if byteAt(t, j) == '[' && byteAt(t, keyStop(t, j+1)) == ']' {
		j = keyStop(t, j+1) + 1
	}
	if byteAt(t, j) == '?' {
		j++
	}
	if k := behindDigits(t[:min(len(t), j+8)], j+1); byteAt(t, j) == '(' && byteAt(t, k) == ')' {
		j = k + 1
	}
	j = skipBlanks(t, j)
	for range 2 { // string | undefined
		if byteAt(t, j) == '|' {
			j = skipBlanks(t, keyStop(t, skipBlanks(t, j+1)))
		}
	}
	if byteAt(t, j) != '=' {
		return from
	}
	if j = skipBlanks(t, j+1); isQuote(byteAt(t, j+slashes(t, j))) {
		return j
	}
	return from
}

// behindBreak returns the offset behind the line's end at i, in any spelling, and the blanks that follow it; or i.
func behindBreak(t []byte, i int) int {
	j := i
	if n := slashes(t, j); n > 0 && byteAt(t, j+n) == 'n' {
		j += n + 1
	} else if byteAt(t, j) == '\n' {
		j++
	} else {
		return i
	}
	for k := j; j-k < maxBlanks && isBlank(byteAt(t, j)); {
		j++
	}
	return j
}

// quotedEnd returns where the string ends whose content begins at i behind a quote with n backslashes before it. A quote that is less deep than
// that ends it too, as does the end of the line. So each quote ends what one like it has begun, and all strings of a text together cost no more
// than a few times its length.
func quotedEnd(t []byte, i int, quote byte, n int, ctx Context) int {
	level := 1 // the next power of two: quotes at this depth have level-1 backslashes
	for level-1 < n {
		level *= 2
	}
	if level-1 > n {
		level /= 2
	}
	run := 0
	for j := i; j < len(t); j++ {
		switch c := t[j]; {
		case c == '\\':
			run++
			continue
		case c == '\n' || c == '\r':
			return j
		case c == '\'' && c == quote && n == 0 && j > i && byteAt(t, j+1) == c && byteAt(t, j+2) != c:
			j++ // doubled, as YAML and SQL write one
		case c == quote:
			if r := run % (2 * level); r < level || run == n {
				return j - r
			}
		case c == '"' && ctx.Shape == JSON && run%2 == 0:
			return j
		}
		run = 0
	}
	return len(t)
}

// bareEnd returns where the value without quotes ends that begins at i: at white space, a separator, or an escape that stands for one.
func bareEnd(t []byte, i int, encoded bool) int {
	for start := i; i < len(t); {
		if !mayEndBare[t[i]] {
			i++
			continue
		}
		switch c := t[i]; c {
		case ' ', '\t', '\n', '\r', ',', ';', '&', ')', '}', ']', '<', '>', '"', '`':
			return i
		case '\'':
			if i == start || !isAlnum(t[i-1]) || !isAlnum(byteAt(t, i+1)) {
				return i
			}
		case '\\':
			n := slashes(t, i)
			switch byteAt(t, i+n) {
			case 'n', 'r', 't', '"', '\'', '`':
				return i
			case 'u':
				if separatorEscape(t, i+n) {
					return i
				}
				n++
			}
			i += n
			continue
		case '%':
			if encoded && encodedSeparator(t, i) {
				return i
			}
		}
		i++
	}
	return i
}

// mayEndBare has the bytes that bareEnd looks at.
var mayEndBare = func() (may [256]bool) {
	for _, c := range []byte(" \t\n\r,;&)}]<>\"`'\\%") {
		may[c] = true
	}
	return may
}()

// spokenValue is readValue in running text.
func spokenValue(t []byte, i int, ctx Context) value { return runOn(t, readValue(t, i, ctx, false)) }

// runOn makes of a value one in running text, where an '&' is a sign of the value unless a parameter or an entity begins there, or the value ends.
func runOn(t []byte, v value) value {
	for !v.quoted && v.end > v.start && byteAt(t, v.end) == '&' && isAlnum(byteAt(t, v.end+1)) {
		if c := byteAt(t, keyStop(t, v.end+1)); c == '=' || c == '[' || c == '%' || c == ';' || c == '&' {
			break
		}
		v.end = bareEnd(t, v.end+1, false)
	}
	return v
}

// separatorEscape reports whether the 'u' at i begins the rest of an escape for a quote, '&', ”', '<', '>' or a control character.
func separatorEscape(t []byte, i int) bool {
	if i+5 > len(t) || t[i+1] != '0' || t[i+2] != '0' {
		return false
	}
	hi, lo := t[i+3], lower(t[i+4])
	switch hi {
	case '0', '1':
		return true
	case '2':
		return lo == '0' || lo == '2' || lo == '6' || lo == '7'
	case '3':
		return lo == 'c' || lo == 'e'
	}
	return false
}

// encodedSeparator reports whether a percent escape for a quote, '&', a space or another separator is at i.
func encodedSeparator(t []byte, i int) bool {
	for _, e := range [...]string{"%26", "%20", "%22", "%2c", "%3b", "%7d", "%0a", "%0d"} {
		if hasFold(t, i, e) {
			return true
		}
	}
	return false
}

// separator is what stands between a key and its value.
type separator struct {
	end     int  // where the value begins, behind blanks and an opening bracket
	prose   bool // a colon and a blank, as in running text
	encoded bool // a percent escape
	element bool // the '>' of an XML element's begin
	flag    bool // a blank behind a command's flag
	call    bool // the bracket behind a call's name
	comma   bool // a comma behind a name in quotes
	part    bool // what ends the headers of a part of a form
}

// readSeparator reads the separator at i; ok is false if there is none.
func readSeparator(t []byte, i int) (s separator, ok bool) {
	s.end = i + 1
	switch c := byteAt(t, i); c {
	case '=':
		sign := behindEquals(t, s.end)
		spaced := sign > s.end || i > 0 && isBlank(t[i-1])
		s.end = behindOpening(t, sign, spaced)
	case ':':
		return readColon(t, i)
	case '>':
		if has(t, i, ">>") && isQuote(byteAt(t, i-1)) {
			return binarySeparator(t, i+len(">>"))
		}
		s.element = true
		if hasFold(t, s.end, "<![cdata[") {
			s.end += len("<![cdata[")
		}
		return s, i > 0 && t[i-1] != '='
	case '&':
		s.end, s.element = i+len("&gt;"), true
		return s, hasFold(t, i, "&gt;")
	case '%':
		s.end, s.encoded = i+len("%3d"), true
		for hasFold(t, s.end, "%20") || hasFold(t, s.end, "%22") {
			s.end += len("%20")
		}
		return s, byteAt(t, i+1) == '3' && (lower(byteAt(t, i+2)) == 'd' || lower(byteAt(t, i+2)) == 'a')
	case ' ', '\t':
		s.flag = true
	case '(':
		s.call = true
	case ',':
		s.comma = true
	case ';':
		return s, behindType(t, s.end) > s.end
	case '\\', '\r', '\n':
		s.end, s.part = partValue(t, i), true
		return s, s.end > 0
	default:
		return s, false
	}
	return s, true
}

// behindEquals returns the offset behind what an equals sign before i begins: "==", "=>", also where an entity or an escape stands for the latter's second sign;
// or i.
func behindEquals(t []byte, i int) int {
	switch byteAt(t, i) {
	case '=':
		return i + 1
	case '>':
		if j := behindBreak(t, i+1); behindType(t, j) > j {
			return j // var_dump has a line for each key and for each value
		}
		return i + 1
	case '&', '\\':
		for _, sign := range [...]string{"&gt;", `\u003e`} {
			if hasFold(t, i, sign) {
				return i + len(sign)
			}
		}
	}
	return i
}

// rejected stands between a field and its value where Spring reports why it does not take it: on field 'password': rejected value [hunter22].
const rejected = "rejected value ["

// readColon is readSeparator for the colon at i.
func readColon(t []byte, i int) (s separator, ok bool) {
	s.end = i + 1
	n := byteAt(t, i+1)
	if n == ':' && byteAt(t, i+2) == ' ' && sextets[byteAt(t, i+3)] < notBase64 && sextets[byteAt(t, i+10)] < notBase64 { // LDIF
		s.end, s.prose = i+3, true
		return s, true
	}
	if n == ':' || n == '/' && byteAt(t, i+2) == '/' || i > 0 && t[i-1] == ':' {
		return s, false
	}
	if j := skipBlanks(t, s.end); has(t, j, rejected) {
		s.end = j + len(rejected)
		return s, true
	}
	if j := behindVisibility(t, i); j > i {
		s.end = behindOpening(t, j, true)
		return s, true
	}
	if n == '=' {
		s.end++
	}
	if m := emphasisLen(t, s.end); m > 0 {
		s.end += m
		n = ' '
	}
	if j := skipBlanks(t, s.end); behindDeclared(t, j) > j {
		s.end = behindDeclared(t, j)
		return s, true
	}
	s.prose = n == ' '
	s.end = behindOpening(t, s.end, true)
	if s.prose {
		s.end = behindTag(t, s.end)
	}
	return s, true
}

// readOnce is the separator at one offset, for more than one who looks behind it. The zero readOnce has not been read.
type readOnce struct {
	s        separator
	ok, done bool
}

// read is readSeparator.
func (r *readOnce) read(t []byte, i int) (separator, bool) {
	if !r.done {
		r.s, r.ok = readSeparator(t, i)
		r.done = true
	}
	return r.s, r.ok
}

// yamlTags stand before the value that they say the type of, and are no references to one.
var yamlTags = newWordSet("!!str", "!!binary", "!str", "!string", "!vault", "!unsafe", "!vault-encrypted", "!encrypted")

// behindTag returns the offset behind a tag or an anchor of YAML at i, and the blank that follows it; or i: !!str hunter22, &pw hunter22. Source: YAML 1.2.2 section 6.9.
func behindTag(t []byte, i int) int {
	for range 2 {
		j := i + 1
		if byteAt(t, j) == '!' {
			j++
		}
		stop := keyStop(t, j)
		switch c := byteAt(t, i); {
		case stop == j || !isBlank(byteAt(t, stop)):
			return i
		case c == '!' && yamlTags.has(t[i:stop]), c == '&' && j == i+1 && !isBlank(byteAt(t, stop+1)):
			i = skipBlanks(t, stop)
		default:
			return i
		}
	}
	return i
}

// emphasisLen returns the length of what closes Markdown's emphasis at i, before a blank: **password:** hunter22; or 0.
func emphasisLen(t []byte, i int) int {
	c := byteAt(t, i)
	if c != '*' && c != '_' {
		return 0
	}
	n := 1
	if byteAt(t, i+1) == c {
		n = 2
	}
	if !isBlank(byteAt(t, i+n)) {
		return 0
	}
	return n
}

// maxBlanks is how many blanks may stand before a value.
const maxBlanks = 16

// behindOpening returns where the value begins behind the sign before i: behind blanks, which count after '=' only when it is spaced, blanks before it too, or a
// quote follows, and behind the bracket that opens a list.
func behindOpening(t []byte, i int, spaced bool) int {
	if isBlank(byteAt(t, i)) {
		from := i
		if i = skipBlanks(t, i); !spaced && !isQuote(byteAt(t, i+slashes(t, i))) {
			return from
		}
	}
	if byteAt(t, i) == '[' && !bracketWord(t, i) {
		if i++; byteAt(t, i) == '[' && !bracketWord(t, i) {
			i++ // Lua
		}
	}
	return i
}

// bracketWord reports whether what is at i is a word in brackets, such as a placeholder.
func bracketWord(t []byte, i int) bool {
	for j := i + 1; j < len(t) && j-i < 32; j++ {
		if t[j] == ']' {
			return isDummy(t[i : j+1])
		}
	}
	return false
}
