package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
)

// Addresses in base 58: letters and digits without those that look alike.

// base58Values and rippleValues are the values of the characters of Bitcoin's and Ripple's alphabets, notBase58 of all others.
var (
	base58Values = base58Table("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
	rippleValues = base58Table("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")
)

const notBase58 = 0xff

func base58Table(alphabet string) (values [256]uint8) {
	for i := range values {
		values[i] = notBase58
	}
	for i := range len(alphabet) {
		values[alphabet[i]] = uint8(i)
	}
	return values
}

// base58Versions are the bytes that addresses in Base58Check begin with, before a hash of 20 bytes.
var base58Versions = [...]string{
	"\x00", "\x05", "\x6f", "\xc4", // Bitcoin, and its test network
	"\x30", "\x32", // Litecoin
	"\x1e", "\x16", // Dogecoin
	"\x4c", "\x10", // Dash
	"\x41",                 // Tron
	"\x1c\xb8", "\x1c\xbd", // Zcash
	"\x06\xa1\x9f", "\x06\xa1\xa1", "\x06\xa1\xa4", "\x02\x5a\x79", // Tezos
}

const (
	hashBytes    = 20 // of the hash in an address
	checkBytes   = 4  // of its checksum
	base58Words  = 9
	base58Most   = 4 * base58Words // of all that is decoded
	digitsInWord = 5               // how many digits of base 58 fit into 32 bits
)

// base58Address reports whether b is an address in Base58Check: version, hash, and the first bytes of the SHA-256 of their SHA-256.
func base58Address(b []byte) bool {
	var all [base58Most]byte
	if !bothCases(b) || !decodeBase58(&all, b, &base58Values) {
		return false
	}
	for _, v := range base58Versions {
		size := len(v) + hashBytes + checkBytes
		raw := all[base58Most-size:]
		if has(raw, 0, v) && zeros(all[:base58Most-size]) && (v != "\x00" || leadingOnes(b, '1') == leadingZeros(raw)) {
			return base58Check(raw)
		}
	}
	return false
}

// rippleAddress is base58Address for Ripple's alphabet and version.
func rippleAddress(b []byte) bool {
	var all [base58Most]byte
	if !bothCases(b) || !decodeBase58(&all, b, &rippleValues) {
		return false
	}
	const size = 1 + hashBytes + checkBytes
	raw := all[base58Most-size:]
	return zeros(all[:base58Most-size+1]) && leadingOnes(b, 'r') == leadingZeros(raw) && base58Check(raw)
}

func base58Check(raw []byte) bool {
	n := len(raw) - checkBytes
	sum := sha256.Sum256(raw[:n])
	sum = sha256.Sum256(sum[:])
	return bytes.Equal(sum[:checkBytes], raw[n:])
}

// decodeBase58 reads b as one number into dst, the highest byte first; ok is false if it is none or too large.
func decodeBase58(dst *[base58Most]byte, b []byte, values *[256]uint8) (ok bool) {
	var words [base58Words]uint32
	for i := 0; i < len(b); i += digitsInWord {
		times, plus := uint64(1), uint64(0)
		for _, c := range b[i:min(i+digitsInWord, len(b))] {
			v := values[c]
			if v == notBase58 {
				return false
			}
			times, plus = times*58, plus*58+uint64(v)
		}
		for k := range words {
			plus += uint64(words[k]) * times
			words[k] = uint32(plus)
			plus >>= 32
		}
		if plus != 0 {
			return false
		}
	}
	for k, w := range words {
		binary.BigEndian.PutUint32(dst[base58Most-4-4*k:], w)
	}
	return true
}

func zeros(b []byte) bool { return leadingZeros(b) == len(b) }

func leadingZeros(b []byte) int { return leadingOnes(b, 0) }

// leadingOnes returns how many bytes c stand at the beginning of b. In base 58 each stands for a zero byte.
func leadingOnes(b []byte, c byte) (n int) {
	for n < len(b) && b[n] == c {
		n++
	}
	return n
}

// Monero writes blocks of eight bytes as eleven characters each, and the rest of five bytes as seven: network, two keys of 32 bytes and, in
// addresses for one payment, an identifier of eight bytes; then the first bytes of the Keccak-256 of all before.
const (
	moneroBytes  = 69
	moneroChars  = 95
	paymentBytes = moneroBytes + 8
	paymentChars = moneroChars + 11
	blockBytes   = 8
	blockChars   = 11
)

// moneroAddress reports whether b is an address of Monero.
func moneroAddress(b []byte) bool {
	var raw [paymentBytes]byte
	size := moneroBytes
	switch {
	case len(b) == paymentChars:
		size = paymentBytes
	case len(b) != moneroChars:
		return false
	}
	for at := 0; at < size; at += blockBytes {
		n := min(blockBytes, size-at)
		chars := b[at/blockBytes*blockChars:]
		if !decodeBlock(raw[at:at+n], chars[:min(blockChars, len(chars))]) {
			return false
		}
	}
	switch raw[0] {
	case 18, 19, 42: // of the main network: an account's, for one payment, below an account's
	default:
		return false
	}
	sum := keccak256(raw[:size-checkBytes])
	return bytes.Equal(sum[:checkBytes], raw[size-checkBytes:size])
}

// decodeBlock reads a block of at most eight bytes.
func decodeBlock(dst, b []byte) bool {
	var high, low uint64 // low holds 32 bits
	for _, c := range b {
		v := base58Values[c]
		if v == notBase58 || high>>32 >= 1<<26 {
			return false
		}
		low = low*58 + uint64(v)
		high = high*58 + low>>32
		low &= 1<<32 - 1
	}
	if high>>32 != 0 {
		return false
	}
	x := high<<32 | low
	if len(dst) < blockBytes && x>>(8*len(dst)) != 0 {
		return false
	}
	for i := range dst {
		dst[len(dst)-1-i] = byte(x >> (8 * i))
	}
	return true
}

// stellarAddress reports whether b is an account of Stellar: 35 bytes in base 32, the last two of them the CRC-16 (XMODEM) of the others.
func stellarAddress(b []byte) bool {
	var raw [35]byte
	acc, bits, n := uint32(0), 0, 0
	for _, c := range b {
		switch {
		case isUpper(c):
			acc = acc<<5 | uint32(c-'A')
		case c >= '2' && c <= '7':
			acc = acc<<5 | uint32(c-'2'+26)
		default:
			return false
		}
		if bits += 5; bits >= 8 {
			bits -= 8
			raw[n] = byte(acc >> bits)
			n++
		}
	}
	return crc16(raw[:33]) == binary.LittleEndian.Uint16(raw[33:])
}

func crc16(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			high := crc & 0x8000
			if crc <<= 1; high != 0 {
				crc ^= 0x1021
			}
		}
	}
	return crc
}
