package detect

import "bytes"

// Secrets that clients send in lines of protocols, as clients with much to say, analysers and consoles show them: > PASS hunter2, a1 LOGIN ada hunter22,
// C: AUTH PLAIN AGJvYgBodW50ZXIy, redis> AUTH hunter22. Sources: RFC 959, RFC 1939, RFC 1459, RFC 4954, RFC 9051, the
// commands of Redis.

// commanded finds the password behind PASS: on a line that a client sends, behind USER of FTP and mail, before NICK of IRC. i is behind the blank that follows the command at keyStart.
func commanded(t []byte, keyStart, i int) (start, end int, ok bool) {
	if string(t[keyStart:i-1]) != "PASS" {
		return 0, 0, false
	}
	if byteAt(t, i) == ':' {
		i++
	}
	end = bareEnd(t, i, false)
	if !sent(t, keyStart) && !userBefore(t, keyStart) && !nickBehind(t, end) {
		return 0, 0, false
	}
	b := t[i:end]
	return i, end, end-i >= minSecretBytes && !isDummy(b) && !testName(b) && !isBlank(byteAt(t, end)) && !holdsPlaceholder(t, i, end)
}

// nickBehind reports whether the line behind the one that ends at i is what a client of IRC says next: NICK ada.
func nickBehind(t []byte, i int) bool {
	line, _ := nextLine(t, i)
	return line >= 0 && (has(t, line, "NICK ") || has(t, line, "USER "))
}

// sent reports whether the line at i is marked as one that a client sends: "> ", "C: ", "Request: ", "quote ".
func sent(t []byte, i int) bool {
	return endsFold(t[:i], "> ") || endsFold(t[:i], "request: ") || endsFold(t[:i], "quote ") || endsFold(t[:i], "c: ") && !wordBefore(t, i-len("c: "))
}

// userBefore reports whether the line before the one at i gives a user's name: USER ada.
func userBefore(t []byte, i int) bool {
	end := i
	for low := max(0, i-4); end > low && !isAlnum(t[end-1]) && t[end-1] != 0; {
		end--
	}
	if escapeBefore(t, end) == 2 {
		for end -= 2; end > 0 && (t[end-1] == '\\' || escapeBefore(t, end) == 2); {
			end--
		}
	} else if end == i {
		return false
	}
	name, first := wordBehind(t, end)
	return len(name) > 0 && string(second(t, first)) == "USER"
}

// opensLine reports whether a command may begin at i: where a line or a string begins, or behind a prompt, a name or a bracket that stands before it.
func opensLine(t []byte, i int) bool {
	switch c := byteAt(t, i-1); {
	case c == 0, c == '\n', isQuote(c), escapeBefore(t, i) == 2:
		return true
	case c == ' ':
		c = byteAt(t, i-2)
		return c == '>' || c == ':' || c == ']'
	}
	return byteAt(t, i-1) == '>'
}

// closesLine reports whether a line or a string ends at i.
func closesLine(t []byte, i int) bool {
	i = skipBlanks(t, i)
	return byteAt(t, i) == 0 || breaksLine(t, i) || isQuote(byteAt(t, i+slashes(t, i)))
}

// arguments reads up to three arguments of a line at i, and returns how many there are and where they end.
func arguments(t []byte, i int, ctx Context) (list [3]value, n, end int) {
	t = t[:min(len(t), i+maxArguments)]
	for ; n < len(list); n++ {
		i = skipBlanks(t, i)
		v := argumentAt(t, i, ctx)
		if v.start >= v.end {
			break
		}
		list[n], end = v, v.end
		if v.quoted {
			end = behindQuote(t, end)
		}
		if i = end; !isBlank(byteAt(t, i)) {
			return list, n + 1, end
		}
	}
	return list, n, end
}

// toldLine finds the secret in what follows the word t[from:at] of a line.
func toldLine(t []byte, from, at int, ctx Context) (start, end int, ok bool) {
	i := behindQuote(t, at)
	if !isBlank(byteAt(t, i)) {
		return 0, 0, false
	}
	i = skipBlanks(t, i)
	switch word := t[from:at]; string(word[:min(4, len(word))]) {
	case "AUTH", "auth":
		if start, end, ok = saslResponse(t, i); ok || len(word) > len("auth") {
			return start, end, ok
		}
		if start, end, ok = snmpUser(t, i, ctx); ok {
			return start, end, true
		}
		return redisLogin(t, from, i, ctx)
	case "LOGI", "logi", "Logi":
		return imapLogin(t, from, i, ctx)
	case "comm":
		return community(t, from, i, ctx)
	case "send":
		return typedOut(t, from, i, ctx)
	}
	return 0, 0, false
}

