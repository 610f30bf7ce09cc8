package config

import (
	_ "embed"
	"sync"
)

//go:embed default.yaml
var defaultYAML []byte

// defaultTree is the file's syntax, read once: it is the greater part of the work, and nobody changes a tree.
var defaultTree = sync.OnceValue(func() *node { return embeddedTree("default.yaml", defaultYAML) })

func embeddedTree(name string, data []byte) *node {
	root, errs := readSyntax(data)
	if len(errs) > 0 {
		panic("config: an embedded file does not parse: " + asMistakes(name, data, errs).Error())
	}
	return root
}

// Default is what winnow runs with when no file is given, and what a file is read over. Each call makes a new one.
func Default() *Config {
	c := unresolved()
	c.resolve()
	return c
}

// unresolved is the default as it is written: what it leaves open depends on what a file says.
func unresolved() *Config {
	c := &Config{}
	if err := c.read("default.yaml", defaultTree(), Env{}); len(err) > 0 {
		panic("config: the embedded default does not load: " + err.Error())
	}
	c.Source = &Source{Name: "default.yaml"}
	return c
}

// DefaultYAML is the commented file behind Default. The caller owns it.
func DefaultYAML() []byte { return append([]byte(nil), defaultYAML...) }
