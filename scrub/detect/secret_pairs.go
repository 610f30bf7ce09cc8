package detect

import "bytes"

// Passwords behind a user's name and a colon, and in elements that name the one before them.

// pairKeys are the last words of keys whose value may be a user's name and a password.
var pairKeys = keyWords{"credential", "credentials", "creds", "auth", "basicauth"}

// pairOf returns the password in a value that is a user's name, a colon, and what looks like a password: ada:hunter22.
func pairOf(t []byte, v value) (value, bool) {
	b := t[v.start:v.end]
	i := bytes.IndexByte(b, ':')
	if i < 1 || i > maxKeyBytes || bytes.IndexByte(b[i+1:], ':') >= 0 || byteAt(b, i+1) == '/' {
		return v, false
	}
	for _, c := range b[:i] {
		if !isKeyByte(c) && c != '@' {
			return v, false
		}
	}
	u := value{v.start + i + 1, v.end, v.quoted}
	return u, looksSecret(t, &u, true)
}

// loginAt returns the password behind a user's name and a slash at i, before an at sign and a host: app/hunter22@orders.
func loginAt(t []byte, i int, ctx Context) (value, bool) {
	slash := keyStop(t, i)
	if slash == i || byteAt(t, slash) != '/' {
		return value{}, false
	}
	v := readValue(t[:min(len(t), slash+maxArguments)], slash+1, ctx, false)
	at := bytes.LastIndexByte(t[v.start:v.end], '@')
	return value{v.start, v.start + at, false}, at > 0
}

// listed finds the text of the element behind the end of the key, which closes at at, in a property list: <key>password</key><string>…</string>.
func listed(t []byte, keyStart, at int) (start, end int, ok bool) {
	nameStart, nameStop, _ := keyEnding(t, keyStart-len("</"), false)
	kind := secretKind(t[nameStart:nameStop])
	i := skipBreaks(t, at+1)
	if kind == wantNothing || kind == wantQuery || byteAt(t, nameStart-1) != '>' || !hasFold(t, i, "<string>") {
		return 0, 0, false
	}
	v := elementValue(t, i+len("<string>"), false)
	return v.start, v.end, wanted(t, v, kind)
}

// quoteEntities are quotes as XML and HTML write them.
var quoteEntities = [...]string{"&quot;", "&#34;", "&#39;", "&apos;"}

// quoteEntityBefore returns the length of the entity of a quote that ends at i, or 0.
func quoteEntityBefore(t []byte, i int) int {
	if byteAt(t, i-1) != ';' {
		return 0
	}
	for _, e := range quoteEntities {
		if hasFold(t, i-len(e), e) {
			return len(e)
		}
	}
	return 0
}

// entityValue returns the value at i between entities of quotes, if one is there and the other is near.
func entityValue(t []byte, i int) (v value, ok bool) {
	n := quoteEntity(t, i)
	if n == 0 {
		return v, false
	}
	for j := i + n; j < len(t) && j-i < maxBracedBytes && t[j] != '\n' && t[j] != '"'; j++ {
		if t[j] == '&' && quoteEntity(t, j) == n {
			return value{i + n, j, true}, true
		}
	}
	return v, false
}

// quoteEntity returns the length of the entity of a quote at i, or 0.
func quoteEntity(t []byte, i int) int {
	for _, e := range quoteEntities {
		if hasFold(t, i, e) {
			return len(e)
		}
	}
	return 0
}
