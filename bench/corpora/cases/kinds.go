package cases

import "slices"

// kind is one row of the table: a kind of data, how to draw a value, and where it stands.
type kind struct {
	Kind
	// value draws one that can stand anywhere.
	value func(*source) string
	// quoted draws one that needs quotes or encoding around it; nil takes value.
	quoted func(*source) string
	// number draws one typed as a JSON number; nil: never typed so.
	number func(*source) string
	// keys name the value in shapes that have a key.
	keys []string
	// digital says that it is made of digits and separators.
	digital bool
	// keyed says that only the key tells what the value is.
	keyed bool
	// own are templates of the kind's own. With alone set, it stands in no others.
	own   []string
	alone bool
}

// fits tells whether values of the kind stand in shape s.
func (k *kind) fits(s *shape) bool {
	switch {
	case k.alone:
		return false
	case k.keyed && s.free:
		return false
	case s.number:
		return k.number != nil
	case s.encoding == Wide:
		return k.digital && !k.keyed
	case s.encoding == Sprinkled:
		return k.Group != Secrets && !k.keyed
	}
	return true
}

// draw draws a value for shape s.
func (k *kind) draw(g *source, s *shape) string {
	switch {
	case s.number:
		return k.number(g)
	case !s.bare && s.name != Own && k.quoted != nil:
		return k.quoted(g)
	}
	return k.value(g)
}

// kinds lists all of them: those of the bar, and those that a key word tells.
var kinds = append(plain, byKeyWord(national)...)

// byKeyWord makes rows stand behind their keys alone.
func byKeyWord(rows []kind) []kind {
	for i := range rows {
		rows[i].keyed = true
	}
	return rows
}

