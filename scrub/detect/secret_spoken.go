package detect

import "bytes"

// Secrets in running text and in files where only a blank parts a name from its value: password is hunter22, alter user app with password 'hunter22',
// machine example.com login ada password hunter22, API token 8f3e2a91c4d5b6e7.
//
// Accepted: what words or signs between say to be the key's value, or what looks like a password or a token behind its name.

// passWords are what a password is called in running text and in statements.
var passWords = newWordSet("password", "passwd", "passphrase", "passcode", "pwd", "passwort", "kennwort", "passe", "senha", "contrasena", "wachtwoord", "parola")

// statementWords stand before the word password where a value follows without a sign: create user app with password '…', and the words of a
// .netrc file two places before.
var statementWords = newWordSet("with", "encrypted", "unencrypted", "by", "set", "user", "login", "account")

// spoken finds the secret behind a key and a blank where no flag is: in an element with attributes, in a statement, in "password is …", "password is: …",
// "password has been set to …", behind the name of a type. i is behind the blank.
func spoken(t []byte, keyStart, i int, kind want, ctx Context) (start, end int, ok bool) {
	if elementBefore(t, keyStart) {
		return attributed(t, i, kind)
	}
	key := t[keyStart:keyStop(t, keyStart)]
	if len(key) == len("bearer") && hasFold(key, 0, "bearer") {
		return 0, 0, false // a scheme of Authorization
	}
	if j := behindNumber(t, i); j > i {
		v := readValue(t, j, ctx, false)
		long := kind == wantAny || v.end-v.start >= minTwoWords // token 5: 'foo1', of a parser
		return v.start, v.end, long && isSecretText(t[v.start:v.end]) && wanted(t, v, kind)
	}
	if v := settled(t, keyStart, i, ctx); v.start < v.end {
		return v.start, v.end, wanted(t, v, kind)
	}
	pass := passWords.has(lastWord(key))
	if start, end, ok = commanded(t, keyStart, i); ok || !pass && !maybeSaid(key, kind) {
		return start, end, ok
	}
	for isBlank(byteAt(t, i)) {
		if i++; i-keyStart > maxKeyBytes {
			return 0, 0, false
		}
	}
	if start, end, ok = deviceKey(t, keyStart, i, ctx); ok {
		return start, end, true
	}
	if start, end, ok = setFor(t, i, pass, ctx); ok {
		return start, end, true
	}
	m := mention{t: t, ctx: ctx, start: keyStart, key: key, i: i, kind: kind, pass: pass}
	v, sure, signed := m.signed()
	if !signed {
		v, sure = m.said()
	}
	return v.start, v.end, sure && wanted(t, v, m.kind)
}

// mention is a key in running text, or in a file where only a blank parts a name from its value.
type mention struct {
	t   []byte
	ctx Context
	// key begins at start, and i is behind the blanks that follow it.
	key      []byte
	start, i int
	kind     want
	// pass says that the key is one of passWords.
	pass bool
}

// maybeSaid reports whether values of a key that is none of passWords are looked for in running text.
func maybeSaid(key []byte, kind want) bool {
	return kind == wantToken || kind == wantAny || kind == wantPass || kind == wantMade || hasFold(key, len(key)-len("string"), "string")
}

// signed returns the value behind the name of a type and an equals sign, or behind an arrow or an operator, and whether it is likely the key's; ok is false where
// neither follows.
func (m *mention) signed() (v value, sure, ok bool) {
	t, i := m.t, m.i
	if j := behindDeclared(t, i); j > i {
		return readValue(t, j, m.ctx, false), true, true
	}
	n := signLen(t, i)
	if n == 0 {
		return v, false, false
	}
	v = readValue(t, skipBlanks(t, i+n), m.ctx, false)
	if v.quoted && isSecretText(t[v.start:v.end]) {
		return v, true, true
	}
	sure = (arrowLen(t, i) > 0 || t[i] == '?') && looksSecret(t, &v, m.pass)
	return v, sure, true
}

