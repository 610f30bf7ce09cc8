package detect

import "bytes"

// maxLabelLine bounds the label of a PEM boundary.
const maxLabelLine = 64

// maxHeaderBytes bounds a header line of a key.
const maxHeaderBytes = 256

// matchPrivateKey finds the private key whose "-----BEGIN " is at at.
//
// Accepted: any label of letters, digits and spaces that holds "PRIVATE KEY", with five dashes around it; line ends as they are, escaped
// any number of times (\n, \\n), in percent-encoding (%0A), as XML has them (&#10;) or as rsyslog writes them (#012). The match ends
// behind the END line; without one, where the text stops being base64 and headers of a key. Certificates and public keys are left alone.
func matchPrivateKey(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	if at < lo || !hasFold(t, at, "-----begin ") {
		return 0, 0, false
	}
	label := t[at+len("-----BEGIN "):]
	label = label[:min(len(label), maxLabelLine)]
	n := bytes.Index(label, []byte("-----"))
	if n < 0 || !keyLabel(label[:n]) {
		return 0, 0, false
	}
	i := at + len("-----BEGIN ") + n + len("-----")
	return at, keyEnd(t, i), true
}

// keyLabel reports whether the label is letters, digits and spaces, with "PRIVATE KEY" among them.
func keyLabel(label []byte) bool {
	for _, c := range label {
		if !isAlnum(c) && c != ' ' {
			return false
		}
	}
	return bytes.Contains(label, []byte("PRIVATE KEY"))
}

// keyEnd returns the end of the key whose body begins at i: behind its END, or of the last line that can be the key's.
func keyEnd(t []byte, i int) int {
	for {
		j := skipBreaks(t, i)
		if n := endLine(t, j); n > 0 {
			return j + n
		}
		n := keyLine(t, j)
		if n == 0 {
			return i
		}
		i = j + n
	}
}

// breaks are line ends and tabs in forms other than a backslash escape, in lower case.
var breaks = [...]string{"#012", "#015", "#011", "%0a", "%0d", "&#10;", "&#13;", "&#xa;", "&#xd;"}

// skipBreaks returns the first offset at or after i that is no white space, escaped or not.
func skipBreaks(t []byte, i int) int {
	for i < len(t) {
		switch t[i] {
		case ' ', '\t', '\n', '\r':
			i++
			continue
		case '\\':
			n := slashes(t, i)
			if c := byteAt(t, i+n); c == 'n' || c == 'r' || c == 't' {
				i += n + 1
				continue
			}
		case '#', '%', '&':
			if n := otherBreak(t, i); n > 0 {
				i += n
				continue
			}
		}
		return i
	}
	return i
}

// otherBreak returns the length of one of breaks at i, or 0.
func otherBreak(t []byte, i int) int {
	for _, b := range breaks {
		if hasFold(t, i, b) {
			return len(b)
		}
	}
	return 0
}

// shortLine is less than a line of base64 has in the middle of a key.
const shortLine = 24

// keyLine returns the length of the line of a key at i, base64 or a header, or 0 if other text begins there.
func keyLine(t []byte, i int) int {
	j := i
	for j < len(t) && (isAlnum(t[j]) || t[j] == '+' || t[j] == '/' || t[j] == '=' || t[j] == '\\' && byteAt(t, j+1) == '/') {
		j++
	}
	if n := headerLine(t, i); n > 0 {
		return n
	}
	if j-i >= shortLine || lineEnds(t, j) {
		return j - i
	}
	return 0
}

// lineEnds reports whether a line, a string or the key ends at i.
func lineEnds(t []byte, i int) bool {
	switch byteAt(t, i) {
	case 0, '\n', '\r', '\\', '"', '\'', '`', '-':
		return true
	}
	if otherBreak(t, i) > 0 {
		return true
	}
	return endLine(t, skipBreaks(t, i)) > 0
}

// headerLine returns the length of the header line at i, or 0.
func headerLine(t []byte, i int) int {
	j := i
	for j < len(t) && j-i < maxLabelLine && (isAlnum(t[j]) || t[j] == '-') {
		j++
	}
	if byteAt(t, j) != ':' || !headerNames.has(t[i:j]) {
		return 0
	}
	return headerEnd(t, i) - i
}

// headerEnd returns the end of the header line at i, as far as a header line goes.
func headerEnd(t []byte, i int) int {
	j := i
	for j < len(t) && t[j] != '\n' && t[j] != '\r' && t[j] != '\\' && t[j] != '"' && j-i < maxHeaderBytes {
		j++
	}
	return j
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

// headerNames begin the header lines of encrypted keys (RFC 1421), of OpenPGP armour and of PuTTY's keys.
var headerNames = newWordSet("proc-type", "dek-info", "version", "comment", "hash", "charset", "messageid", "public-lines", "private-lines",
	"encryption", "key-derivation", "argon2-memory", "argon2-passes", "argon2-parallelism", "argon2-salt", "private-mac")
