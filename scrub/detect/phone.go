package detect

// matchPhone finds the first telephone number at or after at in the run of digits and separators at at.
//
// Accepted: '+' and 8 to 15 digits with a country code in use and a length that country has; North American numbers with separators
// ((212) 555-0142, 212-555-0142, 1-212-555-0142), with blanks alone where a word says so or nothing else is around; Russian ones with their 8; 00, a country code in use and a length that country has, in groups, or in one piece that has
// no name of its own; any 8 to 15 digits where a key word says so. Groups are parted by one of space, dash, dot, or by
// brackets. Extensions (x123, ext. 5) are part of it. Not found: numbers that touch a letter, a digit or an underscore; bare runs of digits without a key word.
func matchPhone(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	first := max(at, lo)
	i, found := nextGroup(t, first)
	for ; found; i, found = nextGroup(t, behindDigits(t, i)) {
		if start, end, ok = phoneAt(t, i, lo, ctx, i-first <= keyReach); ok {
			return start, end, true
		}
	}
	return 0, 0, false
}

// phoneAt finds the telephone number whose first group of digits is at i. A word that calls it so may be near only if mayBeNamed says so.
func phoneAt(t []byte, i, lo int, ctx Context, mayBeNamed bool) (start, end int, ok bool) {
	if !mayBePhone(t, i) || !mayBeNamed && !mayBeAbroad(t, i) && !mayBeAmerican(t, i) && !mayBeRussian(t, i) {
		return 0, 0, false
	}
	var p phoneGroups
	if p.read(t, i); p.n < minPhoneDigits {
		return 0, 0, false
	}
	if start, end, ok = p.number(t, i, lo, ctx, mayBeNamed); ok {
		end = extensionEnd(t, end)
	}
	return start, end, ok
}

// number reads a number of any kind.
func (p *phoneGroups) number(t []byte, i, lo int, ctx Context, mayBeNamed bool) (start, end int, ok bool) {
	abroad := p
	if p.hasTrunk() {
		without := *p
		without.dropTrunk()
		abroad = &without
	}
	if start, end, ok = abroad.international(t, i, lo); ok {
		return start, end, true
	}
	if start, end, ok = p.american(t, i, lo, ctx); ok {
		return start, end, true
	}
	if end = p.russian(t, i); end > 0 {
		return i, end, true
	}
	if start, end, ok = abroad.dialled(t, i, ctx); ok || !mayBeNamed {
		return start, end, ok
	}
	return p.named(t, i, lo, ctx)
}

// mayBePhone reports whether the group at i can be the first of a number: behind a sign, of the sizes of an American one, or the first of its run.
func mayBePhone(t []byte, i int) bool {
	if inColumns(t, i) {
		return mayBeAmerican(t, i)
	}
	sign := i - 1
	if byteAt(t, sign) == '(' {
		sign--
	}
	if byteAt(t, sign) == '+' && byteAt(t, sign-1) != '+' && !wordBefore(t, sign) || mayBeAmerican(t, i) {
		return true
	}
	switch byteAt(t, i-1) {
	case '.', '-':
		return false
	}
	return has(t, i, "00") || !digitBefore(t, i) && !wordBefore(t, i)
}

// mayBeAbroad reports whether the group at i can be the first of a number behind a sign or two zeros, by its first three digits: those that no
// country's code begins with are told here, a third zero, and where in North America no number begins so.
func mayBeAbroad(t []byte, i int) bool {
	if has(t, i, "00") {
		third := byteAt(t, i+2+phoneGap(t, i+2))
		return isDigit(third) && third != '0'
	}
	sign := i - 1
	if byteAt(t, sign) == '(' {
		sign--
	}
	if c := byteAt(t, sign); c != '+' && lower(c) != 'b' {
		return false
	}
	var d [3]byte
	for k := range d {
		if d[k] = byteAt(t, i) - '0'; d[k] > 9 {
			return false
		}
		if k > 0 && d[k] == 0 && t[i-1] == '(' {
			return true // a zero that may be dialled at home only
		}
		if k == 1 && d[0] == 1 {
			return d[1] >= 2
		}
		i += 1 + phoneGap(t, i+1)
	}
	two := int(d[0])*10 + int(d[1])
	return d[0] == 7 || countryDigits[two].most > 0 || countryDigits[two*10+int(d[2])].most > 0
}

