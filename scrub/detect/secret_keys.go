package detect

import "slices"

// want says what a value must look like to be the secret that its key names.
type want uint8

const (
	wantNothing   want = iota
	wantAny            // anything of four characters that is no dummy
	wantPass           // as wantAny, but no number or word in prose: "tests pass: 1024"
	wantToken          // no plain word in prose, no short number
	wantSession        // letters and digits as a generator makes them; in prose at least sixteen
	wantCode           // a short code with digits
	wantQuery          // as wantSession, and only in a query string
	wantPhrase         // words that restore a wallet; behind passe what wantAny says
	wantLogin          // a user's name, a slash, a password, an at sign and a host
	wantPasswords      // several, as wantAny but with letters, and a digit or a sign; see appendMore
	wantSecrets        // several that are made by a generator
	wantOctets         // octets in hex, or as many in base64
	wantMade           // what a generator made, see made
)

// A secretWord is a key, or the end of one, that names a secret. Case and the separators '-', '_' and '.' are set aside.
type secretWord struct {
	word string
	want want
	// tail says where the word may stand: as the whole key, as its last words, or glued to what is before it.
	tail tail
}

type tail uint8

const (
	whole tail = iota // key
	words             // my_key, myKey
	glued             // mykey
)

// secretWords are the names of secrets in use. Each is in lower case without separators.
var secretWords = [...]secretWord{
	{"password", wantAny, glued}, {"passwd", wantAny, glued}, {"passphrase", wantAny, glued}, {"passcode", wantAny, glued},
	{"passwordhash", wantAny, glued}, {"passwordconfirmation", wantAny, glued}, {"passwordconfirm", wantAny, glued},
	{"pwd", wantAny, words}, {"pw", wantAny, words}, {"psw", wantAny, words}, {"passwrd", wantAny, glued}, {"pass", wantPass, words},
	{"userpass", wantAny, glued}, {"dbpass", wantAny, glued}, {"sshpass", wantAny, glued}, {"mysqlpwd", wantAny, glued},
	{"passwort", wantAny, glued}, {"kennwort", wantAny, glued}, {"motdepasse", wantAny, glued},
	{"contrasena", wantAny, glued}, {"haslo", wantAny, words}, {"parola", wantAny, words}, {"sifre", wantAny, words}, {"heslo", wantAny, words},
	{"jelszo", wantAny, words}, {"salasana", wantAny, words}, {"passord", wantAny, glued}, {"losenord", wantAny, glued},
	{"adgangskode", wantAny, glued}, {"palavrapasse", wantAny, glued}, {"passe", wantPhrase, whole}, {"securestring", wantAny, glued},
	{"mnemonic", wantPhrase, words}, {"phrase", wantPhrase, words}, {"seed", wantPhrase, words},
	{"mdp", wantAny, whole}, {"senha", wantAny, words}, {"wachtwoord", wantAny, glued}, {"clave", wantAny, whole},
	{"secret", wantAny, words}, {"clientsecret", wantAny, glued}, {"appsecret", wantAny, glued}, {"sharedsecret", wantAny, glued},
	{"secretkey", wantAny, glued}, {"secretaccesskey", wantAny, glued}, {"secretkeybase", wantAny, glued}, {"secrettoken", wantAny, glued},
	{"token", wantToken, words}, {"accesstoken", wantToken, glued}, {"refreshtoken", wantToken, glued}, {"idtoken", wantToken, words},
	{"authtoken", wantToken, glued}, {"apitoken", wantToken, glued}, {"sessiontoken", wantToken, glued}, {"bearertoken", wantToken, glued},
	{"securitytoken", wantToken, glued}, {"csrftoken", wantToken, glued}, {"xsrftoken", wantToken, glued},
	{"csrfmiddlewaretoken", wantToken, glued}, {"tokensecret", wantToken, glued}, {"bearer", wantToken, whole}, {"jwt", wantToken, words},
	{"apikey", wantToken, glued}, {"accesskey", wantToken, glued}, {"appkey", wantToken, words}, {"authkey", wantToken, glued},
	{"privatekey", wantToken, glued}, {"encryptionkey", wantToken, glued}, {"signingkey", wantToken, glued},
	{"masterkey", wantToken, glued}, {"accountkey", wantToken, glued}, {"storagekey", wantToken, words}, {"sharedkey", wantToken, glued},
	{"subscriptionkey", wantToken, glued}, {"functionskey", wantToken, glued},
	{"licensekey", wantToken, glued}, {"deploykey", wantToken, words}, {"servicekey", wantToken, words},
	{"psk", wantToken, words}, {"hmackey", wantToken, glued}, {"apisecret", wantAny, glued}, {"consumersecret", wantAny, glued},
	{"webhooksecret", wantAny, glued}, {"sshkey", wantToken, words},
	{"credential", wantSession, words}, {"credentials", wantSession, words}, {"creds", wantSession, words}, {"authcode", wantSession, words},
	{"authorizationcode", wantSession, words}, {"codeverifier", wantSession, words}, {"csrf", wantSession, words}, {"xsrf", wantSession, words},
	{"sessionid", wantSession, glued}, {"sessid", wantSession, glued}, {"sid", wantSession, whole}, {"connectsid", wantSession, glued},
	{"session", wantSession, words}, {"sessionkey", wantSession, words}, {"auth", wantSession, whole}, {"cookie", wantSession, words},
	{"authcookie", wantSession, glued}, {"aspxauth", wantSession, glued}, {"rememberme", wantSession, words},
	{"otp", wantCode, words}, {"pin", wantCode, whole}, {"pincode", wantCode, words}, {"totp", wantCode, words}, {"mfacode", wantCode, words},
	{"otpcode", wantCode, words}, {"verificationcode", wantCode, words},
	{"sig", wantQuery, whole}, {"signature", wantQuery, words}, {"xamzsignature", wantSession, whole}, {"xgoogsignature", wantSession, whole},
	{"xamzcredential", wantAny, whole}, {"xgoogcredential", wantAny, whole}, {"key", wantQuery, whole}, {"hmac", wantQuery, whole},
	{"accesskeysecret", wantAny, glued}, {"oauthverifier", wantQuery, whole},
	{"stripekey", wantToken, glued}, {"sendgridkey", wantToken, glued}, {"openaikey", wantToken, glued}, {"mailgunkey", wantToken, glued},
	{"storepass", wantAny, glued}, {"keypass", wantAny, glued}, {"rootpass", wantAny, glued}, {"adminpass", wantAny, glued},
	{"smtppass", wantAny, glued}, {"pword", wantAny, words}, {"passkey", wantSession, words}, {"accesscode", wantSession, words},
	{"secretid", wantSession, words}, {"masterauth", wantToken, whole},
	{"xsid", wantSession, whole}, {"xauth", wantSession, whole}, {"hostsid", wantSession, whole}, {"securesid", wantSession, whole},
	{"aeskey", wantToken, glued}, {"cryptkey", wantToken, glued}, {"cryptokey", wantToken, glued}, {"decryptionkey", wantToken, glued}, {"cipherkey", wantToken, glued},
	{"serverkey", wantToken, words}, {"writekey", wantToken, words}, {"adminkey", wantToken, words}, {"saskey", wantToken, words}, {"integrationkey", wantToken, words},
	{"recoverykey", wantToken, words}, {"unsealkey", wantToken, words}, {"jwtkey", wantToken, words}, {"licencekey", wantToken, glued}, {"secretword", wantAny, words},
	{"requirepass", wantAny, whole}, {"ftppass", wantAny, glued}, {"mailpass", wantAny, glued}, {"redispass", wantAny, glued}, {"mysqlpass", wantAny, glued},
	{"loginpass", wantAny, glued}, {"authpass", wantAny, glued}, {"pswd", wantAny, words}, {"basicauth", wantSession, glued},
	{"pwdhash", wantAny, glued}, {"passhash", wantAny, glued}, {"identitytoken", wantToken, glued},
	{"passwords", wantPasswords, glued}, {"passphrases", wantPasswords, glued}, {"passcodes", wantPasswords, glued}, {"secrets", wantSecrets, words}, {"tokens", wantSecrets, words},
	{"apikeys", wantSecrets, glued}, {"accesskeys", wantSecrets, glued}, {"secretkeys", wantSecrets, glued}, {"accesstokens", wantSecrets, glued},
	{"refreshtokens", wantSecrets, glued}, {"authtokens", wantSecrets, glued}, {"apitokens", wantSecrets, glued}, {"recoverycodes", wantSecrets, glued},
	{"backupcodes", wantSecrets, glued},
	{"dockerconfigjson", wantToken, whole}, {"dockercfg", wantToken, whole}, {"salt", wantSession, words}, {"consumerkey", wantToken, glued}, {"productkey", wantToken, glued},
	{"applicationkey", wantToken, glued}, {"activationkey", wantToken, glued}, {"activationcode", wantSession, words}, {"authtok", wantAny, words},
	{"secretstring", wantAny, glued}, {"bindpw", wantAny, glued}, {"rootpw", wantAny, glued}, {"words", wantPhrase, words},
	{"pgpass", wantAny, glued}, {"thin", wantLogin, whole}, {"code", wantQuery, whole}, {"sessionauth", wantSession, glued}, {"rediscliauth", wantAny, whole},
	{"nthash", wantSession, glued}, {"lmhash", wantSession, glued}, {"wepkey", wantToken, words},
	{"snmpcommunity", wantAny, glued}, {"rocommunity", wantAny, whole}, {"rwcommunity", wantAny, whole}, {"keystring", wantSession, words}, {"passwordvalue", wantAny, glued},
	{"authenticationkey", wantToken, words}, {"digestkey", wantToken, words}, {"psksecret", wantAny, whole}, {"wirelesskey", wantToken, words},
	// Spellings of sessionid, passwd and sid whose last three letters a sign parts: fast scans find keys by these three.
	{"session_id", wantSession, glued}, {"session-id", wantSession, glued}, {"session.id", wantSession, glued},
	{"pass_wd", wantAny, glued}, {"pass-wd", wantAny, glued}, {"pass.wd", wantAny, glued},
	{"s_id", wantSession, whole}, {"s-id", wantSession, whole}, {"s.id", wantSession, whole},
}

