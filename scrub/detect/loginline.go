package detect

// commanded finds the secret that a client sends by a line of FTP, POP3 or SMTP, as clients with much to say show it: > PASS hunter2, C: AUTH PLAIN
// AGJvYgBodW50ZXIy. i is behind the blank that follows the command at keyStart. Sources: RFC 959, RFC 1939, RFC 4954.
func commanded(t []byte, keyStart, i int) (start, end int, ok bool) {
	switch key := t[keyStart : i-1]; {
	case string(key) == "PASS":
		if !sent(t, keyStart) {
			return 0, 0, false
		}
		end = bareEnd(t, i, false)
		b := t[i:end]
		return i, end, end-i >= minSecretBytes && !isDummy(b) && !testName(b) && !isBlank(byteAt(t, end)) && !holdsPlaceholder(t, i, end)
	case string(key) == "AUTH":
		if !has(t, i, "PLAIN ") && !has(t, i, "LOGIN ") {
			return 0, 0, false
		}
		i += len("PLAIN ")
		end = i
		for isAlnum(byteAt(t, end)) || byteAt(t, end) == '+' || byteAt(t, end) == '/' || byteAt(t, end) == '=' {
			end++
		}
		return i, end, end-i >= 8 && end-i <= maxDummyBytes && ((end-i)%4 == 0 || byteAt(t, end-1) == '=') && mixedCase(t[i:end])
	}
	return 0, 0, false
}

// sent reports whether the line at i is marked as one that a client sends: "> ", "C: ", "Request: ".
func sent(t []byte, i int) bool {
	return endsFold(t[:i], "> ") || endsFold(t[:i], "request: ") || endsFold(t[:i], "c: ") && !wordBefore(t, i-len("c: "))
}

// mixedCase reports whether b has letters of both cases, as base64 has them and words have not.
func mixedCase(b []byte) bool {
	s := survey(b)
	return s.upper > 0 && s.letters > s.upper && (s.digits > 0 || s.upper > 1)
}
