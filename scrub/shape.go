package scrub

import "bytes"

// shape remembers the members of the last records of one layer, in the order they came: records of one stream mostly have the same names
// in the same order, and then a name and its place in the policy are known by one comparison. It decides nothing: a member that is not
// the one expected is read and looked up as ever. It costs 30 % of a walk not to have it.
type shape struct {
	members [maxMembers]knownMember
	next    int // which member is expected
}

// knownMember is a name as it was spelled, with quotes and colon, below a field, and the field it led to.
type knownMember struct {
	spelled      []byte
	above, field Field
	misses       int // since it was last met
}

const (
	maxMembers = 64
	maxSpelled = 48
	maxAhead   = 3 // members that one record may lack
	maxMisses  = 4 // of a member before another takes its place
)

// begin expects the first member of a record.
func (s *shape) begin() { s.next = 0 }

// peek returns the expected member, below above, with whose name, quotes and colon text begins, and its place among them; else nil.
func (s *shape) peek(text []byte, above Field) (m *knownMember, at int) {
	for at = s.next; at < min(s.next+maxAhead, maxMembers); at++ {
		m = &s.members[at]
		if len(m.spelled) > 0 && m.above.state == above.state && m.above.listed == above.listed && bytes.HasPrefix(text, m.spelled) {
			return m, at
		}
	}
	return nil, 0
}

// met notes that the record has the member at that place, and expects the one behind it.
func (s *shape) met(at int) {
	s.members[at].misses, s.next = 0, at+1
}

// learn hears of a member that was not expected. One that only some records have does not push out those that most have.
func (s *shape) learn(spelled []byte, above, field Field) {
	if s.next >= maxMembers || len(spelled) > maxSpelled {
		return
	}
	m := &s.members[s.next]
	if m.misses++; len(m.spelled) > 0 && m.misses < maxMisses {
		return
	}
	m.spelled = append(m.spelled[:0], spelled...)
	m.above, m.field, m.misses = above, field, 0
	s.next++
}