// keyNames are more names of keys. Behind a sign or a capital they end in the word key, which scans look behind anyway: they cost no end of a word more.
var keyNames = [...]secretWord{
	{"privkey", wantOctets, words}, {"rootkey", wantOctets, words}, {"chainkey", wantOctets, words}, {"sendkey", wantOctets, words}, {"recvkey", wantOctets, words},
	{"networkkey", wantOctets, words}, {"nwkkey", wantOctets, words}, {"nwkskey", wantOctets, words}, {"appskey", wantOctets, words}, {"linkkey", wantOctets, words},
	{"localkey", wantSession, words},
}

// harmlessKeys end in a secret's name and hold none: positions in lists, words of parsers and schedulers.
var harmlessKeys = [...]string{
	"nexttoken", "sequencetoken", "nextsequencetoken", "uploadsequencetoken", "expectedsequencetoken", "idempotencytoken", "clientrequesttoken", "nextpagetoken", "pagetoken", "continuationtoken", "cancellationtoken", "resumetoken", "synctoken", "unexpectedtoken",
	"maxtoken", "mintoken", "stoptoken", "eostoken", "bostoken", "padtoken", "unktoken", "masktoken", "pertoken", "designtoken",
	"nopass", "bypass", "hascredentials", "withcredentials", "allowcredentials", "usecredentials", "hidepassword",
	"showpassword", "resetpassword", "forgotpassword", "changepassword", "needspassword", "haspassword", "requirepassword", "hastoken",
	"singlepass", "firstpass", "lowpass", "highpass", "bandpass", "oldpwd", "invalidtoken", "storagekeysession",
	"initialclustertoken", "etcdinitialclustertoken", "updatepassword", "existingsecret", "pullsecret", "imagepullsecret", "npmsession", "tcpsession",
}

