package detect

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// matchIPv4 finds the first IPv4 address at or after at in the run of digits and dots at at.
//
// Accepted: four octets of at most 255 without leading zeros, with any port or prefix behind them left alone. Not found: loopback,
// 0.0.0.0/8, x.0.0.0, netmasks, the limited broadcast; without Options.PrivateIPs also private and link-local ones; versions of products and
// packages (Chrome/120.0.0.0, foo-1.2.3.4, version=1.2.3.4), object identifiers, parts of longer dotted numbers.
func matchIPv4(o *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	escaped := at > 0 && (isAlnum(t[at-1]) || t[at-1] == '%' || t[at-1] == '\\') // an escape may end in the run, or a match has
	for i := max(at, lo); i < len(t) && (isDigit(t[i]) || t[i] == '.'); {
		if t[i] == '.' {
			i++
			continue
		}
		if escaped {
			if i > 0 && isDigit(t[i-1]) && skipEscape(t, i) == i && !escapedDigit(t, i) {
				i++
				continue
			}
			i = max(i, skipEscape(t, i))
		}
		if i-at > escapeBytes && t[i-1] == '.' && isDigit(t[i-2]) {
			i = behindDigits(t, i) // the same where no escape can be
			continue
		}
		if n := ipv4At(o, t, i, ctx, true); n > 0 {
			return i, i + n, true
		}
		if i++; !escaped {
			i = behindDigits(t, i)
		}
	}
	return 0, 0, false
}

// ipv4At returns the length of the address at i, 0 if there is none. mayBeNamed says that it may have a key or words before it.
func ipv4At(o *Options, t []byte, i int, ctx Context, mayBeNamed bool) int {
	a, n := parseIPv4(t, i)
	if n == 0 || !wantIPv4(o, a) || !aloneIPv4(t, i, i+n) || a[0] <= 2 && objectID(t, a, i, i+n, ctx) {
		return 0
	}
	if mayBeNamed && (!introduced(t, i, ctx) && (versioned(t, i, ctx) || packaged(t, i, i+n)) || a[3] == 0 && networkWords.direct(t, i, ctx)) {
		return 0
	}
	return n
}

// introduced reports, of most addresses in running text, that what is before i makes no version of it: a line's begin, or a blank behind a word in small letters
// that is about no version.
func introduced(t []byte, i int, ctx Context) bool {
	if i == 0 || t[i-1] == '\n' {
		return len(ctx.Key) == 0
	}
	end := i - 1
	word := lowerBefore(t, end, maxIntroducing)
	if n := len(word); t[end] != ' ' || n == 0 || n == maxIntroducing {
		return false
	}
	c := byteAt(t, end-len(word)-1)
	return (c == ' ' || c == '"') && !versionWords.has(word) && !fillers.has(word)
}

// maxIntroducing is more than the length of a word that introduces an address, and less than the window before one.
const maxIntroducing = 16

// lowerBefore returns the small letters that end at end, at most limit.
func lowerBefore(t []byte, end, limit int) []byte {
	t = t[max(0, end-limit):end]
	i := len(t)
	for i > 0 && isLower(t[i-1]) {
		i--
	}
	return t[i:]
}

// escapedDigit reports whether the digit before i is the last of an escape.
func escapedDigit(t []byte, i int) bool { return escapeBefore(t, i) > 0 }

// parseIPv4 reads four octets at i and returns them and their length, 0 if there are not four.
func parseIPv4(t []byte, i int) (a [4]byte, n int) {
	if i >= 0 && len(t)-i >= 16 {
		return readIPv4((*[16]byte)(t[i:]))
	}
	j := i
	for k := range 4 {
		if k > 0 {
			if byteAt(t, j) != '.' {
				return a, 0
			}
			j++
		}
		v, digits := 0, 0
		for digits < 4 && isDigit(byteAt(t, j)) {
			v = v*10 + int(t[j]-'0')
			j++
			digits++
		}
		if digits == 0 || v > 255 || (digits > 1 && t[j-digits] == '0') {
			return a, 0
		}
		a[k] = byte(v)
	}
	return a, j - i
}

