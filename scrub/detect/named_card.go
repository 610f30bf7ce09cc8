package detect

// Numbers of cards that only a word tells: in other groups than schemes print, or of issuers that are not listed.
//
// Accepted: right behind one of the words, 12 to 19 digits in one piece or in groups, up to two signs between; with the Luhn check digit, not all
// equal, none that begins with 0, and only those of 15 digits that begin with 1 (UATP). Source: ISO/IEC 7812-1.
var namedCardKinds = []numberKind{
	{name: "named_card", id: Card, words: "*card number, *cardnumber, *creditcardnumber, card no, card num, cardno, cardnum, *credit card, creditcard, debit card, debitcard, *pan, *pannumber, ccnum, " +
		"cc number, ccnumber, amex, american express, maestro, unionpay, kartennummer, kreditkarte, *kreditkartennummer, carte bancaire, carte de crédit, " +
		"numéro de carte, tarjeta, tarjeta de crédito, número de tarjeta, carta di credito, numero carta, cartão, cartão de crédito, número do cartão, creditcardnummer", read: namedCard, direct: true},
}

// namedCard returns the end of the number at i, or 0: of the longest that ends where a group does.
func namedCard(t []byte, i int) (best int) {
	var d [maxCardDigits]byte
	n := 0
	for at := i; ; {
		for at < len(t) && isDigit(t[at]) {
			if n == len(d) {
				return best
			}
			d[n] = t[at] - '0'
			n++
			at++
		}
		if n >= 12 && namedCardNumber(d[:n]) && !numberGoesOn(t, at) {
			best = at
		}
		gap := cardGap(t, at)
		if gap == 0 {
			return best
		}
		at += gap
	}
}

func namedCardNumber(d []byte) bool {
	return d[0] != 0 && (d[0] != 1 || len(d) == 15) && !allEqual(d) && luhn(d)
}

// cardGap returns the length of what parts two groups of digits at i: one sign or two, or none if no digit follows.
func cardGap(t []byte, i int) int {
	n := 0
	for range 4 {
		c := byteAt(t, i+n)
		switch {
		case isDigit(c):
			return n
		case c == '.' && behindDigits(t[:min(len(t), i+n+8)], i+n+1) > i+n+7:
			return 0 // a fraction
		case c == ' ', c == '-', c == '.', c == '_', c == '/', c == '\t':
			n++
		default:
			m := gapLen(t, i+n)
			if m == 0 {
				return 0
			}
			n += m
		}
	}
	return 0
}
