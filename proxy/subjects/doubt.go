package subjects

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/scrub/pseudonym"
)

// doubts says in words why a query may be about nobody whom records name: a kind that nothing gives, or an identifier whose normal form is not
// certain. What is asked is done all the same. No identifier is repeated.
func (d *Desk) doubts(q *Query) (warnings []string) {
	value := strings.TrimSpace(q.Value)
	if value == "" {
		return nil
	}
	kind, look := kindOf(q), pseudonym.SubjectKind([]byte(value))
	if !d.gives(kind, look) {
		warnings = append(warnings, "this matches no record: nothing in the policy in force names a person like this by the given kind; what does is "+
			d.given(look)+": leave --kind out, or name one of these")
	}
	return append(warnings, spellings(kind, look, value)...)
}

// gives tells whether a record can name somebody by a kind: a field does by the look of its value, whatever the field is, and a detector by its own.
func (d *Desk) gives(kind, look string) bool {
	return d.Named && kind == look || slices.Contains(d.Found, kind)
}

// given lists by which kinds records can name whom an identifier of a look is of.
func (d *Desk) given(look string) string {
	list := slices.Clone(d.Found)
	if d.Named {
		list = append(list, look)
	}
	if slices.Sort(list); len(list) == 0 {
		return "nothing: write policy.subjects"
	}
	return strings.Join(slices.Compact(list), ", ")
}

// spellings says what else the same identifier may be written as.
func spellings(kind, look, value string) (warnings []string) {
	add := func(odd bool, text string) {
		if odd {
			warnings = append(warnings, text)
		}
	}
	add(!utf8.ValidString(value) || strings.ContainsFunc(value, invisible),
		"the identifier holds signs that do not show, or accents as letters of their own: write it as records do")
	add(kind == pseudonym.KindEmail && oddAddress(value),
		"the identifier does not look like one e-mail address: write it alone, without a name, brackets, mailto: or a second one")
	add(kind == pseudonym.KindPhone && value[0] != '+',
		"a telephone number with its country and without are two identifiers: do the same for the other if records have both")
	add(kind == pseudonym.KindID && look == pseudonym.KindID && strings.ContainsFunc(value, unicode.IsUpper),
		"letter case tells identifiers apart that are no e-mail address: do the same for other spellings that records have")
	add(kind == pseudonym.KindID && strings.ContainsAny(value, " ,;()\"'<>"),
		"the identifier holds spaces or punctuation, and is compared sign by sign; for a telephone number write + and its country, and give one identifier at a time")
	add(!pseudonym.HasShape(kind, []byte(value)),
		"the identifier has not the shape of its kind, and is compared sign by sign")
	return warnings
}

func invisible(r rune) bool {
	return r == utf8.RuneError || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}

// oddAddress tells whether text is more than an address, or none: RFC 5322 has signs that no address in use has.
func oddAddress(text string) bool {
	plain := strings.Replace(text, "%40", "@", 1)
	_, domain, _ := strings.Cut(plain, "@")
	return strings.Count(plain, "@") != 1 || !strings.Contains(domain, ".") || strings.ContainsAny(plain, " \t,;:<>()[]\"'%") || strings.HasSuffix(plain, ".")
}
