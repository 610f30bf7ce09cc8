package detect

import "bytes"

// maxLabelLine bounds the label of a PEM boundary.
const maxLabelLine = 64

// matchPrivateKey finds the private key whose "-----BEGIN " is at at.
//
// Accepted: any label that ends in "PRIVATE KEY" or "PRIVATE KEY BLOCK", four or five dashes around it; line ends as they are or escaped any number of
// times (\n, \\n). The match ends behind the END line; without one, where the text stops being base64 and headers of a key. Certificates
// and public keys are left alone.
func matchPrivateKey(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	if at < lo || !hasFold(t, at, "-----begin ") {
		return 0, 0, false
	}
	label := t[at+len("-----BEGIN "):]
	label = label[:min(len(label), maxLabelLine)]
	n := bytes.Index(label, []byte("-----"))
	if n < 0 || !bytes.Contains(label[:n], []byte("PRIVATE KEY")) {
		return 0, 0, false
	}
	i := at + len("-----BEGIN ") + n + len("-----")
	return at, keyEnd(t, i), true
}

// keyEnd returns the end of the key whose body begins at i.
func keyEnd(t []byte, i int) int {
	end := i
	for i < len(t) {
		c := t[i]
		switch {
		case c == '-':
			if n := endLine(t, i); n > 0 {
				return i + n
			}
			if !isAlnum(byteAt(t, i+1)) {
				return end
			}
			i++
		case c == '\\':
			n := slashes(t, i)
			if c := byteAt(t, i+n); c != 'n' && c != 'r' && c != 't' && c != '/' {
				return end
			}
			i += n + 1
			continue
		case isToken(c):
			i++
			end = i
			continue
		case c == '\n' || c == '\r' || c == ' ' || c == '\t' || c == ':' || c == ',' || c == '(' || c == ')' || c == '@':
			if (c == ' ' || c == '\n') && prose(t, i+1) {
				return end
			}
			i++
		default:
			return end
		}
	}
	return end
}

// endLine returns the length of an END boundary at i, or 0.
func endLine(t []byte, i int) int {
	if !hasFold(t, i, "-----end ") {
		return 0
	}
	line := t[i+9 : min(len(t), i+9+maxLabelLine)]
	if n := bytes.Index(line, []byte("-----")); n >= 0 {
		return 9 + n + 5
	}
	return 9
}

// prose reports whether what is at i is other text and not a line of a key: a line of base64 has more than a word's length, a header has a colon
// behind its name.
func prose(t []byte, i int) bool {
	j := i
	for j < len(t) && j-i < 24 && (isToken(t[j])) {
		j++
	}
	if j == i || j-i >= 24 {
		return false
	}
	c := byteAt(t, j)
	if c == ':' {
		return !headerNames.has(t[i:j])
	}
	// A key's last line may be short; then its END or nothing follows.
	k := j
	for k < len(t) && (t[k] == '\n' || t[k] == '\r' || t[k] == ' ') {
		k++
	}
	return k < len(t) && t[k] != '-' && t[k] != '\\' && !headerBefore(t, i)
}

// headerNames begin the header lines of encrypted keys (RFC 1421) and of OpenPGP armour.
var headerNames = keyWords{"proc-type", "dek-info", "version", "comment", "hash", "charset", "messageid", "public-lines", "private-lines"}

// headerBefore reports whether the text at i is the value of a header.
func headerBefore(t []byte, i int) bool {
	return i >= 2 && t[i-1] == ' ' && (t[i-2] == ':' || t[i-2] == ',')
}
