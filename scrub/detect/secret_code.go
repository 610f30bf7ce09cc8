package detect

import "bytes"

// Code where a secret would stand: what is assigned there comes from elsewhere, or says what may stand there.

// isCode reports whether the value without quotes is an expression of a program: os.getenv("…"), ENV['…'], args[0], config.get(name), settings.API_KEY,
// :password, *token, !vault.
func isCode(t []byte, v value) bool {
	b := t[v.start:v.end]
	switch b[0] {
	case ':', '@', '*', '&':
		return len(b) > 1 && isName(b[1:]) && (secretKind(b[1:]) != wantNothing)
	case '!':
		return isName(b[1:]) && survey(b).digits == 0 && isBlank(byteAt(t, v.end))
	case '$':
		b = b[1:]
	}
	i := memberStop(b)
	if i == 0 || isDigit(b[0]) {
		return false
	}
	if i == len(b) || b[i] == '-' {
		return isMember(b) || isResource(b)
	}
	if survey(b[:i]).digits > 0 && !ofModule(b[:i]) && !wrappers.has(b[:i]) {
		return false
	}
	after := byteAt(t, v.end+slashes(t, v.end))
	switch b[i] {
	case '(':
		return isQuote(after) && i == len(b)-1 || after == ')' || after == ',' || calledMember(b[:i])
	case '[':
		return isQuote(after) && i == len(b)-1 || after == ']' && i < len(b)-1
	}
	return false
}

// memberStop returns where the names at the start of b end that dots or double colons join.
func memberStop(b []byte) int {
	i := 0
	for i < len(b) && (isAlnum(b[i]) || b[i] == '_' || b[i] == '.' || b[i] == ':' && (byteAt(b, i+1) == ':' || byteAt(b, i-1) == ':' && i > 0)) {
		i++
	}
	return i
}

// calledMember reports whether b is an object and the member that a bracket behind it calls: jwt.encode.
func calledMember(b []byte) bool {
	n := len(b)
	return bytes.LastIndexByte(b, '.') > 0 && n > 4 && isLower(b[n-1]) && isLower(b[n-2]) && isLower(b[n-3])
}

// ofModule reports whether b begins with a name of small letters, and digits behind three, and a dot or a double colon: uuid.uuid4, base64.b64encode.
func ofModule(b []byte) bool {
	i := 0
	for i < len(b) && (isLower(b[i]) || i > 2 && isDigit(b[i])) {
		i++
	}
	return i > 1 && i < len(b) && (b[i] == '.' || b[i] == ':')
}

// isName reports whether b is made of letters, digits and underscores.
func isName(b []byte) bool {
	for _, c := range b {
		if !isAlnum(c) && c != '_' {
			return false
		}
	}
	return true
}

// codeRoots are what names of members begin with in programs and templates.
var codeRoots = newWordSet("env", "process", "os", "settings", "config", "configuration", "cfg", "conf", "var", "local", "data", "module", "self", "this", "params", "options", "opts",
	"args", "argv", "request", "req", "secrets", "vars", "values", "app", "ctx", "context", "credentials", "user", "account", "props", "state", "form", "input")

// isResource reports whether b is what Terraform calls a member of a resource: var.shop-db_password, random_password.db.result.
func isResource(b []byte) bool {
	dots, last := 0, 0
	for i, c := range b {
		switch {
		case c == '.' && i > last:
			dots, last = dots+1, i+1
		case !isLower(c) && c != '_' && c != '-':
			return false
		}
	}
	if dots == 0 || last == len(b) {
		return false
	}
	first := b[:bytes.IndexByte(b, '.')]
	return dots > 1 && bytes.IndexByte(first, '_') > 0 || codeRoots.has(first) && secretKind(b[last:]) != wantNothing
}

// isMember reports whether b is the name of a member: two names at least with dots between, the first of them a usual one and the last a constant's
// or a secret's, or any and the last a secret's with a capital: cfg.PASS, self.token, t.AccessToken.
func isMember(b []byte) bool {
	first, last := len(b), 0
	for i, c := range b {
		if c != '.' {
			continue
		}
		if i == last || !isLetter(b[last]) && b[last] != '_' {
			return false
		}
		first, last = min(first, i), i+1
	}
	if last == 0 || last == len(b) {
		return false
	}
	name := b[last:]
	if secretKind(name) == wantNothing {
		return codeRoots.has(b[:first]) && isVariable(name) || isUpper(b[0]) && string(name) == "new"
	}
	return codeRoots.has(b[:first]) || isUpper(name[0]) && survey(b).digits == 0
}

// isTypeMember reports whether b is the name of a type and a member of it, both with a capital and small letters: Name.Builtin, TokenKind::Identifier.
func isTypeMember(b []byte) bool {
	parts := 0
	for i := 0; i < len(b); {
		from := i
		for i < len(b) && isLetter(b[i]) {
			i++
		}
		if i-from < 2 || !isUpper(b[from]) || !isLower(b[i-1]) {
			return false
		}
		parts++
		switch {
		case has(b, i, "::"):
			i += len("::")
		case byteAt(b, i) == '.':
			i++
		case i < len(b):
			return false
		}
	}
	return parts > 1
}

// sentenceWords are words of messages about passwords.
var sentenceWords = newWordSet("is", "are", "was", "must", "be", "the", "required", "invalid", "not", "too", "cannot", "can", "t", "does", "should", "at", "least", "please", "has", "have",
	"been", "and", "or", "with", "field", "characters", "contain", "contains", "match", "may", "will", "been")

// isSentence reports whether b is a message: three words at least, two of them of those that messages have.
func isSentence(b []byte) bool {
	words, known := 0, 0
	for i := 0; i < len(b); {
		end := i
		for end < len(b) && isLetter(b[end]) {
			end++
		}
		if end == i {
			if c := b[i]; c != ' ' && c != '.' && c != ',' && c != '\'' && c != '!' && !isDigit(c) {
				return false
			}
			i++
			continue
		}
		words++
		if sentenceWords.has(b[i:end]) {
			known++
		}
		i = end
	}
	return words >= 3 && known >= 2
}
