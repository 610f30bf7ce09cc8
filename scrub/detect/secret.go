package detect

import (
	"bytes"
	"math"
)

// matchSecret finds the value of the secret that the key before the separator at at names.
//
// Separators: '=', ':', "=>", ":=", the ';' between strings of PHP's serialize, the '>' of an XML element, "%3D" and "%3A", a blank behind a command's flag,
// a bracket behind a call's name, a comma behind a name in quotes. Keys: see secretWords; in quotes,
// brackets or none. Values: in quotes, whose escapes are respected, or bare up to white space or one of ,;&)}]<>"'. Left alone: values of less
// than four characters, dummies such as null or ****, plain words in running text, short numbers under a token's name. Values end with their line.
func matchSecret(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	keyStart, keyStop := keyOf(t, at)
	if kind, says := keyKind(t[keyStart:keyStop]); says {
		return secretBehind(t, at, lo, ctx, keyStart, keyStop, kind, &readOnce{})
	}
	return 0, 0, false
}

// keyKind is secretKind, and reports whether there may be a secret behind the key: one that it names or that something beside it does.
func keyKind(key []byte) (kind want, says bool) {
	if len(key) == 0 {
		return wantNothing, false
	}
	kind = secretKind(key)
	return kind, kind != wantNothing || saysLittle(key)
}

// secretBehind is matchSecret for the key t[keyStart:keyStop] of a kind.
func secretBehind(t []byte, at, lo int, ctx Context, keyStart, keyStop int, kind want, sep *readOnce) (start, end int, ok bool) {
	if byteAt(t, at) == '>' && byteAt(t, keyStart-1) == '/' && hasFold(t, keyStart, "key>") {
		return listed(t, keyStart, at)
	}
	k := keyed{t: t, ctx: ctx, at: at, start: keyStart, stop: keyStop, kind: kind}
	switch {
	case kind == wantPasswords || kind == wantSecrets:
		return 0, 0, false // see appendMore
	case kind == wantPhrase && keyStop-keyStart == len("passe"):
		if k.kind = wantAny; !inFrench(t, keyStart) {
			return 0, 0, false
		}
	case kind == wantQuery && !inQuery(t, keyStart):
		if isBlank(byteAt(t, at)) && byteAt(t, keyStop-1)|0x20 == 'y' && keyStop == at && at >= lo {
			if start, end, ok = deviceKey(t, keyStart, at+1, ctx); ok {
				return start, end, start >= lo
			}
		}
		if !k.addWord() {
			return 0, 0, false
		}
	}
	s, ok := sep.read(t, at)
	if !ok || s.end < lo || s.element && !elementBefore(t, k.start) {
		return 0, 0, false
	}
	switch {
	case k.kind == wantLogin:
		u, found := loginAt(t, s.end, ctx)
		return u.start, u.end, found && wanted(t, u, wantAny)
	case k.kind == wantNothing:
		return littleSaid(t, k.start, k.stop, s, ctx)
	case s.call:
		return called(t, k.start, at, k.kind, ctx)
	case s.comma:
		return paired(t, k.start, k.stop, at, k.kind, ctx)
	case s.flag:
		return k.behindBlank(s)
	}
	return k.behindSign(s)
}

// keyed is a key whose value is looked for.
type keyed struct {
	t   []byte
	ctx Context
	// the key is t[start:stop], and its separator at at.
	start, stop, at int
	kind            want
	// twoWords says that the key is of two words or behind a vendor's name, and far that other words stand behind that name.
	twoWords, far bool
}

// addWord finds what a key that says little outside of a query names together with the word before it, or behind a vendor's name, and reports whether that is a
// secret: API Key, secret key.
func (k *keyed) addWord() bool {
	k.twoWords = true
	start, kind := twoWordKey(k.t, k.start, k.stop)
	if kind != wantNothing {
		k.start, k.kind = start, kind
		return true
	}
	if k.stop-k.start != len("key") || !madeAhead(k.t, k.at) {
		return false
	}
	near, next := makerBefore(k.t, k.start)
	k.kind, k.far = wantMade, !next
	return near
}