// said returns the value that words tell, and whether they and its looks make it the key's.
func (m *mention) said() (v value, sure bool) {
	t, i := m.t, m.i
	if j := m.behindIs(); j > i {
		v = spokenValue(t, j, m.ctx)
		if byteAt(t, j-2) == ':' && !v.quoted && m.pass {
			v.end = max(v.end, generatedEnd(t, j))
		}
		sure = looksSecret(t, &v, m.pass)
		return v, sure
	}
	before, first := wordBehind(t, m.start)
	switch {
	case configWords.has(m.key), envWords.has(before) && isVariable(m.key):
		m.kind = wantAny
		v = spokenValue(t, i, m.ctx)
		sure = looksSecret(t, &v, true)
	case m.kind == wantPass:
	case m.kind == wantAny && typed(t, i):
		v = spokenValue(t, i+2, m.ctx)
		sure = namesRouterUser.has(second(t, first)) || looksSecret(t, &v, true)
	case m.kind == wantAny && (givingWords.has(before) || givingWords.has(second(t, first))):
		v = spokenValue(t, i, m.ctx)
		sure = looksSecret(t, &v, true)
	case byteAt(t, i) == '|':
		v = cell(t, i+1)
		sure = v.start < v.end && isSecretText(t[v.start:v.end])
	case m.pass:
		v, sure = m.password(before, first)
	default:
		v, sure = m.token()
	}
	return v, sure
}

// behindIs returns the offset behind what says "is" between the key and its value; m.i where nothing does.
func (m *mention) behindIs() int {
	if m.pass {
		return m.i + joinsValue(m.t, m.i)
	}
	stop := keyStop(m.t, m.i)
	if isWords.has(m.t[min(m.i, len(m.t)):stop]) && isBlank(byteAt(m.t, stop)) {
		return skipBlanks(m.t, stop)
	}
	return m.i
}

// quoted reports whether a quote is at m.i.
func (m *mention) quoted() bool { return isQuote(byteAt(m.t, m.i+slashes(m.t, m.i))) }

// password returns what stands at once behind one of passWords, before which, and before the word at first before it, are words that tell it: with password
// 'swordfish', login ada password hunter22, OPTIONS (user 'app', password 'swordfish').
func (m *mention) password(before []byte, first int) (v value, sure bool) {
	t := m.t
	switch word := len(m.key) == len("password"); {
	case m.quoted():
		v = spokenValue(t, m.i, m.ctx)
		listed := t[m.i] == '\'' && byteAt(t, beforeGap(t, m.start)-1) == '\''
		sure = listed || statementWords.has(before) || looksSecret(t, &v, true)
	case word && bytes.Contains(near(t, m.start, maxKeyBytes), []byte("line vty")):
		v = spokenValue(t, m.i, m.ctx)
		sure = closesLine(t, v.end)
	case word && statementWords.has(second(t, first)):
		v = spokenValue(t, m.i, m.ctx)
		sure = isSecretText(t[v.start:v.end]) || loginBefore(t, m.start)
	}
	return v, sure
}

// token returns what stands at once behind the name of a token: one that a generator made, or behind a name that no word of running text is, one that looks like it.
func (m *mention) token() (v value, sure bool) {
	joint := joined(m.key) && !m.quoted()
	switch {
	case m.kind == wantAny, m.kind == wantMade, m.kind == wantToken && !joint:
		if !tokenAt(m.t, behindQuote(m.t, m.i), minBareToken) {
			return v, false
		}
		v = spokenValue(m.t, m.i, m.ctx)
		sure = looksSecret(m.t, &v, false) && made(m.t[v.start:v.end])
	case joint && !keyAhead(m.t, m.i):
		v = spokenValue(m.t, m.i, m.ctx)
		sure = looksSecret(m.t, &v, false) && fits(m.t, v, m.kind, true, false)
	}
	return v, sure
}

// settleWords stand between a name and its value where both are in quotes or brackets.
var settleWords = keyWords{"to", "with", "has", "value", "the", "set", "as", "is"}

// settled returns the value at i that words give the name at keyStart, both in quotes or brackets: Setting property 'password' to 'hunter22', header [api-key]
// value [k3y]; or none.
func settled(t []byte, keyStart, i int, ctx Context) (v value) {
	opening := byteAt(t, keyStart-1)
	if opening != '[' && !isQuote(opening) {
		return v
	}
	words := 0
	for i = skipBlanks(t, i); words < 3; words++ {
		stop := keyStop(t, i)
		if !isBlank(byteAt(t, stop)) || !settleWords.has(t[min(i, len(t)):stop]) {
			break
		}
		i = skipBlanks(t, stop)
	}
	switch {
	case words == 0:
	case isQuote(opening) && isQuote(byteAt(t, i+slashes(t, i))):
		return readValue(t, i, ctx, false)
	case opening == '[' && byteAt(t, i) == '[':
		v = value{i + 1, i + 1, true}
		for limit := min(len(t), i+maxBracedBytes); v.end < limit && t[v.end] != '\n' && t[v.end] != '"'; v.end++ {
			if t[v.end] == ']' {
				return v
			}
		}
	}
	return value{}
}