// keyTree finds names of secrets at the end of a key, read from its last letter on. A node has one child a letter.
type keyTree []keyNode

type keyNode struct {
	next [26]uint16
	// want and tail are those of the secretWord that is read when this node is reached; wantNothing if none is.
	want want
	tail tail
	// harmless says that a key which ends here holds no secret.
	harmless bool
}

// secretTree holds secretWords, keyNames and harmlessKeys. Spellings with a sign are left out: signs in keys are passed over.
var secretTree = func() keyTree {
	tree := make(keyTree, 1)
	for _, w := range slices.Concat(secretWords[:], keyNames[:]) {
		if n := tree.add(w.word); n != nil && n.want == wantNothing {
			n.want, n.tail = w.want, w.tail
		}
	}
	for _, h := range harmlessKeys {
		tree.add(h).harmless = true
	}
	return tree
}()

// add returns the node of a word, or nil if the word holds more than letters.
func (t *keyTree) add(word string) *keyNode {
	at := uint16(0)
	for i := len(word) - 1; i >= 0; i-- {
		if !isLower(word[i]) {
			return nil
		}
		next := (*t)[at].next[word[i]-'a']
		if next == 0 {
			next = uint16(len(*t))
			(*t)[at].next[word[i]-'a'] = next
			*t = append(*t, keyNode{})
		}
		at = next
	}
	return &(*t)[at]
}

