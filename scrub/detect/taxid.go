package detect

// Numbers under which persons and firms pay taxes.
//
// Accepted: what the table says, behind one of the words. Sources: the tax authorities' own rules: HMRC (UTR), ATO (TFN, ABN), ASIC (ACN), IRS
// (ITIN), CBDT (PAN), GSTN (GSTIN), Receita Federal (CPF, CNPJ), § 139b AO (Steuer-ID), Agenzia delle Entrate (codice fiscale),
// Ministerstwo Finansów (NIP).
//
// All of them are of class payment (META-8): they stand on invoices, and most forms serve persons and firms alike, so that a number does not say
// whether it is a person's.
var taxKinds = []numberKind{
	{name: "uk_utr", id: TaxID, words: "utr, unique taxpayer, taxpayer reference, tax reference, self assessment", forms: []string{"99999 99999"}, valid: utr},
	{name: "us_itin", id: TaxID, words: "itin, atin, taxpayer, taxpayer identification, tax identification, tin!, tax+id, taxid, taxpayer+id, tax payer+id, *ssn, social security",
		forms: []string{"999 99 9999"}, valid: itin},
	{name: "us_ein", id: TaxID, words: "ein!, fein!, employer identification, employer+id, federal tax, federal tax+id, tax+id, taxid", forms: []string{"99 9999999"}, valid: employerID, direct: true},
	{name: "au_tfn", id: TaxID, words: "tfn, tax file, australian tax", forms: []string{"999 999 999", "99 999 999"}, valid: tfn},
	{name: "au_abn", id: TaxID, words: "abn, business number, australian business", forms: []string{"99 999 999 999"}, valid: abn},
	{name: "au_acn", id: TaxID, words: "acn, company number, australian company", forms: []string{"999 999 999"}, valid: acn},
	{name: "in_pan", id: TaxID, words: "*pan, *pannumber, *permanent account, income tax", forms: []string{"AAAAA 9999 A"}, valid: indianPAN},
	{name: "in_gstin", id: TaxID, words: "*gstin, gst, goods and services tax", forms: []string{"99 AAAAA9999A X A X"}, valid: gstin},
	{name: "br_cpf", id: TaxID, words: "cpf, cadastro de pessoas, cadastro de pessoas físicas", forms: []string{"999 999 999 99"}, valid: cpf},
	{name: "br_cnpj", id: TaxID, words: "cnpj, cadastro nacional, cadastro nacional da pessoa jurídica", forms: []string{"99 999 999 9999 99"}, valid: cnpj},
	{name: "it_fiscal_code", id: TaxID, words: "*codice fiscale, *codicefiscale, *cod fiscale, *cf, *cod fisc, *fiscal code, *fiscalcode, tax code",
		forms: []string{"AAA AAA XXA XX AXXXA"}, valid: fiscalCode},
	{name: "de_tax_id", id: TaxID, words: "steuerid, steuer+id, steuer+idnr, steueridnr, idnr, steueridentifikationsnummer, identifikationsnummer, " +
		"steueridentifikation, steuerliche identifikationsnummer, tax identification, tax+id, taxid, tin!", forms: []string{"99 999 999 999"}, valid: germanTaxID},
	{name: "de_tax_number", id: TaxID, words: "*steuernummer, *abgabenkontonummer, steuernr, steuer+nr, st nr",
		forms:  []string{"999 999 99999", "999 9999 9999", "99 999 99999", "9999999999999", "99 999 9999"},
		direct: true},
	{name: "pl_nip", id: TaxID, words: "nip, numer identyfikacji podatkowej, identyfikacji podatkowej", forms: []string{"999 99 9 9 9 99"}, valid: nip},
	{name: "pt_nif", id: TaxID, words: "*nif, contribuinte, identificação fiscal, número fiscal", forms: []string{"999 999 999"}, valid: portugueseNIF},
	{name: "ar_cuit", id: TaxID, words: "cuit, cuil, identificación tributaria", forms: []string{"99 99999999 9"}, valid: cuit},
	{name: "gr_afm", id: TaxID, words: "afm, αφμ, α φ μ, φορολογικού μητρώου, αριθμός φορολογικού μητρώου", forms: []string{"999999999"}, valid: greekAFM},
	{name: "ru_inn", id: TaxID, words: "inn!, инн, номер налогоплательщика", forms: []string{"999999999999", "9999999999"}, valid: russianINN},
	{name: "mx_rfc", id: TaxID, words: "*rfc, registro federal, registro federal de contribuyentes", forms: []string{"AAAA 999999 XXX", "AAA 999999 XXX"},
		valid: func(b []byte) bool { return ymd(b[len(b)-9:]) }, direct: true},
}

func utr(b []byte) bool {
	return b[0] == "21987654321"[weigh(b[1:], 6, 7, 8, 9, 10, 5, 4, 3, 2)%11]
}

// itin has the groups of persons without a social security number, and of children to be adopted (93).
func itin(b []byte) bool {
	group := decimal(b[3:5])
	return b[0] == '9' && (group >= 50 && group <= 65 || group >= 70 && group <= 88 || group >= 90)
}

