package detect

// Codes of cards, which nobody may keep once a payment is made.
//
// Accepted: three or four digits right behind one of the words. Source: PCI DSS 4.0 requirement 3.3.1.2.
var cvvKinds = []numberKind{
	{name: "cvv", id: CVV, words: "*cvv, *cvc, *csc!, cvn, *cvvcode, *cvccode, cvvnumber, *security code, *securitycode, *card code, *cardcode, *card verification, *card verification code, *card verification value, *verification value, " +
		"verification number, card security, cryptogramme, kartenprüfnummer, prüfnummer, prüfziffer, kartenprüfziffer, *código de seguridad, código de segurança, " +
		"codice di sicurezza", forms: []string{"9999", "999"}, direct: true},
}
