package detect

import "bytes"

// Secrets that stand at other places than behind their key and a separator.

// nameKeys are the keys under which something's name stands, beside its value.
var nameKeys = keyWords{"name", "key", "id", "parameter", "param", "variable", "field", "header", "setting", "option", "property", "label", "type"}

// isNameKey reports whether the last word of a key is in nameKeys: name, ParameterKey.
func isNameKey(key []byte) bool { return nameKeys.has(lastWord(key)) }

// lastWord returns the last word of a key, behind a sign or from a capital on.
func lastWord(key []byte) []byte {
	i := len(key)
	for i > 0 && isLetter(key[i-1]) {
		i--
		if isUpper(key[i]) && i > 0 && isLower(key[i-1]) {
			break
		}
	}
	return key[i:]
}

// saysLittle reports whether what stands beside the key must say what its value is: value, ParameterValue; identified, in SQL.
func saysLittle(key []byte) bool {
	return hasFold(key, len(key)-len("value"), "value") && len(lastWord(key)) == len("value") || len(key) == len("identified") && hasFold(key, 0, "identified")
}

// littleSaid finds the secret behind a key that says little, and the separator s.
func littleSaid(t []byte, keyStart, keyStop int, s separator, ctx Context) (start, end int, ok bool) {
	identified := lower(t[keyStop-1]) == 'd'
	switch {
	case identified && s.flag:
		return identifiedBy(t, s.end, ctx)
	case s.element && !identified:
		return namedElement(t, keyStart, s.end)
	case identified || s.flag || s.call || s.comma:
		return 0, 0, false
	}
	kind := secretKind(nameBefore(t, keyStart))
	if _, quote, _ := openValue(t, s.end); kind == wantQuery || kind == wantNothing && quote == 0 {
		return 0, 0, false
	}
	v := readValue(t, s.end, ctx, s.encoded)
	if kind == wantNothing {
		kind = secretKind(nameBehind(t, v.end))
	}
	switch b := t[v.start:v.end]; {
	case kind == wantNothing, kind == wantQuery, !wanted(t, v, kind, false, true):
		return 0, 0, false
	case kind == wantToken && len(b) < minTokenBytes && survey(b).digits == 0:
		return 0, 0, false // a parser's token
	}
	return v.start, v.end, true
}

// namedElement finds the text at i of the element value whose begin's name is at keyStart, where the element before it, or the one that it stands in, has a name:
// <name>password</name><value>…, <setting name="password"><value>….
func namedElement(t []byte, keyStart, i int) (start, end int, ok bool) {
	stop := beforeBreaks(t, keyStart-1) - 1
	if byteAt(t, stop) != '>' {
		return 0, 0, false
	}
	kind := secretKind(elementName(t, stop))
	if hasFold(t, i, "<string>") {
		i += len("<string>")
	}
	v := elementValue(t, i, false)
	return v.start, v.end, kind != wantNothing && kind != wantQuery && wanted(t, v, kind, false, true)
}

// beforeBreaks returns the offset before the white space that ends at i.
func beforeBreaks(t []byte, i int) int {
	for low := max(0, i-maxKeyGap); i > low && isSpace(t[i-1]); {
		i--
	}
	return i
}

// isSpace reports whether c is white space. A NUL is none: it ends a text.
func isSpace(c byte) bool { return c <= ' ' && c != 0 }

// elementName returns the name in the element whose begin or end closes at i: its text, or what stands in its name's attribute.
func elementName(t []byte, i int) []byte {
	open := i
	for low := max(0, i-maxAttributes); open > low && t[open] != '<'; {
		open--
	}
	if byteAt(t, open+1) == '/' {
		if start, end, _ := keyEnding(t, open, false); isNameKey(t[open+2:i]) && byteAt(t, start-1) == '>' {
			return t[start:end]
		}
		return nil
	}
	if name := t[open+1 : max(open+1, i)]; keyStop(t, open+1) == i {
		return name // the element that the value's stands in
	}
	for j := open + 1; j < i; j++ {
		if c := t[j]; c == '=' && isQuote(t[j+1]) {
			if start, end, _ := keyEnding(t, j, false); isNameKey(t[start:end]) {
				return t[j+2 : keyStop(t, j+2)]
			}
		}
	}
	return nil
}

// nameBefore returns the name in what stands before the key at i: "name":"password","value": …, key="password" value=…, also on two lines.
func nameBefore(t []byte, i int) []byte {
	if isBlank(byteAt(t, i-1)) {
		if element, at, _ := keyEnding(t, i-1, false); byteAt(t, element-1) == '<' {
			return t[element:at] // <ClearTextPassword Value="…"/>
		}
	}
	i = beforeGap(t, passQuote(t, i))
	if byteAt(t, i-1) == '{' { // "password": {"value": …}
		if i = beforeGap(t, i-1); byteAt(t, i-1) != ':' && byteAt(t, i-1) != '=' {
			return nil
		}
		start, end, _ := keyEnding(t, passQuote(t, i-1), false)
		return t[start:end]
	}
	i = passQuote(t, i)
	start, end, _ := keyEnding(t, i, false)
	i = passQuote(t, start)
	for i > 0 && isBlank(t[i-1]) && start-i < maxBlanks {
		i--
	}
	if c := byteAt(t, i-1); start == end || c != ':' && c != '=' {
		return nil
	}
	if keyStart, keyStop := keyOf(t, i-1); !isNameKey(t[keyStart:keyStop]) {
		return nil
	}
	return t[start:end]
}

