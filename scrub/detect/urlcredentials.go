package detect

import "bytes"

// maxUserInfoBytes bounds the user information of a URL.
const maxUserInfoBytes = 512

// maxSlashedBytes bounds what of a password may follow a slash in it.
const maxSlashedBytes = 32

// matchURLCredentials finds the user information of the URL whose "://" is at at: user and password, without the at sign.
//
// Accepted: anything up to the last '@' before the end of the authority; a password may hold '/', '?' or '#' when no host ends before them. Not
// found: user names without a password that say nothing (git, hg, svn), placeholders.
func matchURLCredentials(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	if byteAt(t, at) != ':' || byteAt(t, at+1) != '/' || byteAt(t, at+2) != '/' || at == 0 || !isAlnum(t[at-1]) {
		return 0, 0, false
	}
	start = at + 3
	if start < lo {
		return 0, 0, false
	}
	end = userInfoEnd(t, start)
	if end <= start {
		return 0, 0, false
	}
	info := t[start:end]
	colon := bytes.IndexByte(info, ':')
	switch {
	case colon == len(info)-1:
		return 0, 0, false // a user name alone, with an empty password
	case colon < 0 && repositoryUsers.has(info):
		return 0, 0, false
	case colon < 0 && (bytes.IndexByte(info, '.') >= 0 || len(info) < 3 || hasFold(t, end, "@sha256:")):
		return 0, 0, false // an image's name and its digest: docker-pullable://postgres@sha256:…
	case colon == 0 && isNumber(info[1:]) && endsFold(t[:at], "udp"):
		return 0, 0, false // the port of this side: udp://:14540@127.0.0.1:14557
	case standsIn(info), colon >= 0 && standsIn(info[colon+1:]):
		return 0, 0, false
	}
	return start, end, true
}

// repositoryUsers are the users of source repositories that everyone shares.
var repositoryUsers = keyWords{"git", "hg", "svn", "anonymous", "ssh"}

// userInfoEnd returns the offset of the at sign that ends the user information at i, or -1.
func userInfoEnd(t []byte, i int) int {
	end, path := -1, false
	limit := min(len(t), i+maxUserInfoBytes)
	for j := i; j < limit; j++ {
		switch c := t[j]; c {
		case ' ', '\t', '\n', '\r', '"', '<', '>', '`', '\\', '|':
			return end
		case '@':
			if end = j; path {
				return end
			}
		case '/', '?', '#':
			if end >= 0 || !path && !passwordBefore(t[i:j]) {
				return end
			}
			if !path {
				path, limit = true, min(limit, j+maxSlashedBytes)
			}
		case '\'', ')', ']', '}', ',', ';':
			if end >= 0 || path {
				return end
			}
		}
	}
	return end
}

// passwordBefore reports whether what stands before a slash is a user and the beginning of a password, and not a host with a port: a colon with
// more than digits behind it.
func passwordBefore(info []byte) bool {
	colon := bytes.IndexByte(info, ':')
	if colon <= 0 || bytes.IndexByte(info[:colon], '.') >= 0 {
		return false
	}
	for _, c := range info[colon+1:] {
		if !isDigit(c) {
			return true
		}
	}
	return false
}

// addressForms follow the at sign in names of data sources that are no URLs.
var addressForms = [...]string{"tcp(", "unix(", "udp(", "cloudsql(", "//", "("}

// matchDSN finds the user and the password before the at sign at at in the name of a data source: app:hunter22@tcp(db:3306)/orders,
// app/hunter22@//db:1521/orders, app/hunter22@(DESCRIPTION=….
func matchDSN(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	if byteAt(t, at) != '@' || !addressAhead(t, at+1) {
		return 0, 0, false
	}
	sign := byte(':')
	if t[at+1] == '/' || hasFold(t, at+1, "(description") {
		sign = '/'
	}
	start = at
	for start > lo && at-start < maxUserInfoBytes && !endsUserInfo(t[start-1]) && (sign == ':' || t[start-1] != '@') {
		start--
	}
	info := t[start:at]
	if i := bytes.LastIndexByte(info, ':'); sign == '/' && i >= 0 {
		start += i + 1 // jdbc:oracle:thin:app/hunter22
		info = t[start:at]
	}
	i := bytes.IndexByte(info, sign)
	return start, at, i > 0 && i < len(info)-1 && info[0] != '/' && !standsIn(info) && !standsIn(info[i+1:])
}

// addressFirsts are the first bytes of addressForms.
var addressFirsts = func() byteSet {
	var firsts []byte
	for _, form := range addressForms {
		firsts = append(firsts, form[0])
	}
	return setOf(string(firsts))
}()

func addressAhead(t []byte, i int) bool {
	c := lower(byteAt(t, i))
	if !addressFirsts.has(c) {
		return false
	}
	for _, form := range addressForms {
		if c == form[0] && hasFold(t, i, form) {
			return true
		}
	}
	return false
}

// endsUserInfo reports whether c parts the name of a data source from what is before it.
func endsUserInfo(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', '"', '\'', '`', '<', '>', '(', ')', '[', ']', '{', '}', ',', ';', '|', '=', '\\':
		return true
	}
	return false
}
