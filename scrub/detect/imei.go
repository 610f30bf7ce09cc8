package detect

// Numbers of mobile devices, of the cards in them, and of their subscribers.
//
// Accepted, behind the word: IMEIs of 15 digits that end in their Luhn check digit, in one piece or as they are printed; ICCIDs of 18 to 20 digits that begin
// with 89; IMSIs of 14 or 15 digits that begin with a country's code; MEIDs in hex; IMEISVs, which have no check digit. Sources: 3GPP TS 23.003 sections 6.2
// and 2.2, GSMA TS.06, ITU-T E.118 and E.212, 3GPP2 S.R0048-A.
var imeiKinds = []numberKind{
	{name: "imei", id: IMEI, words: "imei, imeinumber, equipment identity, meid", forms: []string{"99 9999 99 9999 99 9"}, valid: luhnNumber},
	{name: "imeisv", id: IMEI, words: "imeisv", forms: []string{"99 999999 999999 99"}, direct: true},
	{name: "meid", id: IMEI, words: "meid", read: meid, direct: true},
	{name: "iccid", id: IMEI, words: "iccid, sim serial, sim card, sim card number, simserialnumber, icc+id, sim+number, sim+id", forms: []string{"9999 9999 9999 9999 9999", "9999 9999 9999 9999 999", "999999999999999999"},
		valid: func(b []byte) bool { return b[0] == '8' && b[1] == '9' }},
	{name: "imsi", id: IMEI, words: "imsi, subscriber identity", forms: []string{"999 999 999999999", "999 99 999999999"}, valid: imsi},
}

// meidBytes is the length of a MEID, in hex.
const meidBytes = 14

// meid returns the end of the MEID at i, or 0: hex digits, a letter first, as its makers have codes from A0 on.
func meid(t []byte, i int) int {
	end := i + meidBytes
	if end > len(t) || !isLetter(t[i]) || !hexRun(t, end, meidBytes) || numberGoesOn(t, end) {
		return 0
	}
	return end
}

// imsi begins with one of E.212's codes of countries, which begin with 2 to 7, or with 9 for networks of none.
func imsi(b []byte) bool { return (b[0] >= '2' && b[0] <= '7' || b[0] == '9') && !allEqual(b) }

func luhnNumber(b []byte) bool { return !allEqual(b) && luhn(b) }
