package detect

import (
	"math/bits"
	"strings"
)

// The forms of tokens, as the table of vendors spells them: items parted by blanks.
//
//	'text'       the text itself; 'text'? if it is there
//	36alnum      so many bytes of a set, by its name below
//	20-40[a-f]   a range; sets of one's own stand in brackets
//	20+url       so many or more
//	uuid         8-4-4-4-12 hex digits
//
// A set takes as many bytes as it can get. Behind the last item none of its set may follow.

// formSets are the sets that have names.
var formSets = map[string]string{
	"digit": "0-9", "hex": "0-9a-f", "HEX": "0-9A-F", "anyhex": "0-9a-fA-F", "upnum": "A-Z0-9", "lownum": "a-z0-9", "alnum": "0-9A-Za-z",
	"word": "0-9A-Za-z_", "url": "0-9A-Za-z_-", "base64": "0-9A-Za-z+/", "any64": "0-9A-Za-z+/_-", "dotted": "0-9A-Za-z_.-",
	"base32": "A-Z2-7", "bech32": "AC-HJ-NP-Z02-9",
}

const uuidForm = "8anyhex '-' 4anyhex '-' 4anyhex '-' 4anyhex '-' 12anyhex"

// formPart is one item: a literal, or from least to most bytes of a set; most is 0 where there is no bound.
type formPart struct {
	literal     string
	optional    bool
	set         byteSet
	least, most int
}

// form is the items of a token's lead or body.
type form []formPart

// parseForm reads a form of the table. It panics where that is wrong, as a regular expression in a variable would.
func parseForm(s string) (f form) {
	for item := range strings.FieldsSeq(strings.ReplaceAll(s, "uuid", uuidForm)) {
		f = append(f, parsePart(item))
	}
	return f
}

func parsePart(item string) (p formPart) {
	if item[0] == '\'' {
		item, p.optional = strings.CutSuffix(item, "?")
		p.literal = strings.Trim(item, "'")
		return p
	}
	p.least, item = leadingNumber(item)
	p.most = p.least
	switch item[0] {
	case '-':
		p.most, item = leadingNumber(item[1:])
	case '+':
		p.most, item = 0, item[1:]
	}
	members, ok := formSets[item]
	if !ok {
		members = strings.Trim(item, "[]")
		if len(members) != len(item)-2 {
			panic("detect: unknown set " + item)
		}
	}
	p.set = rangesOf(members)
	return p
}

func leadingNumber(s string) (n int, rest string) {
	for s != "" && isDigit(s[0]) {
		n, s = 10*n+int(s[0]-'0'), s[1:]
	}
	return n, s
}

// rangesOf is the set of bytes and ranges of bytes; a dash at the end is itself.
func rangesOf(members string) byteSet {
	var all []byte
	for i := 0; i < len(members); i++ {
		first, last := members[i], members[i]
		if i+2 < len(members) && members[i+1] == '-' {
			last = members[i+2]
			i += 2
		}
		for c := int(first); c <= int(last); c++ {
			all = append(all, byte(c))
		}
	}
	return setOf(string(all))
}

// lookBytes bounds what of a part without a bound is looked at before the token is judged; the rest is read after it.
const lookBytes = 64

// read returns where the form that begins at i ends, the rest of an unbounded last part set aside; or -1.
func (f form) read(t []byte, i int, seen *setRun) int {
	for k := range f {
		p := &f[k]
		if p.literal != "" {
			if has(t, i, p.literal) {
				i += len(p.literal)
			} else if !p.optional {
				return -1
			}
			continue
		}
		most := p.most
		if most == 0 {
			most = max(lookBytes, p.least)
		}
		n := seen.count(t, i, most, &p.set)
		if n < p.least {
			return -1
		}
		i += n
	}
	return i
}

// setRun is a stretch of a text that is known to hold no other bytes than those of a set: prefixes may stand within a long token, and would
// otherwise each read all the rest of it. The zero setRun knows nothing; nil is one that stays so.
type setRun struct {
	set      byteSet
	from, to int
	// kinds are the different bytes of another stretch, which has not been varied enough.
	kinds struct {
		byteKinds
		from, to int
	}
}

// byteKinds are different bytes, their high bits set aside.
type byteKinds struct{ low, high uint64 }

func (k *byteKinds) add(b []byte) {
	low, high := k.low, k.high
	for _, c := range b {
		bit, upper := uint64(1)<<(c&63), -uint64(c>>6&1)
		low, high = low|bit&^upper, high|bit&upper
	}
	k.low, k.high = low, high
}

func (k *byteKinds) count() int { return bits.OnesCount64(k.low) + bits.OnesCount64(k.high) }