// behindBlank finds the value behind the key's separator s, which is a blank.
func (k *keyed) behindBlank(s separator) (start, end int, ok bool) {
	t := k.t
	switch i := skipBlanks(t, s.end); {
	case k.stop < k.at && isQuote(byteAt(t, i+slashes(t, i))):
		return paired(t, k.start, k.stop, k.at, k.kind, k.ctx)
	case has(t, i, "<<<"):
		v := hereString(t, i, k.ctx)
		if colon := bytes.IndexByte(t[v.start:v.end], ':'); colon >= 0 && k.stop-k.start == len("chpasswd") {
			v.start += colon + 1
		}
		return v.start, v.end, v.start < v.end && isArgument(t, v)
	case t[k.start] != '-':
		return spoken(t, k.start, s.end, k.kind, k.ctx)
	case byteAt(t, s.end) == '-' || byteAt(t, k.stop) == '`' || byteAt(t, k.start-1) == ']' || isLower(byteAt(t, k.start+1)) && isUpper(byteAt(t, k.start+2)): // mysql -pSecret, the `-password` flag
		return 0, 0, false
	}
	return k.behindSign(s)
}

// behindSign finds the value that stands at once behind the key's separator s.
func (k *keyed) behindSign(s separator) (start, end int, ok bool) {
	t := k.t
	if s.element {
		v := elementValue(t, s.end, t[k.at] == '&')
		if inUsage(t, k.start, v) {
			return 0, 0, false
		}
		return k.judge(s, v)
	}
	if s.part {
		return k.judge(s, value{s.end, partLineEnd(t, s.end), true})
	}
	if k.kind != wantCode && k.kind != wantPhrase {
		if start, end, ok = octets(t, s.end); ok {
			return start, end, true
		}
		if start, end, ok = decimals(t, s.end); ok {
			return start, end, true
		}
	}
	first, quote, n := openValue(t, s.end)
	if c := byteAt(t, first); quote == 0 && (c == '(' || c == '[') {
		return secondOf(t, first, k.kind, k.ctx)
	}
	if k.opensNone(s, first, quote, n) {
		return 0, 0, false
	}
	v := readOpened(t, first, quote, n, k.ctx, s.encoded)
	if v.start == v.end && byteAt(t, k.at) == '=' && isBlank(byteAt(t, v.end)) && k.stop-k.start == len("password") {
		v = serviceValue(t, k.start, v, k.ctx)
	}
	return k.judge(s, v)
}

// opensNone reports whether what begins at first, behind a quote with n backslashes or none, is no value of the key.
func (k *keyed) opensNone(s separator, first int, quote byte, n int) bool {
	c := byteAt(k.t, first)
	if quote == 0 { // each key of many in one line would have a value up to the line's end
		return k.kind == wantPhrase && c != '{' && seedEnd(k.t, first) == first
	}
	if k.stop < k.at {
		return false // the key has a quote of its own
	}
	opened := byteAt(k.t, k.start-1) == quote && trailingSlashes(k.t, k.start-1) == n
	switch c { // does it end the string that the key stands in?
	case ')', ']', '}', ',', ';': // input("password: "), cut(env, "PASSWORD=")
		return s.prose || opened
	case ' ', '\t': // expect "Password:" {
		return opened
	}
	return false
}

// judge returns what of the value v behind the separator s is the secret, if it is one.
func (k *keyed) judge(s separator, v value) (start, end int, ok bool) {
	t, key, kind := k.t, k.t[k.start:k.stop], k.kind
	if kind == wantQuery && len(key) == len("code") && v.end-v.start < minBareToken {
		return 0, 0, false // an error's, a country's
	}
	if kind == wantSession && pairKeys.has(lastWord(key)) {
		if u, found := pairOf(t, v); found {
			return u.start, u.end, wanted(t, u, wantAny)
		}
	}
	stop := k.stop
	for stop < k.at && t[stop] == '*' {
		stop++ // Markdown
	}
	prose := s.prose && stop == k.at && !v.quoted
	if prose {
		v = runOn(t, v)
	}
	v, prose = severalWords(t, key, kind, v, prose)
	if !v.quoted && v.end-v.start >= minSecretBytes && v.end-v.start <= maxDummyBytes && isCode(t, v) {
		v, ok = fallback(t, v.start, kind, k.ctx)
		return v.start, v.end, ok
	}
	b := t[v.start:v.end]
	if !fits(t, v, kind, prose, v.quoted || stop < k.at || !s.prose) || k.twoWords && !(isSecretText(b) && len(b) >= minTwoWords) || reported(t, k.start, stop, k.at, v) {
		return 0, 0, false
	}
	return v.start, v.end, !k.far || !isDigest(b)
}

// serviceValue returns the value behind the key password at keyStart, an equals sign and a blank, as Windows' sc has them: obj= ada password= hunter22. The value is
// v where none follows.
func serviceValue(t []byte, keyStart int, v value, ctx Context) value {
	i := skipBlanks(t, v.end)
	u := readValue(t, i, ctx, false)
	if keyAhead(t, i) || !looksSecret(t, &u, true) && !lineHas(t, keyStart, "obj= ") {
		return v
	}
	return u
}