// extensionEnd returns the end of the extension behind the number that ends at i, or i: x123, ext. 5, extension 12, #7, of at most six digits.
func extensionEnd(t []byte, i int) int {
	j := i
	for j-i < 2 && (byteAt(t, j) == ' ' || byteAt(t, j) == ',') {
		j++
	}
	switch lower(byteAt(t, j)) {
	case 'x', '#':
		j++
	case 'e':
		stop := keyStop(t, j)
		if word := t[j:stop]; !extensionWords.has(word) {
			return i
		}
		j = stop
	default:
		return i
	}
	for range 2 {
		if c := byteAt(t, j); c == ' ' || c == ':' || c == '.' {
			j++
		}
	}
	end := behindDigits(t[:min(len(t), j+7)], j)
	if end == j || end-j > 6 || numberAfter(t, end) {
		return i
	}
	return end
}

var extensionWords = keyWords{"ext", "ext.", "extn", "extn.", "extension"}

// inColumns reports whether the group at i goes on from another one, by one separator, as far as can be told without asking for escapes: none ends
// in a digit behind a sign.
func inColumns(t []byte, i int) bool {
	if i < 4 || !isGroupSpace(t[i-1]) || !isDigit(t[i-2]) {
		return placeholderBefore(t, i-1) && isGroupSpace(t[i-1])
	}
	return isGroupSpace(t[i-3]) || isDigit(t[i-3]) && isGroupSpace(t[i-4])
}

// mayBeAmerican reports whether groups of 3-3-4 digits begin at i, or behind a 1 there.
func mayBeAmerican(t []byte, i int) bool {
	if t[i] == '1' && !isDigit(byteAt(t, i+1)) {
		i += 1 + phoneGap(t, i+1)
	}
	if !isDigit(byteAt(t, i+1)) || !isDigit(byteAt(t, i+2)) || isDigit(byteAt(t, i+3)) {
		return false
	}
	for _, size := range [...]int{3, 3} {
		if behindDigits(t[:min(len(t), i+size+1)], i) != i+size {
			return false
		}
		n := phoneGap(t, i+size)
		if n == 0 {
			return false
		}
		i += size + n
	}
	return behindDigits(t[:min(len(t), i+5)], i) == i+4
}

// maxPhoneDigits is the length of the longest number (E.164 section 6), and minPhoneDigits that of the shortest which is looked for.
const (
	maxPhoneDigits = 15
	minPhoneDigits = 8
)

// phoneGroups are groups of digits with up to two separators between.
type phoneGroups struct {
	digit [maxPhoneDigits]byte
	size  [8]int
	sum   [8]int // digits up to the end of a group
	end   [8]int
	gap   [8][2]byte // separators before a group
	count int
	n     int
}

// read reads groups from i. What is in p must be zero.
func (p *phoneGroups) read(t []byte, i int) {
	n, count := 0, 0
	for {
		j := i
		for j < len(t) && isDigit(t[j]) {
			if n == maxPhoneDigits {
				// One digit more than fits: the group does not count.
				p.n, p.count = n-(j-i), count
				return
			}
			p.digit[n] = t[j] - '0'
			n++
			j++
		}
		p.size[count], p.sum[count], p.end[count] = j-i, n, j
		if count++; count == len(p.size) {
			break
		}
		gap := phoneGap(t, j)
		if gap == 0 {
			break
		}
		p.gap[count] = [2]byte{t[j], t[j+gap-1]}
		i = j + gap
	}
	p.n, p.count = n, count
}

