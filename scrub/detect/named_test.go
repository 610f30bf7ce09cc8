package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Numbers that only look like one of a kind must pass, word or not: as many as the check digits of the kind let by.
func TestChanceNumbersPassWhereAKindHasChecks(t *testing.T) {
	chance := rand.New(rand.NewPCG(7, 11))
	for k := range numberKinds {
		kind := &numberKinds[k]
		if kind.valid == nil || kind.direct || len(kind.forms) != 1 {
			continue
		}
		const tries = 4000
		found := 0
		for range tries {
			text, x := chanceOf(chance, kind.forms[0]), new(numberText)
			x.read(text, 0)
			if kind.at(text, 0, x) > 0 {
				found++
			}
		}
		if most := tries / 7; found > most && kind.name != "us_mbi" && kind.name != "uk_nino" && kind.name != "in_pan" {
			t.Errorf("%s: %d of %d made by chance are taken for one", kind.name, found, tries)
		}
	}
}

func chanceOf(chance *rand.Rand, form string) (b []byte) {
	for i := range len(form) {
		switch form[i] {
		case '9':
			b = append(b, byte('0'+chance.IntN(10)))
		case 'A':
			b = append(b, byte('A'+chance.IntN(26)))
		case 'X':
			b = append(b, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[chance.IntN(36)])
		case 'S':
			b = append(b, '-')
		}
	}
	return b
}

// Every word of the table is found, alone and as part of a longer key.
// An end of two letters stands in half of all words, and each text would be looked at for it: "x y+id" in place of "x y id".
func TestAnchorsEndInThreeLetters(t *testing.T) {
	for _, end := range namedWords.anchorEnds() {
		if len(end) < 3 && end != "cf" {
			t.Errorf("a word that is looked for in all text ends in %q", end)
		}
	}
}

func TestEveryWordIsFound(t *testing.T) {
	for _, w := range namedWords.words {
		for _, before := range []string{"", "the_", " "} {
			word := before + string(w.runes)
			got := wordEnding([]byte(word+"_"+w.next), len(word))
			if got == nil || len(got.runes)+len(got.next) < len(w.runes)+len(w.next) {
				t.Errorf("%s_%s is not found", word, w.next)
			}
		}
	}
}

func TestFieldsNameNumbers(t *testing.T) {
	o := Defaults()
	for _, c := range []struct {
		key, text string
		want      []Finding
	}{
		{"patient_nhs_number", "9434765919", []Finding{{0, 10, HealthID}}},
		{"nhs_notes", "seen 943 476 5919", []Finding{{5, 17, HealthID}}},
		{"card_cvc", "737", []Finding{{0, 3, CVV}}},
		{"cvv_attempts", "737", nil},
		{"account_id", "40012345", nil},
		{"accountNumber", "40012345", []Finding{{0, 8, BankAccount}}},
		{"cpf", "529.982.247-25, 529.982.247-26", []Finding{{0, 14, TaxID}}},
		{"dob", "null", nil},
	} {
		ctx := Context{Key: []byte(c.key)}
		if got := Reference(&o, []byte(c.text), ctx); !slices.Equal(got, c.want) {
			t.Errorf("%s %q: got %v, want %v", c.key, c.text, got, c.want)
		}
		if got := Compile(o).NewScanner().Append(nil, []byte(c.text), ctx); !slices.Equal(got, c.want) {
			t.Errorf("scan of %s %q: got %v, want %v", c.key, c.text, got, c.want)
		}
	}
}

func TestNumbersAllocateNothing(t *testing.T) {
	var text []byte
	for id := CVV; id <= BirthDate; id++ {
		text = append(append(text, conforming[id].text...), "\nnhs 123456789 cvv mismatch\n"...)
	}
	s := Compile(Defaults()).NewScanner()
	ctx := Context{Key: []byte("dob")}
	found := s.Append(nil, text, ctx)
	if n := testing.AllocsPerRun(10, func() { found = s.Append(found[:0], text, ctx) }); n != 0 {
		t.Errorf("%v allocations a scan, want none", n)
	}
}

// wordPlaces compare no more behind a word than the longest next part needs.
func TestNextPartsAreShort(t *testing.T) {
	for _, w := range namedWords.words {
		if len(w.next)+3 > wordRest {
			t.Errorf("%q has the next part %q of %d bytes: more than %d need a larger wordRest", string(w.runes), w.next, len(w.next), wordRest-3)
		}
	}
}
