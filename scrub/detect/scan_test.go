package detect

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// rivals are ways of scanning that must agree with Reference: plain Go, and vector instructions where the processor has them. They are used
// for one text after another.
type rivals struct {
	options Options
	scans   []*Scanner
}

func newRivals(o Options) rivals {
	r := rivals{options: o}
	for _, level := range levels() {
		set := Compile(o)
		set.classes.level = level
		r.scans = append(r.scans, set.NewScanner())
	}
	return r
}

// same fails the test where a scan differs from Reference.
func (r rivals) same(t *testing.T, text []byte, ctx Context) {
	t.Helper()
	want := Reference(&r.options, text, ctx)
	for i, s := range r.scans {
		if got := s.Append(nil, text, ctx); !slices.Equal(got, want) {
			t.Fatalf("scan %d, shape %d, key %q, text %q:\n got %v\nwant %v", i, ctx.Shape, ctx.Key, text, got, want)
		}
	}
}

// seeds are texts with one anchor of every family, hits and near misses.
var seeds = []string{
	`{"passwords":["hunter22","Sommer2024"],"tokens":["8f3e2a91c4d5b6e7"]} password = "hunter22" -> "Sommer2024" **Password:** hunter22`,
	"password: |-\n  hunter22\npasswords:\n- hunter22\n- x\napi_key = <<-EOT\n  8f3e2a91c4d5b6e7\n  EOT\n",
	"curl -fsSu ada:hunter22 x | ldappasswd -w hunter22 -s 'a b c7'; echo hunter22 | sudo -S id; sqlplus app/hunter22@db",
	"kind: ConfigMap\ndata:\n  a: aHVudGVy\n---\ndata:\n  b: aHVudGVy\nkind: Secret\n" + `{"kind":"Secret","data":{"a":"aHVudGVy"}}`,
	`<key>Password</key><string>hunter22</string> {&quot;password&quot;:&quot;hunter22&quot;} <Password><Value>hunter22</Value> auth: ada:hunter22`,
	`AUTH PLAIN AGFkYQBodW50ZXIyMg== enable secret 5 hunter22 jdbc:oracle:thin:app/hunter22@db:1521 Authorization: Digest username=\"ada\", nc=1`,
	"", "a", "user alice@example.com from 203.0.113.9", "alice%40example.com", `alice\u0040example.com`, "a%2540example.org",
	"2001:db8::1 and 02:00:5e:10:00:01, 02-00-5e-10-00-01, 0200.5e10.0001", "card 4111 1111 1111 1111, 5555-5555-5555-4444", "ssn 078-05-1120",
	"call +1 212-555-0142 or (212) 555-0142", `{"phone":"2125550142","card":4111111111111111}`, "DE89 3704 0044 0532 0130 00, GB82WEST12345698765432",
	"token=abcdef123456 password: hunter22", `{"password":"correct horse","api_key":"0123456789abcdef"}`, `{\"client_secret\":\"x1y2z3w4\"}`,
	"Authorization: Bearer abcdefghijklmnop1234", "authorization=Basic dXNlcjpwYXNzd29yZA==", "--password hunter22 --verbose",
	"https://user:secret@example.com/path postgres://u:p4ssw0rd@db.example.com/x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLXZhbHVl",
	"-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n", `-----BEGIN RSA PRIVATE KEY-----\nMIIBVgIBADANBgkq\n`,
	`/home/alice/file /Users/bob/x C:\Users\carol\y C:\\Users\\dave\\z`, "01234567-89ab-4cde-8f01-23456789abcd", `{'password': 'x1y2z3w4'}`, `:password=>"x1y2z3w4"`,
	"curl -s -u ada:hunter22 x; sshpass -phunter22 y", "app:hunter22@tcp(db:3306)/x app/hunter22@//db/x", "&lt;password&gt;hunter22&lt;/password&gt;",
	`{"name":"password","value":"hunter22"} {"value":"hunter22","name":"password"}`, "identified by 'hunter22' password is hunter22 now",
	"payload=eyJ1c2VyIjoiYWxpY2VAZXhhbXBsZS5jb20iLCJvayI6dHJ1ZX0= ok", "to al\u200bice@exam\u200bple.com ４１１１１１１１１１１１１１１１",
	"next=%2Fv1%3Fpassword%253Dhunter22%2526page%253D2 url=https%3A%2F%2Fada%3Ahunter%402%40api.example.com%2F",
	"root:$6$rounds=5000$saltsalt$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ:1", "MAC=00:1a:2b:3c:4d:5e:02:22:33:44:55:66:08:00 \"ada king\"@example.com ada@[192.0.2.1]",
	"map[password:x1y2z3w4 user:bob]", "<password>x1y2z3w4</password>", "GET /?token=abc123def456&sig=0123456789 HTTP/1.1", "ip=203.0.113.9%20card=4111%201111%201111%201111",
	`\n192.0.2.1\t198.51.100.7`, "Chrome/120.0.0.0 1.2.3.4.5", "Set-Cookie: sessionid=abcdef0123456789; Path=/", "2026-03-14 09:26:53,123", "password%3Dhunter22", "a::b::c", "bob@x2.png",
	"key " + "AKIA" + "IOSFODNN7EXAMPLE, " + "ghp_" + "0123456789abcdefABCDEF0123456789abcd", `"url":"https://api.telegram.example/bot123456789:` + "AA" + `Habcdefghijklmnopqrstuvwxyz0123456/x"`,
	`\nglpat` + "-a1B2c3D4e5F6g7H8i9J0", "%20glpat" + "-a1B2c3D4e5F6g7H8i9J0", "sha256~" + strings.Repeat("a1-B_", 9)[:43], "x8Q~" + "abcdefghij0123456789KLMNOPQRSTUVWX", "sk-learn hf_hub_download npm_config_registry",
	"NHS number 943 476 5919 or 4010232137", `{"patientNhsNumber":"9434765919","cvv":"737"}`, "numéro de sécurité sociale 1 85 05 78 006 084 91", "rodné číslo: 900101/1239",
	"dob=1980-03-14&cpf=529.982.247-25", "born 14 March 1980, passport no. L01X00T47; account #40012345", `\"tax_id\":\"86095742719\"`, "身份证号:11010519491231002X",
	"to 1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV, bc1qe69hqu7a65xvum3dsfcem3y66se69k333qehp3/x", `\n0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed%201LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV`,
	"0x52908400098527886e0f7030069857d2e4169ee7", `{"wallet":"0x52908400098527886e0f7030069857d2e4169ee7"}`, "tax id (912-70-1234)",
	"INSERT INTO users (id, name, password) VALUES (7, 'ada', 'hunter22'), (8, 'bob', 'hunter23')", "(cvv,x)values('737',(a(b", `(\"token\")\n VALUES (\"tok-8f3e2a91\")`,
	"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAAIGJ5IG5vYm9keSBhbmQgb3BlbnMgbm90aGluZw\nPrivate-MAC: 9f86d081\nx",
	"pass\u00adword=hunter22 to al\u00adice@exam\u00adple.com 4111\u00ad1111 1111 1111 Stra\u00dfe 5\u00a0km", `pass_wd=hunter22 {"db_pw":"hunter22","s_id":"ab12cd34ef56","a$pw":"hunter22","process_id":"ab12cd34ef56"}`,
	"11010519491231002X 310101199003074477", `\x1b[36mresident_id=\x1b[0m51010719900125985X \x1b[36mn=\x1b[0m5212`, "your code is 482913, Tel. +49 30/23125000", "0049 30 23125000, 0033199001234", "cvv2%3D737", "cvv,737", "<imei>490154203237518</imei>",
	`setPassword("hunter22") put("password", "hunter22") ('password', 'swordfish1') "requirepass" "hunter22" auth=('ada', 'hunter22')`, `password: str = "hunter22" pw   =   "hunter22"`,
	"пароль: hunter22 密码：hunter22 您的密码是Hunter22 contraseña=hunter22 {\"şifre\":\"hunter22\"} password：hunter22 mật khẩu: hunter22", "пароль%3Dhunter22 \u5bc6\u7801：hunter22 密码：[secret]",
	`API key: 8f3e2a91c4d5b6e7f809 the secret key is 8f3e2a91c4d5b6e7f809 with token 8f3e2a91c4d5b6e7f809 ["--password","swordfish"] {"password":{"value":"hunter22"}}`,
	"12:34:5session opened for user root(uid=0) by (uid=0)hone\":\"\\u002b12125550142\"", "password | hunter22 | x", "mnemonic: legal winner thank year wave sausage worth useful legal winner thank yellow", "passphrase: correct horse battery staple", "ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
	"Array ( [secret] => hunter22 [phone] => 030 23125000 )", "<name>password</name><value>hunter22</value>", "PWD={hunt}}er;22};x", "machine x\nlogin ada\npassword hunter22",
}

