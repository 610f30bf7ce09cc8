package detect

import (
	"bytes"
	"encoding/base64"
)

// matchJWT finds the first JSON web token at or after lo in the run of token characters that ends at at.
//
// Accepted: a header that decodes to a JSON object with "alg", "enc" or "typ" in it, a dot, a payload, and a signature or the further
// parts of an encrypted token; tokens cut short behind the payload. Not found: other base64 with dots.
func matchJWT(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	i := at
	for i > lo && isToken(t[i-1]) {
		i--
	}
	return jwtIn(t, i, at)
}

// jwtIn finds the first token in the token characters t[i:stop]. Who looks for the next one begins behind the match: to go back from the
// end of the run each time would make many tokens in one run cost the square of its length.
func jwtIn(t []byte, i, stop int) (start, end int, ok bool) {
	for ; stop-i >= minTokenBytes; i++ {
		if t[i] != 'e' || (t[i+1] != 'y' && t[i+1] != 'w') || (i > 0 && isBase64URL(t[i-1]) && escapeBefore(t, i) == 0) {
			continue
		}
		if end := jwtEnd(t, i, stop); end > 0 {
			return i, end, true
		}
	}
	return 0, 0, false
}

// minTokenBytes is the length of the shortest run of token characters that is looked at.
const minTokenBytes = 20

func isBase64URL(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }

// jwtEnd returns the end of the token at i in a run that ends at stop, or 0.
func jwtEnd(t []byte, i, stop int) int {
	j := partEnd(t, i, stop)
	if byteAt(t, j) != '.' || !jwtHeader(t[i:j]) {
		return 0
	}
	dots, end := 0, 0
	for dots < 4 && j < stop && t[j] == '.' {
		dots++
		k := partEnd(t, j+1, stop)
		if k > j+1 {
			end = k
		}
		j = k
	}
	return end
}

// partEnd returns the end of the base64 part at i, padding included.
func partEnd(t []byte, i, stop int) int {
	for i < stop && isBase64URL(t[i]) {
		i++
	}
	for i < stop && t[i] == '=' {
		i++
	}
	return i
}

// headerBytes is how much of a header is decoded; what marks it stands at its front.
const headerBytes = 256

// jwtHeader reports whether the part decodes to the beginning of a token's header.
func jwtHeader(part []byte) bool {
	var plain [headerBytes]byte
	part = bytes.TrimRight(part, "=")
	part = part[:min(len(part), headerBytes)]
	part = part[:len(part)&^3] // whole groups of four
	n, err := base64.RawURLEncoding.Decode(plain[:], part)
	if err != nil || n == 0 || plain[0] != '{' {
		return false
	}
	h := plain[:n]
	return bytes.Contains(h, []byte(`"alg"`)) || bytes.Contains(h, []byte(`"enc"`)) || bytes.Contains(h, []byte(`"typ"`))
}
