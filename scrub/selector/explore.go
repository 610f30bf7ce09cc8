package selector

import (
	"encoding/binary"
	"slices"
	"strings"
)

// maxTogether bounds the patterns of the form *text* that a segment can match at once, of which every set is tried.
const maxTogether = 8

// Explore visits a path of each kind that the selectors can tell apart: for every path there is one visited that the same selectors match,
// and whose paths above, up to the top, are matched by the same selectors as those of the path. It serves to compare two lists of rules
// over all paths there are.
//
// Visit gets the path, the indexes of the selectors that match it, ascending, and what it returned for the path above, 0 at the top. What
// it returns makes a difference to what is visited below; it should have few values. A segment that no selector spells out holds the text
// that Any returns, and stands for all such segments.
//
// False says that more than most paths, or too many patterns that can meet in one segment, made it give up, and that not all kinds were
// visited. It takes memory for each kind of path.
func Explore(all []Selector, most int, visit func(path string, named []int, above uint64) uint64) bool {
	e := explorer{all: all, most: most, visit: visit, any: Any(all), seen: map[string]bool{}}
	top := spot{}
	for i := range all {
		top.at = e.enter(top.at, reached{i, 0})
	}
	e.todo = append(e.todo, top)
	for len(e.todo) > 0 && !e.gaveUp {
		next := e.todo[0]
		e.todo = e.todo[1:]
		e.expand(next)
	}
	return !e.gaveUp
}

// Any is a text that stands in no selector of the list.
func Any(all []Selector) string {
	for r := '…'; ; r++ {
		if !slices.ContainsFunc(all, func(s Selector) bool { return strings.ContainsRune(s.text, r) }) {
			return string(r)
		}
	}
}

// explorer walks all kinds of paths, the short ones first.
type explorer struct {
	all    []Selector
	most   int
	visit  func(string, []int, uint64) uint64
	any    string
	seen   map[string]bool
	todo   []spot
	visits int
	gaveUp bool
}

// reached is how far a selector has been matched: its segments before the next are behind.
type reached struct{ selector, next int }

// spot is a path, and how far each selector that can still match has been matched by it.
type spot struct {
	path  string
	deep  bool // it has a segment
	at    []reached
	above uint64
}

// enter adds a position, and those that a ** which takes nothing leads on to.
func (e *explorer) enter(at []reached, p reached) []reached {
	for {
		at = append(at, p)
		s := e.all[p.selector].segments
		if p.next == len(s) || s[p.next].form != deep {
			return at
		}
		p.next++
	}
}

// expand visits what is below a path, each kind once.
func (e *explorer) expand(from spot) {
	for _, segment := range e.alphabet(from.at) {
		below := spot{path: segment, deep: true, at: e.step(from.at, segment)}
		if from.deep {
			below.path = from.path + "." + segment
		}
		key := e.key(below.at, from.above)
		if e.seen[key] {
			continue
		}
		e.seen[key] = true
		if e.visits++; e.visits > e.most {
			e.gaveUp = true
			return
		}
		below.above = e.visit(below.path, e.named(below.at), from.above)
		e.todo = append(e.todo, below)
	}
}

func (e *explorer) step(at []reached, segment string) (next []reached) {
	for _, p := range at {
		s := e.all[p.selector].segments
		switch {
		case p.next == len(s):
		case s[p.next].form == deep:
			next = e.enter(next, p)
		case s[p.next].matches(segment):
			next = e.enter(next, reached{p.selector, p.next + 1})
		}
	}
	slices.SortFunc(next, func(a, b reached) int {
		if a.selector != b.selector {
			return a.selector - b.selector
		}
		return a.next - b.next
	})
	return slices.Compact(next)
}

// named are the selectors that are matched to their end.
func (e *explorer) named(at []reached) (list []int) {
	for _, p := range at {
		if p.next == len(e.all[p.selector].segments) {
			list = append(list, p.selector)
		}
	}
	return list
}

func (e *explorer) key(at []reached, above uint64) string {
	key := binary.AppendUvarint(nil, above)
	for _, p := range at {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(p.selector)), uint64(p.next))
	}
	return string(key)
}

// alphabet are segments of every kind that the positions can tell apart: the texts that they spell out, and of patterns every prefix with
// every suffix and every set of texts between.
func (e *explorer) alphabet(at []reached) []string {
	var texts [deep + 1][]string
	for _, p := range at {
		if s := e.all[p.selector].segments; p.next < len(s) {
			texts[s[p.next].form] = append(texts[s[p.next].form], s[p.next].text)
		}
	}
	for f := range texts {
		slices.Sort(texts[f])
		texts[f] = slices.Compact(texts[f])
	}
	middles := e.middles(texts[infix])
	segments := append([]string{e.any}, texts[literal]...)
	for _, before := range append([]string{""}, texts[prefix]...) {
		for _, middle := range middles {
			for _, after := range append([]string{""}, texts[suffix]...) {
				segments = append(segments, before+middle+after)
			}
		}
	}
	return segments
}

// middles are all sets of the texts, each apart from what stands around it.
func (e *explorer) middles(texts []string) []string {
	if len(texts) > maxTogether {
		e.gaveUp = true
		return nil
	}
	all := []string{e.any}
	for _, text := range texts {
		for _, m := range all[:len(all):len(all)] {
			all = append(all, m+text+e.any)
		}
	}
	return all
}