// readIPv4 is parseIPv4 for the address that t begins with. It looks at all bytes at once, as octets have any length.
func readIPv4(t *[16]byte) (a [4]byte, n int) {
	low, high := binary.LittleEndian.Uint64(t[:8]), binary.LittleEndian.Uint64(t[8:])
	others := ^(bytesBelow(low^'0'*everyByte, 10) | bytesBelow(high^'0'*everyByte, 10)<<8)
	for k, start := 0, uint(0); ; k++ {
		end := uint(bits.TrailingZeros64(others))
		others &= others - 1
		size := end - start
		if size-1 > 2 || start > 12 {
			return a, 0
		}
		x := binary.LittleEndian.Uint32(t[start:start+4]) << (32 - 8*size) & 0x0f0f0f0f
		v := x>>24 + x>>16&0xff*10 + x>>8&0xff*100
		if v > 255 || v < leastOctet[size] {
			return a, 0
		}
		a[k] = byte(v)
		if k == 3 {
			return a, int(end)
		}
		if t[end] != '.' {
			return a, 0
		}
		start = end + 1
	}
}

// leastOctet is the least number that so many digits are written for.
var leastOctet = [4]uint32{2: 10, 3: 100}

// wantIPv4 reports whether the address can belong to a person.
func wantIPv4(o *Options, a [4]byte) bool {
	switch {
	case a[0] == 0, a[0] == 127, a[1] == 0 && a[2] == 0 && a[3] == 0:
		return false
	case a[0] == 255 && (a[1] == 255 || a[1] == 0):
		return false
	case o.PrivateIPs:
		return true
	}
	switch {
	case a[0] == 10, a[0] == 192 && a[1] == 168, a[0] == 172 && a[1]&0xf0 == 16:
		return false
	case a[0] == 169 && a[1] == 254, a[0] == 100 && a[1]&0xc0 == 64:
		return false
	}
	return true
}

// aloneIPv4 reports whether t[start:end] is no part of something longer.
func aloneIPv4(t []byte, start, end int) bool {
	switch c := byteAt(t, end); c {
	case '.':
		if wordAt(t, end+1) && !packetPort(t, start, end+1) && !hostAfter(t, end) || end-start == len("1.1.1.1") && has(t, end, "..") && has(t, start-2, "..") {
			return false // of a longer number; of a dump's text, where each other byte is zero
		}
	case '-':
		if wordAt(t, end+1) && !rangeAfter(t, end+1) {
			return false
		}
	case '+', '~':
		return false
	default:
		if isAlnum(c) || c == '[' && wordAt(t, end) {
			return false
		}
	}
	switch c := byteAt(t, start-1); c {
	case '.':
		return !wordBefore(t, start-1)
	case '~':
		return false
	case '-':
		return !wordBefore(t, start-1) || rangeBefore(t, start-1)
	case '/':
		return !productBefore(t, start-1, end)
	default:
		return c == '_' || !wordBefore(t, start)
	}
}

// hostAfter reports whether the rest of a host's name follows at i, as providers give them: 192.0.2.44.dynamic.example.com, 44.2.0.192.in-addr.arpa. What
// follows a version is one label, or none of the top levels.
func hostAfter(t []byte, i int) bool {
	end := i + 1
	for end < len(t) && end-i < maxDomainBytes && (isAlnum(t[end]) || t[end] == '-' || t[end] == '.') {
		end++
	}
	for end > i+1 && (t[end-1] == '.' || t[end-1] == '-') {
		end--
	}
	top := bytes.LastIndexByte(t[i+1:end], '.')
	if top <= 0 || !isLetter(t[i+1]) {
		return false
	}
	last := t[i+1+top+1 : end]
	return knownTopLevel(last) && !fileSuffixes.has(last)
}

// packetPort reports whether the number at i is the port that tcpdump puts behind an address: IP 192.0.2.1.443 > 198.51.100.2.53:
func packetPort(t []byte, start, i int) bool {
	j := behindDigits(t, i)
	if j == i || j-i > 5 {
		return false
	}
	from := start >= 3 && string(t[start-3:start]) == "IP " && j+3 <= len(t) && string(t[j:j+3]) == " > "
	to := start >= 3 && string(t[start-3:start]) == " > " && byteAt(t, j) == ':'
	return from || to
}

func rangeAfter(t []byte, i int) bool {
	_, n := parseIPv4(t, i)
	return n > 0 && !isAlnum(byteAt(t, i+n)) && byteAt(t, i+n) != '-'
}

// rangeBefore reports whether an address ends at i, so that a dash there joins two.
func rangeBefore(t []byte, i int) bool {
	j := i
	for j > 0 && i-j < 16 && (isDigit(t[j-1]) || t[j-1] == '.') {
		j--
	}
	_, n := parseIPv4(t, j)
	return n > 0 && j+n == i && byteAt(t, j-1) != '-' && !isAlnum(byteAt(t, j-1))
}

