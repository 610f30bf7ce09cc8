package detect

import (
	"encoding/binary"
	"slices"
	"strings"
)

// vendor is a row of the table: the tokens of one vendor that begin alike.
type vendor struct {
	name string
	// prefixes, parted by blanks, that the token begins with.
	prefixes string
	// body is the form behind the prefix, or several with " | " between; where a '^' parts one, what stands before that is the lead, the form before the prefix.
	body   string
	source string
	vendorRule
}

// vendorRule is what a row says beside its form.
type vendorRule struct {
	// floor is the least entropy in hundredths of a bit a character.
	floor int
	// keep says that the prefix is no secret and stays.
	keep bool
	// sum says that the body may end in its checksum.
	sum bool
	// digit says that there is at least one: for short prefixes, behind which names stand too.
	digit bool
	// mixed says that there is a digit and a quarter of capitals: for prefixes of a letter or two, behind which any name stands.
	mixed bool
	// near are words of which one must name the token, as nothing else tells it.
	near keyWords
}

func token(name, prefixes, body, source string) vendor {
	return vendor{name: name, prefixes: prefixes, body: body, source: source}
}

func (v vendor) kept() vendor                 { v.keep = true; return v }
func (v vendor) checked() vendor              { v.sum = true; return v }
func (v vendor) digits() vendor               { v.digit = true; return v }
func (v vendor) mixes() vendor                { v.mixed = true; return v }
func (v vendor) named(words ...string) vendor { v.near = words; return v }

// vendorForm is one form of a row, compiled.
type vendorForm struct {
	vendorRule
	lead, body form
	// least is how many bytes the body has at least.
	least int
	// capitals says that there are no small letters, so that words cannot be told from tokens.
	capitals bool
	// inRun says that a body is of token characters alone.
	inRun bool
}

// Entropy floors: of what is shorter than 16 characters, of what has up to 16 different ones, and of the rest.
const (
	shortFloor = 200
	hexFloor   = 250
	textFloor  = 300
)

// forms are the row's.
func (v *vendor) forms() (all []*vendorForm) {
	for body := range strings.SplitSeq(v.body, " | ") {
		all = append(all, newVendorForm(v.vendorRule, body))
	}
	return all
}

func newVendorForm(rule vendorRule, spelled string) *vendorForm {
	f := &vendorForm{vendorRule: rule}
	lead, body, led := strings.Cut(spelled, "^")
	if !led {
		lead, body = "", spelled
	}
	f.lead, f.body = parseForm(lead), parseForm(body)
	all := append(f.lead[:len(f.lead):len(f.lead)], f.body...)
	f.least, f.inRun = f.body.least(), f.body.ofTokens()
	f.capitals = all.sized('a', 'z') == 0
	switch {
	case all.least() < 16:
		f.floor = shortFloor
	case all.sized(0, 0x7f) <= 16:
		f.floor = hexFloor
	default:
		f.floor = textFloor
	}
	return f
}

// vendorPrefix is one prefix of a form.
type vendorPrefix struct {
	prefix string
	form   *vendorForm
	// head is the prefix, eight bytes of it at most, and mask has ones where head has bytes.
	head, mask uint64
}

func newVendorPrefix(prefix string, f *vendorForm) vendorPrefix {
	p := vendorPrefix{prefix: prefix, form: f}
	for i := range min(len(prefix), 8) {
		p.head |= uint64(prefix[i]) << (8 * i)
		p.mask |= 0xff << (8 * i)
	}
	return p
}

// headAt is the eight bytes at i, zeros where there are none.
func headAt(t []byte, i int) uint64 {
	if i+8 <= len(t) {
		return binary.LittleEndian.Uint64(t[i:])
	}
	var b [8]byte
	copy(b[:], t[i:])
	return binary.LittleEndian.Uint64(b[:])
}

const vendorHashBits = 14

// vendorFilter has a bit for each hash that a prefix has.
type vendorFilter [1 << vendorHashBits / 64]uint64

func (f *vendorFilter) has(hash uint32) bool { return f[hash/64]>>(hash%64)&1 != 0 }

