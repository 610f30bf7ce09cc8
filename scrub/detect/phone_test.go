package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// No number behind a sign or two zeros is refused by its first digits.
func TestMayBeAbroadRefusesNoNumber(t *testing.T) {
	chance := rand.New(rand.NewPCG(7, 9))
	pick := func(from ...string) string { return from[chance.IntN(len(from))] }
	found := 0
	for range 200000 {
		b := strings.Builder{}
		b.WriteString(pick("+", "(+", "+(", `\u002b`, "00", "+0", "+", "+"))
		b.WriteString(pick("1", "7", "44", "49", "353", "852", "3", "4", "99", "21", "0", "210"))
		b.WriteString(pick("", " ", " (0)", "(0) ", ") ", "-", ".", " (0) "))
		b.WriteString(pick("212", "2", "30", "555", "1", "20", "0"))
		for range 5 {
			b.WriteString(pick("", "", " ", "-", ".", ") "))
			b.WriteString(pick("5550142", "555", "01", "7", "20", "946", "0"))
		}
		text := []byte(b.String())
		for i, ok := nextGroup(text, 0); ok; i, ok = nextGroup(text, behindDigits(text, i)) {
			var p phoneGroups
			if p.read(text, i); p.n < minPhoneDigits {
				continue
			}
			_, _, abroad := p.international(text, i, 0)
			_, _, dialled := p.dialled(text, i, Context{})
			if abroad || dialled {
				found++
			}
			if (abroad || dialled) && !mayBeAbroad(text, i) {
				t.Fatalf("%q at %d is a number", text, i)
			}
		}
	}
	if found < 1000 {
		t.Errorf("%d numbers in the texts are too few to tell", found)
	}
}
