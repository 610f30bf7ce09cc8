package scrub

import (
	"bytes"
	"encoding/binary"

	"winnow/scrub/record"
)

// shape remembers the members that the last records had, and of each which came behind it: records of one stream mostly have the same names
// in the same order, and then a name and its place in the policy are known by one comparison of 16 bytes. A member that is not the one
// expected is looked up by what its name hashes to, so that streams that take turns, and lines of several kinds in one body, find
// their own. It decides nothing: a member that is not known is read and looked up as ever.
type shape struct {
	members [2 * memberPairs]knownMember // places 2n and 2n+1 are for names that hash to n
}

// knownMember is a name as it is spelled, with quotes and colon, below a field, and the field it leads to.
type knownMember struct {
	context      uint64 // see frame.context; 0 where the place is free
	head, middle uint64 // the first 16 bytes of spelled
	inHead       uint64 // mask of those that are
	inMiddle     uint64
	meta         uint64 // verdict.meta
	field        Field
	count        int32       // verdict.count
	plain        [ways]plain // verdict.plain by way, unsure if a list names the field, or if it must be looked at
	enters       [3]bool     // by mode: an object there is walked, whatever is in it
	next         followers   // of this member
	n            uint8       // length of spelled
	says         bool        // in a layer whose values are scanned apart: the name can say what they are
	worth        uint8       // what it takes to push the member out
	tail         [maxSpelled - headBytes]byte
}

// followers are the places of the members that came last behind a member, or at the begin of a record.
type followers [2]uint8

const (
	memberPairs = 128
	headBytes   = 16
	maxSpelled  = 48
	maxWorth    = 3
)

// context is where a name stands: the field above it, and whether its layer is scanned as a whole. Never 0.
func (f *frame) context(above Field) uint64 {
	c := uint64(above.state) | uint64(above.listed)<<32
	if f.apart {
		c ^= 1 << 63
	}
	return ^c
}

// begin expects the first member of a record.
func (f *frame) begin() { f.after = &f.first }

// is tells whether the name, quotes and colon with which text begins are this member's. head and middle are its first 16 bytes.
func (m *knownMember) is(context, head, middle uint64, text []byte) bool {
	return m.context == context && (head^m.head)&m.inHead|(middle^m.middle)&m.inMiddle == 0 && (m.n <= headBytes || m.tailIs(text))
}

func (m *knownMember) tailIs(text []byte) bool {
	return len(text) >= int(m.n) && bytes.Equal(text[headBytes:m.n], m.tail[:m.n-headBytes])
}

// peek returns the place of the known member with whose name, quotes and colon text begins, if there is one.
func (s *shape) peek(text []byte, context uint64, after *followers) (place uint8, ok bool) {
	if len(text) < headBytes {
		return 0, false
	}
	head, middle := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
	if s.members[after[0]].is(context, head, middle, text) {
		return after[0], true
	}
	if s.members[after[1]].is(context, head, middle, text) {
		return after[1], true
	}
	n := record.Quiet(text, 1) + len(`":`)
	if n > maxSpelled || n > len(text) || text[n-2] != '"' || text[n-1] != ':' {
		return 0, false
	}
	place = pair(head, text[:n], context)
	for range 2 {
		if s.members[place].is(context, head, middle, text) {
			after[0], after[1] = place, after[0]
			return place, true
		}
		place++
	}
	return 0, false
}

// pair is the first of the two places where a member may be remembered.
func pair(head uint64, spelled []byte, context uint64) uint8 {
	h, n := head, len(spelled)
	if n < 8 {
		h &= 1<<(8*n) - 1
	} else {
		h ^= binary.LittleEndian.Uint64(spelled[n-8:]) * 0x9e3779b97f4a7c15
	}
	return uint8((h+uint64(n)+context)*0x9e3779b97f4a7c15>>(64-7)) << 1
}

// met notes that the member at that place is there, and expects what came behind it.
func (f *frame) met(place uint8) {
	m := &f.r.shape.members[place]
	m.worth, f.after = maxWorth, &m.next
}

// learn hears of a member that is not known, with whose name, quotes and colon, of n bytes, text begins. asks: its name does not tell what becomes
// of it. One that is met now and then does not push out those that most records have.
func (f *frame) learn(text []byte, n int, context uint64, field Field, asks bool) {
	if n > maxSpelled || len(text) < headBytes {
		return
	}
	head, middle := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
	place := pair(head, text[:n], context)
	m, other := &f.r.shape.members[place], &f.r.shape.members[place+1]
	if other.worth < m.worth {
		place, m, other = place+1, other, m
	}
	if m.worth > 0 {
		m.worth--
		other.worth--
		return
	}
	verdict := &f.r.p.verdicts[0][field.rule()+1]
	*m = knownMember{
		context: context, head: head, middle: middle, inHead: lowBytes(n), inMiddle: lowBytes(n - 8),
		meta: verdict.meta, field: field, count: int32(verdict.count), n: uint8(n),
		says: f.apart && f.r.says(text[1:n-2]),
	}
	for mode := range m.enters {
		if asks {
			break
		}
		m.enters[mode] = !f.r.names(field) && (mode == 0 || f.r.p.machine.Live(field.state))
		if field.lists != 0 {
			continue
		}
		m.plain[mode] = f.r.p.verdicts[mode][field.rule()+1].plain
		if field.people() == 0 {
			m.plain[mode+ways/2] = m.plain[mode]
		}
	}
	copy(m.tail[:], text[min(n, headBytes):n])
	f.after[0], f.after[1] = place, f.after[0]
	f.met(place)
}

// lowBytes is a mask of the first n bytes of a word.
func lowBytes(n int) uint64 {
	switch {
	case n <= 0:
		return 0
	case n >= 8:
		return 1<<64 - 1
	}
	return 1<<(8*n) - 1
}
