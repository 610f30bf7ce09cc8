package detect

import (
	"bytes"
	"slices"
)

// maxDummyBytes is the length of the longest value that is compared with what stands in for values.
const maxDummyBytes = 128

// dummies stand where a value would, and say that there is none.
var dummies = newWordSet(
	"null", "nil", "none", "undefined", "true", "false", "empty", "redacted", "filtered", "masked", "hidden", "removed", "omitted", "scrubbed",
	"unset", "not set", "not-set", "n/a", "unknown", "required", "missing", "invalid", "expired", "failed", "provided",
	"disabled", "enabled", "changed", "object", "string", "object object", "(null)", "(nil)", "(none)", "(empty)", "(hidden)",
	"(redacted)", "(set)", "(unset)", "yes", "optional", "same-origin", "include", "omit", "optional[]", "optional.empty", "nan",
	"chauthtok", "obbligatoria", "obligatoria", "obligatoire", "incorrecta", "incorrecte", "incorreta", "falsch", "errata", "requerida", "protected", "revoked", "string!", "incorrect", "accepted", "rejected", "generated", "await", "your",
)

// isDummy reports whether v stands in for a value: a stand-in, a word such as null, or an example.
func isDummy(v []byte) bool {
	return dummies.has(v) || standsIn(v) || exampleText(v) || string(v) == noLog
}

// noLog is what Ansible prints in place of a parameter that is not to be logged.
const noLog = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

// standsIn reports whether v is stars, a variable, a format's verb, a placeholder or a pseudonym.
func standsIn(v []byte) bool {
	if len(v) == 0 {
		return true
	}
	if len(v) > maxDummyBytes {
		return false
	}
	switch v[0] {
	case '[':
		if placeholderAt(v) || bracketed(v) || dummies.has(v[1:]) {
			return true // with its closing bracket, or without where that ends a value
		}
	case '<':
		if v[len(v)-1] == '>' || len(v) > 1 && isLetter(v[1]) {
			return true
		}
	case '$', '#', '@':
		if len(v) > 1 && (v[1] == '{' || v[1] == '(' || v[1] == '[') {
			return true
		}
		if v[0] == '$' && (isVariable(v[1:]) || namesItself(v[1:])) {
			return true
		}
	case '{':
		if len(v) > 1 && (v[1] == '{' || v[len(v)-1] == '}') {
			return true
		}
	case '%':
		if len(v) > 1 && (v[1] == '{' || v[1] == '(' || len(v) == 2 || v[len(v)-1] == '%') {
			return true
		}
	}
	return masked(v) || pseudonym(v) || framed(v) || shortened(v) || saysRedacted(v)
}

// namesItself reports whether v, behind the sign of a variable, is a secret's name in small letters first: $password, $dbPass.
func namesItself(v []byte) bool {
	return len(v) > 0 && isLower(v[0]) && isName(v) && survey(v).digits == 0 && secretKind(v) != wantNothing
}

// framed reports whether v is a dummy between signs: **REDACTED** of Home Assistant, ~hidden~ of Logstash.
func framed(v []byte) bool {
	i, j := 0, len(v)
	for i < j-1 && !isAlnum(v[i]) && v[i] == v[j-1] {
		i, j = i+1, j-1
	}
	return i > 0 && dummies.has(v[i:j])
}

// saysRedacted reports whether v says that a secret has been redacted, with little more, or in words alone what became of it: key-redacted, eyJh...REDACTED,
// REDACTED_BY_OWNER, removed-for-security.
func saysRedacted(v []byte) bool {
	const word = "redacted"
	for i := 0; len(v) <= 2*len(word) && i+len(word) <= len(v); i++ {
		if hasFold(v, i, word) {
			return true
		}
	}
	first := letterRun(v)
	if first == 0 || first == len(v) || isAlnum(v[first]) || !dummies.has(v[:first]) {
		return false
	}
	rest := v[first+1:]
	return reasonWords.has(rest[:letterRun(rest)]) && survey(rest).digits == 0
}

// reasonWords go on behind a dummy.
var reasonWords = keyWords{"by", "for", "from", "in", "due"}

// letterRun returns how many letters v begins with.
func letterRun(v []byte) (n int) {
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	return n
}

// shortened reports whether all but a few characters at both ends of v have been left out: sk-ab...9f3e.
func shortened(v []byte) bool {
	if len(v) > 2*maxShown+len("…") {
		return false
	}
	for _, gap := range [...]string{"...", "…"} {
		if bytes.IndexByte(v, gap[0]) < 0 {
			continue // as in most, which is told sooner so
		}
		if i := bytes.Index(v, []byte(gap)); i > 1 && i <= maxShown && len(v)-i-len(gap) > 1 && len(v)-i-len(gap) <= maxShown {
			return true
		}
	}
	return false
}

// maxShown is how many characters may be left at an end.
const maxShown = 6

// bracketed reports whether v is a placeholder in brackets that the table does not have: a dummy, stars, or capitals.
func bracketed(v []byte) bool {
	if len(v) < 3 || v[len(v)-1] != ']' {
		return false
	}
	word := v[1 : len(v)-1]
	return dummies.has(word) || masked(word) || isVariable(word)
}

