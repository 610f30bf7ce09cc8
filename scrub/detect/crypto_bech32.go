package detect

// Addresses in Bech32 and Bech32m (BIP-173, BIP-350) and in CashAddr: a name, and characters of five bits each, the last of them a BCH code
// over all. All letters are small, or all are capitals.

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Values are the values of the characters, in either case; notBech32 of all others.
var bech32Values = func() (values [256]uint8) {
	for i := range values {
		values[i] = notBech32
	}
	for i, c := range []byte(bech32Alphabet) {
		values[c] = uint8(i)
		if isLower(c) {
			values[c-'a'+'A'] = uint8(i)
		}
	}
	return values
}()

const notBech32 = 0xff

// bech32Names begin addresses. Each is followed by a 1.
var bech32Names = newWordSet(
	"bc", "tb", "bcrt", "ltc", "tltc", "grs", "vtc", "dgb", // what follows Bitcoin
	"addr", "stake", // Cardano
	"cosmos", "osmo", "terra", "juno", "secret", "kava", "inj", "celestia", "thor", "sei", "akash", "axelar", "stars", "dydx", "bnb", "noble", // Cosmos
	"one", "erd", "zs", "u", "io", "zil", "iota", "ckb", // Harmony, MultiversX, Zcash, IoTeX, Zilliqa, IOTA, Nervos
)

// invoiceNames begin invoices of the Lightning network, before an amount (BOLT 11).
var invoiceNames = [...]string{"lnbc", "lntb", "lno", "lnurl"}

const (
	bech32Check  = 6   // characters of the checksum
	bech32Least  = 20  // data behind a name, which no word of a text is
	maxNameBytes = 24  // of a name with an amount
	maxBech32    = 600 // an address has 120 at most, an invoice several hundreds
)

// bech32Address reports whether b is an address or an invoice.
func bech32Address(b []byte) bool {
	one := 1
	for one < maxNameBytes && one < len(b) && b[one] != '1' {
		one++
	}
	if one >= len(b) || b[one] != '1' || len(b) > maxBech32 || !bech32Name(b[:one]) || bothCases(b) {
		return false
	}
	if one = lastOne(b, one); len(b)-one-1 < bech32Least {
		return false
	}
	sum := uint32(1)
	for _, c := range b[:one] {
		sum = bech32Step(sum, lower(c)>>5)
	}
	sum = bech32Step(sum, 0)
	for _, c := range b[:one] {
		sum = bech32Step(sum, c&31)
	}
	for _, c := range b[one+1:] {
		v := bech32Values[c]
		if v == notBech32 {
			return false
		}
		sum = bech32Step(sum, v)
	}
	return sum == 1 || sum == 0x2bc830a3
}

// bech32Name reports whether name, before the first 1, begins addresses or invoices.
func bech32Name(name []byte) bool {
	if bech32Names.has(name) {
		return true
	}
	for _, n := range invoiceNames {
		if hasFold(name, 0, n) {
			return true
		}
	}
	return false
}

// lastOne returns where the name ends, of which the first 1 is at i: an invoice's amount may hold some more. Data holds none.
func lastOne(b []byte, i int) int {
	for k := i + 1; k < maxNameBytes && k < len(b); k++ {
		if b[k] == '1' {
			i = k
		}
	}
	return i
}

// bech32Step adds five bits to the checksum (BIP-173).
func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(v)
	return sum ^ bech32Sums[top&31]
}

// bech32Sums and cashSums are what the five bits above the checksum change in it.
var (
	bech32Sums = codeSums([5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3})
	cashSums   = codeSums([5]uint64{0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470})
)

func codeSums[T uint32 | uint64](generators [5]T) (sums [32]T) {
	for top := range sums {
		for i, g := range generators {
			if top>>i&1 != 0 {
				sums[top] ^= g
			}
		}
	}
	return sums
}

// Lengths of an address in CashAddr, without its name: version and hash of 20 bytes, of 32 bytes, and the checksum.
const (
	cashChars     = 42
	cashLongChars = 61
	cashName      = "bitcoincash"
)

// cashAddress reports whether b is an address of Bitcoin Cash, whose name need not be there.
func cashAddress(b []byte) bool {
	if len(b) != cashChars && len(b) != cashLongChars || bothCases(b) {
		return false
	}
	sum := uint64(1)
	for _, c := range []byte(cashName) {
		sum = cashStep(sum, c&31)
	}
	sum = cashStep(sum, 0)
	for _, c := range b {
		v := bech32Values[c]
		if v == notBech32 {
			return false
		}
		sum = cashStep(sum, v)
	}
	return sum == 1
}

// cashStep adds five bits to the checksum of CashAddr.
func cashStep(sum uint64, v byte) uint64 {
	top := sum >> 35
	sum = sum&0x07ffffffff<<5 ^ uint64(v)
	return sum ^ cashSums[top&31]
}
