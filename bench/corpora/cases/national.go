package cases

import (
	"fmt"
	"strconv"
)

// Numbers of people and firms that only a key word tells from others. Each has the check digits that its register asks for.

// national are their rows.
var national = []kind{
	{Kind: Kind{"imei", "imei", Personal}, value: (*source).imei, number: (*source).imei, keys: words("imei IMEI device_imei")},
	{Kind: Kind{"us routing number", "bank_account", Personal}, value: (*source).routing, keys: words("routing_number aba aba_routing")},
	{Kind: Kind{"us npi", "health_id", Personal}, value: (*source).npi, number: (*source).npi, keys: words("npi provider_npi")},
	{Kind: Kind{"us dea", "health_id", Personal}, value: (*source).dea, keys: words("dea dea_number")},
	{Kind: Kind{"uk nhs", "health_id", Personal}, value: (*source).nhs, keys: words("nhs nhs_number nhsNumber")},
	{Kind: Kind{"uk nino", "national_id", Personal}, value: (*source).nino, keys: words("nino national_insurance ni_number")},
	{Kind: Kind{"uk utr", "tax_id", Personal}, value: (*source).utr, keys: words("utr tax_reference")},
	{Kind: Kind{"au tfn", "tax_id", Personal}, value: (*source).tfn, keys: words("tfn tax_file_number")},
	{Kind: Kind{"au abn", "tax_id", Personal}, value: (*source).abn, keys: words("abn business_number")},
	{Kind: Kind{"au acn", "tax_id", Personal}, value: (*source).acn, keys: words("acn company_number")},
	{Kind: Kind{"au medicare", "health_id", Personal}, value: (*source).medicare, keys: words("medicare medicare_number")},
	{Kind: Kind{"ca sin", "national_id", Personal}, value: (*source).sin, keys: words("sin social_insurance_number")},
	{Kind: Kind{"in aadhaar", "national_id", Personal}, value: (*source).aadhaar, keys: words("aadhaar aadhaar_number uidai")},
	{Kind: Kind{"in pan", "tax_id", Personal}, value: (*source).indianPAN, keys: words("pan pan_number permanent_account_number")},
	{Kind: Kind{"br cpf", "tax_id", Personal}, value: (*source).cpf, keys: words("cpf CPF documento_cpf")},
	{Kind: Kind{"br cnpj", "tax_id", Personal}, value: (*source).cnpj, keys: words("cnpj CNPJ")},
	{Kind: Kind{"es dni", "national_id", Personal}, value: (*source).dni, keys: words("dni nie nif documento")},
	{Kind: Kind{"it fiscal code", "tax_id", Personal}, value: (*source).fiscalCode, keys: words("codice_fiscale codiceFiscale cf")},
	{Kind: Kind{"fr nir", "national_id", Personal}, value: (*source).nir, keys: words("nir numero_securite_sociale secu")},
	{Kind: Kind{"de tax id", "tax_id", Personal}, value: (*source).germanTax, keys: words("steuer_id steuerid idnr steueridentifikationsnummer")},
	{Kind: Kind{"nl bsn", "national_id", Personal}, value: (*source).bsn, keys: words("bsn burgerservicenummer sofinummer")},
	{Kind: Kind{"be nrn", "national_id", Personal}, value: (*source).belgian, keys: words("nrn rijksregisternummer niss")},
	{Kind: Kind{"pl pesel", "national_id", Personal}, value: (*source).pesel, keys: words("pesel PESEL")},
	{Kind: Kind{"pl nip", "tax_id", Personal}, value: (*source).nip, keys: words("nip NIP")},
	{Kind: Kind{"cz birth number", "national_id", Personal}, value: (*source).czech, keys: words("rodne_cislo birth_number")},
	{Kind: Kind{"ro cnp", "national_id", Personal}, value: (*source).cnp, keys: words("cnp CNP")},
	{Kind: Kind{"bg egn", "national_id", Personal}, value: (*source).egn, keys: words("egn EGN")},
	{Kind: Kind{"fi hetu", "national_id", Personal}, value: (*source).hetu, keys: words("hetu henkilotunnus")},
	{Kind: Kind{"se personnummer", "national_id", Personal}, value: (*source).swedish, keys: words("personnummer personnr")},
	{Kind: Kind{"no fodselsnummer", "national_id", Personal}, value: (*source).norwegian, keys: words("fodselsnummer fnr")},
	{Kind: Kind{"tr kimlik", "national_id", Personal}, value: (*source).turkish, keys: words("tckn tc_kimlik kimlik_no")},
	{Kind: Kind{"za id", "national_id", Personal}, value: (*source).southAfrican, keys: words("za_id id_number rsa_id")},
	{Kind: Kind{"il id", "national_id", Personal}, value: (*source).israeli, keys: words("teudat_zehut tz israeli_id")},
	{Kind: Kind{"kr rrn", "national_id", Personal}, value: (*source).korean, keys: words("rrn jumin resident_registration_number")},
	{Kind: Kind{"cn resident id", "national_id", Personal}, value: (*source).chinese, keys: words("shenfenzheng id_card idcard resident_id")},
	{Kind: Kind{"sg nric", "national_id", Personal}, value: (*source).nric, keys: words("nric NRIC fin")},
	{Kind: Kind{"date of birth", "birth_date", Personal}, value: (*source).birthDate, keys: words("dob date_of_birth birthday birthdate dateOfBirth")},
	{Kind: Kind{"card code", "cvv", Personal}, value: (*source).cvv, number: (*source).cvv, keys: words("cvv cvc cvv2 security_code card_cvc")},
	{Kind: Kind{"passport", "passport", Personal}, value: (*source).passport, keys: words("passport passport_number passportNo")},
}