// phoneGap returns the length of the separators at i that a digit follows, or 0.
func phoneGap(t []byte, i int) int {
	for n := range 3 {
		c := byteAt(t, i+n)
		switch {
		case isDigit(c):
			return n
		case c == '+' && (isBlank(byteAt(t, i+n-1)) || isBlank(byteAt(t, i+n+1))):
			return 0 // the next number's sign
		case !isGroupSpace(c) && c != '(' && c != ')':
			return 0
		}
	}
	return 0
}

// upTo returns the digits in the first k groups.
func (p *phoneGroups) upTo(k int) []byte { return p.digit[:p.sum[k-1]] }

// international reads a number behind a plus sign.
func (p *phoneGroups) international(t []byte, i, lo int) (start, end int, ok bool) {
	start = i - 1
	if byteAt(t, start) == '(' {
		start--
	}
	escaped := hasFold(t, start-5, `\u002b`)
	if escaped {
		start -= 5
	}
	if start < lo || byteAt(t, start) != '+' && !escaped || wordBefore(t, start) || byteAt(t, start-1) == '+' || p.count == 0 || sinceStart(t, start, p.end[0]) {
		return 0, 0, false
	}
	open := byteAt(t, start-1) == '(' && start-1 >= lo && byteAt(t, p.end[0]) == ')'
	for k := p.count; k > 0 && p.sum[k-1] >= minPhoneDigits; k-- {
		if knownCountry(p.upTo(k)) && !phoneAfter(t, p.end[k-1]) {
			if open && k > 1 {
				start--
			}
			return start, p.end[k-1], true
		}
	}
	return 0, 0, false
}

// sinceStart reports whether the seconds since a program's start are at start, which Go prints behind a time, their first digits up to end: m=+39.384575417.
func sinceStart(t []byte, start, end int) bool {
	return has(t, start-len("m="), "m=") && !wordBefore(t, start-len("m=")) && byteAt(t, end) == '.'
}

// dialled reads a number behind two zeros, which are dialled for another country in most countries (ITU-T E.123): 0049 30 23125-0,
// 00 33 1 99 00 12 34. In one piece it may be an id: it needs twelve digits and no name that is another's.
func (p *phoneGroups) dialled(t []byte, i int, ctx Context) (start, end int, ok bool) {
	if p.count == 0 || p.n < 11 || p.digit[0] != 0 || p.digit[1] != 0 || p.digit[2] == 0 || p.size[0] < 2 || numberBefore(t, i) ||
		byteAt(t, i-1) == ':' && valueBefore(t, i-1) {
		return 0, 0, false
	}
	for k := p.count; k > 0; k-- {
		d := p.upTo(k)[2:]
		if len(d) < 9 || !knownCountry(d) || phoneAfter(t, p.end[k-1]) {
			continue
		}
		if k > 1 {
			if p.evenly(k) && !p.alike(k) && !inDump(t, p.end[k-1]) {
				return i, p.end[k-1], true
			}
			continue
		}
		return i, p.end[0], len(d) >= 10 && !filledUp(d) && !hasKey(t, i, ctx)
	}
	return 0, 0, false
}

// alike reports whether the first k groups, of several, are all of one size, as a dump of bytes or words has them.
func (p *phoneGroups) alike(k int) bool {
	for _, size := range p.size[1:k] {
		if size != p.size[0] {
			return false
		}
	}
	return k > 1
}

// inDump reports whether the words of a dump go on at i: up to a hex number with a letter, with nothing but digits before it.
func inDump(t []byte, i int) bool {
	for range 8 {
		stop := i + 1
		letter, digit := false, false
		for ; stop-i <= 4 && isHex(byteAt(t, stop)); stop++ {
			letter, digit = letter || isLetter(t[stop]), digit || isDigit(t[stop])
		}
		switch {
		case byteAt(t, i) != ' ', stop-i != 3 && stop-i != 5, isAlnum(byteAt(t, stop)):
			return false
		case letter && digit:
			return true
		}
		i = stop
	}
	return true
}

// filledUp reports whether zeros fill the number d up, as they do a table's numbers of one width.
func filledUp(d []byte) bool {
	zeros := 0
	for _, c := range d {
		if zeros++; c != 0 {
			zeros = 0
		}
		if zeros == 5 {
			return true
		}
	}
	return false
}

