package detect

// Secrets that are printed octet by octet behind their names: 3a 4f …, 3a:4f:…, 0x3a, 0x4f, …, <Buffer 3a 4f …> of Node.

// minOctets is how many octets a secret has at least; addresses of devices have fewer.
const minOctets = 12

// octets finds the octets in hex at i, parted by one sign, in brackets or quotes or none.
func octets(t []byte, i int) (start, end int, ok bool) {
	const buffer = "<Buffer "
	if has(t, i, buffer) {
		i += len(buffer)
	}
	start = behindQuote(t, i)
	parted, n := byte(0), 0
	for i = start; ; n++ {
		if hasFold(t, i, "0x") {
			i += len("0x")
		}
		if !isHex(byteAt(t, i)) || !isHex(byteAt(t, i+1)) {
			break
		}
		end = i + 2
		c := byteAt(t, end)
		if parted == 0 {
			parted = c
		}
		if i = end + 1; c != parted || c != ' ' && c != ':' && c != '-' && c != ',' {
			n++
			break
		}
		if c == ',' && byteAt(t, i) == ' ' {
			i++
		}
	}
	return start, end, n >= minOctets && !isAlnum(byteAt(t, end))
}

// isOctets reports whether b is octets in hex, parted or not.
func isOctets(b []byte) bool {
	if start, end, ok := octets(b, 0); ok {
		return start == 0 && end == len(b)
	}
	if hasFold(b, 0, "0x") {
		b = b[len("0x"):]
	}
	if len(b) < 2*minOctets || len(b)%2 != 0 {
		return false
	}
	for _, c := range b {
		if !isHex(c) {
			return false
		}
	}
	return true
}