var plain = []kind{
	{
		Kind: Kind{"email", "email", Core}, value: (*source).email,
		keys: words("email user mail from to contact e_mail username login userEmail customer.email recipient v owner"),
		own: []string{
			"mailto:«v»", "smtp;550 <«v»>: mailbox full", "From: Ada Example <«v»>", `From: "Example, Ada" <«v»>, cc`, "user/«v»/profile",
			"https://«host»/u/«v»",
			"to=<«v»>, relay=local, delay=0.1", "127.0.0.1 - «v» [«clf»] \"GET / HTTP/1.1\" 200 «n»", "(«v»)", "rcpt:«v»:ok",
		},
	},
	{
		Kind: Kind{"ipv4", "ipv4", Core}, value: (*source).ipv4,
		keys: words("ip client_ip remote_addr src addr peer host clientIp x_forwarded_for source.ip from SRC"),
		own: []string{
			"«v»:«port»", "accepted «v»:«port» -> 127.0.0.1:443", "http://«v»/healthz", "https://«v»:«port»/v1/«noun»s", "tcp://«v»:«port»",
			"route «v»/32 added",
			"«v» - - [«clf»] \"GET / HTTP/1.1\" 200 «bytes» \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0\"", "::ffff:«v»",
			"rhost=«v»  user=root",
			"Failed password for root from «v» port «port» ssh2", "dial tcp «v»:«port»: connect: connection refused", "SRC=«v» DST=127.0.0.1 LEN=60",
			"/«v»:«port»",
			"«host»/«v»:«port»", "user@«v»", "[«v»]:«port»", "X-Forwarded-For: «v», 127.0.0.1", "client: «v», server: _, request: \"GET / HTTP/1.1\"",
		},
	},
	{
		Kind: Kind{"ipv6", "ipv6", Core}, value: (*source).ipv6,
		keys: words("ip client_ip remote_addr src addr peer host clientIp x_forwarded_for source.ip from SRC"),
		own: []string{
			"[«v»]:«port»", "accepted [«v»]:«port»", "http://[«v»]/healthz", "https://[«v»]:«port»/v1/«noun»s", "route «v»/64 added",
			"addr «v»%eth0 up",
			"«v» - - [«clf»] \"GET / HTTP/1.1\" 200 «bytes» \"-\" \"curl/8.5.0\"", "Failed password for root from «v» port «port» ssh2",
			"dial tcp [«v»]:«port»: connect: connection refused", "SRC=«v» DST=::1 LEN=60", "X-Forwarded-For: «v», ::1",
		},
	},
	{
		Kind: Kind{"mac", "mac", Core}, value: (*source).mac,
		keys: words("mac hwaddr device ether client_mac bssid mac_address chaddr v src"),
		own: []string{"link/ether «v» brd ff:ff:ff:ff:ff:ff", "DHCPACK on 127.0.0.1 to «v» via eth0", "wlan0: authenticate with «v»", "HWaddr «v»",
			"station «v» left"},
	},
	{
		Kind: Kind{"card", "card", Core}, value: (*source).card, digital: true, number: (*source).cardDigits,
		keys: words("card pan card_number number payment cc cardNumber field v account"),
	},
	{
		Kind: Kind{"iban", "iban", Core}, value: (*source).iban,
		keys: words("iban account account_number field v payee to konto bankAccount"),
		own:  []string{"payout to «v» was «word»", "Konto «v» gesperrt", "IBAN:«v»", "«v» BIC EXAMDEFF"},
	},
	{
		Kind: Kind{"us_ssn", "us_ssn", Core}, value: (*source).ssn, digital: true,
		keys: words("ssn social_security_number tax_id field v id customer.ssn"),
	},
	{
		Kind: Kind{"us_ssn by key word", "us_ssn", Core}, value: (*source).ssnLoose, number: (*source).ssnDigits, keyed: true,
		keys: words("ssn SSN social_security_number socialSecurityNumber user_ssn"),
		own:  []string{"social security number «v» on file", "ssn is «v»", "SSN # «v» rejected"},
	},
	{
		Kind: Kind{"password", "secret", Secrets}, value: (*source).password, quoted: (*source).passwordQuoted, keyed: true, keys: passwordKeys, own: slices.Concat(passwordLines, foreignLines),
	},
	{
		Kind: Kind{"api key", "secret", Secrets}, value: (*source).token, keyed: true, keys: tokenKeys, own: tokenLines,
	},
	{
		Kind: Kind{"session", "secret", Secrets}, value: (*source).sessionID, keyed: true, keys: sessionKeys, own: cookieLines,
	},
	{
		Kind: Kind{"jwt", "jwt", Secrets}, value: (*source).jwt,
		keys: words("token id_token access_token jwt field v assertion t"),
		own:  []string{"Bearer «v»", "Authorization: Bearer «v»", "Cookie: auth=«v»; theme=dark", "wss://«host»/ws?t=«v»"},
	},
	{
		Kind: Kind{"authorization", "authorization", Secrets}, value: (*source).bearer, own: authorizationLines, alone: true,
	},
	{
		Kind: Kind{"basic", "authorization", Secrets}, value: (*source).basic, own: basicLines, alone: true,
	},
	{
		Kind: Kind{"url password", "url_credentials", Secrets}, value: (*source).urlPassword, own: urlLines, alone: true,
	},
	{
		Kind: Kind{"private key", "private_key", Secrets}, value: (*source).privateKey, own: privateKeyLines, alone: true,
	},
	{
		Kind: Kind{"vendor token", "vendor_token", Secrets}, value: (*source).vendorToken,
		keys: words("token api_key key secret field v auth credential note value"),
		own: []string{"curl -u «v»: https://api.example.com/v1/charges", "https://hooks.example.com/?x=«v»",
			"git clone https://«v»@git.example.com/a/b.git", "using «v»"},
	},
	{
		Kind: Kind{"crypto address", "crypto_address", Personal}, value: (*source).cryptoAddress,
		keys: words("wallet address wallet_address to from field v payee walletAddress"),
		own:  []string{"bitcoin:«v»?amount=0.05", "GET /v1/addresses/«v»/txs", "payout to «v» was «word»", "tx «hex8»: «v» -> «v»"},
	},
	{
		Kind: Kind{"phone", "phone", Personal}, value: (*source).phone, digital: true,
		keys: words("phone mobile tel field v contact msisdn customer.phone"),
		own:  []string{"tel:«v»", "SMS to «v» not delivered", "call from «v» ended"},
	},
	{
		Kind: Kind{"phone by key word", "phone", Personal}, value: (*source).phoneLocal, number: (*source).phoneDigits, keyed: true,
		keys: words("phone mobile phone_number phoneNumber msisdn tel telephone customer_phone"),
	},
	{
		Kind: Kind{"user path", "user_path", Personal}, value: (*source).userName, alone: true,
		own: []string{
			"open /home/«v»/reports/q3.csv: no such file", "/Users/«v»/Library/Logs/app.log", `C:\Users\«v»\AppData\Local\Temp\x.log`,
			"cwd=/home/«v»",
			`{"path":"/home/«v»/a.txt"}`, `{"path":"C:\\Users\\«v»\\a.txt"}`, "file:///Users/«v»/a.txt", "File \"/home/«v»/app/main.py\", line 12",
		},
	},
}
