package detect

import "bytes"

// Anchors and matchers: the contract between the scans and the detectors.
//
// An anchor is a place in the text that is cheap to find and that every match of a detector has. A scan finds anchors, a matcher decides.
// All matchers have one form:
//
//	matchX(o *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool)
//
// at is the anchor, as documented below. lo is the detector's frontier: the end of its previous match in t, 0 before the first. The match
// lies at or after lo; bytes before lo are looked at for boundaries and context words only, and only so far as a constant allows. [start,
// end) is what must not leave.
//
// What a scan does, for each matcher apart, also where two serve one detector: it calls the matcher at every anchor that is not before
// lo, in ascending order, and after a match sets lo to its end. A failure moves nothing. A run anchor (dotted, coloned, digits) is called
// again at the end of a match until the run holds no more; a token end is called again with the new lo.
//
// What a matcher promises: it never panics, whatever at is in [0, len(t)]; at an offset that is no anchor it returns false, or a match
// that an anchor at or after lo gives too; so a scan may call at too many places, never at too few. It looks at a bounded number of bytes, or
// at bytes that its match or its run covers: all calls over a text together are linear in its length.
//
// The anchors:
//
//	atSign     '@'; or '%' of "%40"; or '\' of "\u0040".                                          Email
//	dotted     start of a maximal run of [0-9.] with at least three dots.                           IPv4
//	coloned    start of a maximal run of [0-9A-Fa-f:.] with at least two colons.                     IPv6
//	hexPairs   first of five equal separators, ':' or '-', each three bytes from the next, with a
//	           hex digit on both sides of each; or the first of two '.', five bytes apart, with a
//	           hex digit on both sides of each.                                                     MAC
//	digits     start of a maximal run of [0-9 ().+-] that holds at least nine digits, or at least
//	           eight and a '+'. A run may begin with separators.                                  Card, SSN, Phone,
//	                                                                                           matchResidentID
//	dashed     start of such a run, see dashedRun.                                                   matchDashedIPv4
//	country    first letter of two ASCII letters (any case) and two digits, the byte before not a
//	           letter or digit unless it ends an escape.                                            IBAN
//	tokenEnd   offset behind a maximal run of at least 20 of [A-Za-z0-9_.+/=-]; len(t) too.       JWT, VendorToken, matchCrypt, CryptoAddress, matchPutty, matchRun, matchMRZ
//	schemeSep  ':' of "://".                                                                       URLCredentials
//	keySep     '=', ':' or '>' (of "=>" the '='); ';' before a string of PHP's serialize; a line's end behind a quote, see endsPartName; '%' of "%3D", "%3A"; '&' of "&gt;"; '(' and ','; a space or
//	           tab (the first of several); each only where the nearest bytes before it, up to forty spaces, up to four
//	           backslashes, up to one quote (' or " or `) or one of ']', "%5D", "%22" passed over, and before
//	           these up to two '*' and an entity of a quote, are a letter, a digit or an underscore. Before '=' up to two
//	           of "?|" are passed over first, and before it or a quote an index in brackets, of up to four digits.
//	           Which keys matter is said by secretWords: the byte sequence before the separator
//	           ends in one of them, ASCII case, digits at the end and '-', '_', '.' set aside; but no
//	           sign but those of session_id, s_id, pass_wd and db_pw parts the last three letters, by which fast scans find a
//	           key.                                                                                 Secret, Authorization
//	option     '-' before a letter, behind one of " ()+-".                                        Secret
//	told       behind the last letter of one of toldWords, before a bracket, a blank, a quote, a backslash or a 6.
//	                           matchTold
//	begin      first '-' of "-----BEGIN ".                                                         PrivateKey
//	homeDir    '/' of "/home/" or "/Users/", or '%' of these in percent-encoding; the first '\' of "\Users\" or "\\Users\\", see windowsHomes (up to four
//	           backslashes each).                                                                  UserPath
//	uuidDash   '-' with a '-' 5, 10 and 15 bytes on, hex digits before and behind.                  UUID
//	word       behind the last letter of a word of numberKinds that is an anchor, where something follows that may
//	           follow a name.                                                    matchNamed (NationalID, CVV and the like)
//	number     a maximal run as for digits, see numberRun, two letters and two digits as for country, or
//	           an escape in a number, see numberEscape: each place up to windowBytes before it, see namedFrom.
//	                          matchNamed, near
//	foreign    behind the last of a run of bytes beyond ASCII.                                      matchForeign, matchBehind
//	values     behind the word values, with a bracket behind it, see anchorValues.               appendInsert
//	manifest   behind the value Secret of a member kind, see anchorManifest.                      appendManifest
//	percent    '%' of a "%XX"; see numericEscape for which.            matchPercent (Card, IBAN, SSN, MAC, IPv6, Phone)
//	start      offset 0, once a scan, when ctx.Key is not empty.                     matchKeyed (Secret, Authorization), matchNamedKey
//
// The last five are for matchers of several detectors, which return a Finding. The new frontier of percent is f.End, also when matchPercent
// finds nothing: escapes before it need not be tried. Values that words name have no frontier: at each place the matcher is called again from
// behind what it has found until it finds no more, and what is found twice counts once.

// anchorAtSign reports whether an at sign, in any of its spellings, begins at i. The other functions here do the like for their anchors; they
// are meant to be plain, not fast.
func anchorAtSign(t []byte, i int) bool { return atSignLen(t, i) > 0 }

