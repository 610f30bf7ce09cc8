package detect

// Secrets in the configuration of routers, switches and their neighbours, behind a word, an algorithm and how the secret is hidden.
//
//	key 7 0822455D0A16544541     ip ospf message-digest-key 1 md5 hunter22     pre-shared-key ascii-text "$9$LbHX-wg4Zj"     snmp-server community hunter22 RO

// deviceKeys are ends of names of keys that stand in configurations, without separators.
var deviceKeys = keyWords{"keystring", "authenticationkey", "presharedkey", "digestkey", "wpapsk", "serverkey", "passwordvalue", "isakmpkey"}

// endsAny reports whether the key ends in one of the words, separators set aside.
func endsAny(words keyWords, key []byte) bool {
	for _, w := range words {
		if keyEndsIn(key, w) {
			return true
		}
	}
	return false
}

// keyForms stand between such a name and the key: how it is used, how it is written.
var keyForms = keyWords{"md5", "sha", "sha1", "sha-256", "sha256", "hmac-sha-256", "ascii-text", "ascii", "hexadecimal", "hex", "encrypted", "enc", "aes", "des", "3des", "priv"}

// deviceKey finds the key at i, behind the blank that follows the name of one at keyStart.
func deviceKey(t []byte, keyStart, i int, ctx Context) (start, end int, ok bool) {
	v, hidden := valueBehindForms(t, i, ctx)
	b := t[v.start:v.end]
	switch {
	case len(b) < minSecretBytes:
		return 0, 0, false
	case v.quoted && hiddenByJunos(b):
	case hidden && len(b) >= 8 && len(b)%2 == 0 && isHexText(b):
	case v.quoted && hasFold(t, keyStart-len("option "), "option ") && isSecretText(b):
	case (v.quoted || looksSecret(t, &v, true)) && isDeviceKey(t, keyStart):
	default:
		return 0, 0, false
	}
	return v.start, v.end, wanted(t, v, wantAny)
}

// valueBehindForms reads the value at i behind numbers and keyForms, and reports whether the number before it says that it is hidden.
func valueBehindForms(t []byte, i int, ctx Context) (v value, hidden bool) {
	for range 4 {
		i = skipBlanks(t, i)
		stop := keyStop(t, i)
		number := behindDigits(t, i) == stop && stop > i && stop-i < 6
		if !number && !keyForms.has(t[min(i, len(t)):stop]) || !isBlank(byteAt(t, stop)) {
			break
		}
		hidden = number && stop-i == 1 && t[i] > '4'
		i = stop
	}
	return argumentAt(t[:min(len(t), i+maxArguments)], i, ctx), hidden
}

// hiddenByJunos reports whether b is a secret as Junos writes it, encrypted.
func hiddenByJunos(b []byte) bool {
	return len(b) > 6 && b[0] == '$' && (b[1] == '9' || b[1] == '8') && b[2] == '$'
}

// isHexText reports whether b is hex digits, and a digit among them.
func isHexText(b []byte) bool { return hexRun(b, len(b), len(b)) && survey(b).digits > 0 }

// isDeviceKey reports whether the name at i is one of deviceKeys, or the word key where it belongs to a server of logins or to IPsec.
func isDeviceKey(t []byte, i int) bool {
	name := t[i:keyStop(t, i)]
	return endsAny(deviceKeys, name) || len(name) == len("key") && deviceBefore(t, i)
}

// deviceBefore reports whether the word key at i belongs to a server of logins or to IPsec.
func deviceBefore(t []byte, i int) bool {
	return endsFold(t[:i], "isakmp ") || lineHas(t, i, "radius-server ") || lineHas(t, i, "tacacs-server ")
}

// communityRights follow the name of a community of SNMP.
var communityRights = keyWords{"ro", "rw", "view", "authorization", "ipv4", "read-only", "read-write"}

// publicCommunities are no secrets.
var publicCommunities = keyWords{"public", "private", "string", "strings", "name", "names"}

// community finds the community of SNMP behind the word at from.
func community(t []byte, from, i int, ctx Context) (start, end int, ok bool) {
	if !endsFold(t[:from], "snmp-server ") && !endsFold(t[:from], "snmp ") {
		return 0, 0, false
	}
	list, n, _ := arguments(t, i, ctx)
	if n == 0 || publicCommunities.has(t[list[0].start:list[0].end]) {
		return 0, 0, false
	}
	v := list[0]
	sure := n > 1 && communityRights.has(t[list[1].start:list[1].end])
	return v.start, v.end, (sure || looksSecret(t, &v, true)) && wanted(t, v, wantAny)
}

// snmpUser finds the passwords of a user of SNMP at i, behind algorithms: sha hunter22 priv aes 128 hunter23, SHA "hunter22" AES "hunter23". With two, what
// stands between them goes too.
func snmpUser(t []byte, i int, ctx Context) (start, end int, ok bool) {
	if !keyForms.has(t[min(i, len(t)):keyStop(t, i)]) {
		return 0, 0, false
	}
	v, _ := valueBehindForms(t, i, ctx)
	if !looksSecret(t, &v, true) || !wanted(t, v, wantAny) {
		return 0, 0, false
	}
	i = skipBlanks(t, behindQuote(t, v.end))
	if keyForms.has(t[min(i, len(t)):keyStop(t, i)]) {
		if u, _ := valueBehindForms(t, i, ctx); looksSecret(t, &u, true) && wanted(t, u, wantAny) {
			return v.start, u.end, true
		}
	}
	return v.start, v.end, true
}
