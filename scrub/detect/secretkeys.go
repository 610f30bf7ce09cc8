package detect

// want says what a value must look like to be the secret that its key names.
type want uint8

const (
	wantNothing want = iota
	wantAny          // anything of four characters that is no dummy
	wantPass         // as wantAny, but no number or word in prose: "tests pass: 1024"
	wantToken        // no plain word in prose, no short number
	wantSession      // letters and digits as a generator makes them, never in prose
	wantCode         // a short code with digits
	wantQuery        // as wantSession, and only in a query string
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
	{"pwd", wantAny, words}, {"pw", wantAny, whole}, {"psw", wantAny, words}, {"passwrd", wantAny, glued}, {"pass", wantPass, words},
	{"userpass", wantAny, glued}, {"dbpass", wantAny, glued}, {"sshpass", wantAny, glued}, {"mysqlpwd", wantAny, glued},
	{"pgpassword", wantAny, glued}, {"passwort", wantAny, glued}, {"kennwort", wantAny, glued}, {"motdepasse", wantAny, glued},
	{"mdp", wantAny, whole}, {"senha", wantAny, words}, {"wachtwoord", wantAny, glued}, {"clave", wantAny, whole},
	{"secret", wantAny, words}, {"clientsecret", wantAny, glued}, {"appsecret", wantAny, glued}, {"sharedsecret", wantAny, glued},
	{"secretkey", wantAny, glued}, {"secretaccesskey", wantAny, glued}, {"secretkeybase", wantAny, glued}, {"secrettoken", wantAny, glued},
	{"token", wantToken, words}, {"accesstoken", wantToken, glued}, {"refreshtoken", wantToken, glued}, {"idtoken", wantToken, words},
	{"authtoken", wantToken, glued}, {"apitoken", wantToken, glued}, {"sessiontoken", wantToken, glued}, {"bearertoken", wantToken, glued},
	{"securitytoken", wantToken, glued}, {"csrftoken", wantToken, glued}, {"xsrftoken", wantToken, glued},
	{"csrfmiddlewaretoken", wantToken, glued}, {"tokensecret", wantToken, glued}, {"bearer", wantToken, whole}, {"jwt", wantToken, words},
	{"apikey", wantToken, glued}, {"accesskey", wantToken, glued}, {"appkey", wantToken, words}, {"authkey", wantToken, glued},
	{"privatekey", wantToken, glued}, {"encryptionkey", wantToken, glued}, {"encryptkey", wantToken, glued}, {"signingkey", wantToken, glued},
	{"masterkey", wantToken, glued}, {"accountkey", wantToken, glued}, {"storagekey", wantToken, words}, {"sharedkey", wantToken, glued},
	{"sharedaccesskey", wantToken, glued}, {"subscriptionkey", wantToken, glued}, {"functionskey", wantToken, glued},
	{"licensekey", wantToken, glued}, {"deploykey", wantToken, words}, {"servicekey", wantToken, words}, {"presharedkey", wantToken, glued},
	{"psk", wantToken, words}, {"hmackey", wantToken, glued}, {"apisecret", wantAny, glued}, {"consumersecret", wantAny, glued},
	{"webhooksecret", wantAny, glued}, {"sshkey", wantToken, words},
	{"credential", wantSession, words}, {"credentials", wantSession, words}, {"creds", wantSession, words}, {"authcode", wantSession, words},
	{"authorizationcode", wantSession, words}, {"codeverifier", wantSession, words}, {"csrf", wantSession, words}, {"xsrf", wantSession, words},
	{"sessionid", wantSession, glued}, {"sessid", wantSession, glued}, {"sid", wantSession, whole}, {"connectsid", wantSession, glued},
	{"session", wantSession, words}, {"sessionkey", wantSession, words}, {"auth", wantSession, whole}, {"cookie", wantSession, words},
	{"authcookie", wantSession, glued}, {"aspxauth", wantSession, glued}, {"rememberme", wantSession, words},
	{"otp", wantCode, words}, {"pin", wantCode, whole}, {"pincode", wantCode, words}, {"totp", wantCode, words}, {"mfacode", wantCode, words},
	{"otpcode", wantCode, words}, {"verificationcode", wantCode, words}, {"cvv", wantCode, words}, {"cvc", wantCode, words},
	{"sig", wantQuery, whole}, {"signature", wantQuery, words}, {"xamzsignature", wantSession, whole}, {"xgoogsignature", wantSession, whole},
	{"xamzcredential", wantAny, whole}, {"xgoogcredential", wantAny, whole}, {"key", wantQuery, whole}, {"hmac", wantQuery, whole},
	{"accesskeysecret", wantAny, glued}, {"oauthverifier", wantQuery, whole},
	// Spellings of sessionid whose last three letters a sign parts: fast scans find keys by these three.
	{"session_id", wantSession, glued}, {"session-id", wantSession, glued}, {"session.id", wantSession, glued},
}

