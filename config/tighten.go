package config

import (
	"slices"
)

// Tightening is what is withheld of one tenant beyond the policy. It can only withhold more: what would let something out does not load.
// The zero value withholds nothing.
type Tightening struct {
	// Mode "strict" lets only named fields leave, on routes and listeners of mode scrub too. Default: the route's or listener's own.
	Mode Mode `yaml:"mode" json:",omitempty"`
	// Classes of data that may leave, of those that the policy lets out; [] lets out none. Default: all of them.
	Classes []Class `yaml:"classes" json:",omitzero"`
	// Drop are selectors of fields that do not leave, whatever a rule says, and of facts by the names they are attached under.
	Drop []string `yaml:"drop" form:"selector" json:",omitempty"`
}

// Tightens tells whether t withholds anything.
func (t *Tightening) Tightens() bool {
	return t.Mode == ModeStrict || t.Classes != nil || len(t.Drop) > 0
}

// tightening refuses what would let out more than the policy.
func (c *checker) tightening(path, who string, t Tightening) {
	if t.Mode == ModeScrub && c.Policy.Mode == ModeStrict && !c.bad[path+".mode"] && !c.bad["policy.mode"] {
		c.wrong(path+".mode", "remove it: a tenant's policy can only tighten", "%s: mode scrub would let out fields that the policy, which is strict, does not", who)
	}
	c.narrower(path+".classes", who, t.Classes)
}

// narrower refuses classes that the policy does not let out.
func (c *checker) narrower(path, who string, classes []Class) {
	if c.bad["policy.classes"] {
		return
	}
	for i, class := range classes {
		if class != "" && !slices.Contains(c.Policy.Classes, class) {
			c.wrong(index(path, i), "remove it here, or let the policy let it out", "%s: class %q is not in policy.classes", who, class)
		}
	}
}
