package detect

import (
	"bytes"
	"unicode/utf8"
)

// Limits of an address (RFC 5321 section 4.5.3.1).
const (
	maxLocalBytes  = 64
	maxLabelBytes  = 63
	maxDomainBytes = 253
)

// matchEmail finds an e-mail address around its at sign, which stands at at as '@', "%40" or "\u0040".
//
// Accepted: a local part of at most 64 bytes, Unicode letters included, or in quotes with a sign in them; a domain of at least two labels
// that ends in a top level of the list, in an xn-- label, or in one of the names of intranets. Percent and \u escapes of letters are part
// of the address. Address literals ([192.0.2.1], [IPv6:2001:db8::1]) count as domains. Not found: the git user of a repository's address, names of files
// and packages, of algorithms and extensions of SSH.
func matchEmail(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	n := atSignLen(t, at)
	if n == 0 {
		return 0, 0, false
	}
	if !mayEndLocal(t, at) || !mayHaveDomain(t, at+n) {
		return 0, 0, false
	}
	if end = domainEnd(t, at+n); end == 0 {
		end = literalEnd(t, at+n)
	}
	if end == 0 {
		return 0, 0, false
	}
	if start = quotedLocal(t, at, lo, ctx); start == at {
		start = bounceStart(t, localStart(t, at, lo, end), at, lo)
	}
	if start == at {
		return 0, 0, false
	}
	if byteAt(t, start-1) == ':' && (masked(t[start:at]) || saysRedacted(t[start:at])) {
		return 0, 0, false // a password that is none any more in a URL: https://ada:redacted@…
	}
	if string(t[start:at]) == "git" || protocolName(t[start:at], t[at+n:end]) {
		return 0, 0, false
	}
	return start, end, true
}

// bounceStart returns where the local part t[start:at] of an address for bounces begins that holds another address, its at sign an equals sign:
// bounces+7-ada=example.com@news.example.org; or start.
func bounceStart(t []byte, start, at, lo int) int {
	if start == at || byteAt(t, start-1) != '=' || domainEnd(t, start) != at {
		return start
	}
	i, plus := start-1, false
	for low := max(lo, at-maxLocalBytes); i > low && (isKeyByte(t[i-1]) || t[i-1] == '+'); i-- {
		plus = plus || t[i-1] == '+'
	}
	if c := byteAt(t, i-1); c == '\\' || c == '%' {
		i = behindEscape(t[:start], i)
	}
	if !plus && !hasFold(t, i, "bounce") {
		return start
	}
	return i
}

// literalEnd returns the end of the address in brackets at i, which stands in place of a domain, or 0.
func literalEnd(t []byte, i int) int {
	if byteAt(t, i) != '[' {
		return 0
	}
	j := i + 1
	if hasFold(t, j, "ipv6:") {
		j += len("ipv6:")
		if p := parseIPv6(t, j, min(len(t), j+maxIPv6Bytes)); byteAt(t, p.end) == ']' && p.end > j {
			return p.end + 1
		}
		return 0
	}
	if _, n := parseIPv4(t, j); n > 0 && byteAt(t, j+n) == ']' {
		return j + n + 1
	}
	return 0
}

// quotedLocal returns where the local part in quotes begins that ends at at, or at if there is none. What is quoted holds a sign that needs
// quotes, and no more than names have.
func quotedLocal(t []byte, at, lo int, ctx Context) int {
	i := at - 1
	if i <= lo || t[i] != '"' {
		return at
	}
	escaped := t[i-1] == '\\'
	if escaped {
		i--
	} else if ctx.Shape == JSON {
		return at
	}
	end, signs := i, 0
	for low := max(lo, at-maxLocalBytes); i > low; i-- {
		switch c := t[i-1]; {
		case c == '"':
			if i--; escaped && i > low && t[i-1] == '\\' {
				return ifSome(i-1, at, signs)
			}
			if escaped || i == end-1 {
				return at
			}
			return ifSome(i, at, signs)
		case isAlnum(c), c >= 0x80:
		case c == ' ', c == '.', c == '_', c == '-', c == '+', c == '@', c == '(', c == ')', c == '!', c == '#', c == '/':
			signs++
		default:
			return at
		}
	}
	return at
}

