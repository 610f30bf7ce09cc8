package detect

import "bytes"

// Secrets that stand at other places than behind their key and a separator.

// nameKeys are the keys under which something's name stands, beside its value.
var nameKeys = keyWords{"name", "key", "id", "parameter", "param", "variable", "field", "header", "setting", "option", "property", "label", "type", "system"}

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
	return isValueKey(key) || len(key) == len("identified") && hasFold(key, 0, "identified")
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
	nameStart, nameStop := nameBefore(t, keyStart)
	kind := secretKind(t[nameStart:nameStop])
	if _, quote, _ := openValue(t, s.end); kind == wantQuery || kind == wantNothing && quote == 0 {
		return 0, 0, false
	}
	v := readValue(t, s.end, ctx, s.encoded)
	if kind == wantNothing {
		kind = secretKind(nameBehind(t, v.end))
	}
	switch b := t[v.start:v.end]; {
	case kind == wantNothing, kind == wantQuery, !wanted(t, v, kind):
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
	return v.start, v.end, kind != wantNothing && kind != wantQuery && wanted(t, v, kind)
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

// nameBefore returns the name in what stands before the key at i, bytes [start, end): "name":"password","value": …, key="password" value=…, also on two lines.
func nameBefore(t []byte, i int) (start, end int) {
	if isBlank(byteAt(t, i-1)) {
		if element, at, _ := keyEnding(t, i-1, false); byteAt(t, element-1) == '<' {
			return element, at // <ClearTextPassword Value="…"/>
		}
	}
	i = beforeGap(t, passQuote(t, i))
	if byteAt(t, i-1) == '{' { // "password": {"value": …}
		if i = beforeGap(t, i-1); byteAt(t, i-1) != ':' && byteAt(t, i-1) != '=' {
			return 0, 0
		}
		if start, end, _ = keyEnding(t, passQuote(t, i-1), false); !isValueKey(t[start:end]) {
			return start, end
		}
		i = beforeGap(t, passQuote(t, start)) // "key": "password", "value": {"stringValue": …}
	}
	i = passQuote(t, i)
	start, end, _ = keyEnding(t, i, false)
	i = passQuote(t, start)
	for i > 0 && isBlank(t[i-1]) && start-i < maxBlanks {
		i--
	}
	if c := byteAt(t, i-1); start == end || c != ':' && c != '=' {
		return 0, 0
	}
	if keyStart, keyStop := keyOf(t, i-1); !isNameKey(t[keyStart:keyStop]) {
		return 0, 0
	}
	return start, end
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
	by, from, bare := false, i-len("identified "), false
	for range 5 {
		for isBlank(byteAt(t, i)) {
			i++
		}
		if v := readValue(t, i, ctx, false); bare && !v.quoted && looksSecret(t, &v, true) {
			return v.start, v.end, wanted(t, v, wantAny)
		}
		if v := readValue(t, i, ctx, false); by && !v.quoted && madeBefore(t, from) && isName(t[v.start:v.end]) && !hasFold(t, v.start, "values") {
			return v.start, v.end, wanted(t, v, wantAny)
		}
		if c := byteAt(t, i+slashes(t, i)); by && isQuote(c) && c != '`' {
			v := readValue(t, i, ctx, false)
			return v.start, v.end, wanted(t, v, wantAny)
		}
		stop := keyStop(t, i)
		if stop == i {
			return 0, 0, false
		}
		word := t[i:stop]
		by = by || len(word) == len("by") && hasFold(word, 0, "by")
		bare = by && (len(word) == len("by") || passWords.has(word) || hasFold(word, 0, "values"))
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
			return v.start, v.end, t[j-1] != '/' && bytes.IndexByte(t[i:j], '=') >= 0 && wanted(t, v, kind)
		}
	}
	return 0, 0, false
}

// maxAttributes bounds the attributes of an element.
const maxAttributes = 256