// placeholderAt reports whether t begins with one of the table's placeholders.
func placeholderAt(t []byte) bool {
	if len(t) == 0 || t[0] != '[' {
		return false
	}
	i := 1
	for i < len(t) && i < maxPlaceholderBytes && inPlaceholder(t[i]) {
		i++
	}
	return i < len(t) && t[i] == ']' && placeholders.has(t[:i+1])
}

// placeholderBefore reports whether one of the table's placeholders ends at i.
func placeholderBefore(t []byte, i int) bool {
	if byteAt(t, i-1) != ']' {
		return false
	}
	j := i - 1
	for low := max(0, i-maxPlaceholderBytes); j > low && inPlaceholder(t[j-1]); {
		j--
	}
	return j > 0 && t[j-1] == '[' && placeholders.has(t[j-1:i])
}

// keyInBrackets reports whether the bracket that ends at i closes a key and no placeholder. A key of PHP's print_r may look like one: there is an arrow behind it,
// and an opening bracket, a line's begin or another key's value before it.
func keyInBrackets(t []byte, i int) bool {
	if !placeholderBefore(t, i) {
		return true
	}
	if !has(t, i, " => ") {
		return false
	}
	j := bytes.LastIndexByte(t[:i], '[')
	for low := max(0, j-maxKeyGap); j > low && isBlank(t[j-1]); {
		j--
	}
	switch byteAt(t, j-1) {
	case 0, '(', '\n':
		return true
	case ':', '=', '>', ',':
		return false
	case ']':
		if placeholderBefore(t, j) {
			return false
		}
	}
	return escapeBefore(t, j) == 2 || bytes.Contains(t[max(0, j-maxKeyBytes):j], []byte("] => "))
}

func inPlaceholder(c byte) bool { return isLower(c) || c == '-' }

// maxPlaceholderBytes is the length of the longest placeholder of the table.
const maxPlaceholderBytes = 20

// placeholderTable holds the table's placeholders by their length, and says with which letters those of a length begin and end, by their low five bits.
type placeholderTable struct {
	by          [maxPlaceholderBytes + 1][]string
	first, last [maxPlaceholderBytes + 1]uint32
}

var placeholders = func() (p placeholderTable) {
	for _, d := range Table[1:] {
		n := len(d.Placeholder)
		if !slices.Contains(p.by[n], d.Placeholder) {
			p.by[n] = append(p.by[n], d.Placeholder)
			p.first[n] |= 1 << (d.Placeholder[1] & 31)
			p.last[n] |= 1 << (d.Placeholder[n-2] & 31)
		}
	}
	return p
}()

// has reports whether b, in brackets, is one of the placeholders.
func (p *placeholderTable) has(b []byte) bool {
	n := len(b)
	if n < 3 || n > maxPlaceholderBytes || p.first[n]>>(b[1]&31)&(p.last[n]>>(b[n-2]&31))&1 == 0 {
		return false
	}
	for _, s := range p.by[n] {
		if string(b) == s {
			return true
		}
	}
	return false
}

// holdsPlaceholder reports whether one of the table's placeholders begins in t[start:end].
func holdsPlaceholder(t []byte, start, end int) bool {
	for start < end {
		n := bytes.IndexByte(t[start:end], '[')
		if n < 0 {
			return false
		}
		if placeholderAt(t[start+n:]) {
			return true
		}
		start += n + 1
	}
	return false
}

// isVariable reports whether v is the name of an environment variable.
func isVariable(v []byte) bool {
	for _, c := range v {
		if !isUpper(c) && c != '_' && !isDigit(c) {
			return false
		}
	}
	return len(v) > 0 && !isDigit(v[0])
}

// masked reports whether v is one repeated sign, or has three stars, three bullets or eight letters x in a row.
func masked(v []byte) bool {
	same := 0
	for same < len(v) && lower(v[same]) == lower(v[0]) {
		same++
	}
	if same == len(v) && same > 0 {
		return v[0] == '*' && same >= 3 || lower(v[0]) == 'x' || !isAlnum(v[0])
	}
	return hasFold(v, 0, "•••") || len(v) > maskBytes && holdsMask(v) || bytes.IndexByte(v, '*') >= 0 && bytes.Contains(v, []byte("***"))
}

// holdsMask reports whether mask or upperMask is in v. Of every eighth byte one is then a letter of it.
func holdsMask(v []byte) bool {
	for i := maskBytes - 1; i < len(v); i += maskBytes {
		if lower(v[i]) == mask[0] {
			return bytes.Contains(v, []byte(mask)) || bytes.Contains(v, []byte(upperMask))
		}
	}
	return false
}

// mask and upperMask stand in examples for the signs of a token behind its prefix.
const (
	mask      = "xxxxxxxx"
	upperMask = "XXXXXXXX"
	maskBytes = len(mask)
)

// Lengths of a pseudonym: the encoded digest behind kind and epoch.
const digestChars = 26

// pseudonym reports whether v is a pseudonym: kind, "_e" and the epoch, "_" and 26 characters of [a-z2-7].
func pseudonym(v []byte) bool {
	i := len(v) - digestChars
	if i < 5 || v[i-1] != '_' {
		return false
	}
	for _, c := range v[i:] {
		if !isLower(c) && (c < '2' || c > '7') {
			return false
		}
	}
	j := i - 1
	for j > 0 && isDigit(v[j-1]) {
		j--
	}
	return j < i-1 && j >= 3 && v[j-1] == 'e' && v[j-2] == '_'
}
