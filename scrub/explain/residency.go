package explain

import (
	"fmt"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub"
)

// regions says what stays where, a line for each region, and last what becomes of all else; none if nothing is kept anywhere.
func regions(c *config.Config) (lines []string) {
	own := &c.Residency
	if !own.On() {
		return nil
	}
	for i := range own.Regions {
		lines = append(lines, own.Regions[i].ID+": "+region(own, &own.Regions[i]))
	}
	if own.ByTenant() {
		return append(lines, "all other tenants: where the route leads")
	}
	return append(lines, "all other countries: where the route leads", "unknown: whose country cannot be told, "+otherwise(own))
}

// region says who belongs to a region, and where that goes.
func region(own *config.Residency, r *config.Region) string {
	who := "countries " + strings.Join(r.Countries, ", ")
	if own.ByTenant() {
		who = "tenants " + strings.Join(r.Tenants, ", ")
	}
	if r.Upstream == "" {
		return who + ", which has no upstream, " + otherwise(own)
	}
	return who + ", to " + r.Upstream + " and nowhere else"
}

func otherwise(own *config.Residency) string {
	if own.Strips() {
		return "is stripped of everything personal and goes where the route leads"
	}
	return "is refused"
}

// residency compares what stays where. What becomes less bound lets something out to somebody else.
func (d *Diff) residency(prior, next *config.Config) {
	before, now := regions(prior), regions(next)
	for _, line := range now {
		if !slices.Contains(before, line) {
			effect := scrub.Differs
			if len(before) == 0 {
				effect = scrub.Withholds
			}
			d.region(effect, line, "%s")
		}
	}
	for _, line := range before {
		if !slices.Contains(now, line) {
			d.region(scrub.Differs, line, "no longer: %s")
		}
	}
	if prior.Geo.MaxAge != next.Geo.MaxAge {
		d.add(scrub.Neutral, "policy", "geo.max_age", fmt.Sprintf("is %s, no longer %s", length(next.Geo.MaxAge), length(prior.Geo.MaxAge)))
	}
}

func (d *Diff) region(effect scrub.Effect, line, form string) {
	name, says, _ := strings.Cut(line, ": ")
	d.add(effect, "region", name, fmt.Sprintf(form, says))
}
