package detect

// Numbers of patients and of those who treat them.
//
// Accepted: what the table says, behind one of the words. Sources: NHS Data Dictionary (NHS NUMBER), 45 CFR 162.406 (NPI), 21 CFR 1301 and
// the check digit of the DEA, CMS (MBI), Services Australia (Medicare card), § 290 SGB V; hospitals give their own numbers, which have no form.
var healthKinds = []numberKind{
	{name: "uk_nhs", id: HealthID, words: "nhs, nhsnumber, nhsno, national health, health service", forms: []string{"999 999 9999"}, valid: nhsNumber},
	{name: "us_npi", id: HealthID, words: "npi, npinumber, national provider, provider identifier, provider+id", forms: []string{"9999999999"}, valid: npi},
	{name: "us_dea", id: HealthID, words: "dea, deanumber, drug enforcement", forms: []string{"AX 9999999"}, valid: dea},
	{name: "us_mbi", id: HealthID, words: "*medicare, *medicarenumber, *mbi, hicn, beneficiary", forms: []string{"9XXX XXX XX99"}, valid: mbi},
	{name: "de_kvnr", id: HealthID, words: "*kvnr, *krankenversichertennummer, *krankenversicherungsnummer, *versichertennummer, *versicherungsnummer, *egk, versicherten+nr, versicherten+id, krankenkasse, krankenversicherung",
		forms: []string{"A999999999"}, valid: germanHealth},
	{name: "patient", id: HealthID, words: "*mrn, *medical record number, *medical record+no, *medicalrecordnumber, *patient+id, *patientid, *patient number, *patient+no, " +
		"*patientennummer, *patient record, *medical record, *health record, *health insurance, *insurance+id, *health card", read: documentNumber, direct: true},
	{name: "de_lanr", id: HealthID, words: "lanr, arztnummer, arzt+nr", forms: []string{"999999999"}, valid: germanDoctor},
	{name: "au_medicare", id: HealthID, words: "*medicare, *medicarenumber", forms: []string{"9999 99999 9 9", "9999 99999 9"}, valid: auMedicare},
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
