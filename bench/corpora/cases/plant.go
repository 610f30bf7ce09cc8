package cases

import "strings"

// plant draws a value of kind k and puts it into a line of shape s.
func (g *source) plant(k *kind, s *shape) Case {
	value := k.draw(g, s)
	key := ""
	if len(k.keys) > 0 {
		key = one(g, k.keys)
	}
	if !strings.Contains(s.text, "«k»") {
		key = ""
	}
	before, after, found := strings.Cut(s.text, "«v»")
	if !found {
		panic("cases: a template without «v»: " + s.text)
	}
	p, q := g.expand(before, key, ""), g.expand(after, key, "")
	v := value
	if s.encode != nil {
		v = s.encode(value)
	}
	c := Case{
		Kind: k.Name, Shape: s.name, Template: templateName(k, s), Value: value,
		Encoding: s.encoding, JSON: s.json || s.depth > 0, Renames: s.renames,
	}
	if s.name == Own {
		c.JSON = strings.HasPrefix(s.text, `{"`)
	}
	// Escaping works sign by sign, so a line's parts can be wrapped apart. A mark holds the place.
	const mark = "\x00"
	for range s.depth {
		v = quotedJSON(v)
	}
	whole := layers(p+mark+q, s.depth)
	m := mark
	for range s.depth {
		m = quotedJSON(m)
	}
	c.Start = strings.Index(whole, m)
	c.End = c.Start + len(v)
	c.Line = whole[:c.Start] + v + whole[c.Start+len(m):]
	return c
}

// harmless draws the nth template of t.
func (g *source) harmless(t *trap, n int, text string) Case {
	key, value := "", ""
	if len(t.keys) > 0 {
		key = one(g, t.keys)
	}
	if t.value != "" {
		value = g.expand(t.value, "", "")
	}
	name := t.name + ": " + text
	if n < len(harmlessShapes) && t.value != "" {
		name = t.name + " in " + harmlessShapes[n].name
	}
	line := g.expand(text, key, value)
	return Case{Kind: t.fools, Template: name, Line: line, JSON: line[0] == '{' && line[len(line)-1] == '}' && strings.HasPrefix(line, `{"`)}
}

// templateName names a row of shapes for a kind, on one line.
func templateName(k *kind, s *shape) string {
	return k.Name + " in " + s.name + ": " + strings.ReplaceAll(s.text, "\n", `\n`)
}
