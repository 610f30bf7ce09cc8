package detect

// quietTable answers for a short text whether it can hold an anchor at all, by counting a few kinds of bytes. Most values of fields
// are words and small numbers, and need no more than this.
type quietTable struct {
	// weight adds to up to eight counters of one byte each.
	weight [256]uint64
}

// quietBytes bounds the texts that are counted, so that no counter overflows.
const quietBytes = 63

// quietKinds are what is counted; the first bytes of characters that hide values count with the last.
var quietKinds = [...]string{"0123456789", ".", "-", "=>:/ \t@%&\\"}

// What an anchor needs at least, one byte a kind: shorter than an account number eight digits, shorter than a token two dots, and always
// four dashes or one of the signs.
const (
	shortNeeds  = 8 | 2<<8 | 4<<16 | 1<<24
	middleNeeds = 2 | 2<<8 | 4<<16 | 1<<24
	longNeeds   = 2 | 1<<8 | 4<<16 | 1<<24
)

func newQuietTable() (q quietTable) {
	for i, kind := range quietKinds {
		for j := range len(kind) {
			q.weight[kind[j]] += 1 << (8 * i)
		}
	}
	q.weight[0xe2] += 1 << (8 * (len(quietKinds) - 1))
	q.weight[0xef] += 1 << (8 * (len(quietKinds) - 1))
	return q
}

// is reports that text holds no anchor. False says nothing.
func (q *quietTable) is(text []byte) bool {
	if len(text) > quietBytes {
		return false
	}
	var sum uint64
	for _, b := range text {
		sum += q.weight[b]
	}
	needs := uint64(shortNeeds)
	switch {
	case len(text) >= minTokenBytes:
		needs = longNeeds
	case len(text) >= minIBANBytes:
		needs = middleNeeds
	}
	return (sum+0x80808080-needs)&0x80808080 == 0
}

// minIBANBytes is the length of the shortest account number.
const minIBANBytes = 15
