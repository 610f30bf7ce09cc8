package cases

import (
	"fmt"
	"strconv"
)

// letterAt returns the letter of list that stands for the number s.
func letterAt(list, s string) string {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err) // s was drawn as digits
	}
	return string(list[n%len(list)])
}

func (g *source) dni() string {
	const letters = "TRWAGMYFPDXBNJZSQVHLCKE"
	if g.chance(3) {
		first, rest := g.n(0, 2), g.digits(7)
		return string("XYZ"[first]) + rest + letterAt(letters, strconv.Itoa(first)+rest)
	}
	s := g.digits(8)
	return s + letterAt(letters, s)
}

func (g *source) fiscalCode() string {
	const consonants, odd = "BCDFGLMNPRSTVZ", "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15\x02\x04\x12\x14\x0b\x03\x06\x08\x0c\x0e\x10\x0a\x16\x19\x18\x17"
	y, _, _ := g.date()
	s := g.chars(6, consonants) + y + g.chars(1, "ABCDEHLMPRST") + fmt.Sprintf("%02d", g.n(1, 28)) + g.chars(1, "ABCDEFGHIL") + g.digits(3)
	sum := 0
	for i := range len(s) {
		v := int(s[i] - 'A')
		if s[i] <= '9' {
			v = int(s[i] - '0')
		}
		if i%2 == 0 {
			v = int(odd[v])
		}
		sum += v
	}
	return s + string(rune('A'+sum%26))
}

func (g *source) nir() string {
	y, m, _ := g.date()
	s := g.chars(1, "12") + y + m + fmt.Sprintf("%02d", g.n(1, 95)) + fmt.Sprintf("%03d", g.n(1, 990)) + fmt.Sprintf("%03d", g.n(1, 999))
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic(err) // s was drawn as digits
	}
	s += fmt.Sprintf("%02d", 97-n%97)
	return cut(s, one(g, []string{"", " "}), 1, 2, 2, 2, 3, 3)
}

// germanTax returns ten digits of which one comes twice, and the check digit of ISO/IEC 7064 MOD 11,10.
func (g *source) germanTax() string {
	digits := []byte("0123456789")
	g.rng.Shuffle(len(digits), func(i, j int) { digits[i], digits[j] = digits[j], digits[i] })
	if digits[0] == '0' {
		digits[0], digits[9] = digits[9], digits[0]
	}
	digits[9] = digits[4]
	p := 10
	for _, d := range digits {
		m := (int(d-'0') + p) % 10
		if m == 0 {
			m = 10
		}
		p = m * 2 % 11
	}
	s := string(digits) + strconv.Itoa((11-p)%10)
	return cut(s, one(g, []string{"", " "}), 2, 3, 3)
}

func (g *source) bsn() string {
	return until(func() (string, bool) {
		s := g.chars(1, "123456789") + g.digits(8)
		return s, weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0
	})
}

func (g *source) belgian() string {
	s := g.ymd() + fmt.Sprintf("%03d", g.n(1, 997))
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err) // s was drawn as digits
	}
	s += fmt.Sprintf("%02d", 97-n%97)
	return one(g, []string{s, s[:2] + "." + s[2:4] + "." + s[4:6] + "-" + s[6:9] + "." + s[9:]})
}

func (g *source) pesel() string {
	s := g.ymd() + g.digits(4)
	return s + strconv.Itoa((10-weighted(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)%10)%10)
}

func (g *source) nip() string {
	s := until(func() (string, bool) {
		s := g.chars(3, "123456789") + g.digits(6)
		check := weighted(s, 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11
		return s + strconv.Itoa(check%10), check < 10
	})
	return cut(s, one(g, []string{"", "-"}), 3, 3, 2)
}

func (g *source) czech() string {
	s := until(func() (string, bool) {
		s := g.ymd() + g.digits(4)
		n, err := strconv.Atoi(s)
		return s, err == nil && n%11 == 0
	})
	return cut(s, one(g, []string{"", "/"}), 6)
}

func (g *source) cnp() string {
	s := g.chars(1, "12") + g.ymd() + fmt.Sprintf("%02d", g.n(1, 46)) + fmt.Sprintf("%03d", g.n(1, 999))
	check := weighted(s, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
	if check == 10 {
		check = 1
	}
	return s + strconv.Itoa(check)
}

func (g *source) egn() string {
	s := g.ymd() + g.digits(3)
	return s + strconv.Itoa(weighted(s, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10)
}

func (g *source) hetu() string {
	y, m, d := g.date()
	serial := fmt.Sprintf("%03d", g.n(2, 899))
	return d + m + y + "-" + serial + letterAt("0123456789ABCDEFHJKLMNPRSTUVWXY", d+m+y+serial)
}

func (g *source) swedish() string {
	s := g.ymd() + g.digits(3)
	s += luhn(s)
	return one(g, []string{s[:6] + "-" + s[6:], "19" + s[:6] + "-" + s[6:], "19" + s})
}

func (g *source) norwegian() string {
	y, m, d := g.date()
	return until(func() (string, bool) {
		s := d + m + y + fmt.Sprintf("%03d", g.n(0, 499))
		first := 11 - weighted(s, 3, 7, 6, 1, 8, 9, 4, 5, 2)%11
		s += strconv.Itoa(first % 11 % 10)
		second := 11 - weighted(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11
		return s + strconv.Itoa(second%11%10), first != 10 && second != 10
	})
}

func (g *source) turkish() string {
	s := g.chars(1, "123456789") + g.digits(8)
	tenth := (weighted(s, 7, -1, 7, -1, 7, -1, 7, -1, 7)%10 + 10) % 10
	s += strconv.Itoa(tenth)
	return s + strconv.Itoa(weighted(s, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)%10)
}

func (g *source) southAfrican() string {
	s := g.ymd() + g.digits(4) + g.chars(1, "01") + "8"
	return s + luhn(s)
}

func (g *source) israeli() string {
	s := g.chars(1, "123") + g.digits(7)
	return s + luhn(s)
}

func (g *source) korean() string {
	s := g.ymd() + g.chars(1, "12") + g.digits(5)
	s += strconv.Itoa((11 - weighted(s, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11) % 10)
	return s[:6] + "-" + s[6:]
}

func (g *source) chinese() string {
	s := g.pick("110101 310104 440305 510107") + "19" + g.ymd() + g.digits(3)
	sum := weighted(s, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
	return s + string("10X98765432"[sum%11])
}

func (g *source) nric() string {
	s := g.digits(7)
	sum := weighted(s, 2, 7, 6, 5, 4, 3, 2)
	if g.chance(2) {
		return "T" + s + string("JZIHGFEDCBA"[(sum+4)%11])
	}
	return "S" + s + string("JZIHGFEDCBA"[sum%11])
}
