package config

import (
	"embed"
	"fmt"
	"reflect"
)

//go:embed presets/*.yaml
var presets embed.FS

// Preset returns the rules of a preset, in order: those of "service-operations", or none for "none". The error is of an unknown
// name only. The caller owns the rules.
func Preset(name string) ([]Rule, error) {
	if name == "none" {
		return nil, nil
	}
	data, err := presets.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("config: unknown preset %q; known are service-operations, none", name)
	}
	root, errs := readSyntax(data)
	if len(errs) > 0 {
		return nil, asMistakes(name+".yaml", data, errs)
	}
	var rules []Rule
	d := newDecoder(&Source{Name: name + ".yaml"}, Env{})
	d.list(root, "", reflect.ValueOf(&rules).Elem(), "")
	if len(d.mistakes) > 0 {
		return nil, d.mistakes.Sorted()
	}
	return rules, nil
}

// AllRules returns the file's own rules and after them the preset's: first match wins. The caller owns the list.
func (c *Config) AllRules() []Rule {
	rules, err := Preset(c.Policy.Preset)
	if err != nil {
		panic(err) // Parse has let only known presets pass, and a test loads each
	}
	return append(c.Policy.Rules[:len(c.Policy.Rules):len(c.Policy.Rules)], rules...)
}
