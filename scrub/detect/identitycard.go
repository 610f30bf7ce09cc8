package detect

// identityWords name documents of identity of any country; what has a check of its own is found behind them as what it is.
const identityWords = "*identity card, carta identità, *id card, *idcard, *identification card, national+id, national identity, national identification, identity document"

// Numbers of identity cards and their like, of licence plates and of vehicles.
//
// Accepted: right behind one of the words, six to 22 letters and digits with five digits among them; for the countries in the table, what it says. Plates
// have letters and digits in capitals, in up to four groups. Sources: ICAO Doc 9303; national registers; ISO 3779 and 49 CFR 565 (VIN), whose check digit is not asked for, as
// vehicles made for other continents than North America have none.
var identityKinds = []numberKind{
	{name: "latin_american_id", id: NationalID, words: "*dni, documento nacional, cédula, cédula de ciudadanía, " +
		"*cédula de identidad, *documento de identidad, *documento nacional de identidad, número de documento, número de identificación, *carnet de identidad, nuip, dpi!, cui!", direct: true,
		forms: []string{"9999 99999 9999", "9999 9999 99999", "999 9999999 9", "9 999 999 999", "9 9999 9999", "99 999 999", "A 99 999 999", "9 999 999 9", "9 999 999"}},
	{name: "mx_clave_de_elector", id: NationalID, words: "clave de elector, credencial para votar", forms: []string{"AAAAAA99999999A999"},
		valid: func(b []byte) bool { return ymd(b[6:]) && (b[14] == 'H' || b[14] == 'M') }},
	{name: "mx_nss", id: NationalID, words: "nss!, seguridad social, número de seguridad social", forms: []string{"99 99 99 9999 9"}, valid: luhnNumber},
	{name: "br_rg", id: NationalID, words: "rg!, registro geral, carteira de identidade, cédula de identidade", forms: []string{"99 999 999 X"}, direct: true},
	{name: "br_cnh", id: NationalID, words: "cnh, carteira de motorista, habilitação", forms: []string{"99999999999"}, valid: cnh},
	{name: "br_pis", id: NationalID, words: "pis!, pasep, nit!, nis!", forms: []string{"999 99999 99 9"}, valid: pis},
	{name: "br_voter", id: NationalID, words: "título de eleitor, título eleitoral", forms: []string{"9999 9999 9999"}, valid: brazilianVoter},
	{name: "tw_id", id: NationalID, words: "身分證, 身分證號, 身分證字號, 國民身分證, 統一編號, taiwan+id, " + identityWords, forms: []string{"A999999999"}, valid: taiwanese},
	{name: "vn_cccd", id: NationalID, words: "cccd, cmnd, căn cước, căn cước công dân, chứng minh nhân dân, " + identityWords, forms: []string{"999999999999"}, direct: true},
	{name: "ph_numbers", id: NationalID, words: "umid, unified multi purpose+id, sss!, sss+number, philhealth, gsis, common reference, crn!, philsys, psn!, " + identityWords,
		forms: []string{"9999 9999 9999 9999", "9999 9999 9999", "9999 9999999 9", "99 999999999 9", "99 9999999 9"}, direct: true},
	{name: "ng_nin", id: NationalID, words: "nin!, nimc, national identification, national identity", forms: []string{"99999999999"}, valid: verhoeffValid},
	{name: "sa_id", id: NationalID, words: "iqama, رقم الهوية, رقم الإقامة, الهوية الوطنية, saudi+id, " + identityWords, forms: []string{"9999999999"},
		valid: func(b []byte) bool { return (b[0] == '1' || b[0] == '2') && luhn(b) }},
	{name: "gr_amka", id: NationalID, words: "amka, αμκα, α μ κ α, social security, *ssn", forms: []string{"99999999999"}, valid: func(b []byte) bool { return dmy(b) && luhn(b) }},
	{name: "qa_id", id: NationalID, words: "qatar+id, qid!, " + identityWords, forms: []string{"99999999999"}, valid: func(b []byte) bool { return b[0] == '2' || b[0] == '3' }, direct: true},
	{name: "be_id_card", id: NationalID, words: "identiteitskaart, *carte d identité, " + identityWords, forms: []string{"999 9999999 99"},
		valid: func(b []byte) bool { return (decimal(b[:10])+96)%97+1 == decimal(b[10:]) }},
	{name: "lu_matricule", id: NationalID, words: "matricule!, identification national, identification number", forms: []string{"9999999999999"},
		valid: func(b []byte) bool { return birthYear(decimal(b[:4])) && ymd(b[2:]) }, direct: true},
	{name: "pt_social_security", id: NationalID, words: "niss!, segurança social", forms: []string{"99999999999"},
		valid: func(b []byte) bool { return 9-weigh(b, 29, 23, 19, 17, 13, 11, 7, 5, 3, 2)%10 == int(b[10]-'0') }},
	{name: "jp_pension", id: NationalID, words: "年金番号, 基礎年金番号", forms: []string{"9999 999999"}, direct: true},
	{name: "jp_resident_code", id: NationalID, words: "住民票コード", forms: []string{"99999999999"}, direct: true},
	{name: "au_centrelink", id: NationalID, words: "crn!, centrelink+reference, customer reference", forms: []string{"999 999 999 A"}, direct: true},
	{name: "nz_social_welfare", id: NationalID, words: "swn!, social welfare", forms: []string{"999 999 999"}, direct: true},
	{name: "at_social_insurance", id: NationalID, words: "*sozialversicherungsnummer, sozialversicherung, *versicherungsnummer, *svnr, sv nummer, sv+nr, " +
		"versicherungs+nr, sozialversicherungs+nr",
		forms: []string{"9999 999999"}, valid: austrian},
	{name: "hu_taj", id: NationalID, words: "taj, taj szám, társadalombiztosítási azonosító, társadalombiztosítási azonosító jel", forms: []string{"999 999 999"}, valid: hungarianTAJ},
	{name: "es_social_security", id: NationalID, words: "seguridad social, nuss, número de afiliación", forms: []string{"99 99999999 99"},
		valid: func(b []byte) bool { return decimal(b[:10])%97 == decimal(b[10:]) }},
	{name: "pt_citizen_card", id: NationalID, words: "cartão de cidadão, *citizen card", forms: []string{"99999999 9 XX9"}, direct: true},
	{name: "identity_document", id: NationalID, words: "dowód osobisty, dowodu osobistego, numer dowodu, carta d identità, carta di identità, " +
		"documento d identità, bilhete de identidade, " +
		"seria i numer dowodu, osobna iskaznica, osobne iskaznice, občanský průkaz, občanského průkazu, občiansky preukaz, občianskeho preukazu, " +
		"karta tal identità, edipi, dod+id, *ration card number, uan!, *alien registration number, *uscis number, *residence card number, 在留カード, 在留カード番号, 居留證, 居留证, " +
		"személyi igazolvány, személyazonosító igazolvány, igazolvány száma, személyi szám, személyi azonosító, id картка, ration card, αδτ, ταυτότητας, ταυτότητα, " + identityWords, read: documentNumber, direct: true},
	{name: "vin", id: NationalID, words: "*vin!, *vin+number, *vehicle identification number, vehicle+id, *chassis number, chassis+no, *fahrgestellnummer",
		read: vehicleNumber, direct: true},
	{name: "licence_plate", id: NationalID, words: "*license+plate, *licence+plate, *license plate number, *licence plate number, *plate number, " +
		"*vehicle registration number, number plate, kennzeichen, *immatriculation, *plaque d immatriculation, matrícula",
		read: plateNumber, direct: true},
}