// employerID begins with the prefix of an office that gives numbers (IRS, "How EINs are assigned and valid EIN prefixes").
func employerID(b []byte) bool {
	switch prefix := decimal(b[:2]); {
	case prefix == 0, prefix == 7, prefix == 8, prefix == 9, prefix >= 17 && prefix <= 19, prefix == 28, prefix == 29, prefix == 49, prefix == 69, prefix == 70, prefix == 78, prefix == 79,
		prefix == 89, prefix == 96, prefix == 97:
		return false
	}
	return !allEqual(b)
}

func tfn(b []byte) bool {
	if len(b) == 8 {
		return !allEqual(b) && weigh(b, 10, 7, 8, 4, 6, 3, 5, 1)%11 == 0
	}
	return !allEqual(b) && weigh(b, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0
}

func abn(b []byte) bool {
	return b[0] != '0' && (weigh(b, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

func acn(b []byte) bool {
	return !allEqual(b) && (weigh(b, 8, 7, 6, 5, 4, 3, 2, 1)+int(b[8]-'0'))%10 == 0
}

// indianPAN has at the fourth place what kind of person pays.
func indianPAN(b []byte) bool {
	switch b[3] {
	case 'P', 'C', 'H', 'F', 'A', 'T', 'B', 'L', 'J', 'G':
		return true
	}
	return false
}

// gstin is a state, the number of who pays, a count, a Z or another letter, and a check character in base 36.
func gstin(b []byte) bool {
	sum := 0
	for i, c := range b[:14] {
		v := base36(c) * (1 + i%2)
		sum += v/36 + v%36
	}
	state := decimal(b[:2])
	return state >= 1 && (state <= 38 || state >= 96) && (36-sum%36)%36 == base36(b[14])
}

func base36(c byte) int {
	if isDigit(c) {
		return int(c - '0')
	}
	return int(c-'A') + 10
}

func cpf(b []byte) bool {
	return !allEqual(b) && mod11Check(b[:10], 10, 9, 8, 7, 6, 5, 4, 3, 2) && mod11Check(b, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
}

func cnpj(b []byte) bool {
	return !allEqual(b) && mod11Check(b[:13], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) && mod11Check(b, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
}

// mod11Check reports whether the last digit is 11 less the remainder of the weighted ones before, and 0 for what has two digits.
func mod11Check(b []byte, weights ...int) bool {
	check := 11 - weigh(b, weights...)%11
	if check > 9 {
		check = 0
	}
	return int(b[len(b)-1]-'0') == check
}

// fiscalCode is six letters of names, year, letter of the month, day, place and a check letter; letters may stand for digits where two persons
// would have the same.
func fiscalCode(b []byte) bool {
	for i, c := range b {
		switch i {
		case 6, 7, 9, 10, 12, 13, 14:
			if isUpper(c) && !contains("LMNPQRSTUV", c) {
				return false
			}
		case 8:
			if !contains("ABCDEHLMPRST", c) {
				return false
			}
		}
	}
	return int(b[15]-'A') == fiscalSum(b[:15])%26
}

func fiscalSum(b []byte) (sum int) {
	const odd = "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15\x02\x04\x12\x14\x0b\x03\x06\x08\x0c\x0e\x10\x0a\x16\x19\x18\x17"
	for i, c := range b {
		v := int(c - '0')
		if isUpper(c) {
			v = int(c - 'A')
		}
		if i%2 == 0 {
			v = int(odd[v])
		}
		sum += v
	}
	return sum
}

func contains(set string, c byte) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

// germanTaxID has one digit two or three times among its first ten, and others once or not at all; checked by ISO/IEC 7064 MOD 11,10.
func germanTaxID(b []byte) bool {
	var times [10]int
	for _, c := range b[:10] {
		times[c-'0']++
	}
	again := 0
	for _, n := range times {
		if n > 3 {
			return false
		}
		if n > 1 {
			again++
		}
	}
	return b[0] != '0' && again == 1 && mod1110(b)
}

// mod1110 checks the last digit by ISO/IEC 7064 MOD 11,10.
func mod1110(b []byte) bool {
	p := 10
	for _, c := range b[:len(b)-1] {
		s := (int(c-'0') + p) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return (11-p)%10 == int(b[len(b)-1]-'0')
}

func nip(b []byte) bool {
	return !allEqual(b) && weigh(b, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == int(b[9]-'0')
}

func portugueseNIF(b []byte) bool {
	return contains("1235689", b[0]) && mod11Check(b, 9, 8, 7, 6, 5, 4, 3, 2)
}

func cuit(b []byte) bool {
	switch string(b[:2]) {
	case "20", "23", "24", "25", "26", "27", "30", "33", "34":
		return mod11Check(b, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
	}
	return false
}

func greekAFM(b []byte) bool {
	return !allEqual(b) && weigh(b, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == int(b[8]-'0')
}

func russianINN(b []byte) bool {
	if len(b) == 10 {
		return !allEqual(b) && weigh(b, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(b[9]-'0')
	}
	return !allEqual(b) && weigh(b, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(b[10]-'0') &&
		weigh(b, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(b[11]-'0')
}