// harmlessKeys end in a secret's name and hold none: positions in lists, words of parsers and schedulers.
var harmlessKeys = [...]string{
	"nexttoken", "nextpagetoken", "pagetoken", "continuationtoken", "cancellationtoken", "resumetoken", "synctoken", "unexpectedtoken",
	"maxtoken", "mintoken", "stoptoken", "eostoken", "bostoken", "padtoken", "unktoken", "masktoken", "pertoken", "designtoken",
	"nopass", "bypass", "requirepass", "hascredentials", "withcredentials", "allowcredentials", "usecredentials", "hidepassword",
	"showpassword", "resetpassword", "forgotpassword", "changepassword", "needspassword", "haspassword", "requirepassword", "hastoken",
	"singlepass", "firstpass", "lowpass", "highpass", "bandpass", "oldpwd", "invalidtoken", "storagekeysession",
}

// plainKey is a key in lower case without separators, and where its words begin.
type plainKey struct {
	b      [maxKeyBytes]byte
	n      int
	starts uint64
}

func plain(key []byte) (p plainKey) {
	if len(key) > maxKeyBytes {
		key = key[len(key)-maxKeyBytes:]
	}
	word := true
	for i, c := range key {
		switch {
		case !isAlnum(c):
			word = true
			continue
		case isUpper(c) && i > 0 && (isLower(key[i-1]) || isDigit(key[i-1])):
			word = true
		case isUpper(c) && i > 0 && isUpper(key[i-1]) && i+1 < len(key) && isLower(key[i+1]):
			word = true
		}
		if word {
			p.starts |= 1 << p.n
			word = false
		}
		p.b[p.n] = lower(c)
		p.n++
	}
	for p.n > 0 && isDigit(p.b[p.n-1]) {
		p.n--
	}
	return p
}

// secretsByEnd are the indexes of secretWords by their last letter.
var secretsByEnd = func() (m [26][]*secretWord) {
	for i := range secretWords {
		w := &secretWords[i]
		last := w.word[len(w.word)-1] - 'a'
		m[last] = append(m[last], w)
	}
	return m
}()

// secretKind says what a value under the key must look like; wantNothing if the key names no secret.
func secretKind(key []byte) want {
	p := plain(key)
	k := p.b[:p.n]
	if len(k) < 2 || !isLower(k[len(k)-1]) {
		return wantNothing
	}
	found, longest := wantNothing, 0
	for _, w := range secretsByEnd[k[len(k)-1]-'a'] {
		at := len(k) - len(w.word)
		if at < 0 || len(w.word) <= longest || string(k[at:]) != w.word {
			continue
		}
		if at == 0 || w.tail == glued || w.tail == words && p.starts>>at&1 != 0 {
			found, longest = w.want, len(w.word)
		}
	}
	if found != wantNothing && harmless(k) {
		return wantNothing
	}
	return found
}

func harmless(key []byte) bool {
	for _, h := range harmlessKeys {
		if string(key) == h {
			return true
		}
	}
	return false
}
