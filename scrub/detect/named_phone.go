package detect

// Telephone numbers behind words that are looked for in all text or are in other scripts: short ones, and those with a slash behind the area code, as they are
// written in Germany, Austria, Belgium and Switzerland.
//
// Accepted: right behind one of the words, 7 to 15 digits in groups with spaces, dashes, dots, brackets or one slash between, 8 in one piece: 545 1234,
// 91234567, 030/23125-000, +49 30 / 23125000, 02/555 12 34. Dates and times are left alone. Source: DIN 5008, NBN Z 01-002; the numbering plans of
// Norway, Denmark, Singapore, Hong Kong and others, which have no area codes.
var slashedKinds = []numberKind{
	{name: "slashed_phone", id: Phone, words: "*tel!, *tél!, *telefon, *telefonnummer, *telefoon, *telefoonnummer, *telephone, *téléphone, *phone, *phonenumber, *mobile, *mobil!, *mobiltelefon, " +
		"*mobilnummer, *handy, *handynummer, *fax!, *telefax, *rufnummer, *gsm!, *durchwahl, *natel, *msisdn, *cellphone, cell phone, telefono, *teléfono, telefone, celular, cellulare, whatsapp, " +
		"contact+number, contact+no, contactnumber, contactno, puhelin, puhelinnumero, puh!, tfno, fone!, telefonu, cep!, cell!, caller!, callee!, *telefonszám, *tlf!, телефон, телефона, тел!, ph!, call+me at, call+me on, call+us at, call+us on, reach+me at, reach+me on, text+me at, contact+me at, my number+is, " +
		"手机号, 手机号码, 手机, 电话, 电话号码, 联系电话, 電話番号, 電話, 携帯, 携帯番号, 携帯電話, 手機, 전화번호, 전화, 휴대폰, 휴대전화, 연락처, " +
		"мобильный, τηλέφωνο, τηλ!, κινητό, טלפון, נייד, هاتف, الهاتف, جوال, الجوال, điện thoại, sđt, telefonní číslo, телефону, nomor telepon, nomor hp, โทรศัพท์, เบอร์โทร, เบอร์โทรศัพท์, มือถือ, " +
		"móvil, telemóvel, komórka, telefon numarası, मोबाइल, मोबाइल नंबर, फ़ोन, फ़ोन नंबर, फोन नंबर",
		read: slashedPhone, direct: true},
}

// Bounds of these numbers.
const (
	maxPhoneGroups     = 8 // groups of digits
	minShortDigits     = 7 // of a number in groups
	minShortDigitsBare = 8 // of one in one piece
)

// slashedPhone returns the end of the number at i, or 0.
func slashedPhone(t []byte, i int) int {
	abroad := byteAt(t, i-1) == '+' && isDigit(t[i]) && t[i] != '0'
	if !isDigit(t[i]) || byteAt(t, i-1) == '/' {
		return 0
	}
	var d [maxPhoneDigits]byte
	digits, slashes, best := 0, 0, 0
	for group := range maxPhoneGroups {
		end := behindDigits(t[:min(len(t), i+maxPhoneDigits+1)], i)
		if digits+end-i > maxPhoneDigits {
			break
		}
		digits += copy(d[digits:], t[i:end])
		if slashes > 1 && !abroad {
			return 0
		}
		if phoneLike(d[:digits], group, slashes, abroad) && !phoneAfter(t, end) && !measured(t, end) {
			best = end
		}
		gap, slashed := slashGap(t, end)
		if gap == 0 {
			break
		}
		if slashed {
			slashes++
		}
		i = end + gap
	}
	return best
}

// phoneLike reports whether digits, as they are written, in so many groups but one can be a number.
func phoneLike(d []byte, group, slashes int, abroad bool) bool {
	switch {
	case slashes > 0:
		return len(d) >= minPhoneDigits && (d[0] == '0' || abroad || group == 2 && len(d) == 10 && d[0] >= '2' && d[3] >= '2')
	case len(d) < minShortDigits || group == 0 && len(d) < minShortDigitsBare:
		return false
	}
	var values [maxPhoneDigits]byte
	for k, c := range d {
		values[k] = c - '0'
	}
	return !isDate(values[:len(d)]) && !allEqual(d)
}

// slashGap returns the length of what parts two groups of digits at i, 0 if no digit follows: a space, a dash, a dot, a bracket or a slash, with
// spaces around it or none.
func slashGap(t []byte, i int) (n int, slashed bool) {
	for n < 3 {
		switch c := byteAt(t, i+n); {
		case isDigit(c):
			return n, slashed
		case c == '/' && !slashed:
			slashed = true
		case c != ' ' && c != '-' && c != '.' && c != '(' && c != ')':
			return 0, false
		}
		n++
	}
	if isDigit(byteAt(t, i+n)) {
		return n, slashed
	}
	return 0, false
}