// hongKongID reads one or two letters, six digits and a check character, which is in brackets as a rule.
func hongKongID(t []byte, i int) int {
	var b [9]byte
	n, at := 0, i
	for ; n < len(b) && isAlnum(byteAt(t, at)); at++ {
		b[n] = upper(t[at])
		n++
	}
	if n < len(b) && byteAt(t, at) == '(' && isAlnum(byteAt(t, at+1)) && byteAt(t, at+2) == ')' {
		b[n] = upper(t[at+1])
		n, at = n+1, at+3
	}
	letters := n - 7
	if letters != 1 && letters != 2 || tallyOf(b[:letters], isUpper) != letters || tallyOf(b[letters:n-1], isDigit) != 6 || !isDigit(b[n-1]) && b[n-1] != 'A' || numberGoesOn(t, at) || !hongKong(b[:n]) {
		return 0
	}
	return at
}

// vinBytes is the length of a vehicle's number.
const vinBytes = 17

// vehicleNumber reads 17 letters and digits, without I, O and Q, of which the last four are digits.
func vehicleNumber(t []byte, i int) int {
	end := i + vinBytes
	if end > len(t) || numberGoesOn(t, end) || tallyOf(t[i:end], isDigit) < 5 || tallyOf(t[end-4:end], isDigit) < 4 {
		return 0
	}
	for _, c := range t[i:end] {
		if !isAlnum(c) || contains("IOQ", c&^0x20) {
			return 0
		}
	}
	return end
}