func anchorDotted(t []byte, i int) bool {
	return runAt(t, i, func(c byte) bool { return isDigit(c) || c == '.' }, func(run []byte) bool {
		return tallyOf(run, func(c byte) bool { return c == '.' }) >= 3
	})
}

func anchorColoned(t []byte, i int) bool {
	return runAt(t, i, isColoned, func(run []byte) bool {
		return tallyOf(run, func(c byte) bool { return c == ':' }) >= 2
	})
}

func anchorDigits(t []byte, i int) bool {
	return runAt(t, i, isDigitRun, func(run []byte) bool {
		n := tallyOf(run, isDigit)
		return n >= 9 || n == 8 && bytes.IndexByte(run, '+') >= 0
	})
}

// runAt reports whether a maximal run of bytes of the set begins at i, and is good.
func runAt(t []byte, i int, in func(byte) bool, good func(run []byte) bool) bool {
	if i >= len(t) || !in(t[i]) || i > 0 && in(t[i-1]) {
		return false
	}
	end := i
	for end < len(t) && in(t[end]) {
		end++
	}
	return good(t[i:end])
}

func tallyOf(b []byte, in func(byte) bool) (n int) {
	for _, c := range b {
		if in(c) {
			n++
		}
	}
	return n
}

func anchorHexPairs(t []byte, i int) bool {
	c := byteAt(t, i)
	group, count := 3, 5
	switch c {
	case ':', '-':
	case '.':
		group, count = 5, 2
	default:
		return false
	}
	for k := range count {
		j := i + k*group
		if byteAt(t, j) != c || !isHex(byteAt(t, j-1)) || !isHex(byteAt(t, j+1)) {
			return false
		}
	}
	return true
}

func anchorCountry(t []byte, i int) bool {
	return isLetter(byteAt(t, i)) && isLetter(byteAt(t, i+1)) && isDigit(byteAt(t, i+2)) && isDigit(byteAt(t, i+3)) && !wordBefore(t, i)
}

func anchorNumber(t []byte, i int) bool {
	return anchorCountry(t, i) && namedLetters(t, i) || numberEscape(t, i) || runAt(t, i, isDigitRun, func(run []byte) bool { return numberRun(t, i, i+len(run), tallyOf(run, isDigit)) })
}

func anchorDashed(t []byte, i int) bool {
	return runAt(t, i, isDigitRun, func(run []byte) bool { return dashedRun(t, i, i+len(run)) })
}

func anchorTokenEnd(t []byte, i int) bool {
	if i < minTokenBytes || isToken(byteAt(t, i)) {
		return false
	}
	for _, c := range t[i-minTokenBytes : i] {
		if !isToken(c) {
			return false
		}
	}
	return true
}

func anchorSchemeSep(t []byte, i int) bool {
	return byteAt(t, i) == ':' && byteAt(t, i+1) == '/' && byteAt(t, i+2) == '/'
}

func anchorKeySep(t []byte, i int) bool {
	switch byteAt(t, i) {
	case '=', ':', '>', '(', ',':
	case ';':
		if behindType(t, i+1) == i+1 {
			return false
		}
	case '&':
		if !hasFold(t, i, "&gt;") {
			return false
		}
	case '%':
		if c := lower(byteAt(t, i+2)); byteAt(t, i+1) != '3' || c != 'd' && c != 'a' {
			return false
		}
	case ' ', '\t':
		if i > 0 && isBlank(t[i-1]) {
			return false
		}
	case '\\', '\r', '\n':
		if !endsPartName(t, i) {
			return false
		}
	default:
		return false
	}
	start, end := keyOf(t, i)
	return start < end && (isAlnum(t[end-1]) || t[end-1] == '_') && wholeTail(t[start:end])
}

// wholeTail reports whether the last three letters of a key, digits behind them and signs before the first set aside, stand together, or the
// key is one that fast scans find all the same: a session_id, s_id or pass_wd, or one that ends in pw.
func wholeTail(key []byte) bool {
	for len(key) > 0 && !isLetter(key[len(key)-1]) {
		key = key[:len(key)-1]
	}
	for len(key) > 0 && !isAlnum(key[0]) {
		key = key[1:]
	}
	if len(key) < 3 {
		return true
	}
	head, sign, last := key[:len(key)-3], key[len(key)-3], key[len(key)-2:]
	switch {
	case hasFold(last, 0, "pw"):
		return true
	case hasFold(last, 0, "id") && (endsFold(head, "s") || endsFold(head, "session")), hasFold(last, 0, "wd") && endsFold(head, "pass"):
		return sign != '$' && isKeyByte(sign)
	}
	return isAlnum(sign) && isAlnum(last[0])
}

func endsFold(b []byte, word string) bool { return hasFold(b, len(b)-len(word), word) }

func anchorOption(t []byte, i int) bool {
	if byteAt(t, i) != '-' || !isLetter(byteAt(t, i+1)) {
		return false
	}
	switch byteAt(t, i-1) {
	case ' ', '(', ')', '+', '-':
		return true
	}
	return false
}

func anchorBegin(t []byte, i int) bool { return hasFold(t, i, "-----begin ") }

func anchorHomeDir(t []byte, i int) bool { return i < len(t) && homeEnd(t, i) > 0 }

func anchorUUIDDash(t []byte, i int) bool {
	return byteAt(t, i) == '-' && byteAt(t, i+5) == '-' && byteAt(t, i+10) == '-' && byteAt(t, i+15) == '-' && isHex(byteAt(t, i-1)) &&
		isHex(byteAt(t, i+16))
}