// evenly reports whether one sign of a kind parts the first k groups, brackets and what stands beside them aside.
func (p *phoneGroups) evenly(k int) bool {
	var sign byte
	for j := 1; j < k; j++ {
		gap := p.gap[j]
		if gap[0] == ')' || gap[1] == '(' {
			continue
		}
		if p.end[j]-p.size[j] != p.end[j-1]+1 || sign != 0 && gap[0] != sign {
			return false
		}
		sign = gap[0]
	}
	return true
}

// hasTrunk reports whether a zero in brackets is dialled at home only: +44 (0)20 7946 0958.
func (p *phoneGroups) hasTrunk() bool {
	return p.count >= 3 && p.size[1] == 1 && p.gap[1][1] == '(' && p.gap[2][0] == ')' && p.digit[p.size[0]] == 0
}

// dropTrunk takes the zero of hasTrunk from the digits.
func (p *phoneGroups) dropTrunk() {
	copy(p.digit[p.size[0]:], p.digit[p.size[0]+1:p.n])
	p.size[1] = 0
	for k := 1; k < p.count; k++ {
		p.sum[k]--
	}
	p.n--
}

// american reads a number of the North American plan: 3-3-4 digits, a 1 before them or not. Where only blanks part the groups, what is around says that
// they are no counters.
func (p *phoneGroups) american(t []byte, i, lo int, ctx Context) (start, end int, ok bool) {
	first, start := 0, i
	if p.count > 3 && p.size[0] == 1 && p.digit[0] == 1 {
		first = 1
	}
	if p.count < first+3 || p.size[first] != 3 || p.size[first+1] != 3 || p.size[first+2] != 4 || !northAmerican(p.digit[first:first+10]) {
		return 0, 0, false
	}
	end = p.end[first+2]
	area, middle := p.gap[first+1], p.gap[first+2]
	switch {
	case area[0] == ')' && first == 0:
		if start--; byteAt(t, start) != '(' || start < lo {
			return 0, 0, false
		}
	case area[0] == ')', area == middle, middle == [2]byte{'-', '-'} && (area == [2]byte{' ', ' '} || area == [2]byte{'.', '.'}):
	default:
		return 0, 0, false
	}
	if numberBefore(t, start) || byteAt(t, start-1) == '/' || phoneAfter(t, end) {
		return 0, 0, false
	}
	if area[0] != ' ' {
		return start, end, true
	}
	if first == 0 && (p.count > 3 && p.gap[3] == [2]byte{' ', ' '} || byteAt(t, end) == ' ' && placeholderAt(t[end+1:]) || byteAt(t, start-1) == ' ' && valueBefore(t, start-1)) {
		return 0, 0, false // counters in columns
	}
	return start, end, middle[0] != ' ' || alone(t, start, end) || calledPhone(t, start, ctx)
}

func northAmerican(d []byte) bool {
	return d[0] >= 2 && d[3] >= 2 && (d[1] != 1 || d[2] != 1) && (d[4] != 1 || d[5] != 1)
}

// phoneWords name telephone numbers in logs.
var phoneWords = newWordSet(
	"phone", "phones", "phonenumber", "phoneno", "phonenum", "shiptophonenum", "telephone", "tel", "mobile", "mobil", "msisdn", "cell", "cellphone", "cellular", "fax",
	"telefon", "telefono", "teléfono", "telefone", "téléphone", "telephonenumber", "telefonnummer", "handy", "whatsapp", "mob", "celular",
	"móvil", "movil", "portable", "caller", "callee", "smsto", "telefoon", "telefax", "rufnummer", "cellulare", "telemóvel", "komórka",
)

