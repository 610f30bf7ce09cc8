package detect

import (
	"encoding/hex"
	"testing"
)

func TestKeccak256(t *testing.T) {
	// Published with the submission to NIST: the empty message, and "abc".
	for in, want := range map[string]string{
		"":    "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
		"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
	} {
		if got := keccak256([]byte(in)); hex.EncodeToString(got[:]) != want {
			t.Errorf("%q: got %x, want %s", in, got, want)
		}
	}
}

// addresses have a checksum each; that of EIP-55 is in the case of its letters alone.
var addresses = []string{
	"1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV", "t1PtxNoxAtsSXpZ2uX9wYAiDhdscbRshk74", "tz1N6E1sSSLwPjrEHixvNQVA4j8ZtQpHKyT7",
	"rnaFTnKD7mToaLtFNfG7GfRGv7jrUoz9jd", "bc1qe69hqu7a65xvum3dsfcem3y66se69k333qehp3",
	"bc1pmrlvg34zpcwm56eqxxgqt3v32x3wac9tjycw34jw2gc9zxsfldmqawkz8k", "qr80yvzgjee90lelte7q6taavk4papce4gpxywz7k6",
	"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
	"GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
}

// No address is one any more when a character of it is another, or when two change places.
func TestMistypedAddressesAreNone(t *testing.T) {
	for _, a := range addresses {
		if len(find(CryptoAddress, a, Plain)) != 1 {
			t.Errorf("%s is not found", a)
		}
		for i := range len(a) {
			b := []byte(a)
			for _, c := range []byte("0aZ3qxB7") {
				b[i] = c
				if string(b) != a && len(find(CryptoAddress, string(b), Plain)) > 0 {
					t.Errorf("%s, made of %s, is found", b, a)
				}
			}
			b[i] = a[i]
			if i > 0 {
				b[i], b[i-1] = b[i-1], b[i]
			}
			if string(b) != a && len(find(CryptoAddress, string(b), Plain)) > 0 {
				t.Errorf("%s, made of %s, is found", b, a)
			}
		}
	}
}

func TestWordsNameAddressesWithoutChecksum(t *testing.T) {
	const address = "0x52908400098527886e0f7030069857d2e4169ee7"
	for key, want := range map[string]int{"wallet": 1, "from_address": 1, "commit": 0, "": 0} {
		o := Defaults()
		ctx := Context{Key: []byte(key)}
		if got := Compile(o).NewScanner().Append(nil, []byte(address), ctx); len(got) != want {
			t.Errorf("%s: found %v, want %d", key, got, want)
		}
		if want > 0 && !Compile(o).Named([]byte(key)) {
			t.Errorf("%s does not say what its values are", key)
		}
	}
}

func BenchmarkAddresses(b *testing.B) {
	s := Compile(Defaults()).NewScanner()
	for name, in := range map[string]string{
		"digest":   "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 ok",
		"bitcoin":  "to=1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgV ok",
		"near":     "to=1LBXnPZqQuhuok9VfPeE7vjBYmRfZKHjgW ok",
		"ethereum": "to=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed ok",
		"bech32":   "to=bc1qe69hqu7a65xvum3dsfcem3y66se69k333qehp3 ok",
	} {
		b.Run("corpus="+name, func(b *testing.B) {
			text, found := []byte(in), []Finding(nil)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				found = s.Append(found[:0], text, Context{})
			}
		})
	}
}