// behindNumber returns where the value of one of several keys begins, whose number and a colon are at i: Unseal Key 1: …; or i.
func behindNumber(t []byte, i int) int {
	j := i
	for isDigit(byteAt(t, j)) && j-i < 2 {
		j++
	}
	if j == i || byteAt(t, j) != ':' || !isBlank(byteAt(t, j+1)) {
		return i
	}
	return skipBlanks(t, j+1)
}

// givingWords stand before the word password or secret where a password that looks like one follows without a sign.
var givingWords = newWordSet("enable", "username", "neighbor", "using", "generated", "default", "initial", "temporary", "set", "connect", "config")

// namesRouterUser stands before a user's name and how the password is hidden.
var namesRouterUser = keyWords{"username"}

// near returns the bytes before i, at most n, of the same text.
func near(t []byte, i, n int) []byte {
	before := t[max(0, i-n):i]
	return before[bytes.LastIndexByte(before, 0)+1:]
}

// lineHas reports whether the word stands a little before i on its line.
func lineHas(t []byte, i int, word string) bool {
	if !bytes.Contains(t[max(0, i-maxKeyBytes):i], []byte(word)) {
		return false
	}
	line := near(t, i, maxKeyBytes)
	return bytes.Contains(line[bytes.LastIndexByte(line, '\n')+1:], []byte(word))
}

// setFor finds the password of a statement at i, behind the word password: for 'app'@'%' = 'swordfish'; and of what a registry is given: /t REG_SZ /d swordfish.
func setFor(t []byte, i int, pass bool, ctx Context) (start, end int, ok bool) {
	if !pass {
		return 0, 0, false
	}
	sign := byte('=')
	switch {
	case hasFold(t, i, "for "):
	case hasFold(t, i, "/t reg_sz "):
		sign = '/'
		i += len("/t")
	default:
		return 0, 0, false
	}
	line := t[i:min(len(t), i+maxKeyBytes)]
	n := bytes.IndexByte(line, sign)
	if n < 0 || bytes.ContainsAny(line[:n], "\n\x00") {
		return 0, 0, false
	}
	if i += n + 1; sign == '/' {
		if !hasFold(t, i, "d ") {
			return 0, 0, false
		}
		i++
	}
	v := argumentAt(t, skipBlanks(t, i), ctx)
	return v.start, v.end, (v.quoted || sign == '/') && wanted(t, v, wantAny)
}

// typed reports whether a digit and a blank are at i: how a router's password that follows is hidden.
func typed(t []byte, i int) bool { return isDigit(byteAt(t, i)) && isBlank(byteAt(t, i+1)) }

// cell returns the text of the table's cell at i, without blanks around it.
func cell(t []byte, i int) value {
	i = skipBlanks(t, i)
	end := i
	for end < len(t) && end-i < maxKeyBytes && t[end] >= ' ' && t[end] != '|' && t[end] != '\\' && t[end] != '"' {
		end++
	}
	for end > i && t[end-1] == ' ' {
		end--
	}
	return value{i, end, true}
}

// generatedEnd returns the end of a password at i that a program has made, of any signs: a blank, a quote, a line's end.
func generatedEnd(t []byte, i int) int {
	from := i
	for i < len(t) && i-from < maxKeyBytes && t[i] > ' ' && t[i] != '"' && t[i] != '\\' && t[i] != '<' {
		i++
	}
	if byteAt(t, i-1) == '\'' || byteAt(t, i-1) == '.' || byteAt(t, i-1) == ',' {
		return from
	}
	return i
}

// machine begins an entry of a .netrc file, and maxLogin bounds what of one stands before its password.
var machine = []byte("machine ")

const maxLogin = 160

// loginBefore reports whether an entry of a .netrc file goes on at i. A NUL is in no such file: it parts texts that have nothing to do with each other.
func loginBefore(t []byte, i int) bool {
	before := t[max(0, i-maxLogin):i]
	return bytes.Contains(before[bytes.LastIndexByte(before, 0)+1:], machine)
}

