package detect

// Numbers of mobile devices.
//
// Accepted: 15 digits that end in their Luhn check digit, in one piece or as they are printed, behind the word. Source: 3GPP TS 23.003
// section 6.2, GSMA TS.06.
var imeiKinds = []numberKind{
	{name: "imei", id: IMEI, words: "imei, imei1, imeinumber, equipment identity", forms: []string{"99 9999 99 9999 99 9"}, valid: luhnNumber},
}

func luhnNumber(b []byte) bool { return !allEqual(b) && luhnText(b) }
