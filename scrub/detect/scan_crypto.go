package detect

import "math/bits"

// mayHoldAddress reports whether an address may be in the run of token characters [start, end) of at most 64 bytes, of which alnum says where letters
// and digits are: there are enough of them without another sign between, and they are no hex digits.
func (s *Scanner) mayHoldAddress(start, end int, alnum uint64) bool {
	two := alnum & (alnum >> 1)
	four := two & (two >> 2)
	eight := four & (four >> 4)
	sixteen := eight & (eight >> 8)
	words := sixteen & (sixteen >> (minAddressBytes - 16))
	if words == 0 {
		return false
	}
	m, p, rest := &s.maps, uint(end-s.base), uint(64-(end-start))
	other := bitsBefore(&m[laneAlpha], p) & (bitsBefore(&m[laneAfter], p) | ^bitsBefore(&m[laneHex], p)) >> rest
	if other == 0 && alnum == ^uint64(0)>>rest {
		return !s.hexWord(start, end-start) // a digest, as most runs are
	}
	for words != 0 {
		first := bits.TrailingZeros64(words)
		size := bits.TrailingZeros64(^(alnum >> first))
		word := ^uint64(0) >> (64 - size) << first
		if other&word != 0 || !s.hexWord(start+first, size) {
			return true
		}
		words &^= word
	}
	return false
}

// hexWord reports whether the small hex digits at an offset, so many of them, are none that a checksum makes an address: neither behind an escape, nor of
// the lengths of CashAddr, nor with the one name of Bech32 that is hex.
func (s *Scanner) hexWord(at, size int) bool {
	return size != cashChars && size != cashLongChars && !has(s.text, at, "bc1") && (at == 0 || vendors.before[s.text[at-1]] != oddBefore)
}

// addresses looks for addresses of cryptocurrencies in the run of token characters [start, end).
func (s *Scanner) addresses(start, end int) {
	if end-start < minAddressBytes || !s.set.options.On[CryptoAddress] {
		return
	}
	for from, ok := max(start, s.frontier[CryptoAddress]), true; ok; {
		s.tries++
		if start, from, ok = addressIn(s.text, from, end, s.ctx); ok {
			s.keep(CryptoAddress, start, from)
			s.frontier[CryptoAddress] = from
		}
	}
}

// mayBeAddress reports whether an address may be in a text of token characters alone.
func (s *Set) mayBeAddress(text []byte) bool {
	if !s.options.On[CryptoAddress] {
		return false
	}
	for i := 0; len(text)-i >= minAddressBytes; {
		end := wordStop(text, i, len(text))
		if end-i >= minAddressBytes && addressLike(text[i:end]) {
			return true
		}
		i = end + 1
	}
	return false
}

// addressLike reports whether letters and digits can be an address. One of Ethereum may be, whatever its name.
func addressLike(word []byte) bool {
	return len(word) == ethereumBytes && word[0] == '0' || addressAt(word, 0, len(word), Context{})
}