// configWords are what is set to a secret in files where only a blank parts a name from its value, and envWords stand before a variable and its value in
// such files.
var (
	configWords = newWordSet("requirepass", "masterauth", "bindpw", "rootbindpw", "rootpw", "rocommunity", "rwcommunity", "psksecret", "wifi-sec.psk", "802-11-wireless-security.psk")
	envWords    = newWordSet("env", "arg", "setenv", "setx", "fastcgi_param")
)

// joined reports whether a key is of words that a sign joins, as no word of running text is: signing_secret, access-token.
func joined(key []byte) bool {
	for _, c := range key {
		if c == '_' || c == '-' {
			return true
		}
	}
	return false
}

// isWords join a name and its value in running text, and passedWords may stand before them.
var (
	isWords     = newWordSet("is", "was", "ist", "to", "es", "est", "lautet", "as", "now", "e")
	passedWords = newWordSet("has", "have", "been", "set", "changed", "reset", "updated", "generated", "created", "assigned", "for", "user", "account", "the", "new", "temporary")
)

// namesUser stand before a user's name.
var namesUser = newWordSet("for", "user", "account")

// joinsValue returns the length of what joins the word password to a value, from i on: "is ", "has been set to ", "is: ", "is generated for ada: "; 0 where it
// does not.
func joinsValue(t []byte, i int) int {
	from, after := i, false
	for range 7 {
		stop := keyStop(t, i)
		word := t[i:stop]
		joins := isWords.has(word)
		if !joins && !passedWords.has(word) {
			if !after {
				return 0
			}
			for stop < len(t) && stop-i < maxKeyBytes && (isKeyByte(t[stop]) || t[stop] == '@' || t[stop] == '\'') {
				stop++ // a user's name
			}
		}
		switch c := byteAt(t, stop); {
		case stop == i:
			return 0
		case c == ':' && isBlank(byteAt(t, stop+1)) && stop > i:
			return skipBlanks(t, stop+1) - from
		case !isBlank(c):
			return 0
		}
		next := skipBlanks(t, stop)
		if joins && !passedWords.has(t[min(next, len(t)):keyStop(t, next)]) {
			return next - from
		}
		after = namesUser.has(word)
		i = next
	}
	return 0
}

// wordBehind returns the word that ends before the blanks before i, and where it begins.
func wordBehind(t []byte, i int) (word []byte, start int) {
	end := i
	for end > 0 && (isBlank(t[end-1]) || t[end-1] == '\n' || t[end-1] == '\r') && i-end < maxBlanks {
		end--
	}
	if end < i && byteAt(t, end-1) == 'n' && byteAt(t, end-2) == '\\' {
		end -= 1 + trailingSlashes(t, end-1)
	}
	start, end, _ = keyEnding(t, end, false)
	return t[start:end], start
}

// trailingSlashes returns how many backslashes end at i, at most maxSlashes.
func trailingSlashes(t []byte, i int) (n int) {
	for n < maxSlashes && byteAt(t, i-1-n) == '\\' {
		n++
	}
	return n
}

// second returns the word before the one that begins at i, if only a blank parts them, or a line's end.
func second(t []byte, i int) []byte {
	word, _ := wordBehind(t, i)
	return word
}

// looksSecret reports whether a value in running text is a password or a token and not a word of it, and takes the sign that ends the sentence
// from it.
func looksSecret(t []byte, v *value, pass bool) bool {
	if !v.quoted && v.end > v.start {
		switch t[v.end-1] {
		case '.', ':', '?':
			v.end--
		}
	}
	b := t[v.start:v.end]
	s := survey(b)
	switch {
	case s.digits == 0 || s.letters == 0 || s.spaces > 0 || hashNames.has(b) || path(b):
		return false
	case pass:
		return len(b) >= 6
	}
	return len(b) >= minBareToken
}

// hashNames are names with digits of what is done to passwords.
var hashNames = keyWords{"sha1", "sha256", "sha512", "sha-1", "sha-256", "sha-512", "scram-sha-256", "argon2", "argon2i", "argon2id", "pbkdf2", "base64", "aes256", "aes-256", "utf8", "utf-8", "http2", "ed25519", "oauth2"}
