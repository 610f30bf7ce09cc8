package detect

import "bytes"

// Tokens in paths: /reset/8f3e2a91c4d5b6e7f809, /accounts/password/reset/MQ/c4d5b6-8f3e2a91c4d5b6e7f809/, /webhooks/in/….
//
// Accepted: the part of a path behind one that ends in a word of pathWords, or the one behind that if the first is short, if it looks generated. Left alone:
// dates, names, numbers, identifiers of the forms that databases give, but for UUIDs behind words that say what a link is for.

// pathWords end the parts of paths that tokens stand behind. Behind surePathWords, which are of links in letters, a UUID is one.
var (
	pathWords     = newWordSet("password", "token", "share", "webhook", "webhooks")
	surePathWords = newWordSet("reset", "verify", "confirm", "invite", "activate", "recover", "unlock", "unsubscribe", "verify-email", "verify_email", "verifyemail", "confirm-email",
		"confirm_email", "magic-link", "magic_link", "magiclink", "reset-password", "reset_password", "invitations", "invitation", "activation", "verification", "confirmation")
)

// Lengths of the tokens in paths, and of the part that may stand before one.
const (
	minPathToken = 16
	maxPathToken = 512
	maxPathPart  = 12
)

// matchRun finds the secret in the run of token characters that ends at at, or behind a part of a path in it: a token in a path, a response of SASL, a key that
// its vendor's name or its id tells.
func matchRun(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	i := at
	for i > lo && isToken(t[i-1]) {
		i--
	}
	if at-i < minTokenBytes {
		return 0, 0, false
	}
	if respondsTo(t, i) {
		end = base64End(t, i)
		return i, end, isResponse(t[i:end])
	}
	if start, end, ok = ownValue(t, i, at); ok {
		return start, end, true
	}
	if pairedSecret(t, i, at) {
		return i, at, true
	}
	for from := i; ; {
		n := bytes.IndexByte(t[from:max(from, at-minPathToken)], '/')
		if n < 0 {
			break
		}
		if slash := from + n; n > 1 && pathEnds.at(t, slash) {
			if start, end, ok = pathToken(t[:at], from, slash); ok {
				return start, end, true
			}
		}
		from += n + 1
	}
	return 0, 0, false
}

// respondsTo reports whether the name of a mechanism of SASL and a blank stand before i, behind AUTHENTICATE.
func respondsTo(t []byte, i int) bool {
	if byteAt(t, i-1) != ' ' || !endsMechanism(byteAt(t, i-2)) {
		return false
	}
	word, first := wordBehind(t, i)
	if string(word) != "AUTHENTICATE" && mechanisms.has(word) {
		word = second(t, first)
	}
	return string(word) == "AUTHENTICATE"
}

// endsMechanism reports whether c ends the name of a mechanism, or AUTHENTICATE.
func endsMechanism(c byte) bool { return c == 'N' || c == '2' || c == 'R' || c == 'E' }

// pathEnds has the last two letters of pathWords and surePathWords, by their low five bits.
var pathEnds = func() (e lastTwo) {
	for _, w := range append(pathWords.words, surePathWords.words...) {
		e[w[len(w)-2]&31] |= 1 << (w[len(w)-1] & 31)
	}
	return e
}()

// lastTwo is a set of two bytes: a bit of the second for each first.
type lastTwo [32]uint32

// at reports whether the two bytes before i may be in the set.
func (e *lastTwo) at(t []byte, i int) bool { return e[t[i-2]&31]>>(t[i-1]&31)&1 != 0 }

// endsPathWord reports whether one of the words ends before i.
func endsPathWord(t []byte, i int) bool {
	return pathEnds.at(t, i) && (surePathWords.ends(t[:i]) || pathWords.ends(t[:i]))
}

// mayHoldPathToken reports whether matchRun is worth asking about the run of token characters b: a part ends in one of the words, and there is room behind it.
func mayHoldPathToken(b []byte) bool {
	for from := 0; ; {
		n := bytes.IndexByte(b[from:max(from, len(b)-minPathToken)], '/')
		if n < 0 {
			return false
		}
		if n > 1 && endsPathWord(b, from+n) {
			return true
		}
		from += n + 1
	}
}

// pathToken finds the token behind the part t[from:at] of a path, a slash at at.
func pathToken(t []byte, from, at int) (start, end int, ok bool) {
	i := behindSlash(t, at)
	if i == at || byteAt(t, from-1) != '/' || !isLetter(byteAt(t, from)) {
		return 0, 0, false
	}
	sure := surePathWords.ends(t[from:at])
	if !sure && !pathWords.ends(t[from:at]) {
		return 0, 0, false
	}
	for range 2 {
		end = pathPartEnd(t, i)
		if b := t[i:end]; pathSecret(b, sure) {
			return i, end, true
		} else if len(b) == 0 || len(b) > maxPathPart || behindSlash(t, end) == end {
			return 0, 0, false
		}
		i = behindSlash(t, end)
	}
	return 0, 0, false
}

// behindSlash returns the offset behind the slash at i, escaped or not, or i.
func behindSlash(t []byte, i int) int {
	if n := slashes(t, i); byteAt(t, i+n) == '/' {
		return i + n + 1
	}
	return i
}

// pathPartEnd returns the end of the part of a path at i.
func pathPartEnd(t []byte, i int) int {
	j := i
	for j < len(t) && j-i < maxPathToken && (isAlnum(t[j]) || t[j] == '-' || t[j] == '_' || t[j] == '.' || t[j] == '~' || t[j] == '=' || t[j] == '%' && isHex(byteAt(t, j+1))) {
		j++
	}
	for j > i && t[j-1] == '.' {
		j--
	}
	return j
}

// pathSecret reports whether the part b of a path looks generated. sure says that a UUID counts.
func pathSecret(b []byte, sure bool) bool {
	if len(b) < minPathToken || isDummy(b) {
		return false
	}
	if isUUID(b) {
		return sure
	}
	return holdsMade(b, false)
}
