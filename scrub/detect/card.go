package detect

// matchCard finds the first payment card number at or after at in the run of digits and separators at at.
//
// Accepted: 13 to 19 digits of an issued prefix at an issued length, not all equal, with the Luhn check digit; in one piece, or in groups 4-4-4-4
// (or 4-4-4-4-3), 4-6-5, 4-4-4-3, 4-6-4, 4-4-4-2 with one kind of separator. 17 and 18 digits in one piece only where a key word says card. Not found:
// numbers that touch a letter, a digit, a dash or a dot; members of longer chains of groups; ids of traces and spans.
func matchCard(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	i, found := nextGroup(t, max(at, lo))
	for ; found; i, found = nextGroup(t, behindDigits(t, i)) {
		if i > lo && byteAt(t, i-3) == '%' && trackBefore(t, i-1) {
			i--
			end = cardEnd(t, i, lo, ctx)
		} else {
			end = cardAt(t, i, lo, ctx)
		}
		if end > 0 {
			return i, end, true
		}
	}
	return 0, 0, false
}

// cardAt returns the end of the card number whose first group is at i, in no track, or 0.
func cardAt(t []byte, i, lo int, ctx Context) int {
	if numberBefore(t, i) && !cardBefore(t, i) {
		return 0
	}
	return cardEnd(t, i, lo, ctx)
}

// cardBefore reports whether a word that names cards stands right before the number at i, or a sign between: VISA4111…, card-4111….
func cardBefore(t []byte, i int) bool {
	if c := byteAt(t, i-1); c == '-' || c == '_' || c == '.' {
		i--
	}
	start := i
	for start > 0 && i-start < 12 && isLetter(t[start-1]) {
		start--
	}
	return start < i && cardWords.has(t[start:i]) && !wordBefore(t, start)
}

// trackBefore reports whether a magnetic stripe's first track begins before the number at i, and its next field behind it: %B4111111111111111^
// (ISO/IEC 7813). What looks like an escape there, %B4, is none.
func trackBefore(t []byte, i int) bool {
	return hasFold(t, i-2, "%b") && byteAt(t, behindDigits(t[:min(len(t), i+maxCardDigits+1)], i)) == '^'
}

// Lengths of the shortest and the longest card number that no word needs to name.
const (
	minCardDigits = 13
	maxCardDigits = 19
)

// cardEnd returns the end of the card number at i, or 0.
func cardEnd(t []byte, i, lo int, ctx Context) int {
	if t[i] < '2' || t[i] > '6' {
		return 0
	}
	g := readGroups(t, i)
	n, used := cardForm(&g)
	if n == 0 {
		return 0
	}
	end := g.end[used-1]
	d := g.digit[:n]
	if !luhn(d) || numberAfter(t, end) || !issued(d) || allEqual(d) {
		return 0
	}
	if used > 1 {
		if chained(t, i, lo, &g, used) {
			return 0
		}
		return end
	}
	switch {
	case (n == 17 || n == 18) && !maestro(d) && !cardWords.named(t, i, ctx), idWords.direct(t, i, ctx):
		return 0
	case countWords.direct(t, i, ctx) && !cardWords.direct(t, i, ctx) && !specimens.has(t[i:end]):
		return 0
	}
	return end
}

// cardForm returns how many digits and groups the number has, 0 if its groups are none of a card's.
func cardForm(g *groups) (n, used int) {
	switch {
	case g.size[0] >= 13 && g.size[0] <= 19:
		return g.size[0], 1
	case g.sized(4, 4, 4, 4):
		if g.count == 5 && g.size[4] == 3 && (g.sep != ' ' || luhn(g.digit[:19]) && issued(g.digit[:19])) {
			return 19, 5
		}
		return 16, 4
	case g.sized(4, 6, 5):
		return 15, 3
	case g.sized(4, 4, 4, 3):
		return 15, 4
	case g.sized(4, 6, 4):
		return 14, 3
	case g.sized(4, 4, 4, 2):
		return 14, 4
	}
	return 0, 0
}

// chained reports whether groups of four go on before or behind the number, as counters do and not a second card. lo is where the card before
// may end.
func chained(t []byte, i, lo int, g *groups, used int) bool {
	if used != 4 {
		return false
	}
	if g.count > used && g.size[used] == 4 && !cardFollows(t, g.end[used-1]+1) {
		return true
	}
	return byteAt(t, i-1) == g.sep && i-1 != lo && i >= 6 && hexRun(t, i-1, 4) && !isAlnum(t[i-6]) && (t[i-6] == g.sep || t[i-6] != '-' && t[i-6] != '.')
}

// cardFollows reports whether a second card's number begins at i.
func cardFollows(t []byte, i int) bool {
	g := readGroups(t, i)
	n, used := cardForm(&g)
	return n == 16 && used == 4 && luhn(g.digit[:n]) && issued(g.digit[:n])
}

// cardWords say that a number is a card's; idWords that it is another thing's.
var (
	cardWords = newWordSet("card", "cards", "cardnumber", "pan", "cc", "ccnum", "credit", "debit", "visa", "mastercard", "payment", "creditcard")
	idWords   = newWordSet("span", "trace", "snowflake", "timestamp", "block", "offset", "ticks", "nanos", "uptime")
)

