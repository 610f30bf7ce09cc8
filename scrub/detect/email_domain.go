package detect

// Which domains a person's address can have.

// maxTopLevelBytes is the length of the longest top level in the list.
const maxTopLevelBytes = 18

// knownDomain reports whether d, whose last label begins at top and which has labels labels before it, can be the domain of an address.
func knownDomain(d []byte, top, labels int) bool {
	if !knownTopLevel(d[top:]) {
		return false
	}
	if labels == 1 {
		return plausibleName(d[:top-1], d[top:])
	}
	return !hasFold(d, len(d)-len(clusterDomain), clusterDomain) && (!isNumber(d[:top-1]) || numericDomains.has(d[top:]))
}

// isNumber reports whether b is digits and dots, as a version is: undertow@2.2.5.Final.
func isNumber(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) && c != '.' {
			return false
		}
	}
	return true
}

// clusterDomain ends the names of services in a cluster, which nodes of a message queue put behind an at sign.
const clusterDomain = ".svc.cluster.local"

// plausibleName reports whether name.top is an address's domain and not a file or a version: logo@2x.zip, react@18.rs.
func plausibleName(name, top []byte) bool {
	if fileSuffixes.has(top) {
		return false
	}
	for i, c := range name {
		if !isDigit(c) && (i == 0 || lower(c) != 'x') {
			return true
		}
	}
	return numericDomains.has(top) && isDigit(name[len(name)-1])
}

// fileSuffixes are top levels that are seen as the suffix of a file more often than below a bare name.
var fileSuffixes = keyWords{"java", "mov", "ps", "py", "so", "zip", "cab", "bz", "mm", "map", "class", "pid"}

// numericDomains are the top levels with mail providers whose name is a number.
var numericDomains = keyWords{"com", "net", "org", "cn"}

// knownTopLevel reports whether label is a top level domain: of the list, an IDN, or a name that intranets use.
func knownTopLevel(label []byte) bool {
	if len(label) < 2 {
		return false
	}
	if label[0] >= 0x80 {
		return allHigh(label)
	}
	if len(label) > maxTopLevelBytes {
		return hasFold(label, 0, "xn--")
	}
	var low [maxTopLevelBytes]byte
	for i, c := range label {
		low[i] = lower(c)
	}
	if hasFold(label, 0, "xn--") {
		return len(label) > 5
	}
	_, ok := topLevels[string(low[:len(label)])]
	return ok
}

func allHigh(label []byte) bool {
	for _, c := range label {
		if c < 0x80 {
			return false
		}
	}
	return true
}