// minTwoWords is the length of the shortest secret behind a name of two words.
const minTwoWords = 12

// twoWordKey returns where the key t[keyStart:keyStop] begins and what it names, if the word before it, a blank between, belongs to it: API Key, secret key.
func twoWordKey(t []byte, keyStart, keyStop int) (start int, kind want) {
	if keyStart < 2 || t[keyStart-1] != ' ' || !isLetter(t[keyStart-2]) {
		return keyStart, wantNothing
	}
	start, _, _ = keyEnding(t, keyStart-1, false)
	if kind = secretKind(t[start:keyStop]); kind == wantQuery {
		kind = wantNothing
	}
	return start, kind
}

// maxKeyGap is how many blanks may stand between a key and its separator: assignments one below the other are aligned.
const maxKeyGap = 40

// keyOf returns the key that ends before the separator at at: behind blanks, a quote, a bracket.
func keyOf(t []byte, at int) (start, end int) {
	if at > len(t) {
		return 0, 0
	}
	i := at
	if byteAt(t, at) == '=' {
		i = beforeOperator(t, at)
	}
	for i > 0 && at-i < maxKeyGap && isBlank(t[i-1]) {
		i--
	}
	for low := max(0, i-2); i > low && t[i-1] == '*'; {
		i--
	}
	i -= quoteEntityBefore(t, i)
	i = passQuote(t, i)
	if i > 0 && i < at && t[i-1] == '"' && t[i] == '"' {
		i-- // a field of CSV has two for one
	}
	if byteAt(t, i-1) == ']' {
		if j := beforeIndex(t, i); j < i && (i < at && isQuote(t[i]) || byteAt(t, at) == '=') {
			i = j
		} else if keyInBrackets(t, i) {
			i = passQuote(t, i-1)
		}
	} else if hasFold(t, i-3, "%5d") || hasFold(t, i-3, "%22") {
		i -= 3
	}
	start, end, _ = keyEnding(t, i, false)
	return start, end
}

// beforeOperator returns the offset before the signs that make an operator of the equals sign at i, as make and Ruby have them: ?=, ||=, ??=; or i.
func beforeOperator(t []byte, i int) int {
	for low := max(0, i-2); i > low && (t[i-1] == '?' || t[i-1] == '|'); {
		i--
	}
	return i
}

// beforeIndex returns the offset before the index in brackets that closes before i, a number or none: char password[16] = …, "passwords[0]": …; or i.
func beforeIndex(t []byte, i int) int {
	j := i - 1
	for low := max(0, j-maxIndexDigits); j > low && isDigit(t[j-1]); {
		j--
	}
	if byteAt(t, j-1) != '[' {
		return i
	}
	return j - 1
}

// maxIndexDigits bounds the number of an index.
const maxIndexDigits = 4

// elementBefore reports whether the name at i is an XML element's, with a prefix or none, or the name that an element has in quotes: <entry
// key="name">.
func elementBefore(t []byte, i int) bool {
	if j := passQuote(t, i); j < i && byteAt(t, j-1) == '=' {
		start, end, _ := keyEnding(t, j-1, false)
		return isNameKey(t[start:end])
	}
	if byteAt(t, i-1) == ':' {
		i, _, _ = keyEnding(t, i-1, false)
	}
	return byteAt(t, i-1) == '<' || hasFold(t, i-4, "&lt;")
}

// elementValue returns the text of the element at i, also where it stands on a line of its own. escaped says that the element's own brackets are entities.
func elementValue(t []byte, i int, escaped bool) value {
	if breaksLine(t, i) {
		if v := lineValue(t, skipBreaks(t, i), Context{}); has(t, skipBreaks(t, v.end), "</") {
			v.quoted = true
			return v
		}
	}
	j := i
	for j < len(t) && t[j] != '<' && t[j] != '\n' && t[j] != '"' && !(escaped && hasFold(t, j, "&lt;")) {
		j++
	}
	if hasFold(t, j-3, "]]>") && j-3 >= i {
		j -= 3
	}
	return value{i, j, true}
}

// inUsage reports whether what looks like the element v, its begin's name at i, stands for a value that a user is to give: nothing ends it, and a text runs on
// behind it, or a separator is before it. AUTH <password> called without …, KEY=<secret_key>.
func inUsage(t []byte, i int, v value) bool {
	if t[i-1] != '<' || has(t, v.end, "</") || has(t, v.end, "]]>") {
		return false
	}
	c, before := byteAt(t, v.start), byteAt(t, i-2)
	return c == ' ' || c == '\'' || c == '`' || c == '\\' && byteAt(t, v.start+1) == 'n' || before == '=' || before == ':'
}

