package detect

import (
	"slices"
	"testing"

	"winnow/config"
)

// META-8: cards, accounts and tax numbers are payment data, which goes to payment processors only.
func TestPaymentIsMarked(t *testing.T) {
	var got []string
	for id := None + 1; id < count; id++ {
		if Table[id].Class == config.ClassPayment {
			got = append(got, id.String())
		}
	}
	if want := []string{"card", "iban", "cvv", "bank_account", "crypto_address", "tax_id"}; !slices.Equal(got, want) {
		t.Errorf("of class payment are %v, want %v", got, want)
	}
}
