package detect

import (
	"hash/crc32"
	"math"
)

// Checks of what stands behind a vendor's prefix.

// weights are n*log2(n) in 1/1024: whole numbers, so that every machine decides alike.
var weights = func() (w [0x100]int) {
	for n := 2; n < len(w); n++ {
		w[n] = int(math.Round(1024 * float64(n) * math.Log2(float64(n))))
	}
	return w
}()

// varied reports whether the first bytes of b, lookBytes of them at most, have an entropy of at least so many hundredths of a bit each.
func varied(b []byte, hundredths int) bool {
	b = b[:min(len(b), lookBytes)]
	var counts [0x80]uint8
	sum := weights[len(b)]
	for _, c := range b {
		n := counts[c&0x7f]
		sum += weights[n] - weights[n+1]
		counts[c&0x7f] = n + 1
	}
	return 100*sum >= 1024*hundredths*len(b)
}

// differing is how many different bytes there are at least where the entropy is so high.
func differing(hundredths int) int {
	switch {
	case hundredths >= textFloor:
		return 8
	case hundredths >= hexFloor:
		return 6
	case hundredths >= shortFloor:
		return 4
	}
	return 0
}

// wordy reports whether b, without digits, is words and not generated: it has few capitals, or only such as begin words.
func wordy(b []byte, s tally) bool { return 4*s.upper <= len(b) || plainWord(b) }

// Lengths of a token with a checksum: 30 random characters, and six that are their CRC-32 (IEEE) in base 62, digits before capitals before small
// letters. Source: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
const (
	summedChars = 30
	sumChars    = 6
)

// summed reports whether b begins with characters and their checksum.
func summed(b []byte) bool {
	if len(b) < summedChars+sumChars {
		return false
	}
	sum := crc32.ChecksumIEEE(b[:summedChars])
	for i := summedChars + sumChars - 1; i >= summedChars; i-- {
		if b[i] != base62[sum%62] {
			return false
		}
		sum /= 62
	}
	return true
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