// ifSome is i if there are signs, else at.
func ifSome(i, at, signs int) int {
	if signs > 0 {
		return i
	}
	return at
}

// atSignLen returns the length of the at sign at i, or 0.
func atSignLen(t []byte, i int) int {
	switch byteAt(t, i) {
	case '@':
		return 1
	case '%':
		if byteAt(t, i+1) == '4' && byteAt(t, i+2) == '0' {
			return 3
		}
		if byteAt(t, i+1) == '2' && hasFold(t, i, "%2540") {
			return 5
		}
	case '\\':
		if byteAt(t, i+5) == '0' && hasFold(t, i, `\u0040`) {
			return 6
		}
	}
	return 0
}

// mayHaveDomain reports whether a domain of two labels, or an address in brackets, can begin at i, by what follows its first letters and digits.
func mayHaveDomain(t []byte, i int) bool {
	start := i
	for i < len(t) && isAlnum(t[i]) {
		if i++; i-start > maxLabelBytes {
			return false
		}
	}
	switch c := byteAt(t, i); c {
	case '-', '%':
		return true
	case '.', '_':
		return i > start
	case '[':
		return i == start
	default:
		return c >= 0x80
	}
}

// mayEndLocal reports whether a local part can end before i.
func mayEndLocal(t []byte, i int) bool {
	switch c := byteAt(t, i-1); c {
	case 0, ' ', '\t', '\n', '\r', '@', ':', '=', '/', '(', '<', ',':
		return false
	}
	return true
}

// localStart returns where the local part begins that ends at at, or at if there is none. end is where the domain ends.
func localStart(t []byte, at, lo, end int) int {
	low := max(lo, at-maxLocalBytes)
	i := plainLocal(t, at, low)
	for i > low {
		n := localUnit(t, i)
		if n == 0 || i-n < low {
			break
		}
		i -= n
	}
	if byteAt(t, end) == '\'' && byteAt(t, i-1) != '\'' && !isLetter(byteAt(t, end+1)) {
		// The domain stands before a closing quote: the first one in the local part opens it, as in b'alice@example.com'.
		if q := bytes.IndexByte(t[i:at], '\''); q >= 0 {
			i += q
		}
	}
	for i < at {
		n := startsLocal(t, i)
		if n == 0 {
			break
		}
		i += n
	}
	return min(i, at)
}

// plainLocal returns where the letters, digits and plain signs begin that end at at, none of them before low, or at if an escape may end in them.
func plainLocal(t []byte, at, low int) int {
	i := at
	for i > low && plainInLocal[t[i-1]] {
		i--
	}
	switch byteAt(t, i-1) {
	case '\\', '%', '[', ';':
		return at
	}
	if i == low && low > 0 {
		return at
	}
	return i
}

// startsLocal returns how many bytes at i a local part cannot begin with, 0 if it can.
func startsLocal(t []byte, i int) int {
	switch c := t[i]; {
	case c == '%' && i+2 < len(t) && isHex(t[i+1]) && isHex(t[i+2]):
		if c = hexValue(t[i+1])<<4 | hexValue(t[i+2]); isAlnum(c) || c == '_' || c >= 0x80 {
			return 0
		}
		return 3
	case c == '\\', c == '_', c == '+', isAlnum(c), c >= 0x80:
		return 0
	}
	return 1
}

// localUnit returns how many bytes before i belong to the local part as one character, 0 if none.
func localUnit(t []byte, i int) int {
	c := t[i-1]
	if n := escapeBefore(t, i); n > 0 {
		return escapedLocal(t[i-n : i])
	}
	switch {
	case isAlnum(c), c == '.', c == '_', c == '-', c == '+', c == '%':
		return 1
	case c >= 0x80:
		r, n := utf8.DecodeLastRune(t[:i])
		if isNameRune(r) {
			return n
		}
	case c == '\'':
		if i >= 2 && isLetter(t[i-2]) && isLetter(byteAt(t, i)) {
			return 1
		}
		if i >= 3 && (t[i-2] == '\\' || t[i-2] == '\'') && isLetter(t[i-3]) && isLetter(byteAt(t, i)) {
			return 2
		}
	case c == ';':
		return apostropheLen(t, i)
	case c == '!', c == '#', c == '$', c == '*', c == '^', c == '~':
		if i >= 2 && isAlnum(t[i-2]) && isAlnum(byteAt(t, i)) {
			return 1
		}
	}
	return 0
}

