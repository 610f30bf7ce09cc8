package detect

import (
	"encoding/json"
	"strings"
	"testing"
)

// secretForms are the notations that a key and a value stand in. KEY and VALUE are replaced.
var secretForms = []string{
	`KEY=VALUE`, `level=info KEY=VALUE msg=x`, `KEY="VALUE"`, `KEY='VALUE'`, `KEY = VALUE`, `KEY = "VALUE"`, `KEY: VALUE`, `KEY:VALUE`,
	`KEY: "VALUE"`, `{"KEY":"VALUE"}`, `{"a":1,"KEY": "VALUE","b":2}`, `{"KEY" : "VALUE"}`, `{\"KEY\":\"VALUE\"}`, `{\\\"KEY\\\":\\\"VALUE\\\"}`,
	`{'KEY': 'VALUE', 'b': 2}`, `{"KEY"=>"VALUE"}`, `{:KEY=>"VALUE"}`, `{KEY: VALUE, b: 2}`, `map[KEY:VALUE b:2]`, `map[KEY:[VALUE]]`,
	`<KEY>VALUE</KEY>`, `<ns:KEY>VALUE</ns:KEY>`, `<a KEY="VALUE"/>`, `GET /p?KEY=VALUE&b=2 HTTP/1.1`, `GET /p?a=1&KEY=VALUE HTTP/1.1`,
	`a=1\u0026KEY=VALUE\u0026b=2`, `--KEY=VALUE`, `--KEY VALUE`, `-KEY "VALUE" -v`, `KEY := "VALUE"`, `user[KEY]=VALUE`, `user%5BKEY%5D=VALUE&x`,
	`(KEY=VALUE)`, `KEY=VALUE, next`, `KEY=VALUE;next`, `f(KEY='VALUE')`, `Config { KEY: Some("VALUE") }`, "KEY: `VALUE`",
	`next=%2Fp%3FKEY%3DVALUE%26b%3D2`, `first\nKEY=VALUE\nlast`, `KEY=b'VALUE'`,
}

func TestSecretIsFoundInEveryNotation(t *testing.T) {
	o := everything()
	for _, key := range []string{
		"password", "DB_PASSWORD", "dbPassword", "user-password", "passwd", "clientSecret", "api_key", "X-Api-Key", "aws_secret_access_key",
		"accessToken", "auth-token", "password1",
	} {
		for _, v := range []string{"hunter22", "Tr0ub4dor-3", "s3cr3t/with+base64==", "k9"} {
			for _, form := range secretForms {
				fill := func(v string) string { return strings.NewReplacer("KEY", key, "VALUE", v).Replace(form) }
				in, want := fill(v), fill("[secret]")
				if len(v) < minSecretBytes {
					want = in
				}
				ctx := Context{}
				if json.Valid([]byte(in)) {
					ctx.Shape = JSON
				}
				out := scrubbed(o, in, ctx)
				if out != want {
					t.Errorf("in %s\nout %s\nwant %s", in, out, want)
				}
				if again := scrubbed(o, out, ctx); again != out {
					t.Errorf("scrubbed twice: %s, once: %s", again, out)
				}
			}
		}
	}
}

func TestSecretWithEscapesAndMarks(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"password":"x\"y,z}","b":1}`, `{"password":"[secret]","b":1}`},
		{`{"password":"x\\","b":"c"}`, `{"password":"x\\","b":"c"}`}, // three bytes
		{`{"password":"abcd\\","b":"c"}`, `{"password":"[secret]","b":"c"}`},
		{`{"m":"{\"password\":\"a\\\"bcd\",\"b\":1}"}`, `{"m":"{\"password\":\"[secret]\",\"b\":1}"}`},
		{`{"password":12345678,"b":1}`, `{"password":[secret],"b":1}`},
		{`{"password":["hunter22"],"b":1}`, `{"password":["[secret]"],"b":1}`},
		{`{"msg":"login with password=hunter22","b":1}`, `{"msg":"login with password=[secret]","b":1}`},
		{`{"msg":"password: \"a b c d\" ok"}`, `{"msg":"password: \"[secret]\" ok"}`},
		{`{"msg":"password='it goes on"}`, `{"msg":"password='[secret]"}`},
		{`{"msg":"token=abcd1234\u0026user=bob"}`, `{"msg":"token=[secret]\u0026user=bob"}`},
		{`{"session_id":"ab12cd34ef56","sid":"x"}`, `{"session_id":"[secret]","sid":"x"}`},
		{`{"otp":"123456","pin":"1234"}`, `{"otp":"[secret]","pin":"[secret]"}`},
	} {
		if out := scrubbed(everything(), c.in, Context{Shape: JSON}); out != c.want {
			t.Errorf("in %s\nout %s\nwant %s", c.in, out, c.want)
		}
	}
}

func TestKeyOfTheWholeText(t *testing.T) {
	for _, c := range []struct{ key, in, want string }{
		{"password", "hunter22", "[secret]"},
		{"user.dbPassword", "correct horse battery", "[secret]"},
		{"x-api-key", "abcdef12", "[secret]"},
		{"authorization", "Bearer abcdefgh", "Bearer [authorization]"},
		{"http.request.header.authorization", "Basic dXNlcjpwYXNz", "Basic [authorization]"},
		{"mapquest", "q7ZkTn2Vd9RbXw4LsM0cGhYp3JfA8e", "[secret]"},
		{"mapquest", "5d41402abc4b2a76b9719d911017c592", "5d41402abc4b2a76b9719d911017c592"},
		{"token_count", "123456789", "123456789"},
		{"password", "[secret]", "[secret]"},
		{"password", "null", "null"},
		{"phone", "0301234567", "[phone]"},
		{"version", "1.2.3.4", "1.2.3.4"},
		{"span_id", "4111111111111111", "4111111111111111"},
		{"client_ip", "2001::1", "[ip]"},
		{"ssn", "536221234", "[ssn]"},
		{"order", "536221234", "536221234"},
	} {
		if out := scrubbed(everything(), c.in, Context{Key: []byte(c.key)}); out != c.want {
			t.Errorf("%s: in %s, out %s, want %s", c.key, c.in, out, c.want)
		}
	}
}
