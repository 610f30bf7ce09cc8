package detect

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// A number that is said to be quiet has no findings, whatever is on: not if its digits are a card's, a phone's or an account's either.
func TestQuietNumbersHaveNoFindings(t *testing.T) {
	r, o := rand.New(rand.NewPCG(11, 12)), everything()
	set := Compile(*o)
	digits := []string{"", "0", "00", "000", "4111111111111111", "378282246310005", "5555555555554444", "0044207946", "00442079460", "0014155550132", "4155550132",
		"2125550142", "123456789", "11010519491231002", "078051120", "192", "10", "99", "1773480413", "1773480413009", "20260314", "14031985", "1985"}
	quiet := 0
	check := func(text string) {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := strconv.ParseInt(text, 10, 64)
		if err == nil && set.QuietInt(whole) {
			if found := Reference(o, strconv.AppendInt(nil, whole, 10), Context{}); len(found) > 0 {
				t.Fatalf("%d is not quiet: %v", whole, found)
			}
		}
		if !set.QuietFloat(x) {
			return
		}
		quiet++
		spelled := strconv.AppendFloat(nil, x, 'f', -1, 64)
		if found := Reference(o, spelled, Context{}); len(found) > 0 {
			t.Fatalf("%q is not quiet: %v", spelled, found)
		}
	}
	for range 100000 {
		before, behind := digits[r.IntN(len(digits))], digits[r.IntN(len(digits))]+strconv.FormatUint(r.Uint64N(1<<r.IntN(60)), 10)
		before += strconv.FormatUint(r.Uint64N(1<<r.IntN(24)), 10)
		check("-"[:r.IntN(2)] + before)
		check("-"[:r.IntN(2)] + before + "." + behind)
		check("-"[:r.IntN(2)] + "0." + behind)
	}
	if quiet < 100000 {
		t.Errorf("only %d numbers were quiet", quiet)
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, 4111111111111111} {
		if set.QuietFloat(x) {
			t.Errorf("%v is said to be quiet", x)
		}
	}
}

// Rules of the operator's own may look for any number.
func TestNumbersAreNotQuietForCustomDetectors(t *testing.T) {
	o := Defaults()
	o.Custom = &Custom{}
	if set := Compile(o); set.QuietInt(7) || set.QuietFloat(7.5) || set.QuietFloat(7) {
		t.Error("a number is said to be quiet where anything may be looked for")
	}
}
