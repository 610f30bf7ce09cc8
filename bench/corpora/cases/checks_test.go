package cases

import "testing"

// The check digits of numbers that their standards or registers publish as examples.
func TestCheckDigits(t *testing.T) {
	for _, test := range []struct{ name, got, want string }{
		{"luhn, a test card", luhn("411111111111111"), "1"},
		{"luhn, another", luhn("37828224631000"), "5"},
		{"verhoeff", verhoeff("236"), "3"},
		{"iban of the United Kingdom", checkDigits("GB", "WEST12345698765432"), "82"},
		{"iban of Germany", checkDigits("DE", "370400440532013000"), "89"},
		{"iban of Norway", checkDigits("NO", "86011117947"), "93"},
		{"cpf, first", mod11("111444777", 10, 9, 8, 7, 6, 5, 4, 3, 2), "3"},
		{"cpf, second", mod11("1114447773", 11, 10, 9, 8, 7, 6, 5, 4, 3, 2), "5"},
		{"dni", letterAt("TRWAGMYFPDXBNJZSQVHLCKE", "12345678"), "Z"},
	} {
		if test.got != test.want {
			t.Errorf("%s: check digits %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestForms(t *testing.T) {
	if got := group("4111111111111111", " ", 4); got != "4111 1111 1111 1111" {
		t.Errorf("group gave %q", got)
	}
	if got := cut("378282246310005", "-", 4, 6); got != "3782-822463-10005" {
		t.Errorf("cut gave %q", got)
	}
	if got := lowerEscapes("%2Fa%3DB"); got != "%2fa%3dB" {
		t.Errorf("lowerEscapes gave %q", got)
	}
	if got := layers("a\"b", 2); got[:1] != "{" || unicodeJSON("é") != `\u00e9` {
		t.Errorf("layers gave %q", got)
	}
}
