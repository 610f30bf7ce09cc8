package detect

// Values of cookies whose names say nothing: Cookie: foo=8f3e2a91c4d5b6e7f8098f3e; lang=en, Set-Cookie: foo=…; Path=/.
//
// Accepted: behind a key that ends in cookie, names and values with semicolons between, in quotes or up to the line's end; values of sixteen bytes or more
// that look generated. Left alone: what is measured or was consented to, dates, paths. Source: RFC 6265 sections 4.1.1 and 4.2.1.

// plainCookies begin names of cookies that hold no secret, and of what is said beside one.
var plainCookies = [...]string{"_ga", "_gid", "_gcl", "__utm", "optanon", "cookieconsent", "expires", "domain", "path", "max-age", "samesite"}

// minCookieBytes is the length of the shortest value that counts under any name, and maxCookies bounds how many there are.
const (
	minCookieBytes = 16
	maxCookies     = 64
)

// isCookieKey reports whether the key names cookies.
func isCookieKey(key []byte) bool { return keyEndsIn(key, "cookie") || keyEndsIn(key, "cookies") }

// cookies reads the cookies at i.
func (r *reader) cookies(i int) {
	if first, quote, _ := openValue(r.t, i); quote != 0 {
		i = first
	}
	for range maxCookies {
		i = skipBlanks(r.t, i)
		stop := keyStop(r.t, i)
		for stop < len(r.t) && stop-i < maxKeyBytes && (r.t[stop] == '%' || r.t[stop] == '!' || isKeyByte(r.t[stop])) {
			stop++
		}
		if r.end = stop; stop == i {
			return
		}
		end := stop
		if byteAt(r.t, stop) == '=' {
			end = cookieEnd(r.t, stop+1)
			r.cookie(r.t[i:stop], stop+1, end)
		}
		r.end = end
		for isBlank(byteAt(r.t, end)) && !isPlainCookie(r.t[i:stop]) {
			end++
		}
		for byteAt(r.t, end) != ';' {
			if end-r.end > maxKeyBytes || !isPlainCookie(r.t[i:stop]) || !isDateByte(byteAt(r.t, end)) {
				return
			}
			end++ // Expires=Wed, 21 Oct 2026 07:28:00 GMT
		}
		i = end + 1
	}
}

// cookieEnd returns the end of the value of a cookie at i.
func cookieEnd(t []byte, i int) int {
	for i < len(t) && class[t[i]]&endsCredentialBit == 0 && t[i] >= ' ' {
		i++
	}
	return i
}

// cookie keeps the value t[start:end] of the cookie of that name, if it looks generated.
func (r *reader) cookie(name []byte, start, end int) {
	b := r.t[start:end]
	if len(b) < minCookieBytes || isPlainCookie(name) || namedCookie(name) || !holdsMade(b[:min(len(b), maxDummyBytes)], true) || path(b) {
		return
	}
	if v := (value{start, end, true}); len(b) > maxDummyBytes || !isDummy(b) && !holdsPlaceholder(r.t, start, end) && wanted(r.t, v, wantSession) {
		r.found = append(r.found, Finding{start, end, Secret})
	}
}

// namedCookie reports whether the name says by itself that a secret follows.
func namedCookie(name []byte) bool {
	kind := secretKind(name)
	return kind != wantNothing && kind != wantQuery && kind != wantSecrets && kind != wantPasswords
}

// isPlainCookie reports whether the name is one of plainCookies.
func isPlainCookie(name []byte) bool {
	for _, p := range plainCookies {
		if hasFold(name, 0, p) {
			return true
		}
	}
	return false
}

// isDateByte reports whether c may stand in a date.
func isDateByte(c byte) bool { return isAlnum(c) || c == ' ' || c == ',' || c == ':' || c == '-' }
