package detect

// knownCountry reports whether the digits behind a plus sign begin with a country code in use and have a length that numbers there have.
func knownCountry(d []byte) bool {
	if d[0] == 1 {
		return len(d) == 11 && northAmerican(d[1:])
	}
	if d[0] == 0 {
		return false // no country's code begins so
	}
	code := 0
	for i, v := range d[:3] {
		code = code*10 + int(v)
		if n := countryDigits[code]; i > 0 || code == 7 {
			if n.most > 0 {
				rest := len(d) - i - 1
				return rest >= int(n.least) && rest <= int(n.most)
			}
		}
	}
	return false
}

// digitRange is how many digits national numbers have.
type digitRange struct{ least, most uint8 }

// countryDigits are the country codes of ITU-T E.164 (list of 2016 and its amendments), with the lengths of national numbers; where a plan is
// not known closely, 5 to 12.
var countryDigits = func() (c [1000]digitRange) {
	for code := 200; code < 1000; code++ {
		switch code / 10 {
		case 21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99:
			c[code] = digitRange{5, 12}
		}
	}
	for _, code := range [...]int{
		210, 214, 215, 217, 219, 259, 292, 293, 294, 295, 296, 384, 388, 422, 424, 425, 426, 427, 428, 429, 671, 684, 693, 694, 695,
		696, 697, 698, 699, 801, 802, 803, 804, 805, 806, 807, 809, 851, 854, 857, 858, 859, 871, 872, 873, 874, 875, 876, 877, 879, 884, 885, 887,
		889, 888, 969, 978, 990, 991, 997, 999,
	} {
		c[code] = digitRange{}
	}
	for code, n := range nationalDigits {
		c[code] = n
	}
	return c
}()

// nationalDigits are the plans known closely.
var nationalDigits = map[int]digitRange{
	7: {10, 10}, 20: {8, 10}, 27: {9, 9}, 30: {10, 10}, 31: {9, 9}, 32: {8, 9}, 33: {9, 9}, 34: {9, 9}, 36: {8, 9}, 39: {6, 11},
	40: {9, 9}, 41: {9, 9}, 43: {6, 12}, 44: {9, 10}, 45: {8, 8}, 46: {7, 10}, 47: {8, 8}, 48: {9, 9}, 49: {6, 12}, 51: {8, 9},
	52: {10, 11}, 53: {6, 8}, 54: {10, 11}, 55: {10, 11}, 56: {9, 9}, 57: {8, 10}, 58: {10, 10}, 60: {8, 10}, 61: {9, 9}, 62: {7, 12},
	63: {8, 10}, 64: {8, 10}, 65: {8, 8}, 66: {8, 9}, 81: {9, 10}, 82: {8, 11}, 84: {9, 10}, 86: {10, 11}, 90: {10, 10}, 91: {10, 10},
	92: {9, 10}, 93: {9, 9}, 94: {9, 9}, 95: {7, 10}, 98: {10, 10}, 211: {9, 9}, 212: {9, 9}, 213: {8, 9}, 216: {8, 8}, 218: {8, 9},
	234: {7, 11}, 254: {9, 10}, 255: {9, 9}, 256: {9, 9}, 351: {9, 9}, 352: {5, 11}, 353: {7, 9}, 354: {7, 9}, 356: {8, 8}, 357: {8, 8},
	358: {6, 12}, 359: {8, 9}, 370: {8, 8}, 371: {8, 8}, 372: {7, 8}, 373: {8, 8}, 374: {8, 8}, 375: {9, 9}, 376: {6, 9},
	377: {8, 9}, 380: {9, 9}, 381: {8, 9}, 385: {8, 9}, 386: {8, 8}, 387: {8, 8}, 420: {9, 9}, 421: {9, 9}, 423: {7, 9}, 852: {8, 8},
	853: {8, 8}, 855: {8, 9}, 880: {8, 10}, 886: {8, 9}, 961: {7, 8}, 962: {8, 9}, 964: {8, 10}, 965: {8, 8}, 966: {8, 9}, 968: {8, 8},
	971: {8, 9}, 972: {8, 9}, 973: {8, 8}, 974: {8, 8}, 977: {8, 10}, 992: {9, 9}, 993: {8, 8}, 994: {9, 9}, 995: {9, 9}, 996: {9, 9},
	998: {9, 9},
}
