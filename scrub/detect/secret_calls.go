package detect

// Secrets among the arguments of calls, and in pairs of a name and a value: setPassword("…"), put("password", "…"), ('password', '…').

// called finds the secret in quotes that is the first argument of the call whose name is the key that ends before the bracket at at.
func called(t []byte, keyStart, at int, kind want, ctx Context) (start, end int, ok bool) {
	key := t[keyStart:at]
	if kind == wantSession && key[0] != '.' {
		return secondOf(t, at, kind, ctx)
	}
	if kind != wantAny && kind != wantToken && kind != wantMade || readsSecret(key) || keyEndsIn(key, "andpassword") {
		return 0, 0, false
	}
	v, after, ok := argument(t, at+1, ctx)
	if !ok || after != ')' && after != ',' {
		return 0, 0, false
	}
	b := t[v.start:v.end]
	sets := byteAt(t, keyStart-1) == '.' || key[0] == '.' || settingVerbs.inName(key)
	return v.start, v.end, wanted(t, v, kind) && survey(b).spaces == 0 && (isSecretText(b) || sets && kind == wantAny && !isVariable(b))
}

// paired finds the secret behind the key in quotes before the comma or blank at at: behind a comma both are all that stands in brackets, or
// the name is that of a command's flag, or a long token follows among names and values in one list.
func paired(t []byte, keyStart, keyStop, at int, kind want, ctx Context) (start, end int, ok bool) {
	first := passSigil(t, keyStart)
	open := passQuote(t, first)
	if (open == first || keyStop == at) && byteAt(t, keyStart-1) != '{' || kind == wantNothing || kind == wantQuery {
		return 0, 0, false
	}
	v, after, ok := argument(t, at+1, ctx)
	if !ok || v.start == v.end {
		return 0, 0, false
	}
	sets := t[keyStart] == '-' && t[v.start] != '-' // arguments of a command in a list
	if t[at] == ',' && !sets {
		if isLetter(byteAt(t, open-1)) {
			open-- // b'…'
		}
		for low := max(0, open-maxBlanks); open > low && isBlank(t[open-1]); {
			open--
		}
		switch c := byteAt(t, open-1); {
		case c == '(' && after == ')', c == '[' && after == ']', c == '{' && after == '}':
			start, end, _ := keyEnding(t, open-1, false)
			sets = c == '(' && settingVerbs.inName(t[start:end])
		case (c == '[' || c == ',') && (after == ',' || after == ']') && kind == wantToken && v.end-v.start >= minBareToken: // names and values in one list
		case (kind == wantToken || kind == wantAny || kind == wantMade) && made(t[v.start:v.end]): // columns, arguments
		default:
			return 0, 0, false
		}
	}
	return v.start, v.end, wanted(t, v, kind) && (sets || isSecretText(t[v.start:v.end]))
}

// secondOf finds the password in the brackets at i, behind a user's name: auth=('ada', '…'), HTTPBasicAuth('ada', '…').
func secondOf(t []byte, i int, kind want, ctx Context) (start, end int, ok bool) {
	if kind != wantSession || byteAt(t, i) != '(' && byteAt(t, i) != '[' {
		return 0, 0, false
	}
	v, after, ok := argument(t, i+1, ctx)
	if !ok || after != ',' || v.start == v.end {
		return 0, 0, false
	}
	v, after, ok = argument(t, skipBlanks(t, behindQuote(t, v.end))+1, ctx)
	return v.start, v.end, ok && (after == ')' || after == ']' || after == ',') && wanted(t, v, wantAny)
}

// argument reads the value in quotes at i, behind blanks, and returns the first byte behind it that is no blank.
func argument(t []byte, i int, ctx Context) (v value, after byte, ok bool) {
	first, quote, n := openValue(t, skipBlanks(t, i))
	if quote == 0 {
		return v, 0, false
	}
	v = value{first, quotedEnd(t, first, quote, n, ctx), true}
	end := behindQuote(t, v.end)
	if has(t, end, ">>") {
		end += len(">>") // Erlang
	}
	return v, byteAt(t, skipBlanks(t, end)), true
}

// passSigil returns the offset before the sign that some languages put before a name at i.
func passSigil(t []byte, i int) int {
	if c := byteAt(t, i-1); c == '@' || c == ':' {
		return i - 1
	}
	return i
}

// settingVerbs are words in the names of calls that are given a secret, and readingVerbs of those that give or ask for one.
var (
	settingVerbs = newWordSet("set", "with", "put", "add", "use", "append", "define", "update", "change", "param", "header", "field", "property")
	readingVerbs = newWordSet("get", "has", "is", "find", "read", "fetch", "load", "lookup", "check", "show", "hide", "forgot", "reset", "no", "prompt", "ask", "expect",
		"require", "required", "need", "needs", "generate", "parse", "invalid", "missing", "unexpected", "next", "validate", "resolve")
)

// readsSecret reports whether the name of a call says that it is given no secret.
func readsSecret(name []byte) bool { return readingVerbs.inName(name) }

// isSecretText reports whether b is no name: there is a digit in it, or a sign that no name has.
func isSecretText(b []byte) bool {
	for _, c := range b {
		if isDigit(c) || c < 0x80 && !isLetter(c) && !isBlank(c) && c != '_' && c != '-' && c != '.' && c != '\'' && c != ':' && c != '?' && c != '!' && c != '*' {
			return true
		}
	}
	return false
}
