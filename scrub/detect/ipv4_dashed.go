package detect

// matchDashedIPv4 finds the IPv4 address in the name of a host whose run of digits and separators begins at at: ip-192-0-2-17, ec2-198-51-100-7.
//
// Accepted: four octets with dashes between, behind a word for what has an address and a dash. The match is the octets. Not found: versions and dates in
// other names; addresses that go on behind a dash.
func matchDashedIPv4(o *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	dash := behindDigits(t[:min(len(t), at+2)], at)
	start = dash + 1
	if start <= lo || byteAt(t, dash) != '-' {
		return 0, 0, false
	}
	var a [4]byte
	end = dash
	for k := range a {
		n := octetLen(t, end+1)
		if n == 0 || byteAt(t, end) != '-' {
			return 0, 0, false
		}
		a[k] = byte(decimal(t[end+1 : end+1+n]))
		end += 1 + n
	}
	if c := byteAt(t, end); c == '-' || c == '_' || isAlnum(c) || c == '.' && isDigit(byteAt(t, end+1)) || !wantIPv4(o, a) {
		return 0, 0, false
	}
	name := dash
	for name > 0 && dash-name < maxIntroducing && isAlnum(t[name-1]) {
		name--
	}
	return start, end, addressed.has(t[name:dash]) && !wordBefore(t, name)
}

// octetLen returns the length of the octet at i, without leading zeros, or 0.
func octetLen(t []byte, i int) int {
	n := behindDigits(t[:min(len(t), i+4)], min(len(t), i)) - i
	if n < 1 || n > 3 || n > 1 && t[i] == '0' || decimal(t[i:i+n]) > 255 {
		return 0
	}
	return n
}

// addressed are words before an address in the names of hosts, as clouds and providers give them.
var addressed = newWordSet("ip", "ec2", "host", "node", "client", "server", "vm", "dhcp", "dyn", "dynamic", "static", "pool", "cpe", "ppp", "pppoe", "dsl", "adsl", "cable", "broadband", "customer")

// dashedRun reports whether the run of digits and separators t[start:end] may be that of such a name: a dash is its first byte or its second, behind a letter.
func dashedRun(t []byte, start, end int) bool {
	if end-start < 9 || start == 0 || !isLetter(t[start-1]) || t[start] != '-' && (t[start+1] != '-' || !isDigit(t[start])) || dateAlone(t, end) {
		return false
	}
	dashes := 0
	for _, c := range t[start:min(end, start+len("2-198-51-100-107"))] {
		if c == '-' {
			dashes++
		}
	}
	return dashes >= 4
}
