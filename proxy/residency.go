package proxy

import (
	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/ingest"
)

// destination is where a batch goes.
type destination struct {
	upstream *target // nil: no such is configured
	lanes    lanes   // none: sync
}

// residency tells which region a request belongs to (MOVE-1). What cannot be told is refused or stripped, and never goes elsewhere in silence.
type residency struct {
	members  map[string]int // a tenant or a country to its region
	byTenant bool
	strips   bool
	fresh    func() bool // there is a database that tells countries; nil: none
	counters *admin.Residency
	unknown  int // the place of those whose country is not known among the counters; of no region: the one before
}

// residencyOutcomes name what became of requests, by their place.
var residencyOutcomes = [...]string{"kept", "default", "stripped", "refused"}

const (
	residedKept = iota
	residedDefault
	residedStripped
	residedRefused
)

// residency of a configuration, nil if it keeps nothing in its region.
func (p *proxy) residency(c *config.Config, fresh func() bool) *residency {
	own := &c.Residency
	if !own.On() {
		return nil
	}
	r := &residency{members: map[string]int{}, byTenant: own.ByTenant(), strips: own.Strips(), fresh: fresh, unknown: len(own.Regions) + 1}
	var names []string
	for i := range own.Regions {
		region := &own.Regions[i]
		names = append(names, region.ID)
		members := region.Tenants
		if !r.byTenant {
			members = region.Codes()
		}
		for _, m := range members {
			r.members[m] = i
		}
	}
	r.counters = p.metrics.Residency(append(names, "none", "unknown"), residencyOutcomes[:])
	return r
}

// regions are the destinations of a way in, one for each region.
func (p *proxy) regions(c *config.Config, targets map[string]*held, d config.Delivery) (list []destination) {
	for _, r := range c.Residency.Regions {
		to := destination{}
		if r.Upstream != "" {
			to = destination{targets[r.Upstream].target, p.lanesOf(c, d, r.Upstream)}
		}
		list = append(list, to)
	}
	return list
}

// reside chooses where the request goes, and tells whether it may go anywhere. What must be stripped has x.marked say so.
func (s *site) reside(r *ingest.Request, x *exchange) bool {
	route := &s.routes[r.Route.Index]
	x.to, x.marked = &route.destination, nil
	s.headers(r, x)
	if s.residency != nil && !s.residency.choose(s, r, x, route) {
		return false
	}
	x.request.Credentials = x.to.upstream.credentials
	return true
}

func (d *residency) choose(s *site, r *ingest.Request, x *exchange, route *route) bool {
	region, why, detail := d.region(s, r, x)
	switch {
	case region == d.unknown-1:
		d.counters.Count(region, residedDefault)
		return true
	case why == 0 && route.regions[region].upstream != nil:
		x.to = &route.regions[region]
		d.counters.Count(region, residedKept)
		return true
	case why == 0:
		why, detail = codec.Forbidden, "there is no upstream in the region that the request belongs to"
	}
	if d.strips {
		x.marked = &stripped
		d.counters.Count(region, residedStripped)
		return true
	}
	d.counters.Count(region, residedRefused)
	r.Refuse(why, detail)
	return false
}

// region is that of the request by its place in the configuration, or the one that stands for none, or for unknown; why and detail then say
// what is amiss. What can be mended by the operator is worth another try.
func (d *residency) region(s *site, r *ingest.Request, x *exchange) (region int, why codec.Refusal, detail string) {
	member := r.Tenant
	if !d.byTenant {
		if d.fresh == nil || !d.fresh() {
			return d.unknown, codec.NotReady, "the country of the client cannot be told at the moment"
		}
		if member = s.policy.Meta().Place(&x.meta, s.geo).Country; member == "" {
			return d.unknown, codec.Forbidden, "the country of the client is not known"
		}
	}
	if region, ok := d.members[member]; ok {
		return region, 0, ""
	}
	return d.unknown - 1, 0, ""
}