// child returns the node for one letter more, in any case, or nil.
func (n *keyNode) child(c byte) *keyNode {
	if !isLetter(c) {
		return nil
	}
	if next := n.next[c&31-1]; next != 0 {
		return &secretTree[next]
	}
	return nil
}

// secretKind says what a value under the key must look like; wantNothing if the key names no secret. Digits at the key's end, and signs, are
// passed over.
func secretKind(key []byte) want {
	key = key[max(0, len(key)-maxKeyBytes):]
	i := len(key)
	for i > 0 && !isLetter(key[i-1]) {
		i--
	}
	found, node, end := wantNothing, &secretTree[0], i
	for i > 0 {
		i--
		if !isAlnum(key[i]) {
			continue
		}
		if node = node.child(key[i]); node == nil {
			break
		}
		if node.want == wantNothing && !node.harmless {
			continue
		}
		first := leadsKey(key, i)
		if node.harmless && first {
			return wantNothing
		}
		if node.want != wantNothing && (first || node.tail == glued || node.tail == words && beginsWord(key, i)) {
			found = node.want
		}
	}
	if found == wantNothing {
		for _, word := range [...]string{"key", "auth"} {
			if n := end - len(word); n > 0 && hasFold(key, n, word) && beginsWord(key, n) {
				return madeKind(key, n)
			}
		}
	}
	return found
}

// leadsKey reports whether the key's first letter or digit stands at i.
func leadsKey(key []byte, i int) bool {
	for _, c := range key[:i] {
		if isAlnum(c) {
			return false
		}
	}
	return true
}

// beginsWord reports whether a word of the key begins at the letter at i: behind a sign, or with a capital.
func beginsWord(key []byte, i int) bool {
	if i == 0 || !isAlnum(key[i-1]) {
		return true
	}
	if !isUpper(key[i]) {
		return false
	}
	return !isUpper(key[i-1]) || i+1 < len(key) && isLower(key[i+1])
}

// keyEndsIn reports whether the key ends in the word, in any case, digits at its end and signs passed over.
func keyEndsIn(key []byte, word string) bool {
	i, n := len(key), len(word)
	for i > 0 && !isLetter(key[i-1]) {
		i--
	}
	for i > 0 && n > 0 {
		if i--; !isAlnum(key[i]) {
			continue
		}
		if n--; lower(key[i]) != word[n] {
			return false
		}
	}
	return n == 0
}