// named reads any number that a key word calls one.
func (p *phoneGroups) named(t []byte, i, lo int, ctx Context) (start, end int, ok bool) {
	if p.count == 0 || p.n < 8 || wordBefore(t, i) || byteAt(t, i-1) == '.' || byteAt(t, i-1) == '-' || digitBefore(t, i) || byteAt(t, i-1) == ':' && isDigit(byteAt(t, i-2)) {
		return 0, 0, false
	}
	start = i
	if byteAt(t, i-1) == '(' && i-1 >= lo && p.count > 1 && p.gap[1][0] == ')' {
		start--
	}
	k := p.count
	for k > 0 && (len(p.upTo(k)) > maxPhoneDigits || phoneAfter(t, p.end[k-1])) {
		k--
	}
	if k == 0 {
		return 0, 0, false
	}
	d := p.upTo(k)
	if len(d) < 8 || allEqual(d) || isDate(d) {
		return 0, 0, false
	}
	if named, counted := phoneKey(t, start, ctx); named || counted {
		return start, p.end[k-1], !counted
	}
	if !isEpoch(d) && !measured(t, p.end[k-1]) && phoneWords.calls(t, start, ctx) && !countedWords.introduce(t, start) {
		return start, p.end[k-1], true
	}
	return 0, 0, false
}

// phoneKey reports whether the key of what stands at i, or the text's, names a telephone number, and whether it names what is counted or known of one:
// phone_id, phoneVerifiedAt.
func phoneKey(t []byte, i int, ctx Context) (named, counted bool) {
	key := ctx.Key
	if len(key) == 0 || !onlyPunctuation(t, i) {
		start, end, _ := keyBefore(t, i)
		key = t[start:end]
	}
	if !phoneWords.inName(key) {
		return false, false
	}
	at := len(key)
	for at > 0 && isLower(key[at-1]) {
		at--
	}
	if at > 0 && isUpper(key[at-1]) {
		at--
	}
	return true, countedWords.has(key[at:])
}

// countedWords end the names of what is no number of a telephone.
var countedWords = newWordSet("id", "ids", "uuid", "count", "counts", "at", "ts", "time", "timestamp", "index", "idx", "version", "type", "size", "bytes", "seq", "total", "calls", "visits",
	"sessions", "queue", "build", "hash", "rate", "usage", "verified", "updated", "created", "ms", "ns")

// measured reports whether a unit of time or size follows at i: took 254784545 ns.
func measured(t []byte, i int) bool {
	if isBlank(byteAt(t, i)) {
		i++
	}
	return units.has(t[min(i, len(t)):keyStop(t, i)])
}

var units = keyWords{"ns", "us", "ms", "s", "sec", "bytes", "b", "kb", "mb", "kib", "mib", "ticks", "cycles", "rows", "records", "items", "entries", "times", "sessions", "visits", "users", "calls", "requests", "hits"}

// digitBefore reports whether the group at i goes on from another one.
func digitBefore(t []byte, i int) bool {
	j := i
	for j > 0 && i-j < 2 && isGroupSpace(t[j-1]) {
		j--
	}
	return j > 0 && (isDigit(t[j-1]) && escapeBefore(t, j) == 0 || placeholderBefore(t, j))
}

// isDate reports whether the digits can be a date, or a date and a time: 20260314, 20260314092653.
func isDate(d []byte) bool {
	if n := len(d); n != 8 && n != 10 && n != 12 && n != 14 {
		return false
	}
	month, day := d[4]*10+d[5], d[6]*10+d[7]
	return (d[0] == 1 && d[1] == 9 || d[0] == 2 && d[1] == 0) && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// isEpoch reports whether the digits can be a time of this age in seconds, milliseconds or microseconds.
func isEpoch(d []byte) bool { return (len(d) == 10 || len(d) == 13) && d[0] == 1 && d[1] >= 4 }

// phoneAfter reports whether what follows i belongs to the number or is glued to it.
func phoneAfter(t []byte, i int) bool {
	switch c := byteAt(t, i); c {
	case '.', '-':
		return wordAt(t, i+1)
	case 'x', 'X':
		return !isDigit(byteAt(t, i+1)) // an extension
	case ':', '/':
		return digitAt(t, i+1)
	default:
		return wordAt(t, i)
	}
}
