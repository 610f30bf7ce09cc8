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
	case colon < 0 && (bytes.IndexByte(info, '.') >= 0 || len(info) < 3):
		return 0, 0, false
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
