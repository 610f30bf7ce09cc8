package meta

import "bytes"

const (
	longestLanguages = 512 // bytes of Accept-Language that are read
	longestTag       = 35  // bytes of a language tag (RFC 5646, section 4.4.1)
)

// languageCodes are ISO 639-1, and those of ISO 639-3 that browsers offer. A word with an equals sign is an old code and what it
// is called today.
const languageCodes = `
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj
fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky
la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru
rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo
za zh zu
ast bho ceb chr ckb cmn doi dsb fil gsw haw hmn hsb ilo kab kok lus mai mni nds nso sah sat scn szl tet tzm yue
iw=he in=id ji=yi jw=jv mo=ro sh=sr`

// countryCodes are ISO 3166-1 alpha-2, and XK, which is in use for Kosovo.
const countryCodes = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK
CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV
LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR
TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK`

// areaCodes are the regions of UN M.49 that browsers offer.
const areaCodes = `001 150 419`

// locale is a language and, if known, a region, both from the closed lists.
type locale struct{ language, region string }

func (l locale) appendTo(dst []byte) []byte {
	dst = append(dst, l.language...)
	if l.region != "" {
		dst = append(dst, '-')
		dst = append(dst, l.region...)
	}
	return dst
}

// locale finds the language that an Accept-Language header prefers: the highest weight, the first at that weight. What is behind
// language and region in a tag is never looked at; an element that is malformed, unknown or has no weight is passed over, the rest
// counts. Source: RFC 9110, section 12.5.4; RFC 5646.
func (l *lexicon) locale(header []byte) locale {
	if len(header) > longestLanguages {
		header = header[:longestLanguages]
		header = header[:max(bytes.LastIndexByte(header, ','), 0)]
	}
	best, bestWeight := locale{}, 0
	for len(header) > 0 {
		var element []byte
		element, header, _ = bytes.Cut(header, []byte{','})
		tag, parameters, weighted := bytes.Cut(element, []byte{';'})
		weight := 1000
		if weighted {
			weight = quality(trim(parameters))
		}
		if weight <= bestWeight {
			continue
		}
		if found := l.tag(trim(tag)); found.language != "" {
			best, bestWeight = found, weight
		}
	}
	return best
}

// tag reads language, script and region of a language tag and stops there.
func (l *lexicon) tag(tag []byte) locale {
	if len(tag) == 0 || len(tag) > longestTag {
		return locale{}
	}
	var buf [longestTag]byte
	word := buf[:copy(buf[:], tag)]
	lowerASCII(word)
	head, rest, _ := bytes.Cut(word, []byte{'-'})
	found := locale{language: l.languages[string(head)]}
	next, rest, _ := bytes.Cut(rest, []byte{'-'})
	if len(next) == 4 { // a script
		next, _, _ = bytes.Cut(rest, []byte{'-'})
	}
	upperASCII(next)
	found.region = l.regions[string(next)]
	return found
}

// quality reads a weight in thousandths; 0 if it is malformed.
func quality(b []byte) int {
	name, value, ok := bytes.Cut(b, []byte{'='})
	value = trim(value)
	if !ok || !equalFold(trim(name), "q") || len(value) == 0 || len(value) > 5 || value[0] > '1' || value[0] < '0' {
		return 0
	}
	q := int(value[0]-'0') * 1000
	if len(value) == 1 {
		return q
	}
	if value[1] != '.' {
		return 0
	}
	for scale, i := 100, 2; i < len(value); scale, i = scale/10, i+1 {
		if !digit(value[i]) {
			return 0
		}
		q += scale * int(value[i]-'0')
	}
	return min(q, 1000)
}
