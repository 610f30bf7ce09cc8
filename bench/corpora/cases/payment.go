package cases

import (
	"math/big"
	"strconv"
	"strings"
)

// issuers are prefixes and lengths of card numbers (ISO/IEC 7812-1, the schemes' own publications).
var issuers = []struct {
	low, high int
	lengths   []int
}{
	{4, 4, []int{16, 16, 16, 13, 19}},
	{51, 55, []int{16}},
	{2221, 2720, []int{16}},
	{34, 34, []int{15}},
	{37, 37, []int{15}},
	{300, 305, []int{14}},
	{36, 36, []int{14}},
	{38, 39, []int{14}},
	{6011, 6011, []int{16, 19}},
	{644, 649, []int{16}},
	{65, 65, []int{16}},
	{62, 62, []int{16, 19}},
	{3528, 3589, []int{16}},
	{6304, 6304, []int{16, 16, 16, 19, 13}},
	{6759, 6759, []int{16, 16, 16, 18}},
}

// luhn returns the check digit that makes s valid (ISO/IEC 7812-1 annex B).
func luhn(s string) string {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return strconv.Itoa((10 - sum%10) % 10)
}

// cardDigits returns a card number in one piece.
func (g *source) cardDigits() string {
	is := one(g, issuers)
	prefix := strconv.Itoa(g.n(is.low, is.high))
	body := prefix + g.digits(one(g, is.lengths)-len(prefix)-1)
	return body + luhn(body)
}

// card returns a card number in one piece, or in its scheme's groups.
func (g *source) card() string {
	s := g.cardDigits()
	sep := one(g, []string{"", "", " ", "-"})
	switch {
	case len(s) == 16:
		return group(s, sep, 4)
	case len(s) == 15:
		return cut(s, sep, 4, 6)
	case len(s) == 14:
		return cut(s, sep, 4, 6)
	}
	return s
}

// accounts are the countries of the ISO 13616 register, and the parts of their account numbers: n digits, a letters, c both.
const accounts = `AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c CZ20n DE18n DJ23n
DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT24c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n
IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n
MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n
SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c`

// iban returns an account number with its check digits (ISO 13616-1, ISO/IEC 7064 MOD 97-10), as printed or as stored.
func (g *source) iban() string {
	form := g.pick(accounts)
	account := g.account(form[2:])
	s := form[:2] + checkDigits(form[:2], account) + account
	switch g.n(0, 5) {
	case 0, 1:
		s = group(s, " ", 4)
	case 2:
		s = group(s, "-", 4)
	case 3:
		s = strings.ToLower(s)
	}
	return s
}

// account draws an account number of the form: counts and kinds.
func (g *source) account(form string) string {
	var b strings.Builder
	for n := 0; form != ""; form = form[1:] {
		switch form[0] {
		case 'n':
			b.WriteString(g.digits(n))
		case 'a':
			b.WriteString(g.chars(n, uppercase))
		case 'c':
			b.WriteString(g.chars(n, one(g, []string{decimal, decimal, decimal + uppercase})))
		default:
			n = n*10 + int(form[0]-'0')
			continue
		}
		n = 0
	}
	return b.String()
}

// checkDigits returns the two that make country and account leave 1 when divided by 97.
func checkDigits(country, account string) string {
	var b strings.Builder
	for _, r := range account + country + "00" {
		if r >= 'A' {
			b.WriteString(strconv.Itoa(int(r-'A') + 10))
		} else {
			b.WriteRune(r)
		}
	}
	v, _ := new(big.Int).SetString(b.String(), 10)
	rest := int(v.Mod(v, big.NewInt(97)).Int64())
	return string(rune('0'+(98-rest)/10)) + string(rune('0'+(98-rest)%10))
}