// Bounds of a licence plate.
const (
	minPlateBytes  = 4
	maxPlateBytes  = 13
	maxPlateGroups = 4
)

// plateNumber reads groups of capitals and digits, one of each at least, with a blank or a dash between.
func plateNumber(t []byte, i int) (best int) {
	letters, digits := 0, 0
	for at := i; at-i < maxPlateBytes && best-i < maxPlateBytes; {
		for from := at; at < len(t) && (isUpper(t[at]) || isDigit(t[at])); at++ {
			if at-from == 5 {
				return 0
			}
			if isDigit(t[at]) {
				digits++
			} else {
				letters++
			}
		}
		if wordAt(t, at) {
			break
		}
		if letters > 0 && digits > 0 && at-i >= minPlateBytes && !units.has(t[behindDigits(t, i):at]) {
			best = at
		}
		if c := byteAt(t, at); c != ' ' && c != '-' || !isUpper(byteAt(t, at+1)) && !isDigit(byteAt(t, at+1)) {
			break
		}
		at++
	}
	return best
}

// cnh has two check digits, the second of which is less by two where the first would have two digits.
func cnh(b []byte) bool {
	first, second := weigh(b, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11, weigh(b, 1, 2, 3, 4, 5, 6, 7, 8, 9)%11
	less := 0
	if first > 9 {
		first, less = 0, 2
	}
	if second > 9 {
		second = less
	}
	return !allEqual(b) && first == int(b[9]-'0') && second-less == int(b[10]-'0')
}

// brazilianVoter is a count, a state and two check digits.
func brazilianVoter(b []byte) bool {
	first := weigh(b, 2, 3, 4, 5, 6, 7, 8, 9) % 11 % 10
	return !allEqual(b) && first == int(b[10]-'0') && weigh(b[8:], 7, 8, 9)%11%10 == int(b[11]-'0')
}

func pis(b []byte) bool { return !allEqual(b) && mod11Check(b, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) }

// taiwanese counts its letter, which is a place, as two digits in an order of its own.
func taiwanese(b []byte) bool {
	const order = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
	place := 10
	for place-10 < len(order) && order[place-10] != b[0] {
		place++
	}
	return (b[1] == '1' || b[1] == '2' || b[1] == '8' || b[1] == '9') && (place/10+place%10*9+weigh(b[1:], 8, 7, 6, 5, 4, 3, 2, 1, 1))%10 == 0
}

// austrian is a count, its check digit and the day of birth.
func austrian(b []byte) bool {
	return b[0] != '0' && decimal(b[4:6]) >= 1 && decimal(b[4:6]) <= 31 && decimal(b[6:8]) >= 1 && decimal(b[6:8]) <= 15 &&
		weigh(b, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)%11 == int(b[3]-'0')
}

func hungarianTAJ(b []byte) bool {
	return !allEqual(b) && weigh(b, 3, 7, 3, 7, 3, 7, 3, 7)%10 == int(b[8]-'0')
}
