package detect

// Secrets that are printed octet by octet behind their names: 3a 4f …, 3a:4f:…, 0x3a, 0x4f, …, <Buffer 3a 4f …> of Node, [18, 52, …] and [18 52 …].

// minOctets is how many octets a secret has at least; addresses of devices have fewer. In decimal it has minDecimals, as keys and salts have.
const (
	minOctets   = 12
	minDecimals = 16
)

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

// decimals finds the octets in decimal at i, behind the bracket of a list or before its brace, parted by commas or blanks: numbers of up to three digits that do
// not only rise.
func decimals(t []byte, i int) (start, end int, ok bool) {
	if byteAt(t, i) == '{' {
		i++
	} else if byteAt(t, i-1) != '[' {
		return 0, 0, false
	}
	start = i
	n, falls, last := 0, 0, 0
	for {
		v := 0
		for end = i; isDigit(byteAt(t, end)) && end-i < 3; end++ {
			v = 10*v + int(t[end]-'0')
		}
		if end == i || v > 0xff {
			return 0, 0, false
		}
		if n++; v < last {
			falls++
		}
		last = v
		switch c := byteAt(t, end); {
		case c == ']' || c == '}':
			return start, end, n >= minDecimals && 4*falls >= n
		case c == ',':
			i = skipBreaks(t, end+1)
		case isBlank(c):
			i = skipBlanks(t, end)
		default:
			return 0, 0, false
		}
	}
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