// productBefore reports whether the slash at slash ends a product's name, as in Chrome/120.0.0.0, and not a host's or a path's.
func productBefore(t []byte, slash, end int) bool {
	i := slash
	letters := false
	for i > 0 && slash-i < maxKeyBytes && (isAlnum(t[i-1]) || t[i-1] == '_' || t[i-1] == '-') {
		i--
		letters = letters || isLetter(t[i])
	}
	if !letters || hostName(t[i:slash]) {
		return false
	}
	if c := byteAt(t, end); c == ':' && isDigit(byteAt(t, end+1)) {
		return false
	}
	switch byteAt(t, i-1) {
	case '/', '.', '@', '\\':
		return false
	}
	return !pairsBefore(t, slash)
}

// hostName reports whether a name before a slash is a host's, as Java writes one before its address, and no product's: one for what hosts do, or in
// small letters with a number at its end.
func hostName(name []byte) bool {
	if hostWords.has(name) {
		return true
	}
	i := len(name)
	for i > 0 && isDigit(name[i-1]) {
		i--
	}
	if i == len(name) || i < 3 || name[i-1] == 'v' && name[i-2] == '-' {
		return false
	}
	for _, c := range name {
		if isUpper(c) || c == '_' {
			return false
		}
	}
	return name[i-1] == '-' || len(name)-i > 1
}

var hostWords = newWordSet("localhost", "host", "hosts", "node", "nodes", "pod", "server", "client", "peer", "worker", "broker", "master", "slave", "ip", "addr", "address", "remote", "local", "endpoint",
	"src", "dst", "source", "destination", "dest", "origin", "gateway", "gw", "dns", "xff", "forwarded", "hostname", "saddr", "daddr", "srcip", "dstip", "clientip",
	"direct", "hier_direct", "timeout_direct", "firstup_parent", "default_parent", "first_parent_miss", "sibling_hit", "original_dst", "pinned") // Squid

// versionWords name versions, what has them, and parts of documents.
var versionWords = newWordSet(
	"version", "versions", "ver", "v", "build", "release", "firmware", "kernel", "rev", "revision", "oid", "ua", "sdk",
	"driver", "bios", "assembly", "upgrade", "upgraded", "downgraded", "semver", "snmp", "useragent", "fw", "section", "sections", "chapter", "clause",
)

// versioned reports whether what stands at i is called a version: by its key, by the word before it, or as the second of two.
func versioned(t []byte, i int, ctx Context) bool {
	if versionKey(t, i, ctx) {
		return true
	}
	w := window(t, i)
	all := len(w)
	for len(w) > 0 {
		j := len(w)
		for j > 0 && !isAlnum(w[j-1]) && w[j-1] != '.' {
			if w[j-1] == ',' || w[j-1] == '=' && j < len(w)-1 {
				return false
			}
			j--
		}
		k := j
		for k > 0 && (isAlnum(w[k-1]) || w[k-1] == '.' || w[k-1] == '_') {
			k--
		}
		word := w[k:j]
		switch {
		case versionWords.has(word):
			return true
		case fillers.has(word):
		case len(word) > 2 && isDigit(word[0]) && isDigit(word[len(word)-1]) && dots(word) > 0 && all > j:
		default:
			return false
		}
		w = w[:k]
	}
	return false
}

// versionKey reports whether the key of what stands at i, or the text's, has one of the words. What is longer than names are says nothing: the
// letter V is in every second address of a cryptocurrency.
func versionKey(t []byte, i int, ctx Context) bool {
	if len(ctx.Key) > 0 && onlyPunctuation(t, i) {
		return inName(versionWords, ctx.Key)
	}
	if i > 0 && t[i-1] == '_' {
		i, _, _ = keyEnding(t, i, false) // client=Product_1.2.3.4
	}
	start, end, _ := keyBefore(t, i)
	return end-start <= maxWordyBytes && inName(versionWords, t[start:end])
}

// maxWordyBytes is the length of the longest key that words are looked for in.
const maxWordyBytes = 30

// networkWords name a whole network when its number ends in zero.
var networkWords = keyWords{"network", "subnet", "net", "mask", "netmask"}

// fillers may stand between the word version and the number.
var fillers = keyWords{"is", "number", "no", "string", "to", "id"}

func dots(b []byte) (n int) {
	for _, c := range b {
		if c == '.' {
			n++
		}
	}
	return n
}