func TestScanEqualsReferenceOnSeeds(t *testing.T) {
	for _, o := range []Options{Defaults(), *everything(), {}} {
		r := newRivals(o)
		for _, seed := range seeds {
			for _, ctx := range []Context{{}, {Shape: JSON}, {Key: []byte("password")}, {Key: []byte("phone")}, {Key: []byte("cvvCode")}} {
				r.same(t, []byte(seed), ctx)
			}
		}
	}
}

// Where a value stands among words and chunks must not matter: every seed across every edge of a word and of a chunk.
func TestScanEqualsReferenceAcrossEdges(t *testing.T) {
	r := newRivals(*everything())
	for _, filler := range []string{" ", "1", "a", ":", ".", "-", "=", "x1 ", "%20"} {
		text := []byte(strings.Repeat(filler, 3*chunkBytes/len(filler)))
		for i, at := 0, 0; at < len(text)-200; i, at = i+1, at+173 {
			seed := seeds[i%len(seeds)]
			copy(text[at:], " "+seed+" ")
		}
		for _, shift := range []int{0, 1, 17, 63} {
			r.same(t, text[shift:], Context{})
		}
	}
}

func TestScanEqualsReferenceOnCorpora(t *testing.T) {
	r := newRivals(*everything())
	for name, text := range benchCorpora() {
		for _, shape := range []Shape{Plain, JSON} {
			t.Run(fmt.Sprintf("%s/%d", name, shape), func(t *testing.T) { r.same(t, text[:100<<10], Context{Shape: shape}) })
		}
	}
	for name, unit := range hostileUnits {
		t.Run(name, func(t *testing.T) {
			r.same(t, bytes.Repeat([]byte(unit), 1+(2*chunkBytes+100)/len(unit)), Context{})
		})
	}
}

