package detect

import "encoding/base64"

// matchAuthorization finds credentials of HTTP authentication at the separator at at: behind a key that ends in "authorization", as a header, a
// member or a parameter; or behind the words Bearer and Basic in any text, if what follows looks like a credential.
//
// The scheme stays, the credential is the match: up to white space or a delimiter, or for schemes with parameters (Digest, AWS4-HMAC-SHA256, …)
// to the end of the string or line.
func matchAuthorization(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	switch {
	case at >= len(t):
		return 0, 0, false
	case isBlank(t[at]):
		start, end, ok = bareCredential(t, at)
		return start, end, ok && start >= lo
	}
	keyStart, keyStop := keyOf(t, at)
	if !authorizationKey(t[keyStart:keyStop]) {
		return 0, 0, false
	}
	s, ok := readSeparator(t, at)
	if !ok || s.flag || s.call || s.comma || s.element && !elementBefore(t, keyStart) {
		return 0, 0, false
	}
	first, quote, n := openValue(t, s.end)
	v := value{first, len(t), quote != 0}
	switch {
	case s.element:
		v = elementValue(t, s.end, t[at] == '&')
	case v.quoted:
		v.end = quotedEnd(t, first, quote, n, ctx)
	}
	start, end, ok = credential(t, v)
	return start, end, ok && start >= lo
}

// authorizationKey reports whether the key is the name of a header of credentials.
func authorizationKey(key []byte) bool {
	return keyEndsIn(key, "authorization")
}

// maxCredentialLine bounds what of a line is taken for a header's value.
const maxCredentialLine = 4096

// lineEnd returns the end of the header's value at i in running text: the end of the line, or of the string that holds it.
func lineEnd(t []byte, i int) int {
	inParameter := false
	for j := i; j < len(t) && j-i < maxCredentialLine; j++ {
		switch c := t[j]; c {
		case '\n', '\r', '<', '>', '`', '}', '|', ']':
			return j
		case '"', '\'':
			// Parameters have quotes: name="value".
			if j == i || t[j-1] != '=' {
				return j
			}
			k := j + 1
			for k < len(t) && k-j < 1024 && t[k] != c && t[k] != '\n' {
				k++
			}
			if byteAt(t, k) != c {
				return j
			}
			j = k
		case '\\':
			n := slashes(t, j)
			switch e := byteAt(t, j+n); {
			case e == 'n' || e == 'r' || e == 't' || isQuote(e) && !inParameter && t[j-1] != '=':
				return j
			case isQuote(e):
				inParameter = !inParameter
			}
			j += n
		}
	}
	return min(len(t), i+maxCredentialLine)
}

// parameterSchemes have a list of parameters where others have one token.
var parameterSchemes = newWordSet("digest", "oauth", "hawk", "mac", "aws4-hmac-sha256", "aws4-hmac-sha512", "signature", "scram-sha-256", "mutual", "aws4-ecdsa-p256-sha256")

// tokenSchemes have one token.
var tokenSchemes = newWordSet(
	"basic", "bearer", "token", "apikey", "api-key", "negotiate", "ntlm", "kerberos", "jwt", "dpop", "key", "splunk", "genie-key", "geniekey", "aws",
	"sharedkey", "sharedkeylite", "sharedaccesssignature", "bot", "privatetoken", "hoba", "vapid", "goog", "ssws", "elastic", "discogs",
)