// beforeGap returns where what parts two members ends before i: white space, a line's end in any spelling, one comma.
func beforeGap(t []byte, i int) int {
	comma := false
	for low := max(0, i-maxBlanks); i > low; {
		switch c := t[i-1]; {
		case isSpace(c):
			i--
		case c == ',' && !comma:
			comma = true
			i--
		case c == 'n' && i >= 2 && t[i-2] == '\\':
			for i--; i > low && t[i-1] == '\\'; i-- {
			}
		default:
			return i
		}
	}
	return i
}

// nameBehind returns the name in what stands behind the value that ends at i: "value":"…","name":"password".
func nameBehind(t []byte, i int) []byte {
	i = behindQuote(t, i)
	for limit := i + maxBlanks; i < limit && (byteAt(t, i) == ',' || isBlank(byteAt(t, i))); {
		i++
	}
	start := behindQuote(t, i)
	end := keyStop(t, start)
	if end == start || !isNameKey(t[start:end]) {
		return nil
	}
	i = behindQuote(t, end)
	if c := byteAt(t, i); c != ':' && c != '=' {
		return nil
	}
	for i++; isBlank(byteAt(t, i)); {
		if i++; i-end > maxBlanks {
			return nil
		}
	}
	start = behindQuote(t, i)
	return t[min(start, len(t)):keyStop(t, start)]
}

// behindQuote returns the offset behind the quote at i and the backslashes before it, or i.
func behindQuote(t []byte, i int) int {
	if n := slashes(t, i); isQuote(byteAt(t, i+n)) {
		return i + n + 1
	}
	return i
}

// keyStop returns the end of the key that begins at i.
func keyStop(t []byte, i int) int {
	j := min(i, len(t))
	for j < len(t) && j-i < maxKeyBytes && isKeyByte(t[j]) {
		j++
	}
	return j
}

// identifiedBy finds the password of a statement behind "identified ": by 'password', with plugin by 'password', by password 'hash', by hunter22.
func identifiedBy(t []byte, i int, ctx Context) (start, end int, ok bool) {
	by, from := false, i-len("identified ")
	for range 5 {
		for isBlank(byteAt(t, i)) {
			i++
		}
		if v := readValue(t, i, ctx, false); by && !v.quoted && looksSecret(t, &v, true) {
			return v.start, v.end, wanted(t, v, wantAny, false, true)
		}
		if v := readValue(t, i, ctx, false); by && !v.quoted && madeBefore(t, from) && isName(t[v.start:v.end]) && !hasFold(t, v.start, "values") {
			return v.start, v.end, wanted(t, v, wantAny, false, true)
		}
		if by && isQuote(byteAt(t, i+slashes(t, i))) {
			v := readValue(t, i, ctx, false)
			return v.start, v.end, wanted(t, v, wantAny, false, true)
		}
		stop := keyStop(t, i)
		if stop == i {
			return 0, 0, false
		}
		by = by || stop-i == 2 && hasFold(t, i, "by")
		i = stop
	}
	return 0, 0, false
}

