package detect

import (
	"fmt"
	"strings"

	"winnow/config"
)

// MaxCustom is how many rules of the operator's own there can be: each scan, however short its text, forgets something of each.
const MaxCustom = 1000

// Custom are detectors of the operator's own, compiled. Their IDs follow those of the table: rule i has ID Count+i. It is immutable and safe
// for concurrent use.
//
// They are looked for apart from the built-in detectors: texts that stand in every match, and keys, by one pass of a filter over all rules
// together (custom_filter.go, custom_marks.go), words of long lists at the starts of words (custom_words.go), patterns that have no such text at every byte.
// Where one of these is met the rule decides: a pattern in a bounded window (custom_pattern.go), a word by its bounds, a key by its value.
//
// A match lies within one line, and in JSON within one string or what stands between two. One of a pattern has at most 1 KiB on each side of
// its necessary text.
type Custom struct {
	rules    []customRule
	filters  []filter
	marker   *marker // does what all filters do, where there are vectors; nil if they do it better
	lexicons []*lexicon
	blind    []int // rules that are tried at every byte
	keyed    map[string][]int
	standIns []string // what findings of these rules become
}

// customRule is one rule. Of pattern, words and keys it has one.
type customRule struct {
	id         ID
	lists      uint32 // of fields; 0: everywhere
	priority   int
	validators []validator
	context    keyWords
	pattern    *pattern
	literals   []string
	words      bool
	keys       bool
	matchCase  bool
}

// A CustomError says what is wrong with a rule.
type CustomError struct {
	// Rule is its index.
	Rule int
	// Key of the rule that is wrong: "pattern", "words", "keys".
	Key string
	// Err says what, and how to mend it.
	Err error
}

