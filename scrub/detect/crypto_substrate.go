package detect

import "golang.org/x/crypto/blake2b"

// Addresses of public keys as they are, in base 58.

// Lengths of a key, and of its addresses on networks with a prefix of one byte: prefix, key, two bytes of a checksum.
const (
	publicKeyBytes     = 32
	substrateBytes     = 1 + publicKeyBytes + 2
	substrateLeast     = 46
	substrateMost      = 48
	oneBytePrefixes    = 64
	solanaLeast        = 32
	solanaMost         = 44
	substrateChecksums = "SS58PRE"
)

// substrateAddress reports whether b is an address in SS58, as Polkadot, Kusama and chains like them have: the first two bytes of a BLAKE2b sum over
// a constant, the prefix and the key stand behind them. Source: docs.polkadot.com, "Account address format".
func substrateAddress(b []byte) bool {
	if len(b) < substrateLeast || len(b) > substrateMost || !bothCases(b) {
		return false
	}
	var all [base58Most]byte
	if !decodeBase58(&all, b, &base58Values) {
		return false
	}
	raw := all[base58Most-substrateBytes:]
	if raw[0] >= oneBytePrefixes || !zeros(all[:base58Most-substrateBytes]) {
		return false
	}
	var text [len(substrateChecksums) + substrateBytes]byte
	n := copy(text[:], substrateChecksums)
	n += copy(text[n:], raw[:substrateBytes-2])
	sum := blake2b.Sum512(text[:n])
	return sum[0] == raw[substrateBytes-2] && sum[1] == raw[substrateBytes-1]
}

// solanaKinds are Solana's addresses, keys without a checksum: right behind a word, 32 to 44 characters of base 58 that stand for 32 bytes. Source:
// solana.com, "Accounts".
var solanaKinds = []numberKind{
	{name: "solana_address", id: CryptoAddress, words: "*solana, solanaaddress, *sol address, *sol wallet, *solana wallet, *solana address, *spl token, *wallet, *walletaddress, *wallet address, " +
		"*phantom, *pubkey!, *crypto address", read: solanaAddress, direct: true},
}

// solanaAddress returns the end of the address at i, or 0.
func solanaAddress(t []byte, i int) int {
	end := wordStop(t, i, min(len(t), i+solanaMost+1))
	b := t[i:end]
	var all [base58Most]byte
	if len(b) < solanaLeast || len(b) > solanaMost || wordAt(t, end) || !bothCases(b) || tallyOf(b, isDigit) == 0 || !decodeBase58(&all, b, &base58Values) ||
		!zeros(all[:base58Most-publicKeyBytes]) || all[base58Most-publicKeyBytes] == 0 && b[0] != '1' {
		return 0
	}
	return end
}
