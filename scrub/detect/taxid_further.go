package detect

import "strings"

// Numbers for taxes of more countries, and those for value added tax, which members of the European Union share.
//
// Accepted: what the table says, behind one of the words. Sources: Council Directive 2006/112/EC article 215 (VAT), the tax authorities' own rules: Agenzia delle
// Entrate (partita IVA), DGFiP (SPI), NTS (business registration number), ACRA (UEN), Inland Revenue (IRD), State Tax Service (RNOKPP), DJP
// (NPWP), BIR (TIN), NAV (adóazonosító jel), FURS (davčna številka), BFS (UID), DIAN (NIT), SUNAT (RUC), GUS (REGON), INSEE (SIREN), Skatteverket
// (organisationsnummer), AEAT (CIF), Gelir İdaresi Başkanlığı (VKN), ČSÚ (IČO), IRS (PTIN). Firms' numbers are those of traders on their own account, too.
var furtherTaxKinds = []numberKind{
	{name: "eu_vat", id: TaxID, words: "*vat+number, *vat+no, *vat+id, *vat+reg, *vat registration number, vatin, *vatnumber, vatid, vat nummer, uid+nummer, ust+id, ustid, ust idnr, " +
		"*umsatzsteuer identifikationsnummer, numéro de tva, tva!, tva+intracommunautaire, cod tva, número de iva, nif iva, cif!, numer vat, " +
		"αφμ, dič, adószám, cvr!, cvr+nummer, momsnummer, momsregistreringsnummer, alv numero, arvonlisäveronumero, p iva, btw+identificatienummer, btw nr, " +
		"btw+nummer, btwnummer, partita iva", read: vatNumber, direct: true},
	{name: "ch_uid", id: TaxID, words: "uid+nummer, identifikationsnummer, mwst+nummer, *vat+number, *vat+no, *vat+id, *vat registration number", forms: []string{"AAA 999 999 999"},
		valid: func(b []byte) bool { return has(b, 0, "CHE") && mod11Check(b[3:], 5, 4, 3, 2, 7, 6, 5, 4) }},
	{name: "cy_tin", id: TaxID, words: "tin!, tax identification, φορολογικού μητρώου, αριθμός φορολογικού μητρώου", forms: []string{"99999999A"}, direct: true},
	{name: "cz_ico", id: TaxID, words: "ičo", forms: []string{"99999999"}, valid: func(b []byte) bool { return !allEqual(b) && (11-weigh(b, 8, 7, 6, 5, 4, 3, 2)%11)%10 == int(b[7]-'0') }},
	{name: "co_nit", id: TaxID, words: "nit!, identificación tributaria", forms: []string{"999 999 999 9"}, valid: colombianNIT},
	{name: "pe_ruc", id: TaxID, words: "ruc!, registro único", forms: []string{"99999999999"},
		valid: func(b []byte) bool { return (11-weigh(b, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)%10 == int(b[10]-'0') }},
	{name: "pl_regon", id: TaxID, words: "regon", forms: []string{"999999999"}, valid: func(b []byte) bool { return !allEqual(b) && weigh(b, 8, 9, 2, 3, 4, 5, 6, 7)%11%10 == int(b[8]-'0') }},
	{name: "fr_siren", id: TaxID, words: "siren, siret", forms: []string{"999 999 999 99999", "999 999 999"}, valid: luhnNumber},
	{name: "se_organisation", id: TaxID, words: "organisationsnummer, org+nr", forms: []string{"999999 9999"}, valid: luhnNumber},
	{name: "es_cif", id: TaxID, words: "cif!, *nif", forms: []string{"A 9999999 X"}, valid: spanishCIF},
	{name: "tr_vkn", id: TaxID, words: "vkn!, vergi numarası, vergi kimlik, vergi no", forms: []string{"9999999999"}, valid: turkishTax},
	{name: "us_ptin", id: TaxID, words: "ptin, *preparer taxpayer identification number", forms: []string{"A99999999"}, valid: func(b []byte) bool { return b[0] == 'P' }, direct: true},
	{name: "it_vat", id: TaxID, words: "partita iva, p iva, piva", forms: []string{"99999999999"}, valid: luhnNumber},
	{name: "fr_tax_number", id: TaxID, words: "numéro fiscal, numéro fiscal de référence, identification fiscale, spi!", forms: []string{"99 99 999 999 999"}, direct: true,
		valid: func(b []byte) bool { return b[0] <= '3' && !allEqual(b) }},
	{name: "kr_business", id: TaxID, words: "사업자등록번호, 사업자번호, brn!", forms: []string{"999 99 99999"}, valid: koreanBusiness},
	{name: "sg_uen", id: TaxID, words: "uen!, unique entity number", forms: []string{"999999999A", "99999999A", "A99AA9999A"}, direct: true},
	{name: "nz_ird", id: TaxID, words: "ird!, *ird number, ird+no, inland revenue", forms: []string{"999 999 999", "99 999 999"}, valid: newZealand},
	{name: "ua_rnokpp", id: TaxID, words: "рнокпп, іпн, інн, инн, inn!, rnokpp, ідентифікаційний код, ідентифікаційний номер", forms: []string{"9999999999"}, valid: ukrainian},
	{name: "id_npwp", id: TaxID, words: "npwp, nomor pokok wajib pajak", forms: []string{"99 999 999 9 999 999", "9999999999999999"}, direct: true},
	{name: "ph_tin", id: TaxID, words: "tin!, tax identification", forms: []string{"999 999 999 999", "999 999 999 99999"}, direct: true},
	{name: "hu_tax", id: TaxID, words: "adóazonosító, adóazonosító jel, adószám", forms: []string{"9999999999"},
		valid: func(b []byte) bool { return b[0] == '8' && weigh(b, 1, 2, 3, 4, 5, 6, 7, 8, 9)%11 == int(b[9]-'0') }},
	{name: "si_tax", id: TaxID, words: "davčna številka, davčna", forms: []string{"99999999"}, valid: func(b []byte) bool { return b[0] != '0' && mod11Check(b, 8, 7, 6, 5, 4, 3, 2) }},
}

// vatNumber reads two letters of a country and what it gives: eight to twelve letters and digits, mostly digits.
func vatNumber(t []byte, i int) int {
	end := documentEnd(t, i)
	if end-i == 2 && (byteAt(t, end) == ' ' || byteAt(t, end) == '-') {
		end = documentEnd(t, end+1)
	}
	if i+2 > len(t) || !isLetter(t[i]) || !isLetter(t[i+1]) || end-i < 10 || end-i > 15 || numberGoesOn(t, end) || tallyOf(t[i+2:end], isDigit) < 7 {
		return 0
	}
	return end
}

// colombianNIT is weighed by primes.
func colombianNIT(b []byte) bool {
	check := weigh(b, 41, 37, 29, 23, 19, 17, 13, 7, 3) % 11
	if check > 1 {
		check = 11 - check
	}
	return !allEqual(b) && check == int(b[9]-'0')
}

// spanishCIF is a letter for the form of a firm, seven digits, and a check character by Luhn: a digit, or the letter for it.
func spanishCIF(b []byte) bool {
	if !contains("ABCDEFGHJNPQRSUVW", b[0]) {
		return false
	}
	digits := [8]byte(b[1:])
	if at := strings.IndexByte("JABCDEFGHI", b[8]); at >= 0 {
		digits[7] = '0' + byte(at)
	}
	return isDigit(digits[7]) && luhn(digits[:])
}

// turkishTax adds the place to each digit and weighs it by powers of two.
func turkishTax(b []byte) bool {
	sum := 0
	for i, c := range b[:9] {
		d := (int(c-'0') + 9 - i) % 10
		if d != 9 {
			d = d << (9 - i) % 9
		}
		sum += d
	}
	return !allEqual(b) && (10-sum%10)%10 == int(b[9]-'0')
}

func koreanBusiness(b []byte) bool {
	return !allEqual(b) && (10-(weigh(b, 1, 3, 7, 1, 3, 7, 1, 3, 5)+int(b[8]-'0')*5/10)%10)%10 == int(b[9]-'0')
}

// newZealand is weighed a second time, by other weights, where the first leaves 10.
func newZealand(b []byte) bool {
	var d [9]byte
	d[0] = '0'
	copy(d[9-len(b):], b)
	check := (11 - weigh(d[:], 3, 2, 7, 6, 5, 4, 3, 2)%11) % 11
	if check == 10 {
		check = (11 - weigh(d[:], 7, 4, 3, 2, 5, 2, 7, 6)%11) % 11
	}
	return decimal(b) >= 10000000 && decimal(b) <= 150000000 && check == int(d[8]-'0')
}

func ukrainian(b []byte) bool {
	return !allEqual(b) && weigh(b, 10, 5, 7, 9, 4, 6, 10, 5, 7)%11%10 == int(b[9]-'0') // 10 stands for -1
}
