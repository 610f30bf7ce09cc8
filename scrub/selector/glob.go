package selector

// globs are the globs of a state. A segment is compared with all of them at once: with the prefixes from its first byte on and with the
// suffixes from its last byte back, both only as far as one still fits, and with the infixes in one pass (Aho and Corasick, 1975).
type globs struct {
	prefixes, suffixes, infixes trie
}

// hit is what matching globs amount to: the first rule that ends with one of them, and those that lead on, a bit each.
type hit struct {
	rule int32
	live uint64
}

func (h hit) and(g hit) hit { return hit{first(h.rule, g.rule), h.live | g.live} }

// find matches seg with all globs.
func (g *globs) find(seg []byte) hit {
	out := g.prefixes.fromStart(seg).and(g.suffixes.fromEnd(seg))
	if len(g.infixes.hits) > 1 {
		out = out.and(g.infixes.anywhere(seg))
	}
	return out
}

// trie holds texts byte by byte. Node 0 is the root; a step to 0 leaves the trie (or, with links, begins anew).
type trie struct {
	class [256]uint16 // bytes that no text holds are class 0; both cases of a letter are one class
	width int
	next  []int32 // node*width + class
	hits  []hit   // by node: what has matched once the node is reached
}

// entry is one text of a trie, in lower case, with what it amounts to.
type entry struct {
	text string
	hit  hit
}

// newTrie builds a trie whose nodes hold the hits of all texts on the way to them.
func newTrie(entries []entry) trie {
	t := trie{width: 1, hits: []hit{{rule: NoRule}}}
	for _, e := range entries {
		for _, b := range []byte(e.text) {
			if t.class[b] == 0 {
				t.class[b] = uint16(t.width)
				t.width++
			}
		}
	}
	for b := 'A'; b <= 'Z'; b++ {
		t.class[b] = t.class[b|0x20]
	}
	t.next = make([]int32, t.width)
	ends := make([]int32, len(entries))
	for i, e := range entries {
		ends[i] = t.insert(e.text)
	}
	own := make([]hit, len(t.hits))
	for i := range own {
		own[i].rule = NoRule
	}
	for i, e := range entries {
		own[ends[i]] = own[ends[i]].and(e.hit)
	}
	for n := range t.hits { // children come after their parents
		t.hits[n] = t.hits[n].and(own[n])
		for _, c := range t.next[n*t.width : (n+1)*t.width] {
			if c != 0 {
				t.hits[c] = t.hits[n]
			}
		}
	}
	return t
}

// insert adds the nodes of text and returns the last one.
func (t *trie) insert(text string) int32 {
	n := int32(0)
	for _, b := range []byte(text) {
		at := int(n)*t.width + int(t.class[b])
		if t.next[at] == 0 {
			t.next[at] = int32(len(t.hits))
			t.hits = append(t.hits, hit{rule: NoRule})
			t.next = append(t.next, make([]int32, t.width)...)
		}
		n = t.next[at]
	}
	return n
}

// link turns the trie into a machine that finds its texts anywhere: a byte that does not fit leads to the longest text that does.
func (t *trie) link() {
	fail := make([]int32, len(t.hits))
	var queue []int32
	for _, c := range t.next[:t.width] {
		if c != 0 {
			queue = append(queue, c)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		t.hits[n] = t.hits[n].and(t.hits[fail[n]])
		for c := range t.width {
			at, other := int(n)*t.width+c, t.next[int(fail[n])*t.width+c]
			if child := t.next[at]; child != 0 {
				fail[child] = other
				queue = append(queue, child)
			} else {
				t.next[at] = other
			}
		}
	}
}

// fromStart finds the texts that s begins with.
func (t *trie) fromStart(s []byte) hit {
	n := int32(0)
	for _, b := range s {
		to := t.next[int(n)*t.width+int(t.class[b])]
		if to == 0 {
			break
		}
		n = to
	}
	return t.hits[n]
}

// fromEnd finds the texts, stored backwards, that s ends with.
func (t *trie) fromEnd(s []byte) hit {
	n := int32(0)
	for i := len(s) - 1; i >= 0; i-- {
		to := t.next[int(n)*t.width+int(t.class[s[i]])]
		if to == 0 {
			break
		}
		n = to
	}
	return t.hits[n]
}

// anywhere finds the texts that s holds. The trie is linked.
func (t *trie) anywhere(s []byte) hit {
	n, out := int32(0), hit{rule: NoRule}
	for _, b := range s {
		n = t.next[int(n)*t.width+int(t.class[b])]
		if h := t.hits[n]; h.rule != NoRule || h.live != 0 {
			out = out.and(h)
		}
	}
	return out
}
