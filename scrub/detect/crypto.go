package detect

// matchCrypto finds the first address of a cryptocurrency at or after lo in the run of token characters that ends at at.
//
// Accepted: whole words, by the checksum of their kind: Base58Check (Bitcoin, Litecoin, Dogecoin, Dash, Zcash, Tron, Tezos, Ripple), Monero's,
// Bech32 and Bech32m (SegWit, Taproot, Cardano, Cosmos and others, Lightning invoices), CashAddr, Stellar's, SS58 (Polkadot, Kusama), EIP-55 for Ethereum and what follows it.
// Ethereum's addresses in one case have no checksum: they are found beside a word such as wallet or address. Not found: addresses that
// touch a letter, digit or underscore; Solana's, which nothing but their length tells, without a word before them. Sources: BIP-13, BIP-173, BIP-350, EIP-55,
// SEP-23, the CashAddr specification, Monero's cryptonote/base58, SS58.
func matchCrypto(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	i := at
	for i > lo && isToken(t[i-1]) {
		i--
	}
	return addressIn(t, i, at, ctx)
}

// minAddressBytes is the length of the shortest address.
const minAddressBytes = 25

// addressIn finds the first address in the token characters t[i:stop], or behind an escape at their beginning. Of words that are too short it looks at a
// few bytes: back from where an address that begins with them would still go on.
func addressIn(t []byte, i, stop int, ctx Context) (start, end int, ok bool) {
	for stop-i >= minAddressBytes {
		last := i + minAddressBytes - 1
		k := last
		for k >= i && isAlnum(t[k]) {
			k--
		}
		if k >= i {
			i = k + 1
			continue
		}
		end := wordStop(t, last, stop)
		if start, ok := addressWord(t, i, end, ctx); ok {
			return start, end, true
		}
		i = end + 1
	}
	return 0, 0, false
}

// wordStop returns the end of the letters and digits at i.
func wordStop(t []byte, i, stop int) int {
	for i < stop && isAlnum(t[i]) {
		i++
	}
	return i
}

// addressWord finds the address that ends with the letters and digits t[i:end]: all of them, or all behind an escape.
func addressWord(t []byte, i, end int, ctx Context) (start int, ok bool) {
	if wordAt(t, end) {
		return 0, false
	}
	if !wordBefore(t, i) && addressAt(t, i, end, ctx) {
		return i, true
	}
	if i == 0 || vendors.before[t[i-1]] != oddBefore {
		return 0, false
	}
	for k := i + 1; k <= i+oddBytes && end-k >= minAddressBytes; k++ {
		if escapeBefore(t, k) > 0 && addressAt(t, k, end, ctx) {
			return k, true
		}
	}
	return 0, false
}

// coinKind is a family of addresses that share a checksum.
type coinKind uint8

const (
	noCoin coinKind = iota
	bitcoinKind
	rippleKind
	moneroKind
	stellarKind
)

// coinForm is what the first character of an address says of it.
type coinForm struct {
	kind        coinKind
	least, most uint8 // length
}

// coinForms are the addresses whose first character is their own. What fits no row may be in Bech32.
var coinForms = [256]coinForm{
	'1': {bitcoinKind, 25, 34}, '3': {bitcoinKind, 33, 35}, // Bitcoin
	'm': {bitcoinKind, 25, 35}, 'n': {bitcoinKind, 25, 35}, '2': {bitcoinKind, 33, 36}, // Bitcoin's test network
	'L': {bitcoinKind, 33, 35}, 'M': {bitcoinKind, 33, 35}, // Litecoin
	'D': {bitcoinKind, 33, 35}, '9': {bitcoinKind, 33, 35}, 'A': {bitcoinKind, 33, 35}, // Dogecoin
	'X': {bitcoinKind, 33, 35}, '7': {bitcoinKind, 33, 35}, // Dash
	'T': {bitcoinKind, 33, 35},                             // Tron
	't': {bitcoinKind, 35, 36}, 'K': {bitcoinKind, 36, 36}, // Zcash, Tezos
	'r': {rippleKind, 25, 35},
	'4': {moneroKind, 95, 106}, '8': {moneroKind, 95, 95},
	'G': {stellarKind, 56, 56},
}

// addressAt reports whether t[i:end] is an address.
func addressAt(t []byte, i, end int, ctx Context) bool {
	b := t[i:end]
	if len(b) == ethereumBytes && b[0] == '0' && lower(b[1]) == 'x' {
		return ethereumAddress(t, i, ctx)
	}
	if f := coinForms[b[0]]; len(b) >= int(f.least) && len(b) <= int(f.most) {
		switch f.kind {
		case bitcoinKind:
			if base58Address(b) {
				return true
			}
		case rippleKind:
			return rippleAddress(b)
		case moneroKind:
			return moneroAddress(b)
		case stellarKind:
			return stellarAddress(b)
		}
	}
	return bech32Address(b) || cashAddress(b) || substrateAddress(b)
}

// bothCases reports whether b has small letters and capitals, as nearly every address in base 58 has, and no hex digest.
func bothCases(b []byte) bool {
	small, capital := false, false
	for _, c := range b {
		small, capital = small || isLower(c), capital || isUpper(c)
	}
	return small && capital
}
