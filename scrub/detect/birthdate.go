package detect

import "strings"

// Dates of birth.
//
// Accepted: right behind one of the words, a day of the years 1880 to 2039: 1980-03-14, 1980/3/14, 14.03.1980, 03/14/1980, 14.3.80, 19800314, 14 March
// 1980, March 14th, 1980 and the like in other languages, 1980年3月14日; a year behind "birth year". A time behind the day stays. Source: ISO 8601-1:2019 and
// what people write.
var birthKinds = []numberKind{
	{name: "birth_date", id: BirthDate, words: "*dob, *d.o.b, *dateofbirth, *date of birth, *birthdate, *birthday, *birth, *bday, *born, *geburtsdatum, *geburtstag, *geboren, *geb, " +
		"*naissance, né+le, née+le, *fecha de nacimiento, *nacimiento, *fechanacimiento, *nacido, nacida, *data di nascita, *nascita, nato+il, nata+il, *nascimento, datum rođenja, дата на раждане, родился, родилась, ngày sinh, dátum narodenia, dzimšanas datums, sünniaeg, datum rojstva, " +
		"วันเกิด, วันเดือนปีเกิด, urodzona, tanggal lahir, f nac, " +
		"*nascido, nascida, *geboortedatum, *geboorte, *urodzenia, urodzony, narození, narozen, narozena, nașterii, nasterii, fødselsdato, født, födelsedatum, född, " +
		"syntymäaika, doğum+tarihi, doğum, született, születési idő, születési dátum, дата рождения, рождения, дата народження, народження, ημερομηνία γέννησης, γέννησης, " +
		"תאריך לידה, تاريخ الميلاد, 出生日期, 出生年月日, 生日, 生年月日, 誕生日, 생년월일, 생일", read: birthDate, direct: true},
	{name: "birth_year", id: BirthDate, words: "birth year, birthyear, yob, *year of birth, geburtsjahr, année de naissance, año de nacimiento, anno di nascita",
		forms: []string{"9999"}, valid: func(b []byte) bool { return birthYear(decimal(b)) }, direct: true},
}

func birthYear(n int) bool { return n >= 1880 && n < 2040 }

// birthDate returns the end of the date at i, or 0.
func birthDate(t []byte, i int) int {
	var p [3]datePart
	at := i
	for k := range p {
		p[k] = readDatePart(t, at)
		if p[k].end == at {
			return 0
		}
		if k == 0 && p[0].digits == 8 {
			return compactDate(t, i)
		}
		at = p[k].end
		if n := dateSign(t, at, k); n > 0 {
			at += n
		} else if k < 2 {
			at = dateGap(t, at)
		}
	}
	if !isBirthDay(p) || dateGoesOn(t, at) {
		return 0
	}
	return at
}

// dateSigns are what stands behind the year, the month and the day in Chinese, Japanese and Korean.
var dateSigns = [3][2]string{{"年", "년"}, {"月", "월"}, {"日", "일"}}

// dateSign returns the length of the sign of part k of a date at i, and of a blank behind it but for the last, or 0.
func dateSign(t []byte, i, k int) int {
	for _, sign := range dateSigns[k] {
		if has(t, i, sign) {
			if k < 2 && byteAt(t, i+len(sign)) == ' ' {
				return len(sign) + 1
			}
			return len(sign)
		}
	}
	return 0
}

// datePart is a number, or the name of a month.
type datePart struct {
	value, digits int // digits is 0 for a month's name
	end           int
}

func readDatePart(t []byte, i int) datePart {
	p := datePart{end: i}
	for p.end < len(t) && isDigit(t[p.end]) && p.digits < 9 {
		p.value = p.value*10 + int(t[p.end]-'0')
		p.digits++
		p.end++
	}
	if p.digits == 0 {
		p.value, p.end = monthAt(t, i)
		return p
	}
	switch c, d := lower(byteAt(t, p.end)), lower(byteAt(t, p.end+1)); { // 1st, 2nd, 3rd, 14th
	case c == 's' && d == 't', c == 'n' && d == 'd', c == 'r' && d == 'd', c == 't' && d == 'h':
		p.end += 2
	}
	return p
}

