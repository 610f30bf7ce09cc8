package detect

import (
	"math/bits"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// What a pattern's parts say of every match: how long it is, and which texts stand in it.

// unbounded is the length of what has no greatest length. Sums of it do not overflow.
const unbounded = 1 << 30

// parts is what is known of a part of a pattern.
type parts struct {
	min, max int // bytes of a match
	// exact are all texts that match, nil when there are too many to tell.
	exact []string
	// best are texts of which one stands in every match.
	best necessary
	// anyText says that it takes any character, and any number of them.
	anyText bool
}

// necessary are texts of which one stands in every match, and how many bytes of the match stand around it at most.
type necessary struct {
	texts         []string
	before, after int
}

const (
	maxTexts      = 128 // of one pattern
	fewTexts      = 32  // more are worth less than one byte of their length
	maxClassRunes = 26
	enoughBytes   = 7 // a longer text is not worth more texts
	minNecessary  = 3
)

// shortest is the length of the shortest text.
func (n *necessary) shortest() int {
	least := unbounded
	for _, t := range n.texts {
		least = min(least, len(t))
	}
	return least
}

func (n *necessary) useful() bool { return len(n.texts) > 0 && n.shortest() >= minNecessary }

// worth is greater for texts by which less is looked at: long ones, and few.
func (n *necessary) worth() int {
	if len(n.texts) == 0 {
		return -minNecessary - 1
	}
	if !n.useful() {
		return n.shortest() - minNecessary
	}
	worth := 6*min(n.shortest(), enoughBytes) - bits.Len(uint(len(n.texts)-1))
	if len(n.texts) > fewTexts {
		worth -= 8
	}
	return worth
}

// partsOf looks at a pattern that is simplified: without counted repetitions.
func partsOf(re *syntax.Regexp) parts {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return parts{exact: []string{""}}
	case syntax.OpLiteral:
		return literalParts(re)
	case syntax.OpCharClass:
		return classParts(re)
	case syntax.OpCapture:
		return partsOf(re.Sub[0])
	case syntax.OpConcat:
		return concatParts(re.Sub)
	case syntax.OpAlternate:
		return alternateParts(re.Sub)
	case syntax.OpQuest:
		p := partsOf(re.Sub[0])
		p.min, p.best = 0, necessary{}
		if p.exact != nil {
			p.exact = union(p.exact, []string{""})
		}
		return p
	case syntax.OpStar, syntax.OpPlus:
		return repeatedParts(re)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return parts{min: 1, max: utf8.UTFMax}
	}
	return parts{}
}

func repeatedParts(re *syntax.Regexp) parts {
	sub := partsOf(re.Sub[0])
	op := re.Sub[0].Op
	p := parts{max: unbounded, anyText: op == syntax.OpAnyChar || op == syntax.OpAnyCharNotNL}
	if re.Op == syntax.OpPlus {
		p.min = sub.min
		if p.best = sub.best; len(p.best.texts) > 0 {
			p.best.before, p.best.after = unbounded, unbounded
		}
	}
	return p
}

// literalParts sets all bits of case: the filter does not tell upper from lower. Letters beyond ASCII with several cases are no text. The signs for Kelvin and
// the long s, which are cases of k and s, are not looked for: a text for each way to write the others would cost most patterns more than these are worth.
func literalParts(re *syntax.Regexp) parts {
	folds := re.Flags&syntax.FoldCase != 0
	for _, r := range re.Rune {
		if folds && r >= utf8.RuneSelf {
			n := len(re.Rune)
			return parts{min: n, max: n * utf8.UTFMax}
		}
	}
	text := folded(string(re.Rune))
	longest := len(text)
	if folds {
		longest = utf8.UTFMax * len(re.Rune)
	}
	p := parts{min: len(text), max: longest, exact: []string{text}}
	p.best.texts = p.exact
	return p
}

// classParts lists the characters of a small class.
func classParts(re *syntax.Regexp) parts {
	p := parts{min: 1, max: 1}
	count := 0
	for i := 0; i < len(re.Rune); i += 2 {
		p.max = max(p.max, utf8.RuneLen(re.Rune[i+1]))
		count += int(re.Rune[i+1]-re.Rune[i]) + 1
	}
	if count > 2*maxClassRunes {
		return p
	}
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			p.exact = union(p.exact, []string{folded(string(r))})
		}
	}
	if len(p.exact) > maxClassRunes {
		p.exact = nil
	}
	p.best.texts = p.exact
	return p
}

func alternateParts(subs []*syntax.Regexp) parts {
	out := parts{min: unbounded, exact: []string{}}
	for i, sub := range subs {
		p := partsOf(sub)
		out.min, out.max, out.anyText = min(out.min, p.min), max(out.max, p.max), out.anyText || p.anyText
		if p.exact == nil || out.exact == nil {
			out.exact = nil
		} else {
			out.exact = union(out.exact, p.exact)
		}
		if i > 0 && len(out.best.texts) == 0 || len(p.best.texts) == 0 {
			out.best = necessary{}
			continue
		}
		out.best = necessary{union(out.best.texts, p.best.texts), max(out.best.before, p.best.before), max(out.best.after, p.best.after)}
	}
	if len(out.exact) > maxTexts {
		out.exact = nil
	}
	if len(out.best.texts) > maxTexts {
		out.best = necessary{}
	}
	return out
}

// chain appends what stands one behind the other in a pattern. Of what is repeated, the first stands by itself.
func chain(all []parts, subs []*syntax.Regexp) []parts {
	for _, sub := range subs {
		switch sub.Op {
		case syntax.OpConcat, syntax.OpCapture:
			all = chain(all, sub.Sub)
		case syntax.OpPlus:
			all = append(chain(all, sub.Sub), repeatedParts(&syntax.Regexp{Op: syntax.OpStar, Sub: sub.Sub}))
		default:
			all = append(all, partsOf(sub))
		}
	}
	return all
}

// concatParts joins neighbours whose texts can be told, as long as they are few.
func concatParts(subs []*syntax.Regexp) parts {
	all := chain(nil, subs)
	out := parts{exact: []string{""}}
	for i := range all {
		out.min, out.max = out.min+all[i].min, min(out.max+all[i].max, unbounded)
		if out.exact != nil && all[i].exact != nil && len(out.exact)*len(all[i].exact) <= maxTexts {
			out.exact = cross(out.exact, all[i].exact)
		} else {
			out.exact = nil
		}
	}
	for i := range all {
		out.consider(all[i].best, all, i, i+1)
		texts := []string{""}
		for j := i; j < len(all) && all[j].exact != nil && len(texts)*len(all[j].exact) <= maxTexts; j++ {
			texts = cross(texts, all[j].exact)
			out.consider(necessary{texts: texts}, all, i, j+1)
		}
	}
	return out
}

// consider takes texts that stand in parts [from, to) if they are worth more.
func (p *parts) consider(n necessary, all []parts, from, to int) {
	if n.worth() <= p.best.worth() {
		return
	}
	for _, x := range all[:from] {
		n.before = min(n.before+x.max, unbounded)
	}
	for _, x := range all[to:] {
		n.after = min(n.after+x.max, unbounded)
	}
	p.best = n
}

func cross(a, b []string) []string {
	var out []string
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func union(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// folded sets the bit of case in all bytes.
func folded(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] |= caseBit
	}
	return string(b)
}

// caseBit is what tells lower letters of ASCII from upper ones.
const caseBit = 0x20
