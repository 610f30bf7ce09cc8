package detect

// matchMAC finds the hardware address whose first separator is at at.
//
// Accepted: six octets of two hex digits with colons or dashes, or three groups of four with dots; twelve digits in one piece or in other groups behind a word; both addresses of the 14 octets that
// firewalls log behind MAC=. Not found: all zeros, all ones; what is called a serial number; other chains of more octets (fingerprints, serial numbers); dotted groups that are
// all decimal.
func matchMAC(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if at >= len(t) {
		return 0, 0, false
	}
	sep, group, groups := t[at], 2, 6
	switch sep {
	case ':', '-':
	case '.':
		group, groups = 4, 3
	default:
		return 0, 0, false
	}
	start = at - group
	end = start + groups*(group+1) - 1
	if start < lo || end > len(t) {
		return 0, 0, false
	}
	start0 := byteAt(t, start-1)
	if start0 == '%' || (start0 == sep && chainBefore(t, start-1) || byteAt(t, end) == sep && chainAfter(t, end+1)) && !inFrame(t, start) {
		return 0, 0, false
	}
	if !sameGroups(t[start:end], sep, group) || wordBefore(t, start) || wordAt(t, end) {
		return 0, 0, false
	}
	return start, end, wantMAC(t[start:end], sep) && !numbered(t, start, ctx)
}

// Lengths of an Ethernet header as firewalls log it: MAC=, two addresses and a type, 14 octets in 41 bytes.
const (
	frameBytes  = 14*3 - 1
	secondBytes = 6 * 3 // where the second address begins
)

// bareKinds are hardware addresses without separators, which are found right behind a word.
var bareKinds = []numberKind{
	{name: "bare_mac", id: MAC, words: "*mac!, *macaddress, *macaddr, *mac address, *mac addr, *hwaddr, *hwaddress, *bssid, *ethaddr, *client mac, *calling station+id, *chaddr",
		read: bareMAC, direct: true},
}

// bareMAC returns the end of the twelve hex digits at i, in one piece or in groups of two, four or six with one sign, or 0.
func bareMAC(t []byte, i int) int {
	var digits [12]byte
	n, end, group, size, sep := 0, i, 0, 0, byte(0)
	for ; n < len(digits); end++ {
		c := byteAt(t, end)
		if isHex(c) {
			digits[n] = c
			n, group = n+1, group+1
			continue
		}
		if size == 0 {
			size, sep = group, c
		}
		if group != size || c != sep || size%2 != 0 || c != '-' && c != ':' && c != '.' && c != ' ' && c != '_' {
			return 0
		}
		group = 0
	}
	if size == 2 && (sep == ':' || sep == '-') || size > 0 && (group != size || byteAt(t, end) == sep && chainAfter(t, end+1)) || wordAt(t, end) || !wantMAC(digits[:], 0) {
		return 0
	}
	return end
}

// inFrame reports whether one of the two addresses of a logged Ethernet header begins at i.
func inFrame(t []byte, i int) bool {
	if !hasFold(t, i-len("mac="), "mac=") {
		if i -= secondBytes; !hasFold(t, i-len("mac="), "mac=") {
			return false
		}
	}
	return frameEnds(t, i+frameBytes) && sameGroups(t[i:i+frameBytes], ':', 2)
}

// frameEnds reports whether an Ethernet header can end at i.
func frameEnds(t []byte, i int) bool { return i <= len(t) && !wordAt(t, i) && byteAt(t, i) != ':' }

func sameGroups(m []byte, sep byte, group int) bool {
	for i, c := range m {
		if i%(group+1) == group {
			if c != sep {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

// pairsBefore reports whether six octets end at i, parted by colons, dashes or nothing.
func pairsBefore(t []byte, i int) bool {
	const n = 6*3 - 1
	return i >= n && (t[i-3] == ':' || t[i-3] == '-') && sameGroups(t[i-n:i], t[i-3], 2) || hexRun(t, i, 12) && !wordBefore(t, i-12)
}

// chainBefore reports whether one more octet, or what looks like one, ends at i.
func chainBefore(t []byte, i int) bool {
	j := i
	for j > 0 && i-j < 5 && isHex(t[j-1]) {
		j--
	}
	return j < i && !isAlnum(byteAt(t, j-1)) || placeholderBefore(t, i)
}

// chainAfter reports whether one more octet, or what looks like one, begins at i.
func chainAfter(t []byte, i int) bool {
	j := i
	for j < len(t) && j-i < 5 && isHex(t[j]) {
		j++
	}
	return (j == i+2 || j == i+4) && !isAlnum(byteAt(t, j)) || j == i && wordAt(t, i)
}

// wantMAC reports whether the address is one device's: neither all zeros nor all ones. Dotted groups need a letter or a leading
// zero, or they may be any numbers.
func wantMAC(m []byte, sep byte) bool {
	same, decimal := true, true
	for _, c := range m {
		if c == sep {
			continue
		}
		same = same && lower(c) == lower(m[0])
		decimal = decimal && isDigit(c)
	}
	if same && (m[0] == '0' || lower(m[0]) == 'f') {
		return false
	}
	return sep != '.' || !decimal || m[0] == '0'
}

// numbered reports whether what stands at i is called a serial number, or a fingerprint: by its key, or by the words before it.
func numbered(t []byte, i int, ctx Context) bool {
	return serialWords.direct(t, i, ctx) || serialWords.introduce(t, i)
}

// serialWords name numbers that may have six octets, of certificates and the like.
var serialWords = newWordSet("serial", "serialnumber", "serialno", "sn", "s/n", "fingerprint", "thumbprint", "checksum")