// vendorIndex finds the forms of a token by the first three bytes of its prefix.
type vendorIndex struct {
	may vendorFilter
	// first is where the prefixes of a hash begin in prefixes.
	first    [1<<vendorHashBits + 1]uint16
	prefixes []vendorPrefix
	// led are the forms without a prefix, by the byte that their leads end in, and ledFirst what their bodies begin with.
	led      [0x80][]*vendorForm
	ledFirst byteSet
	// before says what a byte before a run of token characters means for what begins in the run.
	before [0x100]beforeRun
}

// beforeRun is what the byte before a run says.
type beforeRun uint8

const (
	plainBefore beforeRun = iota
	ledBefore             // the lead of a form without a prefix may end in it
	oddBefore             // an escape that goes on in the run may begin with it, so a prefix may stand behind its letters and digits
)

// oddBytes is how far an escape before a prefix may reach into its run.
const oddBytes = 16

var vendors = newVendorIndex(vendorRows[:])

func newVendorIndex(rows []vendor) *vendorIndex {
	x := &vendorIndex{}
	buckets := map[uint32][]vendorPrefix{}
	for i := range rows {
		for _, f := range rows[i].forms() {
			if rows[i].prefixes == "" {
				x.addLed(f)
			}
			for prefix := range strings.FieldsSeq(rows[i].prefixes) {
				for _, h := range vendorHashes(prefix, f.body) {
					buckets[h] = append(buckets[h], newVendorPrefix(prefix, f))
				}
			}
		}
	}
	for _, c := range []byte(`\%[;`) {
		x.before[c] = oddBefore
	}
	for h := range uint32(1 << vendorHashBits) {
		if len(buckets[h]) > 0 {
			x.may[h/64] |= 1 << (h % 64)
		}
		x.prefixes = append(x.prefixes, buckets[h]...)
		x.first[h+1] = uint16(len(x.prefixes))
	}
	return x
}

// addLed adds a form without a prefix.
func (x *vendorIndex) addLed(f *vendorForm) {
	end := f.lead[len(f.lead)-1].literal
	c := end[len(end)-1]
	x.led[c] = append(x.led[c], f)
	x.before[c] = ledBefore
	for i, members := range setOf(string(f.body.firsts())) {
		x.ledFirst[i] |= members
	}
}

// vendorHashes are the hashes of a prefix, or of all that a shorter one and its body may begin with, each once.
func vendorHashes(prefix string, body form) (all []uint32) {
	if len(prefix) >= 3 {
		return []uint32{vendorHash(threeBytes(prefix[0], prefix[1], prefix[2]))}
	}
	for _, c := range body.firsts() {
		if h := vendorHash(threeBytes(prefix[0], prefix[1], c)); !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

func threeBytes(a, b, c byte) uint32 { return uint32(a) | uint32(b)<<8 | uint32(c)<<16 }

// vendorHash is the hash of three bytes, the lowest of x; the fourth is set aside.
func vendorHash(x uint32) uint32 { return x << 8 * 0x9e3779b1 >> (32 - vendorHashBits) }

// mayBegin reports whether a prefix may stand at i.
func (x *vendorIndex) mayBegin(t []byte, i int) bool {
	return i+2 < len(t) && x.may.has(vendorHash(threeBytes(t[i], t[i+1], t[i+2])))
}

// bucket returns the prefixes that may stand at i.
func (x *vendorIndex) bucket(t []byte, i int) []vendorPrefix {
	if i+2 >= len(t) {
		return nil
	}
	h := vendorHash(threeBytes(t[i], t[i+1], t[i+2]))
	return x.prefixes[x.first[h]:x.first[h+1]]
}

// headed reports whether eight bytes of a prefix, or all of a shorter one, stand at i, and its body may end before end, where the run of token characters does.
func (x *vendorIndex) headed(t []byte, i, end int) bool {
	head, bucket := headAt(t, i), x.bucket(t, i)
	for k := range bucket {
		if p := &bucket[k]; head&p.mask == p.head && (!p.form.inRun || len(p.prefix)+p.form.least <= end-i) {
			return true
		}
	}
	return false
}

// prefixed reports whether a prefix stands at i with as many bytes behind it as its form has at least.
func (x *vendorIndex) prefixed(t []byte, i int) bool {
	bucket := x.bucket(t, i)
	for k := range bucket {
		if p := &bucket[k]; len(t)-i >= len(p.prefix)+p.form.least && has(t, i, p.prefix) {
			return true
		}
	}
	return false
}
