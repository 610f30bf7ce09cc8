package cases

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

// Addresses of cryptocurrencies, of hashes that nobody has a key for.

func (g *source) hash(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.n(0, 255))
	}
	return b
}

func (g *source) cryptoAddress() string {
	switch g.n(0, 9) {
	case 0, 1, 2:
		version := one(g, []string{"\x00", "\x05", "\x30", "\x1e", "\x41", "\x4c", "\x1c\xb8"})
		return base58Check(append([]byte(version), g.hash(20)...), base58)
	case 3:
		return base58Check(append([]byte{0}, g.hash(20)...), "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")
	case 4, 5:
		return segWit(one(g, []string{"bc", "ltc"}), append([]byte{0}, fives(g.hash(20))...), 1)
	case 6:
		return segWit("bc", append([]byte{1}, fives(g.hash(32))...), 0x2bc830a3)
	case 7:
		return segWit(one(g, []string{"cosmos", "osmo"}), fives(g.hash(20)), 1)
	}
	return g.pick(eip55)
}

// eip55 are the addresses that EIP-55 gives as examples.
const eip55 = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed 0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359 0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB " +
	"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"

// base58Check writes b and four bytes of its checksum in base 58.
func base58Check(b []byte, alphabet string) string {
	sum := sha256.Sum256(b)
	sum = sha256.Sum256(sum[:])
	b = append(b, sum[:4]...)
	n, base, rest := new(big.Int).SetBytes(b), big.NewInt(58), new(big.Int)
	text := ""
	for n.Sign() > 0 {
		n.DivMod(n, base, rest)
		text = alphabet[rest.Int64():rest.Int64()+1] + text
	}
	for _, c := range b {
		if c != 0 {
			break
		}
		text = alphabet[:1] + text
	}
	return text
}

// fives splits b into numbers of five bits.
func fives(b []byte) (list []byte) {
	n := new(big.Int).SetBytes(b)
	bits := len(b) * 8
	if over := bits % 5; over != 0 {
		n.Lsh(n, uint(5-over))
		bits += 5 - over
	}
	for at := bits - 5; at >= 0; at -= 5 {
		list = append(list, byte(new(big.Int).Rsh(n, uint(at)).Uint64()&31))
	}
	return list
}

// segWit writes a name and numbers of five bits in Bech32 (constant 1) or Bech32m (BIP-173, BIP-350).
func segWit(name string, data []byte, constant uint32) string {
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	var all []byte
	for _, c := range []byte(name) {
		all = append(all, c>>5)
	}
	all = append(all, 0)
	for _, c := range []byte(name) {
		all = append(all, c&31)
	}
	all = append(append(all, data...), 0, 0, 0, 0, 0, 0)
	sum := uint32(1)
	for _, v := range all {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, gen := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 != 0 {
				sum ^= gen
			}
		}
	}
	sum ^= constant
	var text strings.Builder
	text.WriteString(name + "1")
	for _, v := range data {
		text.WriteByte(alphabet[v])
	}
	for i := range 6 {
		text.WriteByte(alphabet[sum>>(5*(5-i))&31])
	}
	return text.String()
}
