package selector

import (
	"bytes"
	"slices"
)

// State is a place in a Machine: what the keys so far leave open. The zero State is dead: no rule can match below.
type State uint32

// NoRule is the rule of a path that none names.
const NoRule int32 = -1

// Machine walks rules of selectors down a record, one key at a time. It is immutable and safe for concurrent use.
//
// A state is a set of what is left of the selectors, told apart when compiling. It has a hash table of its own with the literal segments
// that one of them expects, and with the dotted keys that are all that is left of one ("http.request.method"), so that most keys cost
// one hash, one probe and one compare, known or not. Globs are looked at only in states that have them and only for segments that are
// not in the table.
type Machine struct {
	root  State
	nodes []node // by State; the first is dead
	slots []slot // hash tables, one after the other
	moves []move // by live globs, one list after the other
	globs []globs
	text  []byte // the keys of slots, in lower case
}

// node is a state. Its rule and next stand for a segment that neither a literal nor a glob expects.
type node struct {
	slots, mask       uint32 // table: slots[slots : slots+mask+1]
	next              State
	rule              int32
	globs             int32 // index into Machine.globs, or -1
	moves, movesCount uint32
}

// slot is a literal or a dotted key of a state: what follows it, and the rule that ends with it.
type slot struct {
	hash     uint32
	off, len uint32
	next     State
	rule     int32
	used     bool
}

// move is the state after a segment that matches exactly these of a state's globs that lead on.
type move struct {
	live uint64
	next State
}

// Root is the state above the first key.
func (m *Machine) Root() State { return m.root }

// Live reports whether some rule can still match below s.
func (m *Machine) Live(s State) bool { return s != 0 }

// Step goes from s down by key: next is the state below it, rule the first rule that names exactly this path, or NoRule.
//
// Key is decoded bytes, any at all; its dots separate segments. It takes time linear in the key, allocates nothing and does not keep key.
func (m *Machine) Step(s State, key []byte) (next State, rule int32) {
	if s == 0 {
		return 0, NoRule
	}
	h, dotted := hash(key)
	n := &m.nodes[s]
	if e := m.find(n, key, h); e != nil {
		return e.next, e.rule
	}
	if dotted {
		return m.stepDotted(s, key)
	}
	if n.globs < 0 {
		return n.next, n.rule
	}
	return m.stepGlobs(n, key)
}

// stepDotted takes the segments of key one by one.
func (m *Machine) stepDotted(s State, key []byte) (State, int32) {
	for s != 0 {
		dot := bytes.IndexByte(key, '.')
		if dot < 0 {
			return m.Step(s, key)
		}
		s, _ = m.Step(s, key[:dot])
		key = key[dot+1:]
	}
	return 0, NoRule
}

// find looks a key with its hash up in a state's table.
func (m *Machine) find(n *node, key []byte, h uint64) *slot {
	for i := uint32(h); ; i++ {
		e := &m.slots[n.slots+i&n.mask]
		if !e.used {
			return nil
		}
		if e.hash == uint32(h>>32) && int(e.len) == len(key) && equalKey(m.text[e.off:e.off+e.len], key) {
			return e
		}
	}
}

// stepGlobs takes a segment that no literal of the state expects.
func (m *Machine) stepGlobs(n *node, seg []byte) (State, int32) {
	out := m.globs[n.globs].find(seg)
	rule := first(n.rule, out.rule)
	if out.live == 0 {
		return n.next, rule
	}
	moves := m.moves[n.moves : n.moves+n.movesCount]
	i, _ := slices.BinarySearchFunc(moves, out.live, func(m move, live uint64) int {
		switch {
		case m.live < live:
			return -1
		case m.live > live:
			return 1
		}
		return 0
	})
	return moves[i].next, rule
}

// first is the rule that wins: the lower one that is one. Of sets, which are written inverted, and so negative as no rule is, it is the union.
func first(a, b int32) int32 {
	if a < 0 && b < 0 {
		return a & b
	}
	return int32(min(uint32(a), uint32(b)))
}
