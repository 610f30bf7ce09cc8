package detect

import "bytes"

// packaged reports whether the four numbers at t[start:end] are a package's version, as apt, dpkg and their like write it: (>= 1:1.2.3.4), Unpacking tzdata
// (1.2.3.4) over (1.2.3.3), zlib1g:amd64 (1.2.3.3, 1.2.3.4), tzdata (1.2.3.4) unstable; urgency=low.
func packaged(t []byte, start, end int) bool {
	if required(t, start) {
		return true
	}
	i := behindEpoch(t, start)
	switch byteAt(t, i-1) {
	case '(':
		return packageBracket(t, i, end) || builtFor(t, i)
	case ' ':
		if c := byteAt(t, i-2); (c == '=' || c == '<' || c == '>' || c == '~') && (byteAt(t, i-3) == '(' || byteAt(t, i-4) == '(') {
			return true
		}
		return builtFor(t, i)
	}
	return false
}

// required reports whether the number at i is a version in a requirement of pip: foo==1.2.3.4, foo >= 1.2.3.4 (PEP 508). What is compared with an address in a
// filter is called a host, or an address.
func required(t []byte, i int) bool {
	if byteAt(t, i-1) == ' ' {
		i--
	}
	end := i - len("==")
	if end < 0 || t[end+1] != '=' || !comparesVersions.has(t[end]) {
		return false
	}
	if t[end] == '=' && byteAt(t, end-1) == '=' || byteAt(t, end-1) == ' ' {
		end--
	}
	start := end
	for start > 0 && end-start < maxPackageBytes && (isAlnum(t[start-1]) || t[start-1] == '_' || t[start-1] == '-' || t[start-1] == '.') {
		start--
	}
	return end-start > 1 && isLetter(t[start]) && !inName(hostWords, t[start:end])
}

// comparesVersions are the signs that stand before an equals sign where versions are compared.
var comparesVersions = setOf("=<>~")

// behindEpoch returns where the version begins whose number is at i: at Debian's epoch, a digit and a colon, or at i.
func behindEpoch(t []byte, i int) int {
	if byteAt(t, i-1) == ':' && isDigit(byteAt(t, i-2)) && !isAlnum(byteAt(t, i-3)) {
		return i - 2
	}
	return i
}

// packageBracket reports whether the bracket before i and the one behind end stand in a sentence of dpkg or in a changelog.
func packageBracket(t []byte, i, end int) bool {
	switch {
	case byteAt(t, end) != ')':
		return false
	case has(t, end, ") over ("), endsFold(t[:i], " over ("):
		return true
	case has(t, end, ") ..."):
		return hasFold(t, lineStart(t, i), "setting up ")
	}
	rest, _, _ := bytes.Cut(t[end:min(len(t), end+maxKeyGap)], []byte{0})
	return bytes.Contains(rest, []byte("; urgency="))
}

// lineStart returns where the line or the text begins that i is in, or an offset too far before i for a sentence of dpkg.
func lineStart(t []byte, i int) int {
	low := max(0, i-maxPackageBytes)
	return low + bytes.LastIndexAny(t[low:i], "\n\x00") + 1
}

// maxPackageBytes bounds the name of a package and what is before it in a sentence of dpkg.
const maxPackageBytes = 100

// builtFor reports whether a package's name and what it was built for end before i, or another version of it does behind them: zlib1g:amd64 1.2.3.3 .
func builtFor(t []byte, i int) bool {
	for range 2 {
		j := i
		for j > 0 && i-j < 3 && (t[j-1] == ' ' || t[j-1] == '(' || t[j-1] == ',') {
			j--
		}
		k := j
		for k > 0 && j-k < 40 && (isAlnum(t[k-1]) || t[k-1] == '_' || t[k-1] == '.' || t[k-1] == '-' || t[k-1] == '<' || t[k-1] == '>') {
			k--
		}
		switch word := t[k:j]; {
		case len(word) == 0 || j == i:
			return false
		case byteAt(t, k-1) == ':' && isLetter(word[0]):
			return architectures.has(word)
		case string(word) == "<none>", isDigit(word[0]) && dots(word) > 0:
			i = behindEpoch(t, k)
			if byteAt(t, i-1) == '(' {
				i--
			}
		default:
			return false
		}
	}
	return false
}
