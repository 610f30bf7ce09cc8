package cases

import (
	"fmt"
	"strconv"
	"strings"
)

func words(list string) []string { return strings.Fields(list) }

const (
	givenNames  = "alice bjorn chidi dolores emre fatima goran hana ines jakub kwame lena mateo nadia"
	familyNames = "adler brook castellan dunmore eriksen fontaine grimaldi hollis ito juarez kovacs lindqvist"
	// mailDomains are reserved for examples, or an example's name below a country's or another top level.
	mailDomains = "example.com example.org example.net mail.example.com eu.mail.example.org example.de example.co.uk example.fr example.io " +
		"example.com.au example.com.br example.museum example.travel example.online example.jp my-shop.example.com 163.example.com " +
		"EXAMPLE.COM xn--bcher-kva.example.com example.xn--p1ai a.b.c.example.net example.info example.cloud"
)

// email returns an address in one of the forms of local part in use.
func (g *source) email() string {
	given, family := g.pick(givenNames), g.pick(familyNames)
	domain := g.pick(mailDomains)
	switch g.n(0, 11) {
	case 0:
		return given + "+" + g.pick("news shop 2026 test-1") + "@" + domain
	case 1:
		return given[:1] + "." + family + "@" + domain
	case 2:
		return given + "_" + family + strconv.Itoa(g.n(1, 99)) + "@" + domain
	case 3:
		return strings.ToUpper(given[:1]) + given[1:] + "." + strings.ToUpper(family[:1]) + family[1:] + "@" + domain
	case 4:
		return given[:1] + "@" + domain
	case 5:
		return strconv.Itoa(g.n(1000, 99_999_999)) + "@" + domain
	case 6:
		return given + ".o'" + family + "@" + domain
	case 7:
		return "jörg.müller" + strconv.Itoa(g.n(1, 99)) + "@" + one(g, []string{domain, "bücher.example"})
	case 8:
		return given + "-" + family + "@" + domain
	case 9:
		return "_" + given + family + "@" + domain
	}
	return given + "." + family + "@" + domain
}

func (g *source) userName() string { return g.pick(givenNames) + g.pick(familyNames)[:3] }

// phone returns a number that says by itself that it is one, from ranges set aside for fiction.
func (g *source) phone() string {
	area, last := g.pick("202 212 312 415 617 713 808"), fmt.Sprintf("01%02d", g.n(0, 99))
	switch g.n(0, 11) {
	case 0:
		return "+1" + area + "555" + last
	case 1:
		return "+1 " + area + "-555-" + last
	case 2:
		return "+1 (" + area + ") 555-" + last
	case 3:
		return "(" + area + ") 555-" + last
	case 4:
		return area + "-555-" + last
	case 5:
		return area + ".555." + last
	case 6:
		return "1-" + area + "-555-" + last
	case 7:
		return "+44 7700 900" + g.digits(3)
	case 8:
		return "+447700900" + g.digits(3)
	case 9:
		return "+49 30 23125 " + g.digits(3)
	case 10:
		return "+33 1 99 00 " + g.digits(2) + " " + g.digits(2)
	}
	return "+61 491 570 " + g.digits(3)
}

// phoneLocal returns a number that only a key word tells from others.
func (g *source) phoneLocal() string {
	return one(g, []string{g.phoneDigits(), "07700 900" + g.digits(3), "030 23125" + g.digits(3), "01 99 00 " + g.digits(2) + " " + g.digits(2),
		"0491-570-" + g.digits(3)})
}

func (g *source) phoneDigits() string {
	return one(g, []string{g.pick("202 212 312 415") + fmt.Sprintf("55501%02d", g.n(0, 99)), "447700900" + g.digits(3), "61491570" + g.digits(3)})
}

func (g *source) ssnParts() (area, group, serial string) {
	a := g.n(1, 898)
	if a >= 666 {
		a++
	}
	return fmt.Sprintf("%03d", a), fmt.Sprintf("%02d", g.n(1, 99)), fmt.Sprintf("%04d", g.n(1, 9999))
}

func (g *source) ssn() string {
	a, b, c := g.ssnParts()
	return a + "-" + b + "-" + c
}

func (g *source) ssnLoose() string {
	a, b, c := g.ssnParts()
	sep := one(g, []string{"", " ", "-", "."})
	return a + sep + b + sep + c
}

// ssnDigits has no leading zero: JSON numbers have none.
func (g *source) ssnDigits() string {
	a, b, c := g.ssnParts()
	for a[0] == '0' {
		a, _, _ = g.ssnParts()
	}
	return a + b + c
}
