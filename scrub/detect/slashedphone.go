package detect

// Telephone numbers with a slash behind the area code, as they are written in Germany, Austria, Belgium and Switzerland.
//
// Accepted: right behind one of the words, an area code that begins with 0, or a plus sign and a country's code, then a slash and four digits at
// least, in groups or not: 030/23125-000, +49 30 / 23125000, 02/555 12 34. Eight to fifteen digits; dates are left alone. Source: DIN 5008, NBN Z 01-002.
var slashedKinds = []numberKind{
	{name: "slashed_phone", id: Phone, words: "*tel!, *tél!, *telefon, *telefonnummer, *telefoon, *telephone, *téléphone, *phone, *phonenumber, *mobile, *mobil!, *mobiltelefon, *handy, *fax!, *telefax, " +
		"*rufnummer, *gsm!, *durchwahl, *natel, *msisdn", read: slashedPhone, direct: true},
}

// maxPhoneGroups bounds the groups of digits of a number.
const maxPhoneGroups = 8

// slashedPhone returns the end of the number at i, or 0.
func slashedPhone(t []byte, i int) int {
	abroad := byteAt(t, i-1) == '+' && isDigit(t[i]) && t[i] != '0'
	if t[i] != '0' && !abroad || byteAt(t, i-1) == '/' {
		return 0
	}
	digits, slashes, best := 0, 0, 0
	for range maxPhoneGroups {
		end := behindDigits(t[:min(len(t), i+maxPhoneDigits+1)], i)
		if digits += end - i; digits > maxPhoneDigits {
			break
		}
		if slashes > 1 && !abroad {
			return 0
		}
		if slashes > 0 && digits >= minPhoneDigits && !phoneAfter(t, end) {
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

// slashGap returns the length of what parts two groups of digits at i, 0 if no digit follows: a space, a dash or a slash, with spaces around it or
// none.
func slashGap(t []byte, i int) (n int, slashed bool) {
	for n < 3 {
		switch c := byteAt(t, i+n); {
		case isDigit(c):
			return n, slashed
		case c == '/' && !slashed:
			slashed = true
		case c != ' ' && c != '-':
			return 0, false
		}
		n++
	}
	if isDigit(byteAt(t, i+n)) {
		return n, slashed
	}
	return 0, false
}