// weighted is the sum of digits by weights, as many as there are.
func weighted(s string, weights ...int) (sum int) {
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

// until draws until the last digit can be told.
func until(draw func() (string, bool)) string {
	for {
		if s, ok := draw(); ok {
			return s
		}
	}
}

// date returns a day as year, month and day of two digits each, of people who are grown up.
func (g *source) date() (y, m, d string) {
	return fmt.Sprintf("%02d", g.n(50, 99)), fmt.Sprintf("%02d", g.n(1, 12)), fmt.Sprintf("%02d", g.n(1, 28))
}

func (g *source) ymd() string {
	y, m, d := g.date()
	return y + m + d
}

func (g *source) imei() string {
	s := g.pick("35 86 99") + g.digits(12)
	return s + luhn(s)
}

func (g *source) routing() string {
	s := g.pick("01 05 11 12 21 26 31 32") + g.digits(6)
	return s + strconv.Itoa((10-weighted(s, 3, 7, 1, 3, 7, 1, 3, 7)%10)%10)
}

func (g *source) npi() string {
	s := g.chars(1, "12") + g.digits(8)
	return s + luhn("80840"+s)
}

func (g *source) dea() string {
	s := g.digits(6)
	return g.chars(1, "ABFGMPR") + g.chars(1, uppercase) + s + strconv.Itoa(weighted(s, 1, 2, 1, 2, 1, 2)%10)
}

func (g *source) nhs() string {
	s := until(func() (string, bool) {
		s := g.pick("4 6 7 9") + g.digits(8)
		check := 11 - weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
		return s + strconv.Itoa(check%11), check != 10
	})
	return cut(s, one(g, []string{"", " ", "-"}), 3, 3)
}

func (g *source) nino() string {
	s := g.pick("AA AB CE EH HJ JK LM NP PR RS ST TW WX YZ") + g.digits(6) + g.chars(1, "ABCD")
	return cut(s, one(g, []string{"", " "}), 2, 2, 2, 2)
}

func (g *source) utr() string {
	s := g.digits(9)
	return string("21987654321"[weighted(s, 6, 7, 8, 9, 10, 5, 4, 3, 2)%11]) + s
}

func (g *source) tfn() string {
	s := until(func() (string, bool) {
		s := g.chars(1, "123456789") + g.digits(8)
		return s, weighted(s, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0
	})
	return group(s, one(g, []string{"", " "}), 3)
}

func (g *source) abn() string {
	s := until(func() (string, bool) {
		s := g.chars(1, "123456789") + g.digits(10)
		return s, (weighted(s, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
	})
	return cut(s, one(g, []string{"", " "}), 2, 3, 3)
}

func (g *source) acn() string {
	s := g.digits(8)
	s += strconv.Itoa((10 - weighted(s, 8, 7, 6, 5, 4, 3, 2, 1)%10) % 10)
	return group(s, one(g, []string{"", " "}), 3)
}

func (g *source) medicare() string {
	s := g.chars(1, "23456") + g.digits(7)
	s += strconv.Itoa(weighted(s, 1, 3, 7, 9, 1, 3, 7, 9)%10) + g.chars(1, "123456789")
	return cut(s, one(g, []string{"", " "}), 4, 5)
}

func (g *source) sin() string {
	s := g.chars(1, "12345679") + g.digits(7)
	return group(s+luhn(s), one(g, []string{"", " ", "-"}), 3)
}

func (g *source) aadhaar() string {
	s := g.chars(1, "23456789") + g.digits(10)
	return group(s+verhoeff(s), one(g, []string{"", " ", "-"}), 4)
}

// verhoeff returns the check digit of Verhoeff's scheme over the dihedral group of ten elements.
func verhoeff(s string) string {
	times := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b-5)%5
		case b < 5:
			return 5 + (a-5-b+5)%5
		}
		return (a - b + 5) % 5
	}
	permuted := func(d, n int) int {
		for range n {
			d = int("1576283094"[d] - '0')
		}
		return d
	}
	c := 0
	for i := range len(s) {
		c = times(c, permuted(int(s[len(s)-1-i]-'0'), (i+1)%8))
	}
	return string("0432156789"[c])
}

func (g *source) indianPAN() string {
	return g.chars(3, uppercase) + g.chars(1, "PCHF") + g.chars(1, uppercase) + g.digits(4) + g.chars(1, uppercase)
}

// mod11 is the check digit of Brazilian numbers.
func mod11(s string, weights ...int) string {
	if r := weighted(s, weights...) % 11; r > 1 {
		return strconv.Itoa(11 - r)
	}
	return "0"
}

func (g *source) cpf() string {
	s := g.digits(9)
	s += mod11(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)
	s += mod11(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
	return one(g, []string{s, s[:3] + "." + s[3:6] + "." + s[6:9] + "-" + s[9:]})
}

func (g *source) cnpj() string {
	s := g.digits(8) + "0001"
	s += mod11(s, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
	s += mod11(s, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
	return one(g, []string{s, s[:2] + "." + s[2:5] + "." + s[5:8] + "/" + s[8:12] + "-" + s[12:]})
}

func (g *source) passport() string { return g.chars(1, "CFGHJKLP") + g.digits(8) }
func (g *source) cvv() string      { return strconv.Itoa(g.n(100, 999)) }

func (g *source) birthDate() string {
	y, m, d := g.date()
	return one(g, []string{"19" + y + "-" + m + "-" + d, d + "." + m + ".19" + y, m + "/" + d + "/19" + y, d + "/" + m + "/19" + y})
}
