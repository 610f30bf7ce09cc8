package explain

import (
	"fmt"
	"slices"
	"time"

	"winnow/config"
	"winnow/scrub"
)

// purposes compares what leaves beside the records themselves: copies for training, and statistics.
func (d *Diff) purposes(prior, next *config.Config, was, is *scrub.Policy) {
	before, now := &prior.Training, &next.Training
	if d.switched("training", "copies of records of tenants that opted in", receiver(prior, before.Upstream), receiver(next, now.Upstream)) && before.On() {
		for _, c := range scrub.Compare(was.Training(), is.Training()) {
			d.add(c.Effect, "training", c.What+" "+c.Subject, says(c))
		}
	}
	earlier, later := &prior.Statistics, &next.Statistics
	if !d.switched("statistics", "counts of requests and records", receiver(prior, earlier.Upstream), receiver(next, later.Upstream)) || !earlier.On() {
		return
	}
	d.moreTold("epsilon", earlier.Epsilon, later.Epsilon)
	d.moreTold("delta", earlier.Delta, later.Delta)
	d.moreTold("budget", earlier.Budget/hours(earlier.Period), later.Budget/hours(later.Period))
	d.moreTold("min_groups", -float64(earlier.MinGroups), -float64(later.MinGroups))
	d.moreTold("max_cells", float64(earlier.MaxCells), float64(later.MaxCells))
	d.moreTold("max_requests", float64(earlier.MaxRequests), float64(later.MaxRequests))
	d.moreTold("max_records", float64(earlier.MaxRecords), float64(later.MaxRecords))
	if !slices.Equal(earlier.Tables, later.Tables) {
		d.add(scrub.Differs, "statistics", "tables", fmt.Sprintf("are %q, not %q", later.Tables, earlier.Tables))
	}
	if earlier.Window != later.Window || earlier.Mechanism != later.Mechanism {
		d.add(scrub.Neutral, "statistics", "window and mechanism", fmt.Sprintf("are %s and %s, not %s and %s", length(later.Window), later.Mechanism, length(earlier.Window), earlier.Mechanism))
	}
}

// receiver is the upstream of an id; the zero one of none.
func receiver(c *config.Config, id string) (u config.Upstream) {
	if found := byID(c.Upstreams, upstreamID, id); found != nil {
		u = *found
	}
	return u
}

// switched notes who gets a stream, and tells whether anybody does now.
func (d *Diff) switched(what, stream string, before, now config.Upstream) bool {
	switch {
	case before.ID == now.ID && target(before) == target(now):
	case before.ID == "":
		d.add(scrub.LetsOut, what, now.ID, "newly receives "+stream+": "+place(now))
	case now.ID == "":
		d.add(scrub.Withholds, what, before.ID, "no longer receives "+stream)
	default:
		d.add(scrub.Differs, what, now.ID, "receives "+stream+": "+place(now)+", no longer "+before.ID+": "+place(before))
	}
	return now.ID != ""
}

// moreTold notes a number of which a larger one tells more of a group.
func (d *Diff) moreTold(name string, before, now float64) {
	switch {
	case now > before:
		d.add(scrub.LetsOut, "statistics", name, "lets more be told of one group of tenants than before")
	case now < before:
		d.add(scrub.Withholds, "statistics", name, "lets less be told of one group of tenants than before")
	}
}

func hours(d config.Duration) float64 { return time.Duration(d).Hours() }
