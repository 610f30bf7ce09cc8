package detect

import "bytes"

// cryptSchemes begin hashes of passwords as crypt(5) and its followers write them.
var cryptSchemes = [...]string{
	"$2a$", "$2b$", "$2x$", "$2y$", "$1$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2i$", "$argon2d$", "$argon2id$", "$scrypt$", "$pbkdf2",
	"$sha1$", "$sm3$", "$md5", "$p$", "$h$", "$s$",
}

// Schemes that are written without the first dollar: Django's and PostgreSQL's.
const (
	djangoScheme = "pbkdf2_sha256"
	scramScheme  = "scram-sha-256$"
)

// maxSaltBytes bounds what stands before the last part of a hash: scheme, cost, salt.
const maxSaltBytes = 128

// matchCrypt finds the hash of a password whose last part is the run of token characters that ends at at: $6$salt$hash, $2b$12$salt and hash,
// pbkdf2_sha256$cost$salt$hash, SCRAM-SHA-256$cost:salt$hash:hash, {SSHA}hash. Where that run is a long salt, the hash behind it belongs to the finding.
func matchCrypt(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	i := at
	for i > lo && isToken(t[i-1]) {
		i--
	}
	if c := byteAt(t, i-1); c == '}' && at-i >= minTokenBytes {
		return braced(t, i, at, lo)
	} else if c == ':' {
		return dumped(t, i, at)
	} else if c != '$' || at-i < minTokenBytes {
		return 0, 0, false
	}
	j := i - 1
	for low := max(lo, i-maxSaltBytes); j > low && (isToken(t[j-1]) || t[j-1] == '$' || t[j-1] == ','); {
		j--
	}
	if start, end, ok = scram(t, j, at, lo); ok {
		return start, end, true
	}
	dollar := bytes.IndexByte(t[j:i], '$')
	if dollar < 0 {
		return 0, 0, false
	}
	if start, ok = ticket(t, i, lo); ok {
		return start, at, true
	}
	if j += dollar; hasFold(t, j-len(djangoScheme), djangoScheme) && j-len(djangoScheme) >= lo {
		return j - len(djangoScheme), lastPart(t, at, '$'), true
	}
	for _, scheme := range cryptSchemes {
		if begins(t, j, scheme) && !wordBefore(t, j) {
			return j, hashEnd(t, lastPart(t, at, '$')), true
		}
	}
	return 0, 0, false
}

// begins reports whether the scheme is at i, also with the two dollars for one that a file of Docker Compose has.
func begins(t []byte, i int, scheme string) bool {
	double := byteAt(t, i+1) == '$'
	for j := range len(scheme) {
		if lower(byteAt(t, i)) != scheme[j] {
			return false
		}
		if i++; double && scheme[j] == '$' && byteAt(t, i) == '$' {
			i++
		}
	}
	return true
}

// scram finds the hash whose salt begins at salt and whose first of two digests ends at at.
func scram(t []byte, salt, at, lo int) (start, end int, ok bool) {
	i := salt - 1
	if byteAt(t, i) != ':' {
		return 0, 0, false
	}
	for i > lo && isDigit(t[i-1]) {
		i--
	}
	start = i - len(scramScheme)
	return start, lastPart(t, at, ':'), start >= lo && hasFold(t, start, scramScheme)
}

// lastPart returns the end of the run of token characters behind the sign at i, a dollar twice or once, or i if there is none.
func lastPart(t []byte, i int, sign byte) int {
	if byteAt(t, i) != sign {
		return i
	}
	j := i + 1
	if sign == '$' && byteAt(t, j) == sign {
		j++
	}
	run := j
	for j < len(t) && isToken(t[j]) {
		j++
	}
	if j-run < minTokenBytes {
		return i
	}
	return j
}