// CompileCustom compiles rules that config has checked. replacements are what findings of any detector become by default or by the policy, which
// no rule may find; lists names for each rule, by a bit, the list of fields that it is restricted to, 0 if it has none.
func CompileCustom(rules []config.Custom, replacements []string, lists []uint32) (*Custom, []CustomError) {
	if len(rules) == 0 {
		return nil, nil
	}
	if len(rules) > MaxCustom {
		return nil, []CustomError{{MaxCustom, "id", fmt.Errorf("at most %d rules of one's own: put words into one list, or patterns into one with |", MaxCustom)}}
	}
	c := &Custom{keyed: map[string][]int{}}
	var wrong []CustomError
	for i := range rules {
		r, key, err := newCustomRule(&rules[i], ID(Count+i), lists[i])
		if err != nil {
			wrong = append(wrong, CustomError{i, key, err})
		}
		c.rules = append(c.rules, r)
		c.standIns = append(c.standIns, "["+rules[i].ID+"]")
		if a := rules[i].Action; a != nil && a.Text != "" {
			c.standIns = append(c.standIns, a.Text)
		}
		c.place(i, &rules[i])
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	c.filters, c.marker = newFilters(c.rules), newMarker(c.rules)
	return c, c.findsReplacement(replacements)
}

func newCustomRule(in *config.Custom, id ID, lists uint32) (r customRule, key string, err error) {
	r = customRule{id: id, lists: lists, priority: in.Priority, matchCase: in.MatchCase}
	for _, v := range in.Validators {
		r.validators = append(r.validators, validators[v])
	}
	for _, w := range in.Context {
		r.context = append(r.context, strings.ToLower(w))
	}
	switch {
	case in.Pattern != "":
		r.pattern, err = newPattern(in.Pattern)
		if err != nil {
			return r, "pattern", err
		}
		if r.literals = r.pattern.literals; len(r.literals) == 0 && lists == 0 && in.Cost != config.CostAccept {
			err = fmt.Errorf("no text of three bytes stands in every match, so that every byte must be tried: add one, name fields, or write cost: accept")
		}
		return r, "pattern", err
	case len(in.Keys) > 0:
		r.keys, r.literals = true, keySpellings(in.Keys)
	default:
		r.words = true
		if literalWords(in) {
			r.literals = in.Words
		}
	}
	return r, "", nil
}

// place puts a rule where it will be tried.
func (c *Custom) place(i int, in *config.Custom) {
	r := &c.rules[i]
	switch {
	case r.keys:
		for _, k := range in.Keys {
			name := bareKey([]byte(k))
			c.keyed[string(name.b[:name.n])] = append(c.keyed[string(name.b[:name.n])], i)
		}
	case r.words && r.literals == nil:
		c.lexicons = append(c.lexicons, newLexicon(i, in.Words, in.MatchCase))
	case r.pattern != nil && len(r.literals) == 0:
		c.blind = append(c.blind, i)
	}
}

// findsReplacement refuses rules that find what a finding has become: scrubbing again would change it again.
func (c *Custom) findsReplacement(replacements []string) (wrong []CustomError) {
	s := customScan{custom: c}
	for _, text := range replacements {
		for _, f := range s.append(nil, []byte(text), Context{Lists: ^uint32(0)}) {
			i := int(f.Detector) - Count
			key := "pattern"
			if c.rules[i].words {
				key = "words"
			}
			if len(wrong) == 0 || wrong[len(wrong)-1].Rule != i {
				wrong = append(wrong, CustomError{i, key, fmt.Errorf("it finds what it, or another detector, leaves in place of a finding: %s: make it more exact, or name another replacement", text)})
			}
		}
	}
	return wrong
}

// accepts reports whether a rule takes the bytes [start, end) of t: by validators and context.
func (r *customRule) accepts(t []byte, start, end int, ctx Context) bool {
	if start >= end {
		return false
	}
	for _, v := range r.validators {
		if !v(t[start:end]) {
			return false
		}
	}
	return len(r.context) == 0 || r.context.named(t, start, ctx)
}

// looks reports whether a rule looks in the text.
func (r *customRule) looks(ctx Context) bool { return r.lists == 0 || r.lists&ctx.Lists != 0 }

// priority is the rule's; of built-in detectors 0.
func (c *Custom) priority(id ID) int {
	if c == nil || int(id) < Count {
		return 0
	}
	return c.rules[int(id)-Count].priority
}

// reads reports whether a field's name may say to a rule what its value is.
func (c *Custom) reads(key []byte) bool {
	if c == nil {
		return false
	}
	name := bareKey(key)
	if _, ok := c.keyed[string(name.b[:name.n])]; ok {
		return true
	}
	for i := range c.rules {
		if len(c.rules[i].context) > 0 && c.rules[i].context.inName(key) {
			return true
		}
	}
	return false
}

// plain reports whether there is nothing of the operator's own.
func (o *Options) plain() bool { return o.Custom == nil && o.Allow == nil }

// choose drops from found[from:], which is in order, what is allowed and what overlaps something that goes before it; x notes where that cut something
// short.
func (o *Options) choose(found []Finding, from int, text []byte, x *seams) []Finding {
	if !o.plain() {
		kept := from
		for _, f := range found[from:] {
			if !o.leaves(text, f) {
				found[kept] = f
				kept++
			}
		}
		found = found[:kept]
		o.Custom.outrank(found[from:])
	}
	return dropOverlaps(found, from, x)
}

// leaves reports whether a finding is left alone: allowed, or part of what a finding of the operator's own has become.
func (o *Options) leaves(text []byte, f Finding) bool {
	return o.Allow != nil && o.Allow.permits(text, f) || o.Custom != nil && o.Custom.placed(text, f)
}

// placed reports whether a finding lies in what stands in for one, from its first or second byte on.
func (c *Custom) placed(text []byte, f Finding) bool {
	for _, s := range c.standIns {
		for at := max(0, f.Start-1); at <= f.Start; at++ {
			if end := at + len(s); end >= f.End && end <= len(text) && string(text[at:end]) == s {
				return true
			}
		}
	}
	return false
}

// outrank puts, of findings of the same bytes, the one of the highest priority first.
func (c *Custom) outrank(found []Finding) {
	first := 0
	for i := range found {
		switch a, b := &found[first], &found[i]; {
		case a.Start != b.Start || a.End != b.End:
			first = i
		case c.priority(b.Detector) > c.priority(a.Detector):
			a.Detector, b.Detector = b.Detector, a.Detector
		}
	}
}