// inQuery reports whether a parameter of a query string begins at i.
func inQuery(t []byte, i int) bool {
	switch byteAt(t, i-1) {
	case '?', '&':
		return true
	case '6', 'f', 'F', ';':
	default:
		return false
	}
	return hasFold(t, i-6, `\u0026`) || hasFold(t, i-3, "%26") || hasFold(t, i-3, "%3f") || hasFold(t, i-5, "&amp;")
}

// minSecretBytes is the length of the shortest secret.
const minSecretBytes = 4

// wanted reports whether the value is a secret of its kind.
func wanted(t []byte, v value, kind want) bool {
	return fits(t, v, kind, false, true) && (v.quoted || v.end-v.start > maxDummyBytes || !isCode(t, v))
}

// fits is wanted for a value that is no code. prose says that it stands in running text behind "key: ", where a word is no secret; marked that quotes or an equals
// sign make it a key's value.
func fits(t []byte, v value, kind want, prose, marked bool) bool {
	n := v.end - v.start
	if n < minSecretBytes && !(kind == wantCode && n == 3) {
		return false
	}
	if n > maxDummyBytes {
		return kind != wantPhrase || isSeed(t[v.start:v.end])
	}
	b := t[v.start:v.end]
	if isDummy(b) || holdsPlaceholder(t, v.start, v.end) || objectRef(b) || reference(b) {
		return false
	}
	s := survey(b)
	if s.spaces > 1 && isSentence(b) {
		return false
	}
	word := (s.letters == n || s.letters == n-1 && hasFold(b, n-3, "n't")) && (s.upper == 0 || s.upper == 1 && isUpper(b[0]))
	switch kind {
	case wantAny, wantPass:
		if path(b) && kind == wantAny && n > 1 && !v.quoted {
			return b[0] == '/' && !isLetter(byteAt(b, 1)) || s.spaces > 0
		}
		if kind == wantPass && prose && s.digits == n {
			return false
		}
		return !prose || !word || !runsOn(t, v.end)
	case wantToken:
		if s.digits == n {
			return n >= 6
		}
		if s.digits == n-1 && b[0] == '-' {
			return false // a place on the ring of Cassandra
		}
		if !v.quoted && s.digits == 0 && (joined(b) || s.upper > 0 && s.upper < s.letters) && (secretKind(b) != wantNothing || isTypeMember(b)) {
			return false // another's name
		}
		return (!path(b) && !keyFile(b) || mixed(b, s)) && s.spaces < 2 && (!prose || !word && n >= 8) && !(word && v.quoted && s.spaces > 0)
	case wantMade:
		return made(b)
	case wantPhrase:
		return isSeed(b)
	case wantOctets:
		return isOctets(b) || n >= minKeyText && s.spaces == 0 && s.upper > 2 && s.digits > 2 && !path(b)
	case wantPasswords:
		return s.letters > 0 && isSecretText(b) && !path(b)
	case wantSecrets:
		return n >= 8 && s.spaces == 0 && s.letters > 0 && s.digits > 1 && mayBeMade(b, s) && !path(b) && bytes.IndexByte(b, ':') < 0
	case wantCode:
		return s.digits >= 3 && n <= 10 && s.digits+s.letters == n
	default:
		if i := keyStop(b, 0); i < n-1 && b[i] == '=' && b[i+1] != '=' {
			return false // a cookie's name and value
		}
		sure := n >= minBareToken && s.letters > 0 && s.digits > 0 && (s.digits > 1 || s.upper > 1)
		return (marked && !prose || sure) && n >= 8 && s.spaces == 0 && !(s.digits == n && n < 16) && mayBeMade(b, s) && !path(b)
	}
}

// minKeyText is the length of 32 octets in base64.
const minKeyText = 43

// runsOn reports whether a text goes on behind i: a blank, and a letter or a placeholder that took a word's place.
func runsOn(t []byte, i int) bool {
	if byteAt(t, i) != ' ' {
		return false
	}
	c := byteAt(t, i+1)
	return c == '[' || isLetter(c) && !keyAhead(t, i+1)
}

// keyAhead reports whether a key and its separator begin at i.
func keyAhead(t []byte, i int) bool {
	j := i
	for j < len(t) && j-i < maxKeyBytes && isKeyByte(t[j]) {
		j++
	}
	return byteAt(t, j) == '=' || byteAt(t, j) == ':'
}

