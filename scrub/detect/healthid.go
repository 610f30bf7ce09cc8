package detect

import "strings"

// Numbers of patients and of those who treat them.
//
// Accepted: what the table says, behind one of the words. Sources: NHS Data Dictionary (NHS NUMBER), 45 CFR 162.406 (NPI), 21 CFR 1301 and
// the check digit of the DEA, CMS (MBI), Services Australia (Medicare card), § 290 SGB V, NHS Scotland (CHI), HISO 10046 (NHI), Decision S2 of the
// European Union's commission for social security (EHIC), Ministério da Saúde (CNS), AS 5017 (IHI), RAMQ; hospitals and insurers give their own numbers,
// which have no form.
var healthKinds = []numberKind{
	{name: "uk_nhs", id: HealthID, words: "nhs, nhsnumber, nhsno, national health, health service", forms: []string{"999 999 9999"}, valid: nhsNumber},
	{name: "uk_chi", id: HealthID, words: "chi+number, community health index", forms: []string{"999999 9999"}, valid: func(b []byte) bool { return dmy(b) && nhsNumber(b) }},
	{name: "us_npi", id: HealthID, words: "npi, npinumber, national provider, provider identifier, provider+id", forms: []string{"9999999999"}, valid: npi},
	{name: "us_dea", id: HealthID, words: "dea, deanumber, drug enforcement", forms: []string{"AX 9999999"}, valid: dea},
	{name: "us_mbi", id: HealthID, words: "*medicare, *medicarenumber, *mbi, hicn, beneficiary", forms: []string{"9XXX XXX XX99"}, valid: mbi},
	{name: "us_hicn", id: HealthID, words: "hicn, health insurance claim, medicare claim", forms: []string{"999 99 9999 A9", "999 99 9999 A"}, direct: true},
	{name: "nz_nhi", id: HealthID, words: "*nhi number, *national health index number", forms: []string{"AAA9999"}, valid: nationalHealthIndex},
	{name: "ehic", id: HealthID, words: "ehic, european health insurance, health insurance card, sairaanhoitokortti, tarjeta sanitaria europea, assurance maladie, tessera sanitaria",
		forms: []string{"99999999999999999999"}, valid: func(b []byte) bool { return has(b, 0, "80") }},
	{name: "br_sus", id: HealthID, words: "cartão sus, cns!, cartão nacional de saúde", forms: []string{"999 9999 9999 9999"},
		valid: func(b []byte) bool {
			return !allEqual(b) && weigh(b, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11 == 0
		}},
	{name: "au_ihi", id: HealthID, words: "ihi!, individual healthcare identifier", forms: []string{"9999 9999 9999 9999"}, valid: func(b []byte) bool { return has(b, 0, "800360") && luhn(b) }},
	{name: "in_abha", id: HealthID, words: "abha, health+id", forms: []string{"99 9999 9999 9999"}, direct: true},
	{name: "ca_ramq", id: HealthID, words: "assurance maladie, ramq, carte soleil", forms: []string{"AAAA 9999 9999"}, direct: true},
	{name: "de_kvnr", id: HealthID, words: "*kvnr, *krankenversichertennummer, *krankenversicherungsnummer, *versichertennummer, *versicherungsnummer, *egk, versicherten+nr, versicherten+id, krankenkasse, krankenversicherung",
		forms: []string{"A999999999"}, valid: germanHealth},
	{name: "patient", id: HealthID, words: "*mrn, *medical record number, *medical record+no, *medicalrecordnumber, *patient+id, *patientid, *patient number, *patient+no, " +
		"*patientennummer, *patient record, *medical record, *health record, *health insurance, *insurance+id, *health card, *health number, " +
		"*personal health number, *hospital number, *medicaid number, *policy number, medicaid+id, phn, phin, personal health identification, ohip, *verzekerdennummer, *polisnummer, " +
		"полис омс, номер полиса, 被保険者番号, 保険証番号, 健保卡, 健保卡號", read: documentNumber, direct: true},
	{name: "de_lanr", id: HealthID, words: "lanr, arztnummer, arzt+nr", forms: []string{"999999999"}, valid: germanDoctor},
	{name: "au_medicare", id: HealthID, words: "*medicare, *medicarenumber", forms: []string{"9999 99999 9 9", "9999 99999 9"}, valid: auMedicare},
}

// nationalHealthIndex counts letters from 1 on, without I and O; the old form has a check digit by MOD 11.
func nationalHealthIndex(b []byte) bool {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	sum := 0
	for i, c := range b[:3] {
		at := strings.IndexByte(letters, c)
		if at < 0 {
			return false
		}
		sum += (at + 1) * (7 - i)
	}
	sum += weigh(b[3:], 4, 3, 2)
	return sum%11 != 0 && (11-sum%11)%10 == int(b[6]-'0')
}

func nhsNumber(b []byte) bool {
	return !allEqual(b) && weigh(b, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// npi counts the prefix 80840 of a health card from the United States in: it adds 24 to Luhn's sum.
func npi(b []byte) bool {
	card := [15]byte{'8', '0', '8', '4', '0'}
	copy(card[5:], b)
	return (b[0] == '1' || b[0] == '2') && luhn(card[:])
}

func dea(b []byte) bool {
	switch b[0] {
	case 'I', 'N', 'O', 'Q', 'V', 'W', 'Y', 'Z':
		return false
	}
	return (isUpper(b[1]) || b[1] == '9') && weigh(b[2:], 1, 2, 1, 2, 1, 2)%10 == int(b[8]-'0')
}

// mbi has no check digit; its letters and digits have their places, and letters like digits are not used.
func mbi(b []byte) bool {
	const places = "1AXNAXNAANN"
	for i, c := range b {
		switch {
		case isDigit(c) && places[i] == 'A', isUpper(c) && places[i] == 'N', b[0] == '0':
			return false
		case c == 'S' || c == 'L' || c == 'O' || c == 'I' || c == 'B' || c == 'Z':
			return false
		}
	}
	return true
}

// germanHealth counts its letter as two digits and adds the digits of products (§ 290 SGB V).
func germanHealth(b []byte) bool {
	letter := int(b[0]-'A') + 1
	digits := [11]int{letter / 10, letter % 10}
	for i, c := range b[1:] {
		digits[2+i] = int(c - '0')
	}
	sum := 0
	for i, d := range digits[:10] {
		p := d * (1 + i%2)
		sum += p/10 + p%10
	}
	return sum%10 == digits[10]
}

// germanDoctor has its check digit before the two that say what kind of doctor it is (§ 75 SGB V).
func germanDoctor(b []byte) bool {
	return !allEqual(b) && (10-weigh(b, 4, 9, 4, 9, 4, 9)%10)%10 == int(b[6]-'0')
}

func auMedicare(b []byte) bool {
	return b[0] >= '2' && b[0] <= '6' && weigh(b, 1, 3, 7, 9, 1, 3, 7, 9)%10 == int(b[8]-'0') && b[9] != '0'
}