// mechanisms are those of SASL that a response may follow.
var mechanisms = newWordSet("plain", "login", "xoauth2", "oauthbearer", "cram-md5", "digest-md5", "scram-sha-1", "scram-sha-256", "ntlm", "gssapi", "anonymous")

// saslResponse finds the response in base64 at i, behind the name of a mechanism or none.
func saslResponse(t []byte, i int) (start, end int, ok bool) {
	stop := keyStop(t, i)
	known := mechanisms.has(t[i:stop])
	if known && isBlank(byteAt(t, stop)) {
		i = skipBlanks(t, stop)
	}
	end = base64End(t, i)
	return i, end, isResponse(t[i:end]) && (known || closesLine(t, end) && end-i >= minPathToken)
}

// base64End returns the end of base64 at i.
func base64End(t []byte, i int) int {
	for isAlnum(byteAt(t, i)) || byteAt(t, i) == '+' || byteAt(t, i) == '/' || byteAt(t, i) == '=' {
		i++
	}
	return i
}

// isResponse reports whether b is whole groups of base64 with letters of both cases, as words have not.
func isResponse(b []byte) bool {
	n := len(b)
	return n >= 8 && n <= 4*maxDummyBytes && (n%4 == 0 || b[n-1] == '=') && mixedCase(b)
}

// mixedCase reports whether b has letters of both cases, as base64 has them and words have not.
func mixedCase(b []byte) bool {
	s := survey(b)
	return s.upper > 0 && s.letters > s.upper && (s.digits > 0 || s.upper > 1)
}

// redisLogin finds the password behind AUTH, and a user's name or none, which end a line: AUTH hunter22, HELLO 3 AUTH ada hunter22.
func redisLogin(t []byte, from, i int, ctx Context) (start, end int, ok bool) {
	if !opensLine(t, from) && !hasFold(t, from-len("hello 3 "), "hello ") {
		return 0, 0, false
	}
	list, n, stop := arguments(t, i, ctx)
	if n == 0 || n > 2 || !closesLine(t, stop) {
		return 0, 0, false
	}
	v := list[n-1]
	return v.start, v.end, looksSecret(t, &v, true) && isName(t[list[0].start:list[0].end]) && wanted(t, v, wantAny)
}

// imapLogin finds the password behind LOGIN and a user's name, a command's tag before it: a1 LOGIN ada hunter22.
func imapLogin(t []byte, from, i int, ctx Context) (start, end int, ok bool) {
	tag, first := wordBehind(t, from)
	if s := survey(tag); len(tag) > 8 || s.digits == 0 || s.letters > 4 || s.digits+s.letters < len(tag) || !opensLine(t, first) {
		return 0, 0, false
	}
	list, n, stop := arguments(t, i, ctx)
	v := list[1]
	return v.start, v.end, n == 2 && closesLine(t, stop) && wanted(t, v, wantAny)
}

// continued finds the password in base64 on the line behind SMTP's question for one, which ends at the 6 at at: 334 UGFzc3dvcmQ6.
func continued(t []byte, at int) (start, end int, ok bool) {
	if !has(t, at-len("UGFzc3dvcmQ"), "UGFzc3dvcmQ6") || isAlnum(byteAt(t, at+1)) {
		return 0, 0, false
	}
	i, _ := nextLine(t, behindQuote(t, skipBlanks(t, at+1)))
	if i < 0 {
		return 0, 0, false
	}
	for low := i; end-low < maxArguments && end < len(t); {
		for end = i; end < len(t) && t[end] > ' ' && t[end] != '"' && t[end] != '\\'; {
			end++
		}
		if byteAt(t, end) != ' ' {
			break
		}
		i = end + 1
	}
	b := t[i:end]
	return i, end, len(b) >= 4 && len(b)%4 == 0 && base64End(t, i) == end && survey(b).letters > 0
}

// typedOut finds the password in quotes that an expect script sends with the key that ends a line: send "hunter22\r". It looks like one, or was asked for a
// little before.
func typedOut(t []byte, from, i int, ctx Context) (start, end int, ok bool) {
	if has(t, i, "-- ") {
		i += len("-- ")
	}
	v := argumentAt(t[:min(len(t), i+maxArguments)], i, ctx)
	if end = v.end - 1; !v.quoted || end <= v.start || t[end] != 'r' && t[end] != 'n' || t[end-1] != '\\' {
		return 0, 0, false
	}
	v.end = end - trailingSlashes(t, end)
	if v.end <= v.start || survey(t[v.start:v.end]).spaces > 0 {
		return 0, 0, false
	}
	before := t[max(0, from-maxAttributes/2):from]
	before = before[bytes.LastIndexByte(before, 0)+1:]
	return v.start, v.end, (looksSecret(t, &v, true) && t[end] == 'r' || bytes.Contains(before, []byte("assword"))) && wanted(t, v, wantAny)
}
