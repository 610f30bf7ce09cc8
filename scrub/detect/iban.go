package detect

// matchIBAN finds the international bank account number whose country begins at at.
//
// Accepted: country, two check digits, the country's own length and kinds of characters, in any case; spaces, dashes, plus signs, dots or underscores
// after every fourth character or none at all, or single ones elsewhere behind the check digits; checked by MOD 97-10. The number ends at its country's length, whatever word follows a space.
func matchIBAN(_ *Options, t []byte, at, lo int, _ Context) (start, end int, ok bool) {
	if at < lo || at+15 > len(t) || !isLetter(t[at]) || !isLetter(t[at+1]) || !isDigit(t[at+2]) || !isDigit(t[at+3]) || wordBefore(t, at) {
		return 0, 0, false
	}
	form := ibanForms[t[at]&31][t[at+1]&31]
	if form == nil {
		return 0, 0, false
	}
	var b [maxIBANBytes]byte
	number := b[:form.length]
	end, fours := readIBAN(t, at, number)
	if end == 0 || !fours && tallyOf(number[4:], isDigit) < minLooseDigits || wordAt(t, end) || !form.fits(number[4:]) || !mod97(number) {
		return 0, 0, false
	}
	return at, end, true
}

// minLooseDigits is how many digits an account has at least whose number has other groups than of four; or words could be taken for one.
const minLooseDigits = 8

// maxIBANBytes is the greatest length the standard allows.
const maxIBANBytes = 34

// readIBAN fills number with what is at i, in upper case and without separators, and returns where that ends; 0 when it is cut short. A single separator
// may stand before any character behind the check digits; fours says that the same one, or none, stands before every fourth and before no other.
func readIBAN(t []byte, i int, number []byte) (end int, fours bool) {
	sep := byte(0)
	fours = true
	for n := range number {
		gap := byte(0)
		if c := byteAt(t, i); n >= 4 && (c == ' ' || c == '-' || c == '+' || c == '.' || c == '_') {
			gap = c
			i++
		}
		if n == 4 {
			sep = gap
		}
		fours = fours && (gap == sep && n%4 == 0 || gap == 0 && n%4 != 0)
		c := byteAt(t, i)
		if !isAlnum(c) {
			return 0, false
		}
		number[n] = upper(c)
		i++
	}
	return i, fours
}

// mod97 reports whether the number leaves 1 when its first four characters are put last and letters are read as 10 to 35.
func mod97(b []byte) bool {
	r := 0
	add := func(part []byte) {
		for _, c := range part {
			if isDigit(c) {
				r = (r*10 + int(c-'0')) % 97
			} else {
				r = (r*100 + int(c-'A') + 10) % 97
			}
		}
	}
	add(b[4:])
	add(b[:4])
	return r == 1
}

// ibanForm is a country's length and what its account part is made of: runs of n digits, a letters, c both.
type ibanForm struct {
	length byte
	runs   [3]ibanRun
}

type ibanRun struct {
	n    byte
	kind byte
}

// fits reports whether account, in upper case, has the country's form.
func (f *ibanForm) fits(account []byte) bool {
	for _, r := range f.runs {
		for _, c := range account[:r.n] {
			if r.kind == 'n' && !isDigit(c) || r.kind == 'a' && !isLetter(c) {
				return false
			}
		}
		account = account[r.n:]
	}
	return true
}

// ibanForms are the countries of the ISO 13616 register, by the low five bits of their letters.
var ibanForms = func() (m [32][32]*ibanForm) {
	for _, c := range ibanCountries {
		f := &ibanForm{length: 4}
		run := 0
		for _, b := range []byte(c[2:]) {
			if isDigit(b) {
				f.runs[run].n = f.runs[run].n*10 + b - '0'
				continue
			}
			f.runs[run].kind = b
			f.length += f.runs[run].n
			run++
		}
		m[c[0]&31][c[1]&31] = f
	}
	return m
}()

var ibanCountries = [...]string{
	"AD8n12c", "AE19n", "AL8n16c", "AT16n", "AZ4a20c", "BA16n", "BE12n", "BG4a6n8c", "BH4a14c", "BI23n", "BR23n1a1c", "BY4c4n16c",
	"CH5n12c", "CR18n", "CY8n16c", "CZ20n", "DE18n", "DJ23n", "DK14n", "DO4c20n", "EE16n", "EG25n", "ES20n", "FI14n", "FK2a12n",
	"FO14n", "FR10n11c2n", "GB4a14n", "GE2a16n", "GI4a15c", "GL14n", "GR7n16c", "GT24c", "HN4a20n", "HR17n", "HU24n", "IE4a14n",
	"IL19n", "IQ4a15n", "IS22n", "IT1a10n12c", "JO4a4n18c", "KW4a22c", "KZ3n13c", "LB4n20c", "LC4a24c", "LI5n12c", "LT16n",
	"LU3n13c", "LV4a13c", "LY21n", "MC10n11c2n", "MD20c", "ME18n", "MK3n10c2n", "MN16n", "MR23n", "MT4a5n18c", "MU4a19n3a",
	"NI4a20n", "NL4a10n", "NO11n", "OM3n16c", "PK4a16c", "PL24n", "PS4a21c", "PT21n", "QA4a21c", "RO4a16c", "RS18n", "RU14n15c",
	"SA2n18c", "SC4a20n3a", "SD14n", "SE20n", "SI15n", "SK20n", "SM1a10n12c", "SO19n", "ST21n", "SV4a20n", "TL19n", "TN20n",
	"TR6n16c", "UA6n19c", "VA18n", "VG4a16n", "XK16n", "YE4a4n18c",
	// Not in the register, but in use: what SWIFT lists as national formats like it.
	"AO21n", "BF2c22n", "BJ2c22n", "CF23n", "CG23n", "CI2c22n", "CM23n", "CV21n", "DZ22n", "GA23n", "GQ23n", "GW2c19n", "IR22n", "KM23n",
	"MA24n", "MG23n", "ML2c22n", "MZ21n", "NE2c22n", "SN2c22n", "TD23n", "TG2c22n",
}
