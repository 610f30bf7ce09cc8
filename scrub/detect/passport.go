package detect

// Numbers of passports, and other numbers of documents that have no form of their own.
//
// Accepted: right behind one of the words, six to ten letters and digits, five digits among them; spaces may follow the first letters
// or pairs of digits. Source: ICAO Doc 9303-4 section 4.2.2 (up to nine characters; national ones have ten).
var passportKinds = []numberKind{
	{name: "passport", id: Passport, words: "*passport, *passportnumber, *visa number, *known traveler number, *redress number, passportno, passportnum, passportnr, *passeport, *reisepass, *reisepassnummer, *pass nummer, *passnummer, passnr, *pass+nr, *passport+id, *passport+book, *passport+card, travel document, " +
		"*pasaporte, *pasaport, passaporto, *passaporte, *paspoort, *paspoortnummer, *paszport, paszportu, *passnumber, pas numarası, pasaport numarası, pas+nr, cestovní pas, cestovný pas, číslo pasu, *pasnummer, passin numero, passinumero, útlevélszám, útlevél száma, pașaport, " +
		"pașaportului, διαβατήριο, διαβατηρίου, διαβατηριου, putovnica, putovnice, potni list, potnega lista, pases numurs, paso numeris, nomor paspor, hộ chiếu, " +
		"דרכון, جواز السفر, جواز سفر, หนังสือเดินทาง, паспорт, паспорта, паспорт рф, паспорт серия, паспорт гражданина, паспорт серия и номер, паспорт україни, パスポート, パスポート番号, 旅券, 여권, 护照, 护照号, 护照号码, 護照, 護照號碼, 여권번호, 旅券番号",
		read: passportNumber, direct: true},
}

func passportNumber(t []byte, i int) int {
	end := documentEnd(t, i)
	for n := 0; n < 2 && end-i < 6 && byteAt(t, end) == ' ' && groupAt(t, end+1); n++ {
		end = documentEnd(t, end+1)
	}
	return documentOf(t, i, end, 12)
}

// documentNumber reads what driving licences and their like have: up to 18 letters and digits.
func documentNumber(t []byte, i int) int {
	end := documentEnd(t, i)
	for n := 0; n < 4 && (byteAt(t, end) == '-' && isAlnum(byteAt(t, end+1)) || byteAt(t, end) == ' ' && end-i < 6 && groupAt(t, end+1)); n++ {
		end = documentEnd(t, end+1)
	}
	return documentOf(t, i, end, 22)
}

// groupAt reports whether a further group of a number stands at i, and no word: it has a digit.
func groupAt(t []byte, i int) bool { return digitSoon(t[:documentEnd(t, i)], i, maxFormBytes) }

// documentOf returns end if t[i:end] can be a document's number of at most so many bytes, else 0: not a word and a number, hex digits, a date or a quantity.
func documentOf(t []byte, i, end, most int) int {
	if end-i < 6 || end-i > most || numberGoesOn(t, end) || tallyOf(t[i:end], isDigit) < 5 || isLower(t[i]) && isLower(byteAt(t, i+1)) && isBlank(byteAt(t, keyStop(t, i))) ||
		hasFold(t, i, "0x") || dashedDate(t[i:end]) || measured(t, end) {
		return 0
	}
	return end
}

// dashedDate reports whether b is a day as ISO 8601 writes it, with dashes.
func dashedDate(b []byte) bool {
	return len(b) == len("2006-01-02") && b[4] == '-' && b[7] == '-' && (has(b, 0, "19") || has(b, 0, "20"))
}

// documentEnd returns the end of the letters and digits at i.
func documentEnd(t []byte, i int) int {
	for end := i + maxFormBytes; i < len(t) && i < end && isAlnum(t[i]); {
		i++
	}
	return i
}