// credential returns the credential in the value of an Authorization header.
func credential(t []byte, v value) (start, end int, ok bool) {
	i := v.start
	for i < v.end && (isAlnum(t[i]) || t[i] == '-' || t[i] == '_') {
		i++
	}
	scheme := t[v.start:i]
	n := blankLen(t[:v.end], i)
	if len(scheme) == 0 || n == 0 || i+n >= v.end {
		return loneCredential(t, v)
	}
	start = i + n
	for m := blankLen(t[:v.end], start); m > 0; m = blankLen(t[:v.end], start) {
		start += m
	}
	if parameterSchemes.has(scheme) {
		if end = v.end; !v.quoted {
			end = lineEnd(t, start)
		}
		for end > start && (isBlank(t[end-1]) || t[end-1] == ',' || t[end-1] == '\\') {
			end--
		}
		return start, end, end-start >= minSecretBytes && !isDummy(t[start:end]) && !placeholderAt(t[start:])
	}
	end = credentialEnd(t[:v.end], start)
	b := t[start:end]
	if len(b) < minSecretBytes || isDummy(b) || holdsPlaceholder(t, start, end) {
		return 0, 0, false
	}
	if tokenSchemes.has(scheme) {
		return start, end, v.quoted || !plainWord(b) || !runsOn(t, end)
	}
	if s := survey(b); len(b) >= 8 && mayBeMade(b, s) && !isDigit(scheme[0]) {
		return start, end, true
	}
	return loneCredential(t, v)
}

// loneCredential returns a value without a scheme.
func loneCredential(t []byte, v value) (start, end int, ok bool) {
	end = credentialEnd(t[:v.end], v.start)
	b := t[v.start:end]
	if len(b) > maxDummyBytes {
		return v.start, end, true
	}
	if len(b) < 8 || isDummy(b) || holdsPlaceholder(t, v.start, end) || objectRef(b) || !mayBeMade(b, survey(b)) {
		return 0, 0, false
	}
	return v.start, end, true
}

// blankLen returns the length of a blank at i, percent-encoded or not, or 0.
func blankLen(t []byte, i int) int {
	switch {
	case isBlank(byteAt(t, i)):
		return 1
	case hasFold(t, i, "%20"):
		return 3
	}
	return 0
}

// credentialEnd returns the end of the token at i.
func credentialEnd(t []byte, i int) int {
	for i < len(t) && class[t[i]]&endsCredentialBit == 0 {
		i++
	}
	return i
}

// minBareToken is the length of the shortest token that counts without a header's name before it.
const minBareToken = 16

// bareCredential finds the credential behind a scheme's name that ends at the blank at at.
func bareCredential(t []byte, at int) (start, end int, ok bool) {
	bearer := hasFold(t, at-len("bearer"), "bearer") && !wordBefore(t, at-len("bearer"))
	basic := !bearer && hasFold(t, at-len("basic"), "basic") && !wordBefore(t, at-len("basic"))
	if !bearer && !basic {
		return 0, 0, false
	}
	start = at
	for isBlank(byteAt(t, start)) && start-at < 4 {
		start++
	}
	end = start
	for end < len(t) && (isToken(t[end]) || t[end] == '~' || t[end] == ':') {
		end++
	}
	for end > start && (t[end-1] == '.' || t[end-1] == ':') {
		end--
	}
	if keyAhead(t, start) && byteAt(t, keyStop(t, start)) == '=' && wordAt(t, keyStop(t, start)+1) {
		return 0, 0, false // another key and its value
	}
	b := t[start:end]
	if basic && userAndPassword(b) {
		return start, end, true
	}
	return start, end, len(b) >= minBareToken && !plainWord(b) && !isDummy(b)
}

// plainWord reports whether b is words: letters of one case, capitals at the front of each, parted by dashes, dots, slashes or underscores.
func plainWord(b []byte) bool {
	for i, c := range b {
		switch {
		case isDigit(c), c == '=', c == '+':
			return false
		case isUpper(c) && i > 0 && isLetter(b[i-1]) && isLower(b[i-1]):
			return false
		}
	}
	return true
}

// userAndPassword reports whether b is base64 of text with a colon in it (RFC 7617).
func userAndPassword(b []byte) bool {
	if len(b) < 6 || len(b) > 1024 {
		return false
	}
	for len(b) > 0 && b[len(b)-1] == '=' {
		b = b[:len(b)-1]
	}
	var chunk [3]byte
	colon := false
	for ; len(b) >= 2; b = b[min(4, len(b)):] {
		n, err := base64.RawStdEncoding.Decode(chunk[:], b[:min(4, len(b))])
		if err != nil {
			return false
		}
		for _, c := range chunk[:n] {
			if c < ' ' || c == 0x7f {
				return false
			}
			colon = colon || c == ':'
		}
	}
	return colon
}
