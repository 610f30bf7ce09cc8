package config

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// Bounds of a file of words.
const (
	maxWords          = 100_000
	maxWordsFileBytes = 8 << 20
)

// custom checks the detectors of the operator's own, and reads their files of words.
func (c *checker) custom() {
	ids := map[string]int{}
	for i := range c.Policy.Custom {
		r := &c.Policy.Custom[i]
		path := index("policy.custom", i)
		c.unique(path+".id", "custom", r.ID, ids)
		if slices.Contains(detectors, strings.ReplaceAll(r.ID, "-", "_")) {
			c.wrong(path+".id", "choose another id", "custom %q is the name of a detector", r.ID)
		}
		c.customKind(path, r)
		if r.Action != nil {
			c.customAction(path+".action", r)
		}
		if r.WordsFile != "" {
			r.Words = append(r.Words, c.wordsOf(path+".words_file", r)...)
		}
	}
}

// customKind checks that a rule says what it looks for, once, and nothing that belongs to another kind.
func (c *checker) customKind(path string, r *Custom) {
	words := c.Source.Has(path+".words") || r.WordsFile != ""
	kinds := 0
	for _, is := range []bool{r.Pattern != "", words, c.Source.Has(path + ".keys")} {
		if is {
			kinds++
		}
	}
	if kinds != 1 && !c.bad[path+".pattern"] && !c.bad[path+".words_file"] {
		c.wrong(path, "a rule has one of them", "custom %s: it must have pattern, words, words_file or keys", show(r.ID))
		return
	}
	for _, set := range []struct {
		key   string
		has   bool
		where string
	}{
		{"words_file", r.WordsFile == "" || !c.Source.Has(path+".words"), "where there are no words"},
		{"match_case", !r.MatchCase || words, "with words; a pattern begins with (?i) to ignore it"},
		{"cost", r.Cost == "" || r.Pattern != "", "with a pattern"},
		{"fields", len(r.Fields) == 0 || !c.Source.Has(path+".keys"), "with a pattern or words"},
	} {
		if !set.has {
			c.wrong(path+"."+set.key, "remove it", "custom %s: %s stands only %s", show(r.ID), set.key, set.where)
		}
	}
	for _, key := range []string{"words", "keys", "fields"} {
		if n := map[string]int{"words": len(r.Words), "keys": len(r.Keys), "fields": len(r.Fields)}[key]; n == 0 && c.Source.Has(path+"."+key) {
			c.wrong(path+"."+key, "name one, or remove the key", "custom %s: %s is empty", show(r.ID), key)
		}
	}
}

// customAction is findingAction with a way to let a thing out that fits.
func (c *checker) customAction(path string, r *Custom) {
	if r.Action.Kind == ActionKeep {
		c.wrong(path, "name in policy.allow what may leave", "custom %s: keep would let findings out", show(r.ID))
		return
	}
	c.findingAction(path, "custom "+show(r.ID), *r.Action, false)
}

// wordsOf reads a file of words. Its lines are never shown: they may be names of people.
func (c *checker) wordsOf(path string, r *Custom) []string {
	data, err := c.env.read(r.WordsFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.wrong(path, "write an absolute path", "custom %s: words_file: the file does not exist", show(r.ID))
	case errors.Is(err, fs.ErrPermission):
		c.wrong(path, "let winnow's user read it", "custom %s: words_file: the file may not be read", show(r.ID))
	case err != nil:
		c.wrong(path, "", "custom %s: words_file: the file cannot be read", show(r.ID))
	case len(data) > maxWordsFileBytes:
		c.wrong(path, "split it into several rules", "custom %s: words_file: the file is larger than %d MiB", show(r.ID), maxWordsFileBytes>>20)
	default:
		return c.lines(path, show(r.ID), data)
	}
	return nil
}

// lines takes one word from each line that is not empty.
func (c *checker) lines(path, id string, data []byte) (words []string) {
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		number++
		word := strings.TrimSpace(string(line))
		if word == "" {
			continue
		}
		if !forms["entry"].fits(word) {
			c.wrong(path, "write "+forms["entry"].Says, "custom %s: words_file: line %d is not a word", id, number)
			return nil
		}
		words = append(words, word)
	}
	switch {
	case len(words) == 0:
		c.wrong(path, "", "custom %s: words_file: the file is empty", id)
	case len(words) > maxWords:
		c.wrong(path, "split it into several rules", "custom %s: words_file: the file has more than %d words", id, maxWords)
		return nil
	}
	return words
}
