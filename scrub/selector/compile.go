package selector

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// Bounds of a Machine. Patterns with ** can need a state for every set of half-matched selectors; these stop them.
const (
	maxStates = 20_000
	maxSlots  = 1 << 20 // of all states' tables together, 24 bytes each
)

// LimitError says that the rules need too large a Machine, and which rule has the largest part in it.
type LimitError struct {
	Rule     int    // index into the rules given to Compile
	Selector string // one of its selectors, as it was written
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("selector %q: its wildcards, together with the other selectors, make too many combinations: write out some of its segments, or use fewer ** and globs",
		e.Selector)
}

// Compile turns rules into a Machine. A rule is named by its index, and where several name a path the lowest wins.
//
// It fails with a *LimitError if the machine would be too large. A rule without selectors names nothing.
func Compile(rules [][]Selector) (*Machine, error) {
	return construct(rules, func(r int) int32 { return int32(r) })
}

// MaxSets is how many lists of selectors CompileSets takes.
const MaxSets = 31

// CompileSets turns lists of selectors into a Machine that tells all that name a path: of a rule that Step returns, Set makes the set. It
// fails as Compile does.
func CompileSets(lists [][]Selector) (*Machine, error) {
	if len(lists) > MaxSets {
		return nil, fmt.Errorf("%d lists of selectors: at most %d can be told apart", len(lists), MaxSets)
	}
	return construct(lists, func(r int) int32 { return ^(1 << r) })
}

// Set is what a rule of a Machine of CompileSets means: bit i says that list i names the path.
func Set(rule int32) uint32 { return uint32(^rule) }

func construct(rules [][]Selector, name func(r int) int32) (*Machine, error) {
	b := newBuilder()
	start := make([]position, 0, len(rules))
	for r, sels := range rules {
		for _, sel := range sels {
			if len(sel.segments) == 0 {
				return nil, fmt.Errorf("rule %d: a selector that was not parsed: use Parse", r)
			}
			start = append(start, position{b.intern(sel.segments), name(r)})
			b.origin = append(b.origin, origin{sel, r, name(r)})
		}
	}
	b.begin()
	for _, p := range start {
		b.add(p.tail, p.rule)
	}
	b.m.root, _ = b.end()
	for s := 1; s < len(b.sets); s++ { // expanding a state may make more
		if ok := b.expand(State(s)); !ok || len(b.sets) > maxStates || len(b.m.slots)+len(b.m.moves) > maxSlots {
			return nil, b.blame()
		}
	}
	for _, d := range b.dotted {
		next, rule := b.m.stepDotted(d.state, []byte(d.text))
		b.insert(&b.m.nodes[d.state], d.text, next, rule)
	}
	return b.m, nil
}

// tailID names what is left of a selector; equal tails of different selectors have one. 0 is nothing left: a match.
type tailID = int32

// tail is a segment and what comes after it.
type tail struct {
	head segment
	next tailID
}

// position is a tail and the rule whose selector it is left of.
type position struct {
	tail tailID
	rule int32
}

type origin struct {
	sel   Selector
	index int // of the rule, as given
	rule  int32
}

// builder holds what Compile needs and a Machine does not. A set of positions is kept sorted by tail, with one rule, the first, a tail.
type builder struct {
	m       *Machine
	origin  []origin
	tails   []tail
	tailIDs map[tail]tailID
	states  map[string]State
	sets    [][]position // by State
	texts   map[string]uint32
	globIDs map[string]int32

	// the set being made, between begin and end
	best    []int32 // rule by tail, or NoRule
	touched []tailID
	accept  int32

	dotted []dotted   // keys that get a slot once all states are there
	crowd  []position // the leading globs of a state that has too many of them
}

// dotted is a key of several literal segments, all that is left of a selector in a state.
type dotted struct {
	state State
	text  string
}

func newBuilder() *builder {
	return &builder{
		m:       &Machine{nodes: []node{{rule: NoRule, globs: -1}}, slots: []slot{{}}},
		tails:   []tail{{}},
		tailIDs: map[tail]tailID{},
		states:  map[string]State{"": 0},
		sets:    [][]position{nil},
		texts:   map[string]uint32{},
		globIDs: map[string]int32{},
	}
}

// intern returns the id of a whole selector.
func (b *builder) intern(segments []segment) tailID {
	id := tailID(0)
	for _, seg := range slices.Backward(segments) {
		t := tail{seg, id}
		known, ok := b.tailIDs[t]
		if !ok {
			known = tailID(len(b.tails))
			b.tailIDs[t] = known
			b.tails = append(b.tails, t)
		}
		id = known
	}
	return id
}

// begin starts a new set.
func (b *builder) begin() {
	for len(b.best) < len(b.tails) {
		b.best = append(b.best, NoRule)
	}
	b.accept = NoRule
}

// add puts a position into the set, and with ** what comes after it.
func (b *builder) add(id tailID, rule int32) {
	for id != 0 {
		if known := b.best[id]; known == NoRule {
			b.touched = append(b.touched, id)
		}
		b.best[id] = first(b.best[id], rule)
		if b.tails[id].head.form != deep {
			return
		}
		id = b.tails[id].next
	}
	b.accept = first(b.accept, rule)
}