// Pieces of seeds put together by chance.
func TestScanEqualsReferenceOnMixtures(t *testing.T) {
	chance, r := rand.New(rand.NewPCG(3, 4)), newRivals(*everything())
	signs := "@%\\.:-=/ \"'>]+()\n,{}_0aA"
	for range 4000 {
		var text []byte
		for range 1 + chance.IntN(8) {
			seed := seeds[chance.IntN(len(seeds))]
			if len(seed) > 0 {
				from := chance.IntN(len(seed))
				text = append(text, seed[from:from+1+chance.IntN(len(seed)-from)]...)
			}
			text = append(text, signs[chance.IntN(len(signs))])
		}
		r.same(t, text, Context{Shape: Shape(chance.IntN(2))})
	}
}

// What is remembered of a place is not taken for another that only looks like it: texts that repeat themselves, but for a byte.
func TestScanEqualsReferenceOnAlmostTheSame(t *testing.T) {
	chance, r := rand.New(rand.NewPCG(5, 6)), newRivals(*everything())
	words := anchorWords()
	for range 4000 {
		var unit []byte
		for range 2 + chance.IntN(4) {
			unit = append(unit, words[chance.IntN(len(words))]...)
			unit = append(unit, hostileFillers[chance.IntN(len(hostileFillers))]...)
			unit = append(unit, seeds[chance.IntN(len(seeds))]...)
		}
		unit = unit[:min(len(unit), 160)]
		text := slices.Clone(unit)
		for range 3 {
			from := len(text)
			text = append(text, unit...)
			text[from+chance.IntN(len(unit))] = " a1-_:=.%X\n\"@"[chance.IntN(13)]
		}
		r.same(t, text, Context{Shape: Shape(chance.IntN(2))})
	}
}

func FuzzScanEqualsReference(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed), uint8(0), "")
		f.Add([]byte(seed), uint8(1), "password")
		f.Add([]byte(strings.Repeat("1 a.", 1024)+seed), uint8(0), "phone")
	}
	all, usual := newRivals(*everything()), newRivals(Defaults())
	f.Fuzz(func(t *testing.T, text []byte, shape uint8, key string) {
		all.same(t, text, Context{Shape: Shape(shape % 2), Key: []byte(key)})
		usual.same(t, text, Context{Shape: Shape(shape % 2)})
	})
}

func TestScanAllocatesNothing(t *testing.T) {
	text := newCorpus().jsonLogs(64<<10, true)
	s := Compile(Defaults()).NewScanner()
	found := s.Append(nil, text, Context{})
	if len(found) == 0 {
		t.Fatal("a dirty corpus has no findings")
	}
	if n := testing.AllocsPerRun(10, func() { found = s.Append(found[:0], text, Context{}) }); n != 0 {
		t.Errorf("%v allocations a scan, want none", n)
	}
}

// A scanner is used for one text after another; nothing of one may show in the next.
func TestScannerForgets(t *testing.T) {
	o := *everything()
	s := Compile(o).NewScanner()
	for i, seed := range seeds {
		other := seeds[len(seeds)-1-i]
		s.Append(nil, []byte(strings.Repeat(other, 200)), Context{})
		if got, want := s.Append(nil, []byte(seed), Context{}), Reference(&o, []byte(seed), Context{}); !slices.Equal(got, want) {
			t.Errorf("%q after %q: got %v, want %v", seed, other, got, want)
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	first := Finding{Start: 900, End: 901, Detector: Card}
	got := Compile(Defaults()).NewScanner().Append([]Finding{first}, []byte("mail alice@example.com now"), Context{})
	if want := []Finding{first, {Start: 5, End: 22, Detector: Email}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A member kind of Kubernetes' manifests counts to both scans before the same bytes.
func TestScanEqualsReferenceBehindKinds(t *testing.T) {
	r := newRivals(Defaults())
	for c := range 0x100 {
		for _, form := range []string{"data:\n  b: aHVudGVy\nkind: Secret%cx", "kind: Secret%c\ndata:\n  b: aHVudGVy\n"} {
			r.same(t, bytes.Replace([]byte(form), []byte("%c"), []byte{byte(c)}, 1), Context{})
		}
	}
	r.same(t, []byte("data:\n  b: aHVudGVy\nkind: Secret"), Context{})
}
