package detect

import (
	"slices"
	"unicode/utf8"
)

// wordTree finds words of numbers by their letters, read from the last one on, so that what it costs does not depend on how many words end alike.
// Node 0 is the root.
type wordTree []wordNode

type wordNode struct {
	// next are the nodes of one letter more, 0 for none; more those of letters beyond ASCII and of digits.
	next [26]uint16
	more []wordEdge
	// joint is the node of words that go on before what parts two words.
	joint uint16
	// words are those that begin here, the longer first.
	words []*numberWord
}

type wordEdge struct {
	r    rune
	node uint16
}

func newWordTree(words []*numberWord) wordTree {
	tree := make(wordTree, 1)
	for _, w := range words {
		at := uint16(0)
		for k := len(w.runes) - 1; k >= 0; k-- {
			at = tree.grow(at, w.runes[k])
			if k > 0 && w.joints>>k&1 != 0 {
				at = tree.growJoint(at)
			}
		}
		tree[at].words = append(tree[at].words, w)
	}
	return tree
}

func (tree *wordTree) add() uint16 {
	*tree = append(*tree, wordNode{})
	return uint16(len(*tree) - 1)
}

func (tree *wordTree) grow(at uint16, r rune) uint16 {
	if next := (*tree)[at].child(r); next != 0 {
		return next
	}
	next := tree.add()
	if node := &(*tree)[at]; r >= 'a' && r <= 'z' {
		node.next[r-'a'] = next
	} else {
		node.more = append(node.more, wordEdge{r, next})
	}
	return next
}

func (tree *wordTree) growJoint(at uint16) uint16 {
	if (*tree)[at].joint == 0 {
		joint := tree.add()
		(*tree)[at].joint = joint
	}
	return (*tree)[at].joint
}

// child returns the node of a folded letter more, or 0.
func (n *wordNode) child(r rune) uint16 {
	if r >= 'a' && r <= 'z' {
		return n.next[r-'a']
	}
	for _, e := range n.more {
		if e.r == r {
			return e.node
		}
	}
	return 0
}

// find returns the first word, in the order of the table, that ends at at and that an entry finds, among those that go on from node at i; or best.
// It lowers low to where it has come to: it looks no farther back than the bytes of an escape before that.
func (tree wordTree) find(node uint16, t []byte, i, at int, entry uint16, best *numberWord, low *int) *numberWord {
	for {
		n := &tree[node]
		for _, w := range n.words {
			if (best == nil || w.rank < best.rank) && slices.Contains(w.entries, entry) && startsWord(t, i, at, w.runes[0]) && w.followed(t, at) {
				best = w
				break
			}
		}
		if n.joint != 0 {
			best = tree.find(n.joint, t, passJoint(t, i), at, entry, best, low)
		}
		if i == 0 {
			*low = 0
			return best
		}
		r, size := rune(lower(t[i-1])), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeLastRune(t[:i])
			r = foldRune(r)
		}
		if node = n.child(r); node == 0 {
			*low = min(*low, i)
			return best
		}
		i -= size
	}
}