// poor reports whether t[from:to] is known to have fewer than n different bytes: where it goes on from a stretch that has, each byte is looked at once.
func (r *setRun) poor(t []byte, from, to, n int) bool {
	if r == nil || from < r.kinds.from || r.kinds.to < from {
		return false
	}
	k := &r.kinds
	if k.to < to {
		k.add(t[k.to:to])
		k.to = to
	}
	return k.count() < n
}

// note makes t[from:to] the stretch that poor knows.
func (r *setRun) note(t []byte, from, to int) {
	if r != nil {
		r.kinds.byteKinds, r.kinds.from, r.kinds.to = byteKinds{}, from, to
		r.kinds.add(t[from:to])
	}
}

// count returns how many bytes of the set stand at i, at most so many.
func (r *setRun) count(t []byte, i, most int, set *byteSet) (n int) {
	known := r != nil && r.from <= i && i < r.to && r.set == *set
	if known {
		n = min(most, r.to-i)
	}
	for n < most && set.has(byteAt(t, i+n)) {
		n++
	}
	switch {
	case known:
		r.to = max(r.to, i+n)
	case r != nil && n >= minTokenBytes:
		r.set, r.from, r.to = *set, i, i+n
	}
	return n
}

// opens reports whether what the part has at least stands at i.
func (p *formPart) opens(t []byte, i int, seen *setRun) bool {
	if p.literal != "" {
		return p.optional || has(t, i, p.literal)
	}
	most := min(p.least, lookBytes)
	return seen.count(t, i, most, &p.set) == most
}

// readBack returns where the form that ends at i begins, or -1. A colon may be percent-encoded.
func (f form) readBack(t []byte, i int) int {
	for k := len(f) - 1; k >= 0; k-- {
		p := &f[k]
		switch {
		case p.literal == ":" && hasFold(t, i-3, "%3a"):
			i -= 3
		case p.literal != "":
			if i -= len(p.literal); !has(t, i, p.literal) {
				return -1
			}
		default:
			n := p.countBack(t, i)
			if n < p.least {
				return -1
			}
			i -= n
		}
	}
	return i
}

// goesOn reports whether more of a bounded last part's set follows than it takes; a sentence's full stop is no more of it.
func (f form) goesOn(t []byte, i int) bool {
	if len(f) == 0 {
		return false
	}
	last := &f[len(f)-1]
	c := byteAt(t, i)
	return last.literal == "" && last.most != 0 && last.set.has(c) && (c != '.' || last.set.has(byteAt(t, i+1)))
}

// countBack returns how many bytes of the part's set stand before i; what an escape ends in is none of them.
func (p *formPart) countBack(t []byte, i int) (n int) {
	for n < p.most && p.set.has(byteAt(t, i-1-n)) && (n < p.least || escapeBefore(t, i-n) == 0) {
		n++
	}
	return n
}

// finish returns the end of a token whose form was read up to i and does not go on: behind all of an unbounded last part, and its padding.
func (f form) finish(t []byte, i int) int {
	if len(f) == 0 {
		return i
	}
	last := &f[len(f)-1]
	if last.literal != "" {
		return i
	}
	for last.most == 0 && i < len(t) && last.set.has(t[i]) {
		i++
	}
	for last.set.has('.') && t[i-1] == '.' {
		i-- // the sentence's
	}
	if last.set.has('-') || last.set.has('+') {
		return padded(t, i)
	}
	return i
}

// padded returns the end of the padding of base64 at i.
func padded(t []byte, i int) int {
	end := i
	for end < len(t) && end-i < 2 && t[end] == '=' {
		end++
	}
	if isToken(byteAt(t, end)) {
		return i
	}
	return end
}

// has reports whether the literal stands at i.
func has(t []byte, i int, literal string) bool {
	return i >= 0 && len(t)-i >= len(literal) && string(t[i:i+len(literal)]) == literal
}

// firsts are the bytes that the form begins with, if that is a set.
func (f form) firsts() (all []byte) {
	for c := range byte(0x80) {
		if len(f) > 0 && f[0].least > 0 && f[0].set.has(c) {
			all = append(all, c)
		}
	}
	return all
}

// least is how many bytes the form has at least.
func (f form) least() (n int) {
	for k := range f {
		n += f[k].least
		if !f[k].optional {
			n += len(f[k].literal)
		}
	}
	return n
}

// ofTokens reports whether the form's bytes are token characters.
func (f form) ofTokens() bool {
	for k := range f {
		for c := range byte(0x80) {
			if !isToken(c) && (f[k].set.has(c) || strings.IndexByte(f[k].literal, c) >= 0) {
				return false
			}
		}
	}
	return true
}

// sized is how many bytes from first to last the form's sets hold together.
func (f form) sized(first, last byte) (n int) {
	for c := first; c <= last; c++ {
		for k := range f {
			if f[k].set.has(c) {
				n++
				break
			}
		}
	}
	return n
}
