package detect

import (
	"encoding/binary"
	"math/bits"
)

// Lengths of an address of Ethereum: 0x and 40 hex digits.
const (
	ethereumBytes  = 42
	ethereumDigits = ethereumBytes - len("0x")
)

// addressWords are what addresses are called. A hash of 20 bytes is called something else.
var addressWords = newWordSet(
	"wallet", "wallets", "address", "addr", "addresses", "eth", "ether", "ethereum", "erc", "erc20", "evm", "metamask", "crypto", "usdt", "usdc", "polygon", "matic",
	"bnb", "bsc", "arbitrum", "base", "from", "to", "sender", "recipient", "payer", "payee", "beneficiary", "owner", "spender", "signer", "account", "deposit", "withdrawal",
	"withdraw", "payout", "holder", "contract", "coinbase", "donate", "beneficiario", "cartera", "direccion", "dirección", "adresse",
)

// ethereumAddress reports whether the 42 bytes at i, which begin with 0x, are an address: one in both cases whose letters are capitals where
// EIP-55 says so, or one in a single case beside a word.
func ethereumAddress(t []byte, i int, ctx Context) bool {
	digits := t[i+len("0x") : i+ethereumBytes]
	var low [ethereumDigits]byte
	for k, c := range digits {
		if !isHex(c) {
			return false
		}
		low[k] = lower(c)
	}
	if allEqual(low[:]) {
		return false
	}
	if !bothCases(digits) {
		return addressWords.named(t, i, ctx)
	}
	sum := keccak256(low[:])
	for k, c := range digits {
		if nibble := sum[k/2] >> (4 - k%2*4) & 15; isLetter(c) && isUpper(c) != (nibble >= 8) {
			return false
		}
	}
	return true
}

// keccakRate is how many bytes Keccak-256 takes at once.
const keccakRate = 136

// keccak256 is the hash of b, shorter than keccakRate, by Keccak as it was submitted: with another padding than SHA-3's (FIPS 202 appendix B), so
// that crypto/sha3 has none. Source: the Keccak reference, version 3.0.
func keccak256(b []byte) (sum [32]byte) {
	var block [keccakRate]byte
	n := copy(block[:], b)
	block[n] = 1
	block[keccakRate-1] |= 0x80
	var a [25]uint64
	for i := range keccakRate / 8 {
		a[i] = binary.LittleEndian.Uint64(block[8*i:])
	}
	keccakF(&a)
	for i := range len(sum) / 8 {
		binary.LittleEndian.PutUint64(sum[8*i:], a[i])
	}
	return sum
}

// keccakF is the permutation of 1600 bits: 24 rounds of theta, rho with pi, chi and iota. Lanes are written out: in loops over them it takes four
// times as long.
func keccakF(a *[25]uint64) {
	for _, constant := range keccakConstants {
		c0 := a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20]
		c1 := a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21]
		c2 := a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22]
		c3 := a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23]
		c4 := a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24]
		d0 := c4 ^ bits.RotateLeft64(c1, 1)
		d1 := c0 ^ bits.RotateLeft64(c2, 1)
		d2 := c1 ^ bits.RotateLeft64(c3, 1)
		d3 := c2 ^ bits.RotateLeft64(c4, 1)
		d4 := c3 ^ bits.RotateLeft64(c0, 1)
		b0 := a[0] ^ d0
		b1 := bits.RotateLeft64(a[6]^d1, 44)
		b2 := bits.RotateLeft64(a[12]^d2, 43)
		b3 := bits.RotateLeft64(a[18]^d3, 21)
		b4 := bits.RotateLeft64(a[24]^d4, 14)
		b5 := bits.RotateLeft64(a[3]^d3, 28)
		b6 := bits.RotateLeft64(a[9]^d4, 20)
		b7 := bits.RotateLeft64(a[10]^d0, 3)
		b8 := bits.RotateLeft64(a[16]^d1, 45)
		b9 := bits.RotateLeft64(a[22]^d2, 61)
		b10 := bits.RotateLeft64(a[1]^d1, 1)
		b11 := bits.RotateLeft64(a[7]^d2, 6)
		b12 := bits.RotateLeft64(a[13]^d3, 25)
		b13 := bits.RotateLeft64(a[19]^d4, 8)
		b14 := bits.RotateLeft64(a[20]^d0, 18)
		b15 := bits.RotateLeft64(a[4]^d4, 27)
		b16 := bits.RotateLeft64(a[5]^d0, 36)
		b17 := bits.RotateLeft64(a[11]^d1, 10)
		b18 := bits.RotateLeft64(a[17]^d2, 15)
		b19 := bits.RotateLeft64(a[23]^d3, 56)
		b20 := bits.RotateLeft64(a[2]^d2, 62)
		b21 := bits.RotateLeft64(a[8]^d3, 55)
		b22 := bits.RotateLeft64(a[14]^d4, 39)
		b23 := bits.RotateLeft64(a[15]^d0, 41)
		b24 := bits.RotateLeft64(a[21]^d1, 2)
		a[0], a[1], a[2], a[3], a[4] = b0^b2&^b1, b1^b3&^b2, b2^b4&^b3, b3^b0&^b4, b4^b1&^b0
		a[5], a[6], a[7], a[8], a[9] = b5^b7&^b6, b6^b8&^b7, b7^b9&^b8, b8^b5&^b9, b9^b6&^b5
		a[10], a[11], a[12], a[13], a[14] = b10^b12&^b11, b11^b13&^b12, b12^b14&^b13, b13^b10&^b14, b14^b11&^b10
		a[15], a[16], a[17], a[18], a[19] = b15^b17&^b16, b16^b18&^b17, b17^b19&^b18, b18^b15&^b19, b19^b16&^b15
		a[20], a[21], a[22], a[23], a[24] = b20^b22&^b21, b21^b23&^b22, b22^b24&^b23, b23^b20&^b24, b24^b21&^b20
		a[0] ^= constant
	}
}

// keccakConstants are those of iota, a round each.
var keccakConstants = [24]uint64{
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
	0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
	0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
}