// tally is what a value is made of.
type tally struct{ letters, upper, digits, spaces int }

func survey(b []byte) (s tally) {
	for len(b) > 0 {
		n, part := uint64(0), b[:min(len(b), math.MaxUint16)]
		for _, c := range part {
			n += tallies[c]
		}
		s.letters, s.upper, s.digits, s.spaces = s.letters+int(n&0xffff), s.upper+int(n>>16&0xffff), s.digits+int(n>>32&0xffff), s.spaces+int(n>>48)
		b = b[len(part):]
	}
	return s
}

// tallies are what a byte adds to the four counts of tally, sixteen bits each, so that a value is counted without a branch a byte.
var tallies = func() (n [256]uint64) {
	for b := range n {
		switch c := byte(b); {
		case isDigit(c):
			n[b] = 1 << 32
		case isUpper(c):
			n[b] = 1 | 1<<16
		case isLetter(c):
			n[b] = 1
		case c == ' ':
			n[b] = 1 << 48
		}
	}
	return n
}()

// mixed reports whether b, which may be a path, has more capitals and digits than names of files have.
func mixed(b []byte, s tally) bool {
	return len(b) >= 20 && s.upper >= len(b)/8 && s.digits >= max(2, len(b)/16) && bytes.IndexByte(b, '.') < 0
}

// keyFile reports whether b is the name of a file for a key or a certificate.
func keyFile(b []byte) bool {
	i := bytes.LastIndexByte(b, '.')
	return i > 0 && keySuffixes.has(b[i+1:])
}

var keySuffixes = keyWords{"pem", "key", "crt", "cer", "der", "pfx", "jks", "keystore", "pub", "ppk", "gpg", "asc", "csr"}

// path reports whether b is a file's name with its folders. One name with capitals and digits in it, as no folder at the top has, is none.
func path(b []byte) bool {
	if len(b) >= 8 && b[0] == '/' && bytes.LastIndexByte(b, '/') == 0 && bytes.IndexByte(b, '.') < 0 {
		if s := survey(b); s.upper > 1 && s.digits > 0 && s.upper < s.letters {
			return false
		}
	}
	return len(b) > 1 && (b[0] == '/' && isLetter(b[1]) || b[0] == '~' && b[1] == '/' || b[0] == '.' && b[1] == '/' ||
		len(b) > 2 && isLetter(b[0]) && b[1] == ':' && b[2] == '\\')
}

// objectRef reports whether b is how a program prints an object: a name, '@' or '{', and hex digits.
func objectRef(b []byte) bool {
	i := 0
	for i < len(b) && (isAlnum(b[i]) || b[i] == '.' || b[i] == '_' || b[i] == '$') {
		i++
	}
	if i == 0 || i >= len(b) || b[i] != '@' && b[i] != '{' || isDigit(b[0]) {
		return false
	}
	for _, c := range b[i+1:] {
		if !isHex(c) {
			return false
		}
	}
	return b[i] == '{' || len(b)-i > 5
}

// reference reports whether b is a URL that says where a secret is, and holds none: file:///run/secrets/db, op://vault/db/password.
func reference(b []byte) bool {
	i := bytes.Index(b, []byte("://"))
	if i < 2 || bytes.ContainsAny(b, "@?") {
		return false
	}
	for _, c := range b[:i] {
		if !isLower(c) && c != '+' {
			return false
		}
	}
	return true
}

// matchKeyed finds the secret that the whole text is because of its name, ctx.Key.
func matchKeyed(_ *Options, t []byte, ctx Context) (f Finding, ok bool) {
	kind := secretKind(ctx.Key)
	if kind == wantNothing {
		kind = foreignKind(ctx.Key)
	}
	header := authorizationKey(ctx.Key)
	if kind == wantNothing && ownSecret(ctx.Key, t) {
		return Finding{0, len(t), Secret}, true
	}
	if !header && (kind == wantNothing || kind == wantQuery) {
		return f, false
	}
	v := value{0, len(t), true}
	for v.start < v.end && t[v.start] <= ' ' {
		v.start++
	}
	for v.end > v.start && t[v.end-1] <= ' ' {
		v.end--
	}
	if ctx.Shape == JSON && v.end-v.start >= 2 && t[v.start] == '"' && t[v.end-1] == '"' {
		v.start, v.end = v.start+1, v.end-1
	}
	if header {
		start, end, found := credential(t, v)
		return Finding{start, end, Authorization}, found
	}
	if !wanted(t, v, kind) || workingFolder(ctx.Key, t[v.start:v.end]) {
		return f, false
	}
	return Finding{v.start, v.end, Secret}, true
}