// madeBefore reports whether a statement about a user whom it makes or changes goes on at i: create user app.
func madeBefore(t []byte, i int) bool {
	_, first := wordBehind(t, i)
	what, first := wordBehind(t, first)
	verb := second(t, first)
	return hasFold(what, 0, "user") && len(what) == len("user") && (hasFold(verb, 0, "create") || hasFold(verb, 0, "alter")) ||
		hasFold(what, 0, "to") && len(what) == len("to") && hasFold(verb, 0, "connect")
}

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
		return v.start, v.end, long && isSecretText(t[v.start:v.end]) && wanted(t, v, kind, false, true)
	}
	if v := settled(t, keyStart, i, ctx); v.start < v.end {
		return v.start, v.end, wanted(t, v, kind, false, true)
	}
	pass := passWords.has(lastWord(key))
	if start, end, ok = commanded(t, keyStart, i); ok || !pass && kind != wantToken && kind != wantAny && kind != wantPass && kind != wantMade && !hasFold(key, len(key)-len("string"), "string") {
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
	if j := behindDeclared(t, i); j > i {
		v := readValue(t, j, ctx, false)
		return v.start, v.end, wanted(t, v, kind, false, true)
	}
	if n := signLen(t, i); n > 0 {
		v := readValue(t, skipBlanks(t, i+n), ctx, false)
		sure := v.quoted && isSecretText(t[v.start:v.end]) || (arrowLen(t, i) > 0 || t[i] == '?') && looksSecret(t, &v, pass)
		return v.start, v.end, sure && wanted(t, v, kind, false, true)
	}
	before, first := wordBehind(t, keyStart)
	quoted := isQuote(byteAt(t, i+slashes(t, i)))
	var v value
	switch said := statementWords.has(before); {
	case pass && joinsValue(t, i) > 0, !pass && isWords.has(t[min(i, len(t)):keyStop(t, i)]) && isBlank(byteAt(t, keyStop(t, i))):
		if n := joinsValue(t, i); n > 0 && pass {
			i += n
		} else {
			i = skipBlanks(t, keyStop(t, i))
		}
		v = spokenValue(t, i, ctx)
		if byteAt(t, i-2) == ':' && !v.quoted && pass {
			v.end = max(v.end, generatedEnd(t, i))
		}
		return v.start, v.end, looksSecret(t, &v, pass) && wanted(t, v, kind, false, true)
	case configWords.has(key), envWords.has(before) && isVariable(key):
		v = spokenValue(t, i, ctx)
		return v.start, v.end, looksSecret(t, &v, true) && wanted(t, v, wantAny, false, true)
	case kind == wantPass:
		return 0, 0, false
	case kind == wantAny && typed(t, i) && namesRouterUser.has(second(t, first)):
		v = spokenValue(t, i+2, ctx)
		return v.start, v.end, wanted(t, v, kind, false, true)
	case kind == wantAny && (typed(t, i) || givingWords.has(before) || givingWords.has(second(t, first))):
		if typed(t, i) {
			i += 2
		}
		v = spokenValue(t, i, ctx)
		return v.start, v.end, looksSecret(t, &v, true) && wanted(t, v, kind, false, true)
	case byteAt(t, i) == '|':
		v = cell(t, i+1)
		return v.start, v.end, v.start < v.end && isSecretText(t[v.start:v.end]) && wanted(t, v, kind, false, true)
	case !pass && (kind == wantToken && (quoted || !joined(key)) || kind == wantAny || kind == wantMade):
		if !generatedAhead(t, i) {
			return 0, 0, false
		}
		v = spokenValue(t, i, ctx)
		return v.start, v.end, looksSecret(t, &v, false) && (generated(t[v.start:v.end]) || made(t[v.start:v.end])) && wanted(t, v, kind, false, true)
	case !pass && joined(key) && !quoted && !keyAhead(t, i):
		v = spokenValue(t, i, ctx)
		return v.start, v.end, looksSecret(t, &v, false) && wanted(t, v, kind, true, true)
	case pass && quoted && byteAt(t, beforeGap(t, keyStart)-1) == '\'' && byteAt(t, i) == '\'': // OPTIONS (user 'app', password 'swordfish')
		v = spokenValue(t, i, ctx)
		return v.start, v.end, wanted(t, v, kind, false, true)
	case pass && quoted:
		v = spokenValue(t, i, ctx)
		return v.start, v.end, (said || looksSecret(t, &v, pass)) && wanted(t, v, kind, false, true)
	case pass && len(key) == len("password") && bytes.Contains(near(t, keyStart, maxKeyBytes), []byte("line vty")):
		v = spokenValue(t, i, ctx)
		return v.start, v.end, closesLine(t, v.end) && wanted(t, v, kind, false, true)
	case pass && len(key) == len("password") && statementWords.has(second(t, first)):
		v = spokenValue(t, i, ctx)
		return v.start, v.end, wanted(t, v, kind, false, true) && (isSecretText(t[v.start:v.end]) || loginBefore(t, keyStart))
	}
	return 0, 0, false
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
	return v.start, v.end, (v.quoted || sign == '/') && wanted(t, v, wantAny, false, true)
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

// generated reports whether b is letters and several digits without a sign, as a token in running text.
func generated(b []byte) bool { return isName(b) && survey(b).digits >= 4 }

// generatedAhead reports whether minBareToken bytes of a token are at i, behind a quote or not.
func generatedAhead(t []byte, i int) bool {
	i = behindQuote(t, i)
	if i+minBareToken > len(t) {
		return false
	}
	for _, c := range t[i : i+minBareToken] {
		if !isToken(c) {
			return false
		}
	}
	return true
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

// attributed finds the text of the element whose attributes begin at i.
func attributed(t []byte, i int, kind want) (start, end int, ok bool) {
	for j := i; j < len(t) && j-i < maxAttributes; j++ {
		switch t[j] {
		case '<', '\n':
			return 0, 0, false
		case 'v', 'V':
			if hasFold(t, j, "value=") {
				return 0, 0, false // what follows the element is none of its own
			}
		case '>':
			v := elementValue(t, j+1, false)
			return v.start, v.end, t[j-1] != '/' && wanted(t, v, kind, false, true)
		}
	}
	return 0, 0, false
}

// maxAttributes bounds the attributes of an element.
const maxAttributes = 256

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
