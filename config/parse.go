package config

import (
	"path/filepath"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Parse reads an operator's file over the defaults: what the file does not state is as Default has it, and a list it states replaces
// the default's whole. An empty file is the default. Name stands in messages; data is not kept.
//
// The error is Mistakes: all of them, in file order. What loads and is better mended is in Config.Warnings.
func Parse(name string, data []byte, env Env) (*Config, error) {
	c := unresolved()
	if err := c.parse(name, data, env); len(err) > 0 {
		return nil, err
	}
	c.resolve()
	return c, nil
}

// parse reads data into c, which holds the defaults, and checks the whole.
func (c *Config) parse(name string, data []byte, env Env) Mistakes {
	root, errs := readSyntax(data)
	if len(errs) > 0 {
		return asMistakes(name, data, errs)
	}
	mistakes := c.read(name, root, env)
	c.Warnings = inside(data, c.Warnings)
	return inside(data, mistakes)
}

// read decodes and checks one tree; nil is an empty file.
func (c *Config) read(name string, root *node, env Env) Mistakes {
	c.Source = &Source{Name: name}
	d := newDecoder(c.Source, env)
	if root != nil {
		d.value(root, "", reflect.ValueOf(c).Elem(), "")
	}
	check := checker{Config: c, decoder: d}
	check.all()
	c.Warnings = check.warnings.Sorted()
	return d.mistakes.Sorted()
}

func asMistakes(name string, data []byte, errs []syntaxError) Mistakes {
	var list Mistakes
	for _, e := range errs {
		list = append(list, Mistake{Position{name, e.line, e.column}, e.message, e.hint})
	}
	return inside(data, list.Sorted())
}

// inside moves places that the YAML parser puts behind the end of a line, or of the file, onto that end.
func inside(data []byte, list Mistakes) Mistakes {
	var widths []int
	start := 0
	for i, b := range data {
		if b == '\n' {
			widths = append(widths, utf8.RuneCount(data[start:i]))
			start = i + 1
		}
	}
	widths = append(widths, utf8.RuneCount(data[start:]))
	for i := range list {
		m := &list[i]
		m.Line = min(max(m.Line, 1), len(widths))
		m.Column = min(max(m.Column, 1), widths[m.Line-1]+1)
	}
	return list
}

// resolve writes out what a field left empty stands for, so that nobody after it needs to know.
func (c *Config) resolve() {
	if c.Upstream != "" && !c.Source.Has("upstreams") {
		u := Upstream{}
		fill(reflect.ValueOf(&u).Elem(), fieldsOf(reflect.TypeFor[Upstream]()))
		u.ID, u.URL = "main", c.Upstream
		if strings.HasPrefix(u.URL, "grpc") {
			u.Type = UpstreamGRPC
		}
		c.Upstreams = []Upstream{u}
	}
	for i := range c.Upstreams {
		if u := &c.Upstreams[i]; u.Type == UpstreamFile && u.Dir == "" {
			u.Dir = c.DataDir
		}
	}
	if c.Spool.Dir == "" {
		c.Spool.Dir = filepath.Join(c.DataDir, "spool")
	}
	if s := &c.Spool; s.Replicas == 0 {
		s.Replicas = 3
		if len(s.NATS) <= 1 {
			s.Replicas = 1
		}
	}
	for i := range c.Routes {
		r := &c.Routes[i]
		if r.Mode == "" {
			r.Mode = c.Policy.Mode
		}
		if r.Upstream == "" && len(c.Upstreams) > 0 {
			r.Upstream = c.Upstreams[0].ID
		}
	}
}