// bracedSchemes begin hashes of passwords as directories and web servers write them (RFC 2307 section 5.3).
var bracedSchemes = newWordSet("sha", "ssha", "sha256", "ssha256", "sha384", "ssha384", "sha512", "ssha512", "md5", "smd5", "crypt", "pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512",
	"pbkdf2_sha256", "argon2", "cram-md5", "scram-sha-256", "noop", "ldap", "scrypt")

// braced finds the hash whose last part is the run of token characters t[i:at], behind the name of its scheme in braces.
func braced(t []byte, i, at, lo int) (start, end int, ok bool) {
	j := i - 1
	for j > lo && i-j <= maxSchemeBytes && t[j-1] != '{' {
		j--
	}
	if j <= lo || t[j-1] != '{' || !bracedSchemes.has(t[j:i-1]) {
		return 0, 0, false
	}
	return j - 1, at, true
}

// hashEnd takes the sign that ends a sentence from a hash that ends at i. A dot is a character of most hashes, but not before a blank.
func hashEnd(t []byte, i int) int {
	if t[i-1] == '.' && isBlank(byteAt(t, i)) {
		return i - 1
	}
	return i
}

// dumped finds the hash of Windows that is the run of token characters t[i:at] behind a colon: ada:1103:aad3b435b51404eeaad3b435b51404ee:8f3e…:::, and a key of
// Kerberos behind the name of its kind.
func dumped(t []byte, i, at int) (start, end int, ok bool) {
	if hasFold(t, i-len("-hmac-sha1-96:"), "-hmac-sha1-96:") {
		return i, at, hexRun(t, at, at-i)
	}
	const digest = dumpedChars
	if at-i != digest || !hexRun(t, at, digest) {
		return 0, 0, false
	}
	if end = ntlmEnd(t, i, at); end > at {
		return i, end, true
	}
	if byteAt(t, at) == ':' && isDigit(byteAt(t, i-2)) && at+1+digest < len(t) && hexRun(t, at+1+digest, digest) && byteAt(t, at+1+digest) == ':' {
		return i, at, !hasFold(t, i, emptyLM)
	}
	return i, at, hexRun(t, i-1, digest) && byteAt(t, i-digest-2) == ':' && isDigit(byteAt(t, i-digest-3)) && byteAt(t, at) == ':'
}

// ntlmEnd returns the end of the answer to a challenge of NTLM version 2 whose digest is t[i:at], as what guesses passwords takes it:
// ada::EXAMPLE:1122334455667788:8f3e…:0101…; or at.
func ntlmEnd(t []byte, i, at int) int {
	const challenge = 16
	if byteAt(t, at) != ':' || !hexRun(t, i-1, challenge) || byteAt(t, i-challenge-2) != ':' {
		return at
	}
	end := at + 1
	for isHex(byteAt(t, end)) {
		end++
	}
	if end-at <= dumpedChars {
		return at
	}
	return end
}

// dumpedChars is the length of a hash as Windows keeps it, in hex.
const dumpedChars = 32

// mayBeDumped reports whether dumped is worth asking about the run t[i:at] behind a colon.
func mayBeDumped(t []byte, i, at int) bool {
	return at-i == dumpedChars || byteAt(t, i-2) == '6' && byteAt(t, i-3) == '9' && at-i >= minTokenBytes
}

// emptyLM is what Windows writes where it keeps no hash of the older kind.
const emptyLM = "aad3b435b51404eeaad3b435b51404ee"

// tickets begin what is taken of logins with Kerberos and NTLM, to be guessed.
var tickets = [...]string{"$krb5tgs$", "$krb5asrep$", "$krb5pa$", "$netntlm$", "$netntlmv2$"}

// ticket returns where one of tickets begins whose last part begins at i.
func ticket(t []byte, i, lo int) (start int, ok bool) {
	for j := i - 1; j >= max(lo, i-2*maxSaltBytes) && t[j] > ' ' && t[j] != '"'; j-- {
		if t[j] != '$' {
			continue
		}
		for _, begin := range tickets {
			if hasFold(t, j, begin) {
				return j, true
			}
		}
	}
	return 0, false
}
