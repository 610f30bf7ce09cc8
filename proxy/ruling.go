package proxy

import (
	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/receipts"
	"winnow/scrub"
)

// ruling is the policy that a batch meets: that of the configuration, or what it is tightened to for one way in or one tenant.
type ruling struct {
	policy   *scrub.Policy
	mode     config.Mode
	counters *admin.Policy
	sheet    *receipts.Sheet // of policy
}

// rulings are those of one way in.
type rulings struct {
	own     *ruling
	tenants map[string]*ruling // of whom more is withheld; nil if of nobody
}

// ruling is that of a tenant.
func (r *rulings) ruling(tenant string) *ruling {
	if r.tenants != nil {
		if v := r.tenants[tenant]; v != nil {
			return v
		}
	}
	return r.own
}

// rulingTable makes the rulings of a configuration, each once.
type rulingTable struct {
	policy   *scrub.Policy
	known    map[scrub.Variant]*ruling
	counters map[*scrub.Policy]*admin.Policy
	sheets   map[*scrub.Policy]*receipts.Sheet
	count    func(*scrub.Policy) *admin.Policy
}

func (p *proxy) rulings(c *config.Config, policy *scrub.Policy) *rulingTable {
	found := findings(c)
	return &rulingTable{policy, map[scrub.Variant]*ruling{}, map[*scrub.Policy]*admin.Policy{}, map[*scrub.Policy]*receipts.Sheet{}, func(v *scrub.Policy) *admin.Policy {
		return p.metrics.PolicyCounters(v.RuleIDs(), found)
	}}
}

// of makes the rulings of a way in, by its place in the ingest.Table.
func (t *rulingTable) of(way int) rulings {
	r := rulings{own: t.ruling(t.policy.Variant(way, ""))}
	for _, tenant := range t.policy.Tightened(way) {
		if r.tenants == nil {
			r.tenants = map[string]*ruling{}
		}
		r.tenants[tenant] = t.ruling(t.policy.Variant(way, tenant))
	}
	return r
}

func (t *rulingTable) ruling(v scrub.Variant) *ruling {
	if t.known[v] == nil {
		if t.counters[v.Policy] == nil {
			t.counters[v.Policy], t.sheets[v.Policy] = t.count(v.Policy), receipts.NewSheet(v.Policy)
		}
		t.known[v] = &ruling{v.Policy, v.Mode, t.counters[v.Policy], t.sheets[v.Policy]}
	}
	return t.known[v]
}
