package detect

// mayHoldAddress reports whether an address may be in the run of token characters [start, end) of at most 64 bytes, of which alnum says where letters
// and digits are: there are enough of them without another sign between.
func (s *Scanner) mayHoldAddress(start, end int, alnum uint64) bool {
	two := alnum & (alnum >> 1)
	four := two & (two >> 2)
	eight := four & (four >> 4)
	sixteen := eight & (eight >> 8)
	return sixteen&(sixteen>>(minAddressBytes-16)) != 0 && !s.hexRun(start, end, alnum)
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

// hexRun reports whether the run [start, end) of at most 64 bytes, of which alnum says where letters and digits are, is small hex digits that no
// checksum makes an address: neither behind an escape, nor of the lengths of CashAddr, nor with the one name of Bech32 that is hex.
func (s *Scanner) hexRun(start, end int, alnum uint64) bool {
	m, size, p := &s.maps, end-start, uint(end-s.base)
	other := bitsBefore(&m[laneAlpha], p) & (bitsBefore(&m[laneAfter], p) | ^bitsBefore(&m[laneHex], p))
	return alnum == ^uint64(0)>>(64-size) && other>>(64-size) == 0 && size != cashChars && size != cashLongChars &&
		!has(s.text, start, "bc1") && (start == 0 || vendors.before[s.text[start-1]] != oddBefore)
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