// end finishes the set: its state, and the rule whose selector ends here.
func (b *builder) end() (State, int32) {
	all := int32(math.MaxInt32) // the first rule that names everything below: later ones cannot win any more
	for _, id := range b.touched {
		if b.bare(id) && b.best[id] >= 0 {
			all = min(all, b.best[id])
		}
	}
	slices.Sort(b.touched)
	set := make([]position, 0, len(b.touched))
	key := make([]byte, 0, 8*len(b.touched))
	for _, id := range b.touched {
		if rule := b.best[id]; rule < all || rule == all && b.bare(id) {
			set = append(set, position{id, rule})
			key = binary.LittleEndian.AppendUint32(key, uint32(id))
			key = binary.LittleEndian.AppendUint32(key, uint32(rule))
		}
		b.best[id] = NoRule
	}
	b.touched = b.touched[:0]
	s, ok := b.states[string(key)]
	if !ok {
		s = State(len(b.sets))
		b.states[string(key)] = s
		b.sets = append(b.sets, set)
	}
	return s, b.accept
}

// bare reports whether the tail is ** and nothing after it.
func (b *builder) bare(id tailID) bool { return b.tails[id] == tail{head: segment{form: deep}} }

// parts are the positions of a state, sorted by what they ask of the next segment.
type parts struct {
	always   []position // * and **
	literals map[string][]position
	globs    []globGroup
}

// globGroup is one glob of a state and the positions that ask for it.
type globGroup struct {
	seg       segment
	positions []position
	live      uint64 // its bit, if it leads on
}

// split sorts the positions of a set.
func (b *builder) split(set []position) parts {
	p := parts{literals: map[string][]position{}}
	for _, pos := range set {
		switch seg := b.tails[pos.tail].head; {
		case seg.form == literal:
			p.literals[seg.text] = append(p.literals[seg.text], pos)
		case seg.glob():
			i := slices.IndexFunc(p.globs, func(g globGroup) bool { return g.seg == seg })
			if i < 0 {
				i = len(p.globs)
				p.globs = append(p.globs, globGroup{seg: seg})
			}
			p.globs[i].positions = append(p.globs[i].positions, pos)
		default:
			p.always = append(p.always, pos)
		}
	}
	slices.SortFunc(p.globs, func(x, y globGroup) int {
		return cmp.Or(cmp.Compare(x.seg.form, y.seg.form), strings.Compare(x.seg.text, y.seg.text))
	})
	return p
}

// follow adds what each position leads to.
func (b *builder) follow(positions []position) {
	for _, p := range positions {
		if b.tails[p.tail].head.form == deep {
			b.add(p.tail, p.rule)
		} else {
			b.add(b.tails[p.tail].next, p.rule)
		}
	}
}

// expand makes the node of s, and the states below it. It reports whether the bounds of its globs allow it.
func (b *builder) expand(s State) bool {
	p := b.split(b.sets[s])
	n := node{globs: -1}
	b.begin()
	b.follow(p.always)
	n.next, n.rule = b.end()
	b.table(&n, p, b.shortcuts(s))
	ok := len(p.globs) == 0 || b.globs(&n, p)
	b.m.nodes = append(b.m.nodes, n) // states are expanded in order
	return ok
}

// shortcuts counts the dotted keys of s and keeps them for later: where they lead is not known yet.
func (b *builder) shortcuts(s State) int {
	known := len(b.dotted)
	for _, pos := range b.sets[s] {
		var text []string
		id := pos.tail
		for ; id != 0 && b.tails[id].head.form == literal; id = b.tails[id].next {
			text = append(text, b.tails[id].head.text)
		}
		if id == 0 && len(text) > 1 {
			b.dotted = append(b.dotted, dotted{s, strings.Join(text, ".")})
		}
	}
	return len(b.dotted) - known
}

// table makes the hash table of a state, at most half full, and fills in its literals. It leaves room for shortcuts.
func (b *builder) table(n *node, p parts, shortcuts int) {
	count := len(p.literals) + shortcuts
	if count == 0 {
		return // slot 0 is an empty table
	}
	size := 1 << bits.Len(uint(2*count-1))
	n.slots, n.mask = uint32(len(b.m.slots)), uint32(size-1)
	b.m.slots = append(b.m.slots, make([]slot, size)...)
	for _, text := range slices.Sorted(maps.Keys(p.literals)) {
		b.begin()
		b.follow(p.always)
		b.follow(p.literals[text])
		for _, g := range p.globs {
			if g.seg.matches(text) {
				b.follow(g.positions)
			}
		}
		next, rule := b.end()
		b.insert(n, text, next, rule)
	}
}

// insert puts a key into the table of a state.
func (b *builder) insert(n *node, text string, next State, rule int32) {
	h, _ := hash([]byte(text))
	i := uint32(h)
	for b.m.slots[n.slots+i&n.mask].used {
		i++
	}
	b.m.slots[n.slots+i&n.mask] = slot{uint32(h >> 32), b.text(text), uint32(len(text)), next, rule, true}
}

// text is the offset of a literal.
func (b *builder) text(s string) uint32 {
	off, ok := b.texts[s]
	if !ok {
		off = uint32(len(b.m.text))
		b.texts[s] = off
		b.m.text = append(b.m.text, s...)
	}
	return off
}

// blame finds the rule to name: the one with most of a crowd of globs, or whose tails are in some states and not in others, and so make
// more of them.
func (b *builder) blame() error {
	count := make([]int, len(b.tails))
	seen := map[position]bool{}
	for _, set := range b.sets {
		for _, p := range set {
			count[p.tail]++
			seen[p] = true
		}
	}
	weight := map[int32]int{}
	for p := range seen {
		weight[p.rule] += count[p.tail] * (len(b.sets) - count[p.tail])
	}
	if len(b.crowd) > 0 {
		clear(weight)
	}
	for _, p := range b.crowd {
		weight[p.rule]++
	}
	worst := b.origin[0]
	for _, o := range b.origin {
		if weight[o.rule] > weight[worst.rule] {
			worst = o
		}
	}
	return &LimitError{Rule: worst.index, Selector: worst.sel.text}
}
