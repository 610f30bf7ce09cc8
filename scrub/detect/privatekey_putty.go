package detect

// matchPutty finds the private key in PuTTY's format whose first name, a run of token characters, ends at at.
//
// Accepted: "PuTTY-User-Key-File-2" or -3, a colon, and the headers and lines of base64 behind it, to the end of the Private-MAC; without one,
// where the text stops being a key's. Line ends as matchPrivateKey has them. Source: PuTTY user manual, appendix C.
func matchPutty(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	const name = "putty-user-key-file-"
	start = at - len(name) - 1
	if start < lo || byteAt(t, at) != ':' || !isDigit(t[at-1]) || !hasFold(t, start, name) || wordBefore(t, start) {
		return 0, 0, false
	}
	return start, puttyEnd(t, headerEnd(t, start)), true
}

// puttyEnd returns the end of the key whose lines begin at i.
func puttyEnd(t []byte, i int) int {
	for {
		j := skipBreaks(t, i)
		n := keyLine(t, j)
		if n == 0 {
			return i
		}
		if i = j + n; hasFold(t, j, "private-mac:") {
			return i
		}
	}
}
