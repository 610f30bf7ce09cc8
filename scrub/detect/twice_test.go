package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// spliced are pieces of lines: values, words that name them or deny them, and what parts them.
var spliced = strings.Split(`alice@example.com|o'neil@example.org|+@example.com|203.0.113.9|2001:db8::1|00:1b:44:11:3a:b7|4111 1111 1111 1111|378282246310005|`+
	`DE89 3704 0044 0532 0130 00|536-22-1234|+1 212-555-0142|(212) 555-0142|212 555 0142|0049 30 23125000|0033199001234|+331234567|030/23125000|`+
	`password=|passwd: |token=|secret: "|"password":"|pwd='|hunter22|er22 |s3cr3t!|Authorization: Bearer |Authorization: Basic |YWxhZGRpbjpvcGVu|`+
	`Version|version |ver |GET |POST |kernel |url=|/home/alice/x|/home/|C:\Users\bob\y|tel |phone: |phone=|handy:|cvv |737|dob 1980-03-14|passport 2345678|`+
	`cpf 529.982.247-25|tin 912-78-1234|ИНН 7747336117|паспорт 45 10123456|пароль: |电话 |imei=490154203237518|account 12345678|user=| id=|took 35 ms|`+
	`[token] => |] => 1|://ada:hunter22@db.example.com|eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.|1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV|2.|9.8.7.6|42`, "|")

var splices = []string{"", "", " ", " ", ",", ", ", "=", ":", ": ", "&", ";", `"`, "'", "(", ")", "[", "]", "/", "-", ".", "_", "@", "%20", `\n`, "\t", "<", ">", "|", "+", `\"`}

// TestScrubTwiceOverSplices scrubs texts of pieces that touch, of which one may be found where another was and changes what is beside it.
func TestScrubTwiceOverSplices(t *testing.T) {
	set := Compile(Defaults())
	scanner := set.NewScanner()
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		var b strings.Builder
		for k := range 2 + r.IntN(4) {
			if k > 0 {
				b.WriteString(splices[r.IntN(len(splices))])
			}
			b.WriteString(spliced[r.IntN(len(spliced))])
		}
		scrubsOnce(t, scanner, b.String())
	}
}

// TestScrubTwiceBesideFindings holds texts that a second scrub once changed.
func TestScrubTwiceBesideFindings(t *testing.T) {
	scanner := Compile(Defaults()).NewScanner()
	for _, text := range []string{
		`pass:Version"1.2.3.4`, "password is: r&3=+1 212-555-0142", "pass=:GET /home/d", "passport 234567/2.0.2.7", "TFN 622879023/9@e.co",
		"cpf 529982247-25+004930946 04", "dni=97833650EИНН 7747336117", "212 555 0142:378282246310005", "3782 822463 10005+@b.om",
		"+4901820\u200b1 212-555-0142", "cvv 234/2001::", "t@s.éGB82 WEST 1234 5698 7654 32", "/home/密码：ter=", "cvv °737:0040000442072",
		"basic XNlcjpwYXNz.acn=346001910", "password\xbc\x91\x91-１１１１ 411\u200b1 11\u200b11 1111 1111", "secret] => r22= [secret] => ht4-",
		"电话 012345678 004933125000", "handy 0/1234567 378282246310005", "976 781 2415 2.0.2.7",
		"9.8.7.6_passwd: _secret: \"", "passwd: ]4111 1111 1111 1111 2001:db8::1 +331234567", "pwd='\tpwd='\t0033199001234",
		"passport 2345678url=: /home/alice/xo'neil@example.org=030/23125000", "ver %209.8.7.6/9.8.7.6>пароль: \"hunter22", "token=-passwd: +0033199001234<POST ",
		"dob 1980-03-14--alice@openssh.com", "4111 1111 1111 1111/var/home/alice/x", "password=<2001:db8::1-s-id=ab12cd34ef56;", "212 555 0142--al\u00adice@example.com",
		"passwd: [DE89 3704 0044 0532 0130 00 passwd: (url=", "/home/@Version-1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV=203.0.113.9", "password=|secret: \"@passwd: (s3cr3t! 2.",
		"user==token=(hunter22'536-22-1234: ] => 1", `[token] => @eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9."паспорт 45 10123456&[token] => /+331234567`,
	} {
		scrubsOnce(t, scanner, text)
	}
}

func scrubsOnce(t *testing.T, s *Scanner, text string) {
	t.Helper()
	once := placed(s, text)
	if again := placed(s, once); again != once {
		t.Errorf("%q became %q, and then %q", text, once, again)
	}
}

// placed returns text with placeholders, as the fast scan finds.
func placed(s *Scanner, text string) string {
	var b strings.Builder
	at := 0
	for _, f := range s.Append(nil, []byte(text), Context{}) {
		b.WriteString(text[at:f.Start] + f.Detector.placeholder())
		at = f.End
	}
	return b.String() + text[at:]
}

// TestSeams finds what the winner of an overlap leaves of another value, and what a finding's own words and digits kept from being found.
func TestSeams(t *testing.T) {
	scanner := Compile(Defaults()).NewScanner()
	for text, want := range map[string]string{
		"token=9.+1 212-555-0142 x":                "token=[secret] [phone] x",
		"passwd: kernel\"192.0.2.7 x":              "passwd: [secret]\"[ip] x",
		"password=xGET /home/alice/y":              "password=[secret] /home/[user]/y",
		"postgres://ada:hunter22@db.example.com/x": "postgres://[secret]@db.example.com/x",
		"4111 1111 1111 1111 2001:db8::1":          "[card] [ip]",
		"4111 1111 1111 1111 0049 30 23125000":     "[card] [phone]",
		"0049 30 23125000 DE89 3704 0044 0532 0130 00; 4111 1111 1111 1111 0049 30 23125000": "[phone] [iban]; [card] [phone]",
		"1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV/9.8.7.6":                                         "[crypto-address]/[ip]",
		"alice@example.com.POST /home/alice/x":                                               "[email] /home/[user]/x",
		"kernel 5.15.0.91 password=hunter22 version":                                         "kernel 5.15.0.91 password=[secret] version",
		"GET /home/alice password=hunter22":                                                  "GET /home/alice password=[secret]",
	} {
		if got := placed(scanner, text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
