package detect

// quietTable answers for a short text whether it can hold an anchor at all, by counting a few kinds of bytes. Most values of fields
// are words and small numbers, and need no more than this.
type quietTable struct {
	// weight adds to up to eight counters of one byte each.
	weight [256]uint64
}

// quietBytes bounds the texts that are counted, so that no counter overflows.
const quietBytes = 63

// The counters: kinds of bytes, and how many of them an anchor needs at least.
var quietKinds = [...]struct {
	members string
	needs   uint64
}{
	{"0123456789", 8},
	{".", 2},
	{"-", 4},
	{"=>:/ \t@%\\", 1},
}

func newQuietTable() (q quietTable) {
	for i, kind := range quietKinds {
		for j := range len(kind.members) {
			q.weight[kind.members[j]] += 1 << (8 * i)
		}
	}
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
	for i, kind := range quietKinds {
		sum += (0x80 - kind.needs) << (8 * i)
	}
	return sum&0x8080808080808080 == 0
}
