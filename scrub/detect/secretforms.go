package detect

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
	case identified || s.flag || s.element:
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

// nameBefore returns the name in what stands before the key at i: "name":"password","value": …, key="password" value=…, also on two lines.
func nameBefore(t []byte, i int) []byte {
	i = beforeGap(t, passQuote(t, i))
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
		case c <= ' ':
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

// identifiedBy finds the password of a statement behind "identified ": by 'password', with plugin by 'password', by password 'hash'.
func identifiedBy(t []byte, i int, ctx Context) (start, end int, ok bool) {
	by := false
	for range 5 {
		for isBlank(byteAt(t, i)) {
			i++
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

// passWords are what a password is called in running text and in statements.
var passWords = keyWords{"password", "passwd", "passphrase", "passcode", "pwd", "passwort", "kennwort"}

// statementWords stand before the word password where a value follows without a sign: create user app with password '…', and the words of a
// .netrc file two places before.
var statementWords = keyWords{"with", "encrypted", "unencrypted", "by", "set", "user", "login"}

// spoken finds the secret behind a key and a blank where no flag is: in an element with attributes, in a statement, in "password is …", "password is: …". i is behind
// the blank.
func spoken(t []byte, keyStart, i int, kind want, ctx Context) (start, end int, ok bool) {
	if elementBefore(t, keyStart) {
		return attributed(t, i, kind)
	}
	key := t[keyStart:keyStop(t, keyStart)]
	pass := passWords.has(lastWord(key))
	if !pass && kind != wantToken && kind != wantAny {
		return 0, 0, false
	}
	for isBlank(byteAt(t, i)) {
		if i++; i-keyStart > maxKeyBytes {
			return 0, 0, false
		}
	}
	before, first := wordBehind(t, keyStart)
	said := pass && statementWords.has(before)
	switch word := t[min(i, len(t)):keyStop(t, i)]; {
	case isWords.has(word) && (isBlank(byteAt(t, i+len(word))) || pass && byteAt(t, i+len(word)) == ':' && isBlank(byteAt(t, i+len(word)+1))):
		i += len(word) + 1
		for isBlank(byteAt(t, i)) && i-keyStart < maxKeyBytes {
			i++
		}
		v := spokenValue(t, i, ctx)
		return v.start, v.end, looksSecret(t, &v, pass) && wanted(t, v, kind, false, true)
	case !pass && joined(key) && !isQuote(byteAt(t, i)):
		v := spokenValue(t, i, ctx)
		return v.start, v.end, looksSecret(t, &v, false) && wanted(t, v, kind, true, true)
	case pass && isQuote(byteAt(t, i+slashes(t, i))):
		v := spokenValue(t, i, ctx)
		return v.start, v.end, (said || looksSecret(t, &v, pass)) && wanted(t, v, kind, false, true)
	case pass && len(key) == len("password") && statementWords.has(second(t, first)):
		v := spokenValue(t, i, ctx)
		return v.start, v.end, wanted(t, v, kind, false, true)
	}
	return 0, 0, false
}

// joined reports whether a key is of words that a sign joins, as no word of running text is: signing_secret, access-token.
func joined(key []byte) bool {
	for _, c := range key {
		if c == '_' || c == '-' {
			return true
		}
	}
	return false
}

// isWords join a name and its value in running text.
var isWords = keyWords{"is", "was", "ist", "to", "es"}

// wordBehind returns the word that ends before the blanks before i, and where it begins.
func wordBehind(t []byte, i int) (word []byte, start int) {
	end := i
	for end > 0 && isBlank(t[end-1]) && i-end < maxBlanks {
		end--
	}
	start, end, _ = keyEnding(t, end, false)
	return t[start:end], start
}

// second returns the word before the one that begins at i, if only a blank parts them.
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
