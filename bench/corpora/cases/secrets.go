package cases

import (
	"encoding/base64"
	"fmt"
	"strings"
)

var (
	passwordKeys = words(`password passwd pwd pass db_password DB_PASSWORD dbPassword user_password userPassword admin_password passphrase
		client_secret clientSecret secret app_secret APP_SECRET secret_key secretKey SECRET_KEY POSTGRES_PASSWORD MYSQL_PWD smtp_password
		password_confirmation new_password oldPassword credentials.password db.password spring.datasource.password redis-password`)
	tokenKeys = words(`token api_key apikey apiKey API_KEY api-key access_token accessToken ACCESS_TOKEN refresh_token refreshToken auth_token
		authToken AUTH_TOKEN api_token API_TOKEN x-api-key access_key aws_secret_access_key AWS_SECRET_ACCESS_KEY secret_access_key private_key
		encryption_key signing_key session_token bearer_token id_token github_token GITHUB_TOKEN SLACK_TOKEN stripe_key webhook_secret
		oauth_token client_token csrf_token service_key master_key account_key AccountKey SharedAccessKey subscription-key app_key consumer_secret`)
	sessionKeys = words(`session_id sessionid sessionId session SESSION_ID sid JSESSIONID PHPSESSID connect.sid ASP.NET_SessionId csrf xsrf
		auth_code authorization_code code_verifier credential credentials cookie`)
)

// password returns one that needs no quotes.
func (g *source) password() string {
	switch g.n(0, 6) {
	case 0:
		return g.pick("Winter Summer dragon correct tiger Welcome") + g.digits(4)
	case 1:
		return g.mixed(8, base62)
	case 2:
		return g.mixed(16, base62)
	case 3:
		return g.pick("hunter monkey shadow") + g.digits(2) + g.chars(1, "!@#$*")
	case 4:
		return "P" + g.chars(1, "@!$") + g.pick("ssw0rd ssW0rt") + g.digits(2)
	case 5:
		return g.mixed(6, base62) + "-" + g.mixed(6, base62) + "_" + g.mixed(4, base62)
	}
	return g.mixed(12, base62+".-_+/=~^")
}

// passwordQuoted returns one that may hold blanks, quotes and separators.
func (g *source) passwordQuoted() string {
	switch g.n(0, 4) {
	case 0:
		return g.pick("correct purple seven") + " " + g.pick("horse battery staple") + " " + g.digits(3)
	case 1:
		return g.mixed(5, base62) + one(g, []string{"&", ",", ";", ")", "<", ">", "}", "]", "#", "%"}) + g.mixed(5, base62)
	case 2:
		return g.mixed(5, base62) + one(g, []string{`"`, `\`, "'"}) + g.mixed(5, base62)
	}
	return g.password()
}

// token returns a random string as services make them.
func (g *source) token() string {
	switch g.n(0, 6) {
	case 0:
		return g.mixed(32, hexLower)
	case 1:
		return g.mixed(40, hexLower)
	case 2:
		return g.mixed(64, hexLower)
	case 3:
		return g.mixed(40, base64Std)
	case 4:
		return g.uuid()
	case 5:
		return g.chars(1, base62) + g.mixed(g.n(20, 48), base64URL)
	}
	return g.mixed(g.n(20, 40), base62)
}

func (g *source) sessionID() string {
	return one(g, []string{g.mixed(32, hexLower), g.mixed(26, lowercase+decimal), g.mixed(24, base62), g.uuid(), g.mixed(32, hexUpper)})
}

func segment(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// jwt returns a signed or encrypted token (RFC 7515, RFC 7516).
func (g *source) jwt() string {
	alg := g.pick("HS256 RS256 ES256 PS512 EdDSA HS512")
	head := one(g, []string{
		fmt.Sprintf(`{"alg":"%s","typ":"JWT"}`, alg), fmt.Sprintf(`{"typ":"JWT","alg":"%s","kid":"%s"}`, alg, g.chars(8, hexLower)),
		fmt.Sprintf(`{"kid":"%s","alg":"%s"}`, g.uuid(), alg), fmt.Sprintf(`{ "alg": "%s" }`, alg),
	})
	if g.chance(8) {
		head = `{"alg":"RSA-OAEP","enc":"A256GCM"}`
		return strings.Join([]string{segment(head), g.chars(86, base64URL), g.chars(16, base64URL), g.chars(60, base64URL), g.chars(22, base64URL)}, ".")
	}
	claims := fmt.Sprintf(`{"sub":"%s","iat":%d,"exp":%d}`, g.digits(9), g.tick().Unix(), g.tick().Unix())
	return segment(head) + "." + segment(claims) + "." + g.chars(g.n(43, 86), base64URL)
}

func (g *source) bearer() string { return one(g, []string{g.token(), g.jwt(), g.mixed(24, base64URL)}) }

func (g *source) basic() string {
	return base64.StdEncoding.EncodeToString([]byte(g.userName() + ":" + g.password()))
}

func (g *source) urlPassword() string {
	return one(g, []string{g.mixed(12, base62), g.mixed(8, base62) + "-" + g.mixed(4, base62), g.mixed(6, base62) + "%40" + g.mixed(4, base62), g.mixed(9, base62+"!$._~")})
}

// privateKey returns one in PEM, OpenSSH's or OpenPGP's form, with its lines' ends spelled out as logs have them.
func (g *source) privateKey() string {
	label := one(g, []string{"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"})
	lines := []string{"-----BEGIN " + label + "-----", "MIIE" + g.chars(60, base64Std)}
	for range g.n(1, 5) {
		lines = append(lines, g.chars(64, base64Std))
	}
	if !g.chance(6) {
		lines = append(lines, "-----END "+label+"-----")
	}
	return strings.Join(lines, `\n`)
}
