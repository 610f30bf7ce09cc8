package pseudonym

import "encoding/binary"

// digestChars is the length of the last part of a token: 128 bits in base32.
const digestChars = 26

const alphabet = "abcdefghijklmnopqrstuvwxyz234567" // RFC 4648, section 6, in lower case

// Digest is what stands for a value in a token, in base32, and without its kind and epoch in lists.
type Digest [digestChars]byte

// ParseDigest reads what String wrote.
func ParseDigest(text string) (d Digest, ok bool) {
	if len(text) != digestChars || !isDigest([]byte(text)) {
		return d, false
	}
	return Digest([]byte(text)), true
}

// TokenDigest is the digest of a token of any kind and epoch.
func TokenDigest(token []byte) (d Digest, ok bool) {
	if !IsToken(token, "") {
		return d, false
	}
	return Digest(token[len(token)-digestChars:]), true
}

// String is the digest as it stands in a token.
func (d Digest) String() string { return string(d[:]) }

// encode writes 128 bits as 25 characters of five bits and one of three, which is followed by two zero bits.
func encode(digest [16]byte) (out Digest) {
	hi, lo := binary.BigEndian.Uint64(digest[:8]), binary.BigEndian.Uint64(digest[8:])
	for i := range digestChars {
		out[i] = alphabet[hi>>59]
		hi = hi<<5 | lo>>59
		lo <<= 5
	}
	return out
}

// IsToken reports whether v has the form of a token of this kind, or of any kind if kind is empty. It does not know the key: a text in
// this form that nobody minted is taken for a token too.
func IsToken(v []byte, kind string) bool {
	at := len(v) - digestChars - 1
	if at < 0 || v[at] != '_' || !isDigest(v[at+1:]) {
		return false
	}
	e := at
	for e > 0 && v[e-1]-'0' < 10 {
		e--
	}
	if e < 2 || v[e-1] != 'e' || v[e-2] != '_' || !isEpoch(v[e:at]) {
		return false
	}
	if kind == "" {
		return ValidKind(v[:e-2])
	}
	return string(v[:e-2]) == kind
}

// isDigest reports whether 26 characters are the base32 of 128 bits: the last one ends in two zero bits.
func isDigest(b []byte) bool {
	for _, c := range b {
		if c-'a' >= 26 && c-'2' >= 6 {
			return false
		}
	}
	switch b[digestChars-1] {
	case 'a', 'e', 'i', 'm', 'q', 'u', 'y', '4':
		return true
	}
	return false
}

// isEpoch reports whether digits are a uint32 as strconv writes it.
func isEpoch(digits []byte) bool {
	n := uint64(0)
	for _, c := range digits {
		n = n*10 + uint64(c-'0')
		if n > 1<<32-1 {
			return false
		}
	}
	return len(digits) > 0 && (digits[0] != '0' || len(digits) == 1)
}