// countWords name counters, times and identifiers, one in forty of which has a card's prefix and check digit. specimens are the numbers that
// schemes and payment services publish for tests: no counter comes to one by chance.
var (
	countWords = keyWords{
		"id", "ids", "seq", "sequence", "lsn", "ts", "time", "nonce", "ns", "us", "ms", "nanoseconds", "bytes", "size", "checkpoint", "cursor", "position",
		"version", "generation", "revision", "counter", "count", "hash", "pid", "tid", "guild", "channel", "object", "inode", "xid", "txid",
		"transaction", "order", "invoice", "tracking", "shipment", "parcel", "ticket", "lock", "handle", "addr", "address", "ptr", "seed",
	}
	specimens = keyWords{
		"4111111111111111", "4242424242424242", "4012888888881881", "4222222222222222", "4000056655665556", "4000000000000002", "4539578763621486",
		"5555555555554444", "5105105105105100", "5200828282828210", "5454545454545454", "2223003122003222", "2222400070000005", "5500000000000004",
		"6011111111111117", "6011000990139424", "6011000000000004", "3530111333300000", "3566002020360505", "6200000000000005", "378282246310005",
		"371449635398431", "378734493671000", "340000000000009", "30569309025904", "38520000023237", "36227206271667", "4222222222222",
	}
)

// luhn checks the last digit (ISO/IEC 7812-1 annex B) of digits, or of digits as they are written.
func luhn(d []byte) bool {
	sum := 0
	if len(d)%2 != 0 {
		sum, d = int(d[0]&15), d[1:]
	}
	for ; len(d) >= 2; d = d[2:] {
		sum += int(twice[d[0]&15]) + int(d[1]&15)
	}
	return sum%10 == 0
}

// twice are the sums of the digits of twice a digit.
var twice = [16]uint8{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}

func allEqual(d []byte) bool {
	for _, v := range d {
		if v != d[0] {
			return false
		}
	}
	return true
}

// issuer is a range of prefixes, compared over as many digits as they have, and a bit for each length in use.
type issuer struct {
	low, high int
	digits    int
	lengths   uint32
}

const (
	length13 = 1 << 13
	length14 = 1 << 14
	length15 = 1 << 15
	length16 = 1 << 16
	length18 = 1 << 18
	length19 = 1 << 19
	upTo19   = 1<<20 - 1<<16
	any13    = 1<<20 - 1<<13
)

// issuers are the prefixes that payment schemes have issued (ISO/IEC 7812-1 registration authority, schemes' own publications).
var issuers = [...]issuer{
	{4, 4, 1, length13 | length16 | length19},       // Visa
	{51, 55, 2, length16},                           // Mastercard
	{2221, 2720, 4, length16},                       // Mastercard
	{2200, 2204, 4, upTo19},                         // Mir
	{34, 34, 2, length15},                           // American Express
	{37, 37, 2, length15},                           // American Express
	{300, 305, 3, length14},                         // Diners Club
	{3095, 3095, 4, length14},                       // Diners Club
	{36, 36, 2, length14},                           // Diners Club
	{38, 39, 2, length14},                           // Diners Club
	{3528, 3589, 4, upTo19},                         // JCB
	{6011, 6011, 4, upTo19},                         // Discover
	{644, 649, 3, upTo19},                           // Discover
	{65, 65, 2, upTo19},                             // Discover, RuPay
	{62, 62, 2, upTo19},                             // UnionPay
	{60, 60, 2, length16},                           // RuPay
	{508, 508, 3, length16},                         // RuPay
	{5018, 5018, 4, any13},                          // Maestro
	{5020, 5020, 4, any13},                          // Maestro
	{5038, 5038, 4, any13},                          // Maestro
	{5893, 5893, 4, any13},                          // Maestro
	{6304, 6304, 4, any13},                          // Maestro
	{6390, 6390, 4, any13},                          // Maestro
	{6759, 6759, 4, any13},                          // Maestro
	{6761, 6763, 4, any13},                          // Maestro
	{5019, 5019, 4, length16},                       // Dankort
	{5060, 5061, 4, length16 | length18 | length19}, // Verve
	{6062, 6062, 4, length13 | length16 | length19}, // Hipercard
	{6362, 6363, 4, length16},                       // Elo
	{5066, 5067, 4, length16},                       // Elo
}

// maestro reports whether the number begins as those of Maestro do, four digits that few ids begin with.
func maestro(d []byte) bool {
	prefix := int(d[0])*1000 + int(d[1])*100 + int(d[2])*10 + int(d[3])
	for i := range issuers {
		if is := &issuers[i]; is.lengths == any13 && is.low <= prefix && prefix <= is.high {
			return true
		}
	}
	return false
}

// issued reports whether the number has a prefix in use at a length in use.
func issued(d []byte) bool { return issuedTo(d, len(d)) }

// issuedTo reports whether numbers of the length begin with d, of which four digits count.
func issuedTo(d []byte, length int) bool {
	prefix := [5]int{}
	for i := range 4 {
		prefix[i+1] = prefix[i]*10 + int(d[i])
	}
	for i := range issuers {
		is := &issuers[i]
		if p := prefix[is.digits]; p >= is.low && p <= is.high && is.lengths>>length&1 != 0 {
			return true
		}
	}
	return false
}
