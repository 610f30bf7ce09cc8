package selector

import (
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
)

// Bounds of one state's globs that lead on ("http_*.status", not "http_*"): those a segment can match at once make a state each.
const (
	maxLive    = 64 // bits of a mask
	maxInfixes = 8  // *text*, any of which can meet any other
	maxMoves   = 1 << 12
)

// globs makes what a state knows about segments that no literal of it expects. It reports whether the bounds allow it.
func (b *builder) globs(n *node, p parts) bool {
	var sets [infix + 1][]entry
	live := 0
	for i := range p.globs {
		g := &p.globs[i]
		e := entry{text: g.seg.text, hit: hit{rule: NoRule}}
		for _, pos := range g.positions {
			next := b.tails[pos.tail].next
			if next == 0 || b.bare(next) {
				e.hit.rule = first(e.hit.rule, pos.rule)
			}
			if next != 0 && g.live == 0 {
				g.live = 1 << (live % maxLive)
				live++
			}
		}
		e.hit.live = g.live
		if g.seg.form == suffix {
			e.text = backwards(e.text)
		}
		sets[g.seg.form] = append(sets[g.seg.form], e)
	}
	n.globs = b.globSet(sets)
	if live == 0 || live <= maxLive && b.moves(n, p) {
		return true
	}
	b.crowd = crowd(p.globs)
	return false
}

// globSet makes the matchers, or finds those of an earlier state with the same globs.
func (b *builder) globSet(sets [infix + 1][]entry) int32 {
	var key []byte
	for f, entries := range sets {
		for _, e := range entries {
			key = append(key, byte(f))
			key = binary.AppendUvarint(key, uint64(len(e.text)))
			key = append(key, e.text...)
			key = binary.AppendVarint(key, int64(e.hit.rule))
			key = binary.AppendUvarint(key, e.hit.live)
		}
	}
	id, ok := b.globIDs[string(key)]
	if ok {
		return id
	}
	g := globs{newTrie(sets[prefix]), newTrie(sets[suffix]), newTrie(sets[infix])}
	g.infixes.link()
	id = int32(len(b.m.globs))
	b.globIDs[string(key)] = id
	b.m.globs = append(b.m.globs, g)
	return id
}

// moves makes a state for every set of leading globs that a segment can match at once. It reports whether the bounds allow it.
func (b *builder) moves(n *node, p parts) bool {
	masks, ok := b.masks(n, p)
	if !ok {
		return false
	}
	n.moves, n.movesCount = uint32(len(b.m.moves)), uint32(len(masks))
	for _, mask := range masks {
		b.begin()
		b.follow(p.always)
		for _, group := range p.globs {
			if group.live&mask != 0 {
				b.follow(group.positions)
			}
		}
		next, _ := b.end() // the rules that end with a glob are in the tries
		b.m.moves = append(b.m.moves, move{mask, next})
	}
	return true
}

// masks lists, sorted, every set of leading globs that a segment can match at once, and perhaps some that none can.
func (b *builder) masks(n *node, p parts) ([]uint64, bool) {
	infixes := uint64(0)
	for _, group := range p.globs {
		if group.seg.form == infix {
			infixes |= group.live
		}
	}
	if bits.OnesCount64(infixes) > maxInfixes {
		return nil, false
	}
	g := &b.m.globs[n.globs]
	set := map[uint64]bool{}
	for x := range lives(&g.prefixes) { // of one kind, those match together that are on one way down
		for y := range lives(&g.suffixes) {
			for sub := infixes; ; sub = (sub - 1) & infixes {
				set[x|y|sub] = true
				if sub == 0 {
					break
				}
			}
			if len(set) > maxMoves {
				return nil, false
			}
		}
	}
	return slices.Sorted(maps.Keys(set)), true
}

// lives are the sets of leading globs of one kind that match together.
func lives(t *trie) map[uint64]bool {
	set := map[uint64]bool{}
	for _, h := range t.hits {
		set[h.live] = true
	}
	return set
}

// crowd are the positions of the globs that lead on.
func crowd(groups []globGroup) []position {
	var out []position
	for _, g := range groups {
		if g.live != 0 {
			out = append(out, g.positions...)
		}
	}
	return out
}

// backwards is s from its last byte to its first.
func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