// dateGap returns the offset behind what may part the parts of a date at i.
func dateGap(t []byte, i int) int {
	if n := gapLen(t, i); n > 0 {
		i += n
	} else if byteAt(t, i) == ',' {
		i++
	}
	for range 2 { // "14. März", "March 14, 1980", "14 de marzo de 1980"
		if c := byteAt(t, i); c == ' ' || c == '+' {
			i++
		}
		if hasFold(t, i, "de ") || hasFold(t, i, "of ") {
			i += 3
		}
	}
	return i
}

// isBirthDay reports whether the parts are a day: year, month, day; day, month, year; or month, day, year.
func isBirthDay(p [3]datePart) bool {
	a, b, c := p[0], p[1], p[2]
	switch {
	case a.digits == 4:
		return birthYear(a.value) && (b.digits == 0 || b.digits <= 2) && isDay(b.value, c.value) && c.digits > 0 && c.digits <= 2
	case c.digits != 4 && c.digits != 2 || c.digits == 4 && !birthYear(c.value):
		return false
	case a.digits == 0:
		return b.digits > 0 && b.digits <= 2 && isDay(a.value, b.value)
	case b.digits == 0:
		return a.digits <= 2 && isDay(b.value, a.value)
	}
	return a.digits <= 2 && b.digits <= 2 && (isDay(a.value, b.value) || isDay(b.value, a.value))
}

// compactDate reads eight digits: 19800314 or 14031980.
func compactDate(t []byte, i int) int {
	b := t[i : i+8]
	if dateGoesOn(t, i+8) {
		return 0
	}
	if birthYear(decimal(b[:4])) && ymd(b[2:]) || birthYear(decimal(b[4:])) && (isDay(decimal(b[2:4]), decimal(b[:2])) || isDay(decimal(b[:2]), decimal(b[2:4]))) {
		return i + 8
	}
	return 0
}

// dateGoesOn reports whether what is at i makes a date before it part of something longer; a time does not.
func dateGoesOn(t []byte, i int) bool {
	return numberGoesOn(t, i) && !(lower(byteAt(t, i)) == 't' && isDigit(byteAt(t, i+1)))
}

// months are the beginnings of their names in English and other languages of Latin script.
var months = [12]string{
	"jan gen ene sty led", "feb fév fev úno lut", "mar mär mrt brz bře", "apr avr abr kwi dub", "may mai mag maj mei maa kvě",
	"jun juin giu cze čer", "jul juil lug lip", "aug aoû ago sie srp", "sep set wrz zář", "oct okt ott out paź říj", "nov lis", "dec déc dez dic gru pro",
}

// monthAt returns the month whose name is at i, and the end of the name; 0 and i when there is none.
func monthAt(t []byte, i int) (month, end int) {
	end = i
	for end < len(t) && end-i < 12 && (isLetter(t[end]) || t[end] >= 0x80) {
		end++
	}
	if end-i < 3 {
		return 0, i
	}
	longest := 0
	for _, m := range monthsBy[t[i]&31] {
		if len(m.name) > longest && hasFold(t[:end], i, m.name) {
			month, longest = m.month, len(m.name)
		}
	}
	if month == 0 {
		return 0, i
	}
	if byteAt(t, end) == '.' {
		end++
	}
	return month, end
}

// monthName is the beginning of the name of a month, January being 1.
type monthName struct {
	name  string
	month int
}

// monthsBy are the names of months by the low five bits of their first byte.
var monthsBy = func() (by [32][]monthName) {
	for m, names := range months {
		for name := range strings.FieldsSeq(names) {
			by[name[0]&31] = append(by[name[0]&31], monthName{name, m + 1})
		}
	}
	return by
}()
