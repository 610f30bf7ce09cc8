package config

import (
	_ "embed"
	"fmt"
	"reflect"
	"sync"
)

//go:embed presets/service-operations.yaml
var serviceOperationsYAML []byte

var serviceOperationsTree = sync.OnceValue(func() *node {
	return embeddedTree("service-operations.yaml", serviceOperationsYAML)
})

// Preset returns the rules of a preset, in order: those of "service-operations", or none for "none". The error is of an unknown
// name only. The caller owns the rules.
func Preset(name string) ([]Rule, error) {
	switch name {
	case "none":
		return nil, nil
	case "service-operations":
		return presetRules(name+".yaml", serviceOperationsTree()), nil
	}
	return nil, fmt.Errorf("config: unknown preset %q; known are service-operations, none", name)
}

// presetRules decodes a list of rules, in the form that policy.rules has.
func presetRules(name string, root *node) []Rule {
	var rules []Rule
	d := newDecoder(&Source{Name: name}, Env{})
	d.list(root, "", reflect.ValueOf(&rules).Elem(), "")
	if len(d.mistakes) > 0 {
		panic("config: an embedded preset does not load: " + d.mistakes.Sorted().Error())
	}
	return rules
}

// AllRules returns the file's own rules and after them the preset's: first match wins. The caller owns the list.
func (c *Config) AllRules() []Rule {
	rules, err := Preset(c.Policy.Preset)
	if err != nil {
		panic(err) // Parse has let only known presets pass, and a test loads each
	}
	return append(c.Policy.Rules[:len(c.Policy.Rules):len(c.Policy.Rules)], rules...)
}
