package detect

// Numbers of accounts and of the banks that hold them.
//
// Accepted: right behind one of the words, 8 to 17 digits, 6 to 17 where the word says that it is a number; routing numbers of the
// United States with their check digit, sort codes of the United Kingdom in pairs; 20 to 24 digits where the word says that bank and branch stand
// before. Not found: what account_id names; international numbers, see IBAN. Source: ABA Key to Routing Numbers; ISO 20022 Max34Text in its national uses.
var accountKinds = []numberKind{
	{name: "us_aba", id: BankAccount, words: "aba, rtn, routing, routingnumber, routing transit, transit number, aba routing", forms: []string{"9999 9999 9"}, valid: routingNumber},
	{name: "uk_sort_code", id: BankAccount, words: "*sort code, *sortcode", forms: []string{"99 99 99"}, direct: true},
	{name: "mx_clabe", id: BankAccount, words: "clabe, clabeinterbancaria, clabe interbancaria", forms: []string{"999 999 99999999999 9"}, valid: clabe},
	{name: "account", id: BankAccount, words: "*account, *acct, *konto, *cuenta, *compte, rekening, conta, conto bancario", read: accountNumber, direct: true},
	{name: "account_number", id: BankAccount, words: "*account+number, *account+no, *account+num, *account+nr, *account+#, *accountnumber, accountno, accountnr, " +
		"*account+nbr, *acct+number, *acct+no, *acct+num, *acct+nbr, *acct+#, acctno, acctnum, *acctnumber, bank account, *bankaccount, checking account, savings account, beneficiary account, " +
		"*bank acct, *kontonummer, kontonr, *konto+nr, *konto+nummer, bankkonto, bankverbindung, kto, kto+nr, 口座番号, 普通預金, 当座預金, 계좌번호, numéro de compte, compte bancaire, número de cuenta, cuenta bancaria, conta bancária, " +
		"conta corrente, conto corrente, numero di conto, número da conta, rekeningnummer, bankrekening, kontonummeret, tilinumero, numer konta, číslo účtu",
		read: longAccountNumber, direct: true},
	{name: "bank_and_account", id: BankAccount, words: "rib!, compte bancaire, numéro de compte, ccc!, cuenta bancaria, número de cuenta", read: bankAndAccount, direct: true},
}

func routingNumber(b []byte) bool {
	area := decimal(b[:2])
	return (area <= 12 || area >= 21 && area <= 32 || area >= 61 && area <= 72 || area == 80) && !allEqual(b) &&
		weigh(b, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
}

// clabe has its check digit last (Banco de México).
func clabe(b []byte) bool {
	sum := 0
	for i, c := range b[:17] {
		sum += int(c-'0') * [...]int{3, 7, 1}[i%3] % 10
	}
	return !allEqual(b) && (10-sum%10)%10 == int(b[17]-'0')
}

// maxAccountDigits is the length of the longest account number, of banks in the United States.
const maxAccountDigits = 17

// accountNumber reads eight digits or more that are no date.
func accountNumber(t []byte, i int) int {
	var d [maxAccountDigits]byte
	n, end := accountDigits(t, i, 8, d[:])
	if isDate(d[:n]) {
		return 0
	}
	return end
}

func longAccountNumber(t []byte, i int) int {
	var d [maxAccountDigits]byte
	_, end := accountDigits(t, i, 6, d[:])
	if dashedDate(t[i:max(i, end)]) {
		return 0
	}
	return end
}

// bankAndAccount reads what stands in an account's international number behind the check digits, in France and Spain: bank, branch and account.
func bankAndAccount(t []byte, i int) int {
	var d [24]byte
	_, end := accountDigits(t, i, 20, d[:])
	return end
}

// accountDigits reads groups of digits with single dashes between, or spaces until there are enough of them, and returns how many there are and
// where they end; 0 when there are too few or too many.
func accountDigits(t []byte, i, least int, d []byte) (n, end int) {
	for {
		for i < len(t) && isDigit(t[i]) {
			if n == len(d) {
				return 0, 0
			}
			d[n] = t[i] - '0'
			n++
			i++
		}
		gap := 0
		if c := byteAt(t, i); c == '-' || n < least && c != '/' {
			gap = gapLen(t, i)
		}
		if gap == 0 || !isDigit(byteAt(t, i+gap)) {
			break
		}
		i += gap
	}
	if n < least || numberGoesOn(t, i) || allEqual(d[:n]) {
		return 0, 0
	}
	return n, i
}
