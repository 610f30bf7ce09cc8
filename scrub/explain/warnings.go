package explain

import (
	"strings"

	"winnow/config"
	"winnow/scrub/meta"
)

// Warnings are what a sound configuration does that its operator may not expect: those of the file, and then what is left out or open.
func Warnings(c *config.Config) config.Mistakes {
	list := append(config.Mistakes(nil), c.Warnings...)
	p := page{c: c}
	var blind []string
	for i := range meta.Defaults {
		d := &meta.Defaults[i]
		if p.leftOut(d, c.Metadata[d.Fact].Off) == noDatabase {
			blind = append(blind, string(d.Fact))
		}
	}
	if len(blind) > 0 {
		m := c.Mistakef("geo", "no database tells the metadata %s: they are left out", strings.Join(blind, ", "))
		m.Hint = "name one, or make one with `winnow geo import`"
		list = append(list, m)
	}
	list = append(list, costly(c)...)
	if c.Policy.Mode == config.ModeScrub {
		m := c.Mistakef("policy.mode", "mode scrub lets every field leave, and detectors do not know names of people")
		m.Hint = "name the fields that are needed and write mode: strict"
		list = append(list, m)
	}
	return list
}