// apostropheLen returns the length of the entity for an apostrophe that ends before i between two letters, or 0.
func apostropheLen(t []byte, i int) int {
	for _, e := range [...]string{"&#39;", "&apos;", "&#x27;"} {
		if hasFold(t, i-len(e), e) && isLetter(byteAt(t, i-len(e)-1)) && isLetter(byteAt(t, i)) {
			return len(e)
		}
	}
	return 0
}

// escapedLocal returns the length of the escape if it stands for a character of a local part, else 0.
func escapedLocal(escape []byte) int {
	var c byte
	switch {
	case escape[0] == '%':
		c = hexValue(escape[1])<<4 | hexValue(escape[2])
	case len(escape) == 6 && (escape[2] != '0' || escape[3] != '0'):
		return 6
	case len(escape) == 6:
		c = hexValue(escape[4])<<4 | hexValue(escape[5])
	default:
		return 0
	}
	if isAlnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '\'' || c >= 0xc0 || (escape[0] == '%' && c >= 0x80) {
		return len(escape)
	}
	return 0
}

// isNameRune reports whether r can be part of a name: not white space, punctuation or a symbol of the scripts that logs are written in.
func isNameRune(r rune) bool {
	switch {
	case r == utf8.RuneError, r < 0xc0, r == 0xd7, r == 0xf7:
		return false
	case r >= 0x2000 && r < 0x2c00, r >= 0x3000 && r < 0x3005, r >= 0x3008 && r < 0x3021:
		return false
	case r >= 0xff00 && r < 0xff10, r >= 0xff1a && r < 0xff21, r >= 0xff3b && r < 0xff41, r >= 0xff5b && r < 0xff66:
		return false
	case r >= 0xe000 && r < 0xf900, r == 0xfeff, r >= 0xfe10 && r < 0xfe70, r >= 0x1f000 && r < 0x20000:
		return false
	}
	return true
}

// domainEnd returns the end of the longest domain at i whose top level is known, or 0.
func domainEnd(t []byte, i int) int {
	begin, label, labels, best := i, i, 0, 0
	limit := min(len(t), i+maxDomainBytes)
	for i < limit {
		j, split := labelEnd(t, i, limit)
		if j == i || j-label > maxLabelBytes {
			break
		}
		if labels > 0 && (j == len(t) || !isAlnum(t[j]) && !(t[j] == '[' && placeholderAt(t[j:]))) && knownDomain(t[begin:j], label-begin, labels) {
			best = j
		}
		i = j
		if split {
			continue
		}
		n := dotLen(t, i)
		if n == 0 {
			break
		}
		i += n
		label = i
		labels++
	}
	return best
}

// labelEnd returns the end of the label at i or of a part of it, where an address may end too: before a dash, or where ASCII
// meets another script. Then split is true.
func labelEnd(t []byte, i, limit int) (end int, split bool) {
	j := i
	for j < limit && t[j] == '-' {
		j++
	}
	for j < limit {
		c := t[j]
		switch {
		case isAlnum(c):
		case c == '-':
			return j, true
		case c == '_' && j > i:
			return j, true
		case c == '%' && j+2 < limit && isHex(t[j+1]) && hexValue(t[j+1]) >= 8 && isHex(t[j+2]):
			j += 3
			continue
		case c >= 0x80:
			r, n := utf8.DecodeRune(t[j:])
			if !isNameRune(r) {
				return j, false
			}
			if j > i && t[j-1] < 0x80 {
				return j, true
			}
			j += n
			if j < limit && isAlnum(t[j]) {
				return j, true
			}
			continue
		default:
			return j, false
		}
		j++
	}
	return min(j, limit), false
}

func dotLen(t []byte, i int) int {
	if byteAt(t, i) == '.' {
		return 1
	}
	if hasFold(t, i, "%2e") {
		return 3
	}
	return 0
}
